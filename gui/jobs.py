"""Run engine calls off the GUI thread, in lanes; drop results that nobody wants.

The worker threads (`gui.lanes`) touch no Qt object. The GUI thread polls the newest job
of each lane with a timer, so no QObject is shared between threads, the timer sets the
pace of progress, and nothing of a superseded job is ever read.
"""

from __future__ import annotations

import gc
import operator
import sys
from collections import deque
from dataclasses import dataclass
from enum import Enum
from time import perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from engine.progress import Cancelled
from gui.lanes import Job, Lane, Workers, bound_call

if TYPE_CHECKING:
    from collections.abc import Callable

POLL_MS = 15  # the delay before a result shows
SWITCH_S = 0.001  # Python's own is 0.005
PARTIALS_S = 0.008  # of each poll, so that the window lives; the rest comes later


class Phase(Enum):
    """What a lane is doing."""

    IDLE = "idle"
    RUNNING = "running"
    YIELDING = "yielding"  # page work lets a fit go first
    STOPPING = "stopping"  # an unwanted job has not yet come to a safe point


@dataclass(frozen=True, slots=True)
class LaneState:
    """What a lane is doing, and the labels of the jobs concerned."""

    phase: Phase
    label: str = ""  # of the job that is wanted
    waits_for: str = ""  # of the fit that goes first, or the job that is being stopped


IDLE = LaneState(Phase.IDLE)


class _Interpreter:
    """What is different in the whole process while there are workers.

    Python collects cyclic garbage in whichever thread allocates; a dropped timer or
    plot in a reference cycle would be destroyed in a worker: seen to crash. So the GUI
    thread collects, except for the slow full collections, which wait for idle times.
    Threads take turns more often: a plot was redrawn in half the time.
    """

    def __init__(self) -> None:
        self._watched: set[Workers] = set()
        self._before = (True, SWITCH_S)

    def set_up(self, workers: Workers) -> None:
        """Be so as long as these workers have threads."""
        if not self._watched:
            self._before = gc.isenabled(), sys.getswitchinterval()
            gc.disable()
            sys.setswitchinterval(SWITCH_S)
        self._watched.add(workers)

    def restore(self) -> None:
        """Be as before, if no thread is left."""
        was_watched = bool(self._watched)
        self._watched = {workers for workers in self._watched if workers.has_threads()}
        if was_watched and not self._watched:
            was_collecting, interval_s = self._before
            sys.setswitchinterval(interval_s)
            if was_collecting:
                gc.enable()

    @staticmethod
    def collect() -> None:
        """Do what automatic collection would have done, here."""
        young, middle, _ = map(operator.gt, gc.get_count(), gc.get_threshold())
        if young:
            gc.collect(1 if middle else 0)


_interpreter = _Interpreter()


class Jobs(QObject):
    """Runs jobs in lanes. Make it, use it and destroy it in the GUI thread.

    Each job that was started ends with exactly one of `succeeded`, `failed`,
    `cancelled` and `superseded`, unless `shutdown` came first; call that before it is
    let go. No method below emits a signal before it returns; a timer does.

    Signals
    -------
    progressed : Lane, Step, token
        The newest step; those in between are left out.
    partial : Lane, object, token
        Each partial result, in order, all of them before `succeeded` or `failed`.
    succeeded : Lane, object, token
        What the callable returned.
    failed : Lane, BaseException, token
        What it raised, with its traceback.
    cancelled, superseded : Lane, token
        The user's wish; another job of the lane has taken its place.
    busy_changed : Lane, bool
        Whether the lane has a job that is wanted.
    state_changed : Lane, LaneState
        More exactly, for the status line.
    """

    # always `object`: Signal(dict) and Signal(int) were seen to change what they carry
    progressed = Signal(object, object, object)
    partial = Signal(object, object, object)
    succeeded = Signal(object, object, object)
    failed = Signal(object, object, object)
    cancelled = Signal(object, object)
    superseded = Signal(object, object)
    busy_changed = Signal(object, object)
    state_changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = Workers()
        self._current: dict[Lane, Job] = {}
        self._ended: deque[tuple[SignalInstance, Job]] = deque()
        self._announced_busy = dict.fromkeys(Lane, False)
        self._announced_state = dict.fromkeys(Lane, IDLE)
        self._is_closed = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._poll)

    def start(
        self,
        lane: Lane,
        label: str,
        func: Callable[..., Any],
        /,
        *args: Any,
        token: object = None,
        **named: Any,
    ) -> Job:
        """Run ``func(*args, **named)`` in a lane, instead of the job that is there.

        Parameters
        ----------
        lane : Lane
        label : str
            What is done, in plain words.
        func : callable
            Called in a worker thread: neither it nor its arguments may be or hold a Qt
            object, or anything that is changed later. If it has a parameter `report` or
            `partial`, it is given a function that takes a `Step`, or any partial
            result; both are safe points, where it may wait or be stopped (`Cancelled`).
        token : object
            Given back with everything the job yields, so that the receiver can see
            what it belongs to.

        Returns
        -------
        Job
            After `shutdown`, one that never begins.
        """
        job = Job(lane, label, bound_call(func, args, named), token)
        if self._is_closed:
            self._workers.stop(job)
            return job
        self._disown(lane, self.superseded)
        self._current[lane] = job
        _interpreter.set_up(self._workers)
        self._workers.submit(job)
        self._timer.start(0)
        return job

    def cancel(self, lane: Lane) -> None:
        """Disown the lane's job, if there is one; its worker ends when it can."""
        if self._disown(lane, self.cancelled):
            self._timer.start(0)

    def is_busy(self, lane: Lane) -> bool:
        """Whether the lane has a job that is wanted and not yet announced as over."""
        return lane in self._current

    def state(self, lane: Lane) -> LaneState:
        """What the lane is doing now."""
        job = self._current.get(lane)
        stopping = self._workers.stopping(lane)
        if job is None:
            return LaneState(Phase.STOPPING, "", stopping) if stopping else IDLE
        if job.is_waiting and stopping:
            return LaneState(Phase.STOPPING, job.label, stopping)
        if job.is_yielding and (fit := self._workers.wanted_fit()):
            return LaneState(Phase.YIELDING, job.label, fit)
        return LaneState(Phase.RUNNING, job.label)

    def shutdown(self, timeout_s: float = 2.0) -> bool:
        """Stop all jobs and wait for their threads, for ``closeEvent``.

        Nothing is announced or started from here on. It may be called again.

        Parameters
        ----------
        timeout_s : float
            The longest wait in all, in seconds.

        Returns
        -------
        bool
            Whether all have ended. If not, save what is to be saved, then ``os._exit``.
        """
        self._is_closed = True
        self._timer.stop()
        for lane in Lane:
            self._disown(lane, self.cancelled)
        self._ended.clear()
        have_ended = self._workers.join(timeout_s)
        _interpreter.restore()
        return have_ended

    def _disown(self, lane: Lane, announcement: SignalInstance) -> bool:
        """Take the lane's job away: from here on nobody looks at it."""
        job = self._current.pop(lane, None)
        if job is not None:
            self._workers.stop(job)
            self._ended.append((announcement, job))
        return job is not None

    @Slot()
    def _poll(self) -> None:
        """Announce what is new; a slot may call anything here, or open a dialog."""
        # First and single-shot: a timer that repeats is mute in the event loop of a
        # dialog that a slot below has opened, and so would be all lanes.
        self._timer.start(POLL_MS)
        self._announce_ends()
        self._announce_changes()  # busy, before a result that came at once
        for lane in Lane:
            self._workers.dispatch(lane)
            self._deliver(lane)
        self._announce_changes()
        _interpreter.collect()
        if self._is_closed or (self._is_quiet() and not self._workers.has_threads()):
            self._timer.stop()
            _interpreter.restore()

    def _is_quiet(self) -> bool:
        states = set(self._announced_state.values())
        return not self._current and not self._ended and states == {IDLE}

    def _announce_ends(self) -> None:
        # counted first: what a slot adds waits, so two rivals cannot hold up the window
        for _ in range(len(self._ended)):
            if self._ended:
                announcement, job = self._ended.popleft()
                announcement.emit(job.lane, job.token)

    def _deliver(self, lane: Lane) -> None:
        job = self._current.get(lane)
        if job is None:
            return
        is_over = job.is_over  # read before emptying the queues: nothing is lost
        if job.steps:
            self.progressed.emit(lane, job.steps.pop(), job.token)
        deadline = perf_counter() + PARTIALS_S
        while job.partials and self._current.get(lane) is job:
            self.partial.emit(lane, job.partials.popleft(), job.token)
            if perf_counter() > deadline:
                break
        if is_over and not job.partials and self._current.get(lane) is job:
            del self._current[lane]
            self._announce_outcome(job)

    def _announce_outcome(self, job: Job) -> None:
        result, error = job.take_outcome()
        if error is None:
            self.succeeded.emit(job.lane, result, job.token)
        elif isinstance(error, Cancelled):
            self.cancelled.emit(job.lane, job.token)
        else:
            self.failed.emit(job.lane, error, job.token)

    def _announce_changes(self) -> None:
        """Emit what differs from what was last said."""
        for lane in Lane:
            if self._is_closed:
                return
            is_busy, state = self.is_busy(lane), self.state(lane)
            if is_busy is not self._announced_busy[lane]:
                self._announced_busy[lane] = is_busy
                self.busy_changed.emit(lane, is_busy)
            if state != self._announced_state[lane]:
                self._announced_state[lane] = state
                self.state_changed.emit(lane, state)
