"""Reading CSV, TSV and other text: where the table is, and what is said about it."""

from __future__ import annotations

import pytest

from tests.engine.data.files import PLAIN, notes_of, read_text, refusal


def test_that_a_plain_csv_is_read(tmp_path):
    table = read_text(tmp_path, PLAIN)
    assert table.source == "fish.csv"
    assert table.frame.index.tolist() == [1, 2, 3]
    assert table.frame["lake"].tolist() == ["A", "A", "B"]
    assert table.frame["mass"].tolist() == [1.5, 2.5, 3.5]
    assert str(table.frame["n"].dtype) == "int64"
    assert table.notes == (
        "Columns are separated by commas and the decimal mark is a point.",
    )
    assert list(table.kinds) == list(table.kind_reasons) == ["lake", "mass", "n"]


@pytest.mark.parametrize(
    ("mark", "word"),
    [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars"), ("  ", "spaces")],
)
def test_that_the_separator_is_recognised(tmp_path, mark, word):
    table = read_text(tmp_path, PLAIN.replace(",", mark), "fish.txt")
    assert table.frame.shape == (3, 3)
    assert f"separated by {word} and the decimal mark is a point." in notes_of(table)


@pytest.mark.parametrize("mark", [";", "\t", " "])
def test_that_a_decimal_comma_is_recognised(tmp_path, mark):
    table = read_text(tmp_path, PLAIN.replace(",", mark).replace(".", ","))
    assert table.frame["mass"].tolist() == [1.5, 2.5, 3.5]
    assert "the decimal mark is a comma." in notes_of(table)


def test_that_commas_in_every_cell_do_not_hide_semicolons(tmp_path):
    table = read_text(tmp_path, "a;b\n1,5;2,5\n3,5;4,5\n")
    assert table.frame.to_numpy().tolist() == [[1.5, 2.5], [3.5, 4.5]]


def test_that_semicolons_in_every_cell_do_not_hide_commas(tmp_path):
    table = read_text(tmp_path, "a,b\n1,x;y\n2,x;z\n3,y;z\n")
    assert list(table.frame) == ["a", "b"]


def test_that_three_decimals_after_a_comma_are_decimals_between_semicolons(tmp_path):
    table = read_text(tmp_path, "a;b\n-1,234;x\n-2,345;y\n")
    assert table.frame["a"].tolist() == [-1.234, -2.345]


def test_that_a_point_before_three_decimals_is_told(tmp_path):
    table = read_text(tmp_path, "a\tb\n1.234\tx\n2.345\ty\n")
    assert table.frame["a"].tolist() == [1.234, 2.345]
    assert "the decimal mark is a point" in notes_of(table)


def test_that_excels_separator_line_is_obeyed(tmp_path):
    table = read_text(tmp_path, "sep=;\na;b\n1,5;2\n2,5;3\n")
    assert table.frame["a"].tolist() == [1.5, 2.5]
    assert "Line 1 names the separator ('sep=;') and is not data." in table.notes


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_that_all_line_ends_are_understood(tmp_path, end):
    text = 'a,b\n1,"two\nlines"\n2,x\n'.replace("\n", end)
    table = read_text(tmp_path, text)
    assert table.frame["b"].tolist() == ["two\nlines", "x"]


def test_that_quoted_cells_keep_separators_and_quotes(tmp_path):
    table = read_text(tmp_path, 'a, b\n1, "x, ""y"""\n2, z\n')
    assert table.frame["b"].tolist() == ['x, "y"', "z"]


def test_that_spaces_around_names_and_cells_are_removed(tmp_path):
    table = read_text(tmp_path, ' lake , mass \n"A ", 1.5 \nA, 2.5\nB,3\n')
    assert list(table.frame) == ["lake", "mass"]
    assert table.frame["lake"].tolist() == ["A", "A", "B"]
    assert table.frame["mass"].tolist() == [1.5, 2.5, 3.0]
    assert "Spaces around the texts in 'lake' were removed." in table.notes


def test_that_comments_above_the_header_are_left_out(tmp_path):
    table = read_text(tmp_path, '# logger "7\n#, 2021\n\n' + PLAIN)
    assert table.frame.shape == (3, 3)
    assert "The 2 lines at the top that start with # were not read as data." in (
        table.notes
    )


def test_that_a_header_behind_a_comment_sign_is_found(tmp_path):
    table = read_text(tmp_path, "# made by numpy\n# x, y\n1.5,2\n2.5,4\n")
    assert list(table.frame) == ["x", "y"]
    assert len(table.frame) == 2


def test_that_a_title_above_the_header_is_left_out(tmp_path):
    table = read_text(tmp_path, 'Plot 17\n\n"#","Temp, °C"\n1,12.5\n2,12.7\n')
    assert list(table.frame) == ["#", "Temp, °C"]
    assert "Line 1 was taken as a title and left out: 'Plot 17'." in table.notes


def test_that_a_file_without_header_gets_numbered_names(tmp_path):
    table = read_text(tmp_path, "1,2.5\n2,3.5\n3,4.5\n")
    assert list(table.frame) == ["column 1", "column 2"]
    assert len(table.frame) == 3
    assert "holds only numbers" in notes_of(table)


def test_that_row_names_written_by_r_are_a_column(tmp_path):
    table = read_text(
        tmp_path, '"lake" "mass"\n"1" "Big A" 1.5\n"2" "B" 2.5\n', "r.txt"
    )
    assert list(table.frame) == ["row name", "lake", "mass"]
    assert table.frame["lake"].tolist() == ["Big A", "B"]
    assert "row names" in notes_of(table)


def test_that_a_comma_too_many_is_not_taken_for_row_names(tmp_path):
    error = refusal(tmp_path, "id,mass\n1,2,5\n2,3,7\n")
    assert error.message == "Line 2 of 'fish.csv' has 3 values, the header has 2."
    assert "decimal marks" in error.remedy


def test_that_empty_columns_and_rows_at_the_margins_are_left_out(tmp_path):
    table = read_text(tmp_path, "a,b,,\n1,x,,\n2,y,,\n,,,\n\n\n")
    assert table.frame.shape == (2, 2)
    assert str(table.frame["a"].dtype) == "int64"
    assert "2 empty columns without a name were left out." in table.notes
    assert "3 empty rows at the end were left out." in table.notes


def test_that_separators_at_the_end_of_rows_only_do_no_harm(tmp_path):
    table = read_text(tmp_path, "a,b\n1,x,\n2,y,,,\n")
    assert table.frame.shape == (2, 2)


def test_that_rows_keep_their_numbers_where_empty_ones_are_left_out(tmp_path):
    table = read_text(tmp_path, "a,b\n1,x\n\n2,y\n,\n,,\n3,z\n\n")
    assert table.frame.index.tolist() == [1, 3, 6]
    assert table.frame["a"].tolist() == [1, 2, 3]
    assert (
        "3 empty rows were left out (2, 4, 5); the others keep their numbers."
        in table.notes
    )
    assert "1 empty row at the end was left out." in table.notes


@pytest.mark.parametrize(
    ("above", "line"),
    [("", 2), ("Fish of 2021\n\n", 4), ("# by hand\n", 3), ("sep=,\n", 3)],
)
def test_that_a_row_is_found_again_by_its_line_in_the_file(tmp_path, above, line):
    text = f"{above}mass,lake\n1,x\n\n2,y\n,\n3,z\n"
    table = read_text(tmp_path, text)
    lines = text.splitlines()
    for row, mass in table.frame["mass"].items():
        assert lines[table.first_line + row - 2] == f"{mass},{table.frame['lake'][row]}"
    assert table.first_line == line


def test_that_a_file_without_a_header_has_its_first_row_in_line_1(tmp_path):
    table = read_text(tmp_path, "1,2\n3,4\n5,6\n")
    assert table.first_line == 1


def test_that_short_rows_are_filled_and_told(tmp_path):
    table = read_text(tmp_path, "a,b,c\n1,2,3\n1,2\n1\n")
    assert table.frame["c"].isna().tolist() == [False, True, True]
    assert "2 lines have fewer values than the header, the first is line 3" in (
        notes_of(table)
    )


def test_that_empty_last_cells_are_not_called_short_rows(tmp_path):
    assert "fewer values" not in notes_of(read_text(tmp_path, "a,b\n1,\n2,x\n"))


def test_that_a_long_row_is_named(tmp_path):
    error = refusal(tmp_path, "a,b,c,d\n" + "1,2,3,4\n" * 5 + "1,2,3,4,5\n")
    assert error.message == "Line 7 of 'fish.csv' has 5 values, the header has 4."


def test_that_a_long_row_beyond_the_sample_is_named(tmp_path):
    text = '# c\na,b\n"x\ny",2\n' + "12345678,87654321\n" * 10_000 + "1,2,3,4,5,6\n"
    error = refusal(tmp_path, text)
    assert error.message == "Line 10005 of 'fish.csv' has 6 values, the header has 2."


def test_that_a_quotation_mark_never_closed_is_named(tmp_path):
    error = refusal(tmp_path, 'a,b\n1,2\n1,"2\n3,4\n5,6\n')
    assert error.message == "A quotation mark in line 3 of 'fish.csv' is never closed."


def test_that_a_quotation_mark_never_closed_is_named_in_a_large_file(tmp_path):
    text = "a,b\n" + "1,2\n" * 10 + '1,"2\n' + "12345678,87654321\n" * 20_000
    assert "mark in line 12 of" in refusal(tmp_path, text).message


@pytest.mark.parametrize("text", ["a\n1\n2\n", "mass\n1,5\n2,7\n", "word\n"])
def test_that_one_column_is_refused(tmp_path, text):
    error = refusal(tmp_path, text)
    assert error.message == "Only one column was found in 'fish.csv'."
    assert "semicolons" in error.remedy


def test_that_a_header_alone_is_refused(tmp_path):
    assert "no data below" in refusal(tmp_path, "a,b\n").message
    assert "no data below" in refusal(tmp_path, "a,b\n,\n,\n").message


def test_that_one_row_is_refused(tmp_path):
    assert "only one row" in refusal(tmp_path, "a,b\n1,2\n").message


@pytest.mark.parametrize("text", ["", " \n\n\t", "\N{ZERO WIDTH NO-BREAK SPACE}\n"])
def test_that_an_empty_file_is_refused(tmp_path, text):
    assert refusal(tmp_path, text).message == "The file 'fish.csv' is empty."


def test_that_the_row_that_keeps_a_column_from_being_numbers_has_its_number(tmp_path):
    rows = "".join(f"{i},x\n" for i in range(30))
    table = read_text(tmp_path, f"mass,lake\n1,x\n\n{rows}2 g,y\n")
    (row,) = table.frame.index[table.frame["mass"] == "2 g"]
    assert row == 33
    assert "in row 33: '2 g'" in notes_of(table)
