"""A result table on a page: heading, tools, rows, footnote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.reporting.explained_cells import topic_of_cell
from gui.controls import Button, IconButton, label
from gui.controls.painting import px
from gui.tables.result_view import MOST_ROWS, ResultView

if TYPE_CHECKING:
    from engine.reporting.result_table import ResultTable


class TableBlock(QWidget):
    """One table with what can be done with it.

    Signals
    -------
    explain_asked : str, dict, str
        Topic, what exactly, and the number as it is shown.
    copy_asked, export_asked : ResultTable
    level_chosen : str, str
        Grouping and level of a row of a table of group estimates.
    """

    explain_asked = Signal(str, object, str)
    copy_asked = Signal(object)
    export_asked = Signal(object)
    level_chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ResultView()
        self.view.cell_chosen.connect(self._on_cell_chosen)
        self._heading = label("", "heading")
        self._foot = label("", "caption", wrap=True)
        self._more = Button("", variant="link", small=True)
        self._more.clicked.connect(self._on_more_clicked)
        self._copy = IconButton("copy", "Copy the table")
        self._export = IconButton("export", "Save the table as a file")
        self._explain = IconButton("help", "Explain the table")
        self._copy.clicked.connect(self._on_copy_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self._explain.clicked.connect(self._on_explain_clicked)
        head = QHBoxLayout()
        head.setSpacing(px(4))
        head.addWidget(self._heading, 1)
        for tool in (self._copy, self._export, self._explain):
            head.addWidget(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addLayout(head)
        self._picture = QVBoxLayout()
        column.addLayout(self._picture)
        column.addWidget(self.view)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._foot)

    @property
    def table(self) -> ResultTable | None:
        """What is shown."""
        return self.view.cells.table

    def set_table(self, table: ResultTable) -> None:
        """Show another table."""
        self._heading.setText(table.title)
        self._foot.setText(" ".join(table.foot))
        self._foot.setVisible(bool(table.foot))
        for tool, what in (
            (self._copy, "Copy the table"),
            (self._export, "Save the table as a file:"),
            (self._explain, "Explain the table"),
        ):
            tool.setAccessibleName(f"{what} {table.title}")
        self.view.set_table(table)
        rows = len(table.frame)
        self._more.setVisible(rows > MOST_ROWS)
        self._more.setText(f"Show all {rows:,} rows")
        self.view.set_most_rows(MOST_ROWS)

    def set_picture(self, picture: QWidget | None) -> None:
        """Show a picture of the table above its rows, or none."""
        while (item := self._picture.takeAt(0)) is not None:
            old = item.widget()
            if old is not None and old is not picture:
                old.hide()
        if picture is not None:
            self._picture.addWidget(picture)
            picture.show()

    def set_stale(self, is_stale: bool) -> None:
        """Dim old numbers; they are neither copied nor saved."""
        self.view.set_stale(is_stale)
        for tool in (self._copy, self._export):
            if is_stale:
                tool.set_unavailable("Old numbers: the new fit is on its way.")
            else:
                tool.set_available()

    @Slot()
    def _on_more_clicked(self) -> None:
        self.view.set_most_rows(min(self.view.cells.rowCount(), 400))
        self._more.hide()

    @Slot(int, int)
    def _on_cell_chosen(self, row: int, column: int) -> None:
        if self.table is None:
            return
        name = self.view.cells.column_name(column)
        topic, key = topic_of_cell(self.table, row, name)
        self.explain_asked.emit(topic, key, self.view.cells.text(row, column))
        group = self.table.name.removeprefix("group_estimates_")
        if group != self.table.name:
            self.level_chosen.emit(group, str(self.view.cells.level_of(row)))

    @Slot()
    def _on_explain_clicked(self) -> None:
        if self.table is not None and len(self.table.frame):
            first = str(self.table.frame.columns[0])
            topic, key = topic_of_cell(self.table, 0, first)
            self.explain_asked.emit(topic, key, "")

    @Slot()
    def _on_copy_clicked(self) -> None:
        self.copy_asked.emit(self.table)

    @Slot()
    def _on_export_clicked(self) -> None:
        self.export_asked.emit(self.table)
