"""What columns hold: numbers, dates, text; and the reasons given."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from engine.data.reading import read_table
from engine.data.table import Kind
from tests.engine.data.files import notes_of, read_column, write_text

MINUS = "\N{MINUS SIGN}"


# --- numbers


def test_that_whole_numbers_stay_whole(tmp_path):
    table = read_column(tmp_path, "1", "2", "+3", "-4")
    assert str(table.frame["x"].dtype) == "int64"
    assert table.kinds["x"] is Kind.NUMBER
    assert table.kind_reasons["x"] == "Every cell is a number."


def test_that_repeated_whole_numbers_may_be_a_grouping(tmp_path):
    table = read_column(tmp_path, *["2019", "2020", "2021"] * 4)
    assert table.kinds["x"] is Kind.NUMBER
    assert "3 different ones in all" in table.kind_reasons["x"]
    assert "can also be used as a grouping" in table.kind_reasons["x"]


def test_that_extreme_numbers_are_read_as_they_are(tmp_path):
    table = read_column(tmp_path, "1e300", "inf", "-Infinity", "5e-324", "1e400")
    assert table.frame["x"].tolist() == [1e300, np.inf, -np.inf, 5e-324, np.inf]


@pytest.mark.parametrize("minus", [MINUS, "–", "-"])
def test_that_typographic_minus_signs_are_minus(tmp_path, minus):
    table = read_column(tmp_path, f"{minus}1.5", "2", f"{minus}3")
    assert table.frame["x"].tolist() == [-1.5, 2, -3]
    assert ("minus" in notes_of(table)) == (minus != "-")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234.5", "2,000,000", "7"], [1234.5, 2e6, 7]),
        (["1.234,5", "2.000.000", "7"], [1234.5, 2e6, 7]),
        (["12 345", "1\N{NO-BREAK SPACE}000", "7"], [12345, 1000, 7]),
        (["12'345.5", "1'000", "7"], [12345.5, 1000, 7]),
        (["1 234,5", "0,25", "7"], [1234.5, 0.25, 7]),
    ],
)
def test_that_unambiguous_thousands_are_understood_and_told(tmp_path, cells, values):
    table = read_column(tmp_path, *cells)
    assert table.frame["x"].tolist() == values
    assert "marks between thousands were left out" in notes_of(table)


def test_that_a_comma_that_could_mean_two_things_is_not_guessed(tmp_path):
    path = write_text(tmp_path, "a\tb\n1,234\tx\n5,678\ty\n")
    table = read_table(path)
    assert table.frame["a"].tolist() == ["1,234", "5,678"]
    assert "'1,234' could mark decimals or thousands" in notes_of(table)


def test_that_a_doubtful_comma_is_settled_by_the_rest_of_the_file(tmp_path):
    path = write_text(tmp_path, "a\tb\n1,234\t0.5\n5,678\t1.5\n")
    assert read_table(path).frame["a"].tolist() == [1234, 5678]
    path = write_text(tmp_path, "a\tb\n1,234\t0,5\n5,678\t1,5\n")
    assert read_table(path).frame["a"].tolist() == [1.234, 5.678]


def test_that_a_column_may_have_a_decimal_mark_of_its_own(tmp_path):
    path = write_text(tmp_path, 'a,b,c\n1.5,"2,5",1.5\n2.5,"3,25",2\n')
    table = read_table(path)
    assert table.frame["b"].tolist() == [2.5, 3.25]
    assert "In column 'b', the decimal mark is a comma, unlike" in notes_of(table)


def test_that_codes_with_leading_zeros_stay_text(tmp_path):
    table = read_column(tmp_path, "007", "012", "112", "NA")
    assert table.frame["x"].tolist()[:3] == ["007", "012", "112"]
    assert table.kinds["x"] is Kind.CATEGORY
    assert "leading zeros" in notes_of(table)


def test_that_zeros_before_a_decimal_mark_are_no_codes(tmp_path):
    table = read_column(tmp_path, "0", "0.5", "00.5", "0")
    assert table.frame["x"].tolist() == [0, 0.5, 0.5, 0]


@pytest.mark.parametrize(
    "cells",
    [
        ["985121012345678901234", "985121012345678901235"],
        ["9007199254740993", "", "9007199254740992"],
        ["9007199254740993", "NA", "9007199254740992"],
    ],
)
def test_that_numbers_too_long_to_be_exact_stay_text(tmp_path, cells):
    table = read_column(tmp_path, *cells)
    assert table.frame["x"].dropna().tolist() == [c for c in cells if c[:1] == "9"]
    assert "too many digits to be kept exactly" in notes_of(table)


def test_that_long_whole_numbers_are_exact(tmp_path):
    table = read_column(tmp_path, "9007199254740993", "9223372036854775807")
    assert table.frame["x"].tolist() == [9007199254740993, 9223372036854775807]


@pytest.mark.parametrize("odd", ["12.3*", "<0.1", "ca. 5"])
def test_that_a_nearly_numeric_column_names_the_first_odd_cell(tmp_path, odd):
    table = read_column(tmp_path, "1.5", "NA", odd, "2.5", "x", "3", "-")
    assert table.kinds["x"] in (Kind.LABEL, Kind.CATEGORY)
    assert table.frame["x"].isna().sum() == 2
    expected = f"Column 'x' is text because of 2 cells, first in row 3: '{odd}'."
    assert expected in table.notes


@pytest.mark.parametrize("unit", ["%", " mm", "°C", " µg"])
def test_that_units_behind_numbers_are_told(tmp_path, unit):
    table = read_column(tmp_path, f"1.5{unit}", f"12{unit}", "NA")
    assert table.kinds["x"] is Kind.LABEL
    assert f"its numbers are followed by '{unit.strip()}'" in notes_of(table)


def test_that_codes_with_a_letter_are_no_near_numbers(tmp_path):
    table = read_column(tmp_path, "00123", "00124", "00125", "A0126")
    assert "because" not in notes_of(table)


# --- dates


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2021-05-03", "2021-12-24"], "year-month-day"),
        (["2021/5/3", "2021/12/24"], "year/month/day"),
        (["3.5.2021", "24.12.2021"], "day.month.year"),
        (["03.05.21", "24.12.21"], "day.month.year"),
        (["3/5/2021", "24/12/2021"], "day/month/year"),
        (["5/3/2021", "12/24/2021"], "month/day/year"),
        (["3 May 2021", "24 December 2021"], "day month year"),
        (["3-May-21", "24-Dec-21"], "day-month-year"),
        (["May 3, 2021", "Dec 24, 2021"], "month day, year"),
    ],
)
def test_that_dates_are_read_when_there_is_one_way(tmp_path, cells, order):
    table = read_column(tmp_path, *cells, "NA")
    assert table.kinds["x"] is Kind.DATE
    days = [None if value is None else value.date() for value in table.frame["x"][:2]]
    assert days == [dt.date(2021, 5, 3), dt.date(2021, 12, 24)]
    assert table.frame["x"].isna().tolist() == [False, False, True]
    assert f"the dates are written {order}" in notes_of(table)


@pytest.mark.parametrize(
    "cell",
    [
        "2021-05-03 17:30",
        "2021-05-03T17:30:00",
        "3.5.2021 17:30:00.0",
        "2021-05-03T17:30Z",
    ],
)
def test_that_times_of_day_are_kept(tmp_path, cell):
    table = read_column(tmp_path, cell, cell)
    assert table.frame["x"].iloc[0].to_pydatetime() == dt.datetime(2021, 5, 3, 17, 30)
    assert ("UTC" in notes_of(table)) == cell.endswith("Z")


def test_that_afternoons_are_understood(tmp_path):
    table = read_column(tmp_path, "5/3/2021 5:30 PM", "12/24/2021 9:00 AM")
    assert table.frame["x"].iloc[0].hour == 17


@pytest.mark.parametrize(
    "cells", [["03/04/2021", "05/06/2021"], ["01-02-03", "04-05-06"]]
)
def test_that_day_and_month_are_not_guessed(tmp_path, cells):
    table = read_column(tmp_path, *cells)
    assert table.frame["x"].tolist() == cells
    assert "so the column was kept as text" in notes_of(table)


def test_that_an_impossible_date_is_named(tmp_path):
    table = read_column(tmp_path, "31/01/2021", "15/02/2021", "31/02/2021")
    assert table.kinds["x"] is not Kind.DATE
    expected = "Column 'x' is text because of 1 cell, in row 3: '31/02/2021'."
    assert expected in table.notes


def test_that_years_of_two_digits_are_told(tmp_path):
    assert "1969 to 2068" in notes_of(read_column(tmp_path, "24.12.21", "25.12.21"))


# --- text


def test_that_texts_that_repeat_are_a_category(tmp_path):
    table = read_column(tmp_path, *["A", "B", "C"] * 3)
    assert table.kinds["x"] is Kind.CATEGORY
    assert table.kind_reasons["x"] == (
        "The cells are texts that repeat: 3 different ones in 9 cells."
    )


def test_that_texts_that_do_not_repeat_are_labels(tmp_path):
    table = read_column(tmp_path, *[f"fish {i}" for i in range(20)])
    assert table.kinds["x"] is Kind.LABEL
    assert "20 different in 20 cells" in table.kind_reasons["x"]


def test_that_remarks_are_labels(tmp_path):
    remark = (
        "a long story about what happened on this day of the field work at the lake"
    )
    assert read_column(tmp_path, *[remark, "no " + remark] * 4).kinds["x"] is Kind.LABEL


@pytest.mark.parametrize("cells", [["TRUE", "FALSE", "TRUE"], ["True", "", "False"]])
def test_that_truth_values_are_a_category_as_written(tmp_path, cells):
    table = read_column(tmp_path, *cells)
    assert table.kinds["x"] is Kind.CATEGORY
    assert table.frame["x"].dropna().tolist() == [cell for cell in cells if cell]
