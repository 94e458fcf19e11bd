"""What nobody caught is written down, told once, and never disturbs anything else."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
import threading

import pytest

from gui import crash
from tests.shared_data import ROOT

CRASHING = """
import sys, faulthandler
from pathlib import Path
from gui.application import application
from gui.crash import install
app = application(offscreen=True)
log = install(Path(sys.argv[1]))
print(log.last_crash.partition(chr(10))[0])
if sys.argv[2] == "crash":
    faulthandler._sigsegv()
log.shutdown()
"""


@pytest.fixture
def silent(monkeypatch):
    """Stand-ins for what the test runner has put on the hooks."""
    told = []

    def remember(*args):
        told.append(args)

    monkeypatch.setattr(sys, "excepthook", remember)
    monkeypatch.setattr(threading, "excepthook", remember)
    monkeypatch.setattr(sys, "unraisablehook", remember)
    monkeypatch.setattr(faulthandler, "enable", lambda *_: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)
    return told


@pytest.fixture
def log(silent, tmp_path):
    made = crash.install(tmp_path)
    yield made
    made.shutdown()


def fault(words="the cat sat", line=0):
    """Have an exception that nobody catches, from one of two lines."""
    try:
        if line:
            raise ValueError(words)
        raise ValueError(words)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def in_thread(work):
    thread = threading.Thread(target=work, name="a worker")
    thread.start()
    thread.join()


def start(folder, how):
    return subprocess.run(
        [sys.executable, "-c", CRASHING, str(folder), how],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_that_a_fault_is_written_down_and_told_with_its_place(log, qtbot):
    with qtbot.waitSignal(log.fault) as told:
        fault()
    assert "the cat sat" in told.args[0]
    assert "test_crash.py" in told.args[0]
    assert "the cat sat" in log.path.read_text("utf-8")
    assert log.text() == log.path.read_text("utf-8")


def test_that_the_hook_that_was_there_before_is_told_too(log, silent):
    fault()
    assert silent[0][0] is ValueError


def test_that_a_fault_is_not_told_before_the_event_loop_has_time(log, qtbot):
    told = []
    log.fault.connect(told.append)
    fault()
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 1)


def test_that_a_fault_in_a_worker_is_told_in_the_gui_thread(log, qtbot):
    threads = []
    log.fault.connect(lambda _: threads.append(threading.get_ident()))

    def work():
        raise KeyError("lake")

    with qtbot.waitSignal(log.fault) as told:
        in_thread(work)
    assert "a worker" in told.args[0]
    assert "KeyError" in told.args[0]
    assert threads == [threading.get_ident()]


def test_that_the_python_hook_called_in_a_worker_is_told_in_the_gui_thread(log, qtbot):
    threads = []
    log.fault.connect(lambda _: threads.append(threading.get_ident()))
    with qtbot.waitSignal(log.fault):
        in_thread(fault)
    assert threads == [threading.get_ident()]


def test_that_the_same_fault_is_told_once_however_its_words_differ(log, qtbot):
    told = []
    log.fault.connect(told.append)
    for number in range(200):
        fault(f"number {number}")
    fault("another place", line=1)
    qtbot.waitUntil(lambda: "another place" in "".join(told))
    assert len(told) == 2
    assert log.text().count("ValueError: ") == 2


def test_that_a_flood_of_different_faults_ends(log, qtbot):
    told = []
    log.fault.connect(told.append)
    for number in range(2 * crash.MOST_FAULTS):
        kind = type(f"Fault{number}", (Exception,), {})
        sys.excepthook(kind, kind("x"), None)
    qtbot.waitUntil(lambda: len(told) == crash.MOST_FAULTS)
    assert log.text().count("Fault ") == crash.MOST_FAULTS


def test_that_a_fault_whose_words_fail_does_no_harm(log, qtbot):
    class Odd(Exception):  # noqa: N818
        def __str__(self):
            fault("a fault while a fault is noted")
            raise RuntimeError

    with qtbot.waitSignal(log.fault) as told:
        sys.excepthook(Odd, Odd(), None)
    assert "Odd" in told.args[0]


def test_that_ctrl_c_is_no_fault(log, silent):
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert silent[0][0] is KeyboardInterrupt
    assert "KeyboardInterrupt" not in log.text()


def test_that_what_fails_in_a_finaliser_is_written_but_not_told(log, qtbot):
    class Bad:
        def __del__(self):
            raise ValueError("in the end")

    told = []
    log.fault.connect(told.append)
    bad = Bad()
    del bad
    fault("after it")
    qtbot.waitUntil(lambda: told != [])
    assert "in the end" in log.text()
    assert "in the end" not in "".join(told)


def test_that_a_folder_that_cannot_be_made_leaves_faults_told(silent, tmp_path, qtbot):
    (tmp_path / "file").write_text("", "utf-8")
    log = crash.install(tmp_path / "file" / "below")
    assert log.path is None
    assert log.text() == ""
    with qtbot.waitSignal(log.fault):
        fault()
    log.shutdown()


def test_that_shutting_down_gives_every_hook_back(silent, tmp_path):
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    log = crash.install(tmp_path)
    assert sys.excepthook != before[0]
    log.shutdown()
    log.shutdown()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_that_a_hook_put_over_this_one_stays(silent, tmp_path, monkeypatch):
    log = crash.install(tmp_path)
    other = silent.append
    monkeypatch.setattr(sys, "excepthook", other)
    log.shutdown()
    assert sys.excepthook == other


def test_that_a_fault_that_waits_is_dropped_at_the_end(silent, tmp_path, qtbot, qapp):
    log = crash.install(tmp_path)
    told = []
    log.fault.connect(told.append)
    fault()
    log.shutdown()
    qapp.processEvents()
    assert told == []


def test_that_a_large_log_is_put_aside(silent, tmp_path):
    (tmp_path / crash.NAME).write_text("x" * (crash.LARGEST + 1), "utf-8")
    log = crash.install(tmp_path)
    log.shutdown()
    assert (tmp_path / crash.OLD_NAME).stat().st_size == crash.LARGEST + 1
    assert (tmp_path / crash.NAME).stat().st_size < 1000


def test_that_one_run_never_writes_more_than_a_log_holds(log):
    words = "x" * (crash.LARGEST // 3)
    for number in range(6):
        kind = type(f"Fault{number}", (Exception,), {})
        sys.excepthook(kind, kind(words), None)
    assert log.path.stat().st_size <= crash.LARGEST


def test_that_a_run_ended_by_force_is_known_at_the_next_start_and_only_then(tmp_path):
    first = start(tmp_path, "crash")
    assert first.returncode != 0
    assert first.stdout.strip() == ""
    second = start(tmp_path, "end")
    assert second.returncode == 0, second.stderr
    assert second.stdout.startswith(("Fatal Python error", "Windows fatal exception"))
    third = start(tmp_path, "end")
    assert third.stdout.strip() == ""


def test_that_what_was_mended_before_the_end_is_no_crash():
    said = "==== start now\nWindows fatal exception: code 0x8001010d\n"
    assert crash.crash_in(said).startswith("Windows fatal exception")
    assert crash.crash_in(f"{said}==== end now\n") == ""
    assert crash.crash_in(f"{said}==== start later\n") == ""
