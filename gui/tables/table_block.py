"""A result table on a page: heading, tools, rows, footnote."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from engine.data.wording import counted
from engine.reporting.explained_cells import topic_of_cell
from gui.controls import Button, IconButton, label
from gui.controls.painting import literal, px
from gui.tables.result_view import MOST_ROWS, ResultView

if TYPE_CHECKING:
    from engine.reporting.result_table import ResultTable

_OLD = "Old numbers: the new fit is on its way."
_MOST_OPEN = 400
_FEW_MORE = 6
"""Rows more than usual for which no button is worth its place."""
_LONGEST = 24


class TableBlock(QWidget):
    """One table with what can be done with it.

    Signals
    -------
    explain_asked : str, dict, str
        Topic, what exactly, and the number as it is shown.
    copy_asked, export_asked : ResultTable
        The whole table, or one row of it.
    text_copy_asked : str
        One cell.
    level_chosen : str, str
        Grouping and level of a row of a table of group estimates.
    """

    explain_asked = Signal(str, object, str)
    copy_asked = Signal(object)
    export_asked = Signal(object)
    text_copy_asked = Signal(str)
    level_chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ResultView()
        self.view.cell_chosen.connect(self._on_cell_chosen)
        self.view.heading_chosen.connect(self._on_heading_chosen)
        self.view.copy_pressed.connect(self._on_copy_pressed)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu_asked)
        self._is_open = False
        self._heading = label("", "heading", wrap=True)
        self._lead = label("", "body", wrap=True)
        self._lead.setContentsMargins(0, 0, 0, px(4))
        self._foot = label("", "caption", wrap=True)
        self._more = Button("", variant="link", small=True)
        self._more.clicked.connect(self._on_more_clicked)
        self._copy = IconButton("copy", "Copy the table")
        self._export = IconButton("export", "Save the table as a file")
        self._explain = IconButton("help", "Explain the table")
        self._copy.clicked.connect(self._on_copy_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self._explain.clicked.connect(self._on_explain_clicked)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(px(4))
        head.addWidget(self._heading, 1)
        for tool in (self._copy, self._export, self._explain):
            head.addWidget(tool, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addLayout(head)
        column.addWidget(self._lead)
        self._picture = QVBoxLayout()
        column.addLayout(self._picture)
        column.addWidget(self.view)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._foot)

    @property
    def table(self) -> ResultTable | None:
        """What is shown."""
        return self.view.cells.table

    # -- what it shows ------------------------------------------------------------

    def set_table(self, table: ResultTable) -> None:
        """Show another table; what was opened stays open for a table of that name."""
        is_same = self.table is not None and self.table.name == table.name
        is_open = is_same and self._is_open
        self._is_open = is_open
        self._heading.setText(table.title)
        lead, foot = table.foot[: table.n_lead], table.foot[table.n_lead :]
        self._lead.setText("\n".join(lead))
        self._lead.setVisible(bool(lead))
        self._foot.setText(" ".join(foot))
        self._foot.setVisible(bool(foot))
        for tool, what in (
            (self._copy, "Copy the table"),
            (self._export, "Save the table as a file:"),
            (self._explain, "Explain the table"),
        ):
            tool.setAccessibleName(f"{what} {table.title}")
        self.view.set_table(table)
        rows = len(table.frame)
        self._more.setText(f"Show all {counted(rows, 'row')}")
        self._more.setVisible(rows > MOST_ROWS + _FEW_MORE and not is_open)
        if is_open or rows <= MOST_ROWS + _FEW_MORE:
            self.view.set_most_rows(_MOST_OPEN, is_scrolling=rows > _MOST_OPEN)
        else:
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
        """Dim old numbers; they are neither explained nor copied nor saved."""
        self.view.set_stale(is_stale)
        self._lead.setEnabled(not is_stale)
        for tool in (self._copy, self._export):
            if is_stale:
                tool.set_unavailable(_OLD)
            else:
                tool.set_available()

    # -- a cell ---------------------------------------------------------------------

    def question(self, row: int, column: int) -> tuple[str, dict[str, str], str]:
        """Topic, what exactly, and the number of a cell: what `explain_asked` sends."""
        assert self.table is not None
        topic, key = topic_of_cell(self.table, row, self.view.cells.column_name(column))
        return topic, key, self.view.cells.text(row, column)

    @Slot(int, int)
    def _on_cell_chosen(self, row: int, column: int) -> None:
        if self.table is None:
            return
        self.explain_asked.emit(*self.question(row, column))
        group = self.table.name.removeprefix("group_estimates_")
        if group != self.table.name:
            self.level_chosen.emit(group, str(self.view.cells.level_of(row)))

    @Slot(int)
    def _on_heading_chosen(self, column: int) -> None:
        if self.table is not None and len(self.table.frame):
            name = self.view.cells.column_name(column)
            topic, key = topic_of_cell(self.table, -1, name)
            self.explain_asked.emit(topic, key, "")

    @Slot(int, int)
    def _on_copy_pressed(self, row: int, column: int) -> None:
        if not self.view.is_stale:
            self.text_copy_asked.emit(self.view.cells.text(row, column))

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        """Offer what can be done with the cell below the mouse, or the current one."""
        index = self.view.indexAt(at)
        if not index.isValid():
            index = self.view.currentIndex()
        if not index.isValid() or self.table is None:
            return
        menu = self.cell_menu(index.row(), index.column())
        menu.popup(self.view.viewport().mapToGlobal(at))

    def cell_menu(self, row: int, column: int) -> QMenu:
        """What can be done with a cell, its row and its table.

        Parameters
        ----------
        row, column : int

        Returns
        -------
        QMenu
            Belongs to the block, and goes when it closes.
        """
        assert self.table is not None
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        cells = self.view.cells
        index = cells.index(row, column)
        text, full = cells.text(row, column), self.view.full_number(index)
        explain = menu.addAction("Explain", partial(self.view.choose, row, column))
        menu.addSeparator()
        copies = [
            menu.addAction(
                f"Copy {_short(text)}", partial(self.text_copy_asked.emit, text)
            )
        ]
        copies[0].setEnabled(bool(text))
        if full and full != text:
            words = "Copy with all digits"
            copies.append(
                menu.addAction(words, partial(self.text_copy_asked.emit, full))
            )
        only = self.table.only(row)
        copies.append(
            menu.addAction("Copy the row", partial(self.copy_asked.emit, only))
        )
        copies.append(menu.addAction("Copy the table", self._on_copy_clicked))
        menu.addSeparator()
        save = menu.addAction("Save the table as a file…", self._on_export_clicked)
        copies[0].setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        for action in (explain, *copies, save):
            if self.view.is_stale:
                action.setEnabled(False)
        return menu

    # -- tools ------------------------------------------------------------------------

    @Slot()
    def _on_more_clicked(self) -> None:
        rows = self.view.cells.rowCount()
        self.view.set_most_rows(_MOST_OPEN, is_scrolling=rows > _MOST_OPEN)
        self._more.hide()
        self._is_open = True

    @Slot()
    def _on_explain_clicked(self) -> None:
        self._on_heading_chosen(0)

    @Slot()
    def _on_copy_clicked(self) -> None:
        self.copy_asked.emit(self.table)

    @Slot()
    def _on_export_clicked(self) -> None:
        self.export_asked.emit(self.table)


def _short(text: str) -> str:
    """Name the cell in a menu."""
    text = literal(" ".join(text.split())) or "the cell"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
