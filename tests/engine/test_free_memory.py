"""What is asked of the system, and what is made of its answers."""

from __future__ import annotations

import os
import sys

import pytest

from engine import free_memory


@pytest.mark.skipif(sys.platform == "win32", reason="sysconf is of Unix")
def test_that_what_is_free_is_part_of_what_is_built_in():
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < free_memory.free_bytes() <= total


@pytest.mark.skipif(sys.platform == "win32", reason="the table is of Linux")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("MemTotal: 900 kB\nMemAvailable:     300 kB\nSwap: 1 kB\n", 300 * 1024),
        ("MemTotal: 900 kB\n", None),
        ("MemAvailable:\n", None),
        ("MemAvailable: many kB\n", None),
        ("", None),
    ],
)
def test_that_a_table_without_an_answer_gives_way(text, wanted, tmp_path, monkeypatch):
    table = tmp_path / "meminfo"
    table.write_text(text, encoding="ascii")
    monkeypatch.setattr(free_memory, "MEMINFO", table)
    monkeypatch.setattr(free_memory, "_built_in", lambda: -1)
    assert free_memory.free_bytes() == (wanted or -1)


@pytest.mark.skipif(sys.platform == "win32", reason="the table is of Linux")
def test_that_a_system_that_says_nothing_is_no_error(tmp_path, monkeypatch):
    def unknown(name):
        raise ValueError(name)

    monkeypatch.setattr(free_memory, "MEMINFO", tmp_path / "not there")
    monkeypatch.setattr(os, "sysconf", unknown)
    assert free_memory.free_bytes() is None
