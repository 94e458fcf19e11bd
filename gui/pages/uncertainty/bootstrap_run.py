"""The bootstrap of the model in front: begun, watched, stopped; never of another."""

from __future__ import annotations

from collections import deque
from enum import Enum
from math import nan
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from gui.jobs import Phase
from gui.lanes import Lane
from gui.pages.uncertainty.uncertainty_work import (
    Asked,
    Choice,
    Streamed,
    TooSlow,
    describe,
    stream,
)

if TYPE_CHECKING:
    from engine import FittedModel
    from engine.inference.bootstrap.result import Bootstrap
    from engine.progress import Step
    from gui.jobs import LaneState
    from gui.session import Session

KEPT = 3
"""Runs of other models that undo can show again."""


class RunState(Enum):
    """How the bootstrap stands."""

    IDLE = "idle"  # nothing is there
    TRYING = "trying"  # a first chunk is timed
    RUNNING = "running"
    OFFERED = "offered"  # it would take long: the user is asked
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


AT_WORK = (RunState.TRYING, RunState.RUNNING)


class BootstrapRun(QObject):
    """Asks the workers, in a lane of its own.

    Signals
    -------
    changed : ()
        State or progress.
    streamed : Streamed
        More replicates, or other intervals of the same.

    Attributes
    ----------
    state : RunState
    asked : Asked or None
        The run that is there or under way.
    shown : Streamed or None
        What is there of it.
    done : int
        Refits that the progress tells of.
    seconds : float
        How long all of it would take (OFFERED) or what is left (RUNNING); may be NaN.
    error : EngineError or None
        Why it failed.
    is_waiting : bool
        Whether it lets a fit go first.
    """

    changed = Signal()
    streamed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._choices: deque[Choice] = deque([Choice()], maxlen=1)
        self._token: object = None
        self._kept: deque[Streamed] = deque(maxlen=KEPT)
        self._set_idle()
        jobs = session.jobs
        jobs.progressed.connect(self._on_progressed)
        jobs.partial.connect(self._on_partial)
        jobs.succeeded.connect(self._on_succeeded)
        jobs.failed.connect(self._on_failed)
        jobs.state_changed.connect(self._on_lane_changed)

    def _set_idle(self) -> None:
        self.state = RunState.IDLE
        self.asked: Asked | None = None
        self.shown: Streamed | None = None
        self.error: EngineError | None = None
        self.done, self.seconds = 0, nan
        self.is_waiting = False

    @property
    def is_at_work(self) -> bool:
        """Whether refits are being made."""
        return self.state in AT_WORK

    @property
    def choice(self) -> Choice:
        """Which interval is wanted."""
        return self._choices[-1]

    def is_of(self, model: FittedModel | None) -> bool:
        """Whether the run that is there or under way is of this model."""
        return self.asked is not None and self.asked.model is model

    def finished(self, model: FittedModel) -> Bootstrap | None:
        """All replicates of a model, if they are there."""
        shown = self.shown if self.state is RunState.DONE else None
        runs = [*([] if shown is None else [shown]), *self._kept]
        found = next((one for one in runs if one.asked.model is model), None)
        return None if found is None else found.bootstrap

    # -- what the page asks ---------------------------------------------------------

    def begin(self, asked: Asked) -> None:
        """Run, instead of what is there."""
        self._keep()
        self._drop()
        self.asked = asked
        self.state = RunState.TRYING if asked.is_trial else RunState.RUNNING
        self._start("Bootstrap", stream, asked, self._choices, token=asked)
        self.changed.emit()

    def take_kept(self, model: FittedModel) -> bool:
        """Show what was made of a model before, if it is still there."""
        found = next((one for one in self._kept if one.asked.model is model), None)
        if found is None:
            return False
        self._keep()
        self._drop()
        self.asked, self.state = found.asked, RunState.DONE
        self._take(found)
        self.choose(self.choice)
        return True

    def choose(self, choice: Choice) -> None:
        """Make this kind of interval from now on, also of what is there."""
        self._choices.append(choice)
        shown = self.shown
        if shown is None or self.is_at_work:
            return
        made = shown.replicates
        if Choice(made.level, made.kind) != choice:
            self._start("Intervals", describe, shown, choice, token=object())

    def stop(self) -> None:
        """End the run; what is there of it stays."""
        if self.is_at_work:
            self._session.jobs.cancel(Lane.BOOTSTRAP)
            self._token = None
            self._settle_stopped()
            self.changed.emit()

    def forget(self) -> None:
        """Know nothing: other data are open."""
        self._kept.clear()
        self._drop()
        self.changed.emit()

    def _settle_stopped(self) -> None:
        self.is_waiting, self.seconds = False, nan
        self.state = RunState.STOPPED
        if self.shown is None:
            self._set_idle()
            return
        self.done = self.shown.replicates.n
        self.choose(self.choice)

    def _drop(self) -> None:
        self._session.jobs.cancel(Lane.BOOTSTRAP)
        self._token = None
        self._set_idle()

    def _keep(self) -> None:
        """Remember a whole run, the newest of its model."""
        if self.state is not RunState.DONE or self.shown is None:
            return
        model = self.shown.asked.model
        others = [one for one in self._kept if one.asked.model is not model]
        self._kept = deque([self.shown, *others][:KEPT], maxlen=KEPT)

    def _start(self, label: str, func: Any, *args: Any, token: object) -> None:
        self._token = token
        self._session.jobs.start(Lane.BOOTSTRAP, label, func, *args, token=token)

    # -- what comes from the worker -----------------------------------------------

    def _is_mine(self, lane: Lane, token: object) -> bool:
        return lane is Lane.BOOTSTRAP and token is self._token and token is not None

    def _take(self, streamed: Streamed) -> None:
        self.shown = streamed
        self.done = streamed.replicates.n
        self.streamed.emit(streamed)

    @Slot(object, object, object)
    def _on_progressed(self, lane: Lane, step: Step, token: object) -> None:
        if self._is_mine(lane, token) and self.is_at_work:
            self.done = max(self.done, step.done)
            self.seconds = nan if step.value is None else step.value
            self.changed.emit()

    @Slot(object, object, object)
    def _on_partial(self, lane: Lane, part: Streamed, token: object) -> None:
        if self._is_mine(lane, token):
            self.state = RunState.RUNNING
            self._take(part)

    @Slot(object, object, object)
    def _on_succeeded(
        self, lane: Lane, result: Streamed | TooSlow, token: object
    ) -> None:
        if not self._is_mine(lane, token):
            return
        self._token = None
        self.is_waiting = False
        if isinstance(result, TooSlow):
            self.state, self.seconds = RunState.OFFERED, result.seconds
            self.shown, self.done = None, 0
        else:
            if self.is_at_work:
                self.state = RunState.DONE
            self._take(result)
            self.choose(self.choice)
        self.changed.emit()

    @Slot(object, object, object)
    def _on_failed(self, lane: Lane, error: BaseException, token: object) -> None:
        if not self._is_mine(lane, token):
            return
        self._token = None
        self.is_waiting = False
        self.state = RunState.FAILED
        if isinstance(error, EngineError):
            self.error = error
        else:
            self.error = EngineError(
                "The bootstrap met an unexpected fault.", "The log says more."
            )
            self._session.take_page_failure(error)
        self.changed.emit()

    @Slot(object, object)
    def _on_lane_changed(self, lane: Lane, state: LaneState) -> None:
        if lane is Lane.BOOTSTRAP and self.is_at_work:
            self.is_waiting = state.phase is Phase.YIELDING
            self.changed.emit()
