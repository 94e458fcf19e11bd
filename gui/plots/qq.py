"""Ordered values against normal quantiles."""

from __future__ import annotations

import numpy as np

from engine.diagnostics.plotdata import QQData
from gui.plots.base import BasePlot
from gui.plots.items import Area, Rule, make_pen
from gui.plots.labels import EndLabel, EndLabels
from gui.plots.legend import LegendEntry
from gui.plots.ranges import Range, span_of
from gui.plots.rows import Rows, row_name

_NAMED_AT_MOST = 3  # points outside the band, or selected, that are named
_BAND_BEYOND = 0.5  # how far the band may widen the view, in ranges of the points


class QQPlot(BasePlot[QQData]):
    """Points on the line y = x if the values are normal, within a band by chance."""

    def _build(self) -> None:
        self.band = self.add_item(Area(0))
        self.line = self.add_item(Rule(5))
        self.names = self.add_item(EndLabels(self.theme, 55))

    def _take(self, data: QQData) -> Rows:
        rows = Rows.finite(data.theoretical, data.ordered, data.labels, None)
        lower, upper = data.lower[rows.kept], data.upper[rows.kept]
        is_known = np.isfinite(lower) & np.isfinite(upper)
        self.band.set_data(rows.x[is_known], lower[is_known], upper[is_known])
        self._is_outside = (rows.y < lower) | (rows.y > upper)
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
        if self.data is not None and self.data.is_of_levels:
            self.points.set_look(self.theme.sizes.row_dot, self.theme.color("gline"))

    def _limits(self) -> tuple[Range, Range]:
        low, high = span_of(self.rows.y)
        _, lower, upper = self.band.get_data()
        beyond = _BAND_BEYOND * (high - low)
        if len(lower):
            low = min(low, max(float(lower.min()), low - beyond))
            high = max(high, min(float(upper.max()), high + beyond))
        return span_of(self.rows.x), (low, high)

    def _settle(self) -> None:
        rows = self.rows
        is_chosen = self._is_chosen
        named = [
            index
            for mask in (is_chosen, self._is_outside & ~is_chosen)
            if mask.sum() <= _NAMED_AT_MOST
            for index in np.flatnonzero(mask)
        ]
        chosen = {row_name(rows.labels[i]) for i in np.flatnonzero(is_chosen)}
        self.names.set_highlight(frozenset(chosen))
        self.names.set_data(
            [EndLabel(row_name(rows.labels[i]), rows.x[i], rows.y[i]) for i in named]
        )

    def _entries(self) -> list[LegendEntry]:
        entries = [LegendEntry("reference", "exactly normal")]
        if len(self.band.get_data()[0]):
            entries.append(LegendEntry("band", "95 % of normal samples stay inside"))
        return entries
