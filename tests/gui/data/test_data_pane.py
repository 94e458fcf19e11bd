"""The data panel with a real session."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from engine.data.table import Kind, Table
from gui.data.column_cells import ColumnCells
from gui.work.document import Document
from gui.work.opening import Opened
from tests.gui.data.conftest import WAIT

NO_KEY = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def click(qtbot, pane, row, column=1, keys=NO_KEY):
    rect = pane.view.visualRect(pane.rows.index(row, column))
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(pane.view.viewport(), left, keys, rect.center())


def rows_of(session, lake):
    frame = session.prepared.frame
    return tuple(frame.index[frame["lake"] == lake].tolist())


def wait_until_prepared(qtbot, session, is_ready):
    qtbot.waitUntil(
        lambda: session.prepared is not None and is_ready(session.prepared),
        timeout=WAIT,
    )


def test_that_an_empty_panel_offers_to_open_and_to_paste(qtbot, pane):
    asked = []
    pane.action_asked.connect(asked.append)
    qtbot.mouseClick(pane.empty.button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pane.paste, Qt.MouseButton.LeftButton)
    assert asked == ["open", "paste"]
    assert not pane.steps_button.isVisible()


def test_that_an_opened_file_is_shown_with_its_name(fish):
    assert fish.rows.rowCount() == 150
    assert fish.rows.names == ["lake", "log_length", "log_mass"]
    assert fish.view.isVisible()
    assert fish.footer.counts.text() == "150 rows used · 0 not used"


def test_that_a_click_selects_a_row_and_keys_select_more(qtbot, session, fish):
    click(qtbot, fish, 1)
    assert session.selection.rows == (2,)
    click(qtbot, fish, 3, keys=SHIFT)
    assert session.selection.rows == (2, 3, 4)
    click(qtbot, fish, 2, keys=CONTROL)
    assert session.selection.rows == (2, 4)
    assert fish.footer.selected.text() == "2 rows selected"
    qtbot.mouseClick(fish.footer.clear, Qt.MouseButton.LeftButton)
    assert not session.selection


def test_that_rows_can_be_selected_with_the_keys_alone(qtbot, session, fish):
    fish.view.setFocus()
    fish.view.setCurrentIndex(fish.rows.index(0, 0))
    qtbot.keyClick(fish.view, Qt.Key.Key_Down)
    assert not session.selection
    qtbot.keyClick(fish.view, Qt.Key.Key_Space)
    assert session.selection.rows == (2,)
    qtbot.keyClick(fish.view, Qt.Key.Key_Down, SHIFT)
    assert session.selection.rows == (2, 3)
    qtbot.keyClick(fish.view, Qt.Key.Key_Return)
    assert session.selection.level == "L01"


def test_that_a_double_click_on_a_category_selects_its_level(qtbot, session, fish):
    view = fish.view
    for column in (1, 0):
        place = view.visualRect(fish.rows.index(2, column)).center()
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.selection.group == "lake"
    assert session.selection.rows == rows_of(session, "L01")


def test_that_a_selection_made_elsewhere_comes_into_view(qtbot, session, fish):
    session.select_level("lake", "L09")
    first = fish.rows.is_selected.argmax()
    assert fish.view.rowAt(0) == first
    assert fish.rows.is_selected.sum() == len(rows_of(session, "L09"))
    assert fish.footer.selected.text().startswith("L09 selected")


def test_that_the_headings_show_the_share_of_the_selection(qtbot, session, fish):
    fish.grab()
    session.select_level("lake", "L09")
    fish.grab()
    shares = fish.view.header.shares
    qtbot.waitUntil(lambda: len(shares.of("lake")) == 12, timeout=WAIT)
    expected = [0] * 12
    expected[8] = len(rows_of(session, "L09"))
    assert list(shares.of("lake")) == expected


def test_that_delete_takes_a_level_out_and_undo_brings_it_back(qtbot, session, fish):
    session.select_level("lake", "L09")
    n_out = len(session.selection.rows)
    qtbot.keyClick(fish.view, Qt.Key.Key_Delete)
    wait_until_prepared(qtbot, session, lambda p: not p.is_used.all())
    assert session.prepared.reasons == ("L09",)
    used = f"{150 - n_out} rows used · {n_out} not used"
    assert fish.footer.counts.text() == used
    assert fish.steps_button.text() == "1 step"
    session.undo()
    wait_until_prepared(qtbot, session, lambda p: p.is_used.all())
    assert fish.steps_button.text() == "0 steps"


def test_that_rows_that_are_out_already_are_not_excluded_again(qtbot, session, fish):
    session.exclude_rows([1])
    wait_until_prepared(qtbot, session, lambda p: not p.is_used[0])
    session.select_rows([1])
    fish.exclude_selected()
    assert len(session.document.steps) == 1
    session.select_rows([1, 2])
    fish.include_selected()
    assert session.document.steps == ()


def test_that_steps_keep_the_place_in_the_table(qtbot, session, fish):
    fish.view.verticalScrollBar().setValue(1000)
    before = fish.view.verticalScrollBar().value()
    assert before > 0
    session.exclude_rows([100])
    wait_until_prepared(qtbot, session, lambda p: not p.is_used.all())
    assert fish.view.verticalScrollBar().value() == before


def test_that_the_menu_names_what_it_does(qtbot, session, fish):
    fish.view.setCurrentIndex(fish.rows.index(0, 0))
    session.select_rows([1, 2])
    menu = fish.row_menu()
    actions = {action.text(): action for action in menu.actions()}
    assert list(filter(None, actions)) == [
        "Select all of “L01”",
        "Exclude 2 rows",
        "Exclude 2 rows with a reason…",
        "Bring back",
        "Copy",
    ]
    assert not actions["Bring back"].isEnabled()
    actions["Select all of “L01”"].trigger()
    assert session.selection.level == "L01"
    menu.deleteLater()


def test_that_copied_rows_can_be_pasted_into_a_spreadsheet(qtbot, session, fish):
    session.select_rows([1, 2])
    qtbot.keyClick(fish.view, Qt.Key.Key_C, CONTROL)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "lake\tlog_length\tlog_mass"
    assert lines[1:] == ["L01\t4.681\t4.506", "L01\t5.418\t4.91"]


def test_that_the_search_finds_and_counts_cells(qtbot, session, fish):
    qtbot.mouseClick(fish.search_button, Qt.MouseButton.LeftButton)
    search = fish.search.search
    qtbot.keyClicks(fish.search.field, "l09")
    count = len(rows_of(session, "L09"))
    qtbot.waitUntil(lambda: search.is_done and search.found.size > 0, timeout=WAIT)
    qtbot.waitUntil(lambda: fish.search.count.text() == f"{count} found", timeout=WAIT)
    qtbot.keyClick(fish.search.field, Qt.Key.Key_Return)
    assert fish.search.count.text() == f"1 of {count}"
    first = fish.rows.index(*search.cell(0))
    assert fish.view.currentIndex() == first
    qtbot.keyClick(fish.search.field, Qt.Key.Key_Return, SHIFT)
    assert fish.search.count.text() == f"{count} of {count}"
    qtbot.keyClick(fish.search.field, Qt.Key.Key_Return)
    assert fish.view.currentIndex() == first
    qtbot.keyClick(fish.search.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not fish.search.isVisible(), timeout=WAIT)


def test_that_a_search_without_result_says_so(qtbot, fish):
    fish.search.open_bar()
    qtbot.keyClicks(fish.search.field, "zebra")
    qtbot.waitUntil(lambda: fish.search.count.text() == "None found", timeout=WAIT)


def test_that_everything_to_press_or_fill_in_has_a_name(fish):
    fish.search.open_bar()
    for part in [*fish.findChildren(QAbstractButton), *fish.findChildren(QLineEdit)]:
        if part.isVisible():
            assert part.accessibleName() or part.text(), part
    assert fish.view.accessibleName()
    assert fish.view.header.accessibleName()


@pytest.fixture
def million() -> Table:
    rows = 1_000_000
    frame = pd.DataFrame(
        {"x": np.arange(rows) / 8, "site": pd.Series(["A", "B"] * (rows // 2))}
    )
    frame.index = pd.RangeIndex(1, rows + 1)
    kinds = {"x": Kind.NUMBER, "site": Kind.CATEGORY}
    return Table(frame, kinds, dict.fromkeys(kinds, ""), (), "long.csv")


def test_that_of_a_million_rows_only_those_seen_become_text(
    qtbot, session, pane, million, monkeypatch
):
    made = []
    text = ColumnCells.text

    def counting(self, row):
        made.append(row)
        return text(self, row)

    monkeypatch.setattr(ColumnCells, "text", counting)
    session._on_opened(Opened(Document(million), "long"))
    wait_until_prepared(qtbot, session, lambda p: len(p.frame) == 1_000_000)
    pane.view.scrollToBottom()
    pane.grab()
    assert pane.view.rowAt(pane.view.viewport().height() - 2) == 999_999
    assert 999_999 in made
    assert len(set(made)) < 200
    qtbot.waitUntil(lambda: not session.is_busy, timeout=WAIT)
