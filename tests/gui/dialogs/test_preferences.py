"""Preferences act at once and are remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton, QRadioButton, QWidget

from gui.dialogs.preferences import PreferencesDialog
from gui.look import look
from gui.settings import Settings


@pytest.fixture
def store(tmp_path):
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def dialog(store, qtbot):
    settings = Settings(store)
    settings.digits = "3"
    window = QWidget()  # the dialog is destroyed when it closes, or with this
    qtbot.addWidget(window)
    made = PreferencesDialog(window, settings)
    made.open()
    yield made
    look().set_scheme("system")


def press(qtbot, choice, words):
    for button in choice.findChildren(QRadioButton):
        if button.text() == words:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    pytest.fail(f"no {words}")


def test_that_it_shows_what_is_set(dialog):
    assert dialog.scheme.current == 0
    assert dialog.digits.current == 2
    assert dialog.mark.current == 0


def test_that_dark_is_dark_at_once_and_at_the_next_start(dialog, store, qtbot):
    look().set_scheme("light")
    with qtbot.waitSignal(dialog.changed):
        press(qtbot, dialog.scheme, "Dark")
    assert look().theme.is_dark
    assert Settings(store).scheme == "dark"


def test_that_digits_and_decimal_mark_are_remembered(dialog, store, qtbot):
    with qtbot.waitSignals([dialog.changed, dialog.changed]):
        press(qtbot, dialog.digits, "4")
        press(qtbot, dialog.mark, "Comma, 1,38")
    assert Settings(store).digits == "4"
    assert Settings(store).decimal_mark == ","


def test_that_close_closes(dialog, qtbot):
    close = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Close")
    with qtbot.waitSignal(dialog.finished):
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
