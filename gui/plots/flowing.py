"""How a plot fits range, axes and rows to the room and to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine.diagnostics.density import bin_points
from gui.plots.canvas import Canvas
from gui.plots.numbers import card_number
from gui.plots.pointing import PointedPlot
from gui.plots.ranges import Range, padded
from gui.plots.row_marks import ALL, RowMarks
from gui.theme import GROUP_ROLES, Theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QWidget

    from engine.arrays import FloatArray, IntArray
    from engine.diagnostics.density import Density
    from engine.diagnostics.plotdata import RowGroups

TILE_BELOW = 420  # pixels of width
Item = TypeVar("Item")


class FlowingPlot(PointedPlot):
    """Rows in a range that follows the room.

    Attributes
    ----------
    canvas : Canvas
        View and axes.
    rows : Rows
        What is drawn.
    marks : RowMarks
        What draws it.
    """

    BY_LEVEL = False  # whether the bottom axis carries names rather than numbers

    def __init__(self, parent: QWidget | None, theme: Theme, *, vector: bool) -> None:
        canvas = Canvas(theme, by_level=self.BY_LEVEL, vector=vector)
        super().__init__(canvas, parent, theme, vector=vector)
        self.canvas = canvas
        self._chosen_levels: frozenset[str] = frozenset()
        self._is_chosen = np.zeros(0, dtype=bool)
        self._density: Density | None = None
        self._is_zoomed = self._is_flowing = self._is_color_wanted = False
        self.marks = RowMarks(self, is_by_level=self.BY_LEVEL)
        self.points, self.chosen_points = self.marks.points, self.marks.chosen
        self.pointed_point = self.marks.pointed
        self.canvas.double_clicked.connect(self.reset_view)
        self.canvas.resized.connect(self._flow)
        self.canvas.zoomed.connect(self._on_canvas_zoomed)

    def add_item(self, item: Item) -> Item:
        """Put an item into the view; ranges are set by hand."""
        self.canvas.view.addItem(item, ignoreBounds=True)
        return item

    def set_zoom_enabled(self, is_enabled: bool) -> None:
        """Let the wheel zoom and a drag move; a double click shows everything again."""
        self.canvas.set_zoom_enabled(is_enabled)

    def zoom_to(self, x: Range, y: Range) -> None:
        """Show this part of the plane until `reset_view`."""
        self._is_zoomed = True
        self.canvas.set_range(x, y)
        self._flow()

    def reset_view(self) -> None:
        """Show everything."""
        self._is_zoomed = False
        self._flow()

    @property
    def row_groups(self) -> RowGroups | None:
        """Groups of the rows, where the plot knows them."""
        return self.rows.groups

    @property
    def has_marks(self) -> bool:
        """Whether there is anything to draw."""
        return len(self.rows) > 0

    @property
    def is_colored(self) -> bool:
        """Whether groups have colours: wanted, and there are no more than eight."""
        groups = self.rows.groups
        is_possible = groups is not None and 2 <= len(groups.levels) <= len(GROUP_ROLES)
        return self._is_color_wanted and is_possible

    # -- what a subclass says -----------------------------------------------------

    def _restyle(self) -> None:
        """Give the items their pens and brushes."""
        raise NotImplementedError

    def _limits(self) -> tuple[Range, Range]:
        """Return the ranges of x and y that hold everything."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Place what depends on the selection or on the size of the view in pixels."""

    def places_of(self, where: IntArray | slice) -> tuple[FloatArray, FloatArray]:
        """Return where some rows are drawn, in data units."""
        return self.rows.x[where], self.rows.y[where]

    def binned(
        self, where: IntArray | slice, view: tuple[Range, Range] | None
    ) -> Density:
        """Return the density of some rows, over all or over a visible range."""
        x, y = view or (self.rows.x_span, self.rows.y_span)
        return bin_points(self.rows.x[where], self.rows.y[where], x, y)

    def thinned(self) -> IntArray | None:
        """Return rows that stand for all, where the plot is a curve of points."""
        return None

    def _view_range(self, width: float, height: float) -> tuple[Range, Range]:
        """Limits with room at the edges, for a view of so many pixels."""
        x, y = self._limits()
        return padded(x, width), padded(y, height)

    def _row_at(self, at: QPointF) -> int | None:
        """Row within reach of a place of the scene."""
        return self.canvas.nearest(*self.places_of(ALL), at)

    def _level_at(self, at: QPointF) -> str | None:
        """Group whose line or name is at a place of the scene."""
        return self.canvas.level_at(at)

    def _describe(self, index: int) -> list[tuple[str, str]]:
        """Names and values on the card of a row."""
        x, y = float(self.rows.x[index]), float(self.rows.y[index])
        left = self.canvas.left_axis
        return [
            (self.canvas.bottom_axis.title, card_number(x)),
            (left.title, card_number(left.value_at(y))),
        ]

    # -- fitting to the room ------------------------------------------------------

    def _visible_range(self) -> tuple[Range, Range]:
        """Return the ranges of x and y in the view."""
        (left, right), (low, high) = self.canvas.view.viewRange()
        return (float(left), float(right)), (float(low), float(high))

    def _flow(self) -> None:
        """Fit range, axes and points to the room there is."""
        if self._is_flowing or not self.has_marks:
            return
        self._is_flowing = True
        try:
            self.canvas.highlight_levels(self._chosen_levels)
            for _ in range(2):  # the axes' room depends on the range and the reverse
                if not self._is_zoomed:
                    self.canvas.set_range(*self._view_range(*self.canvas.view_size()))
                self.canvas.fit_axes()
            self._draw_rows()
            self._restyle_points()
            self._settle()
            self._show_legend()
        finally:
            self._is_flowing = False

    def _draw_rows(self) -> None:
        """Put the rows, and the selected ones, into the view."""
        labels = () if self._are_rows_levels() else self._chosen_labels
        self._is_chosen = self.rows.chosen(labels, self._chosen_levels)
        zoomed = self._visible_range() if self._is_zoomed else None
        given = self._density if self.rows.kept is None else None
        self.marks.show(self, self._is_chosen, given, zoomed)
        self._orders.clear()

    def _restyle_points(self) -> None:
        """Let the points follow their number, the room and the groups."""
        is_tile = self.is_compact or self.width() < TILE_BELOW * self.theme.sizes.scale
        self.marks.restyle(self.theme, len(self.rows), is_tile=is_tile)
        fills = [self.theme.color(role) for role in GROUP_ROLES]
        self.marks.color(self.rows, fills if self.is_colored else [])

    def _on_canvas_zoomed(self) -> None:
        """Keep the range that the user chose."""
        self._is_zoomed = True
        self._flow()

    # -- what is pointed at -------------------------------------------------------

    def _ring_row(self, index: int) -> QPointF:
        x, y = (float(place[0]) for place in self.places_of(np.array([index])))
        is_chosen = bool(self._is_chosen[index])
        self.marks.ring(self.theme, x, y, is_chosen=is_chosen)
        return self.canvas.place_of(x, y)

    def _take_ring_away(self) -> None:
        self.marks.take_ring_away()

    def _order(self, axis: int) -> IntArray:
        where = self.marks.where
        places = self.places_of(where)
        order = np.lexsort((places[1 - axis], places[axis]))
        return order if isinstance(where, slice) else where[order]

    def _point_out_level(self, level: str | None) -> None:
        """Colour a pointed-at group, where there are too many for a colour each."""
        is_wanted = self._is_color_wanted and not self.is_colored
        self.marks.show_group(self, level if is_wanted else None)
