"""The Predict page: five questions, their answers, and a picture of one of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial as bound
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.diagnostics.prediction_settings import (
    KNOWN,
    UNCERTAIN,
    PredictionSettings,
)
from engine.inference.prediction import KINDS
from gui.controls import Banner, Segmented, label
from gui.controls.painting import px
from gui.look import look
from gui.pages.page import Page
from gui.pages.plot_link import PlotLink
from gui.pages.predict.answers_block import AnswersBlock
from gui.pages.predict.inputs_column import InputsColumn
from gui.pages.predict.means_view import MeansView
from gui.pages.predict.means_work import MeansContent
from gui.pages.predict.predict_bar import PredictBar
from gui.pages.predict.predict_work import make_predictions
from gui.pages.predict.variance_run import VarianceRun
from gui.plots.predicted_line import PredictedLinePlot
from gui.plots.predicted_strip import PredictedStripPlot

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtGui import QResizeEvent

    from engine import FittedModel
    from engine.errors import EngineError
    from gui.pages.predict.predict_work import Answers, PredictContent
    from gui.plots.pointing import PointedPlot
    from gui.session import Session

WAIT_MS = 40
"""After a change; what is changed meanwhile goes along."""
SLOW_MS = 150
_PICTURE_LEAST = 200
_NARROW = 640
_MODES = ("Five questions", "Means and comparisons")


class _Pictures(QStackedWidget):
    """Pictures that take the height that tables leave; by itself Qt asks for more."""

    def hasHeightForWidth(self) -> bool:
        """No picture has a shape of its own."""
        return False


class PredictPage(Page):
    """Shows `PredictContent`.

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
        theme = look().theme
        self.content: PredictContent | None = None
        self._wanted = PredictionSettings()  # only what was set by hand
        self._row = 0  # the question that is wanted in the picture
        self._shown: Answers | None = None  # the last that there were
        self._is_stale = self._is_late = False
        self.inputs, self.bar, self.banner = InputsColumn(), PredictBar(), Banner()
        self.line_plot = PredictedLinePlot(theme=theme)
        self.strip_plot = PredictedStripPlot(theme=theme)
        self.plots: tuple[PointedPlot, ...] = (self.line_plot, self.strip_plot)
        self.sentence = label("", "panel", wrap=True)
        self.answers = AnswersBlock()
        self.mode = Segmented(_MODES, "What is predicted")
        self.means = MeansView(session)
        self._views = QStackedWidget()
        self.link = PlotLink(session, self)
        self.refits = VarianceRun(session, self)
        self._stack = _Pictures()
        self._soon = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for plot in self.plots:
            self._stack.addWidget(plot)
        room = QSizePolicy.Policy
        self._stack.setSizePolicy(room.Expanding, room.Ignored)
        self._stack.setMinimumHeight(px(_PICTURE_LEAST))
        inner = QWidget()
        inner.setProperty("surface", True)
        right = QVBoxLayout(inner)
        right.setContentsMargins(px(12), px(10), px(16), px(12))
        right.setSpacing(px(8))
        right.addWidget(self.bar)
        right.addWidget(self.banner)
        right.addWidget(self.sentence)
        right.addWidget(self._stack, 1)
        right.addWidget(self.answers)
        area = QScrollArea()
        area.setAccessibleName("Predictions")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        questions = QWidget()
        row = QHBoxLayout(questions)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.inputs)
        row.addWidget(area, 1)
        self._views.addWidget(questions)
        self._views.addWidget(self.means)
        head = QHBoxLayout()
        head.setContentsMargins(px(20), px(10), px(16), 0)
        head.addWidget(self.mode)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._views, 1)

    def _connect(self) -> None:
        for plot in self.plots:
            self.link.add(plot)
            plot.set_title_visible(False)
        self.line_plot.set_zoom_enabled(True)
        self.link.menu_asked.connect(self.picture_menu_asked)
        self.inputs.number_set.connect(self._on_value_set)
        self.inputs.category_set.connect(self._on_value_set)
        self.inputs.group_set.connect(self._on_group_set)
        self.bar.axis_chosen.connect(self._on_axis_chosen)
        self.bar.level_chosen.connect(self._on_level_chosen)
        self.bar.variances_chosen.connect(self._on_variances_chosen)
        self.bar.scale_chosen.connect(self._on_scale_chosen)
        self.bar.cancel_asked.connect(self._on_cancel_asked)
        self.refits.changed.connect(self._on_refits_changed)
        self.refits.finished.connect(self._on_refits_finished)
        self.bar.explain_asked.connect(self._on_explain_asked)
        self.bar.menu_asked.connect(self._on_menu_asked)
        self.answers.row_chosen.connect(self._on_row_chosen)
        self.answers.explain_asked.connect(self.explain_asked)
        self.answers.copy_asked.connect(self._on_copy_asked)
        self.answers.export_asked.connect(self._on_export_asked)
        self.answers.text_copy_asked.connect(self.text_copy_asked)
        self._soon.timeout.connect(self._on_soon)
        self._slow.timeout.connect(self._on_slow)
        self._connect_means()
        look().changed.connect(self._on_look_changed)

    def _connect_means(self) -> None:
        self.mode.chosen.connect(self._on_mode_chosen)
        means = self.means
        means.asked.connect(self._ask_soon)
        means.explain_asked.connect(self.explain_asked)
        means.copy_asked.connect(self._on_copy_asked)
        means.export_asked.connect(self._on_export_asked)
        means.text_copy_asked.connect(self.text_copy_asked)
        means.number_changed.connect(self.number_changed)
        means.picture_menu_asked.connect(self.picture_menu_asked)

    # -- what the area calls --------------------------------------------------------

    @property
    def is_of_means(self) -> bool:
        """Whether means are compared, and no single questions answered."""
        return self._views.currentWidget() is self.means

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that is shown."""
        if self.is_of_means:
            return self.means.plot
        shown = self._stack.currentWidget()
        return next((plot for plot in self.plots if plot is shown), None)

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Answer what is set now."""
        if self.is_of_means:
            return self.means.work(model)
        mixture = self.refits.mixture(model)
        return bound(make_predictions, model, self._wanted, self.content, mixture)

    def show_part(self, part: PredictContent | MeansContent) -> None:
        """Show the answers; controls that the user has moved on stay where they are."""
        wanted = self.means.wanted if isinstance(part, MeansContent) else self._wanted
        is_newest = part.wanted is wanted and not self._soon.isActive()
        if is_newest:
            self._slow.stop()
            self._is_late = False
        if isinstance(part, MeansContent):
            self.means.show_part(part, is_newest=is_newest)
            self._dim()
            return
        if is_newest:
            self._take_over(part)
        self.inputs.show_content(part, has_values=is_newest)
        self.bar.show_axes(part.inputs.axes, part.settings.axis)
        self.bar.show_level(part.settings.level)
        how = self._wanted.variances
        self.bar.show_variances(how, is_mixed=part.model.is_mixed)
        self.bar.show_scales(part.scales, part.settings.scale)
        self.content = part
        self._ask_refits()
        self._shown = part.answers or self._shown
        self._say_problem(part.problem)
        self._show_answers()
        self._dim()

    def _say_problem(self, problem: EngineError | None) -> None:
        """Say why there is no answer; the last one stays, dimmed."""
        error = (
            None if self.content is None else self.refits.error_of(self.content.model)
        )
        if problem is None and error is not None and self._wants_refits:
            self.banner.say("warn", error.message, error.remedy)
            return
        if problem is None:
            self.banner.clear()
            return
        meaning = problem.remedy
        if self._shown is not None:
            meaning += " The numbers below are of what was set before."
        self.banner.say("bad", problem.message, meaning.strip())

    def _take_over(self, part: PredictContent) -> None:
        """Keep what choosing a group has set besides, which is done now."""
        if self._wanted.follow:
            settings = part.settings
            self._wanted = replace(
                self._wanted,
                values={**self._wanted.values, **settings.values},
                groups={**self._wanted.groups, **settings.groups},
                follow="",
            )

    def set_stale(self, is_stale: bool) -> None:
        """Dim picture and numbers."""
        self._is_stale = is_stale
        self._dim()

    def forget(self) -> None:
        """Show nothing, and forget what was set."""
        self._soon.stop()
        self._slow.stop()
        self._wanted, self._row = PredictionSettings(), 0
        self.content = self._shown = None
        self.means.forget()
        self._is_late = False
        self.refits.forget()
        self.bar.show_progress("")
        self.bar.show_scales((), "")
        self.inputs.forget()
        self.banner.clear()
        self.bar.show_axes((), "")
        self._show_answers()

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        self.answers.view.forget_choice()
        self.means.forget_choice()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave a narrow page to the table."""
        super().resizeEvent(event)
        self.inputs.set_narrow(self.width() < px(_NARROW))
        self.means.set_narrow(self.width() < px(_NARROW))

    # -- what is shown ----------------------------------------------------------------

    def _show_answers(self) -> None:
        found = self._shown
        for part in (self.answers, self.sentence, self._stack):
            part.setVisible(found is not None)
        if found is None:
            for plot in (self.line_plot, self.strip_plot):
                plot.set_data(None)
            return
        if self.answers.show_answers(found.table):
            explained = self.answers.view.explained
            assert explained is not None
            self.number_changed.emit(*self.answers.question(*explained))
        self._show_row()

    def _show_row(self) -> None:
        """Show the question that is wanted, in the picture and in words."""
        found = self._shown
        if found is None:
            return
        data = found.data.showing(KINDS[self._row])
        row = KINDS.index(data.kind)
        front = self.strip_plot if data.levels else self.line_plot
        front.set_data(replace(data, caption=found.captions[row]))
        self._stack.setCurrentWidget(front)
        self.link.show_selection(front)
        self.answers.show_row(row)
        self.sentence.setText(found.sentences[self._row])

    @Slot()
    def _on_slow(self) -> None:
        self._is_late = True
        self._dim()

    def _dim(self) -> None:
        """Dim what is no answer to what is set now."""
        has_problem = self.content is not None and self.content.problem is not None
        is_old = self._is_stale or self._is_late or has_problem
        is_old |= self.refits.is_at_work
        for plot in self.plots:
            plot.set_stale(is_old)
        self.answers.set_stale(is_old)
        self.sentence.setEnabled(not is_old)
        self.bar.set_stale(is_old)
        self.means.set_old(self._is_stale or self._is_late)

    # -- what the user does ---------------------------------------------------------

    def _ask(self, wanted: PredictionSettings) -> None:
        self._wanted = wanted
        self._ask_soon()

    @Slot()
    def _ask_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()
        if not self._slow.isActive():
            self._slow.start()

    @Slot(int)
    def _on_mode_chosen(self, mode: int) -> None:
        """Show the other view, dimmed while it is of an older model."""
        self._views.setCurrentIndex(mode)
        content = self.means.content if self.is_of_means else self.content
        self._is_late = content is not None and content.model is not self.session.fit
        self._dim()
        self._on_soon()

    @Slot()
    def _on_soon(self) -> None:
        if self.session.fit is not None:
            self.work_wanted.emit()

    @Slot(str, float)
    @Slot(str, str)
    def _on_value_set(self, name: str, value: float | str) -> None:
        values = {**self._wanted.values, name: value}
        self._ask(replace(self._wanted, values=values))

    @Slot(str, str)
    def _on_group_set(self, name: str, level: str) -> None:
        groups = {**self._wanted.groups, name: level}
        self._ask(replace(self._wanted, groups=groups, follow=name))

    @Slot(str)
    def _on_axis_chosen(self, name: str) -> None:
        self._ask(replace(self._wanted, axis=name))

    @Slot(float)
    def _on_level_chosen(self, level: float) -> None:
        self._ask(replace(self._wanted, level=level))

    @Slot(str)
    def _on_variances_chosen(self, how: str) -> None:
        if how != UNCERTAIN:
            self.refits.stop()
        self._ask(replace(self._wanted, variances=how))

    @Slot(str)
    def _on_scale_chosen(self, scale: str) -> None:
        self._ask(replace(self._wanted, scale=scale))

    # -- refits for the uncertainty of the variances -----------------------------------

    @property
    def _wants_refits(self) -> bool:
        """Whether intervals of the model that is shown are to be made of refits."""
        return self.content is not None and self.content.settings.variances == UNCERTAIN

    def _ask_refits(self) -> None:
        """Have refits made of the model that is shown, if they are wanted."""
        if self.content is not None and self._wants_refits:
            self.refits.ask(self.content.model)

    @Slot()
    def _on_refits_changed(self) -> None:
        self.bar.show_progress(self.refits.words)
        self._dim()

    @Slot()
    def _on_refits_finished(self) -> None:
        self.bar.show_progress("")
        self._ask(self._wanted)

    @Slot()
    def _on_cancel_asked(self) -> None:
        self._on_variances_chosen(KNOWN)

    @Slot(int)
    def _on_row_chosen(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._show_row()

    @Slot()
    def _on_explain_asked(self) -> None:
        self.explain_asked.emit(f"predict_{KINDS[self._row]}", {}, "")

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        if self.plot is not None:
            self.picture_menu_asked.emit(self.plot, at)

    @Slot(object)
    def _on_copy_asked(self, table: object) -> None:
        self.copy_asked.emit((table,))

    @Slot(object)
    def _on_export_asked(self, table: object) -> None:
        self.export_asked.emit((table,))

    @Slot()
    def _on_look_changed(self) -> None:
        self._stack.setMinimumHeight(px(_PICTURE_LEAST))
        for plot in self.plots:
            plot.apply_theme(look().theme)
        self.means.apply_look()
