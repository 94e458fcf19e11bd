"""What the panels of a set show: the rows and lines of each group, on common axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.density import bin_points
from gui.plots.ranges import Range, opened, wider
from gui.plots.ticks import are_whole

if TYPE_CHECKING:
    from engine.arrays import IntArray
    from engine.diagnostics.density import Density
    from engine.diagnostics.plotdata import FittedLinesData, Line
    from gui.plots.rows import Rows

_EDGE = 0.04  # of the range, left free at its ends
_SINGLY = 3_000  # rows of a panel that are drawn one by one
_CELLS = (64, 48)  # of the density of a panel
_SHORT = 30_000  # codes that fit into two bytes sort ten times as fast


class PanelContent:
    """Groups of a picture, each with its rows and lines.

    Parameters
    ----------
    data : FittedLinesData
    rows : Rows
        The rows that have a place.
    """

    def __init__(self, data: FittedLinesData, rows: Rows) -> None:
        self.data, self.rows = data, rows
        groups = rows.groups
        self.levels: tuple[str, ...] = () if groups is None else groups.levels
        codes = np.zeros(0, dtype=np.intp) if groups is None else groups.codes
        n = len(self.levels)
        short = codes.astype(np.int16) if n < _SHORT else codes
        self._order = np.argsort(short, kind="stable")
        self.counts = np.bincount(codes, minlength=n)
        self._ends = np.append(0, np.cumsum(self.counts))
        self._lines = {
            kind: {line.level: line for line in getattr(data, kind)}
            for kind in ("none", "partial")
        }
        every = [*data.none, *data.partial, *data.complete]
        self.x = _roomy(wider(rows.x_span, *(line.x for line in every), _NONE))
        self.y = _roomy(wider(rows.y_span, *(line.y for line in every), _NONE))
        self.is_x_whole, self.is_y_whole = are_whole(rows.x), are_whole(rows.y)
        self._densities: dict[int, Density] = {}

    def rows_of(self, panel: int) -> IntArray:
        """Return the rows of a panel."""
        own: IntArray = self._order[self._ends[panel] : self._ends[panel + 1]]
        return own

    def panel_of(self, row: int) -> int:
        """Return the panel of a row."""
        groups = self.rows.groups
        return 0 if groups is None else int(groups.codes[row])

    def line_of(self, panel: int, kind: str) -> Line | None:
        """Return the partially pooled, or the unpooled, line of a panel."""
        return self._lines[kind].get(self.levels[panel])

    def density_of(self, panel: int) -> Density | None:
        """Return the density of a panel with very many rows; binned when asked for."""
        if self.counts[panel] <= _SINGLY:
            return None
        if panel not in self._densities:
            own = self.rows_of(panel)
            x, y = self.rows.x[own], self.rows.y[own]
            self._densities[panel] = bin_points(x, y, self.x, self.y, *_CELLS)
        return self._densities[panel]


_NONE = np.zeros(0)


def _roomy(span: Range) -> Range:
    """Return a range with free edges."""
    low, high = opened(span)
    edge = _EDGE * (high - low)
    return low - edge, high + edge
