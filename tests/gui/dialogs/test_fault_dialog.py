"""A fault is said in plain words; the technical ones wait until they are asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gui.dialogs.fault_dialog import FaultDialog, open_fault

DETAILS = 'Traceback (most recent call last):\n  File "a.py"\nKeyError: <b>lake</b>'


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def dialog(window):
    return open_fault(window, DETAILS)


def press(qtbot, dialog, words):
    for button in dialog.findChildren(QPushButton):
        if button.text() == words:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    pytest.fail(f"no {words}")


def visible_words(dialog):
    return " ".join(p.text() for p in dialog.findChildren(QLabel) if p.isVisible())


def test_that_the_message_is_plain_and_the_details_are_folded(dialog, qtbot):
    assert "Tarn met a fault of its own" in visible_words(dialog)
    assert "data and model are kept" in visible_words(dialog)
    assert "Traceback" not in visible_words(dialog)
    assert not dialog.details.isVisible()
    press(qtbot, dialog, "Technical details")
    assert dialog.details.isVisible()
    assert dialog.details.toPlainText() == DETAILS


def test_that_details_can_be_copied_with_the_version(dialog, qtbot):
    press(qtbot, dialog, "Copy details")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Tarn ")
    assert DETAILS in copied
    assert dialog.isVisible()


def test_that_save_closes_and_asks_to_save(dialog, qtbot):
    with qtbot.waitSignals([dialog.finished, dialog.save_asked], order="strict"):
        press(qtbot, dialog, "Save my work")


def test_that_go_on_closes_and_asks_for_nothing(dialog, qtbot):
    with qtbot.assertNotEmitted(dialog.save_asked), qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Go on")


def test_that_a_second_fault_goes_into_the_open_dialog(dialog, window):
    assert open_fault(window, "another fault") is dialog
    assert dialog.details.toPlainText().endswith("another fault")
    assert len(window.findChildren(FaultDialog)) == 1


def test_that_after_a_crash_there_is_nothing_left_to_save(window, qtbot):
    dialog = FaultDialog(window, DETAILS, is_last_run=True)
    dialog.open()
    words = [button.text() for button in dialog.findChildren(QPushButton)]
    assert "Save my work" not in words
    assert "the last time" in visible_words(dialog)
    press(qtbot, dialog, "Go on")
