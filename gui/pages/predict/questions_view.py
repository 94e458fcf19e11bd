"""Five questions about what is set, their answers, and a picture of one of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial as bound
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.diagnostics.prediction_settings import (
    KNOWN,
    UNCERTAIN,
    PredictionSettings,
)
from engine.inference.prediction import KINDS
from gui.controls import label
from gui.controls.painting import px
from gui.look import look
from gui.pages.predict.answers_block import AnswersBlock
from gui.pages.predict.how_panel import HowPanel
from gui.pages.predict.inputs_column import MARGINS, InputsColumn
from gui.pages.predict.picture_room import PictureRoom
from gui.pages.predict.predict_bar import PredictBar
from gui.pages.predict.predict_view import PredictView
from gui.pages.predict.predict_work import make_predictions
from gui.pages.predict.variance_run import VarianceRun
from gui.plots.predicted_line import PredictedLinePlot
from gui.plots.predicted_strip import PredictedStripPlot

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from engine import FittedModel
    from engine.errors import EngineError
    from gui.pages.predict.predict_work import Answers, PredictContent
    from gui.plots.pointing import PointedPlot
    from gui.session import Session


class QuestionsView(PredictView):
    """Shows `PredictContent`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        theme = look().theme
        self.content: PredictContent | None = None
        self.wanted = PredictionSettings()
        self._row = 0  # the question that is wanted in the picture
        self._shown: Answers | None = None  # the last that there were
        self._is_old = False
        self.inputs, self.how, self.bar = InputsColumn(), HowPanel(), PredictBar()
        self.line_plot = PredictedLinePlot(theme=theme)
        self.strip_plot = PredictedStripPlot(theme=theme)
        self.plots: tuple[PointedPlot, ...] = (self.line_plot, self.strip_plot)
        self.sentence = label("", "panel", wrap=True)
        self.answers = AnswersBlock()
        self.refits = VarianceRun(session, self)
        self._room = PictureRoom()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for plot in self.plots:
            self._room.addWidget(plot)
        inner = QWidget()
        inner.setProperty("surface", True)
        right = QVBoxLayout(inner)
        right.setContentsMargins(px(12), px(10), px(16), px(12))
        right.setSpacing(px(8))
        right.addWidget(self.bar)
        right.addWidget(self.banner)
        right.addWidget(self.sentence)
        right.addWidget(self._room, 1)
        right.addWidget(self.answers)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.inputs, 1)
        column.addWidget(self.how)
        self._beside(left, inner, "Predictions")

    def _connect(self) -> None:
        for plot in self.plots:
            self.link.add(plot)
            plot.set_title_visible(False)
        self.line_plot.set_zoom_enabled(True)
        self.inputs.number_set.connect(self._on_value_set)
        self.inputs.category_set.connect(self._on_value_set)
        self.inputs.group_set.connect(self._on_group_set)
        self.bar.axis_chosen.connect(self._on_axis_chosen)
        self.bar.level_chosen.connect(self._on_level_chosen)
        self.how.variances_chosen.connect(self._on_variances_chosen)
        self.how.scale_chosen.connect(self._on_scale_chosen)
        self.how.cancel_asked.connect(self._on_cancel_asked)
        self.refits.changed.connect(self._on_refits_changed)
        self.refits.finished.connect(self._on_refits_finished)
        self.bar.explain_asked.connect(self._on_explain_asked)
        self.bar.menu_asked.connect(self._on_menu_asked)
        self.answers.row_chosen.connect(self._on_row_chosen)
        self._pass_on(self.answers)

    # -- what the page calls --------------------------------------------------------

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that is shown."""
        shown = self._room.currentWidget()
        return next((plot for plot in self.plots if plot is shown), None)

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Answer what is set now."""
        mixture = self.refits.mixture(model)
        return bound(make_predictions, model, self.wanted, self.content, mixture)

    def show_part(self, part: PredictContent, *, is_newest: bool) -> None:
        """Show the answers; controls that the user has moved on stay where they are."""
        if is_newest:
            self._take_over(part)
        self.inputs.show_content(part, has_values=is_newest)
        self.bar.show_axes(part.inputs.axes, part.settings.axis)
        self.bar.show_level(part.settings.level)
        how = self.wanted.variances
        self.how.show_variances(how, is_mixed=part.model.is_mixed)
        self.how.show_scales(part.scales, part.settings.scale)
        self.content = part
        self._ask_refits()
        self._shown = part.answers or self._shown
        self._say(part.problem)
        self._show_answers()

    def _say(self, problem: EngineError | None) -> None:
        """Say why there is no answer, or none by refits."""
        model = None if self.content is None else self.content.model
        error = None if model is None else self.refits.error_of(model)
        if problem is None and error is not None and self._wants_refits:
            self.banner.say("warn", error.message, error.remedy)
            return
        self._say_problem(problem, has_old=self._shown is not None)

    def _take_over(self, part: PredictContent) -> None:
        """Keep what choosing a group has set besides, which is done now."""
        if self.wanted.follow:
            settings = part.settings
            self.wanted = replace(
                self.wanted,
                values={**self.wanted.values, **settings.values},
                groups={**self.wanted.groups, **settings.groups},
                follow="",
            )

    def set_old(self, is_old: bool) -> None:
        """Dim what is no answer to what is set now."""
        self._is_old = is_old
        self._dim()

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave a narrow page to the table."""
        self.inputs.set_narrow(is_narrow)
        self.how.setFixedWidth(self.inputs.width())
        self.how.set_side(px(MARGINS[is_narrow]))

    def apply_look(self) -> None:
        """Take colours and sizes again."""
        for plot in self.plots:
            plot.apply_theme(look().theme)

    def forget(self) -> None:
        """Show nothing, and forget what was set."""
        self.wanted, self._row = PredictionSettings(), 0
        self.content = self._shown = None
        self.refits.forget()
        self.how.forget()
        self.inputs.forget()
        self.banner.clear()
        self.bar.show_axes((), "")
        self._show_answers()

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        self.answers.view.forget_choice()

    # -- what is shown ----------------------------------------------------------------

    def _show_answers(self) -> None:
        found = self._shown
        for part in (self.answers, self.sentence, self._room):
            part.setVisible(found is not None)
        if found is None:
            for plot in (self.line_plot, self.strip_plot):
                plot.set_data(None)
            return
        if self.answers.show_answers(found.table):
            self._follow_number(self.answers)
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
        self._room.setCurrentWidget(front)
        self.link.show_selection(front)
        self.answers.show_row(row)
        self.sentence.setText(found.sentences[self._row])

    def _dim(self) -> None:
        is_old = self._is_old or self.has_problem or self.refits.is_at_work
        for plot in self.plots:
            plot.set_stale(is_old)
        self.answers.set_stale(is_old)
        self.sentence.setEnabled(not is_old)
        self.bar.set_stale(is_old)

    # -- what the user does ---------------------------------------------------------

    def _ask(self, wanted: PredictionSettings) -> None:
        self.wanted = wanted
        self.asked.emit()

    @Slot(str, float)
    @Slot(str, str)
    def _on_value_set(self, name: str, value: float | str) -> None:
        values = {**self.wanted.values, name: value}
        self._ask(replace(self.wanted, values=values))

    @Slot(str, str)
    def _on_group_set(self, name: str, level: str) -> None:
        groups = {**self.wanted.groups, name: level}
        self._ask(replace(self.wanted, groups=groups, follow=name))

    @Slot(str)
    def _on_axis_chosen(self, name: str) -> None:
        self._ask(replace(self.wanted, axis=name))

    @Slot(float)
    def _on_level_chosen(self, level: float) -> None:
        self._ask(replace(self.wanted, level=level))

    @Slot(str)
    def _on_variances_chosen(self, how: str) -> None:
        if how != UNCERTAIN:
            self.refits.stop()
        self._ask(replace(self.wanted, variances=how))

    @Slot(str)
    def _on_scale_chosen(self, scale: str) -> None:
        self._ask(replace(self.wanted, scale=scale))

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
        self.how.show_progress(self.refits.words)
        self._dim()

    @Slot()
    def _on_refits_finished(self) -> None:
        self.how.show_progress("")
        self._ask(self.wanted)

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
