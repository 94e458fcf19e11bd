"""Names as they come: long, with markup, marks and line breaks, and very many."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from engine.model.choice import Choice
from gui.controls import Button, label
from gui.controls.breaking import LONGEST, breakable, shortened, unbroken
from gui.data.column_card import RenameDialog
from gui.data.rows_not_used import NotUsedCard
from gui.data.steps_card import StepsCard
from gui.model.menus import ChoiceMenu
from tests.gui.test_story import pill
from tests.gui.window_fixtures import LONG_MS, click, open_menu, wait_for_fit

LONG = "a very long name " + "x" * 190
NAMES = ("R&D mass", LONG, "<b>html</b> & <i>x</i>")
GROUP = "group & <b>site</b> " + "g" * 180
LEVELS = ("L" * 500, "<b>bold</b>", "R&D", "line\nfeed")


def written(path, names, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
    return path


@pytest.fixture
def hostile(window, qtbot, tmp_path):
    """Give a window with a model of such names."""
    rng = np.random.default_rng(1)
    rows = [
        [*(f"{value:.3f}" for value in rng.normal(size=3)), LEVELS[i % 4]]
        for i in range(80)
    ]
    path = written(tmp_path / f"{'f' * 60} & co <b>.csv", [*NAMES, GROUP], rows)
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
    window.session.set_formula(
        f"`{NAMES[0]}` ~ `{LONG}` + `{NAMES[2]}` + (1 | `{GROUP}`)"
    )
    wait_for_fit(qtbot, window)
    return window


@pytest.fixture
def wide(window, qtbot, tmp_path):
    """Give a window with a table of 120 columns."""
    rng = np.random.default_rng(2)
    names = ["site", *(f"count_{number}" for number in range(120))]
    rows = [[f"S{i % 5}", *rng.normal(size=120).round(3)] for i in range(40)]
    window.commands.open_path(written(tmp_path / "wide.csv", names, rows))
    qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
    return window


# -- texts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [LONG, "a_b" * 60, "mass", "", "x" * (LONGEST + 1), "☃" * 99]
)
def test_that_every_long_word_can_end_a_line_and_is_given_back(text):
    broken = breakable(text)
    assert unbroken(broken) == text
    assert max(map(len, broken.replace("\u200b", " ").split(" "))) <= LONGEST


def test_that_words_of_usual_length_are_not_broken():
    for text in ("log_length of fish", "mean_temperature_may"):
        assert breakable(text) == text


@pytest.mark.parametrize("longest", [5, 8, 9, 40])
def test_that_a_shortened_text_keeps_its_ends(longest):
    short = shortened(f"begin {LONG}\nend", longest)
    assert len(short) <= longest
    assert short.startswith("be")
    assert short.endswith("nd")
    assert shortened("mass", 4) == "mass"


def test_that_a_wrapped_label_of_a_long_word_does_not_ask_for_its_width(qtbot):
    made = label("x" * 300, wrap=True)
    qtbot.addWidget(made)
    assert made.minimumSizeHint().width() < 250
    assert made.text() == "x" * 300


# -- in the window ---------------------------------------------------------------------


def test_that_the_model_pane_keeps_its_width(hostile):
    for area in hostile.model_pane.findChildren(QScrollArea):
        assert area.widget().width() <= area.viewport().width()
    for card in hostile.model_pane.cards.cards.values():
        assert card.visibleRegion().boundingRect().width() == card.width()


def test_that_an_ampersand_in_a_box_is_one(hostile):
    box = hostile.model_pane.clauses.lines[0].boxes[f"effect of {NAMES[2]}"]
    assert box.text().endswith(NAMES[2].replace("&", "&&"))  # as Qt shows one


def test_that_numbers_of_a_term_with_a_long_name_are_seen(hostile, qtbot):
    hostile.pages.show_page("results")
    wait_for_fit(qtbot, hostile)
    for block in hostile.results_page.blocks:
        if block.table.name in {"fixed_effects", "random_effect_variances"}:
            view = block.view
            assert sum(view.shares.widths) <= view.viewport().width()
            assert block.visibleRegion().boundingRect().right() <= block.width()


def test_that_a_button_of_a_finding_is_cut_and_says_all_on_hover(hostile, qtbot):
    qtbot.waitUntil(lambda: bool(hostile.session.findings), timeout=LONG_MS)
    hostile.findings.set_open(False)
    button = hostile.findings._first_button
    assert button.isVisible()
    assert button.width() < hostile.width() // 2
    assert len(button.accessibleName()) > 180


def test_that_a_selected_level_leaves_room_for_the_other_words(hostile):
    hostile.session.select_level(GROUP, LEVELS[0])
    assert hostile.status.selection_words.endswith("20 rows")
    assert hostile.data_pane.footer.counts.visibleRegion().boundingRect().width() > 80


def test_that_cards_of_long_reasons_and_steps_stay_small(hostile, qtbot):
    session = hostile.session
    session.exclude_rows([1], "because " + "y" * 400)
    wait_for_fit(qtbot, hostile)
    for make in (NotUsedCard, StepsCard):
        card = make(session, hostile.data_pane)
        for part in card.findChildren(QLabel):
            assert part.minimumSizeHint().width() <= card.width()
        assert card.height() < 400
        card.deleteLater()


def test_that_the_heading_of_a_panel_is_not_cut_for_a_long_file_name(hostile):
    title = hostile.data_pane.title
    assert title.width() >= title.sizeHint().width()


def test_that_the_question_for_a_name_shows_an_ampersand(hostile):
    dialog = RenameDialog(hostile.session, NAMES[0], hostile)
    dialog.open()
    question = next(p for p in dialog.findChildren(QLabel) if p.buddy() is not None)
    assert question.text() == "Name of R&&D mass from now on"  # as Qt shows one
    dialog.close()


def test_that_a_button_shows_the_whole_of_a_short_text(qtbot):
    button = Button("")
    qtbot.addWidget(button)
    button.set_words("Do not pool R&D")
    assert button.text() == "Do not pool R&&D"
    assert button.toolTip() == ""


# -- many columns ----------------------------------------------------------------------


def test_that_one_of_many_columns_is_found_by_typing(wide, qtbot):
    click(qtbot, pill(qtbot, wide.model_pane, "response"))
    menu = open_menu()
    assert isinstance(menu, ChoiceMenu)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is menu.line, timeout=LONG_MS)
    qtbot.keyClicks(menu.line, "T_117")
    shown = [action for action in menu.actions() if action.isVisible()]
    assert [action.data() for action in shown if action.data()] == ["count_117"]
    qtbot.keyClick(menu.line, Qt.Key.Key_Return)
    wait_for_fit(qtbot, wide)
    assert wide.session.spec.response == "count_117"


def test_that_a_menu_of_very_many_choices_is_laid_out_once_for_each_letter(qtbot):
    owner, laid_out = QWidget(), []
    qtbot.addWidget(owner)

    class Watched(ChoiceMenu):
        def sizeHint(self):
            laid_out.append(1)
            return super().sizeHint()

    menu = Watched(owner, [Choice(i, f"level {i}") for i in range(400)], print)
    menu.popup(QPoint(0, 0))
    qtbot.waitUntil(menu.isVisible)
    tall = menu.sizeHint().height()
    laid_out.clear()
    qtbot.keyClicks(menu.line, "37")
    assert [a.data() for a in menu.actions() if a.isVisible() and a.data()] == [
        37,
        137,
        237,
        337,
        *range(370, 380),
    ]
    assert menu.sizeHint().height() < tall
    assert len(laid_out) < 20  # not one for each of 400 choices
    menu.close()


def test_that_one_of_many_columns_is_chosen_with_the_arrow_keys(wide, qtbot):
    click(qtbot, pill(qtbot, wide.model_pane, "response"))
    menu = open_menu()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is menu.line, timeout=LONG_MS)
    qtbot.keyClicks(menu.line, "count_11")
    qtbot.keyClick(menu.line, Qt.Key.Key_Down)
    qtbot.keyClick(menu.line, Qt.Key.Key_Down)
    marked = menu.activeAction().data()
    qtbot.keyClick(menu.line, Qt.Key.Key_Return)
    wait_for_fit(qtbot, wide)
    assert marked.startswith("count_11")
    assert wide.session.spec.response == marked


def test_that_a_menu_of_many_columns_stays_on_the_screen(wide, qtbot):
    click(qtbot, pill(qtbot, wide.model_pane, "response"))
    menu = open_menu()
    rects = {menu.actionGeometry(action).left() for action in menu.actions()}
    assert len(rects) == 1  # one column that scrolls: none stands beside the screen
    menu.close()
