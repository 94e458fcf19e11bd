"""Means and comparisons on the Predict page."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import engine
from engine.diagnostics.compared_inputs import Quantity
from engine.inference.choice import InferenceChoice
from gui.pages.predict.level_popover import LevelPopover
from gui.theme import DARK
from tests.gui.test_hostile_names import hostile  # noqa: F401
from tests.gui.window_fixtures import LONG_MS, choose, click, open_menu, wait_for_fit

SEABIRDS, SPLIT_PLOT = 1, 2


def show_means(window, qtbot):
    window.pages.show_page("predict")
    wait_for_fit(qtbot, window)
    click(qtbot, window.predict_page.mode._segments[1])
    settle(qtbot, window)
    return window.predict_page.means


@pytest.fixture
def yields(window, qtbot):
    """Give a window with the split plot."""
    click(qtbot, window.welcome.cards[SPLIT_PLOT])
    wait_for_fit(qtbot, window)
    return window


@pytest.fixture
def view(yields, qtbot):
    """Give the means of the split plot."""
    return show_means(yields, qtbot)


def settle(qtbot, window):
    """Wait until what is set is answered."""
    page = window.predict_page
    qtbot.waitUntil(
        lambda: (
            not page.is_waiting
            and window.pages.shown_model is window.session.fit
            and not window.session.is_busy
            and page.means.content is not None
            and page.means.content.wanted is page.means.wanted
            and page.means.content.model is window.session.fit
        ),
        timeout=LONG_MS,
    )


def pick(qtbot, window, control, words):
    """Choose from the list that a control opens."""
    click(qtbot, control.button)
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, LevelPopover)
    model = popover.list.model()
    lines = [model.index(row, 0).data() for row in range(model.rowCount())]
    popover._choose(model.index(lines.index(words), 0))
    settle(qtbot, window)


def test_that_the_first_factor_is_compared_first(view, yields):
    expected = engine.marginal_means(yields.session.fit, "variety")
    np.testing.assert_array_equal(view.means.table.frame["Mean"], expected["estimate"])
    assert view.means.isVisible()
    assert view.differences.isHidden()
    assert "The clearest of 3 comparisons" in view.sentence.text()
    assert len(view.picture.rows) == 72


def test_that_comparisons_have_a_picture_and_a_table_of_their_own(view, qtbot):
    click(qtbot, view.which._segments[1])
    assert view.differences.isVisible()
    assert view.means.isHidden()
    assert view.picture.data.zero == 0
    assert view.picture.data.levels[0] == "Alder − Brant"
    assert view.picture.has_marks
    assert len(view.differences.table.frame) == 3


def test_that_means_at_each_dose_are_joined_and_coloured(view, yields, qtbot):
    pick(qtbot, yields, view.column.by, "nitrogen")
    data = view.picture.data
    assert data.series == ("0", "40", "80", "120")
    assert len(set(view.picture._colors())) == 4
    assert np.isfinite(view.picture.joins.get_data()[1]).sum() == 12
    assert view.column.numbers["nitrogen"].isHidden()  # told apart, not held
    x = view.picture.dots.get_data()[0]
    assert len(np.unique(x)) == 12


def test_that_slopes_are_looked_at_for_each_level(view, yields, qtbot):
    pick(qtbot, yields, view.column.kind, "slope of nitrogen")
    assert view.content.asked.quantity == Quantity(("variety",), "nitrogen")
    assert "Slope" in view.means.table.frame
    pick(qtbot, yields, view.column.columns, "all together")
    assert view.content.asked.quantity == Quantity((), "nitrogen")
    assert view.picture.isHidden() or not view.picture.isVisible()
    assert view.which.isHidden()
    assert view.means.isVisible()
    assert "Change of grain_yield per unit of nitrogen is" in view.sentence.text()


def test_that_holding_a_covariate_elsewhere_moves_the_means(view, yields, qtbot):
    control = view.column.numbers["nitrogen"]
    assert "Its mean, 60" in control.said.text()
    before = view.means.table.frame["Mean"].tolist()
    control.slider.setFocus()
    QTest.keyClick(control.slider, Qt.Key.Key_PageUp)
    settle(qtbot, yields)
    assert view.wanted.values == {"nitrogen": control.value}
    after = view.means.table.frame["Mean"].tolist()
    assert all(new > old for new, old in zip(after, before, strict=True))
    assert control.said.isHidden()


def test_that_a_covariate_held_beyond_the_rows_is_said(view, yields, qtbot):
    control = view.column.numbers["nitrogen"]
    control.field.setText("500")
    control.field.editingFinished.emit()
    settle(qtbot, yields)
    assert "your rows have nitrogen from 0 to 120" in control.said.text()


def test_that_one_control_is_asked_for_where_it_is_needed(view, yields, qtbot):
    assert view.column.control.isHidden()
    pick(qtbot, yields, view.column.way, "each with one")
    assert view.column.control.isVisible()
    assert view.column.adjust.level == "Dunnett"
    pick(qtbot, yields, view.column.control, "Brant")
    names = view.differences.table.frame["Comparison"].tolist()
    assert names == ["Alder − Brant", "Corrie − Brant"]


def test_that_the_adjustment_changes_p_and_is_said(view, yields, qtbot):
    before = view.differences.table.frame["p"].tolist()
    pick(qtbot, yields, view.column.adjust, "nothing")
    after = view.differences.table.frame["p"].tolist()
    assert all(new < old for new, old in zip(after, before, strict=True))
    assert "not adjusted" in " ".join(view.differences.table.foot)


def test_that_the_level_is_chosen_here_and_the_method_with_the_results(
    view, yields, qtbot
):
    click(qtbot, view.level.button)
    choose(open_menu(), "99")
    settle(qtbot, yields)
    assert "99 % lower" in view.means.table.frame
    yields.session.set_inference(InferenceChoice(df="kenward-roger"))
    qtbot.waitUntil(lambda: view.content.choice.df == "kenward-roger", timeout=LONG_MS)
    settle(qtbot, yields)
    model = yields.session.fit
    assert "Kenward–Roger" in " ".join(view.means.table.foot)
    expected = engine.marginal_means(model, "variety", df="kenward-roger", level=0.99)
    np.testing.assert_allclose(view.means.table.frame["99 % lower"], expected["lower"])


def test_that_numbers_are_explained_and_the_pane_follows_them(view, yields, qtbot):
    view.means.view.choose(0, 1)
    pane = yields.explaining.pane
    assert "everything else is even" in pane.plain_text()
    shown = view.means.table.text(0, "Mean")
    assert shown in pane.plain_text()
    control = view.column.numbers["nitrogen"]
    control.slider.setValue(control.slider.maximum())
    settle(qtbot, yields)
    new = view.means.table.text(0, "Mean")
    assert new != shown
    assert new in pane.plain_text()
    assert view.means.table.text(0, "95 % upper") in pane.plain_text()


@pytest.mark.parametrize("which", [0, 1])
def test_that_the_help_button_explains_what_is_shown(view, yields, qtbot, which):
    click(qtbot, view.which._segments[which])
    click(qtbot, view.explain)
    topic = ("marginal_means", "comparisons")[which]
    assert yields.explaining._topic == topic
    assert "no explanation" not in yields.explaining.pane.plain_text()


def test_that_settings_survive_another_model_with_the_same_columns(view, yields, qtbot):
    pick(qtbot, yields, view.column.by, "nitrogen")
    yields.session.set_formula("grain_yield ~ nitrogen + variety + (1 | block)")
    wait_for_fit(qtbot, yields)
    settle(qtbot, yields)
    assert view.content.asked.settings.by == "nitrogen"
    yields.session.set_formula("grain_yield ~ variety + (1 | block)")
    wait_for_fit(qtbot, yields)
    settle(qtbot, yields)
    assert view.content.asked.settings.by == ""


def test_that_a_model_with_nothing_to_compare_says_so(view, yields, qtbot):
    yields.session.set_formula("grain_yield ~ 1 + (1 | block)")
    wait_for_fit(qtbot, yields)
    settle(qtbot, yields)
    assert view.nothing.isVisible()
    assert view.column.isHidden()
    for part in (view.means, view.differences, view.picture, view.which, view.level):
        assert not part.isVisible()
    yields.session.set_formula("grain_yield ~ variety + (1 | block)")
    wait_for_fit(qtbot, yields)
    settle(qtbot, yields)
    assert view.nothing.isHidden()
    assert view.means.isVisible()


def test_that_going_from_one_view_to_the_other_shows_no_old_numbers(
    view, yields, qtbot
):
    page = yields.predict_page
    click(qtbot, page.mode._segments[0])
    wait_for_fit(qtbot, yields)
    yields.session.set_formula("grain_yield ~ variety + (1 | block)")
    wait_for_fit(qtbot, yields)
    click(qtbot, page.mode._segments[1])
    assert view.picture.is_stale
    settle(qtbot, yields)
    qtbot.waitUntil(lambda: not view.picture.is_stale, timeout=LONG_MS)


def test_that_names_of_any_kind_are_shown_as_they_are(hostile, qtbot):  # noqa: F811
    view = show_means(hostile, qtbot)
    assert view.content.problem is None
    assert view.means.isVisible() or view.nothing.isVisible()


def test_that_the_view_follows_the_look(view, yields, qtbot):
    yields.commands.set_scheme("dark")
    assert view.picture.theme.colors == DARK.colors


def test_that_least_squares_has_exact_degrees_of_freedom(view, yields, qtbot):
    yields.session.set_formula("grain_yield ~ nitrogen + variety")
    wait_for_fit(qtbot, yields)
    settle(qtbot, yields)
    assert "least squares" in " ".join(view.means.table.foot)


def test_that_the_tables_leave_the_window(view, qtbot):
    with qtbot.waitSignal(view.copy_asked) as seen:
        click(qtbot, view.means._copy)
    assert seen.args[0] is view.means.table


def test_that_logarithms_can_be_taken_back(window, qtbot):
    click(qtbot, window.welcome.cards[SEABIRDS])
    wait_for_fit(qtbot, window)
    view = show_means(window, qtbot)
    assert view.column.scale.level == "log(count)"
    pick(qtbot, window, view.column.scale, "count")
    assert view.means.table.frame["Median"].iloc[0] > 100
    assert view.differences.table.frame["Comparison"].tolist() == ["north / south"]
    assert view.picture.canvas.left_axis.title == "count"
    click(qtbot, view.which._segments[1])
    ticks = view.picture.canvas.left_axis.ticks()
    (one,) = [
        tick for tick in ticks if abs(tick.value - view.picture.zero.height) < 0.01
    ]
    assert float(one.text) == 1  # no difference is a ratio of one
    pick(qtbot, window, view.column.kind, "slope of year_c")
    assert view.column.scale.isHidden()
