"""Digits and decimal mark as a reader wants them, in all that is written."""

from __future__ import annotations

import re
from threading import Thread

import pytest

from engine.reporting.equations import with_numbers
from engine.reporting.methods_text import model_text
from engine.reporting.number_style import (
    NumberStyle,
    current_style,
    with_mark,
    written_in,
)
from engine.reporting.numbers import Kind, addable, excel_format, finer, shown
from engine.reporting.tables import result_tables
from engine.reporting.writers.table_text import as_html
from tests.engine.reporting.models import EVERY_KIND, every_kind, fitted, table

SLOPES = "mass ~ length + (length | lake)"


@pytest.mark.parametrize(
    ("digits", "kind", "value", "text"),
    [
        (3, Kind.ESTIMATE, -4.10345, "−4.10"),
        (2, Kind.VARIANCE, 0.0182, "0.018"),
        (6, Kind.VALUE, 0.0123456789, "0.0123457"),
        (4, Kind.STATISTIC, 14.4432, "14.44"),
        (3, Kind.DF, 10.29, "10.3"),
        (2, Kind.VALUE, 1234.5, "1234"),
        (3, Kind.SHARE, 0.30327, "30.3\u00a0%"),
        (2, Kind.INDEX, -61.654, "−61.65"),
        (6, Kind.INDEX, -61.654321, "−61.6543"),
        (2, Kind.P_VALUE, 0.0482, "0.048"),
        (6, Kind.P_VALUE, 0.0482123, "0.048212"),
        (6, Kind.P_VALUE, 0.00012, "< 0.001"),
        (3, Kind.COUNT, 1234, "1234"),
        (3, Kind.VALUE, 1.5e-9, "1.50×10⁻⁹"),
    ],
)
def test_that_significant_digits_are_kept(digits, kind, value, text):
    with written_in(NumberStyle(digits)):
        assert shown(value, kind, 0.1) == text
    with written_in(NumberStyle(digits, ",")):
        assert shown(value, kind, 0.1) == text.replace(".", ",")


def test_that_a_style_ends_with_its_block_and_is_of_one_thread():
    seen = []
    with written_in(NumberStyle(2, ",")):
        thread = Thread(target=lambda: seen.append(current_style()))
        thread.start()
        thread.join()
        assert current_style() == NumberStyle(2, ",")
    assert current_style() == NumberStyle()
    assert seen == [NumberStyle()]


def test_that_a_table_keeps_the_style_in_which_it_was_made():
    with written_in(NumberStyle(4, ",")):
        made = table(fitted(SLOPES), "fixed_effects")
    assert made.texts()[1][1].count(",") == 1
    assert made.text(1, "Estimate") == made.texts()[1][1]
    html = as_html([made], ".")
    assert made.texts()[1][1].replace(",", ".") in html


def test_that_a_workbook_is_told_the_same_digits():
    assert excel_format(1.5, Kind.VARIANCE, style=NumberStyle(5)) == "0.0000"
    assert excel_format(0.303, Kind.SHARE, style=NumberStyle(4)) == "0.00 %"
    assert excel_format(0.303, Kind.SHARE) == "0.0 %"


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_no_point_is_left_in_the_numbers_of_a_comma(kind):
    model = every_kind()[kind]
    with written_in(NumberStyle(None, ",")):
        texts = [
            text
            for own in result_tables(model)
            for row in own.texts(20)
            for text in row
            if own.name != "model_information"
        ]
        texts += [line for own in result_tables(model) for line in own.foot]
        texts += [*model_text(model).results]
        latex = " ".join(with_numbers(model))
    assert [text for text in texts if re.search(r"\d\.\d", text)] == []
    assert re.search(r"\d\.\d", latex) is None
    assert "N(0," not in latex


def test_that_only_numbers_of_a_written_sentence_change_their_mark():
    with written_in(NumberStyle(mark=",")):
        assert with_mark("In 'x1.5' it is 9.49.") == "In 'x1.5' it is 9,49."
    assert with_mark("9.49") == "9.49"


def test_that_numbers_to_be_computed_with_have_more_digits():
    assert finer(1.23456789, 0.1) == "1.2346"
    assert addable(1.23456789, 0.1) == "1.23"
    with written_in(NumberStyle(3)):
        assert finer(1.23456789, 0.1) == "1.2346"
        assert addable(1.23456789, 0.1) == "1.2346"
