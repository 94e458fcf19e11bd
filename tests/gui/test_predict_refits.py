"""The Predict page: uncertain variances, and a logarithm undone."""

from __future__ import annotations

import numpy as np
import pytest

from engine import bootstrap
from engine.inference.bootstrap.mixture import COMPONENTS, Mixture
from gui.pages.predict import variance_run
from gui.pages.predict.variance_work import draw
from tests.gui.test_predict_page import PARALLEL, settle, shown
from tests.gui.window_fixtures import LONG_MS, choose, click, open_menu, wait_for_fit


@pytest.fixture
def page(fish, qtbot):
    """Give the page with a model of the fish that is not singular."""
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    return shown(fish, qtbot)


def pick(qtbot, chooser, words):
    click(qtbot, chooser.button)
    choose(open_menu(), words)


def wait_for_refits(qtbot, window):
    page = window.predict_page.questions
    qtbot.waitUntil(
        lambda: page._shown is not None and "bootstrap" in page._shown.table.foot[0],
        timeout=LONG_MS,
    )
    settle(qtbot, window)


def test_that_uncertain_variances_come_from_refits_of_this_model(page, fish, qtbot):
    pick(qtbot, page.how.variances, "uncertain, refits")
    wait_for_refits(qtbot, fish)
    model = fish.session.fit
    number = page.refits.mixture(model).n
    expected = Mixture(bootstrap(model, number), number)
    at = page.content.settings.values["log_length"]
    row = model.design.frame.head(1).assign(log_length=at, lake="none")
    table = page.answers.table.frame
    for place, kind in ((0, "population"), (3, "new_group"), (4, "new_observation")):
        own = expected.predict_kinds(row, (kind,))[kind].table
        np.testing.assert_allclose(
            table.iloc[place, 1:].to_numpy(dtype=float), own.iloc[0], rtol=1e-6
        )
    assert f"{number} refits" in page.line_plot.data.caption
    assert not page.how.progress.isVisible()
    assert not page.line_plot.is_stale


def test_that_moving_a_slider_does_not_refit(page, fish, qtbot, monkeypatch):
    pick(qtbot, page.how.variances, "uncertain, refits")
    wait_for_refits(qtbot, fish)
    asked = []
    monkeypatch.setattr(variance_run, "draw", lambda *given: asked.append(given))
    page.inputs.numbers["log_length"].slider.setValue(30)
    settle(qtbot, fish)
    assert "bootstrap" in page.answers.table.foot[0]
    assert asked == []


def test_that_the_choice_survives_another_model_which_is_refitted(page, fish, qtbot):
    pick(qtbot, page.how.variances, "uncertain, refits")
    wait_for_refits(qtbot, fish)
    before = page.refits.mixture(fish.session.fit)
    fish.session.set_formula("log_mass ~ 1 + (1 | lake)")
    wait_for_fit(qtbot, fish)
    wait_for_refits(qtbot, fish)
    assert page.refits.mixture(fish.session.fit) not in (None, before)
    fish.session.set_formula("log_mass ~ log_length")
    wait_for_fit(qtbot, fish)
    settle(qtbot, fish)
    assert page.how.variances.button.text() == "exact already"
    assert not page.how.variances.button.isEnabled()
    assert "exact" in page.answers.table.foot[0]


def test_that_answers_are_dimmed_until_refits_are_there_and_can_be_stopped(
    page, fish, qtbot, gated
):
    gate = gated(variance_run, "draw")
    pick(qtbot, page.how.variances, "uncertain, refits")
    qtbot.waitUntil(page.how.cancel.isVisible, timeout=LONG_MS)
    qtbot.waitUntil(lambda: page.line_plot.is_stale, timeout=LONG_MS)
    click(qtbot, page.how.cancel)
    gate.open()
    settle(qtbot, fish)
    assert page.how.variances.button.text() == "taken as known"
    assert not page.how.cancel.isVisible()
    assert not page.line_plot.is_stale


def test_that_refits_of_the_uncertainty_page_are_used(page, fish, qtbot):
    fish.pages.show_page("uncertainty")
    run = fish.uncertainty_page.run
    model = fish.session.fit
    qtbot.waitUntil(lambda: run.finished(model) is not None, timeout=LONG_MS)
    fish.pages.show_page("predict")
    settle(qtbot, fish)
    assert page.refits.there(model) is run.finished(model)
    found = run.finished(model)
    drawn = draw(model, found, report=lambda _step: None)
    assert drawn.mixture.seed == found.seed
    assert drawn.mixture.n <= COMPONENTS


def test_that_a_column_of_logs_is_taken_back_when_that_is_chosen(page, fish, qtbot):
    before = page.answers.table.frame["Estimate"][0]
    assert page.how.scale.button.text() == "as fitted"
    pick(qtbot, page.how.scale, "natural log undone")
    settle(qtbot, fish)
    after = page.answers.table.frame["Estimate"][0]
    assert after == pytest.approx(np.exp(before))
    axis = page.line_plot.canvas.left_axis
    assert axis.title == "mass"
    assert axis.value_at(np.log(7.0)) == pytest.approx(7.0)
    assert "median mass" in page.sentence.text()
    fish.session.set_formula("log_length ~ 1 + (1 | lake)")
    wait_for_fit(qtbot, fish)
    settle(qtbot, fish)
    assert page.content.settings.scale == "log"


def test_that_a_formula_names_what_is_measured(fish, qtbot):
    fish.session.set_formula("log(log_length) ~ 1 + (1 | lake)")
    wait_for_fit(qtbot, fish)
    page = shown(fish, qtbot)
    pick(qtbot, page.how.scale, "log_length")
    settle(qtbot, fish)
    assert "median log_length" in page.sentence.text()
