"""Digits and decimal mark as a reader wants them, in all that is written."""

from __future__ import annotations

import math
import re
from threading import Thread

import pytest

from engine.errors import DesignError
from engine.number_style import (
    NumberStyle,
    current_style,
    write_from_now_on,
    written_in,
)
from engine.reporting.equations import with_numbers
from engine.reporting.methods_text import model_text
from engine.reporting.numbers import Kind, excel_format, finer, shown
from engine.reporting.tables import result_tables
from engine.reporting.writers.table_text import as_html
from engine.sentences import Number, Sentence
from engine.written_numbers import count, fixed, general, in_full, significant
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


def test_that_a_kept_sentence_changes_its_numbers_and_no_name():
    said = Sentence("In Plot 1.5 it is ", Number(9.49), ".")
    assert str(said) == "In Plot 1.5 it is 9.49."
    with written_in(NumberStyle(mark=",")):
        assert str(said) == "In Plot 1.5 it is 9,49."
        assert "9,49" in said


def test_that_a_message_is_said_in_the_style_of_its_reader():
    error = DesignError(Sentence("'x1.5' is ", Number(2.5), " in each row."), "Look.")
    with written_in(NumberStyle(mark=",")):
        assert error.message == "'x1.5' is 2,5 in each row."
        assert str(error) == "'x1.5' is 2,5 in each row. Look."
    assert str(error) == "'x1.5' is 2.5 in each row. Look."


def test_that_a_file_keeps_words_and_numbers_of_a_sentence_apart():
    said = Sentence("From ", Number(0.5), " to ", Number(-999), ".")
    assert Sentence.read(said.written) == said
    assert said.written == ["From ", 0.5, " to ", -999, "."]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (count(999), "999"),
        (count(1234567), "1\u202f234\u202f567"),
        (fixed(-0.001, 2), "0.00"),
        (fixed(-12345.678, 1), "−12345.7"),
        (fixed(-12345.678, 1, grouped=True), "−12\u202f345.7"),
        (fixed(2019.5, 1, grouped=True), "2019.5"),
        (general(0.5), "0.5"),
        (general(-1234567.8), "−1234570"),
        (general(1.5e-9), "1.5×10⁻⁹"),
        (general(-0.0), "0"),
        (general(math.inf), "∞"),
        (significant(12345.6), "12\u202f346"),
        (significant(0.0012345), "0.00123"),
        (in_full(-0.1), "−0.1"),
        (in_full(1e-300), "1×10⁻³⁰⁰"),
        (in_full(math.nan), ""),
    ],
)
def test_that_numbers_are_written_for_readers(written, text):
    assert written == text


def test_that_thousands_are_parted_alike_beside_a_point_and_a_comma():
    with written_in(NumberStyle(mark=",")):
        assert count(15_000) == "15\u202f000"
        assert fixed(12345.6, 1, grouped=True) == "12\u202f345,6"


def test_that_a_thread_writes_in_a_style_until_it_is_told_otherwise():
    seen = []

    def write() -> None:
        write_from_now_on(NumberStyle(mark=","))
        seen.append(general(0.5))
        with written_in(NumberStyle()):
            seen.append(general(0.5))
        seen.append(general(0.5))

    thread = Thread(target=write)
    thread.start()
    thread.join()
    assert seen == ["0,5", "0.5", "0,5"]
    assert general(0.5) == "0.5"


def test_that_numbers_to_be_computed_with_have_more_digits():
    assert finer(1.23456789, 0.1) == "1.2346"
    with written_in(NumberStyle(3)):
        assert finer(1.23456789, 0.1) == "1.2346"
