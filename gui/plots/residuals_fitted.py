"""Residuals against fitted values."""

from __future__ import annotations

import numpy as np

from engine.diagnostics.plotdata import ResidualsFittedData
from gui.plots.base import BasePlot
from gui.plots.items import Polylines, Rule, make_pen
from gui.plots.legend import LegendEntry
from gui.plots.numbers import card_number
from gui.plots.ranges import Range, wider
from gui.plots.rows import Rows


class ResidualsFittedPlot(BasePlot[ResidualsFittedData]):
    """A cloud around zero, with a smooth line that shows a bend."""

    def _build(self) -> None:
        self.zero = self.add_item(Rule(5, 0.0))
        self.smooth = self.add_item(Polylines(20))

    def _take(self, data: ResidualsFittedData) -> Rows:
        is_known = np.isfinite(data.smooth_x) & np.isfinite(data.smooth_y)
        self.smooth.set_data(data.smooth_x[is_known], data.smooth_y[is_known])
        self.canvas.bottom_axis.set_title(f"fitted {data.response_name}", "fitted")
        self.canvas.left_axis.set_title("studentised residual", "residual")
        return Rows.finite(data.fitted, data.residuals, data.labels, data.row_levels)

    def _restyle(self) -> None:
        self.zero.set_pen(make_pen(self.theme.color("paxis"), 1))
        self.smooth.set_pen(make_pen(self.theme.color("ink"), 1.8))

    def _limits(self) -> tuple[Range, Range]:
        x, y = self.smooth.get_data()
        return wider(self.rows.x_span, x), wider(self.rows.y_span, y, np.zeros(1))

    def _describe(self, index: int) -> list[tuple[str, str]]:
        y = card_number(float(self.rows.y[index]))
        return [*self._fit_of(index), (self.canvas.left_axis.title, y)]

    def _entries(self) -> list[LegendEntry]:
        if len(self.smooth.get_data()[0]) == 0:
            return []
        return [LegendEntry("smooth", "local average of the residuals")]
