"""What the Picture page offers beyond the lines, and how plots share a selection."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from gui.controls import shortened
from gui.pages.picture_bar import LINES, PictureBar
from gui.welcome.examples import examples
from tests.gui.window_fixtures import (
    LONG_MS,
    choose,
    click,
    open_menu,
    wait_for_fit,
)


@pytest.fixture
def birds(window, qtbot):
    """Give a window with sites crossed with years."""
    click(qtbot, window.welcome.cards[1])
    wait_for_fit(qtbot, window)
    return window


def segment(page, number):
    """One half of the switch between one panel and many."""
    return page.bar.panels._segments[number]


def test_that_each_lake_can_have_its_own_panel(fish, qtbot):
    page = fish.picture_page
    click(qtbot, segment(page, 1))
    assert page.plot is page.panels_plot
    assert page.panels_plot.isVisible()
    assert page.panels_plot.data is page.lines_plot.data
    fish.session.set_formula("log_mass ~ log_length + (1 | lake)")
    wait_for_fit(qtbot, fish)
    assert page.plot is page.panels_plot
    assert page.panels_plot.data is not page.lines_plot.data
    click(qtbot, segment(page, 0))
    assert page.plot is page.lines_plot
    assert page.panels_plot.data is page.lines_plot.data


def test_that_switched_off_lines_stay_off_in_all_panels(fish, qtbot):
    page = fish.picture_page
    click(qtbot, page.bar.toggles["none"])
    click(qtbot, segment(page, 1))
    assert page.panels_plot.shown == page.lines_plot.shown == {"partial", "complete"}


def test_that_panels_are_not_offered_without_groups(fish, qtbot):
    click(qtbot, segment(fish.picture_page, 1))
    fish.session.set_formula("log_mass ~ log_length")
    wait_for_fit(qtbot, fish)
    page = fish.picture_page
    if page.lines_plot.data is None or not page.lines_plot.data.group_name:
        assert not page.bar.panels.isVisible()
        assert page.plot is page.lines_plot


def test_that_the_lines_can_be_of_either_grouping(window, qtbot):
    click(qtbot, window.welcome.cards[3])
    wait_for_fit(qtbot, window)
    bar, page = window.picture_page.bar, window.picture_page
    assert page.lines_plot.data.group_name == "animal"
    click(qtbot, bar.group.button)
    choose(open_menu(), "litter")
    qtbot.waitUntil(
        lambda: page.lines_plot.data.group_name == "litter", timeout=LONG_MS
    )
    assert len(page.lines_plot.data.partial) == 9
    window.session.set_formula("mass ~ week + (1 | animal)")
    wait_for_fit(qtbot, window)
    assert page.lines_plot.data.group_name == "animal"
    assert not bar.group.isVisible()


def test_that_lines_by_year_are_not_offered_over_the_years(birds):
    assert birds.session.fit.n_levels.keys() == {"site", "year"}
    assert birds.picture_page._content.groups == ("site",)


def test_that_a_group_of_one_grouping_does_not_light_its_namesake(birds, qtbot):
    page = birds.picture_page
    birds.session.select_level("year", "2001")
    assert page.lines_plot.own_levels(page.lines_plot._highlighted) == frozenset()
    birds.session.select_level("site", "Puffin Isle")
    assert page.lines_plot.own_levels(page.lines_plot._highlighted) == {"Puffin Isle"}


def test_that_a_click_beside_everything_clears_the_selection(fish):
    fish.session.select_level("lake", "L03")
    fish.picture_page.lines_plot.background_clicked.emit()
    assert not fish.session.selection


def test_that_shift_adds_rows_and_takes_them_away(fish):
    plot = fish.picture_page.lines_plot
    plot.row_clicked.emit(3)
    plot.modifiers = Qt.KeyboardModifier.ShiftModifier
    plot.row_clicked.emit(7)
    assert fish.session.selection.rows == (3, 7)
    plot.row_clicked.emit(3)
    assert fish.session.selection.rows == (7,)
    plot.modifiers = Qt.KeyboardModifier.NoModifier
    plot.row_clicked.emit(9)
    assert fish.session.selection.rows == (9,)


def test_that_every_plot_shows_what_was_selected_in_one(fish, qtbot):
    fish.pages.show_page("diagnostics")
    wait_for_fit(qtbot, fish)
    tiles = fish.diagnostics_page.tiles
    qtbot.waitUntil(lambda: len(tiles) == 5, timeout=LONG_MS)
    tiles["qq_effects_0"].plot.level_clicked.emit("L05")
    assert fish.session.selection.level == "L05"
    n = len(fish.session.selection.rows)
    rows = tiles["residuals_fitted"].plot
    qtbot.waitUntil(lambda: rows._is_chosen.sum() == n, timeout=LONG_MS)
    fish.pages.show_page("picture")
    plot = fish.picture_page.lines_plot
    qtbot.waitUntil(lambda: plot._chosen_levels == {"L05"}, timeout=LONG_MS)


def test_that_groups_get_colours_from_the_menu_of_a_plot(fish, qtbot):
    page = fish.picture_page
    page.lines_plot.menu_requested.emit(QPoint(300, 300))
    choose(open_menu(), "A colour for each lake")
    assert page.link.is_colored
    assert page.lines_plot._is_color_wanted
    click(qtbot, page.bar.more)
    colours = [a for a in open_menu().actions() if "colour" in a.text()]
    assert colours[0].isChecked()
    QApplication.activePopupWidget().close()


def test_that_a_picture_is_copied_from_its_menu(fish, qtbot):
    click(qtbot, fish.picture_page.bar.more)
    choose(open_menu(), "Copy the picture")
    mime = QApplication.clipboard().mimeData()
    assert mime.hasImage()
    assert "copied" in fish.status.words


def test_that_an_old_picture_cannot_be_taken_out(fish):
    page = fish.picture_page
    page.set_stale(True)
    assert "old picture" in page.bar.more.toolTip()
    page.set_stale(False)
    assert "old picture" not in page.bar.more.toolTip()


def test_that_the_enlarged_diagnostic_is_the_one_that_is_saved(fish, qtbot):
    fish.pages.show_page("diagnostics")
    wait_for_fit(qtbot, fish)
    page = fish.diagnostics_page
    qtbot.waitUntil(lambda: len(page.tiles) == 5, timeout=LONG_MS)
    assert fish.commands.out._front_plot() is fish.picture_page.plot
    click(qtbot, page.tiles["qq_residuals"].enlarge)
    assert fish.commands.out._front_plot() is page.tiles["qq_residuals"].plot
    assert not page.tiles["residuals_fitted"].isVisible()
    click(qtbot, page.tiles["qq_residuals"].enlarge)
    assert page.tiles["residuals_fitted"].isVisible()


def test_that_short_words_of_the_lines_follow_the_word_pooling(qtbot):
    bar = PictureBar()
    qtbot.addWidget(bar)
    bar.resize(1200, 60)
    bar.show()
    assert [one.text() for one in bar.toggles.values()] == list(LINES.values())
    assert not bar.pooling.isVisible()
    bar.resize(640, 60)
    qtbot.waitUntil(bar.pooling.isVisible)
    shown = [one.text() for one in bar.toggles.values()]
    assert shown == ["partial", "none", "complete"]
    names = [one.accessibleName() for one in bar.toggles.values()]
    assert names == list(LINES.values())
    bar.show_lines((), has_groups=False)
    assert not bar.pooling.isVisible()


def test_that_a_long_name_is_cut_in_its_middle():
    assert shortened("log_length") == "log_length"
    cut = shortened("a_very_long_name_of_a_column_in_a_sheet")
    assert cut.startswith("a_very_lo")
    assert cut.endswith("a_sheet")
    assert len(cut) == 18


# ---- the x axis goes where the user is at work ---------------------------------


def tick(qtbot, window, effect):
    def is_there():
        (line,) = window.model_pane.clauses.lines
        return line.boxes[effect].isVisible()

    qtbot.waitUntil(is_there)
    click(qtbot, window.model_pane.clauses.lines[0].boxes[effect])
    wait_for_fit(qtbot, window)


def choose_axis(qtbot, window, name):
    bar = window.picture_page.bar
    click(qtbot, bar.axis.button)
    choose(open_menu(), name)
    wait_for_fit(qtbot, window)
    qtbot.waitUntil(lambda: window.picture_page.lines_plot.data.x_name == name)


@pytest.fixture
def ponds(window, qtbot):
    """Give a window with a model of two numbers, both of which vary within ponds."""
    draw = random.Random(7)
    lines = ["pond\tdepth\tshade\tmass"]
    for i in range(96):
        own, depth, shade = i % 8, draw.gauss(5, 1), draw.gauss(3, 1)
        mass = own + (1 + own / 8) * depth + (2 - own / 8) * shade + draw.gauss(0, 1)
        lines.append(f"P{own}\t{depth:.3f}\t{shade:.3f}\t{mass:.3f}")
    window.session.open_text("\n".join(lines) + "\n")
    window.session.set_formula("mass ~ depth + shade + (1 | pond)")
    wait_for_fit(qtbot, window)
    return window


def test_that_the_picture_goes_to_the_effect_that_is_let_vary(ponds, qtbot):
    plot = ponds.picture_page.lines_plot
    assert plot.data.x_name == "depth"
    tick(qtbot, ponds, "effect of shade")
    qtbot.waitUntil(lambda: plot.data.x_name == "shade")
    assert ponds.picture_page.bar.axis.button.text() == "shade"
    tick(qtbot, ponds, "effect of depth")
    qtbot.waitUntil(lambda: plot.data.x_name == "depth")
    tick(qtbot, ponds, "effect of depth")  # taken back: where the other is
    qtbot.waitUntil(lambda: plot.data.x_name == "shade")
    tick(qtbot, ponds, "effect of shade")
    qtbot.waitUntil(lambda: plot.data.x_name == "depth")


def test_that_an_axis_chosen_by_hand_stays(ponds, qtbot):
    choose_axis(qtbot, ponds, "shade")
    tick(qtbot, ponds, "effect of depth")
    assert ponds.picture_page.lines_plot.data.x_name == "shade"
    ponds.session.set_formula("mass ~ depth + (1 | pond)")
    wait_for_fit(qtbot, ponds)
    assert ponds.picture_page.lines_plot.data.x_name == "depth"


def test_that_an_effect_that_varies_when_data_are_opened_moves_no_axis(window, qtbot):
    example = next(one for one in examples() if one.key == "growth")
    window.session.open_example(example)
    wait_for_fit(qtbot, window)
    assert window.picture_page.lines_plot.data.x_name == "week"
