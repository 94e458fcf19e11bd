"""Rows are found again in the file by their numbers, whatever was skipped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gui.data.rows_not_used import NotUsedCard
from gui.data.steps_card import StepsCard
from tests.gui.data.conftest import WAIT

DOWN, TIP = Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole
TEXT = "Fish of 2021\nmass,lake\n1,x\n\n2,y\n,\n3,x\n4,y\n"


@pytest.fixture
def gaps(qtbot, session, pane, tmp_path):
    """Give the panel with a file in which two rows are empty."""
    path = tmp_path / "gaps.csv"
    path.write_text(TEXT)
    session.open_table(path)
    qtbot.waitUntil(lambda: session.scan is not None, timeout=WAIT)
    return pane


def said(card) -> str:
    words = " ".join(part.text() for part in card.findChildren(QLabel))
    card.deleteLater()
    return words


def numbers(pane):
    return [pane.rows.headerData(row, DOWN) for row in range(pane.rows.rowCount())]


def test_that_rows_have_the_numbers_and_lines_of_the_file(gaps):
    assert numbers(gaps) == ["1", "3", "5", "6"]
    tip = gaps.rows.headerData(2, DOWN, TIP)
    assert tip == "Row 5. In gaps.csv it is line 7."
    assert TEXT.splitlines()[6] == "3,x"


def test_that_skipped_rows_and_the_reading_are_told(session, gaps):
    assert "2 empty rows of the file skipped" in said(NotUsedCard(session, gaps))
    words = said(StepsCard(session, gaps))
    assert "Columns are separated by commas." in words
    assert "Row 1 is line 3 of the file." in words


def test_that_a_row_is_excluded_by_the_number_it_has_in_the_file(qtbot, session, gaps):
    session.exclude_rows([5], "torn")
    qtbot.waitUntil(lambda: not session.prepared.is_used.all(), timeout=WAIT)
    assert session.prepared.is_used.tolist() == [True, True, False, True]
    tip = gaps.rows.headerData(2, DOWN, TIP)
    assert tip == "Row 5, excluded: torn. In gaps.csv it is line 7."


def test_that_a_pasted_table_has_no_lines(qtbot, session, pane):
    session.open_text("mass\tlake\n1\tx\n2\ty\n")
    qtbot.waitUntil(lambda: session.scan is not None, timeout=WAIT)
    assert pane.rows.headerData(1, DOWN, TIP) == "Row 2"
    assert "skipped" not in said(NotUsedCard(session, pane))
