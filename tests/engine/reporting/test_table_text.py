"""Tables as text: what a document shows, and what a spreadsheet reads from it."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from engine.reporting.numbers import Kind
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.writers.table_text import as_html, as_tsv

X_NUM = "{urn:schemas-microsoft-com:office:excel}num"


@pytest.fixture
def table():
    frame = pd.DataFrame(
        {
            "Term": ["(Intercept)", "=1+1", "<b>\ttab"],
            "Estimate": [-3.456789012345678, 1.38, np.nan],
            "SE": [0.0123456789, 0.25, np.nan],
            "n": [150, 12, 3],
            "p": [0.0001, 0.25, np.nan],
        }
    )
    formats = {
        "Estimate": ColumnFormat(Kind.ESTIMATE, "SE"),
        "SE": ColumnFormat(Kind.ESTIMATE, "SE"),
        "n": ColumnFormat(Kind.COUNT),
        "p": ColumnFormat(Kind.P_VALUE, missing="–"),
    }
    return ResultTable("fixed", "Fixed & <so on>", frame, ("A foot < 1.",), formats)


def cells(html):
    """Text and attributes of each cell, read by a strict reader."""
    root = ET.fromstring(html.partition("\n")[2])
    rows = root.iter("tr")
    return [[("".join(c.itertext()), c.attrib) for c in row] for row in rows]


def test_that_lines_have_all_digits_and_a_plain_minus(table):
    lines = as_tsv(table).splitlines()
    assert lines[0] == "Term\tEstimate\tSE\tn\tp"
    assert lines[1] == "(Intercept)\t-3.456789012345678\t0.0123456789\t150\t0.0001"


def test_that_lines_are_read_back_as_they_were(table):
    read = pd.read_csv(io.StringIO(as_tsv(table)), sep="\t")
    for name in ("Estimate", "SE", "n", "p"):
        np.testing.assert_array_equal(read[name], table.frame[name])
    with_comma = pd.read_csv(io.StringIO(as_tsv(table, ",")), sep="\t", decimal=",")
    np.testing.assert_array_equal(with_comma["Estimate"], table.frame["Estimate"])


def test_that_a_tab_in_a_cell_does_not_make_a_column(table):
    assert {line.count("\t") for line in as_tsv(table).splitlines()} == {4}


def test_that_numbers_among_words_get_the_decimal_mark_too():
    frame = pd.DataFrame({"Value": ["0.5 is a word", np.float64(0.5), None, 7]})
    lines = as_tsv(ResultTable("mixed", "Mixed", frame), ",").splitlines()
    assert lines == ["Value", "0.5 is a word", "0,5", "", "7"]


def test_that_a_reader_sees_rounded_numbers_with_a_true_minus(table):
    rows = cells(as_html([table]))
    assert [text for text, _ in rows[0]] == ["Term", "Estimate", "SE", "n", "p"]
    assert [text for text, _ in rows[1]] == [
        "(Intercept)",
        "−3.457",
        "0.012",
        "150",
        "< 0.001",
    ]
    assert [text for text, _ in rows[3]][1:] == ["", "", "3", "–"]


def test_that_a_spreadsheet_is_told_the_number_itself(table):
    for mark in ".,":
        _, told = cells(as_html([table], mark))[1][1]
        assert float(told[X_NUM]) == -3.456789012345678
        assert told["sdval"] == told[X_NUM]
        assert told["sdnum"] == "1033;0;0.000"


def test_that_a_reader_may_have_a_comma(table):
    rows = cells(as_html([table], ","))
    assert [text for text, _ in rows[1]][1:] == ["−3,457", "0,012", "150", "< 0,001"]
    assert "1,0" not in as_html([table], ",").split("mso-number-format")[0]


def test_that_words_are_never_a_formula_or_markup(table):
    html = as_html([table])
    (formula, told), (markup, _) = cells(html)[2][0], cells(html)[3][0]
    assert formula == "=1+1"
    assert "mso-number-format:'\\@'" in told["style"]
    assert markup == "<b>\ttab"
    assert "<b>Fixed &amp; &lt;so on&gt;</b>" in html
    assert "A foot &lt; 1." in html


def test_that_three_rules_and_no_others_are_drawn(table):
    rows = cells(as_html([table]))
    edges = [re.findall(r"border-(\w+):([\d.]+pt)", row[0][1]["style"]) for row in rows]
    thick, thin = "1.5pt", "0.75pt"
    assert edges == [
        [("top", thick), ("bottom", thin)],
        [],
        [],
        [("bottom", thick)],
    ]


def test_that_a_shortened_table_says_so(table):
    html = as_html([table], most=2)
    assert len(cells(html)) == 3
    assert "The first 2 of 3 rows." in html
    assert "The first" not in as_html([table], most=3)


def test_that_tables_follow_each_other(table):
    assert as_html([table, table]).count("<table") == 2
    assert as_html([]).count("<table") == 0
