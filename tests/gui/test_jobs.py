"""Jobs in lanes: threads are real, timing is not: no test sleeps."""

from __future__ import annotations

import functools
import gc
import operator
import subprocess
import sys
import threading
import traceback
import weakref
from itertools import pairwise
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
import shiboken6
from PySide6.QtCore import QTimer

import engine
import gui.jobs
import gui.lanes
from engine.progress import Cancelled, Step
from gui.jobs import IDLE, Jobs, LaneState, Phase
from gui.lanes import Lane
from tests.shared_data import ROOT

DATA, FIT, PAGE = Lane.DATA, Lane.FIT, Lane.PAGE
LONG_S = 10  # a limit for what should come at once


class Gate:
    """A call held at a known point, as in LAPACK, until the test lets it go."""

    def __init__(self, then=lambda report, partial: "held"):
        self.entered = threading.Event()
        self.release = threading.Event()
        self.then = then

    def __call__(self, report, partial):
        self.entered.set()
        assert self.release.wait(LONG_S)
        return self.then(report, partial)


class Counter:
    """A computation in plain Python without an end; counts its safe points."""

    def __init__(self):
        self.n = 0

    def __call__(self, report):
        while True:
            self.n += 1
            report(Step("Counting", self.n))


class Seen:
    """What the signals said, in order."""

    def __init__(self, jobs):
        self.all = []
        for name in ("progressed", "partial", "succeeded", "failed"):
            getattr(jobs, name).connect(functools.partial(self.add, name))
        for name in ("cancelled", "superseded", "busy_changed", "state_changed"):
            getattr(jobs, name).connect(functools.partial(self.add, name))

    def add(self, name, lane, *payload):
        self.all.append((name, lane, *payload))

    def of(self, *names):
        return [entry for entry in self.all if entry[0] in names]

    def ends(self):
        return self.of("succeeded", "failed", "cancelled", "superseded")


class Cycle:
    """Garbage that only the collector can find; says in which thread it was."""

    found_in: list[threading.Thread]

    def __init__(self):
        self.me = self

    def __del__(self):
        self.found_in.append(threading.current_thread())


def instant(value):
    return value


def fails(error):
    raise error


def speak(n, report, partial):
    for i in range(n):
        report(Step("Speaking", i, n))
        partial(i)
    return n


def workers():
    return [t for t in threading.enumerate() if t.name.startswith("tarn-")]


@pytest.fixture
def jobs(qapp):
    made = Jobs()
    yield made
    assert made.shutdown(LONG_S)
    assert workers() == []
    assert not made._timer.isActive()
    assert gc.isenabled()
    assert sys.getswitchinterval() == pytest.approx(0.005)
    shiboken6.delete(made)


@pytest.fixture
def seen(jobs):
    return Seen(jobs)


@pytest.fixture
def hold(jobs):
    """Start a job that is held in the middle, and wait until it is there."""
    gates = []

    def held(lane, label, **options):
        gate = Gate(**options)
        gates.append(gate)
        jobs.start(lane, label, gate, token=label)
        assert gate.entered.wait(LONG_S)
        return gate

    yield held
    for gate in gates:
        gate.release.set()


@pytest.fixture
def settle(jobs, qtbot):
    """Let everything end and be announced."""

    def settled():
        qtbot.waitUntil(lambda: not jobs._timer.isActive(), timeout=1000 * LONG_S)

    return settled


@pytest.fixture
def until(qtbot):
    return functools.partial(qtbot.waitUntil, timeout=1000 * LONG_S)


# --- results


def test_that_a_result_arrives_in_the_gui_thread_uncopied_with_its_token(jobs, qtbot):
    array, token, threads = np.arange(3.0), object(), []
    jobs.succeeded.connect(lambda *_: threads.append(threading.current_thread()))
    with qtbot.waitSignal(jobs.succeeded) as blocker:
        jobs.start(FIT, "fit", instant, array, token=token)
    lane, result, given_back = blocker.args
    assert lane is FIT
    assert result is array
    assert given_back is token
    assert threads == [threading.main_thread()]
    assert not jobs.is_busy(FIT)


def test_that_an_error_keeps_its_traceback(jobs, qtbot):
    error = np.linalg.LinAlgError("Singular matrix")
    with qtbot.waitSignal(jobs.failed) as blocker:
        jobs.start(FIT, "fit", fails, error, token=7)
    assert blocker.args == [FIT, error, 7]
    assert traceback.extract_tb(error.__traceback__)[-1].name == "fails"


@pytest.mark.parametrize(
    "error", [MemoryError(), KeyboardInterrupt(), SystemExit(1), GeneratorExit()]
)
def test_that_no_exception_loses_the_lane(jobs, seen, settle, error):
    jobs.start(FIT, "bad", fails, error)
    settle()
    jobs.start(FIT, "good", instant, "good")
    settle()
    assert seen.ends() == [
        ("failed", FIT, error, None),
        ("succeeded", FIT, "good", None),
    ]


def test_that_a_job_that_cancels_itself_is_no_error(jobs, seen, settle):
    jobs.start(DATA, "read", fails, Cancelled())
    settle()
    assert seen.ends() == [("cancelled", DATA, None)]


def test_that_a_missing_thread_is_an_error_of_the_job(jobs, seen, settle, monkeypatch):
    def none_left(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none_left)
        jobs.start(FIT, "fit", instant, 1)
    settle()
    jobs.start(FIT, "fit", instant, 2)
    settle()
    assert [entry[0] for entry in seen.ends()] == ["failed", "succeeded"]


@pytest.mark.parametrize(
    ("func", "args", "result"),
    [
        (speak, (3,), 3),
        (functools.partial(speak, 4), (), 4),
        (operator.itemgetter(1), ("abc",), "b"),
        (max, (2, 5), 5),  # shows no signature
    ],
)
def test_that_a_callable_is_given_what_it_names(jobs, qtbot, func, args, result):
    with qtbot.waitSignal(jobs.succeeded) as blocker:
        jobs.start(PAGE, "call", func, *args)
    assert blocker.args == [PAGE, result, None]


def test_that_the_engine_fits_in_a_lane(jobs, seen, settle):
    rng = np.random.default_rng(93187305)
    effects = np.repeat(rng.normal(0, 2, 6), 5)
    frame = pd.DataFrame(
        {"mass": effects + rng.normal(size=30), "lake": np.repeat([*"abcdef"], 5)}
    )
    jobs.start(FIT, "fit", engine.fit, "mass ~ 1 + (1 | lake)", frame, token="state")
    settle()
    [(name, _, model, token)] = seen.ends()
    assert (name, token) == ("succeeded", "state")
    assert model.n_rows == 30


# --- newest wins


AFTER = {
    "result": lambda report, partial: "stale",
    "error": lambda report, partial: fails(ValueError("stale")),
    "step": lambda report, partial: report(Step("stale", 1)),
    "partial": lambda report, partial: partial("stale"),
}


@pytest.mark.parametrize("what", AFTER)
@pytest.mark.parametrize("lane", Lane)
def test_that_nothing_of_a_superseded_job_is_delivered(
    jobs, seen, hold, settle, lane, what
):
    gate = hold(lane, "old", then=AFTER[what])
    jobs.start(lane, "new", instant, "new", token="new")
    gate.release.set()
    settle()
    assert seen.ends() == [
        ("superseded", lane, "old"),
        ("succeeded", lane, "new", "new"),
    ]
    assert seen.of("progressed", "partial") == []


@pytest.mark.parametrize("call", [(instant, "old"), (fails, OSError()), (speak, 5)])
def test_that_what_is_finished_but_unannounced_is_dropped(jobs, seen, settle, call):
    old = jobs.start(FIT, "old", *call)
    assert jobs._workers.join(LONG_S)
    assert old.is_over
    jobs.start(FIT, "new", instant, "new")
    settle()
    assert seen.ends() == [
        ("superseded", FIT, None),
        ("succeeded", FIT, "new", None),
    ]
    assert seen.of("progressed", "partial") == []


def test_that_other_lanes_are_left_alone(jobs, seen, hold, settle):
    gates = [hold(lane, lane.value) for lane in (DATA, PAGE)]
    jobs.start(FIT, "old", Counter())
    jobs.start(FIT, "new", instant, "new")
    for gate in gates:
        gate.release.set()
    settle()
    results = {lane: result for _, lane, result, _ in seen.of("succeeded")}
    assert results == {DATA: "held", FIT: "new", PAGE: "held"}


def test_that_two_hundred_quick_jobs_deliver_the_last(jobs, seen, settle):
    for i in range(200):
        jobs.start(FIT, "fit", instant, i, token=i)
        assert len(workers()) <= gui.lanes.THREADS_PER_LANE
    settle()
    superseded = [("superseded", FIT, i) for i in range(199)]
    assert seen.ends() == [*superseded, ("succeeded", FIT, 199, 199)]
    assert seen.of("busy_changed") == [
        ("busy_changed", FIT, True),
        ("busy_changed", FIT, False),
    ]


def test_that_rivals_that_restart_each_other_do_not_hold_up_the_window(
    jobs, seen, until, settle
):
    def again(lane, token):
        if len(seen.of("superseded")) < 50:
            jobs.start(PAGE, "mine", instant, 1)
            jobs.start(PAGE, "no, mine", instant, 2)

    jobs.superseded.connect(again)
    ticks = []
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: ticks.append(len(seen.of("superseded"))))
    timer.start()
    again(PAGE, None)
    settle()
    assert len({n for n in ticks if 0 < n < 50}) > 2  # the window lived meanwhile


# --- steps and partial results


def test_that_steps_are_thinned_and_partials_are_not(jobs, seen, settle):
    n = 5_000
    jobs.start(DATA, "count", Counter())
    jobs.start(PAGE, "speak", speak, n, token="t")
    jobs.succeeded.connect(lambda lane, *_: jobs.cancel(DATA))
    settle()
    of_page = [entry for entry in seen.all if entry[1] is PAGE]
    assert [e[2:] for e in of_page if e[0] == "partial"] == [(i, "t") for i in range(n)]
    steps = [e[2].done for e in of_page if e[0] == "progressed"]
    assert steps == sorted(set(steps))
    assert len(steps) < n / 10
    last = [e[0] for e in of_page if e[0] != "state_changed"][-2:]
    assert last == ["succeeded", "busy_changed"]


def test_that_many_partials_are_spread_over_polls(jobs, seen, settle, monkeypatch):
    monkeypatch.setattr(gui.jobs, "PARTIALS_S", 0.0)
    jobs.start(PAGE, "speak", speak, 30)
    assert jobs._workers.join(LONG_S)
    jobs._poll()
    assert len(seen.of("partial")) == 1
    assert jobs.is_busy(PAGE)
    settle()
    assert [entry[2] for entry in seen.of("partial")] == [*range(30)]
    assert [entry[0] for entry in seen.ends()] == ["succeeded"]


def test_that_a_slot_may_stop_the_partials(jobs, seen, settle):
    jobs.partial.connect(lambda lane, *_: jobs.cancel(lane))
    jobs.start(PAGE, "speak", speak, 100)
    assert jobs._workers.join(LONG_S)
    settle()
    assert len(seen.of("partial")) == 1
    assert seen.ends() == [("cancelled", PAGE, None)]


# --- who goes first


def test_that_a_page_yields_to_a_fit_and_goes_on_afterwards(jobs, hold, until):
    counter = Counter()
    jobs.start(PAGE, "Bootstrap", counter)
    until(lambda: counter.n > 100)
    fit = hold(FIT, "Fit")
    until(lambda: jobs.state(PAGE) == LaneState(Phase.YIELDING, "Bootstrap", "Fit"))
    n = counter.n
    jobs.start(DATA, "read", instant, 1)
    until(lambda: not jobs.is_busy(DATA))  # data work waits for nobody
    assert counter.n == n
    fit.release.set()
    until(lambda: counter.n > n)
    until(lambda: jobs.state(PAGE) == LaneState(Phase.RUNNING, "Bootstrap"))


def test_that_a_page_does_not_begin_before_the_fit_is_over(jobs, hold, until):
    fit = hold(FIT, "Fit")
    page = Gate()
    jobs.start(PAGE, "Residuals", page)
    until(lambda: jobs.state(PAGE).phase is Phase.YIELDING)
    assert not page.entered.is_set()
    fit.release.set()
    until(page.entered.is_set)
    page.release.set()


def test_that_a_page_never_delays_a_fit(jobs, seen, hold, until):
    hold(PAGE, "Bootstrap")
    jobs.start(FIT, "fit", instant, 1)
    until(lambda: seen.ends() == [("succeeded", FIT, 1, None)])


def test_that_a_yielding_page_can_be_cancelled_and_superseded(jobs, seen, hold, until):
    fit = hold(FIT, "Fit")
    for label in ("one", "two"):
        jobs.start(PAGE, label, instant, label, token=label)
        until(lambda: jobs.state(PAGE).phase is Phase.YIELDING)
    jobs.cancel(PAGE)
    until(lambda: len(seen.ends()) == 2)
    assert seen.ends() == [("superseded", PAGE, "one"), ("cancelled", PAGE, "two")]
    until(lambda: jobs.state(PAGE) == IDLE)
    fit.release.set()


def test_that_a_page_does_not_yield_to_a_fit_that_nobody_wants(jobs, seen, hold, until):
    hold(FIT, "Fit")
    jobs.cancel(FIT)
    jobs.start(PAGE, "Residuals", speak, 3)
    until(lambda: ("succeeded", PAGE, 3, None) in seen.all)
    assert jobs.state(FIT).phase is Phase.STOPPING


# --- cancel


@pytest.mark.parametrize("lane", Lane)
def test_that_cancel_is_announced_at_once_though_the_worker_is_stuck(
    jobs, seen, hold, qtbot, until, lane
):
    gate = hold(lane, "Long call")
    with qtbot.waitSignal(jobs.cancelled, timeout=200) as blocker:
        jobs.cancel(lane)
    assert blocker.args == [lane, "Long call"]
    assert not jobs.is_busy(lane)
    assert jobs.state(lane) == LaneState(Phase.STOPPING, "", "Long call")
    gate.release.set()
    until(lambda: seen.all[-1] == ("state_changed", lane, IDLE))
    assert seen.ends() == [("cancelled", lane, "Long call")]


def test_that_cancel_stops_a_computation_at_its_next_safe_point(jobs, seen, settle):
    job = jobs.start(PAGE, "count", Counter())
    jobs.cancel(PAGE)
    jobs.cancel(PAGE)
    settle()
    assert job.is_over
    assert seen.ends() == [("cancelled", PAGE, None)]


def test_that_cancel_of_an_idle_lane_says_nothing(jobs, seen, settle):
    jobs.cancel(FIT)
    settle()
    assert seen.all == []


def test_that_the_next_job_waits_for_a_stuck_one_and_says_so(
    jobs, seen, hold, settle, monkeypatch
):
    monkeypatch.setattr(gui.lanes, "PATIENCE_S", 1e9)
    gate = hold(FIT, "Old fit")
    jobs.start(FIT, "New fit", instant, "new")
    assert jobs.state(FIT) == LaneState(Phase.STOPPING, "New fit", "Old fit")
    assert len(workers()) == 1
    gate.release.set()
    settle()
    assert seen.ends()[-1] == ("succeeded", FIT, "new", None)


def test_that_a_stuck_job_holds_up_its_lane_only_for_a_while(
    jobs, seen, hold, until, settle, monkeypatch
):
    monkeypatch.setattr(gui.lanes, "PATIENCE_S", 0.05)
    old = hold(FIT, "Old fit")
    jobs.start(FIT, "New fit", instant, "new")
    until(lambda: ("succeeded", FIT, "new", None) in seen.all)
    assert not old.release.is_set()


def test_that_a_lane_has_two_threads_at_most(jobs, seen, hold, until, monkeypatch):
    monkeypatch.setattr(gui.lanes, "PATIENCE_S", 0.0)
    first, _ = hold(PAGE, "one"), hold(PAGE, "two")
    jobs.start(PAGE, "three", instant, 3)
    jobs.start(DATA, "other", instant, 1)
    until(lambda: ("succeeded", DATA, 1, None) in seen.all)
    assert jobs.state(PAGE) == LaneState(Phase.STOPPING, "three", "one")
    assert [worker.name for worker in workers()] == ["tarn-page"] * 2
    first.release.set()
    until(lambda: ("succeeded", PAGE, 3, None) in seen.all)


# --- what is announced, and when


def test_that_nothing_is_announced_before_the_event_loop_runs(jobs, seen, settle):
    jobs.start(FIT, "fit", instant, 1)
    assert jobs._workers.join(LONG_S)
    jobs.start(PAGE, "page", instant, 1)
    jobs.cancel(PAGE)
    assert seen.all == []
    assert jobs.is_busy(FIT)
    settle()
    assert seen.of("busy_changed", "succeeded", "cancelled") == [
        ("cancelled", PAGE, None),
        ("busy_changed", FIT, True),
        ("succeeded", FIT, 1, None),
        ("busy_changed", FIT, False),
    ]


def test_that_a_lane_stays_busy_from_cancel_to_restart(jobs, seen, hold, settle):
    gate = hold(FIT, "old")
    jobs.cancel(FIT)
    jobs.start(FIT, "new", instant, "new", token="new")
    gate.release.set()
    settle()
    assert seen.of("busy_changed", "cancelled", "superseded", "succeeded") == [
        ("cancelled", FIT, "old"),
        ("busy_changed", FIT, True),
        ("succeeded", FIT, "new", "new"),
        ("busy_changed", FIT, False),
    ]


def test_that_a_slot_may_start_the_next_job(jobs, seen, settle):
    def again(lane, value):
        assert not jobs.is_busy(lane)
        if value < 3:
            jobs.start(lane, "next", instant, value + 1)

    jobs.succeeded.connect(again)
    jobs.start(FIT, "first", instant, 1)
    settle()
    assert [entry[2] for entry in seen.ends()] == [1, 2, 3]
    assert [entry[2] for entry in seen.of("busy_changed")] == [True, False]


def test_that_lanes_live_while_a_slot_runs_an_event_loop(jobs, seen, until, settle):
    def dialog(lane, payload):
        if payload == 0:
            jobs.start(FIT, "fit", instant, "fit")
            until(lambda: ("succeeded", FIT, "fit", None) in seen.all)
            until(lambda: ("succeeded", PAGE, 4, None) in seen.all)

    jobs.partial.connect(dialog)
    jobs.start(PAGE, "speak", speak, 4)
    settle()
    assert [entry[2] for entry in seen.of("partial")] == [0, 1, 2, 3]
    assert sorted(entry[1].value for entry in seen.ends()) == ["fit", "page"]


def test_that_the_window_stays_alive_under_plain_python(jobs, until):
    ticks = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(perf_counter()))
    jobs.start(DATA, "count", Counter())
    jobs.start(PAGE, "count", Counter())
    timer.start()

    def largest_gap():
        return max(later - earlier for earlier, later in pairwise(ticks[-50:]))

    # a while without a gap: one that the machine's other work made is passed over
    until(lambda: len(ticks) >= 50 and largest_gap() < 0.1)


# --- nothing left behind


def test_that_an_idle_runner_has_neither_threads_nor_timers(jobs, settle):
    before = threading.enumerate()
    for lane in Lane:
        jobs.start(lane, "speak", speak, 10)
    assert jobs._timer.isActive()
    settle()
    assert threading.enumerate() == before
    assert jobs.findChildren(QTimer) == [jobs._timer]


class Big:
    """Stands for something that takes memory."""


def test_that_arguments_and_results_are_not_kept(jobs, settle):
    alive = []

    def watched():
        big = Big()
        alive.append(weakref.ref(big))
        return big

    kept = [
        jobs.start(DATA, "result", watched),
        jobs.start(FIT, "superseded", instant, watched()),
        jobs.start(FIT, "argument", bool, watched()),
        jobs.start(PAGE, "partial", lambda partial: partial(watched())),
    ]
    settle()
    assert all(job.is_over for job in kept)
    assert [ref() for ref in alive] == [None] * 4


def test_that_garbage_is_collected_in_the_gui_thread_only(jobs, until, settle):
    Cycle.found_in = []
    made = []

    def litter(report):
        while True:
            made.append([Cycle() for _ in range(100)])
            made.clear()
            report(Step("Littering", 1))

    jobs.start(FIT, "litter", litter)
    until(lambda: len(Cycle.found_in) > 5000)
    jobs.cancel(FIT)
    settle()
    gc.collect()
    assert set(Cycle.found_in) == {threading.main_thread()}


def test_that_shutdown_under_a_stuck_worker_returns_and_can_be_repeated(
    jobs, seen, hold, qtbot
):
    gate = hold(FIT, "stuck")
    jobs.start(PAGE, "count", Counter())
    said = list(seen.all)
    assert not jobs.shutdown(0.05)
    assert [worker.name for worker in workers()] == ["tarn-fit"]
    gate.release.set()
    assert jobs.shutdown(LONG_S)
    assert workers() == []
    with qtbot.assertNotEmitted(jobs.busy_changed, wait=50):
        job = jobs.start(FIT, "too late", instant, 1)
    assert job.is_stopped
    assert seen.all == said


def test_that_a_slot_may_shut_down(jobs, seen, until):
    jobs.partial.connect(lambda *_: jobs.shutdown(LONG_S))
    jobs.start(DATA, "count", Counter())
    jobs.start(PAGE, "speak", speak, 10)
    until(lambda: len(seen.of("partial")) == 1)
    assert not jobs._timer.isActive()
    assert seen.ends() == []


@pytest.mark.usefixtures("qapp")
def test_that_deleting_the_runner_under_a_running_job_is_harmless():
    jobs, gate = Jobs(), Gate()
    job = jobs.start(FIT, "fit", gate)
    assert gate.entered.wait(LONG_S)
    shiboken6.delete(jobs)
    gate.release.set()
    assert jobs._workers.join(LONG_S)
    assert job.is_over
    gui.jobs._interpreter.restore()
    assert gc.isenabled()


STUCK = """
import threading
from PySide6.QtCore import QCoreApplication
from gui.jobs import Jobs, Lane

app = QCoreApplication([])
jobs = Jobs()
jobs.start(Lane.FIT, "stuck", threading.Event().wait)
print(jobs.shutdown(0.01))
"""

WORKER_SIDE = """
import sys
import gui.lanes
print([name for name in sys.modules if name.startswith(("PySide6", "shiboken6"))])
"""


def said_by(program):
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_that_the_program_ends_though_a_call_is_stuck():
    assert said_by(STUCK) == "False"


def test_that_the_workers_side_knows_no_qt():
    assert said_by(WORKER_SIDE) == "[]"
