"""Intraclass correlations by grouping and along covariates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import DesignError
from tests.engine.simulated import dense_V, lakes


def correlation_of_rows(model, first, second):
    """Of two rows used, from the dense covariance of all."""
    roots = [block.root for block in model.estimates.blocks]
    V = dense_V(model.design, roots)
    return V[first, second] / np.sqrt(V[first, first] * V[second, second])


def test_that_the_icc_is_the_correlation_of_two_rows_of_a_group():
    model = engine.fit("y ~ x + (1 | lake) + (1 | year)", lakes())
    frame = model.design.frame
    pairs = [
        (i, j)
        for i in range(40)
        for j in range(i)
        if frame["lake"].iloc[i] == frame["lake"].iloc[j]
        and frame["year"].iloc[i] != frame["year"].iloc[j]
    ]
    assert correlation_of_rows(model, *pairs[0]) == pytest.approx(model.icc["lake"])
    assert sum(model.icc.values()) == pytest.approx(
        model.variance_partition["icc_adjusted"]
    )


def test_that_with_slopes_it_is_the_correlation_of_rows_of_equal_covariates():
    frame = lakes()
    frame.loc[[0, 1], "x"] = 6.0
    frame.loc[[0, 1], "lake"] = "L1"
    model = engine.fit("y ~ x + (x | lake)", frame)
    along = model.icc_along(pd.DataFrame({"x": [6.0, 4.0]}))
    assert along["lake"][0] == pytest.approx(correlation_of_rows(model, 0, 1))
    assert along["lake"][0] > along["lake"][1]


def test_that_the_unit_of_the_covariate_does_not_matter():
    one = engine.fit("y ~ x + (x | lake)", lakes())
    other = engine.fit("y ~ x + (x | lake)", lakes().assign(x=lambda d: d["x"] * 1e3))
    np.testing.assert_allclose(
        one.icc_along(pd.DataFrame({"x": [3.0, 5.0]})),
        other.icc_along(pd.DataFrame({"x": [3e3, 5e3]})),
        rtol=1e-6,
    )


def test_that_blocks_of_one_grouping_add_up():
    model = engine.fit("y ~ x + (x || lake)", lakes())
    intercept, slope = (block.covariance[0, 0] for block in model.estimates.blocks)
    expected = (intercept + 25 * slope) / (intercept + 25 * slope + model.sigma**2)
    found = model.icc_along(pd.DataFrame({"x": [5.0]}))
    assert list(found) == ["lake"]
    assert found["lake"][0] == pytest.approx(expected)


def test_that_a_missing_covariate_is_asked_for():
    model = engine.fit("y ~ x + (x | lake)", lakes())
    with pytest.raises(DesignError, match="depends on 'x'"):
        model.icc_along(pd.DataFrame({"z": [1.0]}))


def test_that_replicates_have_one_each():
    model = engine.fit("y ~ x + (x | lake) + (1 | year)", lakes())
    found = engine.bootstrap(model, 4)
    grid = pd.DataFrame({"x": [4.0, 5.0, 6.0]})
    along = found.icc_along(grid)
    assert along["lake"].shape == (3, 4)
    table = found.intervals()
    assert table.loc["icc(lake)", "estimate"] == pytest.approx(model.icc["lake"])
    sums = found.partition[["icc(lake)", "icc(year)"]].sum(axis=1)
    np.testing.assert_allclose(sums, found.partition["icc_adjusted"])


def test_that_least_squares_have_no_groups():
    model = engine.fit("y ~ x", lakes())
    assert model.icc == {}
    assert model.icc_along(pd.DataFrame({"x": [1.0]})).shape == (1, 0)
