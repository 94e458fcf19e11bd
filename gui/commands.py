"""What the window's actions do: open, save, search, change rows and look."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from engine.model.spec import Pooling
from gui.actions import ACTIONS, set_available
from gui.command_search import CommandSearch
from gui.controls.equation_svg import equation_svg
from gui.controls.painting import px
from gui.data.column_edits import centre, set_reference
from gui.dialogs.about import AboutDialog
from gui.dialogs.ask_save import AskSaveDialog
from gui.dialogs.choose_level import ChooseLevelDialog
from gui.dialogs.preferences import PreferencesDialog
from gui.file_dialogs import file_dialog
from gui.lanes import Lane
from gui.look import look
from gui.taking_out import TakingOut
from gui.work.opening import PROJECT_ENDING
from gui.work.problem import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.findings.finding import Show
    from gui.main_window import MainWindow
    from gui.welcome.examples import Example
    from gui.work.opening import Opened

log = logging.getLogger(__name__)

WARM_UP_AGAIN_MS = 400
_ROWS_NEED = 190  # pixels of the data panel that show two rows
DATA_FILES = (
    "Data and projects (*.csv *.tsv *.txt *.xlsx *.xlsm *.xls *.ods *.tarn);;"
    "All files (*)"
)


class Commands(QObject):
    """Connects actions to what they do. Belongs to one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._after_saving: Callable[[], None] | None = None
        self._may_close = False
        self.search = CommandSearch(window)
        self.out = TakingOut(window)
        self._connect_actions()
        self._connect_parts()
        self.update_actions()

    def _connect_actions(self) -> None:
        session, window = self._session, self._window
        does: dict[str, Callable[[], Any]] = {
            "open": self.ask_open,
            "paste": self.paste,
            "save": self.save,
            "save_as": self.save_as,
            "export_tables": self.out.export_all_tables,
            "export_picture": self.out.export_picture,
            "close": self.close_table,
            "quit": window.close,
            "undo": session.undo,
            "redo": session.redo,
            "copy_tables": self.out.copy_all_tables,
            "copy_picture": self.out.copy_picture,
            "command": self.find_command,
            "preferences": self.show_preferences,
            "exclude": window.data_pane.exclude_selected,
            "exclude_why": window.data_pane.exclude_with_reason,
            "include": self.include_all,
            "deselect": partial(session.select_rows, ()),
            "suggest": window.model_pane.suggest,
            "partial_pooling": partial(window.model_pane.set_pooling, Pooling.PARTIAL),
            "no_pooling": partial(window.model_pane.set_pooling, Pooling.NONE),
            "complete_pooling": partial(
                window.model_pane.set_pooling, Pooling.COMPLETE
            ),
            "reml": partial(session.set_estimation, "REML"),
            "ml": partial(session.set_estimation, "ML"),
            "fit_again": session.fit_again,
            "cancel": session.cancel,
            "page_picture": partial(window.pages.show_page, "picture"),
            "page_results": partial(window.pages.show_page, "results"),
            "page_diagnostics": partial(window.pages.show_page, "diagnostics"),
            "page_uncertainty": partial(window.pages.show_page, "uncertainty"),
            "page_predict": partial(window.pages.show_page, "predict"),
            "findings": self.toggle_findings,
            "explain": window.explaining.toggle,
            "light": partial(self.set_scheme, "light"),
            "dark": partial(self.set_scheme, "dark"),
            "system": partial(self.set_scheme, "system"),
            "about": self.show_about,
        }
        for key, action in window.actions_by_key.items():
            if key in does:
                action.triggered.connect(partial(_call, does[key]))
            else:
                action.setVisible(False)

    def _connect_parts(self) -> None:
        session, window = self._session, self._window
        for signal in (
            session.table_changed,
            session.fit_changed,
            session.selection_changed,
            session.history_changed,
            session.busy_changed,
            session.prepared_changed,
        ):
            signal.connect(self.update_actions)
        session.problem_changed.connect(self._on_problem_changed)
        session.opened.connect(self._on_opened)
        session.saved.connect(self._on_saved)
        session.table_changed.connect(self._on_title_changed)
        session.saved_changed.connect(self._on_title_changed)
        window.header.search_asked.connect(self.find_command)
        window.welcome.action_asked.connect(self._on_action_asked)
        window.data_pane.action_asked.connect(self._on_action_asked)
        window.welcome.example_chosen.connect(self.open_example)
        window.welcome.file_chosen.connect(self.open_path)
        window.findings.show_asked.connect(self.show_place)
        window.model_pane.step_asked.connect(self._on_step_asked)
        window.file_banner.action_chosen.connect(self._on_banner_action)
        window.pages.notice.suggestion_wanted.connect(window.model_pane.suggest)

    # -- what can be done --------------------------------------------------------

    @Slot()
    def update_actions(self) -> None:
        """Enable what can be done with what there is."""
        session, actions = self._session, self._window.actions_by_key
        set_available(actions, self._have())
        for key, word, what in (
            ("undo", "&Undo", session.undo_words),
            ("redo", "&Redo", session.redo_words),
        ):
            rest = f": {what[:1].lower()}{what[1:]}".replace("&", "&&") if what else ""
            actions[key].setText(f"{word}{rest}")

    def _have(self) -> frozenset[str]:
        session = self._session
        prepared = session.prepared
        facts = {
            "table": session.table is not None,
            "model": session.spec is not None,
            "mixed": session.spec is not None and bool(session.spec.random),
            "fit": session.fit is not None and session.is_fit_current,
            "selection": bool(session.selection),
            "undo": bool(session.undo_words),
            "redo": bool(session.redo_words),
            "busy": session.is_busy,
            "excluded": prepared is not None and not prepared.is_used.all(),
        }
        return frozenset(name for name, is_so in facts.items() if is_so)

    @Slot(str)
    def _on_action_asked(self, key: str) -> None:
        if key in self._window.actions_by_key:
            self._window.actions_by_key[key].trigger()

    # -- open and save ----------------------------------------------------------------

    def ask_open(self) -> None:
        """Choose a file and open it."""
        dialog = file_dialog(self._window, "Open data or a project", DATA_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    @Slot(object)
    def open_path(self, path: str | Path) -> None:
        """Open a file, after asking about unsaved work."""
        self._after_asking(partial(self._session.open_table, Path(path)))

    @Slot(object)
    def open_example(self, example: Example) -> None:
        """Open an example, after asking about unsaved work."""
        self._after_asking(partial(self._session.open_example, example))

    def paste(self) -> None:
        """Open the table in the clipboard."""
        text = QGuiApplication.clipboard().text()
        self._after_asking(partial(self._session.open_text, text))

    def close_table(self) -> None:
        """Go back to the first page."""
        self._after_asking(self._session.close_table)

    def save(self) -> None:
        """Save the project where it was saved before."""
        if self._session.table is None:
            return
        if self._session.path is None:
            self.save_as()
        else:
            self._keep_view()
            self._session.save(self._session.path)

    def save_as(self) -> None:
        """Choose a file and save the project there."""
        dialog = file_dialog(
            self._window, "Save the project", f"Project (*{PROJECT_ENDING})"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(PROJECT_ENDING[1:])
        dialog.selectFile(f"{self._session.title or 'project'}{PROJECT_ENDING}")
        dialog.fileSelected.connect(self.save_to)
        dialog.rejected.connect(self._on_save_given_up)
        dialog.open()

    @Slot()
    def _on_save_given_up(self) -> None:
        """What waited for the saving must not happen at a later one."""
        self._after_saving = None

    @Slot(str)
    def save_to(self, path: str | Path) -> None:
        """Save the project in a file."""
        path = Path(path)
        if path.suffix.lower() != PROJECT_ENDING:
            path = path.with_name(path.name + PROJECT_ENDING)
        self._keep_view()
        self._session.save(path)

    def _keep_view(self) -> None:
        self._session.view = {"page": self._window.pages.tabs.current}

    def _after_asking(self, call: Callable[[], None]) -> None:
        """Do it now, when it is saved, or after the question whether to save."""
        session, is_waiting = self._session, self._after_saving is not None
        if not session.is_modified and not session.is_saving:
            call()
            return
        self._after_saving = call
        if session.is_saving and not is_waiting:
            return  # `_on_saved` comes back here; who asks twice is asked
        if any(asked.isVisible() for asked in self._window.findChildren(AskSaveDialog)):
            return
        dialog = AskSaveDialog(self._window, self._session.title)
        dialog.decided.connect(self._on_decided)
        dialog.open()

    @Slot(str)
    def _on_decided(self, what: str) -> None:
        call = self._after_saving
        if what == "save":
            self.save()  # the call is made when it is saved
            return
        self._after_saving = None
        if what == "discard" and call is not None:
            call()

    def may_close(self) -> bool:
        """Whether the window may close now; if not, the user has been asked."""
        session = self._session
        if self._may_close or not (session.is_modified or session.is_saving):
            return True
        self._after_asking(self._close_now)
        return False

    def _close_now(self) -> None:
        self._may_close = True
        self._window.close()

    @Slot(object)
    def _on_opened(self, found: Opened) -> None:
        if found.source is not None:
            self._window.settings.add_recent(found.source)
        page = found.view.get("page")
        if isinstance(page, str):
            self._window.pages.show_page(page)

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._window.settings.add_recent(path)
        if self._after_saving is None or self._session.is_saving:
            return  # a later saving is still to come, with what was changed since
        call, self._after_saving = self._after_saving, None
        self._after_asking(call)  # asks again if there were changes meanwhile

    @Slot()
    def _on_title_changed(self) -> None:
        session = self._session
        title = f"{session.title}[*] – Tarn" if session.title else "Tarn[*]"
        self._window.setWindowTitle(title)
        self._window.setWindowModified(session.is_modified)

    @Slot()
    def _on_problem_changed(self) -> None:
        problem = self._session.problem_at(Place.FILE)
        if problem is None:
            self._window.file_banner.clear()
            return
        error = problem.error
        self._window.file_banner.say(
            "bad", error.message, error.remedy, [("Close", "secondary")]
        )
        self._after_saving = None

    @Slot(int)
    def _on_banner_action(self, _number: int) -> None:
        self._session.forget_problem(Place.FILE)

    # -- rows and columns --------------------------------------------------------------

    def include_all(self) -> None:
        """Bring every excluded row back."""
        prepared = self._session.prepared
        if prepared is not None:
            self._session.include_rows(prepared.excluded_rows.index.tolist())

    @Slot(str, str)
    def _on_step_asked(self, verb: str, column: str) -> None:
        if verb == "centre":
            centre(self._session, column)
        elif verb == "reference" and self._session.prepared is not None:
            self._ask_reference(column)

    def _ask_reference(self, column: str) -> None:
        assert self._session.prepared is not None
        values = self._session.prepared.frame[column].dropna().astype("category")
        levels = [str(level) for level in values.cat.categories]
        dialog = ChooseLevelDialog(self._window, column, levels, levels[0])
        dialog.chosen.connect(partial(set_reference, self._session, column))
        dialog.open()

    # -- the window itself --------------------------------------------------------

    def find_command(self) -> None:
        """Open the command search."""
        keys = [f.key for f in ACTIONS if f.key != "command"]
        actions = [self._window.actions_by_key[key] for key in keys]
        shown = [action for action in actions if action.isVisible()]
        self.search.open_with(shown, self._window.header.search)

    def show_preferences(self) -> None:
        """Open the preferences."""
        PreferencesDialog(self._window, self._window.settings).open()

    def show_about(self) -> None:
        """Say what Tarn is."""
        AboutDialog(self._window).open()

    def set_scheme(self, scheme: str) -> None:
        """Choose light, dark or the system's."""
        self._window.settings.scheme = scheme
        look().set_scheme(scheme)

    def toggle_findings(self) -> None:
        """Open or fold the strip."""
        self._window.findings.set_open(not self._window.findings.is_open)

    @Slot(object)
    def show_place(self, place: Show) -> None:
        """Go where a finding points."""
        self._window.pages.show_page(place.page)
        if place.item:
            self._window.pages.current.show_item(place.item)
        if place.level:
            self._session.select_level(place.group, place.level)
        elif place.rows:
            self._make_room_for_rows()
            self._session.select_rows(place.rows)

    def _make_room_for_rows(self) -> None:
        """Fold the findings if they leave the table hardly a row."""
        if self._window.data_pane.height() < px(_ROWS_NEED):
            self._window.findings.set_open(False)

    def warm_up(self) -> None:
        """Draw an equation in a worker when there is time: the first one is slow."""
        if self._session.is_busy or self._session.jobs.is_busy(Lane.PAGE):
            QTimer.singleShot(WARM_UP_AGAIN_MS, self, self.warm_up)
            return
        self._session.jobs.start(
            Lane.OUT, "Getting ready", equation_svg, "x", 15.0, "#000000"
        )


def _call(what: Callable[[], Any], _is_checked: bool = False) -> None:
    """Take the argument that `triggered` brings, and use it for nothing."""
    what()
