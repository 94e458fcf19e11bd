"""Recognising how a text file is encoded."""

from __future__ import annotations

import pytest

from engine.data.reading import read_table
from tests.engine.data.files import PLAIN, notes_of, read_text, refusal


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
    table = read_text(tmp_path, text, encoding=encoding)
    assert table.frame["site"].tolist() == words
    assert f"The file is encoded as {title}" in notes_of(table)


def test_that_symbols_of_field_work_are_read_as_windows_text(tmp_path):
    text = "temp (°C),size (µm)\n±1,25 m²\n±2,10 – 12\n"
    table = read_text(tmp_path, text, encoding="cp1252")
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
    assert (
        read_text(tmp_path, text, encoding=encoding).frame["site"].tolist() == words * 9
    )


def test_that_plain_ascii_needs_no_word_about_encoding(tmp_path):
    assert "encoded" not in notes_of(read_text(tmp_path, PLAIN))


def test_that_a_few_broken_letters_do_not_spoil_utf8(tmp_path):
    path = tmp_path / "fish.csv"
    path.write_bytes(b"a,b\n" + "é,1\n".encode() * 30 + b"\xe9,2\n")
    table = read_table(path)
    assert table.frame["a"].iloc[0] == "é"
    assert "1 character could not be read, first in line 32" in notes_of(table)


def test_that_letters_beyond_the_sample_are_found(tmp_path):
    text = "site,mass\n" + "plain,1.5\n" * 20_000 + "Léman,2.5\n"
    table = read_text(tmp_path, text, encoding="cp1252")
    assert table.frame["site"].iloc[-1] == "Léman"


def test_that_null_bytes_after_the_end_are_left_out(tmp_path):
    table = read_text(tmp_path, PLAIN + "\0" * 100)
    assert len(table.frame) == 3
    assert "100 null bytes at the end were left out." in table.notes


@pytest.mark.parametrize("noise", ["\0", "\x01\x02\x03\x04\x05"])
def test_that_binary_noise_is_refused(tmp_path, noise):
    error = refusal(tmp_path, f"a,b\n1,2{noise}3\n4,5\n")
    assert error.message == "The file 'fish.csv' is damaged or is not a text file."
