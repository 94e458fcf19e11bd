"""The Uncertainty page: the bootstrap as it streams, intervals, tests side by side."""

from __future__ import annotations

from functools import partial as bound
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.reporting.uncertainty_tables import how_words, intervals_table
from gui.controls import hairline, label
from gui.controls.painting import px
from gui.number_look import number_look
from gui.pages.page import Page
from gui.pages.results.results_head import page_side
from gui.pages.uncertainty.bootstrap_run import BootstrapRun
from gui.pages.uncertainty.parameter_rows import ParameterRows
from gui.pages.uncertainty.run_head import RunHead
from gui.pages.uncertainty.uncertainty_work import (
    Asked,
    UncertaintyContent,
    make_uncertainty,
)
from gui.tables.table_block import TableBlock

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from engine import FittedModel
    from engine.diagnostics.uncertainty import Replicates
    from engine.reporting.result_table import ResultTable
    from gui.pages.uncertainty.uncertainty_work import Streamed
    from gui.session import Session


class UncertaintyPage(Page):
    """Shows `UncertaintyContent` and what the bootstrap adds to it.

    The bootstrap of a new model is tried when the page is in front; see `BY_ITSELF_S`.

    Signals
    -------
    copy_asked, export_asked : tuple of ResultTable
    text_copy_asked : str
    """

    KEY: ClassVar[str] = "uncertainty"
    TITLE: ClassVar[str] = "Uncertainty"

    copy_asked = Signal(object)
    export_asked = Signal(object)
    text_copy_asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.content: UncertaintyContent | None = None
        self.run = BootstrapRun(session, self)
        self.head = RunHead(self.run)
        self.rows = ParameterRows()
        self.tests = TableBlock()
        self.foot = label("", "caption", wrap=True)
        self._is_stale = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("surface", True)
        self._inner = QVBoxLayout(inner)
        self._inner.setSpacing(px(14))
        self._inner.setAlignment(Qt.AlignmentFlag.AlignTop)
        for part in (self.rows, self.tests, self.foot):
            self._inner.addWidget(part)
        area = QScrollArea()
        area.setAccessibleName("Parameters and tests")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self._top = QVBoxLayout()
        self._top.addWidget(self.head)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top)
        column.addWidget(hairline())
        column.addWidget(area, 1)

    def _connect(self) -> None:
        head = self.head
        head.run_asked.connect(self._on_run_asked)
        head.cancel_asked.connect(self.run.stop)
        head.choice_changed.connect(self._on_choice_changed)
        head.explain_asked.connect(self._on_topic_asked)
        head.copy_asked.connect(self._on_copy_intervals)
        head.export_asked.connect(self._on_export_intervals)
        self.rows.explain_asked.connect(self.explain_asked)
        self.tests.explain_asked.connect(self.explain_asked)
        self.tests.copy_asked.connect(self._on_copy_asked)
        self.tests.export_asked.connect(self._on_export_asked)
        self.tests.text_copy_asked.connect(self.text_copy_asked)
        self.run.streamed.connect(self._on_streamed)
        self.run.changed.connect(self._on_run_changed)
        self.session.fit_changed.connect(self._on_fit_changed)
        number_look().changed.connect(head.write_numbers)
        number_look().changed.connect(head.update_words)

    # -- what the area calls --------------------------------------------------------

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Make all that needs no bootstrap."""
        return bound(make_uncertainty, model, self.head.choice.level)

    def show_part(self, part: UncertaintyContent) -> None:
        """Show a model; then its bootstrap is tried, if it is in front."""
        self.content = part
        self.rows.set_content(part)
        self.tests.setVisible(bool(len(part.tests.frame)))
        self.tests.set_table(part.tests)
        if not self.run.is_of(part.model):
            self.rows.set_replicates(None)
        elif self.run.shown is not None:
            self.rows.set_replicates(self.run.shown.replicates)
        self._dim(is_stale=not self.session.is_fit_current)
        self._say_how()
        self._try()

    def set_stale(self, is_stale: bool) -> None:
        """Dim what is old."""
        shown = None if self.content is None else self.content.model
        is_new = self.session.is_fit_current and shown is self.session.fit
        self._dim(is_stale=is_stale and not is_new)

    def forget(self) -> None:
        """Show no numbers."""
        self.content = None
        self.run.forget()
        self.rows.set_content(None)
        self.tests.hide()
        self.foot.setText("")

    def show_item(self, item: str) -> None:
        """Nothing: the page is one list."""

    def showEvent(self, event: QShowEvent) -> None:
        """Try the bootstrap of what came while another page was in front."""
        super().showEvent(event)
        self._try()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give a narrow page more room."""
        super().resizeEvent(event)
        side = page_side(self.width())
        self._top.setContentsMargins(side, 0, side, 0)
        self._inner.setContentsMargins(side, px(4), side, px(20))

    def _dim(self, *, is_stale: bool) -> None:
        self._is_stale = is_stale
        self.head.set_stale(is_stale)
        self.rows.set_stale(is_stale)
        self.tests.set_stale(is_stale)

    # -- the bootstrap -----------------------------------------------------------------

    @property
    def _is_of_the_fit(self) -> bool:
        """Whether the page shows the model that is asked now."""
        content, session = self.content, self.session
        is_shown = content is not None and content.model is session.fit
        return is_shown and session.is_fit_current

    def _try(self) -> None:
        """Begin a bootstrap that may give up, unless there is one of this model."""
        if not (self.isVisible() and self._is_of_the_fit):
            return
        assert self.content is not None
        model = self.content.model
        if not self.run.is_of(model) and not self.run.take_kept(model):
            self._begin(is_trial=True)

    def _begin(self, *, is_trial: bool) -> None:
        content, head = self.content, self.head
        if content is None or not self._is_of_the_fit:
            return
        self.rows.set_replicates(None)
        wanted = head.replicates, head.seed.value()
        self.run.begin(Asked(content.model, content.parameters, *wanted, is_trial))
        self._say_how()

    @Slot()
    def _on_run_asked(self) -> None:
        self._begin(is_trial=False)

    @Slot()
    def _on_choice_changed(self) -> None:
        """Other intervals: all of them of another level, or only the bootstrap's."""
        choice, content = self.head.choice, self.content
        self.run.choose(choice)
        if content is not None and content.level != choice.level:
            self.work_wanted.emit()

    @Slot()
    def _on_fit_changed(self) -> None:
        """Another model is asked or fitted: nobody wants refits of the old one."""
        session = self.session
        if not (session.is_fit_current and self.run.is_of(session.fit)):
            self.run.stop()

    @Slot(object)
    def _on_streamed(self, streamed: Streamed) -> None:
        if self.content is not None and streamed.asked.model is self.content.model:
            self.rows.set_replicates(streamed.replicates)
            if not self.run.is_at_work:
                self._say_how()

    @Slot()
    def _on_run_changed(self) -> None:
        if not self.run.is_at_work:
            self._say_how()

    # -- words and tables --------------------------------------------------------------

    @property
    def replicates(self) -> Replicates | None:
        """What is there of the replicates of the model that is shown."""
        run, content = self.run, self.content
        if content is None or run.shown is None or not run.is_of(content.model):
            return None
        return run.shown.replicates

    @property
    def intervals(self) -> ResultTable | None:
        """The intervals as a table."""
        content = self.content
        if content is None:
            return None
        given = content.model, content.parameters, self.replicates, content.level
        return intervals_table(*given)

    def _say_how(self) -> None:
        content = self.content
        if content is not None:
            given = content.model, content.parameters, self.replicates, content.level
            self.foot.setText(" ".join(how_words(*given)))

    @Slot(str)
    def _on_topic_asked(self, topic: str) -> None:
        self.explain_asked.emit(topic, {}, "")

    @Slot()
    def _on_copy_intervals(self) -> None:
        if (table := self.intervals) is not None:
            self.copy_asked.emit((table,))

    @Slot()
    def _on_export_intervals(self) -> None:
        if (table := self.intervals) is not None:
            self.export_asked.emit((table,))

    @Slot(object)
    def _on_copy_asked(self, table: ResultTable) -> None:
        self.copy_asked.emit((table,))

    @Slot(object)
    def _on_export_asked(self, table: ResultTable) -> None:
        self.export_asked.emit((table,))
