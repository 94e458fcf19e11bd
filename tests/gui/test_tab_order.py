"""The whole window by keyboard: where the Tab key goes, and that all have names."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QWidget,
)

from engine.model.spec import Pooling
from gui.controls import Pill
from gui.tab_order import in_reading_order
from tests.gui.window_fixtures import LONG_MS, click, wait_for_fit


def stops(window) -> list[QWidget]:
    """Where the Tab key goes until it comes back."""
    window.activateWindow()
    window.header.search.setFocus()
    seen: list[QWidget] = []
    for _ in range(300):
        here = QApplication.focusWidget()
        assert here is not None
        if here in seen:
            return seen
        seen.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    raise AssertionError("The Tab key goes round and round.")


def name(widget: QWidget) -> str:
    """What a screen reader says."""
    if widget.accessibleName():
        return widget.accessibleName()
    return widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""


def first(found: list[QWidget], kind: type) -> int:
    """Place of the first one of a kind."""
    return next(i for i, one in enumerate(found) if isinstance(one, kind))


def test_that_every_stop_on_every_page_has_a_name(fish, qtbot):
    for page in ("picture", "results", "diagnostics", "uncertainty", "predict"):
        fish.pages.show_page(page)
        wait_for_fit(qtbot, fish)
        qtbot.wait(100)
        found = stops(fish)
        assert len(found) > 25
        assert [type(one).__name__ for one in found if not name(one).strip()] == []


def test_that_the_first_page_can_be_used_by_keyboard(window, qtbot):
    found = stops(window)
    assert [type(one).__name__ for one in found if not name(one).strip()] == []
    names = [name(one) for one in found]
    assert "Open your data" in names
    card = window.welcome.cards[0]
    assert card in found
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Return)
    wait_for_fit(qtbot, window)
    assert window.session.title == "Fish in lakes"


def test_that_the_key_goes_as_the_eye_does_also_after_changes(fish, qtbot):
    fish.session.set_formula("log_mass ~ log_length + (1 | lake)")
    wait_for_fit(qtbot, fish)

    def is_in_order():
        found = stops(fish)
        pane = fish.model_pane
        pills = [i for i, one in enumerate(found) if isinstance(one, Pill)]
        card = found.index(pane.cards.cards[Pooling.PARTIAL])
        line = found.index(pane.formula)
        tabs = found.index(fish.pages.tabs)
        toggle = found.index(fish.picture_page.bar.toggles["partial"])
        plot = found.index(fish.picture_page.lines_plot)
        return pills[-1] < card < line < tabs < toggle < plot and len(pills) == 4

    qtbot.waitUntil(is_in_order, timeout=LONG_MS)


def test_that_tables_come_after_the_tools_of_their_page(fish, qtbot):
    fish.pages.show_page("results")
    wait_for_fit(qtbot, fish)
    page = fish.results_page

    def is_in_order():
        views = [block.view for block in page.blocks]
        found = stops(fish)
        if not set(views) <= set(found):
            return False
        places = [found.index(view) for view in views]
        return found.index(page.copy_all) < places[0] and places == sorted(places)

    qtbot.waitUntil(is_in_order, timeout=LONG_MS)


def test_that_the_chosen_card_is_where_the_key_stops(fish):
    cards = fish.model_pane.cards.cards
    found = stops(fish)
    assert [p for p, card in cards.items() if card in found] == [Pooling.PARTIAL]


def test_that_no_part_of_the_window_is_ever_a_window_of_its_own(fish, qtbot):
    for page in ("results", "diagnostics", "uncertainty", "picture"):
        fish.pages.show_page(page)
        wait_for_fit(qtbot, fish)
        shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        assert shown == [fish]
        assert fish.isActiveWindow()


def test_that_a_hidden_field_is_no_stop(fish):
    fields = [one for one in fish.findChildren(QLineEdit) if not one.isVisible()]
    assert not set(fields) & set(stops(fish))


def test_that_the_order_holds_every_widget_once(fish):
    order = list(in_reading_order(fish))
    assert len(order) == len(set(order))
    reachable = {
        one
        for one in fish.findChildren(QWidget)
        if one.focusPolicy() != Qt.FocusPolicy.NoFocus and one.window() is fish
    }
    assert reachable <= set(order)


def test_that_a_box_keeps_the_keyboard_when_it_changes_the_model(fish, qtbot):
    box = fish.model_pane.clauses.lines[0].boxes["effect of log_length"]
    fish.activateWindow()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    wait_for_fit(qtbot, fish)
    assert fish.session.fit.formula == "log_mass ~ log_length + (1 | lake)"
    again = fish.model_pane.clauses.lines[0].boxes["effect of log_length"]
    qtbot.waitUntil(lambda: QApplication.focusWidget() is again, timeout=LONG_MS)
    QTest.keyClick(again, Qt.Key.Key_Space)
    wait_for_fit(qtbot, fish)
    assert "log_length | lake" in fish.session.fit.formula


def test_that_words_that_do_not_change_stay_where_they_are(fish, qtbot):
    before = [one for one in fish.findChildren(Pill) if one.isVisible()]
    click(qtbot, fish.model_pane.cards.cards[Pooling.COMPLETE])
    wait_for_fit(qtbot, fish)
    assert [one for one in fish.findChildren(Pill) if one.isVisible()] == before


def test_that_a_box_that_cannot_change_the_model_goes_back(fish, qtbot):
    line = fish.model_pane.clauses.lines[0]
    spec = fish.session.spec
    line.correlated.setChecked(False)
    fish.model_pane._on_spec_changed()
    assert fish.model_pane.clauses.lines[0].correlated.isChecked()
    assert fish.session.spec == spec
