"""What plots with groups side by side have in common: slots, jitter, names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gui.plots.base import BasePlot, D
from gui.plots.jitter import offsets
from gui.plots.level_axis import LevelAxis
from gui.plots.numbers import number_text
from gui.plots.ranges import Range, padded

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray


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
        axis = self.canvas.bottom_axis
        axis.set_title(group)
        if isinstance(axis, LevelAxis):
            axis.set_levels(names, counts)

    def _slot(self) -> float:
        """Pixels from one group to the next."""
        low, high = self.canvas.view.viewRange()[0]
        return self.canvas.view_size()[0] / float(high - low)

    def _view_range(self, width: float, height: float) -> tuple[Range, Range]:
        _, y = self._limits()
        return padded((-0.5, len(self.levels) - 0.5), width, 2, 2), padded(y, height)

    def _places(self) -> tuple[FloatArray, FloatArray]:
        rows, spread = self.rows, self._share(self.SPREAD)
        aside = spread * offsets(rows.x.astype(int), rows.y)
        return rows.x + self._share(self.SHIFT) + aside, rows.y

    def _share(self, limit: tuple[float, float]) -> float:
        """Return a share of a slot that is no more than so many pixels."""
        share, at_most = limit
        return math.copysign(min(abs(share), at_most / max(1.0, self._slot())), share)

    def _restyle_points(self) -> None:
        """Make selected points small where a group has little room."""
        super()._restyle_points()
        if self._slot() < self.NARROW:
            size = self.theme.sizes.row_dot_tile
            self.chosen_points.set_look(size, self.theme.color("hi", 0.8))
        if self._slot() < self.CROWDED:
            size = 0.75 * self.theme.sizes.row_dot_many
            self.points.set_look(size, self.theme.color("point", 0.3))

    def _chosen_places(self) -> list[int]:
        """Indices of the selected groups."""
        chosen = self._chosen_levels
        return [i for i, name in enumerate(self.levels) if name in chosen]

    def _describe(self, index: int) -> list[tuple[str, str]]:
        value = number_text(self.rows.y[index])
        return [(self.canvas.left_axis.title, value)]
