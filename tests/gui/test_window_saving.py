"""Saving and closing: work is lost only when the user says so."""

from __future__ import annotations

import errno
import threading
from time import monotonic

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine import open_project
from engine.reporting import project
from gui.dialogs.ask_save import AskSaveDialog
from gui.welcome.examples import examples
from gui.work.problem import Place
from tests.gui.window_fixtures import LONG_MS, open_window, wait_for_fit

OTHER = "log_mass ~ 1 + (1 | lake)"


@pytest.fixture
def window(qtbot, tmp_path):
    """Give a window with work that is not saved, and a place where it would be."""
    with open_window(qtbot, tmp_path) as made:
        made.commands.open_example(examples()[0])
        wait_for_fit(qtbot, made)
        made.session.set_estimation("ML")
        wait_for_fit(qtbot, made)
        made.session.path = tmp_path / "work.tarn"
        yield made


def questions(window):
    return [d for d in window.findChildren(AskSaveDialog) if d.isVisible()]


def ask_to_close(window):
    """Close the window, which asks; return the question."""
    assert not window.close()
    (dialog,) = questions(window)
    return dialog


def answer(window, words):
    """Give an answer to the question with the keyboard alone."""
    dialog = questions(window)[0]
    for _ in range(4):
        if dialog.focusWidget().text() == words:
            break
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget().text() == words
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)


def wait_for_banner(qtbot, window):
    qtbot.waitUntil(
        lambda: window.file_banner.isVisible() and not window.session.is_saving,
        timeout=LONG_MS,
    )
    assert window.session.problem.place is Place.FILE
    return window.file_banner.sentence


# -- close -----------------------------------------------------------------------------


def test_that_save_saves_and_then_closes(window, qtbot, tmp_path):
    ask_to_close(window)
    answer(window, "Save")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG_MS)
    assert open_project(tmp_path / "work.tarn").estimation == "ML"


def test_that_discard_closes_and_writes_nothing(window, qtbot, tmp_path):
    ask_to_close(window)
    answer(window, "Do not save")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not (tmp_path / "work.tarn").exists()


@pytest.mark.parametrize("how", ["button", "escape"])
def test_that_cancel_keeps_window_and_work(window, qtbot, tmp_path, how):
    dialog = ask_to_close(window)
    if how == "button":
        answer(window, "Cancel")
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not questions(window))
    assert window.isVisible()
    assert window.session.is_modified
    assert not (tmp_path / "work.tarn").exists()
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save()
    assert window.isVisible()


def test_that_closing_during_a_fit_leaves_nothing_behind(window, qtbot, slow_fit):
    window.session.set_formula(OTHER)
    assert slow_fit.is_reached.wait(20)
    dialog = ask_to_close(window)
    dialog.discard.setFocus()
    threading.Timer(0.05, slow_fit.open).start()
    begin = monotonic()
    answer(window, "Do not save")
    assert not window.isVisible()
    assert monotonic() - begin < 5
    names = [thread.name for thread in threading.enumerate()]
    assert not any(name.startswith("tarn-") for name in names)


def unfinished(folder):
    """Files that a saving has begun and not finished."""
    return [path for path in folder.iterdir() if path.suffix == ".part"]


# -- what stands in the way of saving --------------------------------------------------


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def protected(*_):
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize(
    ("fail", "words"), [(full, "the disk is full"), (protected, "may not be written")]
)
def test_that_a_saving_that_fails_keeps_window_work_and_the_old_file(
    window, qtbot, tmp_path, monkeypatch, fail, words
):
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save()
    before = (tmp_path / "work.tarn").read_bytes()
    window.session.set_estimation("REML")
    wait_for_fit(qtbot, window)
    monkeypatch.setattr(project, "write_archive", fail)
    ask_to_close(window)
    answer(window, "Save")
    said = wait_for_banner(qtbot, window)
    assert said == f"'work.tarn' was not saved: {said.partition(': ')[2]}"
    assert words in said
    assert window.isVisible()
    assert window.session.is_modified
    assert window.session.is_fit_current
    assert (tmp_path / "work.tarn").read_bytes() == before
    assert unfinished(tmp_path) == []
    monkeypatch.undo()
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save()
    assert window.isVisible()
    assert not window.session.is_modified


def test_that_a_project_whose_folder_was_moved_can_be_saved_elsewhere(
    window, qtbot, tmp_path
):
    (tmp_path / "here").mkdir()
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save_to(str(tmp_path / "here" / "my.tarn"))
    (tmp_path / "here").rename(tmp_path / "there")
    window.session.set_estimation("REML")
    window.commands.save()
    assert "There is no folder" in wait_for_banner(qtbot, window)
    assert window.session.is_modified
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save_to(str(tmp_path / "there" / "my.tarn"))
    assert not window.session.is_modified
    assert window.session.path == tmp_path / "there" / "my.tarn"


def test_that_places_where_no_file_can_be_are_said(window, qtbot, tmp_path):
    (tmp_path / "folder.tarn").mkdir()
    (tmp_path / "fixed.tarn").write_text("mine", "utf-8")
    (tmp_path / "fixed.tarn").chmod(0o444)
    for name, words in (
        ("folder.tarn", "is a folder"),
        ("fixed.tarn", "protected against changes"),
        ("x" * 300, "no file can have this name"),
        ("a\0b", "no file can have this name"),
    ):
        window.file_banner.clear()
        window.commands.save_to(str(tmp_path / name))
        assert words in wait_for_banner(qtbot, window)
        assert window.session.is_modified
    assert (tmp_path / "fixed.tarn").read_text("utf-8") == "mine"


def test_that_a_project_is_saved_while_a_fit_runs(window, qtbot, tmp_path, slow_fit):
    window.session.set_formula(OTHER)
    assert slow_fit.is_reached.wait(20)
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save()
    assert str(open_project(tmp_path / "work.tarn").spec) == OTHER
    slow_fit.open()
    wait_for_fit(qtbot, window)
    assert not window.session.is_modified


def test_that_a_stopped_saving_leaves_the_old_file_and_no_other(
    window, qtbot, tmp_path, slow_writing
):
    (tmp_path / "work.tarn").write_text("old", "utf-8")
    window.commands.save()
    assert slow_writing.is_reached.wait(20)
    threading.Timer(0.05, slow_writing.open).start()
    assert window.session.shutdown()
    assert (tmp_path / "work.tarn").read_text("utf-8") == "old"
    assert unfinished(tmp_path) == []
