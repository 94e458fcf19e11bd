"""A prediction over a covariate: line and interval, what is set, the rows behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.predicted import PredictedData
from gui.plots.base import BasePlot
from gui.plots.items import EMPTY, Area, Polylines, make_pen
from gui.plots.predicted_items import Chosen, OwnRows, predicted_entries
from gui.plots.ranges import Range, wider
from gui.plots.rows import Rows

if TYPE_CHECKING:
    from gui.plots.legend import LegendEntry


class PredictedLinePlot(BasePlot[PredictedData]):
    """The band of one of the five questions over an axis of numbers."""

    HAS_LEGEND_AT_FIRST = True

    def _build(self) -> None:
        self.band = self.add_item(Area(0))
        self.line = self.add_item(Polylines(30))
        self.own = OwnRows(self)
        self.chosen = Chosen(self)

    def _take(self, data: PredictedData) -> Rows:
        self.canvas.bottom_axis.set_title(data.x_name)
        self.canvas.left_axis.set_title(data.y_name)
        self.canvas.left_axis.set_scale(data.scale if data.scale.function else None)
        x = lower = upper = estimate = EMPTY
        if (band := data.band) is not None:
            parts = np.stack((data.points, band.estimate, band.lower, band.upper))
            x, estimate, lower, upper = parts[:, np.isfinite(parts).all(axis=0)]
        self.band.set_data(x, lower, upper)
        self.line.set_data(x, estimate)
        self.chosen.set_data(data)
        return Rows.finite(data.x, data.y, data.labels, data.row_levels)

    def _restyle(self) -> None:
        color = self.theme.color
        self.band.set_look(color("accentL", 0.45), make_pen(color("gline", 0.6), 1))
        self.line.set_pen(make_pen(color("gline"), 2.2))
        self.chosen.restyle(self)

    def _restyle_points(self) -> None:
        super()._restyle_points()
        self.own.restyle(self)

    def _settle(self) -> None:
        if self._data is not None:
            self.own.set_data(self, self._data, self.places_of)

    def _limits(self) -> tuple[Range, Range]:
        x, lower, upper = self.band.get_data()
        set_x, set_y = self.chosen.bar.get_data()
        across = wider(self.rows.x_span, x, set_x)
        return across, wider(self.rows.y_span, lower, upper, set_y)

    def _entries(self) -> list[LegendEntry]:
        return predicted_entries(self._data)
