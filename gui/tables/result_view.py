"""A result table as print shows it: three rules, no grid, as high as its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QToolTip,
)

from gui.controls.painting import plain_tip, px, text_width
from gui.fonts import sans
from gui.look import look
from gui.tables.cell_painting import ResultCells, heading_font
from gui.tables.column_needs import column_need, longest_line, with_sentences
from gui.tables.column_widths import Need, Shares, fitted, share
from gui.tables.heading_row import HeadingRow
from gui.tables.result_model import ResultModel
from gui.tables.row_heights import wrapped_heights

if TYPE_CHECKING:
    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtWidgets import QWidget

    from engine.reporting.result_table import ResultTable
    from gui.theme import Theme

MOST_ROWS = 14
"""Rows that are shown without scrolling."""
ROW = 30
MOST_BROKEN = 60
"""Rows beyond which every cell has one line."""
_EXPLAIN = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ResultView(QTableView):
    """Shows one result table; a click or Enter on a cell asks for its explanation.

    Signals
    -------
    cell_chosen : int, int
        Row and column.
    heading_chosen : int
        Column.
    copy_pressed : int, int
        The keys for copying were pressed: row and column of the current cell.

    Attributes
    ----------
    is_stale : bool
        Whether the numbers are of an older model.
    explained : tuple of (int, int) or None
        Row and column of the cell that is explained.
    shares : Shares
        How the columns share the room.
    """

    cell_chosen = Signal(int, int)
    heading_chosen = Signal(int)
    copy_pressed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_stale = False
        self.explained: tuple[int, int] | None = None
        self.shares = Shares((), px(8), 1)
        self._needs: tuple[Need, ...] = ()
        self._longest: tuple[int, ...] = ()
        self._head_lines = 1
        self._most_rows = MOST_ROWS
        self._is_scrolling = False
        self.cells = ResultModel(self)
        self.setModel(self.cells)
        self.setItemDelegate(ResultCells(self))
        self.setHorizontalHeader(HeadingRow(self))
        self.horizontalHeader().sectionClicked.connect(self._on_heading_clicked)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setProperty("numbers", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_cell_clicked)
        look().changed.connect(self._on_look_changed)
        self._on_look_changed(look().theme)

    # -- what it shows ---------------------------------------------------------------

    def set_table(self, table: ResultTable | None) -> None:
        """Show another table."""
        self.explained = None
        self.cells.set_table(table)
        self.setAccessibleName("" if table is None else table.title)
        self._measure()

    def set_stale(self, is_stale: bool) -> None:
        """Dim the numbers of an older model."""
        self.is_stale = is_stale
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    def set_most_rows(self, most: int, *, is_scrolling: bool = False) -> None:
        """Show so many rows; the wheel scrolls the others, or else the page."""
        self._most_rows = most
        self._is_scrolling = is_scrolling
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if is_scrolling:
            policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        self._lay_out()

    def explain_cell(self, row: int, column: int) -> None:
        """Put the box around a cell, as if it had been clicked, without telling."""
        self.explained = row, column
        self.setCurrentIndex(self.cells.index(row, column))
        self.viewport().update()

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        self.explained = None
        self.viewport().update()

    def is_sentence(self, column: int) -> bool:
        """Whether the cells of a column are broken into lines."""
        if not self.cells.starts_left(column) or self.cells.rowCount() > MOST_BROKEN:
            return False
        return bool(self._needs) and self._needs[column].body > self._longest[column]

    def heading(self, column: int) -> tuple[str, ...]:
        """Lines of the heading of a column."""
        name = self.cells.column_name(column)
        used, shares = heading_font(name), self.shares
        room = shares.widths[column] - 2 * shares.gap
        return fitted(name, shares.lines, room, lambda own: text_width(own, used))

    @property
    def has_sentences(self) -> bool:
        """Whether some rows have several lines, so that text stands at their top."""
        return any(self._sentences())

    # -- size ------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As high as the rows that are shown."""
        rows = min(self.cells.rowCount(), self._most_rows)
        height = self._head_height() + sum(map(self.rowHeight, range(rows))) + 2
        if sum(self.shares.widths) > self.viewport().width():
            height += self.horizontalScrollBar().sizeHint().height()
        return QSize(px(320), height)

    def minimumSizeHint(self) -> QSize:
        """Never asks for width."""
        return QSize(px(40), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._lay_out()

    def _head_height(self) -> int:
        line = QFontMetrics(heading_font("")).lineSpacing()
        return px(ROW) + (self._head_lines - 1) * line

    def _measure(self) -> None:
        """Find what each column needs, and lay the table out."""
        self._needs = tuple(column_need(self.cells, c) for c in self._columns())
        self._longest = tuple(longest_line(self.cells, c) for c in self._columns())
        self._lay_out()

    def _lay_out(self) -> None:
        room = self.viewport().width()
        self.shares = share(
            with_sentences(self._needs, self._sentences(), room), room, px
        )
        self._head_lines = max(map(len, map(self.heading, self._columns())), default=1)
        for column, width in enumerate(self.shares.widths):
            self.setColumnWidth(column, width)
        self.horizontalHeader().setFixedHeight(self._head_height())
        self._set_row_heights()
        self.updateGeometry()
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    def _columns(self) -> range:
        return range(self.cells.columnCount())

    def _sentences(self) -> list[bool]:
        return list(map(self.is_sentence, self._columns()))

    def _set_row_heights(self) -> None:
        columns = [c for c, is_long in enumerate(self._sentences()) if is_long]
        self.verticalHeader().setDefaultSectionSize(px(ROW))
        heights = [px(ROW)] * min(self.cells.rowCount(), MOST_BROKEN)
        if columns:
            heights = wrapped_heights(self.cells, columns, self.shares, self.font())
        for row, height in enumerate(heights):  # a table before may have been higher
            if self.rowHeight(row) != max(height, px(ROW)):
                self.setRowHeight(row, max(height, px(ROW)))

    # -- keys and the mouse ----------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter explains the current cell; arrow keys go from cell to cell."""
        if event.key() in _EXPLAIN:
            self._on_cell_clicked(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            current = self.currentIndex()
            if current.isValid():
                self.copy_pressed.emit(current.row(), current.column())
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()  # Qt would look for a cell that begins with it
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, unless the table has a scroll bar for that way."""
        is_across = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if self._is_scrolling or is_across:
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first cell when the keyboard comes here."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.cells.rowCount():
            self.selectionModel().setCurrentIndex(
                self.cells.index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring around the current cell away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Show what is cut, or a number in full, when the mouse rests on a cell."""
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            tip = self.tip(index) if index.isValid() else ""
            QToolTip.showText(event.globalPos(), plain_tip(tip), self)
            return True
        return super().viewportEvent(event)

    def tip(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """What resting on a cell says: words that are cut, a number in full."""
        if self.cells.is_number(index.row(), index.column()):
            return self.full_number(index)
        text = self.cells.text(index.row(), index.column())
        room = self.columnWidth(index.column()) - 2 * self.shares.gap
        is_cut = text_width(text, self.font()) > room + 1
        return text if is_cut and not self.is_sentence(index.column()) else ""

    def full_number(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """Give a number with all its digits; nothing for words and whole numbers."""
        return str(index.data(Qt.ItemDataRole.ToolTipRole) or "")

    def choose(self, row: int, column: int) -> None:
        """Ask for the explanation of a cell."""
        self._on_cell_clicked(self.cells.index(row, column))

    def _on_cell_clicked(self, index: QModelIndex) -> None:
        if index.isValid() and not self.is_stale:
            self.explain_cell(index.row(), index.column())
            self.cell_chosen.emit(index.row(), index.column())

    @Slot(int)
    def _on_heading_clicked(self, column: int) -> None:
        if not self.is_stale:
            self.heading_chosen.emit(column)

    # -- how it looks ----------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells and the three rules."""
        super().paintEvent(event)
        theme = look().theme
        with QPainter(self.viewport()) as painter:
            painter.setPen(QPen(theme.color("line2"), 1))
            painter.drawLine(0, 0, self.viewport().width(), 0)
            rows = self.cells.rowCount()
            if rows:
                bottom = self.rowViewportPosition(rows - 1) + self.rowHeight(rows - 1)
                bottom = min(bottom, self.viewport().height() - 1)
                painter.setPen(QPen(theme.color("ink2"), 1))
                painter.drawLine(0, bottom, self.viewport().width(), bottom)

    def updateGeometries(self) -> None:  # noqa: N802 - Qt's name
        """Leave room for the scroll bar as soon as there is one."""
        super().updateGeometries()
        if self.height() != self.sizeHint().height():
            self.updateGeometry()

    @Slot(object)
    def _on_look_changed(self, theme: Theme) -> None:
        self.setFont(sans(theme.sizes.body))
        self._measure()
