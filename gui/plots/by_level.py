"""What plots with groups side by side have in common: slots, jitter, names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from engine.diagnostics.density import MANY, bin_levels
from engine.diagnostics.plotdata import RowGroups
from gui.plots.base import BasePlot, D
from gui.plots.canvas import REACH
from gui.plots.jitter import offsets
from gui.plots.level_axis import LevelAxis
from gui.plots.numbers import card_number
from gui.plots.ranges import Range, padded

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.diagnostics.density import Density
    from gui.plots.rows import Rows

_GOLDEN = 0.6180339887498949


class LevelPlot(BasePlot[D]):
    """Base of the plots whose x is a group."""

    BY_LEVEL = True
    NARROW = 40.0  # pixels of a slot, below which marks are smaller
    CROWDED = 14.0  # below this, rows are a faint background
    SPREAD = (0.34, 26.0)  # share of a slot to either side, and pixels at most
    SHIFT = (0.0, 0.0)  # of the points from the middle of the slot, likewise

    def _name_levels(
        self, group: str, names: tuple[str, ...], counts: IntArray | None = None
    ) -> None:
        """Put the names of the groups on the bottom axis."""
        self.levels = names
        self._offsets: tuple[Rows, FloatArray] | None = None
        axis = self.canvas.bottom_axis
        axis.set_title(group)
        if isinstance(axis, LevelAxis):
            axis.set_levels(names, counts)

    @staticmethod
    def _groups_of(
        known: RowGroups | None, group: str, levels: tuple[str, ...], places: IntArray
    ) -> RowGroups:
        """Return the groups of the rows as the data say, or as they stand."""
        return known or RowGroups(group, levels, places)

    def _slot(self) -> float:
        """Pixels from one group to the next."""
        low, high = self.canvas.view.viewRange()[0]
        return self.canvas.view_size()[0] / float(high - low)

    def _view_range(self, width: float, height: float) -> tuple[Range, Range]:
        _, y = self._limits()
        return padded((-0.5, len(self.levels) - 0.5), width, 2, 2), padded(y, height)

    def places_of(self, where: IntArray | slice) -> tuple[FloatArray, FloatArray]:
        """Return where some rows are drawn, beside each other within their group."""
        rows = self.rows
        aside = self._share(self.SPREAD) * self._asides(where)
        return rows.x[where] + self._share(self.SHIFT) + aside, rows.y[where]

    def _asides(self, where: IntArray | slice) -> FloatArray:
        """Sideways shares of the spread; of very many rows, any even ones will do."""
        rows = self.rows
        if len(rows) > MANY:
            number = np.arange(len(rows))[where]
            return 1.6 * (number * _GOLDEN % 1.0) - 0.8
        if self._offsets is None or self._offsets[0] is not rows:
            self._offsets = rows, offsets(rows.x.astype(int), rows.y)
        return self._offsets[1][where]

    def binned(
        self, where: IntArray | slice, view: tuple[Range, Range] | None
    ) -> Density:
        """Return the density of some rows along y, group by group."""
        _, y = view or (self.rows.x_span, self.rows.y_span)
        n = len(self.levels)
        return bin_levels(self.rows.x[where], self.rows.y[where], n, y)

    def _row_at(self, at: QPointF) -> int | None:
        if len(self.rows) <= MANY:
            return super()._row_at(at)
        rows, (x, y) = self.rows, self.canvas.data_at(at)
        reach = abs(self.canvas.data_at(at + QPointF(0, REACH))[1] - y)
        near = np.flatnonzero((rows.x == round(x)) & (np.abs(rows.y - y) <= reach))
        index = self.canvas.nearest(*self.places_of(near), at)
        return None if index is None else int(near[index])

    def _share(self, limit: tuple[float, float]) -> float:
        """Return a share of a slot that is no more than so many pixels."""
        share, at_most = limit
        return math.copysign(min(abs(share), at_most / max(1.0, self._slot())), share)

    def _restyle_points(self) -> None:
        """Make selected points small where a group has little room."""
        self.marks.share = 2 * self._share(self.SPREAD)
        super()._restyle_points()
        if self._slot() < self.NARROW:
            size = self.theme.sizes.row_dot_tile
            self.chosen_points.set_look(size, self.theme.color("hi", 0.8))
        if self._slot() < self.CROWDED:
            size = 0.75 * self.theme.sizes.row_dot_many
            self.points.set_look(size, self.theme.color("point", 0.3))
            self.marks.color(self.rows, [])

    def _chosen_places(self) -> list[int]:
        """Indices of the selected groups."""
        chosen = self._chosen_levels
        return [i for i, name in enumerate(self.levels) if name in chosen]

    def _describe(self, index: int) -> list[tuple[str, str]]:
        left = self.canvas.left_axis
        value = card_number(left.value_at(float(self.rows.y[index])))
        return [(left.title, value), *self._fit_of(index)]
