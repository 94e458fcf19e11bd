"""Quantiles and tails agree with scipy.stats, which the program does not load."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from engine.distributions import (
    beta_quantile,
    chi_square_tail,
    excess_kurtosis,
    normal_quantile,
    skewness,
    t_quantile,
    two_sided_p,
)

DF = np.array([0.3, 1.0, 2.5, 10.3, 137.0, 1e6, np.inf, np.nan])


@pytest.mark.parametrize("probability", [0.005, 0.5, 0.975, 0.9999])
def test_that_quantiles_of_t_are_those_of_scipy_stats(probability):
    expected = stats.t.ppf(probability, DF)
    np.testing.assert_allclose(t_quantile(probability, DF), expected, rtol=1e-10)


@pytest.mark.parametrize("statistic", [0.0, -1.3, 2.0, 25.9, np.nan])
def test_that_p_values_are_those_of_scipy_stats(statistic):
    expected = 2 * stats.t.sf(abs(statistic), DF)
    found = two_sided_p(np.full(len(DF), statistic), DF)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("df", [1, 2, 7.5, 40])
def test_that_tails_of_chi_square_are_those_of_scipy_stats(df):
    for statistic in (1e-9, 0.3, 3.84, 80.0, 900.0):
        expected = stats.chi2.sf(statistic, df)
        assert chi_square_tail(statistic, df) == pytest.approx(expected, rel=1e-10)
    assert chi_square_tail(0.0, df) == 1.0


def test_that_chi_square_without_degrees_of_freedom_is_zero():
    assert chi_square_tail(0.0, 0) == 1.0
    assert 0.0 < chi_square_tail(1e-12, 0) < 1e-300


def test_that_quantiles_of_the_normal_distribution_are_those_of_scipy_stats():
    for probability in (1e-6, 0.5, 0.975):
        expected = stats.norm.ppf(probability)
        assert normal_quantile(probability) == pytest.approx(expected, rel=1e-12)


def test_that_quantiles_of_beta_are_those_of_scipy_stats():
    a = np.arange(1.0, 40.0)
    np.testing.assert_allclose(
        beta_quantile(0.003, a, 41 - a), stats.beta.ppf(0.003, a, 41 - a), rtol=1e-10
    )


def test_that_moments_are_those_of_scipy_stats():
    values = np.random.default_rng(20261123).gamma(2.0, size=500)
    assert skewness(values) == pytest.approx(stats.skew(values), rel=1e-12)
    assert excess_kurtosis(values) == pytest.approx(stats.kurtosis(values), rel=1e-12)


@pytest.mark.parametrize("values", [[], [3.0], [2.0, 2.0, 2.0]])
def test_that_moments_without_variation_are_not_a_number(values):
    assert np.isnan(skewness(np.array(values)))
    assert np.isnan(excess_kurtosis(np.array(values)))


def test_that_the_engine_starts_without_scipy_stats():
    code = "import sys, engine; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
