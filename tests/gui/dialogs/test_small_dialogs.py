"""Questions over the window: what they say, and what they answer exactly once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from engine.reporting.version import VERSION
from gui.dialogs.about import LIBRARIES, AboutDialog, library_versions
from gui.dialogs.ask_save import AskSaveDialog
from gui.dialogs.choose_level import ChooseLevelDialog
from tests.test_house import project

LEVELS = ["control", "grazed", "mown", "Grazed & mown", "<b>burnt</b>"]
Key = Qt.Key


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def levels(window):
    dialog = ChooseLevelDialog(window, "treatment", LEVELS, "control")
    dialog.open()
    return dialog


def press(qtbot, dialog, words):
    for button in dialog.findChildren(QPushButton):
        if button.text() == words:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    pytest.fail(f"no {words}")


def shown(dialog):
    rows = range(dialog.list.count())
    items = (dialog.list.item(row) for row in rows)
    return [item.text() for item in items if not item.isHidden()]


# -- reference level -------------------------------------------------------------------


def test_that_levels_are_shown_in_their_order_with_the_one_in_use(levels):
    assert shown(levels) == ["control (now)", *LEVELS[1:]]
    assert levels.level == "control"
    assert not levels.choose.isEnabled()


def test_that_a_level_is_found_and_chosen_from_the_keyboard(levels, qtbot):
    answers = []
    levels.chosen.connect(answers.append)
    qtbot.keyClicks(levels.line, "GRAZ")
    assert shown(levels) == ["grazed", "Grazed & mown"]
    qtbot.keyClick(levels.line, Key.Key_Down)
    with qtbot.waitSignal(levels.finished):
        qtbot.keyClick(levels.line, Key.Key_Return)
    assert answers == ["Grazed & mown"]


def test_that_the_level_in_use_cannot_be_chosen_again(levels, qtbot):
    with qtbot.assertNotEmitted(levels.chosen):
        qtbot.keyClick(levels.line, Key.Key_Return)
    assert levels.isVisible()


def test_that_a_level_that_is_nowhere_leaves_nothing_to_choose(levels, qtbot):
    qtbot.keyClicks(levels.line, "elephant")
    assert shown(levels) == []
    assert levels.level == ""
    assert not levels.choose.isEnabled()
    levels.line.clear()
    assert len(shown(levels)) == len(LEVELS)


def test_that_a_double_click_chooses(levels, qtbot):
    answers = []
    levels.chosen.connect(answers.append)
    item = levels.list.item(4)
    place = levels.list.visualItemRect(item).center()
    port = levels.list.viewport()
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=place)
    assert answers == ["<b>burnt</b>"]


def test_that_names_however_long_do_not_widen_the_dialog(window):
    dialog = ChooseLevelDialog(window, "c" * 300, ["x" * 300, "y"], "y")
    dialog.open()
    assert dialog.width() < 600
    dialog.close()


# -- save? -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "answer"),
    [("Save", "save"), ("Do not save", "discard"), ("Cancel", "cancel")],
)
def test_that_each_button_gives_its_answer_once(window, qtbot, words, answer):
    dialog = AskSaveDialog(window, "fish in lakes")
    answers = []
    dialog.decided.connect(answers.append)
    dialog.open()
    assert "«fish in lakes»" in dialog.windowTitle()
    with qtbot.waitSignal(dialog.decided):
        press(qtbot, dialog, words)
    assert answers == [answer]


@pytest.mark.parametrize(
    ("key", "answer"), [(Key.Key_Escape, "cancel"), (Key.Key_Return, "save")]
)
def test_that_keys_answer_too(window, qtbot, key, answer):
    dialog = AskSaveDialog(window, "fish")
    dialog.open()
    with qtbot.waitSignal(dialog.decided) as told:
        qtbot.keyClick(dialog, key)
    assert told.args == [answer]


def test_that_closing_the_question_is_no_answer_to_lose_work(window, qtbot):
    dialog = AskSaveDialog(window, "fish")
    dialog.open()
    with qtbot.waitSignal(dialog.decided) as told:
        dialog.close()
    assert told.args == ["cancel"]


def test_that_a_long_title_is_shortened_in_the_middle(window):
    dialog = AskSaveDialog(window, "first " + "x" * 300 + " last")
    dialog.open()
    assert "first" in dialog.windowTitle()
    assert "last" in dialog.windowTitle()
    assert dialog.width() < 600
    dialog.close()


# -- about -----------------------------------------------------------------------------


def test_that_it_names_version_and_licences(window):
    dialog = AboutDialog(window)
    dialog.open()
    said = " ".join(part.text() for part in dialog.findChildren(QLabel))
    for word in (VERSION, "BSD 3-Clause", "LGPL, version 3", "PySide6", "numpy"):
        assert word in said
    dialog.close()


def test_that_every_library_the_program_needs_is_named():
    needed = {text.split(">")[0] for text in project()["dependencies"]}
    assert needed == set(LIBRARIES)
    assert {name for name, _ in library_versions()} == {"Python", *LIBRARIES}


def test_that_versions_can_be_copied(window, qtbot):
    dialog = AboutDialog(window)
    dialog.open()
    press(qtbot, dialog, "Copy versions")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"Tarn {VERSION}\n")
    assert "\nnumpy " in copied
    press(qtbot, dialog, "Close")
