"""Parameters, intervals and tests in words: complete, and no empty promises."""

from __future__ import annotations

from math import nan

import pytest

from engine.diagnostics.uncertainty import Interval, parameters_of, replicates_of
from engine.inference.bootstrap.run import bootstrap
from engine.inference.f_tests import KENWARD_ROGER
from engine.inference.hypothesis_test import HypothesisTest
from engine.number_style import NumberStyle, written_in
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.parameter_tests import (
    kenward_roger_tests,
    likelihood_ratio_tests,
    satterthwaite_tests,
    simulated_tests,
)
from engine.reporting.parameter_words import parameter_words
from engine.reporting.recommended_test import SIMULATED
from engine.reporting.side_by_side import (
    TestMethod,
    side_by_side_table,
)
from engine.reporting.uncertainty_tables import (
    digits_error,
    how_words,
    interval_words,
    intervals_table,
    share_words,
)
from tests.engine.reporting.models import EVERY_KIND, every_kind, fitted

SLOPES = "mass ~ length + (length | lake)"


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_every_parameter_has_words_and_its_key_finds_its_numbers(kind):
    model = every_kind()[kind]
    words = parameter_words(model)
    assert set(words) == {one.name for one in parameters_of(model)}
    titles = [(own.title, own.about) for own in words.values()]
    assert len(set(titles)) == len(titles)
    for own in words.values():
        assert own.title
        assert own.about
        assert explained_numbers(model, own.topic, own.key)


def test_that_parameters_are_called_as_one_speaks_of_them():
    words = parameter_words(fitted(SLOPES))
    said = {name: f"{own.title}, {own.about}" for name, own in words.items()}
    assert said == {
        "sd(lake, Intercept)": "SD of baseline, among lakes",
        "cor(lake, Intercept, length)": (
            "Correlation among lakes, of baseline and effect of length"
        ),
        "sd(lake, length)": "SD of effect of length, among lakes",
        "sigma": "Residual SD, among rows of one lake",
        "Intercept": "Baseline, intercept",
        "length": "Effect of length, slope, mean of lakes",
    }


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_the_intervals_of_every_model_fill_a_table(kind):
    model = every_kind()[kind]
    parameters = parameters_of(model)
    table = intervals_table(model, parameters, None, 0.95)
    assert len(table.texts()) == len(parameters)
    assert not [name for name in table.frame if "Bootstrap" in name]


def test_that_the_table_says_what_the_bootstrap_did():
    model = fitted(SLOPES)
    parameters = parameters_of(model)
    made = replicates_of(parameters, bootstrap(model, 60, seed=4), 0.95, "bca")
    table = intervals_table(model, parameters, made, 0.95)
    foot = " ".join(table.foot)
    assert "60 data sets" in foot
    assert "seed 4" in foot
    assert "BCa is not defined for 4 of 6 parameters" in foot
    assert "Profile" not in foot
    assert "Profile lower" not in table.frame
    assert set(table.frame["Bootstrap kind"]) == {"BCa", "percentile"}
    assert table.frame["Refits"].max() == 60


def test_that_failed_refits_are_said():
    model = fitted(SLOPES)
    parameters = parameters_of(model)
    found = bootstrap(model, 10)
    found.refits.is_settled[:3] = False
    made = replicates_of(parameters, found)
    assert "3 refits did not reach a proved optimum" in " ".join(
        how_words(model, parameters, made, 0.95)
    )


def test_that_both_ends_of_an_interval_have_the_same_decimals():
    interval = Interval(1.2, 1.7749)
    error = digits_error(interval, None, Interval(nan, nan))
    assert interval_words(interval, error) == "1.200 to 1.775"
    with written_in(NumberStyle(mark=",")):
        assert interval_words(interval, error) == "1,200 to 1,775"
    assert interval_words(None, error) == ""


def test_that_a_share_is_never_nothing_or_all_where_it_is_not():
    shares = (0.0, 0.0004, 0.3, 0.9996, 1.0)
    said = ["0 %", "under 1 %", "30 %", "over 99 %", "100 %"]
    assert [share_words(share) for share in shares] == said


# ---- tests side by side ----------------------------------------------------------


def made_test(p, statistic=2.0, df=nan, df2=nan, note=""):
    return HypothesisTest(statistic, df, df2, p, "some method", note)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_only_questions_with_an_answer_are_asked(kind):
    model = every_kind()[kind]
    table = side_by_side_table(model, [satterthwaite_tests(model)])
    for row in table.texts():
        assert any(cell != "–" for cell in row[2:-1])
    assert len(side_by_side_table(model, []).frame) == 0


def test_that_methods_stand_side_by_side_and_the_best_is_marked_with_a_reason():
    model = fitted(SLOPES)
    own = satterthwaite_tests(model)
    roger = TestMethod(
        KENWARD_ROGER,
        "Kenward–Roger",
        "F",
        {"length": made_test(0.002, 9.5, 1, 12.6)},
        "corrected",
    )
    simulated = TestMethod(
        SIMULATED,
        "Simulated",
        "RLRT",
        {"sd(lake, length)": made_test(0.0001)},
        "10 000 data sets",
    )
    table = side_by_side_table(model, [own, roger, simulated])
    assert list(table.frame) == [
        "Question",
        "Report",
        "Satterthwaite",
        "Kenward–Roger",
        "Simulated",
        "Statistics",
    ]
    rows = {row[0]: row[1:] for row in table.texts()}
    length = rows["Does length matter?"]
    assert length[0] == "Kenward–Roger"
    assert length[2:4] == ["0.002", "–"]
    assert "Kenward–Roger F = 9.50, df 1 and 12.6" in length[4]
    slopes = rows["Do lakes differ in the effect of length?"]
    assert slopes[0] == "Simulated"
    assert table.strong["Simulated"] == (False, True)
    assert slopes[1:] == ["–", "–", "< 0.001", "Simulated RLRT = 2.00"]
    assert table.n_lead == 2
    assert table.foot[0].startswith("For fixed effects report the p under Kenward")
    assert "only 9 lakes" in table.foot[0]
    assert table.foot[1].startswith("For variances report the p under Simulated: ")
    assert "10 000 data sets." in " ".join(table.foot)


def test_that_p_is_that_of_the_table_of_fixed_effects():
    model = fitted(SLOPES)
    tests = satterthwaite_tests(model).tests
    for term, row in model.coefficients.iterrows():
        assert tests[term].p_value == row["p_value"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_each_method_answers_or_is_silent_for_every_model(kind):
    model = every_kind()[kind]
    methods = [
        make(model)
        for make in (satterthwaite_tests, kenward_roger_tests, likelihood_ratio_tests)
    ]
    for one in methods:
        assert all(0 < test.p_value <= 1 for test in one.tests.values())
    table = side_by_side_table(model, methods)
    assert {row[0] for row in table.texts()} == set(table.frame["Question"])


def test_that_variances_alone_are_simulated_exactly_and_correlated_ones_bootstrapped():
    asked = {"sd(lake, Intercept)", "sd(lake, length)", "length"}
    for formula, exact in ((SLOPES, 0), ("mass ~ length + (length || lake)", 2)):
        made = simulated_tests(fitted(formula)).tests
        assert set(made) == asked
        drawn = ["bootstrap" in test.method for test in made.values()]
        assert drawn.count(False) == exact
        assert all(test.p_value >= 1 / 10_001 for test in made.values())
        likely = likelihood_ratio_tests(fitted(formula)).tests
        for name, test in made.items():
            assert test.statistic == pytest.approx(likely[name].statistic, abs=1e-5)


def test_that_a_bootstrap_test_that_would_take_long_is_left_out(monkeypatch):
    monkeypatch.setattr("engine.reporting.refitted_tests.LONGEST_S", 0.0)
    assert simulated_tests(fitted(SLOPES)).tests == {}


def test_that_a_factor_of_three_levels_has_a_question_of_its_own():
    model = fitted("mass ~ food + length + (1 | lake)")
    methods = [satterthwaite_tests(model), likelihood_ratio_tests(model)]
    table = side_by_side_table(model, methods)
    rows = {row[0]: row[1:] for row in table.texts()}
    assert "Satterthwaite F = " in rows["Does food matter?"][-1]
    assert "Likelihood ratio χ² = " in rows["Does food matter?"][-1]
    assert rows["Does insects (food) differ from algae?"][2] == "–"
    assert "Likelihood ratio χ² = " in rows["Does length matter?"][-1]
