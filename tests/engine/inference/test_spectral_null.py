from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.inference.spectral_null import (
    Spectrum,
    greatest_ratios,
    simulated_ratios,
)
from engine.progress import Cancelled


def restricted(values, counts, rest):
    values, counts = np.array(values, float), np.array(counts, float)
    nu = int(counts.sum() + rest)
    return Spectrum(values, counts, rest, nu, values, counts)


def full(values, counts, rest, p):
    """Of ML: one more column in the penalty, and p more rows."""
    own = restricted(values, counts, rest)
    penalty = np.append(own.values[0] * 1.1, own.values), np.append(p, own.counts)
    return replace(
        own, nu=own.nu + p, penalty_values=penalty[0], penalty_counts=penalty[1]
    )


SPECTRA = {
    "balanced": restricted([19.0], [8], 162),
    "unbalanced": restricted([40.0, 7.0, 3.0, 0.2], [1, 3, 2, 1], 20),
    "few rows": restricted([5.0, 1.0, 0.3], [1, 2, 1], 2),
    "far apart": restricted([1e6, 1.0, 1e-5], [1, 2, 4], 5),
    "ML": full([40.0, 7.0, 3.0], [1, 3, 2], 20, 2),
}


@pytest.mark.parametrize("name", SPECTRA)
def test_that_the_maximum_over_lambda_is_exact(name):
    """A fine grid in log lambda cannot do better, and nearly reaches it."""
    spectrum = SPECTRA[name]
    rng = np.random.default_rng(5)
    squares = rng.chisquare(spectrum.counts, (300, len(spectrum.values)))
    rest = rng.chisquare(spectrum.rest, 300)
    lambdas = np.append(0.0, np.logspace(-10, 12, 60_001))
    expected = []
    for w, r in zip(squares, rest, strict=True):
        left = w @ (1 / (1 + np.outer(spectrum.values, lambdas))) + r
        penalty = np.log1p(np.outer(spectrum.penalty_values, lambdas))
        ratio = spectrum.nu * np.log((w.sum() + r) / left)
        expected.append((ratio - spectrum.penalty_counts @ penalty).max())
    found = greatest_ratios(spectrum, squares, rest)
    assert (found >= np.array(expected) - 1e-11).all()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_that_one_eigenvalue_has_its_closed_form():
    """1 + lambda mu = w (nu - m) / (m r), if that is above one."""
    spectrum = SPECTRA["balanced"]
    rng = np.random.default_rng(6)
    w, r = rng.chisquare(8, 500), rng.chisquare(162, 500)
    t = np.maximum(w * 162 / (8 * r), 1.0)
    expected = 170 * np.log((w + r) / (w / t + r)) - 8 * np.log(t)
    found = greatest_ratios(spectrum, w[:, None], r)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert 0.4 < np.mean(found == 0) < 0.7


@pytest.mark.parametrize("name", ["balanced", "unbalanced", "ML"])
def test_that_pooled_eigenvalues_give_the_same_ratios(name):
    spectrum = SPECTRA[name]
    counts = spectrum.counts.astype(int)
    apart = replace(
        spectrum,
        values=np.repeat(spectrum.values, counts),
        counts=np.ones(counts.sum()),
    )
    rng = np.random.default_rng(7)
    squares = rng.chisquare(1, (400, counts.sum()))
    rest = rng.chisquare(spectrum.rest, 400)
    starts = np.append(0, counts.cumsum()[:-1])
    together = np.add.reduceat(squares, starts, axis=1)
    np.testing.assert_allclose(
        greatest_ratios(spectrum, together, rest),
        greatest_ratios(apart, squares, rest),
        atol=1e-10,
    )


def test_that_the_unit_of_z_does_not_matter():
    spectrum = SPECTRA["unbalanced"]
    larger = restricted(1e4 * spectrum.values, spectrum.counts, spectrum.rest)
    rng = np.random.default_rng(8)
    squares, rest = rng.chisquare(spectrum.counts, (200, 4)), rng.chisquare(20, 200)
    np.testing.assert_allclose(
        greatest_ratios(larger, squares, rest),
        greatest_ratios(spectrum, squares, rest),
        atol=1e-11,
    )


def test_that_a_seed_draws_the_same_ratios_and_another_one_others():
    spectrum = SPECTRA["unbalanced"]
    first, same, other = (
        simulated_ratios(spectrum, 50, np.random.default_rng(seed))
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_that_a_term_within_the_fixed_part_has_no_ratio():
    nothing = restricted([], [], 12)
    assert not simulated_ratios(nothing, 10, np.random.default_rng(0)).any()


def test_that_a_simulation_can_be_cancelled():
    def stop(step):
        raise Cancelled

    with pytest.raises(Cancelled):
        simulated_ratios(SPECTRA["balanced"], 10, np.random.default_rng(0), stop)
