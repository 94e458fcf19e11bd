"""The data panel: rows, what is selected among them, and what is used."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from engine.data.prepared import Prepared
from engine.data.table import Kind
from engine.data.wording import counted
from gui.controls import Button, EmptyState, IconButton, Panel, hairline
from gui.controls.painting import literal
from gui.data.column_card import ColumnCard, RenameDialog
from gui.data.exclusions import ask_and_exclude
from gui.data.reading_words import source_of_rows
from gui.data.row_model import RowModel
from gui.data.row_view import RowView
from gui.data.rows_line import RowsLine
from gui.data.search_bar import SearchBar
from gui.data.steps_card import StepsCard
from gui.icons import icon

if TYPE_CHECKING:
    from engine.arrays import IntArray
    from gui.session import Session

_NAMED = (Kind.CATEGORY, Kind.LABEL)


class DataPane(Panel):
    """Shows the rows of a session and lets the user select and exclude them.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Signals
    -------
    action_asked : str
        "open" or "paste".
    explain_asked : str, dict, str
        Topic, what exactly, and what is shown.
    """

    action_asked = Signal(str)
    explain_asked = Signal(str, object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Data", "table", parent)
        self._session = session
        self._is_own_choice = False
        self._own_positions: IntArray | None = None
        self.rows = RowModel(self)
        self.view = RowView(self.rows)
        self.search = SearchBar(self.rows, self.view, self)
        self.footer = RowsLine(session)
        self._make_tools()
        self._lay_out()
        self._connect()
        self._on_table_changed()

    def _make_tools(self) -> None:
        keys = QKeySequence(QKeySequence.StandardKey.Find)
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        tip = f"Find in the cells ({native})"
        self.search_button = IconButton("search", tip, checkable=True)
        self.steps_button = Button("0 steps", icon="steps", small=True)
        self.steps_button.set_tip("What was done to the data, in order")
        self.tools.addWidget(self.search_button)
        self.tools.addWidget(self.steps_button)
        self._find = QShortcut(keys, self)

    def _lay_out(self) -> None:
        self.empty = EmptyState(
            "table",
            "No data yet",
            "Open a table of measurements, or paste one from a spreadsheet.",
            "Open your data",
        )
        self.paste = Button("Paste a table", variant="link", small=True)
        self._put_into_empty(self.paste)
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search)
        column.addWidget(self.view, 1)
        column.addWidget(hairline())
        column.addWidget(self.footer)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(work)
        self.body.addWidget(self.stack, 1)

    def _put_into_empty(self, button: Button) -> None:
        column = self.empty.layout()
        assert isinstance(column, QVBoxLayout)
        place = column.indexOf(self.empty.button)
        column.insertWidget(place + 1, button, 0, Qt.AlignmentFlag.AlignHCenter)

    def _connect(self) -> None:
        session, view = self._session, self.view
        session.table_changed.connect(self._on_table_changed)
        session.prepared_changed.connect(self._on_prepared_changed)
        session.scan_changed.connect(self._on_scan_changed)
        session.selection_changed.connect(self._on_selection_changed)
        session.history_changed.connect(self._on_history_changed)
        session.saved_changed.connect(self._on_saved_changed)
        view.rows_chosen.connect(self._on_rows_chosen)
        view.level_chosen.connect(self._on_level_chosen)
        view.menu_asked.connect(self._on_menu_asked)
        view.delete_asked.connect(self.exclude_selected)
        view.reason_asked.connect(self.exclude_with_reason)
        view.copy_asked.connect(self.copy_selected)
        view.header.card_asked.connect(self.show_card)
        self.search_button.clicked.connect(self._on_search_clicked)
        self.search.opened_changed.connect(self.search_button.setChecked)
        self.steps_button.clicked.connect(self._on_steps_clicked)
        self.footer.explain_asked.connect(self.explain_asked)
        self._find.activated.connect(self.search.open_bar)
        self.empty.clicked.connect(self._on_open_clicked)
        self.paste.clicked.connect(self._on_paste_clicked)

    # -- what the user does ------------------------------------------------------

    @Slot()
    def exclude_selected(self) -> None:
        """Take the selected rows out; those that are out already stay so."""
        rows = self.rows.selected_labels(used=True)
        self._session.exclude_rows(rows, self._session.selection.level)

    @Slot()
    def exclude_with_reason(self) -> None:
        """Ask why, and take the selected rows out."""
        rows = self.rows.selected_labels(used=True)
        if len(rows):
            ask_and_exclude(self._session, rows, self.window())

    @Slot()
    def include_selected(self) -> None:
        """Bring the selected rows back that are out."""
        self._session.include_rows(self.rows.selected_labels(used=False))

    @Slot()
    def copy_selected(self) -> None:
        """Put the selected rows on the clipboard, or else the current cell."""
        positions = self.rows.selected_positions()
        current = self.view.currentIndex()
        if positions.size:
            text = self.rows.copied_text(positions)
        elif current.isValid():
            text = self.rows.cells(current.column()).copied_text(current.row())
        else:
            return
        QGuiApplication.clipboard().setText(text)

    @Slot(str)
    def show_card(self, column: str) -> None:
        """Tell what a column is, below its heading."""
        if self._session.prepared is None or column not in self._session.prepared.kinds:
            return
        header = self.view.header
        card = ColumnCard(self._session, column, self)
        card.rename_asked.connect(self._on_rename_asked)
        card.explain_asked.connect(self.explain_asked)
        card.show_below(header.anchor_at(self.rows.names.index(column)))

    @Slot(object)
    def _on_rows_chosen(self, positions: IntArray) -> None:
        self._is_own_choice, self._own_positions = True, positions
        self._session.select_rows(self.rows.labels(positions))
        self._is_own_choice, self._own_positions = False, None

    @Slot(int, int)
    def _on_level_chosen(self, row: int, column: int) -> None:
        cells = self.rows.cells(column)
        level = cells.level(row)
        if cells.kind in _NAMED and level:
            self._is_own_choice = True
            self._session.select_level(self.rows.names[column], level)
            self._is_own_choice = False

    @Slot(object)
    def _on_menu_asked(self, at: QPoint) -> None:
        menu = self.row_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def row_menu(self) -> QMenu:
        """Make the menu of the current cell and the selected rows."""
        menu = QMenu(self)
        index = self.view.currentIndex()
        if index.isValid():
            cells = self.rows.cells(index.column())
            level = cells.level(index.row())
            if cells.kind in _NAMED and level:
                name = self.rows.names[index.column()]
                choose = partial(self._session.select_level, name, level)
                menu.addAction(f"Select all of “{literal(level)}”", choose)
                menu.addSeparator()
        n_in = self.rows.count_selected(used=True)
        n_out = self.rows.count_selected(used=False)
        for words, name, count, do in (
            ("Exclude{}", "minus", n_in, self.exclude_selected),
            ("Exclude{} with a reason…", "", n_in, self.exclude_with_reason),
            ("Bring back{}", "plus", n_out, self.include_selected),
        ):
            said = words.format(f" {counted(count, 'row')}" if count else "")
            action = menu.addAction(icon(name) if name else QIcon(), said, do)
            action.setEnabled(count > 0)
        menu.addSeparator()
        menu.addAction(icon("copy"), "Copy", self.copy_selected)
        return menu

    @Slot(str)
    def _on_rename_asked(self, column: str) -> None:
        RenameDialog(self._session, column, self.window()).open()

    @Slot()
    def _on_search_clicked(self) -> None:
        if self.search.is_open:
            self.search.close_bar()
        else:
            self.search.open_bar()

    @Slot()
    def _on_steps_clicked(self) -> None:
        StepsCard(self._session, self).show_below(self.steps_button)

    @Slot()
    def _on_open_clicked(self) -> None:
        self.action_asked.emit("open")

    @Slot()
    def _on_paste_clicked(self) -> None:
        self.action_asked.emit("paste")

    # -- what the session says ---------------------------------------------------

    @Slot()
    def _on_table_changed(self) -> None:
        has_table = self._session.table is not None
        self.stack.setCurrentIndex(int(has_table))
        self.search_button.setVisible(has_table)
        self.steps_button.setVisible(has_table)
        self._find.setEnabled(has_table)
        if self.search.is_open:
            self.search.close_bar()
        self.view.forget_place()
        self._on_prepared_changed()
        self._on_history_changed()
        self._on_saved_changed()

    @Slot()
    def _on_prepared_changed(self) -> None:
        prepared, table = self._session.prepared, self._session.table
        if prepared is None and table is not None:
            prepared = Prepared.untouched(table)  # to be seen while steps are replayed
        if prepared is not self.rows.prepared:
            self.view.set_prepared(prepared)
            self.rows.set_source(*source_of_rows(prepared, table))
        self._on_selection_changed()

    @Slot()
    def _on_scan_changed(self) -> None:
        self._update_header()
        self.view.fit_columns()

    @Slot()
    def _on_selection_changed(self) -> None:
        positions = self._own_positions
        if positions is None:
            positions = self.rows.set_selected(self._session.selection.rows)
        else:  # to look a million labels up takes a third of a second
            self.rows.set_selected_positions(positions)
        if positions.size and not self._is_own_choice:
            self.view.show_row(int(positions[0]))
        self._update_header()
        self.view.show_selected()

    @Slot()
    def _on_history_changed(self) -> None:
        count = len(self._session.document.steps)
        self.steps_button.setText(counted(count, "step"))

    @Slot()
    def _on_saved_changed(self) -> None:
        table = self._session.table
        source = "" if table is None else table.source
        self.set_subtitle(source or self._session.title)

    def _update_header(self) -> None:
        self.view.header.set_columns(
            self.rows.prepared,
            self._session.summaries if self._session.prepared is not None else {},
            self.rows.selected_positions(),
        )
