"""The threads: one job at a time in each lane, pages behind fits. No Qt here.

A thread lives only while its lane has work. A job that is stopped keeps its thread
until its next safe point, because a call of LAPACK cannot be interrupted, and the
lane's next job waits for that thread. If the thread is not free `PATIENCE_S` after the
stop, the next job is given a second one; there is no third. Threads are daemons, so a
stuck call does not keep the program from ending.
"""

from __future__ import annotations

import inspect
import logging
import math
import threading
from collections import deque
from enum import Enum
from time import monotonic
from typing import TYPE_CHECKING, Any

from engine.number_style import current_style, written_in
from engine.progress import Cancelled, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

PATIENCE_S = 1.0  # within this time an engine call should reach a safe point
THREADS_PER_LANE = 2


class Lane(Enum):
    """Kinds of work. Within a lane the newest job replaces the one before."""

    DATA = "data"
    FIT = "fit"
    PAGE = "page"
    BOOTSTRAP = "bootstrap"
    VARIANCES = "variances"
    SCAN = "scan"
    SAVE = "save"
    OUT = "out"
    LOOK = "look"


_YIELDING = frozenset({Lane.PAGE, Lane.BOOTSTRAP, Lane.VARIANCES})
"""Lanes whose jobs let a fit go first."""


class Job:
    """One call, seen from both threads.

    Parameters
    ----------
    lane : Lane
        What it replaces, and what replaces it.
    label : str
        What it does, in plain words ("Bootstrap").
    call : callable
        Takes `report` and `partial` and returns the result.
    token : object
        The caller's own mark, given back with everything the job yields.

    Attributes
    ----------
    is_stopped : bool
        Nobody wants it any more. Never taken back.
    stopped_at : float
        When that was, in seconds of the monotonic clock.
    is_waiting, is_yielding, is_over : bool
        It has no thread yet; it lets a fit go first; its call has ended.
    steps : deque of Step
        The newest step, if it has not been taken.
    partials : deque
        Partial results that have not been taken, oldest first.
    """

    def __init__(
        self, lane: Lane, label: str, call: Callable[..., Any], token: object = None
    ) -> None:
        self.lane = lane
        self.label = label
        self.token = token
        self.is_stopped = False
        self.is_waiting = True
        self.is_yielding = False
        self.is_over = False
        self.stopped_at = math.inf
        self.steps: deque[Step] = deque(maxlen=1)
        self.partials: deque[object] = deque()
        self._call: Callable[..., Any] | None = call
        self._result: object = None
        self._error: BaseException | None = None

    def run(self, pause: Callable[[Job], None]) -> None:
        """Make the call and keep its outcome. Worker thread.

        Parameters
        ----------
        pause : callable
            Makes the job wait where it must, and raises `Cancelled` when it is stopped.
        """

        def report(step: Step) -> None:
            self.steps.append(step)
            pause(self)

        def partial(payload: object) -> None:
            self.partials.append(payload)
            pause(self)

        call, self._call = self._call, None  # what it was given is freed with it
        assert call is not None
        try:
            pause(self)
            self._result = call(report, partial)
        except BaseException as error:  # noqa: BLE001 - SystemExit must not lose the lane
            self.fail(error)
        if self.is_stopped:
            self.discard()

    def fail(self, error: BaseException) -> None:
        """Keep the error as the outcome."""
        self._error = error
        if self.is_stopped and not isinstance(error, Cancelled):
            log.info("%s failed after it was stopped", self.label, exc_info=error)

    def discard(self) -> None:
        """Forget what nobody will ask for."""
        self.steps.clear()
        self.partials.clear()
        self.take_outcome()

    def take_outcome(self) -> tuple[object, BaseException | None]:
        """Result and error, once: memory is not held by a job that is over."""
        outcome = self._result, self._error
        self._result = self._error = None
        return outcome


def bound_call(
    func: Callable[..., Any], args: tuple[Any, ...], named: Mapping[str, Any]
) -> Callable[..., Any]:
    """Bind the arguments; pass on `report` and `partial` where `func` names them.

    The call writes numbers in the style that holds now, where it is asked for.

    Parameters
    ----------
    func : callable
        An engine function, or anything else that touches no Qt object.
    args, named
        Its arguments.

    Returns
    -------
    callable
        Takes `report` and `partial`.
    """
    try:
        wanted = inspect.signature(func).parameters.keys() & {"report", "partial"}
    except (TypeError, ValueError):  # some functions written in C show no signature
        wanted = set()

    style = current_style()

    def call(report: object, partial: object) -> object:
        offered = {"report": report, "partial": partial}
        with written_in(style):
            return func(*args, **{name: offered[name] for name in wanted} | dict(named))

    return call


class Workers:
    """The threads of all lanes, and who goes first.

    One condition guards which job waits and which ones run; it is held for a few
    instructions only, so the GUI thread never waits for a computation.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[Lane, Job] = {}
        self._running: dict[Lane, list[Job]] = {lane: [] for lane in Lane}
        self._threads: list[threading.Thread] = []

    def submit(self, job: Job) -> None:
        """Run the job as soon as its lane has a thread; stop the one before first."""
        with self._changed:
            self._waiting[job.lane] = job
        self.dispatch(job.lane)

    def dispatch(self, lane: Lane) -> None:
        """Start a thread for the lane's waiting job if it is time for one.

        It is when no job of the lane runs, or when those that run were stopped long
        ago and there are not too many of them.
        """
        with self._changed:
            running = self._running[lane]
            latest_stop = monotonic() - PATIENCE_S
            if (
                lane in self._waiting
                and len(running) < THREADS_PER_LANE
                and all(job.stopped_at <= latest_stop for job in running)
            ):
                self._start_thread(self._take_waiting(lane))

    def stop(self, job: Job) -> None:
        """Ask the job to end at its next safe point, or never to begin."""
        with self._changed:
            job.is_stopped = True
            job.stopped_at = monotonic()
            if self._waiting.get(job.lane) is job:
                del self._waiting[job.lane]
                job.is_over = True
            self._changed.notify_all()
        job.discard()

    def stopping(self, lane: Lane) -> str:
        """Label of a stopped job that still has a thread of the lane, or ``""``."""
        with self._changed:
            labels = [job.label for job in self._running[lane] if job.is_stopped]
        return labels[0] if labels else ""

    def wanted_fit(self) -> str:
        """Label of the fit that waits or runs, or ``""``."""
        with self._changed:
            fit = self._wanted_fit()
        return fit.label if fit else ""

    def has_threads(self) -> bool:
        """Whether a thread is still there."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return bool(self._threads)

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads to end, in all no longer than the time given.

        Returns
        -------
        bool
            Whether all have ended.
        """
        deadline = monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        return not self.has_threads()

    def _take_waiting(self, lane: Lane) -> Job:
        job = self._waiting.pop(lane)
        job.is_waiting = False
        self._running[lane].append(job)
        return job

    def _start_thread(self, job: Job) -> None:
        name = f"tarn-{job.lane.value}"
        thread = threading.Thread(
            target=self._work, args=(job,), name=name, daemon=True
        )
        try:
            thread.start()
        except (RuntimeError, MemoryError) as error:  # the system has no thread to give
            job.fail(error)
            self._running[job.lane].remove(job)
            job.is_over = True
        else:
            self._threads.append(thread)

    def _work(self, job: Job | None) -> None:
        """Run jobs of one lane until none waits. Worker thread."""
        while job is not None:
            job.run(self._pause)
            job = self._next(job)

    def _next(self, done: Job) -> Job | None:
        with self._changed:
            self._running[done.lane].remove(done)
            done.is_over = True
            self._changed.notify_all()  # page work may have waited for this fit
            is_work_left = done.lane in self._waiting
            return self._take_waiting(done.lane) if is_work_left else None

    def _pause(self, job: Job) -> None:
        """Let a fit go first, if this is for a page. Worker thread.

        Raises
        ------
        Cancelled
            If the job is stopped.
        """
        if job.lane in _YIELDING:
            with self._changed:
                while not job.is_stopped and self._wanted_fit() is not None:
                    job.is_yielding = True
                    self._changed.wait()
                job.is_yielding = False
        if job.is_stopped:
            raise Cancelled

    def _wanted_fit(self) -> Job | None:
        # a stopped fit that is stuck in a long call is nobody's: nothing yields to it
        job = self._waiting.get(Lane.FIT)
        running = self._running[Lane.FIT]
        return job or next((fit for fit in running if not fit.is_stopped), None)
