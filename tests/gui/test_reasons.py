"""Why rows are excluded: asked for before, given and changed later, always undoable."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from engine.reporting.methods_text import model_text
from gui.data.rows_not_used import NotUsedCard, not_used
from gui.dialogs.ask_reason import AskReasonDialog
from tests.gui.window_fixtures import LONG_MS, choose, click, wait_for_fit

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def asked(qtbot) -> AskReasonDialog:
    """The question that is open."""
    qtbot.waitUntil(
        lambda: isinstance(QApplication.activeModalWidget(), AskReasonDialog),
        timeout=LONG_MS,
    )
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AskReasonDialog)
    return dialog


def button(card, words) -> QPushButton:
    found = [b for b in card.findChildren(QPushButton) if b.accessibleName() == words]
    assert len(found) == 1, [b.accessibleName() for b in card.findChildren(QPushButton)]
    return found[0]


def reasons(window) -> dict:
    return {group.words: group.rows for group in not_used(window.session)}


@pytest.fixture
def card(fish, qtbot):
    """Open the card below the rows by a click."""

    def opened():
        click(qtbot, fish.data_pane.footer.counts)
        made = QApplication.activePopupWidget()
        assert isinstance(made, NotUsedCard)
        return made

    return opened


def test_that_shift_delete_asks_and_the_typed_reason_is_kept_with_the_rows(fish, qtbot):
    fish.session.select_rows([3, 57])
    fish.data_pane.view.setFocus()
    qtbot.keyClick(fish.data_pane.view, Key.Key_Delete, SHIFT)
    dialog = asked(qtbot)
    assert fish.session.document.steps == ()
    assert dialog.windowTitle() == "Exclude 2 rows"
    assert dialog.rows.text() == "Rows 3, 57."
    qtbot.keyClicks(dialog.line, "  torn   fins ")
    with qtbot.waitSignal(dialog.given):
        qtbot.keyClick(dialog.line, Key.Key_Return)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"torn fins": (3, 57)}
    assert "torn fins (2)" in model_text(fish.session.fit).text


def test_that_delete_asks_nothing(fish, qtbot):
    fish.session.select_rows([3])
    fish.data_pane.view.setFocus()
    qtbot.keyClick(fish.data_pane.view, Key.Key_Delete)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"": (3,)}


def test_that_a_ready_reason_takes_two_clicks_from_the_menu_of_the_rows(fish, qtbot):
    fish.session.select_rows([3])
    menu = fish.data_pane.row_menu()
    choose(menu, "Exclude 1 row with a reason")
    dialog = asked(qtbot)
    click(qtbot, dialog.ready[1])
    assert dialog.line.text() == "typing error"
    click(qtbot, dialog.answer)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"typing error": (3,)}
    menu.deleteLater()


def test_that_a_lake_keeps_its_name_beside_the_reason(fish, qtbot):
    fish.session.select_level("lake", "L09")
    rows = fish.session.selection.rows
    fish.actions_by_key["exclude_why"].trigger()
    dialog = asked(qtbot)
    assert dialog.rows.text() == "lake L09."
    click(qtbot, dialog.ready[3])
    click(qtbot, dialog.answer)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"L09: instrument failed": rows}


@pytest.mark.parametrize("key", [Key.Key_Escape, None])
def test_that_giving_the_question_up_excludes_nothing(fish, qtbot, key):
    fish.session.select_rows([3])
    fish.actions_by_key["exclude_why"].trigger()
    dialog = asked(qtbot)
    with qtbot.waitSignal(dialog.finished):
        if key is None:
            dialog.close()
        else:
            qtbot.keyClick(dialog, key)
    assert fish.session.document.steps == ()


def test_that_a_reason_may_stay_empty(fish, qtbot):
    fish.session.select_rows([3])
    fish.actions_by_key["exclude_why"].trigger()
    click(qtbot, asked(qtbot).answer)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"": (3,)}


def test_that_nothing_is_asked_of_rows_that_are_out_already(fish, qtbot):
    fish.session.exclude_rows([3])
    wait_for_fit(qtbot, fish)
    fish.session.select_rows([3])
    fish.actions_by_key["exclude_why"].trigger()
    assert QApplication.activeModalWidget() is None


def test_that_a_reason_is_given_later_changed_and_undone(fish, qtbot, card):
    fish.session.exclude_rows([3])
    wait_for_fit(qtbot, fish)
    fish.session.exclude_rows([57])
    wait_for_fit(qtbot, fish)
    click(qtbot, button(card(), "Say why: Row 57"))
    dialog = asked(qtbot)
    assert dialog.windowTitle() == "Why is row 57 excluded?"
    qtbot.keyClicks(dialog.line, "net torn")
    click(qtbot, dialog.answer)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"": (3,), "net torn": (57,)}
    assert fish.session.undo_words == "Reason: net torn"
    click(qtbot, button(card(), "Change the reason: Row 57: net torn"))
    dialog = asked(qtbot)
    assert dialog.line.text() == "net torn"
    qtbot.keyClicks(dialog.line, "measured twice")
    click(qtbot, dialog.answer)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"": (3,), "measured twice": (57,)}
    click(qtbot, fish.header.undo)
    wait_for_fit(qtbot, fish)
    assert reasons(fish) == {"": (3,), "net torn": (57,)}
    click(qtbot, fish.header.undo)
    wait_for_fit(qtbot, fish)
    told = [(group.words, group.rows) for group in not_used(fish.session)]
    assert told == [("", (3,)), ("", (57,))]


def test_that_the_same_reason_again_is_no_change(fish, qtbot, card):
    fish.session.exclude_rows([3], "torn fins")
    wait_for_fit(qtbot, fish)
    before = fish.session.undo_words
    click(qtbot, button(card(), "Change the reason: Row 3: torn fins"))
    click(qtbot, asked(qtbot).answer)
    assert fish.session.undo_words == before


def test_that_reasons_given_before_complete_what_is_typed(fish, qtbot):
    fish.session.exclude_rows([3], "gill net torn")
    wait_for_fit(qtbot, fish)
    fish.session.select_rows([4])
    fish.actions_by_key["exclude_why"].trigger()
    dialog = asked(qtbot)
    completer = dialog.line.completer()
    completer.setCompletionPrefix("NET")
    assert completer.currentCompletion() == "gill net torn"
    dialog.close()
