"""Predictions with the uncertainty of the variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.inference.bootstrap.mixed_normals import quantile, quantile_error
from engine.inference.bootstrap.mixed_predictions import predict_with_bootstrap
from engine.inference.bootstrap.mixture import Mixture
from engine.inference.prediction import KINDS
from tests.engine.simulated import dense_Z, lakes


def test_that_a_mixture_of_one_has_the_normal_quantile():
    found = quantile(np.array([[1.0, -2.0]]), np.array([[2.0, 0.5]]), 0.975)
    expected = stats.norm.ppf(0.975, [1.0, -2.0], [2.0, 0.5])
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_that_mixtures_have_the_quantiles_of_their_draws():
    rng = np.random.default_rng(2)
    centres, errors = rng.normal(size=(30, 1)), rng.uniform(0.2, 3.0, (30, 1))
    draws = rng.normal(centres, errors, (30, 20_000)).ravel()
    for share in (0.025, 0.5, 0.9):
        found = quantile(centres, errors, share)[0]
        assert (draws < found).mean() == pytest.approx(share, abs=0.004)


def test_that_a_component_without_spread_is_a_step():
    found = quantile(np.array([[0.0], [1.0]]), np.zeros((2, 1)), 0.7)
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


def dense_normals(model, found, rows, kind):
    """Predictions and their standard errors at each replicate from n x n matrices."""
    design, X = model.design, model.design.X
    (Z,) = dense_Z(design)
    x = np.column_stack([np.ones(len(rows)), rows["x"]])
    levels = design.blocks[0].grouping.levels.to_numpy(dtype=object)
    z = 1.0 * (rows["lake"].to_numpy(dtype=object)[:, None] == levels)
    centres, errors = [], []
    for _, at in found.estimates.iterrows():
        tau2, s2 = at["sd(lake, Intercept)"] ** 2, at["sigma"] ** 2
        inverse = np.linalg.inv(tau2 * Z @ Z.T + s2 * np.eye(len(X)))
        C = np.linalg.inv(X.T @ inverse @ X)
        beta = C @ X.T @ inverse @ design.y
        centre, variance = x @ beta, np.einsum("ma,ab,mb->m", x, C, x)
        if kind in ("group", "observation"):
            G = tau2 * np.eye(Z.shape[1])
            centre = centre + z @ G @ Z.T @ inverse @ (design.y - X @ beta)
            a = x - z @ G @ Z.T @ inverse @ X
            own = G - G @ Z.T @ inverse @ Z @ G
            variance = np.einsum("ma,ab,mb->m", a, C, a)
            variance = variance + np.einsum("ma,ab,mb->m", z, own, z)
        elif kind != "population":
            variance = variance + tau2
        is_row = kind in ("observation", "new_observation")
        centres.append(centre)
        errors.append(np.sqrt(variance + s2 * is_row))
    return np.array(centres), np.array(errors)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_rows", [2, 9])
def test_that_intervals_are_the_outer_ends_of_both_mixtures(kind, n_rows):
    frame = lakes()
    model = engine.fit("y ~ x + (1 | lake)", frame)
    found = engine.bootstrap(model, 40, seed=3)
    rows = pd.DataFrame({"x": np.linspace(2.0, 6.0, n_rows), "lake": "L1"})
    rows.loc[1, "lake"] = "L2"
    table = found.predict(rows, kind, 0.9)
    centres, errors = dense_normals(model, found, rows, kind)
    own = model.predict(rows, kind)
    c, s = own["estimate"].to_numpy(), own["std_error"].to_numpy()
    ends = []
    for share, outer in ((0.05, np.minimum), (0.95, np.maximum)):
        pivot = quantile((c - centres) / errors, s / errors, share)
        ends.append(outer(c + s * pivot, quantile(centres, errors, share)))
    np.testing.assert_allclose(table[["lower", "upper"]].T, ends, rtol=1e-7)
    spread = np.sqrt((errors**2).mean(axis=0) + centres.var(axis=0))
    np.testing.assert_allclose(table["std_error"], spread, rtol=1e-7)


@pytest.mark.parametrize(
    "formula", ["y ~ x + (x | lake) + (1 | year)", "y ~ (x || lake)"]
)
@pytest.mark.parametrize("kind", ["group", "observation"])
def test_that_rows_together_get_what_each_gets_alone(formula, kind):
    """Few rows of many groups, and many of few, are worked out in two ways."""
    model = engine.fit(formula, lakes())
    mixture = Mixture(engine.bootstrap(model, 25))
    rows = lakes().groupby("lake").head(2)
    rows = pd.concat([rows, rows.iloc[:2].assign(lake="a new one")])
    together = mixture.predict_kinds(rows, (kind,))[kind].table
    for place in range(len(rows)):
        many = rows.iloc[[place] * 30]
        alone = mixture.predict_kinds(many, (kind,))[kind].table
        expected = together.iloc[[place] * 30]
        np.testing.assert_allclose(alone, expected, rtol=1e-7)


def test_that_balanced_means_have_students_t():
    """The pivot of a mean of balanced groups is t with a df less than the groups."""
    rng = np.random.default_rng(5)
    lake = np.repeat(np.arange(6), 8)
    y = 3.0 * rng.normal(size=6)[lake] + rng.normal(size=48)
    frame = pd.DataFrame({"y": y, "lake": [f"L{i}" for i in lake]})
    model = engine.fit("y ~ 1 + (1 | lake)", frame)
    rows = pd.DataFrame(index=range(1))
    found = Mixture(engine.bootstrap(model, 4000), most=4000)
    own, mixed = model.predict(rows), found.predict_kinds(rows, ("population",))
    table, noise = mixed["population"].table, mixed["population"].noise
    width = own["upper"] - own["lower"]
    for end in ("lower", "upper"):
        assert abs(table[end] - own[end])[0] < 4 * noise[0] * width[0]
    half = (own["upper"] - own["estimate"]) / own["std_error"]
    assert half[0] == pytest.approx(stats.t.ppf(0.975, 5), rel=1e-6)


def test_that_the_noise_of_an_end_is_that_among_bootstraps():
    frame = lakes()
    model = engine.fit("y ~ x + (1 | lake)", frame)
    rows = pd.DataFrame({"x": [5.0]})
    ends, said = [], []
    for seed in range(30):
        found = Mixture(engine.bootstrap(model, 60, seed=seed))
        mixed = found.predict_kinds(rows, ("new_group",))["new_group"]
        width = float((mixed.table["upper"] - mixed.table["lower"]).iloc[0])
        ends.append(mixed.table[["lower", "upper"]].iloc[0].to_numpy())
        said.append(mixed.noise[0] * width)
    observed = np.std(ends, axis=0).max()
    assert np.mean(said) == pytest.approx(observed, rel=0.35)


def test_that_replicates_that_are_not_used_are_counted():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    found = engine.bootstrap(model, 30)
    found.refits.is_settled[[2, 5]] = False
    mixture = Mixture(found, most=10)
    assert (mixture.n, mixture.n_left_out) == (10, 2)


def test_that_the_error_of_a_quantile_shrinks_with_the_root_of_the_components():
    rng = np.random.default_rng(4)
    centres, errors = rng.normal(size=(200, 1)), np.ones((200, 1))
    many = np.tile(centres, (4, 1)), np.ones((800, 1))
    at = quantile(centres, errors, 0.9)
    few = quantile_error(centres, errors, 0.9, at)
    assert quantile_error(*many, 0.9, at)[0] == pytest.approx(few[0] / 2)
