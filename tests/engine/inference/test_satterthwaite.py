from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.fitting.criterion import evaluate
from tests.engine.facts import dyestuff
from tests.engine.simulated import lakes


@pytest.mark.parametrize(
    "formula",
    ["y ~ x + (1 | lake)", "y ~ x + (x | lake)", "y ~ x + f + (1 | lake) + (1 | year)"],
)
@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_the_closed_form_equals_numerical_differentiation(formula, estimation):
    """df = 2 V^2 / (g'A g) with A and g by finite differences, as lmerTest does."""
    model = engine.fit(formula, lakes(), estimation=estimation)
    e = model.estimates.evaluation
    products, nu = e.products, e.nu
    theta = products.layout.theta(e.lambdas)

    def at(parameters):
        here = evaluate(
            products,
            products.layout.lambdas(parameters[:-1]),
            is_reml=estimation == "REML",
        )
        s2 = parameters[-1] ** 2
        profiled = here.nu * (1 + np.log(2 * np.pi * here.r2 / here.nu))
        deviance = here.value - profiled + nu * np.log(2 * np.pi * s2) + here.r2 / s2
        return deviance, s2 * np.diag(here.C)

    best = np.append(theta, np.sqrt(e.r2 / nu))
    steps = 1e-4 * np.eye(len(best))
    hessian = np.array(
        [
            [
                (
                    at(best + a + b)[0]
                    - at(best + a - b)[0]
                    - at(best - a + b)[0]
                    + at(best - a - b)[0]
                )
                / 4e-8
                for b in steps
            ]
            for a in steps
        ]
    )
    slopes = np.array([(at(best + a)[1] - at(best - a)[1]) / 2e-4 for a in steps])
    spread = np.einsum("ip,ij,jp->p", slopes, 2 * np.linalg.inv(hessian), slopes)
    # the coefficients on Q have these df; compare them through the last, which is
    # the user's last coefficient up to a factor
    expected = 2 * at(best)[1] ** 2 / spread
    assert model.coefficients["df"].iloc[-1] == pytest.approx(expected[-1], rel=1e-4)


def test_that_balanced_designs_have_integer_degrees_of_freedom():
    model = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff())
    assert model.coefficients["df"].iloc[0] == pytest.approx(5, abs=1e-6)
    rng = np.random.default_rng(3)
    day = np.tile(np.arange(8.0), 15)
    animal = np.repeat(np.arange(15), 8)
    y = 10 + rng.normal(0, 2, 15)[animal] + rng.normal(1, 0.5, 15)[animal] * day
    frame = pd.DataFrame({"y": y + rng.normal(0, 1, 120), "day": day, "animal": animal})
    slopes = engine.fit("y ~ day + (day | animal)", frame)
    np.testing.assert_allclose(slopes.coefficients["df"], [14, 14], atol=1e-5)
    baseline = engine.fit("y ~ day + (1 | animal)", frame)
    assert baseline.coefficients.loc["day", "df"] == pytest.approx(104, abs=1e-5)


def test_that_a_zero_variance_leaves_the_degrees_of_freedom_of_least_squares():
    rng = np.random.default_rng(11)
    group = np.repeat(np.arange(12), 6)
    y = rng.normal(0, 1, 72)
    y -= pd.Series(y).groupby(group).transform("mean").to_numpy()  # no spread at all
    frame = pd.DataFrame({"y": y, "x": rng.normal(0, 1, 72), "g": group})
    mixed = engine.fit("y ~ x + (1 | g)", frame)
    pooled = engine.fit("y ~ x", frame)
    assert mixed.is_singular
    pd.testing.assert_frame_equal(mixed.coefficients, pooled.coefficients, rtol=1e-8)


def test_that_the_normal_distribution_can_be_asked_for():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    table = model.coefficient_table(df="none", level=0.9)
    assert np.isinf(table["df"]).all()
    half = 1.6448536269514722 * table["std_error"]
    np.testing.assert_allclose(table["upper"] - table["estimate"], half)


@pytest.mark.parametrize(("df", "level"), [("guess", 0.95), ("none", 1.0)])
def test_that_an_unknown_method_or_level_is_refused(df, level):
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError):
        model.coefficient_table(df=df, level=level)
