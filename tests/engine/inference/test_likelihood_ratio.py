"""Likelihood-ratio tests; numbers of lme4 1.1-31 where none other is named."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.inference.likelihood_ratio import likelihood_ratio_test
from engine.inference.refitting import refitted
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.facts import dyestuff, dyestuff2
from tests.engine.simulated import lakes


@pytest.fixture
def sleepstudy(reference):
    return pd.read_csv(reference / "data" / "sleepstudy.csv")


def fits(frame, *formulas, estimation="REML"):
    return [engine.fit(f, frame, estimation=estimation) for f in formulas]


@pytest.mark.parametrize("name", ["lrt_seabirds_trend_ml", "pb_lrt_sleepstudy_days"])
def test_that_fixed_effects_are_tested_by_ml_as_lme4_does(name, reference):
    text = (reference / "lme4_inference.json").read_text(encoding="utf-8")
    case = json.loads(text)[name]
    frame = pd.read_csv(reference / "data" / f"{case['data']}.csv")
    null, full = fits(frame, case["null"], case["full"])
    found = likelihood_ratio_test(null, full)
    statistic = case.get("chisq", case.get("statistic"))
    assert found.statistic == pytest.approx(statistic, abs=1e-6)
    assert found.df == 1
    p_value = case.get("p", case.get("p_chisq"))
    assert found.p_value == pytest.approx(p_value, rel=1e-5)
    assert "both models were refitted by ML" in found.note
    assert found.method == "Likelihood ratio by ML, chi-square with 1 df"


def test_that_models_fitted_by_ml_are_compared_as_they_are(sleepstudy):
    null, full = fits(
        sleepstudy,
        "Reaction ~ 1 + (Days | Subject)",
        "Reaction ~ Days + (Days | Subject)",
        estimation="ML",
    )
    found = likelihood_ratio_test(null, full)
    assert found.statistic == null.criterion - full.criterion
    assert str(found.note) == ""


def test_that_a_random_slope_is_tested_by_reml_against_a_mixture(sleepstudy):
    null, full = fits(
        sleepstudy,
        "Reaction ~ Days + (1 | Subject)",
        "Reaction ~ Days + (Days | Subject)",
    )
    found = likelihood_ratio_test(null, full)
    assert found.statistic == pytest.approx(42.8368134349691, abs=1e-6)
    assert found.df == 2
    t = found.statistic
    mixture = (stats.chi2.sf(t, 1) + stats.chi2.sf(t, 2)) / 2
    assert found.p_value == pytest.approx(mixture, rel=1e-9)
    assert "mixture of chi-square with 1 and 2 df" in found.method
    assert "REML" in found.method
    assert "edge of what is possible" in found.note


def test_that_an_independent_slope_has_the_mixture_with_nothing(sleepstudy):
    null, full = fits(
        sleepstudy,
        "Reaction ~ Days + (1 | Subject)",
        "Reaction ~ Days + (Days || Subject)",
    )
    found = likelihood_ratio_test(null, full)
    assert found.statistic == pytest.approx(42.79579181344, abs=1e-6)
    half = stats.chi2.sf(found.statistic, 1) / 2
    assert found.p_value == pytest.approx(half, rel=1e-9)


def test_that_a_correlation_has_plain_chi_square(sleepstudy):
    null, full = fits(
        sleepstudy,
        "Reaction ~ Days + (Days || Subject)",
        "Reaction ~ Days + (Days | Subject)",
    )
    found = likelihood_ratio_test(null, full)
    assert found.statistic == pytest.approx(0.0410216215291, abs=1e-6)
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1), rel=1e-9)
    assert str(found.note) == ""


@pytest.mark.parametrize(
    ("estimation", "statistic"), [("ML", 106.214413351), ("REML", 107.198578077)]
)
def test_that_least_squares_is_a_null_model(sleepstudy, estimation, statistic):
    null, full = fits(
        sleepstudy,
        "Reaction ~ Days",
        "Reaction ~ Days + (1 | Subject)",
        estimation=estimation,
    )
    found = likelihood_ratio_test(null, full)
    assert found.statistic == pytest.approx(statistic, abs=1e-6)
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, 1) / 2, rel=1e-5)
    assert f"by {estimation}" in found.method


def test_that_least_squares_models_are_compared_in_closed_form(sleepstudy):
    null, full = fits(sleepstudy, "Reaction ~ 1", "Reaction ~ Days")
    found = likelihood_ratio_test(null, full)
    y, x = sleepstudy["Reaction"], sleepstudy["Days"]
    shrinkage = 1 - np.corrcoef(x, y)[0, 1] ** 2
    assert found.statistic == pytest.approx(-len(y) * np.log(shrinkage), abs=1e-8)


def test_that_several_new_variances_leave_chi_square_conservative():
    null, full = fits(lakes(), "y ~ x + (1 | lake)", "y ~ x + (x + z | lake)")
    found = likelihood_ratio_test(null, full)
    assert found.df == 5
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 5), rel=1e-9)
    assert "2 variances are zero" in found.note
    assert "conservative" in found.note


def test_that_a_variance_estimated_as_zero_has_a_p_value_of_one():
    null, full = fits(dyestuff2(), "Yield ~ 1", "Yield ~ 1 + (1 | Batch)")
    found = likelihood_ratio_test(null, full)
    assert found.statistic == pytest.approx(0, abs=1e-9)
    assert found.p_value == pytest.approx(1, abs=1e-3)


def test_that_a_fit_by_reml_and_one_by_ml_are_both_compared_by_reml():
    frame = dyestuff()
    full = engine.fit("Yield ~ 1 + (1 | Batch)", frame)
    for estimation in ("REML", "ML"):
        null = engine.fit("Yield ~ 1", frame, estimation=estimation)
        found = likelihood_ratio_test(null, full)
        assert ("the smaller was refitted by REML" in found.note) == (
            estimation == "ML"
        )
        least = engine.fit("Yield ~ 1", frame).criterion
        assert found.statistic == pytest.approx(least - full.criterion, abs=1e-9)


def test_that_the_units_of_a_covariate_do_not_matter_to_a_reml_comparison():
    frame = lakes().assign(km=lambda d: d["x"] / 1000)
    null, full = fits(frame, "y ~ km + (1 | lake)", "y ~ x + (x | lake)")
    other = fits(frame, "y ~ x + (1 | lake)")[0]
    apart = likelihood_ratio_test(null, full).statistic
    assert apart == pytest.approx(likelihood_ratio_test(other, full).statistic)


def test_that_an_overwhelming_difference_is_no_p_value_of_zero():
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(200), 20)
    y = rng.normal(0, 100, 200)[g] + rng.normal(0, 1, 4000)
    null, full = fits(pd.DataFrame({"y": y, "g": g}), "y ~ 1", "y ~ 1 + (1 | g)")
    assert 0 < likelihood_ratio_test(null, full).p_value < 1e-300


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("y ~ x + (1 | lake)", "y ~ z + (1 | lake)", "'x' of the first model"),
        ("y ~ x + (1 | lake)", "y ~ x + (1 | year)", "among 'lake'"),
        ("y ~ x + (z | lake)", "y ~ x + (x || lake)", "not nested: the variation"),
        ("y ~ x + (1 | lake)", "y ~ x + (1 | lake)", "are the same"),
        ("y ~ x + (1 | lake)", "y ~ I(3 * x) + (1 | lake)", "are the same"),
        ("y ~ x + (x | lake)", "y ~ x + (1 | lake)", "is the larger one"),
        ("y ~ x + (1 | lake)", "y ~ x", "is the larger one"),
        ("y ~ f + (x | lake)", "y ~ 1 + (x || lake)", "is the larger one"),
        ("z ~ x + (1 | lake)", "y ~ x + (x | lake)", "explain different values"),
    ],
)
def test_that_models_that_are_not_nested_are_refused(first, second, words):
    null, full = fits(lakes(), first, second)
    with pytest.raises(engine.EngineError, match=words):
        likelihood_ratio_test(null, full)


def test_that_different_rows_weights_or_offsets_are_refused():
    frame = lakes()
    full = engine.fit("y ~ x + (1 | lake)", frame)
    fewer = engine.fit("y ~ 1 + (1 | lake)", frame.iloc[1:])
    shifted = engine.fit("y ~ 1 + (1 | lake)", frame.set_axis(frame.index + 1))
    turned = engine.fit("y ~ 1 + (1 | lake)", frame.iloc[::-1])
    weights = np.linspace(1, 2, len(frame))
    heavy = engine.fit("y ~ 1 + (1 | lake)", frame, weights=weights)
    known = engine.fit("y ~ 1 + (1 | lake)", frame, offset=weights)
    for model, words in (
        (fewer, "different rows: 119 and 120"),
        (shifted, "1 row of the first is not in the second"),
        (turned, "in another order"),
        (heavy, "same weights"),
        (known, "same offset"),
    ):
        with pytest.raises(engine.EngineError, match=words):
            likelihood_ratio_test(model, full)


def test_that_weights_of_one_are_no_weights():
    frame = lakes()
    full = engine.fit("y ~ x + (1 | lake)", frame)
    null = engine.fit("y ~ 1 + (1 | lake)", frame, weights=np.ones(len(frame)))
    plain = engine.fit("y ~ 1 + (1 | lake)", frame)
    ours = likelihood_ratio_test(null, full).statistic
    assert ours == pytest.approx(likelihood_ratio_test(plain, full).statistic)


def test_that_what_is_written_otherwise_but_says_the_same_is_nested():
    """Groups by another name, and a covariate within a basis of it."""
    frame = lakes().assign(water=lambda d: "W" + d["lake"])
    null, full = fits(
        frame, "y ~ I(x - 5) + (1 | water)", "y ~ poly(x, 2) + (x | lake)"
    )
    found = likelihood_ratio_test(null, full)
    assert found.df == 3
    assert "mixture of chi-square with 2 and 3 df" in found.method


def test_that_separate_regressions_are_refused():
    frame = lakes()
    spec = ModelSpec("y", (("x",),), grouping="lake", no_pooling=NoPooling.SEPARATE)
    null, full = engine.fit("y ~ x", frame), engine.fit(spec, frame)
    with pytest.raises(engine.EngineError, match="residual standard deviation"):
        likelihood_ratio_test(null, full)


def test_that_a_model_is_refitted_once():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    ml = engine.fit("y ~ x + (1 | lake)", lakes(), estimation="ML")
    assert refitted(model, "REML") is model.estimates
    assert refitted(model, "ML") is refitted(model, "ML")
    assert refitted(model, "ML").criterion == ml.criterion
    with pytest.raises(engine.EngineError, match="no way to estimate"):
        refitted(model, "guess")
