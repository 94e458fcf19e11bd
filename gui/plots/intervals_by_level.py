"""Means or differences with their intervals side by side, rows behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.compared_intervals import IntervalsData
from gui.plots.by_level import LevelPlot
from gui.plots.items import EMPTY, Polylines, Rule, make_pen
from gui.plots.legend import LegendEntry
from gui.plots.points import Points
from gui.plots.predicted_items import bars
from gui.plots.ranges import Range, wider
from gui.plots.rows import Rows
from gui.theme import GROUP_ROLES

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray

_STEP, _MOST = 0.2, 0.64
"""Slots from one series to the next, and from the first to the last at most."""
_FAINT = 0.45


class IntervalsByLevelPlot(LevelPlot[IntervalsData]):
    """What is told apart at each name has a colour, and a line that joins it."""

    HAS_LEGEND_AT_FIRST = True
    SPREAD = (0.24, 20.0)

    def _build(self) -> None:
        self.zero = self.add_item(Rule(20, 0.0))
        self.joins = self.add_item(Polylines(28))
        self.bars = self.add_item(Polylines(30))
        self.dots = self.add_item(Points(31, vector=self.is_vector))

    def _take(self, data: IntervalsData) -> Rows:
        counts = (
            np.bincount(data.x, minlength=len(data.levels)) if len(data.x) else None
        )
        self._name_levels(data.x_name, data.levels, counts)
        self.canvas.left_axis.set_title(data.y_name)
        self.canvas.left_axis.set_scale(data.scale if data.scale.function else None)
        self.zero.setVisible(bool(np.isfinite(data.zero)))
        self.zero.set_height(data.zero if np.isfinite(data.zero) else 0.0)
        self._show_series(data)
        return Rows.finite(data.x, data.y, data.labels, data.row_levels)

    def _show_series(self, data: IntervalsData) -> None:
        """Place the intervals, series after series."""
        n_series, n_levels = data.estimate.shape
        x = np.arange(n_levels) + self._aside(data)[:, None]
        is_known = np.isfinite(data.lower) & np.isfinite(data.upper)
        codes = np.repeat(np.arange(n_series), n_levels)[is_known.ravel()]
        at = x[is_known]
        self.bars.set_data(*bars(at, data.lower[is_known], data.upper[is_known]))
        self.dots.set_data(at, data.estimate[is_known])
        self._codes: IntArray = codes
        gap = np.full((n_series, 1), np.nan)
        if n_series > 1 and np.isnan(data.zero):
            across = np.hstack((x, gap)).ravel()
            self.joins.set_data(across, np.hstack((data.estimate, gap)).ravel())
        else:
            self.joins.set_data(EMPTY, EMPTY)

    @staticmethod
    def _aside(data: IntervalsData) -> FloatArray:
        """How far each series is from the middle of the slot, in slots."""
        n = len(data.series)
        step = min(_STEP, _MOST / max(1, n - 1))
        return step * (np.arange(n) - (n - 1) / 2)

    @property
    def has_marks(self) -> bool:
        """Differences have no rows."""
        return len(self.rows) > 0 or len(self.dots.get_data()[0]) > 0

    def places_of(self, where: IntArray | slice) -> tuple[FloatArray, FloatArray]:
        """Rows stand behind the interval of their own series."""
        x, y = super().places_of(where)
        data = self._data
        if data is None or data.row_series is None:
            return x, y
        own = self.rows.of(data.row_series.astype(float))[where].astype(int)
        spread = 1 / len(data.series)
        middle = self.rows.x[where]
        return middle + spread * (x - middle) + self._aside(data)[own], y

    def _colors(self) -> list[str]:
        """A role for each series."""
        n = 0 if self._data is None else len(self._data.series)
        if n <= 1:
            return ["gline"]
        return [GROUP_ROLES[i % len(GROUP_ROLES)] for i in range(n)]

    def _restyle(self) -> None:
        color, sizes = self.theme.color, self.theme.sizes
        roles = self._colors()
        self.zero.set_pen(make_pen(color("paxis"), 1.2, (5, 4)))
        self.joins.set_pens([make_pen(color(role, _FAINT), 1.4) for role in roles])
        edge = make_pen(color("surface"), 1)
        self.dots.set_look(sizes.mean_filled, color("gline"), edge)
        if self._data is not None:
            own = [roles[code] for code in self._codes]
            self.bars.set_pens([make_pen(color(role), 2.0) for role in own])
            self.dots.set_groups(self._codes, [color(role) for role in roles])

    def _restyle_points(self) -> None:
        super()._restyle_points()
        points = self.points
        faint = self.theme.color("point", 0.7 * points.fill.alphaF())
        points.set_look(points.size, faint)

    def _settle(self) -> None:
        self._restyle()

    def _limits(self) -> tuple[Range, Range]:
        ends = self.bars.get_data()[1]
        zero = np.array([] if self._data is None else [self._data.zero])
        if len(self.rows):
            return (0.0, 0.0), wider(self.rows.y_span, ends, zero)
        known = np.concatenate((ends[np.isfinite(ends)], zero[np.isfinite(zero)]))
        if not len(known):
            return (0.0, 0.0), (0.0, 0.0)
        return (0.0, 0.0), (float(known.min()), float(known.max()))

    def _entries(self) -> list[LegendEntry]:
        data = self._data
        if data is None:
            return []
        entries = [LegendEntry("row", "row")] if len(self.rows) else []
        if len(data.series) > 1:
            pairs = zip(data.series, self._colors(), strict=True)
            return entries + [
                LegendEntry("row", f"{data.series_name} {name}", role)
                for name, role in pairs
            ]
        return [*entries, LegendEntry("filled", "estimate with its interval")]
