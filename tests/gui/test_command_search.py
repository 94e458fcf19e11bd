"""The list of commands: what it finds, what it does, what it says of the rest."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from gui.actions import make_actions
from gui.command_search import CommandSearch, closeness, plain_text, why_not

Key = Qt.Key


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.near = QPushButton("Find", made)
    made.show()
    return made


@pytest.fixture
def actions(window):
    return make_actions(window)


@pytest.fixture
def search(window, actions):
    made = CommandSearch(window)
    made.open_with(list(actions.values()), window.near)
    yield made
    made.close()


def words(search):
    return [plain_text(action) for action in search.shown]


def current(search):
    return search.list.currentIndex().data()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("save pro", "Save project"),
        ("dark", "Dark"),
        ("workbook", "Save tables"),
        ("ctrl+k", "Find a command"),
        ("csv", "Save tables"),
        ("tables save", "Save tables"),
        ("DIAG", "Diagnostics"),
        ("coall", "Copy all tables"),
        ("outlier", "Exclude the selected rows"),
        ("icc", "Results"),
        ("p value", "Results"),
        ("anova", "Results"),
        ("qq", "Diagnostics"),
        ("plot", "Picture"),
        ("word", "Save tables"),
        ("figure png", "Save picture"),
        ("random slope", "Partially pooled"),
        ("warnings", "Show or hide findings"),
        ("comma", "Preferences"),
        ("ebr", "Estimate by REML"),
    ],
)
def test_that_a_few_letters_find_a_command(search, qtbot, typed, first):
    qtbot.keyClicks(search.line, typed)
    assert words(search)[0] == first


def test_that_every_word_must_be_somewhere():
    assert closeness("save elephant", "Save project") == 0
    assert closeness("", "Save project") > 0
    assert closeness("sa", "Save project") > closeness("ro", "Save project")


def test_that_letters_scattered_over_words_find_nothing(search, qtbot):
    assert closeness("icc", "Bring all excluded rows back") == 0
    assert closeness("bae", "Bring all excluded rows back") > 0
    qtbot.keyClicks(search.line, "icc")
    assert words(search) == ["Results"]


@pytest.mark.parametrize(
    ("key", "shortcut"),
    [("close", "Ctrl+W"), ("quit", "Ctrl+Q"), ("preferences", "Ctrl+,")],
)
def test_that_well_known_keys_work_on_every_system(actions, key, shortcut):
    assert QKeySequence(shortcut) in actions[key].shortcuts()


def test_that_no_two_commands_share_their_keys(actions):
    keys = [one.toString() for made in actions.values() for one in made.shortcuts()]
    assert "" not in keys
    assert len(keys) == len(set(keys))


def test_that_marks_of_keys_and_dots_are_not_shown(window):
    assert plain_text(QAction("Save R&&D &as…", window)) == "Save R&D as"


def test_that_all_commands_are_shown_in_their_order_before_anything_is_typed(
    search, actions
):
    assert list(search.shown) == list(actions.values())


def test_that_enter_does_the_marked_command_and_closes(search, actions, qtbot):
    qtbot.keyClicks(search.line, "about")
    with qtbot.waitSignal(actions["about"].triggered):
        qtbot.keyClick(search.line, Key.Key_Return)
    assert search.isHidden()


def test_that_arrow_keys_move_the_mark_and_go_round(search, qtbot):
    qtbot.keyClicks(search.line, "save")
    names = words(search)
    assert len(names) > 2
    assert current(search) == names[0]
    qtbot.keyClick(search.line, Key.Key_Down)
    assert current(search) == names[1]
    qtbot.keyClick(search.line, Key.Key_Up)
    qtbot.keyClick(search.line, Key.Key_Up)
    assert current(search) == names[-1]


def test_that_escape_closes_and_does_nothing(search, actions, qtbot):
    done = []
    for action in actions.values():
        action.triggered.connect(lambda: done.append(1))
    qtbot.keyClick(search.line, Key.Key_Escape)
    assert search.isHidden()
    assert done == []


def test_that_what_cannot_be_done_is_shown_with_the_reason(search, actions, qtbot):
    for key in ("exclude", "exclude_why"):
        actions[key].setEnabled(False)
    actions["exclude"].triggered.connect(lambda: pytest.fail("was done"))
    assert why_not(actions["exclude"]) == "needs a selection"
    assert why_not(actions["include"]) == ""
    qtbot.keyClicks(search.line, "exclude the")
    index = search.list.model().index(0, 0)
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Exclude the selected rows")
    assert said.endswith("needs a selection")
    qtbot.keyClick(search.line, Key.Key_Return)
    assert search.isVisible()


def test_that_the_mark_starts_on_what_can_be_done(search, actions, qtbot):
    actions["save"].setEnabled(False)
    qtbot.keyClicks(search.line, "save project")
    assert current(search) == "Save project as"


def test_that_a_click_does_a_command(search, actions, qtbot):
    qtbot.keyClicks(search.line, "about")
    place = search.list.visualRect(search.list.model().index(0, 0)).center()
    with qtbot.waitSignal(actions["about"].triggered):
        qtbot.mouseClick(search.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_that_nothing_found_is_said(search, qtbot):
    qtbot.keyClicks(search.line, "elephant")
    assert search.shown == ()
    assert search.list.isHidden()
    qtbot.keyClick(search.line, Key.Key_Return)
    qtbot.keyClick(search.line, Key.Key_Down)
    assert search.isVisible()


def test_that_opening_again_forgets_what_was_typed(search, actions, window, qtbot):
    qtbot.keyClicks(search.line, "elephant")
    search.close()
    search.open_with(list(actions.values()), window.near)
    assert search.line.text() == ""
    assert len(search.shown) == len(actions)


def test_that_it_keeps_its_place_near_what_opened_it(search, window):
    assert search.width() <= window.screen().availableGeometry().width()
    assert window.screen().availableGeometry().contains(search.geometry())
