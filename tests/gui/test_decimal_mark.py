"""The decimal mark that the user has chosen, in every number and in no name."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QGuiApplication

from engine.number_style import NumberStyle, current_style
from gui.data.column_card import ColumnCard
from gui.lanes import Lane
from gui.number_look import number_look
from gui.plots.base import BasePlot
from gui.welcome.examples import examples
from tests.gui.window_fixtures import (
    LONG_MS,
    open_window,
    wait_for_fit,
    wait_for_quiet,
)
from tests.gui.words_seen import words_seen

POINT = re.compile(r"\d\.\d")
VERSION = re.compile(r"Tarn \d+\.\d+\.\d+")
EXAMPLES = {example.key: example for example in examples()}
PAGES = ("picture", "results", "diagnostics", "uncertainty", "predict")
NAMES = ("Plot 1.5", "Plot 2.5", "Plot 3.5", "Plot 4.5", "dose.0.5")


def points(words: set[str]) -> list[str]:
    """Texts in which a number has a decimal point."""
    return sorted(text for text in words if POINT.search(VERSION.sub("", text)))


def settle(qtbot, window):
    wait_for_fit(qtbot, window)
    wait_for_quiet(qtbot, window)
    wait_for_fit(qtbot, window)
    assert window.results_page.blocks is not None  # also those that come later


@pytest.fixture(params=EXAMPLES)
def opened(request, qtbot, tmp_path):
    """Give a window with an example, opened while the mark was a point."""
    with open_window(qtbot, tmp_path) as made:
        made.commands.open_example(EXAMPLES[request.param])
        settle(qtbot, made)
        yield made


def card_of(window, column):
    """Open the card of a column."""
    window.data_pane.show_card(column)
    cards = window.data_pane.findChildren(ColumnCard)
    return next(card for card in cards if card.isVisible())


def hovered(window):
    """What the cards say of some points of the plots in front."""
    for plot in window.pages.current.findChildren(BasePlot):
        if plot.isVisible() and len(plot.rows):
            for index in (0, len(plot.rows) - 1):
                yield from (value for _, value in plot._describe(index))


def test_that_no_number_keeps_its_point_when_the_mark_becomes_a_comma(opened, qtbot):
    before = set()
    for key in PAGES:
        opened.settings.decimal_mark = "."
        opened.pages.show_page(key)
        settle(qtbot, opened)
        before |= words_seen(opened)
        opened.settings.decimal_mark = ","
        settle(qtbot, opened)
        assert points(words_seen(opened) | set(hovered(opened))) == [], key
    assert len(points(before)) > 20  # or nothing would have been looked at


def test_that_equations_and_words_have_the_mark(opened, qtbot):
    opened.settings.decimal_mark = ","
    opened.pages.show_page("results")
    for view in (1, 2):
        opened.results_page.show_view(view)
        settle(qtbot, opened)
        assert points(words_seen(opened)) == []
    assert points({opened.results_page.equations.latex}) == []
    assert points({opened.results_page.words.plain}) == []


def test_that_explanations_have_the_mark(opened, qtbot):
    opened.pages.show_page("results")
    settle(qtbot, opened)
    opened.settings.decimal_mark = ","
    settle(qtbot, opened)
    found = set()
    for block in opened.results_page.blocks:
        for row in range(min(3, len(block.table.frame))):
            for column in range(block.table.frame.shape[1]):
                block.view.cell_chosen.emit(row, column)
                found.add(opened.explaining.pane.plain_text())
    assert len(found) > 20
    assert points(found) == []
    assert points(words_seen(opened.explaining.pane)) == []


def test_that_an_open_explanation_changes_at_once(fish, qtbot):
    fish.explaining.explain("standard_deviation", {}, "")
    assert "within 1.96 SD" in fish.explaining.pane.plain_text()
    fish.settings.decimal_mark = ","
    assert "within 1,96 SD" in fish.explaining.pane.plain_text()


def test_that_the_cards_of_columns_have_the_mark(opened, qtbot):
    opened.settings.decimal_mark = ","
    settle(qtbot, opened)
    found = set()
    for column in opened.session.summaries:
        card = card_of(opened, column)
        found |= words_seen(card)
        card.close()
    assert any(re.search(r"\d,\d", text) for text in found)
    assert points(found) == []


def test_that_steps_and_kinds_have_the_mark(fish, qtbot):
    fish.settings.decimal_mark = ","
    steps = EXAMPLES["seabirds"].steps
    assert points({step.description for step in steps}) == []
    card_of(fish, "log_length")._on_centre_clicked()
    settle(qtbot, fish)
    reasons = set(map(str, fish.session.prepared.kind_reasons.values()))
    assert points(reasons) == []
    assert any(re.search(r"'log_length' less \d,\d", reason) for reason in reasons)


@pytest.fixture
def plots(qtbot, tmp_path, window):
    """Give a window with data whose names look like numbers with a point."""
    lines = ["plot,dose.0.5,mass"]
    for place, name in enumerate(NAMES[:4]):
        lines += [
            f"{name},{step / 4},{1.5 + place / 3 + step / 5 + (step * place % 3) / 7}"
            for step in range(1, 9)
        ]
    path = tmp_path / "plots.csv"
    path.write_text("\n".join(lines) + "\n")
    window.settings.decimal_mark = ","
    window.commands.open_path(path)
    settle_data(qtbot, window)
    window.session.set_formula("mass ~ `dose.0.5` + (1 | plot)")
    settle(qtbot, window)
    return window


def settle_data(qtbot, window):
    qtbot.waitUntil(lambda: window.session.prepared is not None, timeout=LONG_MS)
    wait_for_quiet(qtbot, window)


def test_that_names_keep_their_points(plots, qtbot):
    for key in PAGES:
        plots.pages.show_page(key)
        settle(qtbot, plots)
        found = words_seen(plots)
        assert any("dose.0.5" in text for text in found)
        assert not any(re.search(r"Plot \d,\d|dose.0,5", text) for text in found)
        rest = {re.sub(r"Plot \d\.5|dose\.0\.5", "", text) for text in found}
        assert points(rest) == [], key
    assert "`dose.0.5`" in plots.model_pane.formula.text


def test_that_copied_rows_and_cells_have_the_mark_of_the_spreadsheet(plots, qtbot):
    plots.session.select_level("plot", "Plot 1.5")
    plots.data_pane.view.copy_asked.emit()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("plot\tdose.0.5")
    assert lines[1].startswith("Plot 1.5\t0,25\t1,")


def test_that_cells_are_found_with_either_mark(plots, qtbot):
    search = plots.data_pane.search
    for typed in ("0,25", "0.25"):
        search.field.setText(typed)
        qtbot.waitUntil(lambda: "4" in search.count.text(), timeout=LONG_MS)


def test_that_jobs_write_in_the_style_of_when_they_were_asked(fish, qtbot):
    seen = []
    jobs = fish.session.jobs
    jobs.succeeded.connect(lambda lane, result, _: seen.append((lane, result)))
    number_look().set_style(NumberStyle(3, ","))
    jobs.start(Lane.OUT, "Looking", current_style)
    qtbot.waitUntil(lambda: (Lane.OUT, NumberStyle(3, ",")) in seen, timeout=LONG_MS)


def test_that_a_problem_is_said_with_the_new_mark(window, qtbot, tmp_path):
    path = tmp_path / "same.csv"
    path.write_text("lake,mass\n" + "a,2.5\nb,2.5\n" * 6)
    window.commands.open_path(path)
    settle_data(qtbot, window)
    window.session.set_formula("mass ~ 1 + (1 | lake)")
    qtbot.waitUntil(lambda: window.session.problem is not None, timeout=LONG_MS)
    assert any("is 2.5 in every row" in text for text in words_seen(window))
    window.settings.decimal_mark = ","
    assert any("is 2,5 in every row" in text for text in words_seen(window))
    assert not any("is 2.5 in every row" in text for text in words_seen(window))
