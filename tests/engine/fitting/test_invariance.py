from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from tests.engine.facts import dyestuff
from tests.engine.simulated import lakes

FORMULA = "y ~ x + f + (x | lake) + (1 | year)"


@pytest.fixture(scope="module")
def base() -> engine.FittedModel:
    return engine.fit(FORMULA, lakes())


def test_that_the_order_of_rows_does_not_matter(base):
    shuffled = lakes().sample(frac=1, random_state=1)
    model = engine.fit(FORMULA, shuffled)
    assert model.criterion == pytest.approx(base.criterion, rel=1e-10)
    pd.testing.assert_frame_equal(model.coefficients, base.coefficients, rtol=1e-5)
    pd.testing.assert_series_equal(
        model.fitted.sort_index(), base.fitted.sort_index(), rtol=1e-6
    )


def test_that_the_names_of_levels_do_not_matter(base):
    renamed = lakes()
    renamed["lake"] = renamed["lake"].map({f"L{i}": f"z{9 - i} é" for i in range(10)})
    model = engine.fit(FORMULA, renamed)
    assert model.criterion == pytest.approx(base.criterion, rel=1e-10)
    ours = model.group_effects["lake"].loc["z9 é"]
    np.testing.assert_allclose(ours, base.group_effects["lake"].loc["L0"], rtol=1e-5)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_that_the_unit_of_the_response_only_rescales(base, factor):
    model = engine.fit(FORMULA, lakes().assign(y=lambda d: d["y"] * factor))
    df = base.n_rows - len(base.coefficients)
    expected = base.criterion + 2 * df * np.log(factor)
    assert model.criterion == pytest.approx(expected, rel=1e-8)
    np.testing.assert_allclose(
        model.coefficients["estimate"], factor * base.coefficients["estimate"], 1e-6
    )
    np.testing.assert_allclose(
        model.coefficients["df"], base.coefficients["df"], rtol=1e-5
    )
    np.testing.assert_allclose(model.theta, base.theta, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("shift", [-1e6, 1e6])
def test_that_shifting_a_covariate_with_correlated_slopes_keeps_the_fit(base, shift):
    model = engine.fit(FORMULA, lakes().assign(x=lambda d: d["x"] + shift))
    assert model.criterion == pytest.approx(base.criterion, rel=1e-8)
    for term in ("x", "f[T.low]"):
        assert model.coefficients.loc[term, "estimate"] == pytest.approx(
            base.coefficients.loc[term, "estimate"], rel=1e-6
        )
    np.testing.assert_allclose(model.fitted, base.fitted, rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_that_the_unit_of_a_covariate_only_rescales(base, scale):
    model = engine.fit(FORMULA, lakes().assign(x=lambda d: d["x"] * scale))
    expected = base.criterion + 2 * np.log(scale)
    assert model.criterion == pytest.approx(expected, rel=1e-8)
    np.testing.assert_allclose(model.fitted, base.fitted, rtol=1e-6)
    assert model.is_singular == base.is_singular


def test_that_the_order_of_random_terms_does_not_matter(base):
    model = engine.fit("y ~ x + f + (1 | year) + (x | lake)", lakes())
    assert model.criterion == pytest.approx(base.criterion, rel=1e-10)
    np.testing.assert_allclose(model.theta, base.theta, rtol=1e-5, atol=1e-7)


def test_that_nested_groups_can_be_written_as_crossed_with_unique_labels():
    nested = engine.fit("y ~ x + (1 | lake / net)", lakes())
    frame = lakes().assign(unique=lambda d: d["lake"] + d["net"])
    crossed = engine.fit("y ~ x + (1 | lake) + (1 | unique)", frame)
    assert nested.criterion == pytest.approx(crossed.criterion, rel=1e-10)
    assert nested.n_levels["lake:net"] == crossed.n_levels["unique"]


def test_that_constant_weights_change_only_the_residual_variance(base):
    model = engine.fit(FORMULA, lakes(), weights=np.full(base.n_rows, 4.0))
    np.testing.assert_allclose(model.coefficients, base.coefficients, rtol=1e-5)
    assert model.sigma**2 == pytest.approx(4 * base.sigma**2, rel=1e-6)
    ours, theirs = model.variance_components, base.variance_components
    np.testing.assert_allclose(
        ours["variance"][:-1], theirs["variance"][:-1], rtol=1e-5
    )


def test_that_a_balanced_one_way_layout_gives_the_anova_estimates():
    frame = dyestuff()
    batches = frame.groupby("Batch")["Yield"]
    within = batches.var().mean()
    between = 5 * batches.mean().var()
    model = engine.fit("Yield ~ 1 + (1 | Batch)", frame)
    assert model.sigma**2 == pytest.approx(within, rel=1e-9)
    variance = model.variance_components["variance"].iloc[0]
    assert variance == pytest.approx((between - within) / 5, rel=1e-7)
    assert model.coefficients["df"].iloc[0] == pytest.approx(5, abs=1e-6)


def test_that_the_frame_is_not_modified(base):
    frame = lakes()
    engine.fit(FORMULA, frame, weights=np.ones(len(frame)))
    pd.testing.assert_frame_equal(frame, lakes())
    assert base.design.frame is not frame
