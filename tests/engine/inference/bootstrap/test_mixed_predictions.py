"""Predictions with the uncertainty of the variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.inference.bootstrap.mixed_predictions import (
    mixture_quantile,
    predict_with_bootstrap,
)
from engine.inference.prediction import KINDS
from tests.engine.simulated import lakes


def test_that_a_mixture_of_one_has_the_normal_quantile():
    found = mixture_quantile(np.array([[1.0, -2.0]]), np.array([[2.0, 0.5]]), 0.975)
    expected = stats.norm.ppf(0.975, [1.0, -2.0], [2.0, 0.5])
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_that_mixtures_have_the_quantiles_of_their_draws():
    rng = np.random.default_rng(2)
    centres, errors = rng.normal(size=(30, 1)), rng.uniform(0.2, 3.0, (30, 1))
    draws = rng.normal(centres, errors, (30, 20_000)).ravel()
    for share in (0.025, 0.5, 0.9):
        found = mixture_quantile(centres, errors, share)[0]
        assert (draws < found).mean() == pytest.approx(share, abs=0.004)


def test_that_a_component_without_spread_is_a_step():
    found = mixture_quantile(np.array([[0.0], [1.0]]), np.zeros((2, 1)), 0.7)
    assert found[0] == pytest.approx(1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_that_intervals_are_wider_with_few_groups_and_the_same_with_many(kind):
    frame = lakes()
    few = frame[frame["lake"].isin(["L1", "L2", "L3", "L4"])]
    rows = pd.DataFrame({"x": [4.0, 6.0], "lake": ["L1", "L2"]})
    model = engine.fit("y ~ x + (1 | lake)", few)
    found = predict_with_bootstrap(engine.bootstrap(model, 150), rows, kind)
    plain = model.predict(rows, kind)
    pd.testing.assert_series_equal(found["estimate"], plain["estimate"])
    assert (found["lower"] < found["estimate"]).all()
    assert (found["upper"] > found["estimate"]).all()
    if kind == "observation":
        width = found["upper"] - found["lower"]
        assert np.allclose(width, plain["upper"] - plain["lower"], rtol=0.1)


def test_that_the_uncertainty_of_a_new_group_grows_heavier_tails():
    frame = lakes()
    few = frame[frame["lake"].isin(["L1", "L2", "L3", "L4", "L5"])]
    model = engine.fit("y ~ x + (1 | lake)", few)
    rows = pd.DataFrame({"x": [5.0]})
    found = engine.bootstrap(model, 300)
    narrow, wide = (
        predict_with_bootstrap(found, rows, "new_group", level) for level in (0.5, 0.99)
    )
    ratio = (wide["upper"] - wide["lower"]) / (narrow["upper"] - narrow["lower"])
    assert ratio[0] > 1.1 * stats.norm.ppf(0.995) / stats.norm.ppf(0.75)


def test_that_least_squares_have_nothing_to_add():
    model = engine.fit("y ~ x", lakes())
    rows = pd.DataFrame({"x": [5.0]})
    found = predict_with_bootstrap(engine.bootstrap(model, 10), rows)
    pd.testing.assert_frame_equal(found, model.predict(rows))


def test_that_rows_that_cannot_be_predicted_stay_unknown():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    rows = pd.DataFrame({"x": [5.0, np.nan], "lake": ["L1", "L1"]})
    found = predict_with_bootstrap(engine.bootstrap(model, 20), rows, "group")
    assert found["lower"].notna().tolist() == [True, False]
    assert found["std_error"].notna().tolist() == [True, False]
