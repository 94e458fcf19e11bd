"""The session: one source of truth, never a result of something else."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from engine.data.steps import Exclude, Rename
from engine.model.sentence_edits import renamed
from engine.model.spec import Pooling
from gui.session import Session
from gui.welcome.examples import examples
from gui.work.problem import Place

FISH = Path(__file__).resolve().parents[2] / "resources" / "examples" / "fish.csv"
MODEL = "log_mass ~ log_length + (1 | lake)"


@pytest.fixture
def session(qtbot):
    """Give a session that ends with the test."""
    made = Session()
    bugs: list[object] = []
    made.bug_met.connect(bugs.append)
    yield made
    assert made.shutdown()
    assert bugs == []
    made.deleteLater()
    gc.collect()


@pytest.fixture
def fitted(session, qtbot):
    """Give a session with the fish and a fitted model."""
    session.open_table(FISH)
    session.set_formula(MODEL)
    wait_for_fit(session, qtbot)
    return session


def wait_for_fit(session, qtbot):
    """Wait until what is asked is fitted and everything is quiet."""
    qtbot.waitUntil(
        lambda: session.is_fit_current and not session.is_busy, timeout=20_000
    )


def test_that_a_formula_given_while_a_file_opens_is_fitted_when_it_is_open(fitted):
    assert fitted.fit.formula == MODEL
    assert fitted.fit.n_rows == 150
    assert fitted.title == "fish"


def test_that_a_formula_that_cannot_be_read_leaves_the_old_fit_and_says_why(fitted):
    before = fitted.fit
    fitted.set_formula("log_mass ~ log_lenght + (1 | lake)")
    assert fitted.problem.place is Place.FORMULA
    assert "log_length" in fitted.problem.error.remedy
    assert fitted.problem.error.start == len("log_mass ~ ")
    assert fitted.fit is before
    assert fitted.is_fit_current


def test_that_the_grouping_is_kept_where_a_formula_has_no_bar(fitted, qtbot):
    fitted.set_formula("log_mass ~ log_length")
    wait_for_fit(fitted, qtbot)
    assert fitted.spec.grouping == "lake"
    assert fitted.spec.pooling is Pooling.COMPLETE


def test_that_a_fit_of_older_rows_is_never_taken_for_current(fitted, qtbot):
    fitted.exclude_rows([1, 2, 3], "typing mistakes")
    assert not fitted.is_fit_current
    wait_for_fit(fitted, qtbot)
    assert fitted.fit.n_rows == 147
    assert not set(fitted.fit.design.rows) & {1, 2, 3}


def test_that_undo_brings_rows_and_numbers_back(fitted, qtbot):
    before = fitted.fit.criterion
    fitted.exclude_rows([1, 2, 3])
    wait_for_fit(fitted, qtbot)
    assert fitted.undo_words == "3 rows excluded"
    fitted.undo()
    wait_for_fit(fitted, qtbot)
    assert fitted.document.steps == ()
    assert fitted.fit.criterion == before
    assert fitted.redo_words == "3 rows excluded"
    fitted.redo()
    wait_for_fit(fitted, qtbot)
    assert fitted.fit.n_rows == 147


def test_that_a_new_change_ends_what_could_be_redone(fitted, qtbot):
    fitted.set_estimation("ML")
    fitted.undo()
    fitted.set_formula("log_mass ~ log_length")
    assert fitted.redo_words == ""
    wait_for_fit(fitted, qtbot)


def test_that_bringing_back_what_was_just_excluded_leaves_no_steps(fitted, qtbot):
    fitted.exclude_rows([5, 6])
    wait_for_fit(fitted, qtbot)
    fitted.include_rows([6, 5])
    wait_for_fit(fitted, qtbot)
    assert fitted.document.steps == ()


def test_that_only_the_newest_of_many_quick_changes_is_shown(fitted, qtbot):
    seen = []
    fitted.fit_changed.connect(
        lambda: seen.append(fitted.fit.formula) if fitted.is_fit_current else None
    )
    for right in ("1", "log_length", "1 + (1 | lake)", "log_length + (1 | lake)"):
        fitted.set_formula(f"log_mass ~ {right}")
    wait_for_fit(fitted, qtbot)
    assert fitted.fit.formula == MODEL
    assert seen[-1] == MODEL


def test_that_nothing_is_announced_when_nothing_changes(fitted, qtbot):
    with qtbot.assertNotEmitted(fitted.spec_changed):
        fitted.set_spec(fitted.spec)
        fitted.set_formula(MODEL)
        fitted.set_estimation("REML")
    assert fitted.undo_words == "Change the formula"


def test_that_a_level_is_selected_with_its_rows(fitted):
    fitted.select_level("lake", "L09")
    frame = fitted.table.frame
    assert set(fitted.selection.rows) == set(frame.index[frame["lake"] == "L09"])
    assert fitted.selection.words == "L09 selected, 12 rows"


def test_that_other_rows_end_the_selection(fitted, qtbot):
    fitted.select_level("lake", "L09")
    fitted.exclude_rows(fitted.selection.rows, "L09")
    assert not fitted.selection
    wait_for_fit(fitted, qtbot)


def test_that_rows_that_are_not_there_are_refused_in_a_sentence(fitted):
    fitted.exclude_rows([9999])
    assert "9999" in fitted.problem.error.message
    assert fitted.document.steps == ()


def test_that_a_project_comes_back_as_it_was(fitted, qtbot, tmp_path):
    path = tmp_path / "fish.tarn"
    fitted.exclude_rows([1, 2], "torn fins")
    wait_for_fit(fitted, qtbot)
    assert fitted.is_modified
    with qtbot.waitSignal(fitted.saved):
        fitted.save(path)
    assert not fitted.is_modified
    criterion = fitted.fit.criterion
    fitted.close_table()
    assert fitted.table is None
    assert fitted.fit is None
    fitted.open_table(path)
    wait_for_fit(fitted, qtbot)
    assert fitted.document.steps == (Exclude((1, 2), "torn fins"),)
    assert fitted.fit.criterion == criterion
    assert fitted.path == path
    assert not fitted.is_modified


def test_that_a_change_made_while_saving_is_not_taken_for_saved(
    fitted, qtbot, tmp_path
):
    with qtbot.waitSignal(fitted.saved):
        fitted.save(tmp_path / "a.tarn")
        fitted.set_estimation("ML")
    assert fitted.is_modified
    wait_for_fit(fitted, qtbot)


def test_that_two_savings_in_a_row_are_both_written(fitted, qtbot, tmp_path):
    paths = [tmp_path / "one.tarn", tmp_path / "two.tarn"]
    for path in paths:
        fitted.save(path)
    qtbot.waitUntil(lambda: all(path.exists() for path in paths))
    qtbot.waitUntil(lambda: fitted.path == paths[1])


def test_that_a_file_that_cannot_be_opened_leaves_the_work_alone(fitted, qtbot):
    document = fitted.document
    with qtbot.waitSignal(fitted.problem_changed, check_params_cb=None):
        fitted.open_table("no such file.csv")
        qtbot.waitUntil(lambda: fitted.problem is not None)
    assert fitted.problem.place is Place.FILE
    assert fitted.document is document


def test_that_a_model_that_cannot_be_fitted_keeps_the_last_one_as_old(fitted, qtbot):
    before = fitted.fit
    fitted.set_formula("lake ~ log_length")
    qtbot.waitUntil(lambda: fitted.problem is not None and not fitted.is_busy)
    assert fitted.problem.place is Place.MODEL
    assert fitted.fit is before
    assert not fitted.is_fit_current
    fitted.undo()
    assert fitted.is_fit_current
    assert fitted.problem is None


def test_that_stopping_a_fit_frees_the_session_at_once(fitted, qtbot):
    fitted.set_formula("log_mass ~ log_length + (log_length | lake)")
    fitted.cancel()
    assert "cancelled" in fitted.problem.error.message
    qtbot.waitUntil(lambda: not fitted.is_busy, timeout=200)
    fitted.fit_again()
    wait_for_fit(fitted, qtbot)
    assert fitted.problem is None


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_that_each_example_opens_with_data_and_a_fitted_model(session, qtbot, example):
    session.open_example(example)
    wait_for_fit(session, qtbot)
    assert session.title == example.title
    assert session.fit.convergence.is_proved
    assert not session.is_modified


def test_that_a_pasted_table_is_read(session, qtbot):
    session.open_text("lake\tmass\nA\t1.5\nB\t2.5\nA\t2.0\n")
    qtbot.waitUntil(lambda: session.table is not None)
    assert list(session.table.frame) == ["lake", "mass"]


def test_that_an_empty_clipboard_is_said_in_a_sentence(session, qtbot):
    session.open_text("  \n")
    qtbot.waitUntil(lambda: session.problem is not None)
    assert "no table" in session.problem.error.message


def test_that_findings_come_with_the_fit_and_can_be_put_aside(fitted, qtbot):
    qtbot.waitUntil(lambda: bool(fitted.findings))
    first = fitted.findings[0]
    fitted.dismiss(first.key)
    assert first not in fitted.findings
    fitted.undo()
    assert first in fitted.findings


def test_that_summaries_and_findings_are_of_the_rows_after_a_step(fitted, qtbot):
    qtbot.waitUntil(lambda: bool(fitted.findings), timeout=20_000)
    rows = fitted.prepared.frame
    lake = rows.index[rows["lake"] == "L10"]
    fitted.exclude_rows(lake)
    wait_for_fit(fitted, qtbot)

    def n_lakes():
        return fitted.scan.grouping("lake").n_levels

    def are_new():
        excluded = [f for f in fitted.findings if f.key == "rows_excluded"]
        return bool(excluded) and "18" in excluded[0].sentence

    qtbot.waitUntil(are_new, timeout=20_000)
    assert n_lakes() == 11
    fitted.undo()
    wait_for_fit(fitted, qtbot)
    qtbot.waitUntil(lambda: n_lakes() == 12, timeout=20_000)


def test_that_headings_follow_a_step_also_where_the_fit_is_quick(fitted, qtbot):
    for name in ("loch", "pond", "tarn"):
        spec = renamed(fitted.spec, "lake", name)
        fitted.add_steps([Rename("lake", name)], "Rename", spec=spec)
        wait_for_fit(fitted, qtbot)
        qtbot.waitUntil(lambda name=name: name in fitted.summaries, timeout=20_000)
        fitted.undo()
        wait_for_fit(fitted, qtbot)
        qtbot.waitUntil(lambda: "lake" in fitted.summaries, timeout=20_000)
