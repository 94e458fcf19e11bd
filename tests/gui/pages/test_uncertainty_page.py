"""The bootstrap in the window: it streams, stops, waits, and is never an old one."""

from __future__ import annotations

import threading
from time import monotonic

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.errors import EngineError
from engine.inference.bootstrap.run import bootstrap
from engine.number_style import NumberStyle
from gui.lanes import Lane
from gui.number_look import number_look
from gui.pages.uncertainty import uncertainty_work
from gui.pages.uncertainty.bootstrap_run import RunState
from gui.pages.uncertainty.run_words import duration
from tests.gui.window_fixtures import (
    LONG_MS,
    choose,
    click,
    open_menu,
    wait_for_fit,
    wait_for_quiet,
)

PARALLEL = "log_mass ~ log_length + (1 | lake)"
REGRESSION = "log_mass ~ log_length"


def show(qtbot, window):
    window.pages.show_page("uncertainty")
    wait_for_fit(qtbot, window)
    return window.uncertainty_page


def wait_until_rested(qtbot, page):
    qtbot.waitUntil(lambda: not page.run.is_at_work, timeout=LONG_MS)


def run(qtbot, page, replicates=100):
    """Run by the button, to the end."""
    page.head.set_replicates(replicates)
    click(qtbot, page.head.button)
    assert page.run.is_at_work
    qtbot.waitUntil(lambda: page.run.state is RunState.DONE, timeout=LONG_MS)


def shown(page):
    """What stands in the column of the bootstrap."""
    return [row.cells["bootstrap"].words for row in page.rows.rows]


def is_empty(page):
    return not any(shown(page)) and all(
        row.strip._replicated is None for row in page.rows.rows
    )


class Steps:
    """A bootstrap that goes on when the test says so, a hundred refits at a time."""

    def __init__(self, monkeypatch, replicates=40):
        self._turns = threading.Semaphore(0)
        self.replicates = replicates
        self.models = []
        monkeypatch.setattr(uncertainty_work, "bootstrap", self)

    def __call__(self, model, replicates, seed, report, *, partial):
        self.models.append(model)
        found = bootstrap(model, self.replicates, seed)
        for done in range(100, replicates, 100):
            while not self._turns.acquire(timeout=0.005):
                report(uncertainty_work.Step("Bootstrap", done, replicates))
            report(uncertainty_work.Step("Bootstrap", done, replicates))
            partial(found)
        return found

    def go(self, turns=1):
        self._turns.release(turns)


@pytest.fixture
def steps(monkeypatch):
    """Give a bootstrap that is quick enough to begin by itself, and then waits."""
    monkeypatch.setattr(uncertainty_work, "BY_ITSELF_S", 1e9)
    monkeypatch.setattr(uncertainty_work, "APART_S", 0.0)
    monkeypatch.setattr(uncertainty_work, "MOST_OVERHEAD", 1e9)
    made = Steps(monkeypatch)
    yield made
    made.go(1000)


def test_that_a_quick_bootstrap_begins_by_itself_once_the_page_is_in_front(fish, qtbot):
    fish.session.set_formula(REGRESSION)
    wait_for_fit(qtbot, fish)
    wait_for_quiet(qtbot, fish)
    page = fish.uncertainty_page
    assert page.run.state is RunState.IDLE
    show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.state is RunState.DONE, timeout=LONG_MS)
    assert page.head.state.text().startswith("5\u202f000 refits in")
    assert page.head.tally.text() == "0 failed"
    assert all(shown(page))
    assert page.replicates.n == 5000


def test_that_a_slow_bootstrap_waits_for_its_button_which_says_how_long(
    fish, qtbot, monkeypatch
):
    monkeypatch.setattr(uncertainty_work, "BY_ITSELF_S", 1e-3)
    monkeypatch.setattr(uncertainty_work, "JUDGED_FROM_S", 0.0)
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.state is RunState.OFFERED, timeout=LONG_MS)
    assert is_empty(page)
    assert page.head.button.text().startswith("Run 5\u202f000 refits")
    assert "not run by itself" in page.head.state.text()
    assert not fish.session.jobs.is_busy(Lane.BOOTSTRAP)
    run(qtbot, page)
    assert all(shown(page))
    assert page.head.button.text() == "Run again"


def test_that_a_first_chunk_that_comes_late_is_judged_too(fish, qtbot, monkeypatch):
    monkeypatch.setattr(uncertainty_work, "BY_ITSELF_S", 0.1)
    monkeypatch.setattr(uncertainty_work, "JUDGED_FROM_S", 0.0)
    monkeypatch.setattr(uncertainty_work, "JUDGED_UNTIL_S", 0.0)
    steps = Steps(monkeypatch)
    steps.go()
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.state is RunState.OFFERED, timeout=LONG_MS)
    assert is_empty(page)


def test_that_densities_fill_in_while_it_runs(fish, qtbot, steps):
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.is_at_work, timeout=LONG_MS)
    assert is_empty(page)
    assert page.head.button.text() == "Cancel"
    steps.go()
    qtbot.waitUntil(lambda: not is_empty(page), timeout=LONG_MS)
    assert page.run.is_at_work
    first = page.run.shown
    steps.go()
    qtbot.waitUntil(lambda: page.run.shown is not first, timeout=LONG_MS)
    assert page.head.bar.maximum() == 5000
    assert not page.head.copy.isEnabled()
    steps.go(1000)
    qtbot.waitUntil(lambda: page.run.state is RunState.DONE, timeout=LONG_MS)
    assert page.head.copy.isEnabled()


def test_that_cancel_is_at_once_and_keeps_what_is_there(fish, qtbot, steps):
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.is_at_work, timeout=LONG_MS)
    steps.go()
    qtbot.waitUntil(lambda: not is_empty(page), timeout=LONG_MS)
    before = shown(page)
    start = monotonic()
    click(qtbot, page.head.button)
    assert page.run.state is RunState.STOPPED
    assert monotonic() - start < 0.2
    wait_for_quiet(qtbot, fish)
    assert shown(page) == before
    assert page.head.state.text() == "40 of 5\u202f000 refits · stopped"
    assert page.head.button.text() == "Run again"
    assert "40 data sets" in page.foot.text()


def test_that_cancel_before_the_first_refits_shows_nothing(fish, qtbot, steps):
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.is_at_work, timeout=LONG_MS)
    click(qtbot, page.head.button)
    assert is_empty(page)
    assert page.head.state.text() == "not run yet"
    assert page.head.button.text().startswith("Run ")


def test_that_a_new_model_ends_the_run_and_never_shows_the_old_one(fish, qtbot, steps):
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.is_at_work, timeout=LONG_MS)
    steps.go()
    qtbot.waitUntil(lambda: not is_empty(page), timeout=LONG_MS)
    old = page.content.model
    fish.session.set_formula(PARALLEL)
    assert not page.run.is_at_work
    wait_for_fit(qtbot, fish)
    assert page.content.model is fish.session.fit
    assert page.content.model is not old
    assert is_empty(page)
    names = [row.name._lines[0] for row in page.rows.rows]
    assert names == [
        "Baseline",
        "Effect of log_length",
        "SD of baseline",
        "Residual SD",
    ]
    qtbot.waitUntil(lambda: len(steps.models) == 2, timeout=LONG_MS)
    assert steps.models[1] is fish.session.fit
    steps.go()
    qtbot.waitUntil(lambda: all(shown(page)), timeout=LONG_MS)
    assert page.run.shown.asked.model is fish.session.fit


def test_that_old_numbers_are_dimmed_while_a_fit_is_slow(fish, qtbot, slow_fit):
    fish.session.set_formula(REGRESSION)
    slow_fit.open()
    wait_for_fit(qtbot, fish)
    page = show(qtbot, fish)
    wait_until_rested(qtbot, page)
    slow_fit._is_open.clear()
    fish.session.set_formula(PARALLEL)
    row = page.rows.rows[0]
    qtbot.waitUntil(lambda: row.strip._is_stale, timeout=LONG_MS)
    assert row.cells["bootstrap"]._is_stale
    assert not page.head.copy.isEnabled()
    assert not page.head.button.isEnabled()
    slow_fit.open()
    wait_for_fit(qtbot, fish)
    assert not row.strip._is_stale
    assert page.head.button.isEnabled()


def test_that_the_run_of_a_model_is_there_again_after_undo(fish, qtbot):
    fish.session.set_formula(REGRESSION)
    wait_for_fit(qtbot, fish)
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.state is RunState.DONE, timeout=LONG_MS)
    first, words = page.run.shown.bootstrap, shown(page)
    fish.session.set_formula("log_mass ~ 1")
    wait_for_fit(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.state is RunState.DONE, timeout=LONG_MS)
    assert shown(page) != words
    fish.session.undo()
    wait_for_fit(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.shown.bootstrap is first, timeout=LONG_MS)
    assert shown(page) == words


def test_that_the_same_seed_gives_the_same_numbers_and_another_one_others(fish, qtbot):
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    page = show(qtbot, fish)
    wait_until_rested(qtbot, page)
    run(qtbot, page)
    first = page.run.shown.bootstrap.estimates.to_numpy()
    words = shown(page)
    run(qtbot, page)
    np.testing.assert_array_equal(page.run.shown.bootstrap.estimates, first)
    assert shown(page) == words
    page.head.seed.setValue(77)
    run(qtbot, page)
    assert not np.array_equal(page.run.shown.bootstrap.estimates, first)
    assert "seed 77" in page.foot.text()


def test_that_failed_and_singular_refits_are_said(fish, qtbot, monkeypatch):
    def failing(model, replicates, seed, report, *, partial):
        found = bootstrap(model, 60, seed)
        found.refits.is_settled[:3] = False
        return found

    monkeypatch.setattr(uncertainty_work, "bootstrap", failing)
    page = show(qtbot, fish)
    wait_until_rested(qtbot, page)
    run(qtbot, page)
    n = page.replicates.n_singular
    assert page.head.tally.text().startswith(f"3 failed · {n} ")
    assert "3 refits did not reach a proved optimum" in page.foot.text()
    asked = []
    page.explain_asked.connect(lambda *args: asked.append(args[0]))
    click(qtbot, page.head.tally)
    assert asked == ["share_at_boundary"]


def test_that_what_has_no_bootstrap_says_why(fish, qtbot, monkeypatch):
    def refuses(*_args, **_named):
        raise EngineError("There is none.", "Choose another model.")

    monkeypatch.setattr(uncertainty_work, "bootstrap", refuses)
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.state is RunState.FAILED, timeout=LONG_MS)
    assert page.head.state.text() == "There is none. Choose another model."
    assert fish.session.problem is None
    assert page.rows.rows[0].cells["wald"].words


def test_that_another_kind_and_level_are_made_of_the_same_refits(fish, qtbot):
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    page = show(qtbot, fish)
    wait_until_rested(qtbot, page)
    run(qtbot, page)
    found = page.run.shown.bootstrap
    wald = page.rows.rows[0].cells["wald"].words
    click(qtbot, page.head.kind.button)
    choose(open_menu(), "BCa")
    qtbot.waitUntil(lambda: page.replicates.kind == "bca", timeout=LONG_MS)
    notes = [row.cells["bootstrap"].note for row in page.rows.rows]
    assert notes == ["BCa", "BCa", "percentile", "percentile"]
    click(qtbot, page.head.level.button)
    choose(open_menu(), "99")
    qtbot.waitUntil(
        lambda: page.replicates.level == page.content.level == 0.99, timeout=LONG_MS
    )
    wait_for_quiet(qtbot, fish)
    assert page.run.shown.bootstrap is found
    assert page.rows.rows[0].cells["wald"].words != wald
    assert "All intervals are 99 %" in page.foot.text()
    topic = page.rows.rows[0]._topic("wald")
    assert topic == "wald_interval"


def test_that_a_kind_chosen_while_it_runs_is_heeded(fish, qtbot, steps):
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.is_at_work, timeout=LONG_MS)
    click(qtbot, page.head.kind.button)
    choose(open_menu(), "Basic")
    steps.go()
    qtbot.waitUntil(lambda: page.run.shown is not None, timeout=LONG_MS)
    assert page.replicates.kind == "basic"


def test_that_it_lets_fits_go_first(fish, qtbot, steps, gated):
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.is_at_work, timeout=LONG_MS)
    jobs = fish.session.jobs
    release = threading.Event()
    jobs.start(Lane.FIT, "Fitting", lambda: release.wait(20))
    try:
        qtbot.waitUntil(lambda: page.run.is_waiting, timeout=LONG_MS)
        assert "lets the fit go first" in page.head.state.text() or (
            page.run.state is RunState.TRYING
        )
    finally:
        release.set()
    qtbot.waitUntil(lambda: not page.run.is_waiting, timeout=LONG_MS)


def test_that_every_number_and_method_can_be_explained(fish, qtbot):
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    page = show(qtbot, fish)
    wait_until_rested(qtbot, page)
    run(qtbot, page)
    pane = fish.explaining.pane
    row = page.rows.rows[1]
    for cell, title in (
        (row.name, "Estimate"),
        (row.cells["wald"], "Confidence interval"),
        (row.cells["bootstrap"], "Percentile interval"),
        (page.head.explain, "Parametric bootstrap"),
        (page.tests._explain, "Tests side by side"),
    ):
        qtbot.waitUntil(cell.isEnabled)
        cell.click()
        assert pane.plain_text().lower().find(title.lower()) >= 0, title


def test_that_the_intervals_are_copied_as_a_table(fish, qtbot):
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    page = show(qtbot, fish)
    wait_until_rested(qtbot, page)
    run(qtbot, page)
    click(qtbot, page.head.copy)
    qtbot.waitUntil(lambda: "Copied" in fish.status.words, timeout=LONG_MS)
    text = QApplication.clipboard().mimeData().text()
    assert "Bootstrap lower" in text
    assert "SD of baseline" in text


def test_that_numbers_follow_the_decimal_mark(fish, qtbot):
    fish.session.set_formula(REGRESSION)
    wait_for_fit(qtbot, fish)
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.state is RunState.DONE, timeout=LONG_MS)
    number_look().set_style(NumberStyle(mark=","))
    wait_for_fit(qtbot, fish)
    assert all("," in words and "." not in words for words in shown(page))
    assert "," in page.head.state.text()


def test_that_profile_and_tests_join_what_is_there(fish, qtbot, gated):
    gate = gated(uncertainty_work, "profile")
    fish.session.set_formula("log_mass ~ log_length + (log_length || lake)")
    fish.pages.show_page("uncertainty")
    page = fish.uncertainty_page
    qtbot.waitUntil(
        lambda: (
            page.content is not None
            and page.content.model is fish.session.fit
            and page.tests.table.frame.shape == (3, 7)
        ),
        timeout=LONG_MS,
    )
    row = page.rows.rows[2]
    assert not row.cells["profile"].isVisible()
    gate.open()
    wait_for_fit(qtbot, fish)
    assert row.cells["profile"].isVisible()
    assert row.cells["profile"].words.startswith("0.000 to ")
    questions = list(page.tests.table.frame["Question"])
    assert questions == [
        "Does log_length matter?",
        "Do lakes differ in baseline?",
        "Do lakes differ in the effect of log_length?",
    ]
    assert "Profile" in page.foot.text()


def test_that_it_is_said_which_p_to_report_also_before_the_simulated_one(
    fish, qtbot, gated, monkeypatch
):
    gate = gated(uncertainty_work, "simulated_tests")
    methods = (*uncertainty_work.METHODS[:-1], gate)
    monkeypatch.setattr(uncertainty_work, "METHODS", methods)
    fish.session.set_formula(PARALLEL)
    fish.pages.show_page("uncertainty")
    page = fish.uncertainty_page
    lead = page.tests._lead
    qtbot.waitUntil(
        lambda: (
            page.content is not None
            and page.content.model is fish.session.fit
            and "Likelihood ratio" in page.tests.table.frame
        ),
        timeout=LONG_MS,
    )
    assert "under Kenward–Roger: there are only 12 lakes" in lead.text()
    assert "not ready yet" in lead.text()
    gate.open()
    wait_for_fit(qtbot, fish)
    assert "under Simulated: there are only 12 lakes" in lead.text()
    assert "not ready yet" not in lead.text()
    assert lead.isVisible()
    cells = page.tests.view.cells
    strong = [c for c in range(cells.columnCount()) if cells.is_strong(0, c)]
    assert [cells.column_name(c) for c in strong] == ["Simulated"]
    assert lead.text() not in page.tests._foot.text()
    assert lead.text().splitlines()[0] in page.tests.table.foot


def test_that_other_data_forget_everything(fish, qtbot, steps):
    page = show(qtbot, fish)
    qtbot.waitUntil(lambda: page.run.is_at_work, timeout=LONG_MS)
    steps.go()
    qtbot.waitUntil(lambda: not is_empty(page), timeout=LONG_MS)
    fish.session.close_table()
    assert page.run.state is RunState.IDLE
    assert page.rows.rows == []
    wait_for_quiet(qtbot, fish)
    assert page.run.shown is None


def test_that_the_rows_fit_also_beside_an_explanation(fish, qtbot):
    page = show(qtbot, fish)
    wait_until_rested(qtbot, page)
    run(qtbot, page)
    wide = page.rows.width()
    lefts = []
    for is_narrow in (False, True):
        if is_narrow:
            fish.explaining.explain("parametric_bootstrap", {}, "")
            qtbot.waitUntil(lambda: page.rows.width() < wide - 100)
        row = page.rows.rows[0]
        wald, last = row.cells["wald"], row.cells["bootstrap"]
        qtbot.waitUntil(lambda w=wald, b=last, n=is_narrow: (w.x() == b.x()) is n)
        lefts.append(row._side.x())
        assert row._side.geometry().right() < page.rows.width()
        assert row.strip.width() >= row.strip.minimumSizeHint().width()
    assert lefts[1] < lefts[0]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.01, "0.1 s"), (0.44, "0.4 s"), (41.3, "41 s"), (150, "2 min"), (1e5, "28 h")],
)
def test_that_durations_are_said_as_people_do(seconds, words):
    assert duration(seconds) == words
