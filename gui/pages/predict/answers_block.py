"""The table of the five answers: one of its rows is what the picture shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView

from gui.controls.painting import px
from gui.look import look
from gui.tables.cell_painting import ResultCells
from gui.tables.table_block import TableBlock

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

    from engine.reporting.result_table import ResultTable
    from gui.tables.result_view import ResultView


class AnswersBlock(TableBlock):
    """Going to a row shows its band; a number is explained when it is clicked.

    Signals
    -------
    row_chosen : int
        The user went to this row.
    """

    row_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = _AnswerCells(self.view)
        self.view.setItemDelegate(self._cells)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.view.selectionModel().currentRowChanged.connect(self._on_row_changed)

    @property
    def shown_row(self) -> int:
        """The row that the picture shows; -1 for none."""
        return self._cells.shown_row

    def show_row(self, row: int) -> None:
        """Mark the row that the picture shows."""
        self._cells.shown_row = row
        self.view.viewport().update()

    def show_answers(self, table: ResultTable) -> bool:
        """Show new answers; the cell that is explained and the current one stay.

        Returns
        -------
        bool
            Whether a cell is explained, whose number has changed.
        """
        explained, current = self.view.explained, self.view.currentIndex()
        place = current.row(), current.column()
        self.set_table(table)
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        try:
            if explained is not None:
                self.view.explain_cell(*explained)
            elif place[0] >= 0:
                self.view.setCurrentIndex(self.view.cells.index(*place))
        finally:
            selection.blockSignals(False)
        return explained is not None

    @Slot(int, int)
    def _on_cell_chosen(self, row: int, column: int) -> None:
        self.row_chosen.emit(row)
        super()._on_cell_chosen(row, column)

    @Slot(QModelIndex, QModelIndex)
    def _on_row_changed(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.row_chosen.emit(now.row())


class _AnswerCells(ResultCells):
    """Cells with a tint and a bar at the row that the picture shows."""

    def __init__(self, view: ResultView) -> None:
        super().__init__(view)
        self.shown_row = -1

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        if index.row() == self.shown_row:
            theme = look().theme
            painter.fillRect(option.rect, theme.color("accentT"))
            if index.column() == 0:
                bar = option.rect.adjusted(0, 0, px(3) - option.rect.width(), 0)
                painter.fillRect(bar, theme.color("accent"))
        super().paint(painter, option, index)
