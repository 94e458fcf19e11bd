"""The window: header, the first page or the work, status line.

The first page is there at once. What needs the engine, numpy and pyqtgraph is imported
and made by `MainWindow.complete`; `gui.program` has it done a moment later.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QMenu,
    QMenuBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.actions import ACTIONS, available, make_actions
from gui.controls import Banner
from gui.controls.painting import px
from gui.early_wishes import EarlyWishes
from gui.header import Header
from gui.icons import app_icon
from gui.look import look
from gui.session import Session
from gui.settings import Settings
from gui.status_line import StatusLine
from gui.welcome.welcome_page import WelcomePage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDropEvent,
        QKeyEvent,
        QResizeEvent,
    )

    from gui.commands import Commands
    from gui.tab_order import TabOrder
    from gui.work_area import WorkArea

_LOW_BELOW = 900
_QUIET_MS = 400


class MainWindow(QMainWindow):
    """Everything on the screen.

    Parameters
    ----------
    settings : Settings, optional
        The user's own by default.
    is_whole : bool
        Whether to make everything now, not only the first page.

    Attributes
    ----------
    session : Session
        The only state; acceptance checks drive the window through it.
    is_whole : bool
        Whether everything has been made; what is asked before waits in `wishes`.
    """

    work: WorkArea
    commands: Commands
    tab_order: TabOrder

    def __init__(
        self, settings: Settings | None = None, *, is_whole: bool = True
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.settings = Settings() if settings is None else settings
        self.is_whole = False
        look().set_scheme(self.settings.scheme)
        self.session = Session(self)
        self.actions_by_key = make_actions(self)
        self._make_parts()
        self._lay_out()
        self._fill_menus()
        self.session.table_changed.connect(self._on_table_changed)
        self.setWindowIcon(app_icon())
        self.setWindowTitle("Tarn")
        self.setAcceptDrops(True)
        self._restore_place()
        self.wishes = EarlyWishes(self)
        if is_whole:
            self.complete()

    def _make_parts(self) -> None:
        self.menus = QMenuBar()
        self.header = Header(self.session, self.menus, self.actions_by_key)
        self.status = StatusLine(self.session, self.actions_by_key)
        self.welcome = WelcomePage(self.settings)
        self.file_banner = Banner()

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.file_banner)
        column.addWidget(self.stack, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)
        self.setMinimumSize(px(960), px(600))
        self.resize(px(1280), px(800))

    def fit_to_screen(self) -> None:
        """Be no larger than the screen has room for, as on a small laptop."""
        room = self.screen().availableGeometry().size()
        frame = self.frameGeometry().size() - self.size()
        self.resize(self.size().boundedTo(room - frame))

    def complete(self) -> None:
        """Make all that is not there yet, and do what was asked meanwhile."""
        for _ in self.completing():
            pass

    def completing(self) -> Iterator[None]:
        """Do the same in small pieces, between which the window answers.

        Yields
        ------
        None
            After each piece.
        """
        if self.is_whole:
            return
        from gui.commands import Commands  # noqa: PLC0415 - the slow part of a start
        from gui.tab_order import TabOrder  # noqa: PLC0415
        from gui.work_area import WorkArea  # noqa: PLC0415

        yield
        work = self.work = WorkArea(self.session)
        yield from work.filling()
        self.explaining = work.explaining
        self.data_pane, self.model_pane = work.data_pane, work.model_pane
        self.pages, self.findings = work.pages, work.findings
        self.picture_page, self.results_page = work.picture_page, work.results_page
        self.diagnostics_page = work.diagnostics_page
        self.uncertainty_page = work.uncertainty_page
        self.predict_page = work.predict_page
        yield
        self.stack.addWidget(work)
        yield
        self.commands = Commands(self)
        work.restore_layout(self.settings, self.width())
        self.is_whole = True
        self._on_table_changed()
        self.tab_order = TabOrder(self)
        self.wishes.grant()

    def _fill_menus(self) -> None:
        made: dict[str, QMenu] = {}
        for facts in ACTIONS:
            if facts.menu not in made:
                made[facts.menu] = self.menus.addMenu(f"&{facts.menu}")
                made[facts.menu].setToolTipsVisible(True)
            if facts.is_after_gap:
                made[facts.menu].addSeparator()
            action = self.actions_by_key[facts.key]
            action.setEnabled(available(facts.needs, frozenset()))
            made[facts.menu].addAction(action)
        self.addActions(list(self.actions_by_key.values()))

    def warm_up(self) -> None:
        """Do in a quiet moment what would delay the first click."""
        QTimer.singleShot(_QUIET_MS, self, self.commands.warm_up)

    # -- how it looks --------------------------------------------------------------

    @Slot()
    def _on_table_changed(self) -> None:
        has_table = self.session.table is not None
        self.stack.setCurrentIndex(int(has_table))
        if not has_table:
            self.welcome.show_recent()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the proportions of the design at every size."""
        super().resizeEvent(event)
        if event.oldSize().height() != event.size().height():
            self._arrange()

    def _arrange(self) -> None:
        if self.is_whole:
            self.work.set_low(self.height() < px(_LOW_BELOW))

    def _restore_place(self) -> None:
        state = self.settings.layout("window")
        if state is not None:
            self.restoreGeometry(state)

    def _remember_layout(self) -> None:
        self.settings.set_layout("window", QByteArray(self.saveGeometry()))
        if self.is_whole:
            self.work.remember_layout(self.settings)
        self.settings.sync()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Go where the eye goes next; see `gui.tab_order`."""
        if self.is_whole:
            self.tab_order.renew()
        return super().focusNextPrevChild(is_next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that nobody took.

        Enter presses a button, as Space does; Delete takes the selected rows out.
        """
        focused = QApplication.focusWidget()
        key, exclude = event.key(), self.actions_by_key["exclude"]
        is_enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(focused, QAbstractButton):
            focused.click()
        elif key == Qt.Key.Key_Delete and exclude.isEnabled():
            exclude.trigger()
        else:
            super().keyPressEvent(event)

    # -- files that come to the window -------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first file."""
        files = [u.toLocalFile() for u in event.mimeData().urls() if u.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.welcome.file_chosen.emit(Path(files[0]))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before work is lost; leave nothing running."""
        if self.is_whole and not self.commands.may_close():
            event.ignore()
            return
        self._remember_layout()
        self.session.shutdown()
        super().closeEvent(event)
