from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.diagnostics.groups import qq_group_effects, residuals_by_group
from engine.diagnostics.quantiles import normal_positions, simultaneous_band
from engine.diagnostics.residuals import (
    qq_residuals,
    residuals_fitted,
    studentised_residuals,
)
from engine.diagnostics.smoothing import lowess
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.facts import dyestuff2
from tests.engine.simulated import dense_V, dense_Z, lakes

FORMULAS = [
    "y ~ x + (1 | lake)",
    "y ~ x + (x | lake) + (z | year)",
    "y ~ f + (1 | lake / net)",
    "y ~ x",
]


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_that_residuals_are_divided_by_their_own_deviation(formula, weighted):
    """Var(r_c) = sigma^4 W^-1 P W^-1 from n x n matrices."""
    frame = lakes()
    weights = np.linspace(0.5, 2, len(frame)) if weighted else None
    model = engine.fit(formula, frame, weights=weights)
    design = model.design
    V = dense_V(design, [block.root for block in model.estimates.blocks])
    inverse, X = np.linalg.inv(V), design.X
    P = inverse - inverse @ X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    R = np.eye(len(X)) if weights is None else np.diag(1 / weights)
    np.testing.assert_allclose(R @ P @ design.y, model.residuals, atol=1e-8)
    deviation = model.sigma * np.sqrt(np.diag(R @ P @ R))
    np.testing.assert_allclose(
        studentised_residuals(model), model.residuals / deviation, rtol=1e-6
    )


def test_that_group_effects_are_divided_by_the_deviation_of_predictions():
    """Var(b_hat) = G Z'P Z G, smaller than G by what the data leave unknown."""
    model = engine.fit("y ~ x + (x | lake) + (1 | year)", lakes())
    design, estimates = model.design, model.estimates
    V = dense_V(design, [block.root for block in estimates.blocks])
    inverse, X = np.linalg.inv(V), design.X
    P = inverse - inverse @ X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    plots = iter(qq_group_effects(model))
    for Z, own, block in zip(
        dense_Z(design), estimates.blocks, design.blocks, strict=True
    ):
        G = np.kron(np.eye(len(own.effects)), own.covariance)
        variance = np.diag(G @ Z.T @ P @ Z @ G) / model.sigma**2
        expected = own.effects / np.sqrt(variance).reshape(own.effects.shape)
        for k in range(len(block.terms)):
            plot = next(plots)
            np.testing.assert_allclose(plot.ordered, np.sort(expected[:, k]), rtol=1e-6)
            order = np.argsort(expected[:, k])
            assert list(plot.labels) == list(block.grouping.levels[order])


def test_that_a_zero_variance_has_no_effects_to_plot():
    (plot,) = qq_group_effects(engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff2()))
    assert plot.ordered.size == 0
    assert "estimated as zero" in plot.caption


def test_that_the_quantile_plot_is_ordered_and_keeps_its_labels():
    model = engine.fit("y ~ x + (1 | lake)", lakes().set_index(lakes().index + 1000))
    plot = qq_residuals(model)
    values = pd.Series(studentised_residuals(model), index=model.design.rows)
    assert (np.diff(plot.ordered) >= 0).all()
    np.testing.assert_array_equal(plot.ordered, values.loc[plot.labels])
    np.testing.assert_allclose(
        plot.theoretical, stats.norm.ppf((np.arange(1, 121) - 0.375) / 120.25)
    )
    assert f"{stats.skew(values):.2f}".lstrip("-") in plot.caption


def test_that_rows_which_fix_their_own_value_are_left_out():
    frame = lakes()
    frame["single"] = np.where(np.arange(120) == 5, "alone", "rest")
    model = engine.fit("y ~ single + x", frame)
    assert np.isnan(studentised_residuals(model)[5])
    assert 5 not in qq_residuals(model).labels
    assert 5 not in residuals_fitted(model).labels


def test_that_separate_regressions_are_studentised_by_their_own_sd():
    spec = ModelSpec("y", (("x",),), grouping="lake", no_pooling=NoPooling.SEPARATE)
    frame = lakes()
    values = studentised_residuals(engine.fit(spec, frame))
    rows = frame["lake"] == "L2"
    alone = studentised_residuals(engine.fit("y ~ x", frame[rows]))
    np.testing.assert_allclose(values[rows], alone, rtol=1e-9)


def test_that_levels_are_ordered_by_median_and_small_ones_have_no_box():
    frame = lakes()
    keep = (frame["lake"] != "L4") | (frame.groupby("lake").cumcount() < 3)
    model = engine.fit("y ~ x + (1 | lake)", frame[keep])
    (plot,) = residuals_by_group(model)
    values = pd.Series(plot.residuals).groupby(plot.positions)
    assert values.median().is_monotonic_increasing
    small = plot.levels.index("L4")
    assert np.isnan(plot.boxes[small]).all()
    others = np.delete(plot.boxes, small, axis=0)
    assert (np.diff(others, axis=1) >= 0).all()
    np.testing.assert_allclose(
        np.delete(plot.boxes[:, 2], small), values.median().drop(small)
    )


def test_that_least_squares_has_the_plots_of_the_grouping_it_names():
    frame = lakes()
    spec = ModelSpec("y", (("x",),), grouping="lake", no_pooling=NoPooling.INTERCEPTS)
    model = engine.fit(spec, frame)
    assert qq_group_effects(model) == ()
    assert [plot.group_name for plot in residuals_by_group(model)] == ["lake"]
    assert residuals_by_group(engine.fit("y ~ x", frame)) == ()


@pytest.mark.parametrize("n", [12, 150, 3000])
def test_that_the_band_holds_95_percent_of_normal_samples(n):
    lower, upper = simultaneous_band(n)
    rng = np.random.default_rng(77)
    samples = np.sort(rng.normal(size=(600, n)), axis=1)
    inside = ((samples >= lower) & (samples <= upper)).all(axis=1).mean()
    assert 0.92 < inside < 0.98
    assert ((lower < normal_positions(n)) & (normal_positions(n) < upper)).all()


def test_that_the_smoother_keeps_a_line_and_resists_an_outlier():
    x = np.linspace(0, 10, 60)
    grid, curve = lowess(x, 3 - 2 * x)
    np.testing.assert_allclose(curve, 3 - 2 * grid, atol=1e-8)
    y = 3 - 2 * x
    y[30] += 500
    grid, curve = lowess(x, y)
    np.testing.assert_allclose(curve, 3 - 2 * grid, atol=1e-6)


def test_that_the_smoother_follows_a_curve_and_ignores_the_order_of_rows():
    rng = np.random.default_rng(5)
    x = rng.uniform(-2, 2, 400)
    y = x**2 + rng.normal(0, 0.1, 400)
    grid, curve = lowess(x, y)
    central = np.abs(grid) < 1.5
    assert np.abs(curve - grid**2)[central].max() < 0.45
    assert curve[0] > curve[len(curve) // 2] < curve[-1]
    shuffled = rng.permutation(400)
    np.testing.assert_allclose(lowess(x[shuffled], y[shuffled])[1], curve)


@pytest.mark.parametrize("x", [np.arange(5.0), np.repeat([1.0, 2.0], 30)])
def test_that_too_few_points_have_no_smooth_line(x):
    grid, curve = lowess(x, np.ones(len(x)))
    assert grid.size == curve.size == 0


def test_that_the_smoother_does_not_depend_on_the_unit():
    rng = np.random.default_rng(8)
    x = np.where(rng.uniform(size=200) < 0.75, 3.0, rng.uniform(0, 10, 200))
    y = rng.normal(size=200)
    _, curve = lowess(x, y)
    np.testing.assert_allclose(lowess(100 * x, y)[1], curve, atol=1e-9)
