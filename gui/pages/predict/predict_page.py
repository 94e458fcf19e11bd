"""The Predict page: questions with their answers, or means and their comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.controls import Segmented
from gui.controls.painting import px
from gui.look import look
from gui.pages.page import Page
from gui.pages.predict.means_view import MeansView
from gui.pages.predict.means_work import MeansContent
from gui.pages.predict.questions_view import QuestionsView

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtGui import QResizeEvent

    from engine import FittedModel
    from gui.pages.predict.predict_view import PredictView
    from gui.pages.predict.predict_work import PredictContent
    from gui.plots.pointing import PointedPlot
    from gui.session import Session

WAIT_MS = 40
"""After a change; what is changed meanwhile goes along."""
SLOW_MS = 150
_NARROW = 640
_MODES = ("Five questions", "Means and comparisons")


class PredictPage(Page):
    """Shows one of two views, and has its answers made.

    Signals
    -------
    copy_asked, export_asked : tuple of ResultTable
    text_copy_asked : str
    number_changed : str, dict, str
        What `explain_asked` sent, with the number that the cell has now.
    """

    KEY: ClassVar[str] = "predict"
    TITLE: ClassVar[str] = "Predict"

    copy_asked = Signal(object)
    export_asked = Signal(object)
    text_copy_asked = Signal(str)
    number_changed = Signal(str, object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._is_stale = self._is_late = False
        self.mode = Segmented(_MODES, "What is predicted")
        self.questions, self.means = QuestionsView(session), MeansView(session)
        self.views: tuple[PredictView, ...] = (self.questions, self.means)
        self._stack = QStackedWidget()
        self._soon = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for view in self.views:
            self._stack.addWidget(view)
        head = QHBoxLayout()
        head.setContentsMargins(px(20), px(10), px(16), 0)
        head.addWidget(self.mode)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.mode.chosen.connect(self._on_mode_chosen)
        for view in self.views:
            view.asked.connect(self._on_asked)
            view.explain_asked.connect(self.explain_asked)
            view.copy_asked.connect(self._on_copy_asked)
            view.export_asked.connect(self._on_export_asked)
            view.text_copy_asked.connect(self.text_copy_asked)
            view.number_changed.connect(self.number_changed)
            view.picture_menu_asked.connect(self.picture_menu_asked)
        self._soon.timeout.connect(self._on_soon)
        self._slow.timeout.connect(self._on_slow)
        look().changed.connect(self._on_look_changed)

    @property
    def view(self) -> PredictView:
        """The view that is shown."""
        return self.views[self._stack.currentIndex()]

    @property
    def is_waiting(self) -> bool:
        """Whether something was set that is not asked for yet."""
        return self._soon.isActive()

    # -- what the area calls --------------------------------------------------------

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that is shown."""
        return self.view.plot

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Answer what is set now."""
        return self.view.work(model)

    def show_part(self, part: PredictContent | MeansContent) -> None:
        """Show the answers in the view that asked."""
        is_of_means = isinstance(part, MeansContent)
        view: PredictView = self.means if is_of_means else self.questions
        is_newest = part.wanted is view.wanted and not self.is_waiting
        if is_newest:
            self._slow.stop()
            self._is_late = False
        view.show_part(part, is_newest=is_newest)
        self._dim()

    def set_stale(self, is_stale: bool) -> None:
        """Dim picture and numbers."""
        self._is_stale = is_stale
        self._dim()

    def forget(self) -> None:
        """Show nothing, and forget what was set."""
        self._soon.stop()
        self._slow.stop()
        self._is_late = False
        for view in self.views:
            view.forget()

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        for view in self.views:
            view.forget_choice()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave a narrow page to the table."""
        super().resizeEvent(event)
        for view in self.views:
            view.set_narrow(self.width() < px(_NARROW))

    def _dim(self) -> None:
        """Dim what is no answer to what is set now."""
        for view in self.views:
            view.set_old(self._is_stale or self._is_late)

    # -- what the user does ---------------------------------------------------------

    @Slot()
    def _on_asked(self) -> None:
        if not self._soon.isActive():
            self._soon.start()
        if not self._slow.isActive():
            self._slow.start()

    @Slot()
    def _on_soon(self) -> None:
        if self.session.fit is not None:
            self.work_wanted.emit()

    @Slot()
    def _on_slow(self) -> None:
        self._is_late = True
        self._dim()

    @Slot(int)
    def _on_mode_chosen(self, mode: int) -> None:
        """Show the other view, dimmed while it is of an older model."""
        self._stack.setCurrentIndex(mode)
        self._is_late = not self.view.is_of(self.session.fit)
        self._dim()
        self._on_soon()

    @Slot(object)
    def _on_copy_asked(self, table: object) -> None:
        self.copy_asked.emit((table,))

    @Slot(object)
    def _on_export_asked(self, table: object) -> None:
        self.export_asked.emit((table,))

    @Slot()
    def _on_look_changed(self) -> None:
        for view in self.views:
            view.apply_look()
