"""How rows are drawn: each by itself, or very many as shades with a few on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.diagnostics.density import MANY
from gui.plots.density_image import DensityImage
from gui.plots.items import EMPTY, make_pen
from gui.plots.points import Points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.diagnostics.density import Density
    from gui.plots.flowing import FlowingPlot
    from gui.plots.ranges import Range
    from gui.plots.rows import Rows
    from gui.theme import Theme

MANY_ROWS, VERY_MANY_ROWS = 2_000, 20_000
_SINGLY_WHEN_ZOOMED = 20_000  # rows in the view that are no density any more
_SINGLY_WHEN_CHOSEN = 5_000  # selected rows on a density
ALL = slice(None)


class RowSource(Protocol):
    """What `RowMarks` asks of a plot."""

    rows: Rows

    def places_of(self, where: IntArray | slice) -> tuple[FloatArray, FloatArray]:
        """Return where some rows are drawn, in data units."""

    def binned(
        self, where: IntArray | slice, view: tuple[Range, Range] | None
    ) -> Density:
        """Return the density of some rows, over all or over a visible range."""

    def thinned(self) -> IntArray | None:
        """Return rows that stand for all, where a plot is a curve of points."""


class RowMarks:
    """The marks of the rows, of the selected and of the pointed-at ones.

    Attributes
    ----------
    where : ndarray of int, or slice
        Rows that are drawn singly.
    share : float
        Of the slot of a group that shades take.
    """

    def __init__(self, plot: FlowingPlot, *, is_by_level: bool) -> None:
        vector = plot.is_vector
        self.density = plot.add_item(DensityImage(3, is_by_level=is_by_level))
        self.points = plot.add_item(Points(10, vector=vector))
        self.group_points = plot.add_item(Points(45, vector=vector))
        self.chosen_density = plot.add_item(DensityImage(49, is_by_level=is_by_level))
        self.chosen = plot.add_item(Points(50, vector=vector))
        self.pointed = plot.add_item(Points(60, vector=vector))
        self.where: IntArray | slice = ALL
        self.share = 1.0
        self._whole: tuple[Rows, Density] | None = None

    @property
    def is_dense(self) -> bool:
        """Whether shades are shown."""
        return self.density.get_data() is not None

    def show(
        self,
        source: RowSource,
        is_chosen: BoolArray,
        given: Density | None,
        zoomed: tuple[Range, Range] | None,
    ) -> None:
        """Draw the rows of a plot.

        Parameters
        ----------
        source : RowSource
        is_chosen : ndarray of bool
            Which rows are selected.
        given : Density or None
            Density of all rows, where a worker has made it.
        zoomed : pair of ranges, or None
            The part of the plane that is shown, if it is not all of it.
        """
        density: Density | None = None
        chosen: IntArray = np.flatnonzero(is_chosen)
        if len(source.rows) <= MANY:
            self.where = ALL
        elif (thin := source.thinned()) is not None:
            self.where, chosen = thin, thin[is_chosen[thin]]
        else:
            density = self._shade(source, given, zoomed)
        self.density.set_data(density)
        self.points.set_data(*source.places_of(self.where))
        self._show_chosen(source, chosen, zoomed)

    def _shade(
        self,
        source: RowSource,
        given: Density | None,
        zoomed: tuple[Range, Range] | None,
    ) -> Density | None:
        """Find shades and outliers; None where few rows are in the view."""
        rows = source.rows
        if zoomed is None:
            density = given or self._of_all(source)
            self.where = density.singles
            return density
        (left, right), (low, high) = zoomed
        is_in = (rows.x >= left) & (rows.x <= right)
        inside = np.flatnonzero(is_in & (rows.y >= low) & (rows.y <= high))
        self.where = inside
        if len(inside) <= _SINGLY_WHEN_ZOOMED:
            return None
        density = source.binned(inside, zoomed)
        self.where = inside[density.singles]
        return density

    def _of_all(self, source: RowSource) -> Density:
        """Density of all rows, binned here and remembered."""
        if self._whole is None or self._whole[0] is not source.rows:
            self._whole = source.rows, source.binned(ALL, None)
        return self._whole[1]

    def _show_chosen(
        self,
        source: RowSource,
        chosen: IntArray,
        zoomed: tuple[Range, Range] | None,
    ) -> None:
        """Draw selected rows over the others."""
        if self.is_dense and len(chosen) > _SINGLY_WHEN_CHOSEN:
            if zoomed is not None:
                (left, right), (low, high) = zoomed
                x, y = source.rows.x[chosen], source.rows.y[chosen]
                is_in = (x >= left) & (x <= right) & (y >= low) & (y <= high)
                chosen = chosen[is_in]
            self.chosen_density.set_data(source.binned(chosen, zoomed))
            chosen = chosen[:0]
        else:
            self.chosen_density.set_data(None)
        self.chosen.set_data(*source.places_of(chosen))

    def restyle(self, theme: Theme, n: int, *, is_tile: bool) -> None:
        """Let size and opacity follow the number of rows and the room."""
        sizes = theme.sizes
        size, alpha = (sizes.row_dot_tile if is_tile else sizes.row_dot), 0.55
        if n > MANY:
            size, alpha = sizes.row_dot_many, 0.6
        elif n > VERY_MANY_ROWS:
            size, alpha = sizes.row_dot_many * 0.75, 0.12
        elif n > MANY_ROWS:
            size, alpha = sizes.row_dot_many, 0.25
        self.points.set_look(size, theme.color("point", alpha))
        self.density.set_look(theme.color("point"), self.share)
        self.chosen_density.set_look(theme.color("hi"), self.share)
        edge = make_pen(theme.color("surface"), 1)
        chosen = sizes.selected_dot_tile if is_tile else sizes.selected_dot
        self.chosen.set_look(chosen, theme.color("hi"), edge)
        self.group_points.set_look(size + 2, theme.color("group1"), edge)

    def color(self, rows: Rows, fills: Sequence[QColor]) -> None:
        """Fill the rows that are drawn singly with the colours of their groups."""
        if fills and rows.groups is not None:
            alpha = max(0.7, self.points.fill.alphaF())
            solid = [_with_alpha(fill, alpha) for fill in fills]
            self.points.set_groups(rows.groups.codes[self.where], solid)
        else:
            self.points.set_groups(None)

    def show_group(self, source: RowSource, level: str | None) -> None:
        """Colour the rows of one group, or of none."""
        groups = source.rows.groups
        if level is None or groups is None or level not in groups.levels:
            self.group_points.set_data(EMPTY, EMPTY)
            return
        own = np.flatnonzero(groups.codes == groups.levels.index(level))
        own = own[:: 1 + len(own) // _SINGLY_WHEN_CHOSEN]
        self.group_points.set_data(*source.places_of(own))

    def ring(self, theme: Theme, x: float, y: float, *, is_chosen: bool) -> None:
        """Put a ring around one row."""
        self.pointed.set_look(
            theme.sizes.pointed_dot,
            theme.color("hi" if is_chosen else "point"),
            make_pen(theme.color("ink"), 1.6),
        )
        self.pointed.set_data(np.array([x]), np.array([y]))

    def take_ring_away(self) -> None:
        """Ring no row."""
        self.pointed.set_data(EMPTY, EMPTY)


def _with_alpha(color: QColor, alpha: float) -> QColor:
    """Return the same colour, translucent."""
    color.setAlphaF(alpha)
    return color
