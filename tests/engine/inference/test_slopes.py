from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.inference.contrasts import contrasts
from engine.inference.slopes import marginal_slopes
from tests.engine.inference.emmeans_facts import (
    OVERALL_SLOPE,
    SLOPES,
    SLOPES_AT_8,
    SLOPES_PAIR,
    assert_means,
    orthodont,
)
from tests.engine.simulated import lakes

CURVED = "log(distance) ~ I(age^2) + age * Sex + (age | Subject)"


def test_that_slopes_are_those_of_another_program(reference):
    model = engine.fit(CURVED, orthodont(reference))
    assert_means(marginal_slopes(model, "age", "Sex"), SLOPES)
    assert_means(marginal_slopes(model, "age", "Sex", at={"age": 8}), SLOPES_AT_8)
    row = contrasts(model, "Sex", slope_of="age").iloc[0]
    names = ["estimate", "std_error", "df", "statistic", "p_value"]
    np.testing.assert_allclose(row[names].to_numpy(float), SLOPES_PAIR, rtol=2e-4)


def test_that_the_slope_of_a_function_is_its_derivative(reference):
    model = engine.fit("distance ~ log(age) + f + (1 | Subject)", orthodont(reference))
    table = marginal_slopes(model, "age")
    assert_means(table, [OVERALL_SLOPE])
    coefficient = model.coefficients.loc["log(age)"]
    age = model.design.frame["age"].mean()
    for name in ("estimate", "std_error"):
        assert table[name].iloc[0] == pytest.approx(coefficient[name] / age, rel=1e-9)


def test_that_a_straight_lines_slope_is_its_coefficient():
    frame = lakes().assign(x=lambda d: d["x"] + 2000)
    model = engine.fit("y ~ x + z + f + (x | lake)", frame)
    row, expected = marginal_slopes(model, "x").iloc[0], model.coefficients.loc["x"]
    for name in ("estimate", "std_error", "df", "lower", "upper"):
        assert row[name] == pytest.approx(expected[name], rel=1e-8)


def test_that_curved_effects_have_a_slope_at_each_value():
    model = engine.fit("y ~ poly(x, 3) + (1 | lake)", lakes())
    at = [4.0, 5.0, 6.5]
    table = marginal_slopes(model, "x", "x", at={"x": at})
    assert table["x"].tolist() == at
    h = 1e-4
    for x, slope in zip(at, table["estimate"], strict=True):
        ends = model.predict(pd.DataFrame({"x": [x - h, x + h]}))["estimate"]
        assert slope == pytest.approx(float(np.diff(ends)[0]) / (2 * h), rel=1e-6)


def test_that_slopes_of_dates_are_per_day():
    frame = lakes()
    frame["day"] = pd.Timestamp("2020-05-01") + pd.to_timedelta(frame["z"], unit="D")
    model = engine.fit("y ~ day * f + (1 | lake)", frame)
    table = marginal_slopes(model, "day", "f")
    slope = model.coefficients.loc["day"]
    assert table["f"].iloc[0] == "high"
    assert table["estimate"].iloc[0] == pytest.approx(slope["estimate"], rel=1e-6)
    assert table["std_error"].iloc[0] == pytest.approx(slope["std_error"], rel=1e-6)


@pytest.mark.parametrize(
    ("covariate", "words"),
    [("f", "holds levels"), ("w", "not in the fixed part")],
)
def test_that_what_has_no_slope_is_refused(covariate, words):
    model = engine.fit("y ~ f + x + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError, match=words):
        marginal_slopes(model, covariate)


def test_that_a_straight_slope_is_not_said_to_be_held_at_its_own_value():
    model = engine.fit("y ~ x * f + (1 | lake)", lakes())
    for notes in (
        marginal_slopes(model, "x", "f").attrs["notes"],
        engine.contrasts(model, "f", slope_of="x").attrs["notes"],
    ):
        assert not [note for note in map(str, notes) if "'x' is held" in note]
        assert not [note for note in map(str, notes) if "depends on 'x'" in note]
    curved = engine.fit("y ~ I(x ** 2) + x + (1 | lake)", lakes())
    said = " ".join(map(str, marginal_slopes(curved, "x").attrs["notes"]))
    assert "'x' is held at its mean" in said
