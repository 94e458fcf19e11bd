"""Reading XLSX, XLS and ODS workbooks."""

from __future__ import annotations

import datetime as dt
import zipfile

import pytest
import xlsxwriter

from engine.data.reading import read_table
from engine.data.table import Kind
from engine.errors import DataError
from tests.engine.data.files import (
    notes_of,
    write_ods,
    write_text,
    write_xls,
    write_xlsx,
)

ROWS = [["lake", "mass", "n"], ["A", 1.5, 1], ["A", None, 2], ["B", 3.5, 3]]


def test_that_a_workbook_is_read(tmp_path):
    table = read_table(write_xlsx(tmp_path, {"catch": ROWS}))
    assert table.source == "fish.xlsx"
    assert table.frame.index.tolist() == [1, 2, 3]
    assert table.frame["lake"].tolist() == ["A", "A", "B"]
    assert table.frame["mass"].tolist()[::2] == [1.5, 3.5]
    assert table.frame["mass"].isna().tolist() == [False, True, False]
    assert str(table.frame["n"].dtype) == "int64"
    assert table.notes == ()


@pytest.mark.parametrize("write", [write_xls, write_ods])
def test_that_older_and_open_workbooks_are_read(tmp_path, write):
    table = read_table(write(tmp_path, [["lake", "mass"], ["A", 1.5], ["B", 2.0]]))
    assert table.frame["lake"].tolist() == ["A", "B"]
    assert table.frame["mass"].tolist() == [1.5, 2.0]


def test_that_cells_of_all_types_are_understood(tmp_path):
    day = dt.datetime(2021, 5, 3)
    header = ["date", "is_adult", "mixed", "as text", "time", "moment"]
    rows = [
        [day, True, 5, "1.5", dt.time(9, 30), "2021-05-03"],
        [None, False, "x", "NA", dt.time(10), day],
        [day + dt.timedelta(1), True, 2.5, 2, None, "n/a"],
    ]
    table = read_table(write_xlsx(tmp_path, {"catch": [header, *rows]}))
    kinds = dict(table.kinds)
    assert kinds["date"] is kinds["moment"] is Kind.DATE
    assert table.frame["date"].iloc[2].day == 4
    assert table.frame["is_adult"].tolist() == ["TRUE", "FALSE", "TRUE"]
    assert table.frame["mixed"].tolist() == ["5", "x", "2.5"]
    assert table.frame["as text"].tolist()[::2] == [1.5, 2.0]
    assert table.frame["moment"].notna().tolist() == [True, True, False]
    assert "Times of day and durations in 'time' were kept as text." in table.notes


def test_that_the_first_sheet_with_a_table_is_read(tmp_path):
    sheets = {"cover": [["Our fish"]], "catch": ROWS, "old": ROWS, "empty": []}
    table = read_table(write_xlsx(tmp_path, sheets))
    assert table.frame.shape == (3, 3)
    assert table.notes[0] == (
        "Sheet 'catch' was read; the workbook also has 'cover', 'old' and 'empty'."
    )


def test_that_a_sheet_can_be_chosen(tmp_path):
    path = write_xlsx(tmp_path, {"a": ROWS, "b": [["x", "y"], [1, 2], [3, 4]]})
    assert list(read_table(path, sheet="b").frame) == ["x", "y"]


@pytest.mark.parametrize(
    ("sheet", "message", "remedy"),
    [
        ("Catch", "has no sheet 'Catch'", "Did you mean 'catch'?"),
        ("zzz", "has no sheet 'zzz'", "It has 'catch', 'empty' and 'one'."),
        ("empty", "There is no data in sheet 'empty'", "another sheet"),
        ("one", "Only one column was found in sheet 'one'", "At least two"),
    ],
)
def test_that_a_sheet_that_cannot_be_read_is_refused(tmp_path, sheet, message, remedy):
    path = write_xlsx(tmp_path, {"catch": ROWS, "empty": [], "one": [["a"], [1], [2]]})
    with pytest.raises(DataError, match=message) as caught:
        read_table(path, sheet=sheet)
    assert remedy in caught.value.remedy


def test_that_margins_and_titles_are_left_out(tmp_path):
    path = tmp_path / "fish.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("catch")
        sheet.write(2, 1, "Catch of 2021")
        for i, row in enumerate(ROWS):
            sheet.write_row(4 + i, 1, row)
    table = read_table(path)
    assert table.frame.shape == (3, 3)
    assert "The cells begin at B3" in notes_of(table)
    assert "Row 3 of the sheet was taken as a title and left out" in notes_of(table)


def test_that_upright_merged_cells_fill_their_rows(tmp_path):
    path = tmp_path / "fish.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("catch")
        sheet.write_row(0, 0, ["lake"])
        sheet.merge_range(0, 1, 0, 2, "sizes")
        for i in range(4):
            sheet.write_row(1 + i, 1, [i, i + 0.5])
        sheet.merge_range(1, 0, 2, 0, "A")
        sheet.merge_range(3, 0, 4, 0, "B")
    table = read_table(path)
    assert table.frame["lake"].tolist() == ["A", "A", "B", "B"]
    assert list(table.frame) == ["lake", "sizes", "column 3"]
    assert "Each merged cell has its value in every row that it spans." in table.notes
    assert "1 merged cell across columns or in the header" in notes_of(table)


def test_that_cells_with_errors_are_missing_and_told(tmp_path):
    path = tmp_path / "fish.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("catch")
        for i, row in enumerate(ROWS):
            sheet.write_row(i, 0, row)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    table = read_table(path)
    assert table.frame["mass"].isna().sum() == 2
    assert (
        "Cells with errors such as #N/A or #DIV/0! were read as missing." in table.notes
    )


def test_that_a_header_of_numbers_is_data(tmp_path):
    table = read_table(write_xlsx(tmp_path, {"catch": [[1, 2.5], [2, 3.5]]}))
    assert list(table.frame) == ["column 1", "column 2"]
    assert len(table.frame) == 2


def test_that_a_cell_in_the_far_corner_is_refused(tmp_path):
    path = tmp_path / "fish.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("catch")
        for i, row in enumerate(ROWS):
            sheet.write_row(i, 0, row)
        sheet.write(1_048_575, 16_383, "oops")
    with pytest.raises(DataError, match="has a cell at XFD1048576, too far"):
        read_table(path)


def test_that_a_formatted_but_empty_far_corner_does_no_harm(tmp_path):
    path = tmp_path / "fish.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("catch")
        for i, row in enumerate(ROWS):
            sheet.write_row(i, 0, row)
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert read_table(path).frame.shape == (3, 3)


def test_that_the_content_decides_and_not_the_name(tmp_path):
    path = write_xlsx(tmp_path, {"catch": ROWS}).rename(tmp_path / "fish.csv")
    assert "The file is a workbook, despite its name." in read_table(path).notes
    path = write_text(tmp_path, "a\tb\n1\t2\n3\t4\n", "fish.xls")
    assert "The file is text, despite its name." in read_table(path).notes
    path = write_text(tmp_path, "a\tb\n1\té\n3\té\n", "fish.xls", "utf-16")
    assert read_table(path).frame["b"].tolist() == ["é", "é"]


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"a": [], "b": []}, "The workbook 'fish.xlsx' has no data in its sheets."),
        ({"a": [["x", "y"]]}, "There is a header but no data below it in sheet 'a'"),
        ({"a": [["x", "y"], [1, 2]]}, "has only one row of data"),
        ({"a": [["x"], [1], [2]]}, "Only one column was found"),
    ],
)
def test_that_workbooks_without_a_table_are_refused(tmp_path, sheets, message):
    with pytest.raises(DataError, match=message):
        read_table(write_xlsx(tmp_path, sheets))


def test_that_a_truncated_workbook_is_refused(tmp_path):
    path = write_xlsx(tmp_path, {"catch": ROWS})
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(DataError, match="is damaged or incomplete"):
        read_table(path)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 noise", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_that_noise_with_a_workbooks_beginning_is_refused(tmp_path, content):
    path = tmp_path / "fish.xlsx"
    path.write_bytes(content + bytes(range(256)) * 10)
    with pytest.raises(DataError, match="damaged or incomplete"):
        read_table(path)


def test_that_noise_named_like_a_workbook_is_refused(tmp_path):
    path = tmp_path / "fish.xlsx"
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(DataError, match=r"The workbook .* is damaged"):
        read_table(path)


def test_that_xml_which_breaks_off_is_refused(tmp_path):
    # calamine would never return
    path = write_ods(tmp_path, [["a", "b"], ["x", 1.0]], end="")
    with pytest.raises(DataError, match="damaged or incomplete"):
        read_table(path)


def test_that_a_workbook_behind_a_password_is_refused(tmp_path):
    path = tmp_path / "fish.xlsx"
    mark = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + mark + bytes(600)
    )
    with pytest.raises(DataError, match="protected by a password"):
        read_table(path)


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("fish.csv", "a ZIP archive"),
        ("word/document.xml", "a Word document"),
        ("Index/Document.iwa", "an Apple Numbers document"),
    ],
)
def test_that_other_archives_are_called_by_name(tmp_path, member, words):
    path = tmp_path / "fish.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "a,b\n1,2\n")
    with pytest.raises(DataError, match=words):
        read_table(path)


def test_that_a_panic_inside_calamine_is_told_as_damage(tmp_path, monkeypatch):
    class PanicException(BaseException):
        pass

    def panic(*_):
        raise PanicException("index out of bounds")

    monkeypatch.setattr("engine.data.workbooks.calamine.load_workbook", panic)
    with pytest.raises(DataError, match="damaged") as caught:
        read_table(write_xlsx(tmp_path, {"catch": ROWS}))
    assert caught.value.details == "index out of bounds"


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_that_rows_of_a_sheet_keep_their_numbers_and_lines(tmp_path, form):
    rows = [["lake", "mass"], ["a", 1.5], ["", ""], ["b", 2.5], ["", ""], ["c", 3.5]]
    if form == "ods":
        path = write_ods(tmp_path, rows)
    else:
        path = write_xlsx(tmp_path, {"catch": [[c or None for c in r] for r in rows]})
    table = read_table(path)
    assert table.frame["mass"].to_dict() == {1: 1.5, 3: 2.5, 5: 3.5}
    assert table.first_line == 2
    assert "2 empty rows were left out (2, 4)" in notes_of(table)


def test_that_lines_of_a_sheet_are_counted_from_its_first_one(tmp_path):
    path = tmp_path / "fish.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("catch")
        sheet.write(2, 1, "Catch of 2021")
        for i, row in enumerate(ROWS):
            sheet.write_row(4 + i, 1, row)
    assert read_table(path).first_line == 6
