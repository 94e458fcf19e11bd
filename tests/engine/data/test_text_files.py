"""Reading CSV, TSV and other text: layout, encodings, and everything that is said."""

from __future__ import annotations

import csv
import io

import pytest

from engine.data.reading import read_table
from engine.errors import DataError
from tests.engine.data.files import write_text

PLAIN = "lake,mass,n\nA,1.5,1\nA,2.5,2\nB,3.5,3\n"


def notes_of(table):
    return " ".join(table.notes)


def read(tmp_path, text, name="fish.csv", encoding="utf-8", **options):
    return read_table(write_text(tmp_path, text, name, encoding), **options)


def failure(tmp_path, text, name="fish.csv", **options) -> DataError:
    path = write_text(tmp_path, text, name)
    with pytest.raises(DataError) as caught:
        read_table(path, **options)
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith((".", "?"))
    return caught.value


def test_that_a_plain_csv_is_read(tmp_path):
    table = read(tmp_path, PLAIN)
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
    table = read(tmp_path, PLAIN.replace(",", mark), "fish.txt")
    assert table.frame.shape == (3, 3)
    assert f"separated by {word} and the decimal mark is a point." in notes_of(table)


@pytest.mark.parametrize("mark", [";", "\t", " "])
def test_that_a_decimal_comma_is_recognised(tmp_path, mark):
    table = read(tmp_path, PLAIN.replace(",", mark).replace(".", ","))
    assert table.frame["mass"].tolist() == [1.5, 2.5, 3.5]
    assert "the decimal mark is a comma." in notes_of(table)


def test_that_commas_in_every_cell_do_not_hide_semicolons(tmp_path):
    table = read(tmp_path, "a;b\n1,5;2,5\n3,5;4,5\n")
    assert table.frame.to_numpy().tolist() == [[1.5, 2.5], [3.5, 4.5]]


def test_that_semicolons_in_every_cell_do_not_hide_commas(tmp_path):
    table = read(tmp_path, "a,b\n1,x;y\n2,x;z\n3,y;z\n")
    assert list(table.frame) == ["a", "b"]


def test_that_three_decimals_after_a_comma_are_decimals_between_semicolons(tmp_path):
    table = read(tmp_path, "a;b\n-1,234;x\n-2,345;y\n")
    assert table.frame["a"].tolist() == [-1.234, -2.345]


def test_that_a_point_before_three_decimals_is_told(tmp_path):
    table = read(tmp_path, "a\tb\n1.234\tx\n2.345\ty\n")
    assert table.frame["a"].tolist() == [1.234, 2.345]
    assert "the decimal mark is a point" in notes_of(table)


def test_that_excels_separator_line_is_obeyed(tmp_path):
    table = read(tmp_path, "sep=;\na;b\n1,5;2\n2,5;3\n")
    assert table.frame["a"].tolist() == [1.5, 2.5]
    assert "Line 1 names the separator ('sep=;') and is not data." in table.notes


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_that_all_line_ends_are_understood(tmp_path, end):
    text = 'a,b\n1,"two\nlines"\n2,x\n'.replace("\n", end)
    table = read(tmp_path, text)
    assert table.frame["b"].tolist() == ["two\nlines", "x"]


def test_that_quoted_cells_keep_separators_and_quotes(tmp_path):
    table = read(tmp_path, 'a, b\n1, "x, ""y"""\n2, z\n')
    assert table.frame["b"].tolist() == ['x, "y"', "z"]


def test_that_spaces_around_names_and_cells_are_removed(tmp_path):
    table = read(tmp_path, ' lake , mass \n"A ", 1.5 \nA, 2.5\nB,3\n')
    assert list(table.frame) == ["lake", "mass"]
    assert table.frame["lake"].tolist() == ["A", "A", "B"]
    assert table.frame["mass"].tolist() == [1.5, 2.5, 3.0]
    assert "Spaces around the texts in 'lake' were removed." in table.notes


def test_that_comments_above_the_header_are_left_out(tmp_path):
    table = read(tmp_path, '# logger "7\n#, 2021\n\n' + PLAIN)
    assert table.frame.shape == (3, 3)
    assert "The 2 lines at the top that start with # were not read as data." in (
        table.notes
    )


def test_that_a_header_behind_a_comment_sign_is_found(tmp_path):
    table = read(tmp_path, "# made by numpy\n# x, y\n1.5,2\n2.5,4\n")
    assert list(table.frame) == ["x", "y"]
    assert len(table.frame) == 2


def test_that_a_title_above_the_header_is_left_out(tmp_path):
    table = read(tmp_path, 'Plot 17\n\n"#","Temp, °C"\n1,12.5\n2,12.7\n')
    assert list(table.frame) == ["#", "Temp, °C"]
    assert "Line 1 was taken as a title and left out: 'Plot 17'." in table.notes


def test_that_a_file_without_header_gets_numbered_names(tmp_path):
    table = read(tmp_path, "1,2.5\n2,3.5\n3,4.5\n")
    assert list(table.frame) == ["column 1", "column 2"]
    assert len(table.frame) == 3
    assert "holds only numbers" in notes_of(table)


def test_that_row_names_written_by_r_are_a_column(tmp_path):
    table = read(tmp_path, '"lake" "mass"\n"1" "Big A" 1.5\n"2" "B" 2.5\n', "r.txt")
    assert list(table.frame) == ["row name", "lake", "mass"]
    assert table.frame["lake"].tolist() == ["Big A", "B"]
    assert "row names" in notes_of(table)


def test_that_a_comma_too_many_is_not_taken_for_row_names(tmp_path):
    error = failure(tmp_path, "id,mass\n1,2,5\n2,3,7\n")
    assert error.message == "Line 2 has 3 values, the header has 2."
    assert "decimal marks" in error.remedy


def test_that_empty_columns_and_rows_at_the_margins_are_left_out(tmp_path):
    table = read(tmp_path, "a,b,,\n1,x,,\n2,y,,\n,,,\n\n\n")
    assert table.frame.shape == (2, 2)
    assert str(table.frame["a"].dtype) == "int64"
    assert "2 empty columns without a name were left out." in table.notes
    assert "3 empty rows at the end were left out." in table.notes


def test_that_separators_at_the_end_of_rows_only_do_no_harm(tmp_path):
    table = read(tmp_path, "a,b\n1,x,\n2,y,,,\n")
    assert table.frame.shape == (2, 2)


def test_that_an_empty_row_inside_is_left_out_and_the_rest_numbered_on(tmp_path):
    table = read(tmp_path, "a,b\n1,x\n\n2,y\n")
    assert table.frame.index.tolist() == [1, 2]
    assert "1 empty row was left out." in table.notes


def test_that_short_rows_are_filled_and_told(tmp_path):
    table = read(tmp_path, "a,b,c\n1,2,3\n1,2\n1\n")
    assert table.frame["c"].isna().tolist() == [False, True, True]
    assert "2 lines have fewer values than the header, the first is line 3" in (
        notes_of(table)
    )


def test_that_empty_last_cells_are_not_called_short_rows(tmp_path):
    assert "fewer values" not in notes_of(read(tmp_path, "a,b\n1,\n2,x\n"))


def test_that_a_long_row_is_named(tmp_path):
    error = failure(tmp_path, "a,b,c,d\n" + "1,2,3,4\n" * 5 + "1,2,3,4,5\n")
    assert error.message == "Line 7 has 5 values, the header has 4."


def test_that_a_long_row_beyond_the_sample_is_named(tmp_path):
    text = '# c\na,b\n"x\ny",2\n' + "12345678,87654321\n" * 10_000 + "1,2,3,4,5,6\n"
    error = failure(tmp_path, text)
    assert error.message == "Line 10005 has 6 values, the header has 2."


def test_that_a_quotation_mark_never_closed_is_named(tmp_path):
    error = failure(tmp_path, 'a,b\n1,2\n1,"2\n3,4\n5,6\n')
    assert error.message == "A quotation mark in line 3 of 'fish.csv' is never closed."


@pytest.mark.parametrize("text", ["a\n1\n2\n", "mass\n1,5\n2,7\n", "word\n"])
def test_that_one_column_is_refused(tmp_path, text):
    error = failure(tmp_path, text)
    assert error.message == "Only one column was found in 'fish.csv'."
    assert "semicolons" in error.remedy


def test_that_a_header_alone_is_refused(tmp_path):
    assert "no data below" in failure(tmp_path, "a,b\n").message
    assert "no data below" in failure(tmp_path, "a,b\n,\n,\n").message


def test_that_one_row_is_refused(tmp_path):
    assert "only one row" in failure(tmp_path, "a,b\n1,2\n").message


@pytest.mark.parametrize("text", ["", " \n\n\t", "\N{ZERO WIDTH NO-BREAK SPACE}\n"])
def test_that_an_empty_file_is_refused(tmp_path, text):
    assert failure(tmp_path, text).message == "The file 'fish.csv' is empty."


# --- encodings


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
        ("mac_roman", "Mac Roman"),
    ],
)
@pytest.mark.parametrize(
    "words", [["Müritz", "Ålesund"], ["Léman", "Évian"], ["Doñana", "Río"]]
)
def test_that_encodings_are_recognised(tmp_path, encoding, title, words):
    text = "site,mass\n" + "".join(f"{word},{i}.5\n" for i, word in enumerate(words))
    table = read(tmp_path, text, encoding=encoding)
    assert table.frame["site"].tolist() == words
    assert f"The file is encoded as {title}" in notes_of(table)


def test_that_symbols_of_field_work_are_read_as_windows_text(tmp_path):
    text = "temp (°C),size (µm)\n±1,25 m²\n±2,10 – 12\n"
    table = read(tmp_path, text, encoding="cp1252")
    assert list(table.frame) == ["temp (°C)", "size (µm)"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1250", ["łąka", "źródło", "żaba", "wąż", "świerk", "dąb"]),
        ("cp1251", ["щука", "окунь", "сосна", "озеро", "рыба", "река"]),
        ("cp850", ["Müritz", "Höhe", "Größe", "Länge", "Königssee"]),
    ],
)
def test_that_other_alphabets_are_recognised(tmp_path, encoding, words):
    text = "site,mass\n" + "".join(f"{word},{i}\n" for i, word in enumerate(words * 9))
    assert read(tmp_path, text, encoding=encoding).frame["site"].tolist() == words * 9


def test_that_plain_ascii_needs_no_word_about_encoding(tmp_path):
    assert "encoded" not in notes_of(read(tmp_path, PLAIN))


def test_that_a_few_broken_letters_do_not_spoil_utf8(tmp_path):
    path = tmp_path / "fish.csv"
    path.write_bytes(b"a,b\n" + "é,1\n".encode() * 30 + b"\xe9,2\n")
    table = read_table(path)
    assert table.frame["a"].iloc[0] == "é"
    assert "1 character could not be read, first in line 32" in notes_of(table)


def test_that_letters_beyond_the_sample_are_found(tmp_path):
    text = "site,mass\n" + "plain,1.5\n" * 20_000 + "Léman,2.5\n"
    table = read(tmp_path, text, encoding="cp1252")
    assert table.frame["site"].iloc[-1] == "Léman"


def test_that_null_bytes_after_the_end_are_left_out(tmp_path):
    table = read(tmp_path, PLAIN + "\0" * 100)
    assert len(table.frame) == 3
    assert "100 null bytes at the end were left out." in table.notes


@pytest.mark.parametrize("noise", ["\0", "\x01\x02\x03\x04\x05"])
def test_that_binary_noise_is_refused(tmp_path, noise):
    error = failure(tmp_path, f"a,b\n1,2{noise}3\n4,5\n")
    assert error.message == "The file 'fish.csv' is damaged or is not a text file."


# --- options


def test_that_options_override_the_recognition(tmp_path):
    text = "a;b,c;d\n1;2,3;4\n5;6,7;8\n"
    table = read(tmp_path, text, delimiter=",")
    assert list(table.frame) == ["a;b", "c;d"]
    text = "a\tb\n1,234\tx\n5,678\ty\n"
    assert read(tmp_path, text, decimal=",").frame["a"].tolist() == [1.234, 5.678]
    assert read(tmp_path, text, decimal=".").frame["a"].tolist() == [1234, 5678]
    table = read(tmp_path, "a,b\né,1\né,2\n", encoding="cp1252")
    assert table.frame["a"].tolist() == ["é", "é"]


def test_that_a_given_encoding_is_taken_at_its_word(tmp_path):
    path = write_text(tmp_path, "a,b\né,1\né,2\n")
    assert read_table(path, encoding="latin-1").frame["a"].tolist() == ["Ã©", "Ã©"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"delimiter": ";"}, "With semicolons between columns"),
        ({"delimiter": "::"}, "'::' cannot separate columns"),
        ({"delimiter": '"'}, "cannot separate columns"),
        ({"decimal": "x"}, "'x' is not a decimal mark"),
        ({"decimal": ",", "delimiter": ","}, "cannot be both"),
        ({"encoding": "klingon"}, "no encoding called 'klingon'"),
        ({"encoding": "hex"}, "no encoding called 'hex'"),
        ({"sheet": "data"}, "has no sheets"),
    ],
)
def test_that_impossible_options_are_refused(tmp_path, options, words):
    assert words in failure(tmp_path, PLAIN, **options).message


def test_that_a_wrong_given_encoding_is_refused(tmp_path):
    path = write_text(tmp_path, "a,b\né,1\né,2\n", encoding="cp1252")
    with pytest.raises(DataError, match="is not text encoded as UTF-8"):
        read_table(path, encoding="utf-8")


# --- files that are something else


def test_that_a_missing_file_gets_a_suggestion(tmp_path):
    write_text(tmp_path, PLAIN, "Fish 2020.csv")
    with pytest.raises(DataError, match="There is no file") as caught:
        read_table(tmp_path / "fish_2020.csv")
    assert caught.value.remedy == "Did you mean 'Fish 2020.csv'?"


def test_that_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="There is no folder 'gone'"):
        read_table(tmp_path / "gone" / "fish.csv")


def test_that_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="is a folder, not a file"):
        read_table(tmp_path)


def test_that_a_file_without_permission_is_refused(tmp_path, monkeypatch):
    path = write_text(tmp_path, PLAIN)

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    with pytest.raises(DataError, match="may not be read"):
        read_table(path)


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 5000])
def test_that_an_impossible_file_name_is_refused(name):
    with pytest.raises(DataError):
        read_table(name)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0", "picture"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"<html><table>", "web page"),
        (b"{\\rtf1 a,b\n1,2", "RTF"),
    ],
)
def test_that_other_kinds_of_file_are_called_by_name(tmp_path, start, words):
    path = tmp_path / "fish.csv"
    path.write_bytes(start + b"x" * 100)
    with pytest.raises(DataError, match=words):
        read_table(path)


def test_that_a_column_called_par1_is_no_parquet_file(tmp_path):
    assert list(read(tmp_path, "PAR1,PAR2\n1,2\n3,4\n").frame) == ["PAR1", "PAR2"]


def test_that_lack_of_memory_is_told(tmp_path, monkeypatch):
    def exhausted(*_, **__):
        raise MemoryError

    monkeypatch.setattr("engine.data.reading.read_delimited", exhausted)
    with pytest.raises(DataError, match="too large"):
        read_table(write_text(tmp_path, PLAIN))


def test_that_a_large_file_is_read_as_a_small_one(tmp_path):
    rows = [
        [f"L{i % 50:02}", i, i / 8, "NA" if i % 97 == 0 else i * 0.1]
        for i in range(30_000)
    ]
    text = io.StringIO()
    csv.writer(text).writerows([["lake", "fish", "mass", "length"], *rows])
    table = read(tmp_path, text.getvalue())
    assert table.frame["mass"].tolist() == [row[2] for row in rows]
    assert table.frame["length"].isna().sum() == 310
    assert table.frame["length"].iloc[1:97].tolist() == [row[3] for row in rows[1:97]]
