"""What pointer and keyboard do on a plot: ring a row, name a group, tell of clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot

from gui.plots.panel import PlotPanel
from gui.plots.rows import NO_ROWS, Rows

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent
    from PySide6.QtWidgets import QWidget

    from engine.arrays import IntArray
    from gui.plots.panel import Surface
    from gui.theme import Theme

_STEPS = {
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Up: (1, 1),
    Qt.Key.Key_Down: (1, -1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_TABBED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_EXTENDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


Level = str | tuple[str, str]
"""A group: its name, or the name of the grouping and its own."""


class PointedPlot(PlotPanel):
    """A plot that tells what was pointed at.

    Signals
    -------
    row_clicked : object
        Label of a row, as a Python object.
    level_clicked : str
        A group, by its line, its name or its point.
    background_clicked : ()
        Nothing was there, or Esc was pressed: the selection may go.
    menu_requested : QPoint
        A right click, or the menu key; where, on the screen.
    """

    HAS_LEGEND_AT_FIRST = False

    row_clicked = Signal(object)
    level_clicked = Signal(str)
    background_clicked = Signal()
    menu_requested = Signal(QPoint)

    def __init__(
        self, surface: Surface, parent: QWidget | None, theme: Theme, *, vector: bool
    ) -> None:
        super().__init__(surface, parent, theme, vector=vector)
        self.rows: Rows = NO_ROWS
        self.modifiers = Qt.KeyboardModifier.NoModifier
        self._pointed_row: int | None = None
        self._pointed_level: str | None = None
        self._orders: dict[int, IntArray] = {}
        self._chosen_labels: tuple[Hashable, ...] = ()
        self._highlighted: tuple[Level, ...] = ()
        self._is_legend_wanted = self.HAS_LEGEND_AT_FIRST
        self.surface.pointed.connect(self._on_surface_pointed)
        self.surface.left.connect(self._forget_pointer)
        self.surface.clicked.connect(self._on_surface_clicked)
        self.surface.menu_asked.connect(self._on_menu_asked)

    @property
    def is_extending(self) -> bool:
        """Whether Shift or Ctrl was held at the last click: add to the selection."""
        return bool(self.modifiers & _EXTENDING)

    @property
    def pointed_label(self) -> Hashable | None:
        """Label of the ringed row."""
        row = self._pointed_row
        return None if row is None else self.rows.label(row)

    # -- what a plot says ---------------------------------------------------------

    @property
    def group_name(self) -> str:
        """Name of the grouping that the plot shows; ``""`` without one."""
        raise NotImplementedError

    def set_highlight(
        self, labels: Iterable[Hashable] = (), levels: Iterable[Level] = ()
    ) -> None:
        """Bring out these rows and everything of these groups; nothing else fades.

        Parameters
        ----------
        labels : iterable of row labels
        levels : iterable of str, or of (grouping, level)
            A pair counts only where it is the grouping that the plot shows.
        """
        self._chosen_labels, self._highlighted = tuple(labels), tuple(levels)
        self._forget_pointer()
        self._show_highlight()

    def set_legend_visible(self, is_visible: bool) -> None:
        """Show the legend, where the plot has one."""
        self._is_legend_wanted = is_visible
        self._show_legend()

    def own_levels(self, levels: Iterable[Level]) -> frozenset[str]:
        """Names of those groups that this plot can show."""
        return frozenset(
            level if isinstance(level, str) else level[1]
            for level in levels
            if isinstance(level, str) or level[0] == self.group_name
        )

    def set_color_by_group(self, is_wanted: bool) -> None:
        """Colour the groups, where the plot does not keep them apart anyway."""

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        raise NotImplementedError

    def reset_view(self) -> None:
        """Show everything, where a part can be shown."""

    def replica(self, theme: Theme, *, has_words: bool) -> PointedPlot:
        """Return a copy to be drawn elsewhere."""
        raise NotImplementedError

    def _show_highlight(self) -> None:
        """Draw with the present selection."""
        raise NotImplementedError

    def _show_legend(self) -> None:
        """Bring the legend up to date."""

    def _row_at(self, at: QPointF) -> int | None:
        """Row within reach of a place of the scene."""
        raise NotImplementedError

    def _level_at(self, at: QPointF) -> str | None:
        """Group whose line or name is at a place of the scene."""
        raise NotImplementedError

    def _are_rows_levels(self) -> bool:
        """Whether each point stands for a group."""
        return False

    def _ring_row(self, index: int) -> QPointF:
        """Put a ring around a row; return where it is in the scene."""
        raise NotImplementedError

    def _take_ring_away(self) -> None:
        """Ring no row."""
        raise NotImplementedError

    def _describe(self, index: int) -> list[tuple[str, str]]:
        """Names and values on the card of a row."""
        raise NotImplementedError

    def _order(self, axis: int) -> IntArray:
        """Rows that the keyboard can reach, in the order of x (0) or y (1)."""
        raise NotImplementedError

    def _point_out_level(self, level: str | None) -> None:
        """Let a pointed-at group, or with None no more, be seen."""

    # -- pointer ------------------------------------------------------------------

    def _forget_pointer(self) -> None:
        """Take ring, card and colour away."""
        super()._forget_pointer()
        self.surface.set_clickable(False)
        if self._pointed_row is not None:
            self._take_ring_away()
        if self._pointed_level is not None:
            self._point_out_level(None)
        self._pointed_row = self._pointed_level = None

    @Slot(QPointF)
    def _on_surface_pointed(self, at: QPointF) -> None:
        """Say who is here; draw again only if it is someone else."""
        if self._is_stale:
            return
        row = self._row_at(at)
        level = self._level_at(at) if row is None else self.rows.level(row) or None
        if row is None and level is None:
            if self._pointed_row is not None or self._pointed_level is not None:
                self._forget_pointer()
        elif row is not None:
            if row != self._pointed_row:
                self._point_at_row(row)
        elif level != self._pointed_level or self._pointed_row is not None:
            self._forget_pointer()
            self._set_pointed_level(level)
            self.surface.set_clickable(True)
            self.show_card(at, level or "", [])

    def _point_at_row(self, row: int) -> None:
        """Ring a row and say who it is."""
        self._pointed_row = row
        self._set_pointed_level(self.rows.level(row) or None)
        at = self._ring_row(row)
        self.surface.set_clickable(True)
        values = self._describe(row)
        self.show_card(at, self.rows.name(row), values)

    def _set_pointed_level(self, level: str | None) -> None:
        if level != self._pointed_level:
            self._pointed_level = level
            self._point_out_level(level)

    @Slot(QPointF)
    def _on_surface_clicked(self, at: QPointF) -> None:
        """Tell who was clicked: a row first, or the group whose line is there."""
        if self._is_stale:
            return
        self.modifiers = self.surface.modifiers
        row = self._row_at(at)
        if row is not None:
            self._tell_row(row)
        elif (level := self._level_at(at)) is not None:
            self.level_clicked.emit(level)
        else:
            self.background_clicked.emit()

    def _tell_row(self, row: int) -> None:
        if self._are_rows_levels():
            self.level_clicked.emit(str(self.rows.label(row)))
        else:
            self.row_clicked.emit(self.rows.label(row))

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        if not self._is_stale and self.surface.isVisibleTo(self):
            self.menu_requested.emit(at)

    # -- keyboard -----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the ring with the arrows, select with Enter, let go with Esc."""
        key = Qt.Key(event.key())
        if self._is_stale or len(self.rows) == 0:
            super().keyPressEvent(event)
        elif key in _STEPS:
            self._step(*_STEPS[key])
        elif key in _ENTER and self._pointed_row is not None:
            self.modifiers = event.modifiers()
            self._tell_row(self._pointed_row)
        elif key == Qt.Key.Key_Escape:
            self._forget_pointer()
            self.background_clicked.emit()
            event.ignore()  # an open explanation closes too
        else:
            super().keyPressEvent(event)

    def _step(self, axis: int, by: int) -> None:
        """Go to the next row across (0) or up (1)."""
        if axis not in self._orders:
            self._orders[axis] = self._order(axis)
        order = self._orders[axis]
        if len(order) == 0:
            return
        here = np.flatnonzero(
            order == (-1 if self._pointed_row is None else self._pointed_row)
        )
        first = 0 if by > 0 else len(order) - 1
        place = int(here[0]) + by if len(here) else first
        self._point_at_row(int(order[min(max(place, 0), len(order) - 1)]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the focus where the keyboard brought it."""
        super().focusInEvent(event)
        self.surface.cover.set_ringed(event.reason() in _TABBED)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.surface.cover.set_ringed(False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Answer the menu key, and a right click beside the drawing area."""
        self._on_menu_asked(event.globalPos())
        event.accept()
