"""The pages behind their tabs, and the work that fills the one that is seen."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui.controls import Panel, TabBar
from gui.lanes import Lane
from gui.number_look import number_look
from gui.pages.page_notice import PageNotice
from gui.work.problem import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine import FittedModel
    from gui.pages.page import Page
    from gui.session import Session

MOST_KEPT, MOST_KEPT_ROWS = 6, 20_000
STALE_AFTER_MS = 150
"""A fit that takes less changes the page without a flicker between."""


class PageArea(Panel):
    """Tabs, the page in front, and a notice in its place or above it.

    Only the page in front is brought up to date; the others when they come there.

    Signals
    -------
    page_changed : str
        Key of the page in front.
    """

    page_changed = Signal(str)

    def __init__(
        self, session: Session, pages: Sequence[Page], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._pages = {page.KEY: page for page in pages}
        self._shown: dict[str, FittedModel | None] = dict.fromkeys(self._pages)
        self._asked: tuple[str, FittedModel] | None = None
        self._failed: tuple[str, FittedModel] | None = None  # or it would fail for ever
        self._kept: deque[tuple[str, FittedModel, Any]] = deque(maxlen=MOST_KEPT)
        self.tabs = TabBar()
        self.notice = PageNotice(session)
        self._stack = QStackedWidget()
        for page in pages:
            self.tabs.add_tab(page.KEY, page.TITLE)
            self._stack.addWidget(page)
            page.work_wanted.connect(self._on_work_wanted)
        self._lay_out()
        self._stale_timer = QTimer(self, singleShot=True, interval=STALE_AFTER_MS)
        self._stale_timer.timeout.connect(self._show_stale)
        self._connect()
        self._on_fit_changed()

    def _lay_out(self) -> None:
        self.body.addWidget(self.tabs)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self._stack, 1)
        self.body.addLayout(column, 1)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self.show_page)
        number_look().changed.connect(self._on_numbers_changed)
        session = self._session
        session.table_changed.connect(self._on_table_changed)
        session.fit_changed.connect(self._on_fit_changed)
        session.problem_changed.connect(self._on_fit_changed)
        session.busy_changed.connect(self._on_fit_changed)
        session.jobs.partial.connect(self._on_part)
        session.jobs.succeeded.connect(self._on_done)
        session.jobs.failed.connect(self._on_failed)

    @property
    def current(self) -> Page:
        """The page in front."""
        return self._pages[self.tabs.current]

    @property
    def shown_model(self) -> FittedModel | None:
        """What the whole page in front shows; None while it shows nothing."""
        return self._shown[self.tabs.current]

    @Slot(str)
    def show_page(self, key: str) -> None:
        """Bring a page to the front; an unknown one leaves all as it is."""
        if key not in self._pages:
            return
        self.tabs.set_current(key)
        self._stack.setCurrentWidget(self._pages[key])
        self._on_fit_changed()
        self.page_changed.emit(key)

    @Slot()
    def _on_table_changed(self) -> None:
        for key, page in self._pages.items():
            self._shown[key] = None
            page.forget()
        self._kept.clear()
        self._on_fit_changed()

    @Slot()
    def _on_fit_changed(self) -> None:
        """Bring the page in front up to date, or let it wait, or say why not."""
        session, page = self._session, self.current
        if session.problem_at(Place.MODEL) is None:
            self._failed = None
        self.notice.update_words()
        shown = self._shown[page.KEY]
        self._stack.setVisible(session.fit is not None)
        if session.fit is None:
            self._stale_timer.stop()
            return
        is_wanted = session.is_fit_current or shown is None
        if is_wanted and shown is not session.fit:
            if not self._show_kept(page, session.fit):
                self._start_work(page, session.fit)
            shown = self._shown[page.KEY]
        if session.is_fit_current and shown is session.fit:
            self._asked = None  # what is still being made is of another model
            self._stale_timer.stop()
            page.set_stale(False)
        elif not self._stale_timer.isActive():
            self._stale_timer.start()

    def _show_kept(self, page: Page, model: FittedModel) -> bool:
        """Show what was made of a model before, as after undo, if it is still there."""
        for key, of, content in self._kept:
            if key == page.KEY and of is model:
                self._session.jobs.cancel(Lane.PAGE)
                self._asked = None
                page.show_part(content)
                self._shown[key] = model
                return True
        return False

    def _keep(self, page: Page, model: FittedModel, content: Any) -> None:
        if page.IS_KEPT and model.n_rows <= MOST_KEPT_ROWS:
            self._kept.appendleft((page.KEY, model, content))

    def _start_work(self, page: Page, model: FittedModel) -> None:
        if (page.KEY, model) in (self._asked, self._failed):
            return
        self._asked = page.KEY, model
        label = f"Making the page {page.TITLE}"
        jobs = self._session.jobs
        jobs.start(Lane.PAGE, label, page.work(model), token=self._asked)

    @Slot()
    def _on_work_wanted(self) -> None:
        page: QObject | None = self.sender()
        self._kept.clear()
        if page is self.current and self._session.fit is not None:
            self._asked = self._failed = None
            self._shown[self.current.KEY] = None  # or news of the fit would drop it
            self._start_work(self.current, self._session.fit)
        else:
            for key, other in self._pages.items():
                if other is page:
                    self._shown[key] = None

    @Slot()
    def _on_numbers_changed(self) -> None:
        """Make every page anew, the one in front at once."""
        self._kept.clear()
        self._shown = dict.fromkeys(self._pages)
        self._asked = self._failed = None
        if self._session.fit is not None:
            self._start_work(self.current, self._session.fit)

    @Slot()
    def _show_stale(self) -> None:
        """Dim what is not of the model that is asked now, and say what goes on."""
        page, session = self.current, self._session
        if session.is_fit_current and self._shown[page.KEY] is session.fit:
            return
        page.set_stale(True)
        has_old = self._shown[page.KEY] is not None
        self.notice.update_words(is_slow=True, has_old=has_old)

    @Slot(object, object, object)
    def _on_part(self, lane: Lane, part: Any, token: Any) -> None:
        """Show a part; the page itself dims its other parts as long as they are old."""
        if lane is Lane.PAGE and self._asked is not None and token == self._asked:
            key = self._asked[0]
            self._pages[key].show_part(part)
            self._shown[key] = None  # a part of this model, the others of the last

    @Slot(object, object, object)
    def _on_done(self, lane: Lane, result: Any, token: Any) -> None:
        if lane is not Lane.PAGE or self._asked is None or token != self._asked:
            return
        (key, model), self._asked = self._asked, None
        page = self._pages[key]
        if result is not None:
            page.show_part(result)
            self._keep(page, model, result)
        self._shown[key] = model
        page.set_stale(not self._session.is_fit_current)
        self._on_fit_changed()

    @Slot(object, object, object)
    def _on_failed(self, lane: Lane, error: BaseException, token: Any) -> None:
        if lane is Lane.PAGE and self._asked is not None and token == self._asked:
            self._failed, self._asked = self._asked, None
            self._session.take_page_failure(error)
