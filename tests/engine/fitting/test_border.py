"""A few columns beside a core in parts: they change nothing but the time it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.fitting import core_matrices
from engine.fitting.criterion import derivatives, evaluate
from engine.fitting.hessian import profiled_hessian
from tests.engine.fitting.same_fit import assert_same_fit

FORMULAS = [
    "y ~ x + (1 | site / plot) + (1 | year)",
    "y ~ x + (x | site) + (1 | plot_in_all) + (x | year)",
    "y ~ x + (x || site / plot) + (1 | year) + (1 | observer)",
    "y ~ 0 + (1 | site / plot) + (0 + x | year)",
]


def monitoring(n_sites: int = 25, n_years: int = 6, seed: int = 3) -> pd.DataFrame:
    """Plots in sites that are seen in the same years, some visits missing."""
    rng = np.random.default_rng(seed)
    rows = [
        (site, plot, year)
        for site in range(n_sites)
        for plot in range(rng.integers(2, 5))
        for year in range(n_years)
        if rng.random() < 0.8
    ]
    frame = pd.DataFrame(rows, columns=["site", "plot", "year"])
    frame["plot_in_all"] = frame.groupby(["site", "plot"]).ngroup()
    frame["observer"] = rng.integers(0, 4, len(frame))
    frame["x"] = rng.normal(size=len(frame))
    slope = 1 + rng.normal(0, 0.5, n_sites)[frame["site"]]
    slope += rng.normal(0, 0.3, n_years)[frame["year"]]
    frame["y"] = slope * frame["x"] + rng.normal(0, 1, n_sites)[frame["site"]]
    frame["y"] += rng.normal(0, 0.6, len(frame))[frame["plot_in_all"]]
    frame["y"] += rng.normal(0, 0.8, n_years)[frame["year"]]
    frame["y"] += rng.normal(size=len(frame))
    return frame


@pytest.fixture
def small_parts(monkeypatch):
    """Let cores fall into parts even where that is slower."""
    monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("is_weighted", [False, True])
def test_that_a_fit_with_a_border_is_the_dense_fit(
    formula, estimation, is_weighted, monkeypatch
):
    frame = monitoring()
    weights = 1.0 + np.arange(len(frame)) % 3 if is_weighted else None
    asked = {"estimation": estimation, "weights": weights}
    dense = engine.fit(formula, frame, **asked)
    assert dense.estimates.evaluation.products.border is None
    monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
    with_border = engine.fit(formula, frame, **asked)
    assert with_border.estimates.evaluation.products.border is not None
    assert with_border.convergence.verdict == dense.convergence.verdict
    assert_same_fit(with_border, dense, frame, criterion=1e-11)
    np.testing.assert_allclose(
        with_border.estimates.leverage, dense.estimates.leverage, rtol=1e-7
    )


@pytest.mark.parametrize("is_reml", [True, False])
@pytest.mark.parametrize("formula", FORMULAS)
def test_that_slope_and_curvature_are_those_of_the_criterion(
    formula, is_reml, small_parts
):
    products = engine.fit(formula, monitoring()).estimates.evaluation.products
    assert products.border is not None
    entries = products.layout.entries
    rng = np.random.default_rng(5)
    theta = rng.uniform(0.3, 1.2, len(entries))

    def at(point):
        lambdas = products.layout.lambdas(point)
        return evaluate(products, lambdas, is_reml=is_reml)

    step, axes = 1e-5, np.eye(len(theta))
    slopes = [
        (at(theta + step * a).value - at(theta - step * a).value) / (2 * step)
        for a in axes
    ]
    found = derivatives(at(theta), entries).gradient
    np.testing.assert_allclose(found, slopes, rtol=1e-6, atol=1e-6)
    bends = [
        derivatives(at(theta + step * a), entries).gradient
        - derivatives(at(theta - step * a), entries).gradient
        for a in axes
    ]
    hessian = profiled_hessian(at(theta), entries)
    wanted = np.array(bends) / (2 * step)
    np.testing.assert_allclose(hessian, wanted, rtol=1e-6, atol=1e-5)


def test_that_years_without_variance_are_an_ordinary_point(small_parts):
    frame = monitoring()
    frame["year"] = np.random.default_rng(1).permutation(frame["year"])
    model = engine.fit("y ~ x + (1 | site / plot) + (1 | year)", frame)
    assert model.estimates.evaluation.products.border is not None
    assert model.convergence.verdict.value == "certified zero variance"
    without = engine.fit("y ~ x + (1 | site / plot)", frame)
    assert model.criterion == pytest.approx(without.criterion, rel=1e-10)


def test_that_a_border_is_exact_where_plots_explain_nearly_everything(monkeypatch):
    frame = monitoring()
    frame["y"] += 1e4 * np.sin(frame["plot_in_all"])
    formula = "y ~ x + (1 | site / plot) + (1 | year)"
    dense = engine.fit(formula, frame)
    monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
    with_border = engine.fit(formula, frame)
    products = with_border.estimates.evaluation.products
    assert products.border is not None
    assert products.shift is not None
    # rounding alone moves the criterion by 4e-7 (SD) with variances of 1e7 and more
    assert with_border.criterion == pytest.approx(dense.criterion, abs=2e-6)
    pd.testing.assert_frame_equal(
        with_border.coefficient_table(), dense.coefficient_table(), rtol=1e-5
    )
