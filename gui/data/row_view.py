"""The table of rows: what the mouse and the keys do to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QFrame,
    QSizePolicy,
    QTableView,
    QWidget,
)

from gui.controls.painting import font, number_font, px, text_width
from gui.data.column_header import ColumnHeader
from gui.data.row_painting import ROW, CellPainter, RowHeads
from gui.look import look
from gui.number_look import number_look

if TYPE_CHECKING:
    from engine.arrays import IntArray
    from engine.data.prepared import Prepared
    from gui.data.row_model import RowModel

_NARROWEST, _WIDEST = 88, 220
_MEASURED = 40  # rows
_MEASURED_COLUMNS = 200  # the others have Qt's width until the user draws them
_MORE = Qt.KeyboardModifier.ShiftModifier
_ALSO = Qt.KeyboardModifier.ControlModifier


class RowView(QTableView):
    """Shows a `RowModel`; says which rows the user chose.

    A click selects a row, with Shift to here, with Control one more; so does the space
    bar on the current row. Shift and an arrow extend the selection.

    Signals
    -------
    rows_chosen : ndarray of int
        Positions, perhaps none.
    level_chosen : int, int
        Row and column of the cell whose level was chosen.
    menu_asked : QPoint
        Where on the screen.
    delete_asked, reason_asked, copy_asked : ()
        Delete, Delete with Shift, Copy.
    """

    rows_chosen = Signal(object)
    level_chosen = Signal(int, int)
    menu_asked = Signal(object)
    delete_asked = Signal()
    reason_asked = Signal()
    copy_asked = Signal()

    def __init__(self, model: RowModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self._anchor = -1
        self._is_current_marked = False
        self._is_fitting = False
        self._own_widths: dict[str, int] = {}
        self.header = ColumnHeader(self)
        self._row_heads = RowHeads(self)
        self.setHorizontalHeader(self.header)
        self.setVerticalHeader(self._row_heads)
        self.setModel(model)
        self.setItemDelegate(CellPainter(self))
        self.setAccessibleName("Rows of the data")
        self._set_manners()
        self._row_heads.sectionPressed.connect(self._on_row_head_pressed)
        self.header.sectionResized.connect(self._on_section_resized)
        look().changed.connect(self._on_look_changed)
        number_look().changed.connect(self._on_numbers_changed)

    def _set_manners(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerWidget(QWidget())  # Qt would draw a frame between scroll bars
        corner = self.findChild(QAbstractButton)
        if corner is not None:
            corner.setAccessibleName("Select all rows")
            corner.setToolTip("Select all rows")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(px(2 * ROW))

    @property
    def is_current_marked(self) -> bool:
        """Whether the current cell has its frame while the focus is elsewhere."""
        return self._is_current_marked

    def set_current_marked(self, *, is_marked: bool) -> None:
        """Show the current cell also while the focus is elsewhere, as in a search."""
        self._is_current_marked = is_marked
        self.viewport().update()

    def set_prepared(self, prepared: Prepared | None) -> None:
        """Show other rows; where the columns are the same, at the same place."""
        names, current = self.rows.names, self.currentIndex()
        at = (current.row(), current.column())
        scrolled = self.verticalScrollBar().value()
        self.rows.set_prepared(prepared)
        self._anchor = -1
        if names == self.rows.names and names and 0 <= at[0] < self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(*at))
        self.fit_columns()
        self.updateGeometries()
        self.verticalScrollBar().setValue(scrolled)

    def forget_place(self) -> None:
        """Begin at the top: other data are coming."""
        self._own_widths = {}
        self.setCurrentIndex(QModelIndex())
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)

    def fit_columns(self) -> None:
        """Give each column its width; what is left over is shared."""
        count = self.rows.columnCount()
        if not count:
            return
        measured = range(min(count, _MEASURED_COLUMNS))
        wanted = [self._wanted_width(column) for column in measured]
        spare = self.viewport().width() - sum(wanted)
        if self._own_widths:  # the user decides, also about what is left over
            spare = 0
        self._is_fitting = True
        for column, width in enumerate(wanted):
            # the first ones get the pixel that cannot be shared
            more = (spare + count - 1 - column) // count if spare > 0 else 0
            self.setColumnWidth(column, width + more)
        self._is_fitting = False

    def show_row(self, row: int, column: int = 0) -> None:
        """Bring a row into view, as the first one if it is not there yet."""
        top = self.rowAt(0)
        bottom = self.rowAt(self.viewport().height() - px(ROW))
        if top <= row and (row < bottom or bottom < 0):
            return
        index = self.rows.index(row, column)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def show_cell(self, row: int, column: int) -> None:
        """Make a cell the current one and bring it into view."""
        index = self.rows.index(row, column)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def show_selected(self) -> None:
        """Paint the selection anew."""
        self.viewport().update()
        self._row_heads.viewport().update()
        self.header.viewport().update()

    def selectAll(self) -> None:  # noqa: N802 - Qt's name
        """Select every row; the corner of the headings does it too."""
        self.rows_chosen.emit(np.arange(self.rows.rowCount()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select with the left button; the right one keeps what is selected."""
        index = self.indexAt(event.position().toPoint())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        row = index.row()
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(row, event.modifiers())
        elif not self.rows.is_selected[row]:
            self._choose(row, Qt.KeyboardModifier.NoModifier)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection to where the pointer is drawn."""
        index = self.indexAt(event.position().toPoint())
        is_drawn = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if is_drawn and index.isValid() and index.row() != self.currentIndex().row():
            self.setCurrentIndex(index)
            self._choose(index.row(), _MORE)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the level of the cell."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.level_chosen.emit(index.row(), index.column())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu where the pointer, or the current cell, is."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            self.menu_asked.emit(self.viewport().mapToGlobal(rect.bottomLeft()))
        else:
            self.menu_asked.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space selects the row, Enter the level; Delete, with a reason, and Copy."""
        current = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            is_more = bool(event.modifiers() & _MORE)
            (self.reason_asked if is_more else self.delete_asked).emit()
        elif event.key() == Qt.Key.Key_Space and current.isValid():
            self._choose(current.row(), event.modifiers())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if current.isValid():
                self.level_chosen.emit(current.row(), current.column())
        else:
            self._move(event, current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit_columns()

    def _move(self, event: QKeyEvent, before: QModelIndex) -> None:
        """Let Qt move the current cell, and the selection's end with it."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()  # Qt would look for a cell that begins with it
            return
        is_more = bool(event.modifiers() & _MORE)
        if is_more and self._anchor < 0:
            self._anchor = before.row()
        super().keyPressEvent(event)
        row = self.currentIndex().row()
        if is_more and row >= 0 and row != before.row():
            self._choose(row, _MORE)

    def _choose(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & _MORE and 0 <= self._anchor < self.rows.rowCount():
            low, high = sorted((self._anchor, row))
            self.rows_chosen.emit(np.arange(low, high + 1))
            return
        self._anchor = row
        chosen: IntArray = np.array([row])
        if modifiers & _ALSO:
            marks = self.rows.is_selected.copy()
            marks[row] = not marks[row]
            chosen = np.flatnonzero(marks)
        self.rows_chosen.emit(chosen)

    def _wanted_width(self, column: int) -> int:
        own = self._own_widths.get(self.rows.names[column])
        if own is not None:
            return own
        cells = self.rows.cells(column)
        body = number_font() if cells.is_number else font("body")
        rows = range(min(self.rows.rowCount(), _MEASURED))
        widest = max((text_width(cells.text(row), body) for row in rows), default=0)
        widest = max(widest + px(20), self.header.wanted_width(column), px(_NARROWEST))
        return min(widest, px(_WIDEST))

    @Slot(int, int, int)
    def _on_section_resized(self, section: int, _before: int, width: int) -> None:
        if not self._is_fitting and 0 <= section < len(self.rows.names):
            self._own_widths[self.rows.names[section]] = width

    @Slot(int)
    def _on_row_head_pressed(self, row: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setCurrentIndex(self.rows.index(row, max(0, self.currentIndex().column())))
        # the header does not say which keys are down
        self._choose(row, QGuiApplication.keyboardModifiers())

    @Slot()
    def _on_numbers_changed(self) -> None:
        self.fit_columns()
        self.show_selected()

    @Slot()
    def _on_look_changed(self) -> None:
        self._row_heads.setMinimumSectionSize(px(ROW))
        self._row_heads.setDefaultSectionSize(px(ROW))
        self.fit_columns()
        self.show_selected()
