"""Which cells are read as missing, and what is said about it."""

from __future__ import annotations

import pytest

from tests.engine.data.files import notes_of, read_column


def test_that_codes_among_numbers_are_missing_and_counted(tmp_path):
    table = read_column(
        tmp_path, "1", "NA", "n/a", "", ".", "-", "?", "#N/A", "NA", "2"
    )
    assert table.frame["x"].notna().tolist() == [True] + [False] * 8 + [True]
    assert "2 cells that say 'NA' were read as missing, in 'x'." in table.notes
    assert "1 cell that says '?' was read as missing, in 'x'." in table.notes
    assert table.kind_reasons["x"].startswith("2 of 10 cells are numbers")


def test_that_usual_codes_among_texts_are_missing(tmp_path):
    table = read_column(tmp_path, "m", "NA", "f", "NaN", "m", "f")
    assert table.frame["x"].isna().sum() == 2
    assert "1 cell that says 'NA' was read as missing, in 'x'." in table.notes


def test_that_namibia_is_kept_among_countries(tmp_path):
    table = read_column(tmp_path, "NA", "DE", "FR", "ZA", "NA")
    assert table.frame["x"].tolist() == ["NA", "DE", "FR", "ZA", "NA"]
    assert "Namibia" in notes_of(table)


def test_that_a_question_mark_among_texts_is_kept_and_told(tmp_path):
    table = read_column(tmp_path, "m", "?", "f", "m", "f")
    assert table.frame["x"].tolist()[1] == "?"
    assert "'?' was kept as a value of its own" in notes_of(table)


@pytest.mark.parametrize("code", ["-999", "-9999", "9999", "-99.9"])
def test_that_sentinels_are_kept_and_told(tmp_path, code):
    table = read_column(tmp_path, "1.5", code, "2.5", code, "3", "4")
    assert table.frame["x"].tolist()[1] == float(code)
    expected = (
        f"Column 'x' has 2 cells with {code}, far from all other values (1.5 to 4)"
    )
    assert expected in notes_of(table)


@pytest.mark.parametrize(
    "cells", [["998", "999", "1000"], ["90", "99", "80", "10"], ["-99", "-98", "-500"]]
)
def test_that_numbers_among_their_like_are_no_sentinels(tmp_path, cells):
    assert "far from" not in notes_of(read_column(tmp_path, *cells))


def test_that_given_codes_replace_the_usual_ones(tmp_path):
    table = read_column(tmp_path, "1", "-999", "2", "-999.0", na_values=["-999"])
    assert table.frame["x"].isna().tolist() == [False, True, False, True]
    assert "2 cells that say '-999' were read as missing, in 'x'." in table.notes
    table = read_column(tmp_path, "m", "NA", "gone", "m", na_values={"gone"})
    assert table.frame["x"].tolist()[:2] == ["m", "NA"]
    assert table.frame["x"].isna().tolist() == [False, False, True, False]
    table = read_column(tmp_path, "1", "NA", "2", na_values=[])
    assert table.frame["x"].tolist() == ["1", "NA", "2"]
    assert (
        read_column(tmp_path, "1", "x", "2", na_values="x").frame["x"].isna().sum() == 1
    )


@pytest.mark.parametrize("cells", [["", "", ""], ["NA", "NA", "-"], ["?", "?", "?"]])
def test_that_a_column_without_values_is_called_empty(tmp_path, cells):
    table = read_column(tmp_path, *cells)
    assert table.frame["x"].isna().all()
    assert table.kind_reasons["x"] == "Every cell is empty."


def test_that_a_column_of_one_given_number_is_empty(tmp_path):
    table = read_column(tmp_path, "-9", "-9", "-9", na_values=["-9"])
    assert table.kind_reasons["x"] == "Every cell is empty."
