"""The window: it puts header, panes, pages, strip and status line together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QMenu,
    QMenuBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.actions import ACTIONS, make_actions
from gui.commands import Commands
from gui.controls import Banner
from gui.controls.painting import px
from gui.data.data_pane import DataPane
from gui.explaining import Explaining
from gui.findings.findings_strip import FindingsStrip
from gui.header import Header
from gui.icons import app_icon
from gui.look import look
from gui.model.model_pane import ModelPane
from gui.pages.diagnostics_page import DiagnosticsPage
from gui.pages.page_area import PageArea
from gui.pages.picture_page import PicturePage
from gui.pages.results.results_page import ResultsPage
from gui.session import Session
from gui.settings import Settings
from gui.status_line import StatusLine
from gui.tab_order import TabOrder
from gui.welcome.welcome_page import WelcomePage

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDropEvent,
        QKeyEvent,
        QResizeEvent,
        QShowEvent,
    )

_LEFT, _LEFT_NARROW, _NARROW_BELOW = 432, 416, 1400
_LOW_BELOW = 860
_LEFT_LEAST = 360
_MODEL_LEAST, _MODEL, _DATA_LEAST = 330, 420, 130


class MainWindow(QMainWindow):
    """Everything on the screen.

    Parameters
    ----------
    settings : Settings, optional
        The user's own by default.

    Attributes
    ----------
    session : Session
        The only state; acceptance checks drive the window through it.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.settings = Settings() if settings is None else settings
        look().set_scheme(self.settings.scheme)
        self.session = Session(self)
        self.actions_by_key = make_actions(self)
        self.explaining = Explaining(self.session, self)
        self._make_parts()
        self._lay_out()
        self._fill_menus()
        self.commands = Commands(self)
        self._connect()
        self._restore_layout()
        self._on_table_changed()
        self._on_look_changed()
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.tab_order = TabOrder(self)

    def _make_parts(self) -> None:
        session = self.session
        self.menus = QMenuBar()
        self.header = Header(session, self.menus, self.actions_by_key)
        self.data_pane = DataPane(session)
        self.model_pane = ModelPane(session)
        self.picture_page = PicturePage(session)
        self.results_page = ResultsPage(session)
        self.diagnostics_page = DiagnosticsPage(session)
        self.pages = PageArea(
            session, [self.picture_page, self.results_page, self.diagnostics_page]
        )
        self.findings = FindingsStrip(session)
        self.status = StatusLine(session, self.actions_by_key)
        self.welcome = WelcomePage(self.settings)
        self.file_banner = Banner()

    def _lay_out(self) -> None:
        self.left = QSplitter(Qt.Orientation.Vertical)
        self.left.addWidget(self.data_pane)
        self.left.addWidget(self.model_pane)
        self.model_pane.setMinimumHeight(px(_MODEL_LEAST))
        self.data_pane.setMinimumHeight(px(_DATA_LEAST))
        self.left.setStretchFactor(0, 1)
        self.left.setStretchFactor(1, 0)
        self.left.setMinimumWidth(px(_LEFT_LEAST))
        self.right = QSplitter(Qt.Orientation.Horizontal)
        self.right.addWidget(self.pages)
        self.right.addWidget(self.explaining.pane)
        self.right.setStretchFactor(0, 1)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(self.left)
        self.across.addWidget(self.right)
        self.across.setStretchFactor(1, 1)
        for splitter in (self.left, self.right, self.across):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(px(12))
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(px(12), px(12), px(12), px(12))
        column.setSpacing(px(12))
        column.addWidget(self.across, 1)
        column.addWidget(self.findings)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(work)
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

    def _fill_menus(self) -> None:
        made: dict[str, QMenu] = {}
        for facts in ACTIONS:
            if facts.menu not in made:
                made[facts.menu] = self.menus.addMenu(f"&{facts.menu}")
            if facts.is_after_gap:
                made[facts.menu].addSeparator()
            made[facts.menu].addAction(self.actions_by_key[facts.key])
        self.addActions(list(self.actions_by_key.values()))

    def _connect(self) -> None:
        session = self.session
        session.table_changed.connect(self._on_table_changed)
        look().changed.connect(self._on_look_changed)
        explain = self.explaining.explain
        for part in (
            self.picture_page,
            self.results_page,
            self.diagnostics_page,
            self.findings,
            self.model_pane,
            self.data_pane,
        ):
            part.explain_asked.connect(explain)
        self.explaining.closed.connect(self.results_page.forget_choice)
        self.pages.page_changed.connect(self._on_page_changed)

    # -- how it looks --------------------------------------------------------------

    @Slot()
    def _on_table_changed(self) -> None:
        has_table = self.session.table is not None
        self.stack.setCurrentIndex(int(has_table))
        if not has_table:
            self.welcome.show_recent()
        self._arrange()

    @Slot()
    def _on_look_changed(self) -> None:
        self.setStyleSheet(
            f"QWidget[surface=true] {{ background: {look().theme.colors.surface}; }}"
        )

    @Slot(str)
    def _on_page_changed(self, key: str) -> None:
        """Tables and plots need the height: the strip becomes a bar there."""
        if key != self.picture_page.KEY:
            self.findings.set_open(False)
        else:
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the proportions of the design at every size."""
        super().resizeEvent(event)
        if event.oldSize().height() != event.size().height():
            self._arrange()

    def _arrange(self) -> None:
        is_low = self.height() < px(_LOW_BELOW)
        is_picture = self.pages.tabs.current == self.picture_page.KEY
        self.findings.set_open(is_picture and not is_low)

    def _restore_layout(self) -> None:
        state = self.settings.layout("window")
        if state is not None:
            self.restoreGeometry(state)
        is_narrow = self.width() < px(_NARROW_BELOW)
        left = px(_LEFT_NARROW if is_narrow else _LEFT)
        self.across.setSizes([left, max(1, self.width() - left)])
        self._share_height()
        for name, splitter in self._splitters().items():
            kept = self.settings.layout(name)
            if kept is not None:
                splitter.restoreState(kept)
        self.explaining.pane.hide()

    def _share_height(self) -> None:
        """The model needs its height; the table gives way first."""
        model = px(_MODEL)
        self.left.setSizes([max(px(_DATA_LEAST), self.left.height() - model), model])

    def showEvent(self, event: QShowEvent) -> None:
        """Share the height as soon as it is known, unless the user chose."""
        super().showEvent(event)
        if self.settings.layout("left") is None:
            QTimer.singleShot(0, self, self._share_height)

    def _splitters(self) -> dict[str, QSplitter]:
        return {"across": self.across, "left": self.left}

    def _remember_layout(self) -> None:
        self.settings.set_layout("window", QByteArray(self.saveGeometry()))
        for name, splitter in self._splitters().items():
            self.settings.set_layout(name, QByteArray(splitter.saveState()))
        self.settings.sync()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press a button as Space does: it comes here if nobody took it."""
        focused = QApplication.focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(focused, QAbstractButton):
            focused.click()
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
            self.commands.open_path(files[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before work is lost; leave nothing running."""
        if not self.commands.may_close():
            event.ignore()
            return
        self._remember_layout()
        self.session.shutdown()
        super().closeEvent(event)


def warm_up(window: MainWindow) -> None:
    """Do in a quiet moment what would delay the first click."""
    QTimer.singleShot(400, window.commands.warm_up)
