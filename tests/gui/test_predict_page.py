"""The Predict page: what is set, the five answers, the picture of one of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.inference.prediction import KINDS
from gui.pages.predict import questions_view
from gui.pages.predict.level_popover import LevelPopover
from gui.pages.predict.number_control import NumberControl
from gui.theme import DARK
from tests.gui.test_hostile_names import GROUP, LONG, NAMES, hostile  # noqa: F401
from tests.gui.window_fixtures import (
    LONG_MS,
    choose,
    click,
    open_menu,
    wait_for_fit,
)
from tests.gui.words_seen import words_seen

PARALLEL = "log_mass ~ log_length + (1 | lake)"
POPULATION, GROUP_MEAN, ROW, NEW_MEAN, NEW_ROW = range(5)


@pytest.fixture
def page(fish, qtbot):
    """Give the page with the fish."""
    return shown(fish, qtbot)


def shown(window, qtbot):
    window.pages.show_page("predict")
    wait_for_fit(qtbot, window)
    return window.predict_page.questions


def settle(qtbot, window):
    """Wait until what is set is answered."""
    page = window.predict_page
    qtbot.waitUntil(
        lambda: (
            not page.is_waiting
            and window.pages.shown_model is window.session.fit
            and not window.session.is_busy
        ),
        timeout=LONG_MS,
    )


def pick(qtbot, window, control, level):
    """Choose a level from the list that a control opens."""
    click(qtbot, control.button)
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, LevelPopover)
    lines = [
        popover.list.model().index(row, 0).data()
        for row in range(popover.list.model().rowCount())
    ]
    popover._choose(popover.list.model().index(lines.index(level), 0))
    settle(qtbot, window)


def estimates(page):
    return page.answers.table.frame["Estimate"].tolist()


def answered(page):
    """The numbers of the questions that have an answer."""
    return page.answers.table.frame["Estimate"].dropna().tolist()


def test_that_the_mean_over_all_lakes_is_answered_first(page, fish):
    model = fish.session.fit
    at = page.content.settings.values["log_length"]
    expected = model.predict(pd.DataFrame({"log_length": [at]}))
    assert estimates(page)[POPULATION] == expected.loc[0, "estimate"]
    assert "over all lakes" in page.sentence.text()
    assert page.plot is page.line_plot
    assert page.line_plot.data.kind == "population"
    assert page.answers.shown_row == POPULATION


def test_that_a_moved_slider_changes_table_and_picture(page, fish, qtbot):
    before, slider = estimates(page), page.inputs.numbers["log_length"].slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_PageUp)
    settle(qtbot, fish)
    value = page.inputs.numbers["log_length"].value
    assert value > page.content.inputs.numbers["log_length"].mean
    assert page.content.settings.values["log_length"] == value
    assert estimates(page)[POPULATION] > before[POPULATION]
    x, _ = page.line_plot.chosen.dot.get_data()
    assert x.tolist() == [value]
    assert page.inputs.numbers["log_length"].field.text() in page.answers.table.title


def test_that_a_storm_of_moves_ends_with_the_last(page, fish, qtbot):
    control = page.inputs.numbers["log_length"]
    for step in (3, 90, 40, 170, 120):
        control.slider.setValue(step)
        qtbot.wait(10)
    settle(qtbot, fish)
    assert control.slider.value() == 120
    assert page.content.settings.values["log_length"] == control.number.at(120)
    assert not page.line_plot.is_stale


def test_that_choosing_a_lake_answers_the_questions_about_it(page, fish, qtbot):
    assert np.isnan(estimates(page)[GROUP_MEAN])
    pick(qtbot, fish, page.inputs.groups["lake"], "L05")
    assert np.isfinite(estimates(page)).all()
    assert "lake L05" in page.answers.table.frame["Question"][GROUP_MEAN]
    own = page.line_plot.own.points.get_data()[0]
    assert len(own) == (fish.session.fit.design.frame["lake"] == "L05").sum()
    pick(qtbot, fish, page.inputs.groups["lake"], "a new lake")
    assert np.isnan(estimates(page)[ROW])


def test_that_a_row_of_the_table_chooses_the_band(page, qtbot):
    width = np.ptp(page.line_plot.band.get_data()[1:], axis=0).max()
    view = page.answers.view
    view.setFocus()
    for _ in range(NEW_ROW):
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert page.line_plot.data.kind == "new_observation"
    assert np.ptp(page.line_plot.band.get_data()[1:], axis=0).max() > width
    assert page.sentence.text().startswith("A single new log_mass in a new lake")
    assert "single new" in page.line_plot.data.caption


def test_that_the_band_of_a_lake_waits_for_a_lake(page, fish, qtbot):
    page.answers.row_chosen.emit(ROW)
    assert page.line_plot.data.kind == "population"
    assert page.answers.shown_row == POPULATION
    assert "choose one" in page.sentence.text()
    pick(qtbot, fish, page.inputs.groups["lake"], "L09")
    assert page.line_plot.data.kind == "observation"
    assert page.answers.shown_row == ROW


def test_that_a_typed_number_beyond_the_rows_is_extrapolated(page, fish, qtbot):
    control = page.inputs.numbers["log_length"]
    control.field.setText("7,5")
    control.field.editingFinished.emit()
    settle(qtbot, fish)
    assert control.value == 7.5
    assert control.said.text().startswith("Extrapolated")
    assert control.said.isVisible()
    assert any(line.startswith("Extrapolated") for line in page.answers.table.foot)
    assert page.line_plot.band.get_data()[0][-1] == 7.5
    control.slider.setValue(10)
    settle(qtbot, fish)
    assert not control.said.isVisible()


def test_that_what_is_no_number_changes_nothing_and_is_told(page, fish, qtbot):
    control, before = page.inputs.numbers["log_length"], answered(page)
    control.field.setText("much")
    control.field.editingFinished.emit()
    assert "no number" in control.said.text()
    assert control.field.property("wrong")
    page.answers.row_chosen.emit(NEW_MEAN)
    assert answered(page) == before
    control.slider.setValue(30)
    settle(qtbot, fish)
    assert not control.field.property("wrong")
    assert answered(page) != before


def test_that_leaving_the_field_asks_for_nothing_new(page, fish):
    asked = []
    page.inputs.numbers["log_length"].changed.connect(lambda *what: asked.append(what))
    page.inputs.numbers["log_length"].field.editingFinished.emit()
    assert asked == []


def test_that_settings_survive_another_model(page, fish, qtbot):
    control = page.inputs.numbers["log_length"]
    control.slider.setValue(77)
    pick(qtbot, fish, page.inputs.groups["lake"], "L04")
    value = control.value
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    assert page.content.settings.values["log_length"] == value
    assert page.content.settings.groups == {"lake": "L04"}
    assert page.inputs.numbers["log_length"] is control
    fish.session.set_formula("log_mass ~ 1 + (1 | lake)")
    wait_for_fit(qtbot, fish)
    assert page.inputs.numbers == {}
    assert page.plot is page.strip_plot
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    assert page.inputs.numbers["log_length"].value == value


def test_that_without_a_covariate_lakes_stand_side_by_side(fish, qtbot):
    fish.session.set_formula("log_mass ~ 1 + (1 | lake)")
    wait_for_fit(qtbot, fish)
    page = shown(fish, qtbot)
    assert page.plot is page.strip_plot
    assert len(page.strip_plot.dots.get_data()[0]) == 12
    pick(qtbot, fish, page.inputs.groups["lake"], "L03")
    page.answers.row_chosen.emit(GROUP_MEAN)
    assert page.strip_plot.chosen.dot.get_data()[0].tolist() == [2.0]
    assert np.ptp(page.strip_plot.dots.get_data()[1]) > 0


def test_that_a_model_of_one_mean_has_nothing_to_set(fish, qtbot):
    fish.session.set_formula("log_mass ~ 1")
    wait_for_fit(qtbot, fish)
    page = shown(fish, qtbot)
    assert page.plot is page.strip_plot
    assert np.isfinite(estimates(page)[POPULATION])


def test_that_least_squares_says_which_questions_it_has_not(fish, qtbot):
    fish.session.set_formula("log_mass ~ log_length")
    wait_for_fit(qtbot, fish)
    page = shown(fish, qtbot)
    assert page.inputs.groups == {}
    asked = page.answers.table.frame["Question"]
    assert "no groups" in asked[NEW_MEAN]
    assert np.isfinite(estimates(page)[ROW])
    page.answers.row_chosen.emit(ROW)
    assert page.line_plot.data.kind == "observation"


def test_that_the_intervals_can_be_wider(page, fish, qtbot):
    narrow = page.answers.table.frame["95 % upper"][0]
    click(qtbot, page.bar.level.button)
    choose(open_menu(), "99 %")
    settle(qtbot, fish)
    assert page.answers.table.frame["99 % upper"][0] > narrow
    assert page.bar.level.button.text() == "99 %"


def test_that_the_axis_can_be_another_column(window, qtbot):
    click(qtbot, window.welcome.cards[2])
    wait_for_fit(qtbot, window)
    page = shown(window, qtbot)
    assert page.line_plot.data.x_name == "nitrogen"
    click(qtbot, page.bar.axis.button)
    choose(open_menu(), "variety")
    settle(qtbot, window)
    assert page.plot is page.strip_plot
    assert page.strip_plot.data.levels == ("Alder", "Brant", "Corrie")
    pick(qtbot, window, page.inputs.categories["variety"], "Corrie")
    assert page.strip_plot.chosen.dot.get_data()[0].tolist() == [2.0]


def test_that_a_value_without_meaning_is_told_and_the_last_answer_stays_dimmed(
    fish, qtbot
):
    fish.session.set_formula("log_mass ~ log(log_length) + (1 | lake)")
    wait_for_fit(qtbot, fish)
    page = shown(fish, qtbot)
    before, control = answered(page), page.inputs.numbers["log_length"]
    control.field.setText("-2")
    control.field.editingFinished.emit()
    settle(qtbot, fish)
    assert page.banner.isVisible()
    said = " ".join(words_seen(page.banner))
    assert "of what was set before" in said.replace("\u200b", "")
    assert answered(page) == before
    assert page.answers.view.is_stale
    assert page.line_plot.is_stale
    control.slider.setValue(20)
    settle(qtbot, fish)
    assert not page.banner.isVisible()
    assert not page.line_plot.is_stale


def test_that_an_answer_that_takes_long_is_dimmed_meanwhile(page, fish, qtbot, gated):
    gate = gated(questions_view, "make_predictions")
    old = page.content
    page.inputs.numbers["log_length"].slider.setValue(9)
    qtbot.waitUntil(lambda: page.answers.view.is_stale, timeout=LONG_MS)
    assert page.line_plot.is_stale
    assert page.content is old
    page.inputs.numbers["log_length"].slider.setValue(200)
    gate.open()
    settle(qtbot, fish)
    assert page.content.settings.values["log_length"] == (
        page.inputs.numbers["log_length"].number.at(200)
    )
    assert not page.answers.view.is_stale


def test_that_old_answers_are_dimmed_while_a_fit_runs(page, fish, qtbot, slow_fit):
    fish.session.set_formula(PARALLEL)
    qtbot.waitUntil(lambda: page.line_plot.is_stale, timeout=LONG_MS)
    assert page.answers.view.is_stale
    assert "old picture" in page.bar.more.toolTip()
    slow_fit.open()
    wait_for_fit(qtbot, fish)
    assert not page.answers.view.is_stale


def test_that_each_number_is_explained_and_the_pane_follows_it(page, fish, qtbot):
    page.answers.view.choose(NEW_MEAN, 1)
    pane = fish.explaining.pane
    assert "new group" in pane.plain_text()
    assert page.answers.view.cells.text(NEW_MEAN, 1) in pane.plain_text()
    assert page.line_plot.data.kind == "new_group"
    page.inputs.numbers["log_length"].slider.setValue(5)
    settle(qtbot, fish)
    table = page.answers.table
    assert table.text(NEW_MEAN, "95 % lower") in pane.plain_text()
    assert table.text(NEW_MEAN, "Estimate") in pane.plain_text()
    fish.explaining.hide()
    assert page.answers.view.explained is None


@pytest.mark.parametrize("row", range(5))
def test_that_the_help_button_explains_the_question_in_the_picture(page, fish, row):
    page.answers.row_chosen.emit(row)
    page.bar.explain.click()
    assert fish.explaining._topic == f"predict_{KINDS[row]}"
    assert "no explanation" not in fish.explaining.pane.plain_text()


def test_that_table_and_picture_can_be_copied(page, fish, qtbot):
    page.answers._copy.click()
    clipboard = QApplication.clipboard()
    qtbot.waitUntil(lambda: "over all lakes" in clipboard.text(), timeout=LONG_MS)
    click(qtbot, page.bar.more)
    choose(open_menu(), "Copy the picture")
    assert clipboard.mimeData().hasImage()


@pytest.mark.parametrize("axis", ["log_length", "lake"])
def test_that_the_copy_for_print_shows_the_same(page, fish, qtbot, axis):
    page.bar.axis.chosen.emit(axis)
    settle(qtbot, fish)
    plot = page.plot
    copy = plot.replica(DARK, has_words=True)
    qtbot.addWidget(copy)
    assert copy.data is plot.data
    assert "interval" in copy.data.caption


def test_that_other_data_begin_anew(page, fish, qtbot):
    page.inputs.numbers["log_length"].slider.setValue(3)
    click_card = fish.welcome.cards[3]
    fish.session.close_table()
    assert page.content is None
    qtbot.waitUntil(click_card.isVisible, timeout=LONG_MS)
    click(qtbot, click_card)
    wait_for_fit(qtbot, fish)
    page = shown(fish, qtbot)
    assert list(page.inputs.numbers) == ["week"]
    assert page.content.settings.values["week"] == page.inputs.numbers["week"].value


def test_that_choosing_an_animal_chooses_its_litter(window, qtbot):
    click(qtbot, window.welcome.cards[3])
    wait_for_fit(qtbot, window)
    page = shown(window, qtbot)
    frame = window.session.fit.design.frame
    animal, litter, sex = frame[["animal", "litter", "sex"]].iloc[-1]
    pick(qtbot, window, page.inputs.groups["animal"], animal)
    assert page.inputs.groups["litter"].level == litter
    assert page.inputs.categories["sex"].level == sex


def test_that_hostile_names_are_shown_as_they_are(hostile, qtbot):  # noqa: F811
    page = shown(hostile, qtbot)
    assert set(page.inputs.numbers) == {LONG, NAMES[2]}
    assert page.minimumSizeHint().width() < 700
    control = page.inputs.groups[GROUP]
    assert len(control.button.text()) <= 24
    pick(qtbot, hostile, control, "R&D")
    assert control.button.text() == "R&&D"
    assert np.isfinite(estimates(page)[GROUP_MEAN])
    assert page.inputs.numbers[LONG].isVisible()


def test_that_no_model_leaves_an_empty_page(page, fish, qtbot):
    fish.session.set_spec(None)
    qtbot.waitUntil(lambda: fish.session.fit is None, timeout=LONG_MS)
    assert not page.isVisible()


# ---- parts --------------------------------------------------------------------------


def test_that_the_slider_goes_where_it_is_clicked(page, qtbot):
    control = page.inputs.numbers["log_length"]
    assert isinstance(control, NumberControl)
    slider = control.slider
    at = slider.rect().center()
    at.setX(slider.width() - 2)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=at)
    assert slider.value() == slider.maximum()
    assert control.value == pytest.approx(control.number.high, abs=0.011)


def test_that_a_long_list_of_levels_is_searched_by_typing(page, qtbot):
    popover = LevelPopover(page, "nest", [f"nest {i}" for i in range(3000)], 0)
    chosen = []
    popover.chosen.connect(chosen.append)
    popover.show_below(page.bar)
    assert popover.line.isVisible()
    QTest.keyClicks(popover.line, "T 29")
    assert popover.list.model().rowCount() == 111
    QTest.keyClick(popover.line, Qt.Key.Key_Down)
    QTest.keyClick(popover.line, Qt.Key.Key_Return)
    assert chosen == [290]


def test_that_a_search_without_a_match_says_so_and_chooses_nothing(page):
    popover = LevelPopover(page, "nest", [f"nest {i}" for i in range(50)], 0)
    chosen = []
    popover.chosen.connect(chosen.append)
    popover.show_below(page.bar)
    popover.line.setText("owl")
    assert popover._nothing.isVisible()
    QTest.keyClick(popover.line, Qt.Key.Key_Return)
    assert chosen == []
    popover.close()
