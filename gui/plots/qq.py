"""Ordered values against normal quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.plotdata import QQData
from gui.plots.base import BasePlot
from gui.plots.items import Area, Rule, make_pen
from gui.plots.labels import EndLabel, EndLabels
from gui.plots.legend import LegendEntry
from gui.plots.row_marks import ALL
from gui.plots.rows import Rows, row_name

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from engine.arrays import FloatArray, IntArray
    from gui.plots.ranges import Range

_NAMED_AT_MOST = 3  # points outside the band, or selected, that are named
_MANY_OF_BAND = 5_000  # points of its edges; more are thinned
_STEPS = 2_000  # places along an axis at which a thinned curve has a point
_BAND_BEYOND = 0.5  # how far the band may widen the view, in ranges of the points


def _spread(values: FloatArray, limits: Range) -> IntArray:
    """Indices of increasing values that lie about evenly between the limits."""
    steps = np.linspace(*limits, _STEPS)
    places = np.searchsorted(values, steps)
    return np.unique(np.clip(places, 0, len(values) - 1))


class QQPlot(BasePlot[QQData]):
    """Points on the line y = x if the values are normal, within a band by chance."""

    def _build(self) -> None:
        self.band = self.add_item(Area(0))
        self.line = self.add_item(Rule(5))
        self.names = self.add_item(EndLabels(self.theme, 55, vector=self.is_vector))

    def _take(self, data: QQData) -> Rows:
        x, y, groups = data.theoretical, data.ordered, data.row_levels
        rows = Rows.finite(x, y, data.labels, groups)
        lower, upper = rows.of(data.lower), rows.of(data.upper)
        self._is_outside = (rows.y < lower) | (rows.y > upper)
        drawn = _spread(rows.x, rows.x_span) if len(rows) > _MANY_OF_BAND else ALL
        x, lower, upper = rows.x[drawn], lower[drawn], upper[drawn]
        is_known = np.isfinite(lower) & np.isfinite(upper)
        self.band.set_data(x[is_known], lower[is_known], upper[is_known])
        self.canvas.bottom_axis.set_title("normal quantile")
        self.canvas.left_axis.set_title(
            data.value_name, data.value_name.removeprefix("studentised ")
        )
        return rows

    def _restyle(self) -> None:
        color = self.theme.color
        self.band.set_look(color("band", 0.55), make_pen(color("gthin"), 1))
        self.line.set_pen(make_pen(color("paxis"), 1))
        self.names.apply_theme(self.theme)

    def _restyle_points(self) -> None:
        """Draw groups as the estimates they are, not as faint as rows."""
        super()._restyle_points()
        if self._are_rows_levels():
            self.points.set_look(self.theme.sizes.row_dot, self.theme.color("gline"))

    def _limits(self) -> tuple[Range, Range]:
        low, high = self.rows.y_span
        _, lower, upper = self.band.get_data()
        beyond = _BAND_BEYOND * (high - low)
        if len(lower):
            low = min(low, max(float(lower.min()), low - beyond))
            high = max(high, min(float(upper.max()), high + beyond))
        return self.rows.x_span, (low, high)

    def _are_rows_levels(self) -> bool:
        return self.data is not None and self.data.is_of_levels

    def thinned(self) -> IntArray | None:
        """Return a few rows for each pixel of the curve, and all of its ends."""
        x, y = self._visible_range()
        spread = _spread(self.rows.x, x), _spread(self.rows.y, y)
        return np.unique(np.concatenate(spread))

    def _level_at(self, at: QPointF) -> str | None:
        return self.names.name_at(at) if self._are_rows_levels() else None

    def _settle(self) -> None:
        rows = self.rows
        is_chosen = self._is_chosen
        named = [
            int(index)
            for mask in (is_chosen, self._is_outside & ~is_chosen)
            if mask.sum() <= _NAMED_AT_MOST
            for index in np.flatnonzero(mask)
        ]
        names = {index: row_name(rows.label(index)) for index in named}
        chosen = (name for index, name in names.items() if is_chosen[index])
        self.names.set_highlight(frozenset(chosen))
        self.names.set_data(
            [EndLabel(name, rows.x[i], rows.y[i]) for i, name in names.items()]
        )

    def _entries(self) -> list[LegendEntry]:
        entries = [LegendEntry("reference", "exactly normal")]
        if len(self.band.get_data()[0]):
            entries.append(LegendEntry("band", "95 % of normal samples stay inside"))
        return entries
