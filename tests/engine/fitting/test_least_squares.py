from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.errors import DesignError
from engine.model.spec import ModelSpec, NoPooling, RandomTerm
from tests.engine.simulated import lakes

X = (("x",),)


def test_that_complete_pooling_is_a_regression():
    frame = lakes()
    model = engine.fit("y ~ x", frame)
    expected = stats.linregress(frame["x"], frame["y"])
    slope = model.coefficients.loc["x"]
    assert slope["estimate"] == pytest.approx(expected.slope, rel=1e-12)
    assert slope["std_error"] == pytest.approx(expected.stderr, rel=1e-12)
    assert slope["p_value"] == pytest.approx(expected.pvalue, rel=1e-8)
    assert slope["df"] == len(frame) - 2
    assert not model.is_mixed
    assert model.n_levels == {}
    assert model.theta.size == 0


def test_that_the_likelihood_of_least_squares_is_the_normal_one():
    frame = lakes()
    model = engine.fit("y ~ x", frame, estimation="ML")
    spread = np.sqrt(np.mean(model.residuals**2))
    expected = stats.norm.logpdf(model.residuals, scale=spread).sum()
    assert model.loglik == pytest.approx(expected, rel=1e-12)
    assert model.sigma > spread, "sigma keeps n - p degrees of freedom"


def test_that_least_squares_is_the_mixed_model_without_variance():
    """The REML criteria of both are comparable: theta = 0 is least squares."""
    frame = lakes()
    mixed = engine.fit("y ~ x + (1 | lake)", frame)
    pooled = engine.fit("y ~ x", frame)
    assert pooled.criterion > mixed.criterion
    assert pooled.n_parameters == mixed.n_parameters - 1


@pytest.mark.parametrize("kind", NoPooling)
def test_that_each_kind_of_no_pooling_has_coefficients_by_group(kind):
    fixed = () if kind is NoPooling.MEANS else X
    spec = ModelSpec("y", fixed, grouping="lake", no_pooling=kind)
    frame = lakes()
    table = engine.fit(spec, frame).group_coefficients["lake"]
    assert list(table.index) == sorted(frame["lake"].unique())
    expected = ["Intercept"] if kind is NoPooling.MEANS else ["Intercept", "x"]
    assert list(table.columns) == expected
    if kind is NoPooling.MEANS:
        np.testing.assert_allclose(
            table["Intercept"], frame.groupby("lake")["y"].mean(), rtol=1e-10
        )
    if kind is NoPooling.INTERCEPTS:
        assert table["x"].nunique() == 1


def test_that_regressions_per_group_share_one_residual_sd_or_have_their_own():
    frame = lakes()
    shared, separate = (
        engine.fit(ModelSpec("y", X, grouping="lake", no_pooling=kind), frame)
        for kind in (NoPooling.SLOPES, NoPooling.SEPARATE)
    )
    pd.testing.assert_frame_equal(
        shared.group_coefficients["lake"], separate.group_coefficients["lake"]
    )
    assert separate.sigma == pytest.approx(shared.sigma, rel=1e-10)
    one = frame[frame["lake"] == "L3"]
    expected = stats.linregress(one["x"], one["y"])
    row = separate.coefficients.loc["lake[L3]:x"]
    assert row["std_error"] == pytest.approx(expected.stderr, rel=1e-10)
    assert row["df"] == len(one) - 2
    assert separate.estimates.sigma_by_group[3] == pytest.approx(
        np.sqrt(
            ((expected.slope * one["x"] + expected.intercept - one["y"]) ** 2).sum()
            / (len(one) - 2)
        )
    )


def test_that_separate_likelihoods_add_up():
    frame = lakes()
    spec = ModelSpec("y", X, grouping="lake", no_pooling=NoPooling.SEPARATE)
    separate = engine.fit(spec, frame, estimation="ML")
    parts = [
        engine.fit("y ~ x", part, estimation="ML") for _, part in frame.groupby("lake")
    ]
    assert separate.loglik == pytest.approx(sum(part.loglik for part in parts))
    assert separate.n_parameters == 3 * len(parts)


def test_that_a_group_with_too_few_rows_for_its_own_sd_is_named():
    frame = lakes()
    keep = (frame["lake"] != "L4") | (frame.groupby("lake").cumcount() < 2)
    spec = ModelSpec("y", X, grouping="lake", no_pooling=NoPooling.SEPARATE)
    model = engine.fit(spec, frame[keep])
    assert any("L4" in note for note in model.notes)
    assert np.isnan(model.criterion)
    assert np.isfinite(model.coefficients.loc["lake[L4]:x", "estimate"])
    assert np.isnan(model.coefficients.loc["lake[L4]:x", "std_error"])
    assert np.isfinite(model.coefficients.loc["lake[L5]:x", "std_error"])


def test_that_no_pooling_of_one_grouping_goes_with_random_effects_of_another():
    spec = ModelSpec(
        "y",
        X,
        grouping="lake",
        no_pooling=NoPooling.INTERCEPTS,
        random=(RandomTerm(("year",)),),
    )
    model = engine.fit(spec, lakes())
    assert model.n_levels == {"year": 6}
    assert "lake[L0]" in model.coefficients.index


def test_that_separate_regressions_refuse_random_effects():
    spec = ModelSpec(
        "y",
        X,
        grouping="lake",
        no_pooling=NoPooling.SEPARATE,
        random=(RandomTerm(("year",)),),
    )
    with pytest.raises(DesignError, match="separate regression"):
        engine.fit(spec, lakes())


def test_that_the_course_fish_have_the_references_least_squares(reference):
    results = json.loads((reference / "lme4_inference.json").read_text("utf-8"))
    fish = pd.read_csv(reference / "data" / "fish.csv")
    expected = results["complete_pooling_fish"]
    model = engine.fit("log_mass ~ log_length", fish, estimation="ML")
    assert model.loglik == pytest.approx(expected["loglik"], abs=1e-8)
    assert model.sigma == pytest.approx(expected["sigma"], rel=1e-8)
    for row, (_, ours) in zip(
        expected["coef"], model.coefficients.iterrows(), strict=True
    ):
        assert ours["estimate"] == pytest.approx(row["Estimate"], rel=1e-8)
        assert ours["std_error"] == pytest.approx(row["Std. Error"], rel=1e-8)
    means = engine.fit("log_mass ~ 0 + lake", fish, estimation="ML")
    expected = results["no_pooling_means_fish"]
    assert means.loglik == pytest.approx(expected["loglik"], abs=1e-8)
    np.testing.assert_allclose(
        means.coefficients["estimate"], list(expected["coef"].values()), rtol=1e-8
    )
    spec = ModelSpec(
        "log_mass",
        (("log_length",),),
        grouping="lake",
        no_pooling=NoPooling.SEPARATE,
    )
    table = engine.fit(spec, fish).group_coefficients["lake"]
    for row in results["no_pooling_regressions_fish"]["coef"]:
        assert table.loc[row["lake"], "Intercept"] == pytest.approx(row["(Intercept)"])
        assert table.loc[row["lake"], "log_length"] == pytest.approx(row["log_length"])


def test_that_exact_levels_are_reproduced_and_named():
    """Fewer rows than columns, dependent columns, and a constant response."""
    frame = lakes()
    number = frame.groupby("lake").cumcount()
    keep = ~frame["lake"].isin(["L1", "L2"]) | (number < 3)
    keep &= (frame["lake"] != "L1") | (number < 2)
    frame = frame[keep].copy()
    flat = frame["lake"] == "L2"
    frame.loc[flat, "x"] = 4.0
    frame.loc[flat, "y"] = 1 + 2 * frame.loc[flat, "z"]
    frame.loc[frame["lake"] == "L5", "y"] = 7.0
    spec = ModelSpec(
        "y", (("x",), ("z",)), grouping="lake", no_pooling=NoPooling.SEPARATE
    )
    model = engine.fit(spec, frame)
    note = next(note for note in model.notes if "reproduces its rows" in note)
    assert "'L1', 'L2', 'L5'" in note
    predicted = model.predict(frame)["estimate"]
    np.testing.assert_allclose(predicted[flat], frame.loc[flat, "y"])
    one_short = frame["lake"] == "L1"
    np.testing.assert_allclose(predicted[one_short], frame.loc[one_short, "y"])
    assert any("lake[L2]:x" in note for note in model.notes)
