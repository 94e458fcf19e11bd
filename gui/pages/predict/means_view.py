"""Means, slopes and their comparisons: what is set, the answer, picture, tables."""

from __future__ import annotations

from dataclasses import replace
from functools import partial as bound
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from engine.diagnostics.compared_settings import ComparedSettings
from engine.reporting.prediction_words import coverage
from gui.controls import FlowLayout, IconButton, Segmented, label
from gui.controls.painting import px
from gui.look import look
from gui.pages.picture_bar import Chooser
from gui.pages.predict.answers_block import AnswersBlock
from gui.pages.predict.means_column import MeansColumn
from gui.pages.predict.means_work import make_means
from gui.pages.predict.picture_room import PictureRoom
from gui.pages.predict.predict_bar import LEVELS
from gui.pages.predict.predict_view import PredictView
from gui.plots.intervals_by_level import IntervalsByLevelPlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from gui.pages.predict.means_work import ComparedAnswers, MeansContent
    from gui.plots.pointing import PointedPlot
    from gui.session import Session

_NOTHING = (
    "This model has no covariate and no category in its fixed part: there is nothing "
    "to compare. Add one in the Model pane."
)


class MeansView(PredictView):
    """Shows `MeansContent`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.content: MeansContent | None = None
        self.wanted = ComparedSettings()
        self._shown: ComparedAnswers | None = None  # the last that there were
        self.column = MeansColumn()
        self.level = Chooser("Intervals")
        self.which = Segmented(("Means", "Comparisons"), "What is shown")
        self.explain = IconButton("help", "Explain what is shown")
        self.more = IconButton("more", "Copy, save, colours …")
        self.picture = IntervalsByLevelPlot(theme=look().theme)
        self._room = PictureRoom()
        self.sentence = label("", "panel", wrap=True)
        self.nothing = label(_NOTHING, "muted", wrap=True)
        self.means, self.differences = AnswersBlock(), AnswersBlock()
        self._session = session
        self._lay_out()
        self._connect()
        session.inference_changed.connect(self._on_inference_changed)
        self.forget()

    @property
    def blocks(self) -> tuple[AnswersBlock, AnswersBlock]:
        """The tables."""
        return self.means, self.differences

    def _lay_out(self) -> None:
        flow = FlowLayout(px(12), px(6))
        for part in (self.which, self.level):
            flow.addWidget(part)
        bar = QHBoxLayout()
        bar.setSpacing(px(8))
        bar.addLayout(flow, 1)
        for button in (self.explain, self.more):
            bar.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        inner.setProperty("surface", True)
        right = QVBoxLayout(inner)
        right.setContentsMargins(px(12), px(10), px(16), px(12))
        right.setSpacing(px(8))
        right.addLayout(bar)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        right.addWidget(self.banner)
        right.addWidget(self.sentence)
        right.addWidget(self.nothing, 1)
        right.addWidget(self._room, 1)
        for block in self.blocks:
            right.addWidget(block)
        self._rest = QWidget()  # takes the room of a picture that is not shown
        right.addWidget(self._rest, 1)
        self._room.addWidget(self.picture)
        self._beside(self.column, inner, "Means and comparisons")

    def _connect(self) -> None:
        self.link.add(self.picture)
        self.picture.set_title_visible(False)
        self.column.chosen.connect(self._on_chosen)
        self.column.held.connect(self._on_held)
        self.level.chosen.connect(self._on_level_chosen)
        self.which.chosen.connect(self._on_picture_chosen)
        self.explain.clicked.connect(self._on_explain_clicked)
        self.more.clicked.connect(self._on_more_clicked)
        for block in self.blocks:
            self._pass_on(block)

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that is shown."""
        return self.picture if self._shown is not None else None

    # -- what the page calls ----------------------------------------------------------

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Compare what is set now."""
        choice = self._session.document.inference
        return bound(make_means, model, self.wanted, choice, self.content)

    def is_of(self, model: FittedModel | None) -> bool:
        """Whether what is shown is a model's, and tested as it is wanted now."""
        content = self.content
        if content is None or content.model is not model:
            return False
        return content.choice == self._session.document.inference

    def show_part(self, part: MeansContent, *, is_newest: bool) -> None:
        """Show the answers; controls that the user has moved on stay where they are."""
        self.content = part
        self.column.show_content(part, has_values=is_newest)
        self._show_bar(part)
        has_question = part.asked is not None
        self.nothing.setVisible(not has_question)
        if part.answers is not None or not has_question:
            self._shown = part.answers
        self._say_problem(part.problem, has_old=self._shown is not None)
        self._show_answers()

    def set_old(self, is_old: bool) -> None:
        """Dim what is no answer to what is set now."""
        is_old = is_old or self.has_problem
        self.picture.set_stale(is_old)
        for block in self.blocks:
            block.set_stale(is_old)
        self.sentence.setEnabled(not is_old)
        if is_old:
            self.more.set_unavailable("This is an old picture.")
        else:
            self.more.set_available()

    @property
    def is_of_differences(self) -> bool:
        """Whether comparisons are shown, and not what is compared."""
        has_differences = self._shown is not None and (
            self._shown.differences is not None
        )
        return has_differences and self.which.current == 1

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave a narrow page to the tables."""
        self.column.set_narrow(is_narrow)

    def forget(self) -> None:
        """Show nothing, and forget what was set."""
        self.wanted = ComparedSettings()
        self.content = self._shown = None
        self.column.forget()
        self.nothing.hide()
        self.banner.clear()
        self._show_answers()

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        for block in self.blocks:
            block.view.forget_choice()

    def apply_look(self) -> None:
        """Take colours and sizes again."""
        self.picture.apply_theme(look().theme)

    # -- what is shown ----------------------------------------------------------------

    def _show_bar(self, part: MeansContent) -> None:
        settings = self.wanted if part.asked is None else part.asked.settings
        self._levels = {coverage(one): one for one in LEVELS}  # as numbers are written
        self.level.show_names(list(self._levels), coverage(settings.level))
        self.level.setVisible(part.asked is not None)

    def _show_answers(self) -> None:
        found = self._shown
        has_differences = found is not None and found.differences is not None
        self.explain.setVisible(found is not None)
        self.which.setVisible(has_differences)
        self.sentence.setVisible(found is not None and bool(found.sentence))
        if found is None:
            self._show_picture()
            return
        self.sentence.setText(found.sentence)
        for block, table in zip(
            self.blocks, (found.means, found.differences), strict=True
        ):
            if table is not None and block.show_answers(table):
                self._follow_number(block)
        self._show_picture()

    def _show_picture(self) -> None:
        """Show means or comparisons; one slope alone is no picture."""
        found = self._shown
        data = None if found is None else found.data
        if found is not None and self.is_of_differences:
            data = found.difference_data
        is_shown = data is not None and data.estimate.size > 1
        is_shown = is_shown or self.is_of_differences
        self.picture.set_data(data)
        for part in (self._room, self.more):
            part.setVisible(is_shown)
        self._rest.setVisible(not is_shown)
        self.means.setVisible(found is not None and not self.is_of_differences)
        self.differences.setVisible(self.is_of_differences)
        self.link.show_selection(self.picture)

    # -- what the user does ---------------------------------------------------------

    @Slot(str, object)
    def _on_chosen(self, name: str, value: object) -> None:
        self._ask(**{name: value})

    def _ask(self, **changes: Any) -> None:
        self.wanted = replace(self.wanted, **changes)
        self.asked.emit()

    @Slot()
    def _on_inference_changed(self) -> None:
        if self.content is not None:
            self.asked.emit()

    @Slot(str, float)
    def _on_held(self, name: str, value: float) -> None:
        self._ask(values={**self.wanted.values, name: value})

    @Slot(str)
    def _on_level_chosen(self, words: str) -> None:
        self._ask(level=self._levels[words])

    @Slot(int)
    def _on_picture_chosen(self, _which: int) -> None:
        self._show_picture()

    @Slot()
    def _on_explain_clicked(self) -> None:
        block = self.differences if self.is_of_differences else self.means
        if block.table is not None:
            topic, _, _ = block.question(0, 0)
            self.explain_asked.emit(topic, {}, "")

    @Slot()
    def _on_more_clicked(self) -> None:
        below = self.more.rect().bottomLeft() + QPoint(0, 4)
        self.picture_menu_asked.emit(self.picture, self.more.mapToGlobal(below))
