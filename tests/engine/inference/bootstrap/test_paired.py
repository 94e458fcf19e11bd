"""Likelihood ratios of two models under the null, by refits of both."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import engine
from engine.inference.bootstrap.paired import null_statistics
from engine.progress import Cancelled, ignore
from tests.engine.simulated import lakes


def pair(null, full, estimation="REML", **options):
    frame = lakes().assign(w=lambda d: np.linspace(0.5, 2.0, len(d)))
    return [
        engine.fit(formula, frame, estimation=estimation, **options).estimates
        for formula in (null, full)
    ]


@pytest.mark.parametrize("weights", [None, "w"])
def test_that_statistics_of_least_squares_have_the_law_of_f(weights):
    null, full = pair("y ~ x", "y ~ x + z", "ML", weights=weights)
    found = null_statistics(null, full, 400, 1, ignore)
    n, p = full.design.X.shape
    F = (np.exp(found.values / n) - 1) * (n - p)
    assert stats.kstest(F, stats.f(1, n - p).cdf).pvalue > 0.01
    assert found.n_unproved == 0


@pytest.mark.parametrize(
    ("null", "full", "estimation"),
    [
        ("y ~ x + (1 | lake)", "y ~ x + (x | lake)", "REML"),
        ("y ~ x", "y ~ x + (1 | lake)", "REML"),
        ("y ~ 1 + (1 | lake)", "y ~ x + (1 | lake)", "ML"),
        ("y ~ x + (1 | lake)", "y ~ x + (1 | lake) + (1 | year)", "ML"),
    ],
)
def test_that_the_larger_model_never_fits_worse(null, full, estimation):
    found = null_statistics(*pair(null, full, estimation), 60, 2, ignore)
    assert found.values.min() > -1e-6
    assert found.values.max() > 1.0
    assert found.n_unproved == 0


def test_that_a_variance_is_often_estimated_as_zero_where_there_is_none():
    found = null_statistics(*pair("y ~ x", "y ~ x + (1 | lake)"), 400, 3, ignore)
    at_zero = (found.values < 1e-6).mean()
    assert 0.5 < at_zero < 0.75


def test_that_comparing_can_be_cancelled_and_repeats_by_seed():
    models = pair("y ~ x", "y ~ x + (1 | lake)")
    first = null_statistics(*models, 30, 7, ignore)
    again = null_statistics(*models, 30, 7, ignore)
    np.testing.assert_array_equal(first.values, again.values)

    def report(step):
        if step.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        null_statistics(*models, 500, 7, report)
