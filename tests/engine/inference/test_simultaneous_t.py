"""Chances of the largest t, against scipy.stats, tables and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engine.inference.simultaneous_t import (
    LargestT,
    studentized_range_half,
    studentized_range_p,
)


@pytest.mark.parametrize("k", [3, 5, 12, 60])
@pytest.mark.parametrize("df", [1.5, 4.0, 23.7, 900.0])
def test_that_the_studentized_range_is_that_of_scipy_stats(k, df):
    t = np.array([0.4, 1.5, 2.6, 4.1])
    expected = stats.studentized_range.sf(np.sqrt(2) * t, k, df)
    found = studentized_range_p(t, k, np.full(4, df))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


def test_that_quantiles_are_those_of_another_program():
    """R: qtukey(0.95, k, df) for 3 and 10 means, 10 and infinite df."""
    half = studentized_range_half(0.95, 3, np.array([10.0, np.inf]))
    np.testing.assert_allclose(half * np.sqrt(2), [3.87677675, 3.31449316], atol=1e-6)
    half = studentized_range_half(0.95, 10, np.array([10.0, np.inf]))
    np.testing.assert_allclose(half * np.sqrt(2), [5.59838646, 4.47412447], atol=1e-6)


def test_that_many_different_df_have_the_quantiles_of_each():
    df = np.append(np.linspace(3.0, 60.0, 40), np.inf)
    together = studentized_range_half(0.95, 7, df)
    alone = [studentized_range_half(0.95, 7, df[[i]])[0] for i in range(len(df))]
    np.testing.assert_allclose(together, alone, rtol=1e-6)


def test_that_a_chance_is_never_zero_nor_less_than_one_tests():
    t, df = np.array([0.0, 9.0, 25.0, 60.0]), np.full(4, 40.0)
    for p in (
        studentized_range_p(t, 6, df),
        LargestT.of(0.5 + 0.5 * np.eye(3)).p(t, df),
        LargestT.of(np.eye(4) - 0.4 * (np.eye(4, k=1) + np.eye(4, k=-1))).p(t, df),
    ):
        assert p[0] == pytest.approx(1.0)
        assert (p[1:] >= 2 * stats.t.sf(t[1:], 40)).all()
        assert (p > 0).all()
        assert (np.diff(p) < 0).all()


def test_that_comparisons_with_a_control_have_dunnetts_quantiles():
    """Correlations of one half; nested adaptive integrals by R's integrate()."""
    facts = [(2, 10, 2.568338876), (4, 20, 2.65102959), (9, 60, 2.768936042)]
    for m, df, expected in facts:
        largest = LargestT.of(0.5 + 0.5 * np.eye(m))
        assert largest.products is not None
        half = largest.half(0.95, np.array([float(df)]))
        assert half[0] == pytest.approx(expected, abs=1e-7)


def test_that_independent_statistics_multiply():
    largest = LargestT.of(np.eye(5))
    p = largest.p(np.array([2.2]), np.array([np.inf]))
    assert p[0] == pytest.approx(1 - (1 - 2 * stats.norm.sf(2.2)) ** 5, abs=1e-10)


@pytest.mark.parametrize("df", [4.0, 25.0, np.inf])
def test_that_the_lattice_agrees_with_the_exact_range(df):
    """All pairs of four means: singular correlations, whose answer is Tukey's."""
    D = np.array([np.eye(4)[i] - np.eye(4)[j] for i in range(4) for j in range(i)])
    largest = LargestT.of(D @ D.T / 2)
    assert largest.products is None
    t, freedom = np.array([1.0, 2.0, 3.0]), np.full(3, df)
    exact = studentized_range_p(t, 4, freedom)
    np.testing.assert_allclose(largest.p(t, freedom), exact, atol=1e-4)


def test_that_the_lattice_agrees_with_another_programs():
    """1 - pmvt(rep(-c, 4), rep(c, 4), df = 7, corr = R) of R's mvtnorm, 4e-7 sure."""
    R = np.eye(4) - 0.5 * (np.eye(4, k=1) + np.eye(4, k=-1))
    p = LargestT.of(R).p(np.array([2.0, 2.5]), np.full(2, 7.0))
    np.testing.assert_allclose(p, [0.242513737, 0.123731561], atol=1e-4)


def test_that_signs_and_order_of_the_statistics_do_not_matter():
    rng = np.random.default_rng(5)
    A = rng.normal(size=(5, 3))
    R = A @ A.T
    R /= np.sqrt(np.outer(np.diag(R), np.diag(R)))
    S = np.diag([1, -1, 1, 1, -1])[[3, 1, 0, 4, 2]]
    t, df = np.array([1.3, 2.4]), np.full(2, 11.0)
    first, second = LargestT.of(R).p(t, df), LargestT.of(S @ R @ S.T).p(t, df)
    np.testing.assert_allclose(first, second, atol=1e-4)
