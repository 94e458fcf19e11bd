"""A prediction for each of several names: intervals beside the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.predicted import PredictedData
from gui.plots.by_level import LevelPlot
from gui.plots.items import EMPTY, Polylines, make_pen
from gui.plots.points import Points
from gui.plots.predicted_items import Chosen, OwnRows, bars, predicted_entries
from gui.plots.ranges import Range, wider
from gui.plots.rows import Rows

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from gui.plots.legend import LegendEntry


class PredictedStripPlot(LevelPlot[PredictedData]):
    """The answers to one of the five questions, level by level."""

    HAS_LEGEND_AT_FIRST = True
    SPREAD = (0.24, 20.0)

    def _build(self) -> None:
        self.bars = self.add_item(Polylines(30))
        self.dots = self.add_item(Points(31, vector=self.is_vector))
        self.own = OwnRows(self)
        self.chosen = Chosen(self)

    def _take(self, data: PredictedData) -> Rows:
        places = np.asarray(data.x, dtype=np.intp)
        counts = np.bincount(places, minlength=len(data.levels))
        self._name_levels(data.x_name, data.levels, counts)
        self.canvas.left_axis.set_title(data.y_name)
        self.canvas.left_axis.set_scale(data.scale if data.scale.function else None)
        x = lower = upper = estimate = EMPTY
        if (band := data.band) is not None:
            parts = np.stack((data.points, band.estimate, band.lower, band.upper))
            x, estimate, lower, upper = parts[:, np.isfinite(parts).all(axis=0)]
        self.bars.set_data(*bars(x, lower, upper))
        self.dots.set_data(x, estimate)
        self.chosen.set_data(data)
        return Rows.finite(places, data.y, data.labels, data.row_levels)

    def _restyle(self) -> None:
        color, sizes = self.theme.color, self.theme.sizes
        self.bars.set_pen(make_pen(color("gline"), 1.8))
        edge = make_pen(color("surface"), 1)
        self.dots.set_look(sizes.mean_filled, color("gline"), edge)
        self.chosen.restyle(self)

    def _restyle_points(self) -> None:
        super()._restyle_points()
        self.own.restyle(self)

    def _settle(self) -> None:
        if self._data is not None:
            self.own.set_data(self, self._data, self.places_of)

    def _limits(self) -> tuple[Range, Range]:
        ends, chosen = self.bars.get_data()[1], self.chosen.bar.get_data()[1]
        return (0.0, 0.0), wider(self.rows.y_span, ends, chosen)

    def _level_at(self, at: QPointF) -> str | None:
        """Names on the axis can be selected if they are groups."""
        data = self._data
        is_of_groups = data is not None and data.group_name == data.x_name
        return super()._level_at(at) if is_of_groups else None

    def _entries(self) -> list[LegendEntry]:
        entries = predicted_entries(self._data)
        return [entry for entry in entries if entry.kind != "band"]
