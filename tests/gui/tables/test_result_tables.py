"""Result tables on the screen: no number is cut, every cell is explained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine import fit, parse_formula, read_table
from engine.data.steps import prepare
from engine.number_style import NumberStyle, written_in
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.numbers import Kind
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.tables import result_tables
from gui.controls.painting import text_width
from gui.explain.markup import as_plain
from gui.explain.texts import help_text
from gui.fonts import SEMIBOLD, sans
from gui.look import look
from gui.tables.result_view import MOST_ROWS, ResultView
from gui.tables.table_block import TableBlock
from gui.welcome.examples import examples

EXAMPLES = [example.key for example in examples()]
STYLES = [NumberStyle(), NumberStyle(6, ",")]


@pytest.fixture(scope="module")
def models():
    made = {}
    for example in examples():
        frame = prepare(read_table(example.path), example.steps).used_frame
        spec = parse_formula(example.formula, tuple(frame.columns))
        made[example.key] = fit(spec, frame)
    return made


def laid_out(qtbot, table, width):
    view = ResultView()
    qtbot.addWidget(view)
    view.set_table(table)
    view.resize(width, 400)
    view.show()
    qtbot.waitExposed(view)
    return view


def cut_numbers(view):
    """Numbers that do not fit their column, set as the explained cell is."""
    bold = sans(look().theme.sizes.body, SEMIBOLD)
    cells, gap = view.cells, view.shares.gap
    return [
        cells.text(row, column)
        for column in range(cells.columnCount())
        for row in range(cells.rowCount())
        if cells.is_number(row, column)
        and text_width(cells.text(row, column), bold)
        > view.columnWidth(column) - 2 * gap + 1
    ]


@pytest.mark.parametrize("style", STYLES, ids=["usual", "six digits"])
@pytest.mark.parametrize("key", EXAMPLES)
def test_that_no_number_is_cut_at_any_width(qtbot, models, key, style):
    with written_in(style):
        tables = result_tables(models[key])
    for table in tables:
        if table.name == "rows" or table.frame.empty:
            continue
        view = laid_out(qtbot, table, 430)
        for width in (380, 470, 560, 900):
            view.resize(width, 400)
            assert cut_numbers(view) == [], (table.name, width)
            is_over = sum(view.shares.widths) > view.viewport().width()
            bar = view.horizontalScrollBar()
            qtbot.waitUntil(lambda b=bar, o=is_over: (b.maximum() > 0) == o)


@pytest.mark.parametrize("style", STYLES, ids=["usual", "six digits"])
@pytest.mark.parametrize("key", EXAMPLES)
def test_that_every_cell_has_a_text_with_its_number_and_a_source(
    qtbot, models, key, style
):
    model = models[key]
    block = TableBlock()
    qtbot.addWidget(block)
    with written_in(style):
        tables = result_tables(model)
        for table in tables:
            if table.name in ("rows", "rows_not_used") or table.frame.empty:
                continue
            block.set_table(table)
            for row, column in np.ndindex(*table.frame.shape):
                topic, asked, number = block.question(row, column)
                text = help_text(topic)
                assert text.words, topic
                assert text.source, topic
                said = as_plain(text, "", explained_numbers(model, topic, asked))
                if number and block.view.cells.is_number(row, column):
                    assert number in said, (table.name, row, column)


def long_table(n=5000):
    values = np.full(n, 1.25)
    values[n // 2] = -123456.789
    frame = pd.DataFrame({"Level": [f"L{i}" for i in range(n)], "Value": values})
    return ResultTable(
        "group_estimates_x", "Many", frame, (), {"Value": ColumnFormat(Kind.VALUE)}
    )


def test_that_a_wide_number_far_down_is_not_cut(qtbot):
    view = laid_out(qtbot, long_table(), 200)
    assert cut_numbers(view) == []


def test_that_a_long_table_shows_its_first_rows_until_all_are_asked_for(qtbot):
    block = TableBlock()
    qtbot.addWidget(block)
    block.set_table(long_table(30))
    rows = block.view.sizeHint().height() // 30
    assert rows == MOST_ROWS + 1
    assert "30 rows" in block._more.text()
    block._more.click()
    assert block.view.sizeHint().height() > 30 * 30
    block.set_table(long_table(30))  # a new fit: what was opened stays open
    assert block.view.sizeHint().height() > 30 * 30


def test_that_words_that_are_cut_are_told_in_full(qtbot):
    words = "an effect of a measurement with a very long name, for one level"
    frame = pd.DataFrame({"Term": [words] * 70, "Value": [1.2345678] * 70})
    table = ResultTable("t", "T", frame, (), {"Value": ColumnFormat(Kind.VALUE)})
    view = laid_out(qtbot, table, 240)
    assert view.tip(view.cells.index(0, 0)) == words
    assert view.tip(view.cells.index(0, 1)) == "1.2345678"
    view.resize(900, 300)
    assert view.tip(view.cells.index(0, 0)) == ""


def test_that_sentences_are_broken_into_lines_and_rows_are_low_again_after_them(qtbot):
    sentence = "Four rows were not used because a value is missing in them. " * 3
    view = laid_out(
        qtbot, ResultTable("notes", "N", pd.DataFrame({"Note": [sentence]})), 300
    )
    assert view.rowHeight(0) > 60
    view.set_table(ResultTable("notes", "N", pd.DataFrame({"Note": ["Short."]})))
    assert view.rowHeight(0) == 30


def test_that_one_row_of_a_table_is_a_table(models):
    table = result_tables(models["fish"])[0]
    for row, texts in enumerate(table.texts()):
        assert table.only(row).texts() == [texts]
