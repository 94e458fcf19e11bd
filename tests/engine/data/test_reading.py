"""Options of reading, and files that cannot be read at all."""

from __future__ import annotations

import csv
import io

import pytest

from engine.data.reading import read_table
from engine.errors import DataError
from tests.engine.data.files import PLAIN, read_text, refusal, write_text


def test_that_options_override_the_recognition(tmp_path):
    text = "a;b,c;d\n1;2,3;4\n5;6,7;8\n"
    table = read_text(tmp_path, text, delimiter=",")
    assert list(table.frame) == ["a;b", "c;d"]
    text = "a\tb\n1,234\tx\n5,678\ty\n"
    assert read_text(tmp_path, text, decimal=",").frame["a"].tolist() == [1.234, 5.678]
    assert read_text(tmp_path, text, decimal=".").frame["a"].tolist() == [1234, 5678]
    table = read_text(tmp_path, "a,b\né,1\né,2\n", encoding="cp1252")
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
    assert words in refusal(tmp_path, PLAIN, **options).message


def test_that_a_wrong_given_encoding_is_refused(tmp_path):
    path = write_text(tmp_path, "a,b\né,1\né,2\n", encoding="cp1252")
    with pytest.raises(DataError, match="is not text encoded as UTF-8"):
        read_table(path, encoding="utf-8")


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
    assert list(read_text(tmp_path, "PAR1,PAR2\n1,2\n3,4\n").frame) == ["PAR1", "PAR2"]


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
    table = read_text(tmp_path, text.getvalue())
    assert table.frame["mass"].tolist() == [row[2] for row in rows]
    assert table.frame["length"].isna().sum() == 310
    assert table.frame["length"].iloc[1:97].tolist() == [row[3] for row in rows[1:97]]
