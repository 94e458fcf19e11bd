"""How effects are tested is chosen on the Results page, kept, saved and taken out."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

import engine
from engine.inference.choice import USUAL, InferenceChoice
from gui.explain.texts import topics
from gui.pages.results import results_page
from tests.gui.window_fixtures import LONG_MS, click, open_window, wait_for_fit

ROGER = InferenceChoice(df="kenward-roger")


@pytest.fixture
def window(qtbot, tmp_path):
    """Give a window with the results of the split plot."""
    with open_window(qtbot, tmp_path) as made:
        cards = made.welcome.cards
        click(qtbot, cards[2])
        wait_for_fit(qtbot, made)
        made.pages.show_page("results")
        wait_for_fit(qtbot, made)
        yield made


def frame(window, name):
    for own in window.results_page.blocks:
        if not own.isHidden() and own.table.name == name:
            return own.table.frame
    raise AssertionError(name)


def choose(qtbot, window, chooser, name):
    """Take an entry of a menu, and wait for what follows."""
    actions = {action.text(): action for action in chooser.menu.actions()}
    actions[name].trigger()
    wait_for_fit(qtbot, window)
    wanted = window.session.document.inference
    page = window.results_page
    qtbot.waitUntil(lambda: page.content.model.inference == wanted, timeout=LONG_MS)


def copied():
    """What a document would be given."""
    data = QGuiApplication.clipboard().mimeData()
    return "" if data is None else data.html()


def names(chooser):
    return [action.text() for action in chooser.menu.actions()]


def test_that_a_menu_changes_the_numbers_to_those_of_the_method(window, qtbot):
    choices, fit = window.results_page.choices, window.session.fit
    choose(qtbot, window, choices.df, "Kenward–Roger")
    wanted = fit.coefficient_table("kenward-roger")
    np.testing.assert_array_equal(frame(window, "fixed_effects")["df"], wanted["df"])
    choose(qtbot, window, choices.terms, "likelihood ratio")
    ratios = engine.anova(fit, 2, "likelihood-ratio")
    own = frame(window, "tests_of_terms")
    np.testing.assert_allclose(own["χ²"], ratios["statistic"])
    choose(qtbot, window, choices.level, "90 %")
    narrow = fit.coefficient_table("kenward-roger", 0.9)
    own = frame(window, "fixed_effects")
    np.testing.assert_array_equal(own["90 % lower"], narrow["lower"])
    assert window.session.fit is fit  # nothing was fitted again


def test_that_only_what_makes_a_difference_is_offered(window, qtbot):
    choices = window.results_page.choices
    assert names(choices.kind) == ["III", "II", "I"]
    choose(qtbot, window, choices.terms, "likelihood ratio")
    assert names(choices.kind) == ["II", "I"]
    window.session.set_formula("grain_yield ~ nitrogen")
    wait_for_fit(qtbot, window)
    assert choices.df.isHidden()
    assert not choices.terms.isHidden()
    window.session.set_formula("grain_yield ~ 1 + (1 | block)")
    wait_for_fit(qtbot, window)
    assert not choices.df.isHidden()
    assert choices.terms.isHidden()
    assert choices.kind.isHidden()


def test_that_the_choice_outlives_a_refit_and_is_undone(window, qtbot):
    session = window.session
    choose(qtbot, window, window.results_page.choices.df, "Kenward–Roger")
    assert session.is_modified
    session.set_formula("grain_yield ~ nitrogen + (1 | block)")
    wait_for_fit(qtbot, window)
    wanted = session.fit.coefficient_table("kenward-roger")["df"]
    np.testing.assert_array_equal(frame(window, "fixed_effects")["df"], wanted)
    session.undo()
    session.undo()
    wait_for_fit(qtbot, window)
    assert session.document.inference == USUAL
    assert window.results_page.choices.df.button.text() == "Satterthwaite"
    wanted = session.fit.coefficients["df"]
    np.testing.assert_array_equal(frame(window, "fixed_effects")["df"], wanted)


def test_that_tables_of_a_choice_made_before_are_there_at_once(window, qtbot):
    page = window.results_page
    before = page.content
    choose(qtbot, window, page.choices.df, "Kenward–Roger")
    window.session.undo()
    assert page.content is before


def test_that_old_numbers_are_dimmed_until_the_new_ones_come(
    window, qtbot, monkeypatch
):
    page = window.results_page
    monkeypatch.setattr(page._dim, "start", page._dim_tested)
    page.session.set_inference(ROGER)
    dimmed = {b.table.name for b in page.blocks if b.view.is_stale}
    assert dimmed == set(results_page._TESTED)
    assert not page.copy_all.isEnabled()
    wait_for_fit(qtbot, window)
    assert not any(b.view.is_stale for b in page.blocks)
    assert page.copy_all.isEnabled()


def test_that_the_choice_is_saved_and_comes_back(window, qtbot, tmp_path):
    choices = window.results_page.choices
    choose(qtbot, window, choices.df, "Kenward–Roger")
    choose(qtbot, window, choices.kind, "I")
    wanted = window.session.document.inference
    path = tmp_path / "work.tarn"
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save_to(path)
    assert not window.session.is_modified
    with qtbot.waitSignal(window.session.opened, timeout=LONG_MS):
        window.session.open_table(path)
    wait_for_fit(qtbot, window)
    assert window.session.document.inference == wanted
    assert choices.df.button.text() == "Kenward–Roger"
    assert window.results_page.content.model.inference == wanted
    click(qtbot, window.results_page.copy_all)
    qtbot.waitUntil(lambda: "by Kenward and Roger" in copied(), timeout=LONG_MS)
    assert "Type I:" in copied()


def test_that_a_project_with_an_unknown_choice_is_refused(window, qtbot, tmp_path):
    path, damaged = tmp_path / "work.tarn", tmp_path / "damaged.tarn"
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save_to(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("project.json"):
                head = json.loads(content)
                head["view"]["inference"]["df"] = "guesswork"
                content = json.dumps(head).encode()
            new.writestr(name, content)
    with qtbot.waitSignal(window.session.problem_changed, timeout=LONG_MS):
        window.session.open_table(damaged)
    assert window.session.problem is not None
    assert window.session.title == "work"


def test_that_all_tables_that_leave_the_window_are_of_the_choice(window, qtbot):
    choose(qtbot, window, window.results_page.choices.df, "Kenward–Roger")
    window.pages.show_page("picture")
    QGuiApplication.clipboard().clear()
    window.actions_by_key["copy_tables"].trigger()
    qtbot.waitUntil(lambda: "by Kenward and Roger" in copied(), timeout=LONG_MS)


def test_that_the_explained_cell_is_explained_anew_by_the_other_method(window, qtbot):
    page, pane = window.results_page, window.explaining.pane
    place = page.blocks[0].view.cells.place("variety: Brant", "df")
    page.blocks[0].view.choose(*place)
    assert "Degrees of freedom" in pane.plain_text()
    choose(qtbot, window, page.choices.df, "Kenward–Roger")
    qtbot.waitUntil(lambda: "Kenward" in pane.plain_text(), timeout=LONG_MS)
    assert "without the correction" in pane.plain_text()
    place = page.blocks[0].view.cells.place("variety: Brant", "95 % lower")
    page.blocks[0].view.choose(*place)
    choose(qtbot, window, page.choices.level, "99 %")
    assert page.blocks[0].view.explained == place
    qtbot.waitUntil(lambda: "about 99 in 100" in pane.plain_text(), timeout=LONG_MS)


# ---- every method can be explained ------------------------------------------------

METHODS = {
    "Wald interval": "wald_interval",
    "profile": "profile_interval",
    "percentile": "bootstrap_percentile",
    "basic": "bootstrap_basic",
    "BCa": "bootstrap_bca",
    "Satterthwaite": "satterthwaite",
    "Kenward-Roger": "kenward_roger",
    "likelihood ratio": "likelihood_ratio",
    "chi-square mixture": "chi_square_mixture",
    "exact restricted likelihood ratio": "simulated_variance_test",
    "bootstrap likelihood ratio": "bootstrap_test",
    "types I, II, III": "types_of_tests",
    "F": "f_statistic",
    "ICC": "icc",
    "marginal R2": "r2_marginal",
    "conditional R2": "r2_conditional",
    "partition": "variance_partition",
    "one group's prediction": "predict_group",
}


def clicked(block):
    """Topics of all headings and cells of a table."""
    table = block.table
    for row in range(min(len(table.frame), 8)):
        for column in range(len(table.frame.columns)):
            yield block.question(row, column)[0]


def test_that_a_click_leads_from_every_method_to_its_explanation(window, qtbot):
    found: set[str] = set()
    window.session.set_formula(
        "grain_yield ~ nitrogen * variety + (1 | block) + (1 | block:variety)"
    )
    wait_for_fit(qtbot, window)
    for choice in (USUAL, ROGER, InferenceChoice(terms_by="likelihood-ratio")):
        window.session.set_inference(choice)
        wait_for_fit(qtbot, window)
        for block in window.results_page.blocks:
            if not block.isHidden():
                found |= set(clicked(block))
    window.session.set_formula("grain_yield ~ nitrogen + (1 | block)")
    window.pages.show_page("uncertainty")
    page = window.uncertainty_page
    wait_for_fit(qtbot, window)
    qtbot.waitUntil(
        lambda: page.replicates is not None and not page.run.is_at_work, timeout=LONG_MS
    )
    found |= set(clicked(page.tests))
    asked: list[str] = []
    page.explain_asked.connect(lambda topic, _key, _number: asked.append(topic))
    for kind in ("Basic", "BCa", "Percentile"):
        page.head.kind.chosen.emit(kind)
        qtbot.waitUntil(
            lambda wanted=kind: page.replicates.kind == wanted.lower(), timeout=LONG_MS
        )
        for row in page.rows.rows:
            for cell in row.cells.values():
                cell.clicked.emit()
    page.head.level.chosen.emit("90 %")
    qtbot.waitUntil(lambda: page.content.level == 0.9, timeout=LONG_MS)
    wait_for_fit(qtbot, window)
    page.rows.rows[0].cells["wald"].clicked.emit()
    found |= set(asked)
    window.pages.show_page("predict")
    wait_for_fit(qtbot, window)
    found |= set(clicked(window.predict_page.questions.answers))
    missing = {name for name, topic in METHODS.items() if topic not in found}
    assert missing == set()
    assert found <= set(topics())
