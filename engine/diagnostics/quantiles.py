"""Normal-quantile plots and the band that a normal sample stays in.

The band is simultaneous and tail-sensitive (Aldor-Noiman, Brown, Buja, Rolke and Stine
2013, Am. Stat. 67, 249): under normality 95 % of samples lie inside it everywhere, and
every order statistic has the same chance to leave it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray

COVERAGE = 0.95
SAMPLES = 1000
"""Simulated samples from which the band's level is found."""
SEED = 2013
MOST_CHECKED = 200
"""Order statistics at which large samples are compared with the band."""


def normal_positions(n: int) -> FloatArray:
    """Normal quantiles at (i - 0.375) / (n + 0.25) for i = 1..n (Blom 1958)."""
    positions: FloatArray = special.ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    return positions


def simultaneous_band(n: int) -> tuple[FloatArray, FloatArray]:
    """Bounds for the ordered values of n standard normal variables.

    Parameters
    ----------
    n : int

    Returns
    -------
    lower, upper : ndarray of shape (n,)
    """
    if n == 0:
        return np.zeros(0), np.zeros(0)
    level = _pointwise_level(n)
    ranks = np.arange(1, n + 1)
    lower = special.ndtri(stats.beta.ppf(level / 2, ranks, n + 1 - ranks))
    upper = special.ndtri(stats.beta.ppf(1 - level / 2, ranks, n + 1 - ranks))
    return np.asarray(lower), np.asarray(upper)


@lru_cache(maxsize=64)
def _pointwise_level(n: int) -> float:
    """Level at each order statistic that makes the whole band cover 95 %.

    The i-th of n uniform order statistics is Beta(i, n + 1 - i); a sample's smallest
    two-sided p-value over the order statistics is compared with its simulated law.
    """
    rng = np.random.default_rng(SEED)
    ranks = _checked_ranks(n)
    smallest = np.empty(SAMPLES)
    for sample in range(SAMPLES):
        # order statistics of uniforms, from partial sums of exponentials
        sums = np.cumsum(rng.standard_exponential(n + 1))
        values = sums[ranks - 1] / sums[-1]
        below = special.betainc(ranks, n + 1 - ranks, values)
        smallest[sample] = 2 * np.minimum(below, 1 - below).min()
    return float(np.quantile(smallest, 1 - COVERAGE))


def _checked_ranks(n: int) -> IntArray:
    """All ranks, or for large samples some: dense in the tails, where bands break."""
    if n <= MOST_CHECKED:
        return np.arange(1, n + 1)
    half = np.unique(np.geomspace(1, n // 2, MOST_CHECKED // 2).astype(int))
    return np.unique(np.concatenate([half, n + 1 - half]))
