"""Normal-quantile plots and the band that a normal sample stays in.

The band is simultaneous and tail-sensitive (Aldor-Noiman, Brown, Buja, Rolke and Stine
2013, Am. Stat. 67, 249): under normality 95 % of samples lie inside it everywhere, and
every order statistic has the same chance to leave it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from engine.distributions import beta_quantile

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray

LEVELS = {
    1: 0.05,
    2: 0.0267,
    3: 0.0186,
    5: 0.0123,
    10: 0.00737,
    20: 0.00479,
    50: 0.00296,
    100: 0.00217,
    200: 0.00171,
    500: 0.00126,
    1000: 0.00109,
    2000: 0.000957,
    5000: 0.000755,
    10_000: 0.000659,
}
"""Level at each order statistic with which the band covers 95 %, by sample size.

Critical values found by simulation: tests/benchmarks/band_levels.py repeats it.
"""


MANY = 5_000
"""Values beyond which the band is computed at some ranks only."""
KNOTS, KNOTS_AT_ENDS = 1_500, 200
"""How many such ranks there are about, and how many of them at each end."""


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
        Beyond 10 000 values the band is a little too narrow: its level is held. Beyond
        `MANY` it is interpolated, with an error below 1e-5 of its width.
    """
    if n == 0:
        return np.zeros(0), np.zeros(0)
    ranks = _knots(n)
    lower = _exact_lower(n, ranks)
    if len(ranks) < n:
        positions = normal_positions(n)
        known = positions[ranks - 1]
        lower = positions + np.interp(positions, known, lower - known)
    return lower, -lower[::-1]


def _knots(n: int) -> IntArray:
    """Ranks at which the band is computed exactly: all, or some of very many.

    About evenly spaced on the axis of normal quantiles, and each one at the ends, where
    the band bends; between them its distance from the diagonal is all but straight.
    """
    if n <= MANY:
        return np.arange(1, n + 1)
    low = float(special.ndtri(0.625 / (n + 0.25)))
    even = special.ndtr(np.linspace(low, -low, KNOTS)) * (n + 0.25) + 0.375
    ends = np.arange(1, KNOTS_AT_ENDS + 1)
    inner = np.clip(np.rint(even).astype(np.intp), 1, n)
    return np.unique(np.concatenate([ends, inner, n + 1 - ends]))


def _exact_lower(n: int, ranks: IntArray) -> FloatArray:
    """Lower bound at some ranks; the upper one is its mirror image."""
    sizes, levels = np.log(list(LEVELS)), np.log(list(LEVELS.values()))
    level = float(np.exp(np.interp(np.log(n), sizes, levels)))
    below = ranks.astype(np.float64)
    bound: FloatArray = special.ndtri(beta_quantile(level / 2, below, n + 1 - below))
    return bound
