"""The story of the fish with real clicks, from the first page to a saved project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from engine.model.spec import NoPooling, Pooling
from gui.controls import Pill
from tests.gui.window_fixtures import (
    LONG_MS,
    choose,
    click,
    open_menu,
    wait_for_fit,
)

if TYPE_CHECKING:
    from gui.model.clause_lines import ClauseLine


def clause(window) -> ClauseLine:
    """The line that says what varies among lakes."""
    return window.model_pane.clauses.lines[0]


def pill(qtbot, pane, name):
    """The word of the sentence that can be seen now."""

    def seen():
        found = pane.words.findChildren(Pill, f"pill_{name}")
        return [one for one in found if one.isVisible()]

    qtbot.waitUntil(lambda: bool(seen()), timeout=LONG_MS)
    return seen()[0]


def pool(qtbot, window, pooling):
    """Choose one of the three cards and wait."""
    click(qtbot, window.model_pane.cards.cards[pooling])
    wait_for_fit(qtbot, window)


def test_that_the_fish_example_opens_with_data_model_and_picture(fish):
    assert fish.session.spec.response == "log_mass"
    assert fish.model_pane.formula.text == "log_mass ~ log_length + (log_length | lake)"
    data = fish.picture_page.lines_plot.data
    assert len(data.partial) == len(data.none) == 12
    assert len(data.complete) == 1
    assert "150 rows · 12 lakes" in fish.model_pane.counts.text()
    assert "optimum verified" in fish.status.words


def test_that_the_three_cards_are_three_models(fish, qtbot):
    pool(qtbot, fish, Pooling.COMPLETE)
    assert fish.session.fit.formula == "log_mass ~ log_length"
    assert fish.picture_page.lines_plot.data.partial == ()
    pool(qtbot, fish, Pooling.NONE)
    assert fish.session.spec.no_pooling is NoPooling.INTERCEPTS
    slopes = {
        round((line.y[-1] - line.y[0]) / (line.x[-1] - line.x[0]), 8)
        for line in fish.picture_page.lines_plot.data.none
    }
    assert len(slopes) == 1
    pool(qtbot, fish, Pooling.PARTIAL)
    assert fish.session.fit.formula == "log_mass ~ log_length + (log_length | lake)"


def test_that_least_squares_offers_no_choice_of_likelihood(fish, qtbot):
    button = fish.model_pane.estimation
    actions = [fish.actions_by_key[key] for key in ("reml", "ml")]
    assert button.isEnabled()
    pool(qtbot, fish, Pooling.COMPLETE)
    assert not button.isEnabled()
    assert "least squares" in button.toolTip()
    for action in actions:
        assert not action.isEnabled()
        assert action.toolTip() == action.statusTip() == button.toolTip()
    pool(qtbot, fish, Pooling.PARTIAL)
    assert button.isEnabled()
    assert "least squares" not in button.toolTip()
    assert all(action.isEnabled() for action in actions)
    assert not any("least squares" in action.toolTip() for action in actions)
    fish.session.close_table()
    assert not any("least squares" in action.toolTip() for action in actions)


def test_that_the_names_of_the_three_cards_have_room(fish):
    for card in fish.model_pane.cards.cards.values():
        assert card.words_width() + 16 <= card.width(), card.text()


def test_that_a_singular_slope_is_explained_and_the_correlation_can_be_dropped(
    fish, qtbot
):
    qtbot.waitUntil(lambda: bool(fish.session.findings), timeout=LONG_MS)
    assert fish.session.fit.is_singular
    first = fish.session.findings[0]
    assert "correlation 1.00" in first.sentence
    fish.findings.set_open(True)
    click(qtbot, fish.findings.cards[0].why)
    assert fish.explaining.is_shown
    assert "correlation" in fish.explaining.pane.plain_text().lower()
    click(qtbot, clause(fish).correlated)
    wait_for_fit(qtbot, fish)
    assert fish.session.fit.formula == "log_mass ~ log_length + (log_length || lake)"


def test_that_an_effect_is_taken_out_and_put_back_by_its_box(fish, qtbot):
    click(qtbot, clause(fish).boxes["effect of log_length"])
    wait_for_fit(qtbot, fish)
    assert fish.session.fit.formula == "log_mass ~ log_length + (1 | lake)"
    assert not clause(fish).correlated.isEnabled()
    click(qtbot, clause(fish).boxes["effect of log_length"])
    wait_for_fit(qtbot, fish)
    assert fish.session.fit.formula == "log_mass ~ log_length + (log_length | lake)"


def test_that_a_lake_is_excluded_and_brought_back(fish, qtbot):
    before = fish.session.fit.coefficients
    fish.session.select_level("lake", "L10")
    n = len(fish.session.selection.rows)
    fish.actions_by_key["exclude"].trigger()
    wait_for_fit(qtbot, fish)
    assert fish.session.fit.n_rows == 150 - n
    assert fish.session.fit.n_levels == {"lake": 11}
    assert fish.session.document.steps[-1].why == "L10"
    assert set(fish.session.fit.unused_rows["reason"]) == {"excluded: L10"}
    click(qtbot, fish.header.undo)
    wait_for_fit(qtbot, fish)
    pd.testing.assert_frame_equal(fish.session.fit.coefficients, before)


def test_that_a_formula_with_a_wrong_name_is_underlined_there(fish, qtbot):
    line = fish.model_pane.formula
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "log_mass ~ log_length + (1 | lakes)")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    selections = line.extraSelections()
    assert [mark.cursor.selectedText() for mark in selections] == ["lakes"]
    assert "Did you mean 'lake'" in fish.model_pane.problem.text()
    assert fish.session.is_fit_current
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text == str(fish.session.spec)
    assert line.extraSelections() == []


def test_that_results_and_diagnostics_follow_the_model(fish, qtbot):
    fish.pages.show_page("results")
    wait_for_fit(qtbot, fish)
    names = {table.name for table in fish.results_page.content.tables}
    assert {"fixed_effects", "random_effect_variances", "fit_indices"} <= names
    fish.pages.show_page("diagnostics")
    wait_for_fit(qtbot, fish)
    qtbot.waitUntil(lambda: len(fish.diagnostics_page.tiles) == 5, timeout=LONG_MS)
    fish.session.set_formula("log_mass ~ log_length")
    wait_for_fit(qtbot, fish)
    qtbot.waitUntil(
        lambda: "qq_effects_0" not in fish.diagnostics_page.tiles, timeout=LONG_MS
    )


def test_that_a_number_is_explained_with_its_own_values(fish, qtbot):
    fish.pages.show_page("results")
    wait_for_fit(qtbot, fish)
    block = next(b for b in fish.results_page.blocks if b.table.name == "fixed_effects")
    column = list(block.table.frame).index("df")
    view = block.view
    where = view.visualRect(view.model().index(1, column)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    said = fish.explaining.pane.plain_text()
    assert view.model().index(1, column).data() in said
    assert "Satterthwaite" in said


def test_that_the_parameters_are_explained_where_they_are_counted(fish, qtbot):
    click(qtbot, fish.model_pane.counts)
    words = fish.explaining.pane.plain_text()
    assert "2 + 3 + 1 = 6" in words


def test_that_tables_are_copied_for_documents_and_spreadsheets(fish, qtbot):
    fish.pages.show_page("results")
    wait_for_fit(qtbot, fish)
    click(qtbot, fish.results_page.copy_all)
    qtbot.waitUntil(lambda: "Copied" in fish.status.words, timeout=LONG_MS)
    mime = QGuiApplication.clipboard().mimeData()
    assert "Fixed effects" in mime.html()
    assert "log_length\t1.54" in mime.text()


def test_that_the_work_is_saved_and_comes_back(fish, qtbot, tmp_path):
    pool(qtbot, fish, Pooling.COMPLETE)
    fish.session.exclude_rows([1, 2], "torn fins")
    wait_for_fit(qtbot, fish)
    criterion = fish.session.fit.criterion
    path = tmp_path / "my fish.tarn"
    with qtbot.waitSignal(fish.session.saved, timeout=LONG_MS):
        fish.commands.save_to(str(path))
    fish.commands.close_table()
    assert fish.stack.currentWidget() is fish.welcome
    assert fish.welcome.rows[0].path == path
    click(qtbot, fish.welcome.rows[0])
    wait_for_fit(qtbot, fish)
    assert fish.session.fit.criterion == criterion
    assert fish.session.spec.grouping == "lake"
    assert fish.windowTitle().startswith("my fish")


def test_that_a_new_table_gets_its_model_by_pointing_at_words(window, qtbot):
    window.session.open_text(
        "site\tdepth\tweight\n"
        + "".join(
            f"S{i % 6}\t{(i * 37 % 50) / 10}\t{i % 6 + (i * 37 % 50) / 20 + i % 5}\n"
            for i in range(60)
        )
    )
    qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
    pane = window.model_pane
    click(qtbot, pill(qtbot, pane, "response"))
    choose(open_menu(), "weight")
    wait_for_fit(qtbot, window)
    click(qtbot, pill(qtbot, pane, "add_a_covariate"))
    choose(open_menu(), "depth")
    wait_for_fit(qtbot, window)
    click(qtbot, pill(qtbot, pane, "grouping"))
    choose(open_menu(), "site")
    wait_for_fit(qtbot, window)
    assert window.session.fit.formula == "weight ~ depth + (1 | site)"


def test_that_unsaved_work_is_not_lost_by_closing(fish, qtbot):
    fish.session.set_estimation("ML")
    wait_for_fit(qtbot, fish)
    assert not fish.close()
    assert fish.isVisible()
    dialog = QApplication.activeModalWidget()
    dialog.decided.emit("cancel")
    dialog.close()
    assert fish.isVisible()


def test_that_a_click_on_a_point_selects_its_row_everywhere(fish, qtbot):
    plot = fish.picture_page.lines_plot
    x, y = plot.points.get_data()
    place = plot.canvas.place_of(float(x[3]), float(y[3])).toPoint()
    at = plot.canvas.mapFromScene(plot.canvas.place_of(float(x[3]), float(y[3])))
    assert isinstance(place, QPoint)
    qtbot.mouseClick(plot.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert len(fish.session.selection.rows) == 1
    assert fish.status.selection_words.startswith("Row ")


def test_that_light_and_dark_change_while_the_program_runs(fish):
    fish.actions_by_key["dark"].trigger()
    assert fish.picture_page.lines_plot.theme.is_dark
    assert fish.settings.scheme == "dark"
    fish.actions_by_key["light"].trigger()
    assert not fish.picture_page.lines_plot.theme.is_dark
