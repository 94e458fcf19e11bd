"""Intervals from replicates, and the acceleration of BCa."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.inference.bootstrap.acceleration import accelerations
from engine.inference.bootstrap.intervals import interval
from tests.engine.simulated import dense_V, lakes

REPLICATES = np.random.default_rng(1).gamma(3.0, 2.0, 5000)


def test_that_percentiles_and_basic_intervals_mirror_each_other():
    estimate = 6.0
    percentile = interval(REPLICATES, estimate, 0.9, "percentile")
    basic = interval(REPLICATES, estimate, 0.9, "basic")
    assert percentile["lower"] == pytest.approx(np.quantile(REPLICATES, 0.05))
    assert percentile["upper"] == pytest.approx(np.quantile(REPLICATES, 0.95))
    assert basic["lower"] == pytest.approx(12.0 - percentile["upper"])
    assert basic["upper"] == pytest.approx(12.0 - percentile["lower"])
    assert percentile["std_error"] == pytest.approx(REPLICATES.std(ddof=1))
    assert percentile["bias"] == pytest.approx(REPLICATES.mean() - 6.0)


def test_that_bca_of_a_transformed_quantity_is_the_transformed_bca():
    median = float(np.quantile(REPLICATES, 0.6))
    plain = interval(REPLICATES, median, 0.95, "bca", 0.04)
    logs = interval(np.log(REPLICATES), np.log(median), 0.95, "bca", 0.04)
    assert logs["lower"] == pytest.approx(np.log(plain["lower"]), rel=1e-3)
    assert logs["upper"] == pytest.approx(np.log(plain["upper"]), rel=1e-3)


def test_that_bca_without_bias_and_acceleration_is_the_percentile_interval():
    values = np.arange(-500.0, 501.0)
    bca = interval(values, 0.0, 0.95, "bca", 0.0)
    percentile = interval(values, 0.0, 0.95, "percentile")
    assert bca["lower"] == pytest.approx(percentile["lower"])
    assert bca["kind"] == "bca"


def test_that_bca_without_an_acceleration_says_that_it_is_of_percentiles():
    made = interval(REPLICATES, 6.0, 0.95, "bca")
    assert made["kind"] == "percentile"
    assert made["lower"] == interval(REPLICATES, 6.0, 0.95, "percentile")["lower"]


def test_that_bca_of_an_estimate_beyond_all_replicates_stays_among_them():
    made = interval(REPLICATES, 1e6, 0.95, "bca", 0.0)
    assert np.isfinite(made["lower"])
    assert made["upper"] <= REPLICATES.max()


def test_that_unknown_replicates_are_left_out_and_counted():
    some = REPLICATES.copy()
    some[:100] = np.nan
    made = interval(some, 6.0, 0.95, "percentile")
    assert made["n"] == 4900
    assert made["lower"] == pytest.approx(np.quantile(some[100:], 0.025))
    none = interval(np.full(3, np.nan), 6.0, 0.95, "percentile")
    assert np.isnan(none["lower"])


@pytest.mark.parametrize("formula", ["y ~ x + z + (x | lake)", "y ~ x + (x || lake)"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_that_accelerations_are_those_of_groups_left_out_by_brute_force(
    formula, weights
):
    frame = lakes().assign(w=lambda d: np.linspace(0.5, 3.0, len(d)))
    model = engine.fit(formula, frame, weights=weights)
    V = dense_V(model.design, [block.root for block in model.estimates.blocks])
    X, y = model.design.X, model.design.y
    codes = model.design.blocks[0].grouping.codes
    left = []
    for j in range(codes.max() + 1):
        keep = codes != j
        inverse = np.linalg.inv(V[np.ix_(keep, keep)])
        information = X[keep].T @ inverse @ X[keep]
        left.append(np.linalg.solve(information, X[keep].T @ inverse @ y[keep]))
    off = np.mean(left, axis=0) - np.array(left)
    expected = (off**3).sum(axis=0) / (6 * (off**2).sum(axis=0) ** 1.5)
    found = accelerations(model.estimates)
    np.testing.assert_allclose(list(found.values()), expected, rtol=1e-6)
    assert list(found) == list(model.design.terms)


def test_that_crossed_groups_and_lost_coefficients_have_no_acceleration():
    crossed = engine.fit("y ~ x + (1 | lake) + (1 | year)", lakes())
    assert accelerations(crossed.estimates) == {}
    frame = lakes()
    frame["only"] = (frame["lake"] == "L3") * 1.0  # gone with that lake
    alone = engine.fit("y ~ x + only + (1 | lake)", frame)
    assert accelerations(alone.estimates) == {}
    assert accelerations(engine.fit("y ~ x", frame).estimates) == {}
