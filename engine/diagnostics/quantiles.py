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
    from engine.arrays import FloatArray

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
        Beyond 10 000 values the band is a little too narrow: its level is held.
    """
    if n == 0:
        return np.zeros(0), np.zeros(0)
    sizes, levels = np.log(list(LEVELS)), np.log(list(LEVELS.values()))
    level = float(np.exp(np.interp(np.log(n), sizes, levels)))
    ranks = np.arange(1.0, n + 1)
    lower = special.ndtri(beta_quantile(level / 2, ranks, n + 1 - ranks))
    upper = special.ndtri(beta_quantile(1 - level / 2, ranks, n + 1 - ranks))
    return np.asarray(lower), np.asarray(upper)
