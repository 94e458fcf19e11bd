"""What waits for a saving happens when all is saved, never later, never too early."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog

from engine import open_project
from tests.gui.test_window_saving import (
    OTHER,
    answer,
    ask_to_close,
    questions,
    wait_for_banner,
    window,
)
from tests.gui.window_fixtures import LONG_MS, wait_for_fit

__all__ = ["window"]  # a fixture


def begin_saving(window, gate):
    """Save, and return while the file is still being written."""
    window.commands.save()
    assert gate.is_reached.wait(20)


def test_that_giving_up_the_choice_of_a_file_gives_up_closing(window, qtbot, tmp_path):
    window.session.path = None
    ask_to_close(window)
    answer(window, "Save")
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None)
    window.findChild(QFileDialog).reject()
    assert window.isVisible()
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save_to(str(tmp_path / "later.tarn"))
    assert window.isVisible()


def test_that_closing_waits_for_the_saving_that_is_under_way(
    window, qtbot, tmp_path, slow_writing
):
    begin_saving(window, slow_writing)
    assert not window.close()
    assert questions(window) == []
    slow_writing.open()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG_MS)
    assert open_project(tmp_path / "work.tarn").estimation == "ML"


def test_that_who_closes_twice_during_a_saving_is_asked_and_can_leave(
    window, qtbot, slow_writing
):
    begin_saving(window, slow_writing)
    assert not window.close()
    ask_to_close(window)
    assert not window.close()
    assert len(questions(window)) == 1
    answer(window, "Do not save")
    assert not window.isVisible()


def test_that_changes_made_during_a_saving_are_asked_about(
    window, qtbot, tmp_path, slow_writing
):
    begin_saving(window, slow_writing)
    window.session.set_formula(OTHER)
    wait_for_fit(qtbot, window)
    assert not window.close()
    slow_writing.open()
    qtbot.waitUntil(lambda: len(questions(window)) == 1, timeout=LONG_MS)
    assert window.isVisible()
    answer(window, "Save")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG_MS)
    assert str(open_project(tmp_path / "work.tarn").spec) == OTHER


def test_that_changes_made_after_save_was_answered_are_not_lost(
    window, qtbot, tmp_path, slow_writing
):
    ask_to_close(window)
    answer(window, "Save")
    assert slow_writing.is_reached.wait(20)
    window.session.set_formula(OTHER)
    slow_writing.open()
    qtbot.waitUntil(lambda: len(questions(window)) == 1, timeout=LONG_MS)
    answer(window, "Save")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG_MS)
    assert str(open_project(tmp_path / "work.tarn").spec) == OTHER


def test_that_what_was_said_of_a_saving_goes_when_it_succeeds(window, qtbot, tmp_path):
    window.commands.save_to(str(tmp_path / "nowhere" / "a.tarn"))
    wait_for_banner(qtbot, window)
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save()
    assert not window.file_banner.isVisible()
    assert window.session.problem is None


def test_that_there_is_nothing_to_save_without_a_table(window):
    window.session.close_table()
    window.commands.save()
    assert window.findChild(QFileDialog) is None
