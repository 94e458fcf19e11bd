"""What stands in place of a page or above it: what to do, what goes on, what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data.wording import counted
from gui.controls import Banner, Button, EmptyState, ProgressBar, Spinner, label
from gui.controls.painting import px
from gui.lanes import Lane
from gui.work.problem import Place, Problem

if TYPE_CHECKING:
    from engine.progress import Step
    from gui.session import Session


class PageNotice(QWidget):
    """Reads the session; hidden while there is a current fit and nothing to say.

    Signals
    -------
    suggestion_wanted : ()
        The user wants to take the model that is proposed.
    """

    suggestion_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._empty = EmptyState("sliders", "", "")
        self._empty.clicked.connect(self.suggestion_wanted)
        self._banner = Banner()
        self._banner.action_chosen.connect(self._on_action_chosen)
        self._actions: list[str] = []
        self._work = QWidget()
        self._spinner = Spinner(16)
        self._words = label("", "caption")
        self._bar = ProgressBar("Progress")
        self._cancel = Button("Cancel", icon="x", small=True)
        self._cancel.clicked.connect(session.cancel)
        self._lay_out()
        session.progressed.connect(self._on_progressed)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._work)
        row.setContentsMargins(px(20), px(8), px(20), px(4))
        row.setSpacing(px(8))
        row.addWidget(self._spinner)
        row.addWidget(self._words)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        self._work.hide()
        wrapped = QHBoxLayout()
        wrapped.setContentsMargins(px(16), 0, px(16), 0)
        wrapped.addWidget(self._banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(4), 0, 0)
        column.setSpacing(px(4))
        column.addLayout(wrapped)
        column.addWidget(self._work)
        column.addWidget(self._empty, 1)

    def update_words(self, *, is_slow: bool = False, has_old: bool = False) -> None:
        """Say what is the case now.

        Parameters
        ----------
        is_slow : bool
            Whether it takes so long that something must be said.
        has_old : bool
            Whether the page shows the result of an earlier model.
        """
        session = self._session
        is_fitting = session.is_busy and session.table is not None
        is_drawing = is_slow and session.jobs.is_busy(Lane.PAGE)
        self._cancel.setVisible(is_fitting)
        old = ": old result, dimmed" if has_old else ""
        if is_fitting and session.fit is None:
            self._show_work("Fitting")
        elif is_fitting and is_slow:
            self._show_work(f"Fitting your change{old}")
        elif is_drawing and not is_fitting:
            self._show_work(f"Fitted, now making this page{old}")
        elif not is_fitting:
            self._spinner.stop()
            self._work.hide()
        # a formula's problem is said below the formula, a file's above the pages
        self._say_problem(session.problem_at(Place.DATA, Place.MODEL))
        self._say_empty()
        shown = (self._banner, self._work, self._empty)
        self.setVisible(any(not part.isHidden() for part in shown))

    def _show_work(self, words: str) -> None:
        self._words.setText(words)
        self._bar.set_indeterminate()
        self._spinner.start()
        self._work.show()

    def _say_problem(self, problem: Problem | None) -> None:
        if problem is None:
            self._banner.clear()
            return
        session, error = self._session, problem.error
        meaning = error.remedy
        self._actions = []
        words: list[tuple[str, str]] = []
        if session.fit is not None and not session.is_fit_current:
            meaning += (
                f" The result still shown is of your last valid model: "
                f"{session.fit.formula}"
            )
            self._actions.append("undo")
            words.append(("Back to the last valid", "tint"))
        if problem.place is Place.MODEL:
            self._actions.append("again")
            words.append(("Fit again", "secondary"))
        self._banner.say("bad", error.message, meaning.strip(), words)

    def _say_empty(self) -> None:
        session = self._session
        is_empty = session.fit is None and not session.is_busy
        self._empty.setVisible(is_empty and self._banner.isHidden())
        if session.table is None:
            self._empty.set_content("table", "Open your data", "")
        else:
            self._empty.set_content(
                "sliders",
                "Say what depends on what",
                "Choose the measurement you want to explain, at the left. "
                "The fit starts by itself. A suggestion goes by names and kinds of "
                "columns only: change it to your question.",
                "Start with a suggestion",
            )

    @Slot(object)
    def _on_progressed(self, step: Step) -> None:
        if step.of:
            self._bar.set_progress(step.done, step.of)
        elif step.done:
            self._words.setText(f"{step.what}: {counted(step.done, 'evaluation')}")

    @Slot(int)
    def _on_action_chosen(self, number: int) -> None:
        if self._actions[number] == "undo":
            self._session.undo()
        else:
            self._session.fit_again()
