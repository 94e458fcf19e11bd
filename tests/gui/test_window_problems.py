"""A problem is said as long as it lasts, at its place, and hides no other."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.controls import Banner
from gui.dialogs.fault_dialog import open_fault
from gui.lanes import Lane
from gui.settings import Settings
from gui.welcome.examples import examples
from gui.work.problem import Place
from tests.gui.test_window_start import store_in
from tests.gui.window_fixtures import (
    LONG_MS,
    Gate,
    click,
    open_window,
    wait_for_fit,
)

IMPOSSIBLE = "lake ~ log_length"


@pytest.fixture
def window(qtbot, tmp_path):
    """Give a window with fitted work in it."""
    with open_window(qtbot, tmp_path) as made:
        made.commands.open_example(examples()[0])
        wait_for_fit(qtbot, made)
        yield made


def ask_impossible(qtbot, window):
    """Ask a model that cannot be fitted."""
    window.session.set_formula(IMPOSSIBLE)
    qtbot.waitUntil(
        lambda: window.session.problem_at(Place.MODEL) is not None, timeout=LONG_MS
    )


def notice(window):
    return window.pages.notice.findChild(Banner)


def open_what_is_not_there(qtbot, window, folder):
    window.session.open_table(folder / "gone.csv")
    qtbot.waitUntil(window.file_banner.isVisible, timeout=LONG_MS)


def test_that_a_fit_does_not_take_away_what_was_said_of_a_file(
    window, qtbot, tmp_path, slow_fit
):
    window.session.set_estimation("ML")
    assert slow_fit.is_reached.wait(20)
    open_what_is_not_there(qtbot, window, tmp_path)
    slow_fit.open()
    wait_for_fit(qtbot, window)
    assert window.file_banner.isVisible()
    click(qtbot, window.file_banner.buttons[0])
    assert not window.file_banner.isVisible()
    assert window.session.problem is None


def test_that_a_bad_file_does_not_hide_why_a_model_cannot_be_fitted(
    window, qtbot, tmp_path
):
    ask_impossible(qtbot, window)
    said = notice(window).sentence
    assert "'lake' holds text" in said
    open_what_is_not_there(qtbot, window, tmp_path)
    assert notice(window).sentence == said == window.status.words
    click(qtbot, window.file_banner.buttons[0])
    assert notice(window).sentence == said


def test_that_a_problem_lasts_until_the_model_changes(window, qtbot):
    qtbot.waitUntil(lambda: bool(window.session.findings), timeout=LONG_MS)
    key = window.session.findings[0].key
    ask_impossible(qtbot, window)
    window.session.dismiss(key)
    assert window.session.problem_at(Place.MODEL) is not None
    problem = window.session.problem
    window.session.set_formula(IMPOSSIBLE)  # Enter once more in the line
    qtbot.waitUntil(
        lambda: window.session.problem_at(Place.MODEL) not in (None, problem),
        timeout=LONG_MS,
    )
    window.session.undo()
    window.session.undo()
    wait_for_fit(qtbot, window)
    assert window.session.problem is None


def test_that_esc_takes_the_problem_of_a_formula_away(window, qtbot):
    line, said = window.model_pane.formula, window.model_pane.problem
    line.setFocus()
    window.session.set_formula("log_mass ~ lakes")
    assert said.isVisible()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not said.isVisible()
    assert window.session.problem is None
    assert "optimum verified" in window.status.words


def test_that_a_page_that_cannot_be_made_is_tried_once(
    window, qtbot, monkeypatch, tmp_path
):
    tried, told = [], []
    window.session.bug_met.disconnect()

    def fail():
        tried.append(1)
        raise RuntimeError("a page of ours")

    page = window.pages.current
    monkeypatch.setattr(type(page), "work", lambda *_: fail)
    window.session.bug_met.connect(told.append)
    window.session.set_estimation("ML")
    qtbot.waitUntil(lambda: bool(told), timeout=LONG_MS)
    qtbot.wait(200)
    assert len(tried) == len(told) == 1
    assert "fault of its own" in notice(window).sentence
    monkeypatch.undo()
    window.session.fit_again()
    wait_for_fit(qtbot, window)


def test_that_a_page_of_a_model_that_was_undone_meanwhile_is_never_shown(
    window, qtbot, monkeypatch
):
    work, gates = type(window.pages.current).work, []

    def slow_work(page, model):
        call = work(page, model)
        gates.append(Gate(call))
        return gates[-1]

    first = window.session.fit
    monkeypatch.setattr(type(window.pages.current), "work", slow_work)
    window.session.set_estimation("ML")
    qtbot.waitUntil(lambda: bool(gates), timeout=LONG_MS)
    assert gates[0].is_reached.wait(20)
    window.session.undo()
    assert window.session.fit is first
    for gate in gates:
        gate.open()
    jobs = window.session.jobs
    qtbot.waitUntil(lambda: not jobs.is_busy(Lane.PAGE), timeout=LONG_MS)
    assert window.pages.shown_model is first


def test_that_many_faults_at_once_save_once(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    asked = []
    for number in range(3):
        dialog = open_fault(owner, f"fault {number}", lambda: asked.append(1))
    click(qtbot, dialog.save)
    assert asked == [1]


HARD_TO_SHOW = {
    "largest": "y,x\n1e308,1\n-1e308,2\n1.7e308,3\n5e-324,4\n",
    "smallest": "y,x\n5e-324,1\n-5e-324,2\n1e-310,3\n",
    "long cell": "a,b\n" + "x" * 2_000_000 + ",1\ny,2\n",
    "wide": "\n".join(",".join(f"c{i * j}" for i in range(3000)) for j in (1, 7, 8)),
}


@pytest.mark.parametrize("name", HARD_TO_SHOW)
def test_that_cells_that_are_hard_to_show_are_shown(window, qtbot, tmp_path, name):
    (tmp_path / "hard.csv").write_text(HARD_TO_SHOW[name], "utf-8")
    window.commands.open_path(tmp_path / "hard.csv")
    qtbot.waitUntil(lambda: window.session.title == "hard", timeout=LONG_MS)
    qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
    assert not window.grab().isNull()
    cells = window.data_pane.rows
    assert len(cells.data(cells.index(0, 0))) < 1000
    assert len(cells.data(cells.index(0, 0), Qt.ItemDataRole.ToolTipRole)) < 2000


def test_that_a_folder_that_cannot_be_reached_is_not_remembered(tmp_path):
    store = store_in(tmp_path)
    store.setValue("folder", os.sep + "x" * 5000)
    assert Settings(store).folder == ""
