from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.inference.back_transformation import back_transformed
from engine.inference.contrasts import contrasts
from engine.inference.marginal_means import marginal_means
from engine.inference.slopes import marginal_slopes
from tests.engine.inference.emmeans_facts import (
    SEXES_MEASURED,
    SEXES_RATIO,
    assert_means,
    orthodont,
)
from tests.engine.simulated import lakes


def positive(seed: int = 8):
    return lakes(seed).assign(y=lambda d: np.exp(d["y"] / 8))


def test_that_medians_and_ratios_are_those_of_another_program(reference):
    formula = "log(distance) ~ I(age^2) + age * Sex + (age | Subject)"
    model = engine.fit(formula, orthodont(reference))
    table = back_transformed(marginal_means(model, "Sex"), model)
    assert_means(table, SEXES_MEASURED)
    assert table.attrs["scale"] == "median"
    ratios = back_transformed(contrasts(model, "Sex"), model)
    assert ratios["contrast"].tolist() == ["Female / Male"]
    assert_means(ratios, [SEXES_RATIO])
    before = contrasts(model, "Sex")
    pd.testing.assert_series_equal(ratios["p_value"], before["p_value"])


def test_that_means_add_half_of_the_variance_of_a_new_row():
    model = engine.fit("np.log(y) ~ f + x + (x | lake)", positive())
    table = marginal_means(model, ["f", "x"], at={"x": [3.0, 6.0]})
    means = back_transformed(table, model, quantity="mean")
    G = model.estimates.blocks[0].covariance
    for (_, row), mu in zip(means.iterrows(), table["estimate"], strict=True):
        z = np.array([1.0, row["x"]])
        variance = model.sigma**2 + z @ G @ z
        assert row["estimate"] == pytest.approx(np.exp(mu + variance / 2), rel=1e-9)
    turned = back_transformed(table.iloc[::-1], model, quantity="mean")
    np.testing.assert_allclose(turned["estimate"], means["estimate"].iloc[::-1])


def test_that_means_are_those_of_simulated_responses():
    """What is reported as mean is the mean of many draws from the fitted model."""
    model = engine.fit("log10(y) ~ f + (1 | lake)", positive())
    means = marginal_means(model, "f")
    table = back_transformed(means, model, quantity="mean")
    rng = np.random.default_rng(99)
    sd = np.hypot(model.sigma, model.variance_components["sd"].iloc[0])
    draws = 10 ** (means["estimate"].iloc[0] + rng.normal(0, sd, 400_000))
    error = draws.std() / np.sqrt(len(draws))
    assert abs(draws.mean() - table["estimate"].iloc[0]) < 4 * error


@pytest.mark.parametrize(
    ("function", "back"),
    [("log2(y)", np.exp2), ("log10(y)", lambda v: 10**v), ("log1p(y)", np.expm1)],
)
def test_that_each_logarithm_is_taken_back(function, back):
    model = engine.fit(f"np.{function} ~ f + (1 | lake)", positive())
    table = marginal_means(model, "f")
    medians = back_transformed(table, model)
    for name in ("estimate", "lower", "upper"):
        np.testing.assert_allclose(medians[name], back(table[name]), rtol=1e-12)


def test_that_logarithms_in_the_table_can_be_named():
    frame = positive().assign(log_y=lambda d: np.log(d["y"]))
    by_formula = engine.fit("log(y) ~ f + (1 | lake)", frame)
    by_column = engine.fit("log_y ~ f + (1 | lake)", frame)
    pd.testing.assert_frame_equal(
        back_transformed(marginal_means(by_formula, "f"), by_formula),
        back_transformed(
            marginal_means(by_column, "f"), by_column, transformation="log"
        ),
    )


def test_that_names_with_signs_in_them_stay_whole():
    frame = positive().assign(f=lambda d: d["f"].replace({"low": "very - low"}))
    model = engine.fit("log(y) ~ f + (1 | lake)", frame)
    table = back_transformed(contrasts(model, "f"), model)
    assert "high / (very - low)" not in table["contrast"].tolist()[:1]
    assert "mid / (very - low)" in table["contrast"].tolist()


def test_that_what_cannot_be_taken_back_is_refused():
    frame = positive()
    model = engine.fit("y ~ f + x + (1 | lake)", frame)
    with pytest.raises(engine.EngineError, match="not a logarithm"):
        back_transformed(marginal_means(model, "f"), model)
    model = engine.fit("log(y + 50) ~ f + x + (1 | lake)", frame)
    with pytest.raises(engine.EngineError, match="more than a column"):
        back_transformed(marginal_means(model, "f"), model)
    model = engine.fit("log(y) ~ f + x + (1 | lake)", frame)
    with pytest.raises(engine.EngineError, match="nothing that can be taken back"):
        back_transformed(marginal_means(model, "f"), model, quantity="mode")
    with pytest.raises(engine.EngineError, match="Slopes of a logarithm"):
        back_transformed(marginal_slopes(model, "x"), model)
    with pytest.raises(engine.EngineError, match="no table of marginal means"):
        back_transformed(model.coefficients, model)
