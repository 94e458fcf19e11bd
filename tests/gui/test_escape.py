"""Esc closes an open explanation, wherever the keyboard is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.gui.window_fixtures import wait_for_fit


def result_table(window):
    return next(b.view for b in window.results_page.blocks if not b.isHidden())


PLACES = {
    "result table": ("results", result_table),
    "plot": ("picture", lambda window: window.picture_page.plot),
    "data": ("picture", lambda window: window.data_pane.view),
    "explanation": ("picture", lambda window: window.explaining.pane._close),
}


@pytest.mark.parametrize("place", PLACES)
def test_that_escape_closes_the_explanation(fish, qtbot, place):
    page, find = PLACES[place]
    fish.pages.show_page(page)
    wait_for_fit(qtbot, fish)
    fish.explaining.explain("standard_error", {}, "0.11")
    part = find(fish)
    fish.activateWindow()
    part.setFocus()
    qtbot.waitUntil(part.hasFocus)
    qtbot.keyClick(part, Qt.Key.Key_Escape)
    assert not fish.explaining.is_shown


def test_that_escape_takes_the_box_of_the_explained_cell_away(fish, qtbot):
    fish.pages.show_page("results")
    wait_for_fit(qtbot, fish)
    view = result_table(fish)
    view.setFocus()
    view.choose(1, 2)
    assert fish.explaining.is_shown
    assert view.explained == (1, 2)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not fish.explaining.is_shown
    assert view.explained is None


def test_that_escape_lets_go_of_the_selection_first(fish, qtbot):
    fish.explaining.explain("standard_error", {}, "0.11")
    fish.session.select_level("lake", "L09")
    view = fish.data_pane.view
    fish.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not fish.session.selection
    assert fish.explaining.is_shown
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not fish.explaining.is_shown
