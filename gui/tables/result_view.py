"""A result table as print shows it: three rules, no grid, as high as its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from gui.controls.painting import px
from gui.fonts import SEMIBOLD, sans
from gui.look import look
from gui.tables.result_model import ResultModel

if TYPE_CHECKING:
    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtWidgets import QWidget

    from engine.reporting.result_table import ResultTable
    from gui.theme import Theme

MOST_ROWS = 14
"""Rows that are shown without scrolling."""
_ROW = 30
_GAPS = (8, 4)
"""Room at each side of a cell; the second where the table would not fit."""


class _Cell(QStyledItemDelegate):
    """Paints text, and a box around the explained cell."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = look().theme
        view = self.parent()
        assert isinstance(view, ResultView)
        painter.save()
        rect = QRectF(option.rect)
        is_chosen = index == view.currentIndex() and view.has_choice
        if is_chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.setBrush(theme.color("accentT"))
            painter.drawRoundedRect(rect.adjusted(1.5, 2.5, -1.5, -2.5), 5, 5)
        painter.setFont(sans(theme.sizes.body, SEMIBOLD) if is_chosen else view.font())
        role = "ink3" if view.is_stale else ("accentH" if is_chosen else "ink")
        painter.setPen(theme.color(role))
        inner = option.rect.adjusted(px(4), 0, -px(4), 0)
        text = str(index.data() or "")
        text = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, inner.width()
        )
        side = index.data(Qt.ItemDataRole.TextAlignmentRole)
        painter.drawText(inner, side, text)
        painter.restore()


class _Head(QHeaderView):
    """Column headings between two rules."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFixedHeight(px(_ROW))
        self.setHighlightSections(False)

    def paintSection(  # noqa: N802 - Qt's name
        self, painter: QPainter, rect: QRect, section: int
    ) -> None:
        theme = look().theme
        view = self.parent()
        assert isinstance(view, ResultView)
        painter.save()
        painter.fillRect(rect, theme.color("surface"))
        painter.setFont(sans(theme.sizes.caption, SEMIBOLD))
        painter.setPen(theme.color("ink3" if view.is_stale else "ink2"))
        inner = rect.adjusted(px(4), 0, -px(4), 0)
        text = str(self.model().headerData(section, self.orientation()))
        text = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, inner.width()
        )
        side = self.model().headerData(
            section, self.orientation(), Qt.ItemDataRole.TextAlignmentRole
        )
        painter.drawText(inner, side, text)
        painter.restore()


class ResultView(QTableView):
    """Shows one result table; a click or Enter on a cell asks for its explanation.

    Signals
    -------
    cell_chosen : int, int
        Row and column.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_stale = False
        self.has_choice = False
        self._most_rows = MOST_ROWS
        self.cells = ResultModel(self)
        self.setModel(self.cells)
        self.setItemDelegate(_Cell(self))
        self.setHorizontalHeader(_Head(self))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_cell_clicked)
        look().changed.connect(self._on_look_changed)
        self._on_look_changed(look().theme)

    def set_table(self, table: ResultTable | None) -> None:
        """Show another table."""
        self.has_choice = False
        self.cells.set_table(table)
        self.setAccessibleName("" if table is None else table.title)
        self._lay_out()

    def set_stale(self, is_stale: bool) -> None:
        """Dim the numbers of an older model."""
        self.is_stale = is_stale
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    def set_most_rows(self, most: int) -> None:
        """Show so many rows without scrolling."""
        self._most_rows = most
        self._lay_out()

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        self.has_choice = False
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """As high as the rows that are shown."""
        rows = min(self.cells.rowCount(), self._most_rows)
        height = self.horizontalHeader().height() + rows * px(_ROW) + 2
        if self.horizontalScrollBar().maximum() > 0:
            height += self.horizontalScrollBar().sizeHint().height()
        return QSize(px(320), height)

    def updateGeometries(self) -> None:  # noqa: N802 - Qt's name
        """Leave room for the scroll bar as soon as there is one."""
        super().updateGeometries()
        if self.height() != self.sizeHint().height():
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter explains the current cell."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_cell_clicked(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self._share_width()

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
                painter.setPen(QPen(theme.color("ink2"), 1))
                painter.drawLine(0, bottom, self.viewport().width(), bottom)

    def _on_cell_clicked(self, index: QModelIndex) -> None:
        if index.isValid():
            self.setCurrentIndex(index)
            self.has_choice = True
            self.viewport().update()
            self.cell_chosen.emit(index.row(), index.column())

    def _on_look_changed(self, theme: Theme) -> None:
        self.setFont(sans(theme.sizes.body))
        self.verticalHeader().setDefaultSectionSize(px(_ROW))
        self.setStyleSheet(
            f"QTableView {{ background: {theme.colors.surface}; border: none; "
            f"border-top: 1px solid {theme.colors.ink2}; }}"
            f"QHeaderView {{ background: {theme.colors.surface}; border: none; }}"
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self._share_width()
        self.updateGeometry()
        self.viewport().update()

    def _wanted_width(self, column: int, gap: int) -> int:
        body = self.fontMetrics()
        head = sans(look().theme.sizes.caption, SEMIBOLD)
        self.horizontalHeader().setFont(head)
        rows = range(min(self.cells.rowCount(), 60))
        texts = (self.cells.text(row, column) for row in rows)
        widest = max((body.horizontalAdvance(text) for text in texts), default=0)
        title = self.cells.column_name(column)
        widest = max(
            widest, self.horizontalHeader().fontMetrics().horizontalAdvance(title)
        )
        return min(widest + 2 * px(gap), px(360))

    def _holds_words(self, column: int) -> bool:
        table = self.cells.table
        name = self.cells.column_name(column)
        return table is not None and table.format_of(name).starts_left

    def _share_width(self) -> None:
        count = self.cells.columnCount()
        if not count or self.cells.table is None:
            return
        room, wanted = self.viewport().width(), [0]
        for gap in _GAPS:
            wanted = [self._wanted_width(column, gap) for column in range(count)]
            if sum(wanted) <= room:
                break
        spare = room - sum(wanted)
        if spare > 0:
            for column in range(count):
                wanted[column] += spare // count
            wanted[0] += spare - count * (spare // count)
        else:  # words may be cut, numbers never
            lefts = [
                column
                for column in range(count)
                if self.cells.table.format_of(
                    self.cells.column_name(column)
                ).starts_left
            ]
            for column in lefts:
                give = min(-spare, max(0, wanted[column] - px(96)))
                wanted[column] -= give
                spare += give
        for column, width in enumerate(wanted):
            self.setColumnWidth(column, width)
