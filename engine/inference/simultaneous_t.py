"""The largest of several t statistics: Tukey's studentized range and Dunnett's test.

The studentized range of k means is integrated twice (Copenhaver and Holland 1988,
J. Stat. Comput. Simul. 30, 1): over the normal and over the standard deviation, by the
trapezoidal rule, which is exact to rounding for smooth functions that vanish at both
ends. So are statistics whose correlations are products l_i l_j, as in comparisons with
a control (Dunnett 1955, J. Am. Stat. Assoc. 50, 1096). Others take Genz's separation of
variables (1992, J. Comput. Graph. Stat. 1, 141) over a fixed lattice of points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special
from scipy.optimize import brentq

from engine.distributions import t_quantile, two_sided_p

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray

POINTS = 1 << 15
"""Points of the lattice: errors of p are below 1e-4."""
POINTS_OF_MANY = 1 << 13
MANY = 24
"""Statistics beyond which fewer points must do."""
PRODUCTS = 1e-9
"""Largest gap between correlations and products l_i l_j."""
RANK = 1e-9
"""Variance left below which a statistic is a combination of others."""
FAR_EXACT = 1e-8
FAR_LATTICE = 1e-4
"""Below these, p is error of 1 - p, and Bonferroni's bound is as close."""
NODES = ((1.25, 3), (2.0, 4), (3.0, 5), (np.inf, 8))
"""Largest over smallest degrees of freedom, and at how many of them a quantile is
solved for: between them it is smooth, and off by less than 1e-7."""
TOLERANCE = 1e-8
"""Of a quantile that is solved for."""
_Z = np.linspace(-8.5, 8.5, 171)
_DENSITY = np.exp(-(_Z**2) / 2) / np.sqrt(2 * np.pi) * (_Z[1] - _Z[0])
_BELOW = special.ndtr(_Z)
_WIDTH = 0.05  # of steps in log s, where s has its widest distribution


def studentized_range_p(statistic: FloatArray, k: int, df: FloatArray) -> FloatArray:
    """Tukey's p-values: chance that some pair of k equal means is so far apart.

    Parameters
    ----------
    statistic : ndarray of shape (m,)
        t statistics of pairs of means.
    k : int
        Number of means, at least two.
    df : ndarray of shape (m,)
        Degrees of freedom of t; may be infinite.

    Returns
    -------
    ndarray of shape (m,)
        Exact for independent means with one variance, else Tukey and Kramer's
        approximation. NaN where the statistic is.
    """
    if k == 2:
        return two_sided_p(statistic, df)

    def beyond(c: float, freedom: float) -> float:
        return _range_beyond(c, k, freedom)

    return _p_values(beyond, statistic, df, k * (k - 1) // 2, FAR_EXACT)


def studentized_range_half(level: float, k: int, df: FloatArray) -> FloatArray:
    """What Tukey's intervals take for the quantile of t.

    Parameters
    ----------
    level : float
        Chance that all intervals cover.
    k : int
        Number of means, at least two.
    df : ndarray of shape (m,)

    Returns
    -------
    ndarray of shape (m,)
    """
    if k == 2:
        return t_quantile((1 + level) / 2, df)

    def beyond(c: float, freedom: float) -> float:
        return _range_beyond(c, k, freedom)

    return _quantiles(beyond, level, k * (k - 1) // 2, df)


def _range_beyond(t: float, k: int, df: float) -> float:
    """Chance that the largest t of all pairs of k means exceeds a value."""
    s, chance = _spreads(df)
    w = np.sqrt(2) * t * s
    between = special.ndtr(_Z + w[:, None]) - _BELOW
    inside = k * (between ** (k - 1)) @ _DENSITY
    return float(np.clip(chance @ (1 - inside), 0, 1))


def _spreads(df: float) -> tuple[FloatArray, FloatArray]:
    """Values of s = sqrt(chi^2_df / df), even in log s, and their chances."""
    if np.isinf(df):
        return np.ones(1), np.ones(1)
    low = 0.5 * np.log(2 * special.gammaincinv(df / 2, 1e-17) / df)
    high = 0.5 * np.log(2 * special.gammainccinv(df / 2, 1e-17) / df)
    log_s = np.linspace(low, high, int(np.clip((high - low) / _WIDTH, 100, 1000)))
    # log of the density of log s, less what makes it sum to one; exact for any df
    log_density = df * (log_s - np.expm1(2 * log_s) / 2)
    density = np.exp(log_density)
    return np.exp(log_s), density / density.sum()


@dataclass(frozen=True, slots=True)
class LargestT:
    """The largest |t| of statistics with one denominator and known correlations.

    Attributes
    ----------
    count : int
        Number of statistics.
    products : ndarray of shape (count,) or None
        l, where the correlations are l_i l_j.
    root : ndarray of shape (count, rank)
        Lower-trapezoidal factor of the correlations, otherwise.
    points : ndarray of shape (n, rank)
        Of the lattice; the last column is for the denominator.
    """

    count: int
    products: FloatArray | None
    root: FloatArray
    points: FloatArray

    @classmethod
    def of(cls, correlation: FloatArray) -> LargestT:
        """Prepare for a correlation matrix, which may be singular: shape (m, m)."""
        count = len(correlation)
        products = _products(correlation)
        if products is not None:
            return cls(count, products, np.zeros((count, 0)), np.zeros((0, 0)))
        root = _pivoted_root(correlation)
        n = POINTS if count <= MANY else POINTS_OF_MANY
        return cls(count, None, root, _lattice(n, root.shape[1]))

    def p(self, statistic: FloatArray, df: FloatArray) -> FloatArray:
        """Chance that the largest |t| is beyond each statistic.

        Parameters
        ----------
        statistic, df : ndarray of shape (m,)

        Returns
        -------
        ndarray of shape (m,)
            NaN where the statistic is.
        """
        far = FAR_LATTICE if self.products is None else FAR_EXACT
        return _p_values(self._beyond, statistic, df, self.count, far)

    def half(self, level: float, df: FloatArray) -> FloatArray:
        """What simultaneous intervals take for the quantile of t.

        Parameters
        ----------
        level : float
        df : ndarray of shape (m,)

        Returns
        -------
        ndarray of shape (m,)
        """
        return _quantiles(self._beyond, level, self.count, df)

    def _beyond(self, c: float, df: float) -> float:
        if self.products is not None:
            return _beyond_by_products(c, df, self.products)
        return _beyond_by_lattice(c, df, self.root, self.points)


def _products(correlation: FloatArray) -> FloatArray | None:
    """Factors l_i whose products are the correlations, if there are such."""
    m = len(correlation)
    if m == 1:
        return np.zeros(1)
    off = correlation - np.eye(m)
    i = int(np.abs(off).sum(axis=1).argmax())
    j = int(np.abs(off[i]).argmax())
    k = next(place for place in range(m) if place not in (i, j)) if m > 2 else j
    square = abs(off[i, j]) if m == 2 else _ratio(off[i, j] * off[i, k], off[j, k])
    if not 0 < square < 1:
        return np.zeros(m) if not off.any() else None
    factors = off[i] / np.sqrt(square)
    factors[i] = np.sqrt(square)
    gaps = np.abs(np.outer(factors, factors) - off)[~np.eye(m, dtype=bool)]
    is_good = bool((np.abs(factors) < 1 - PRODUCTS).all())
    return factors if is_good and gaps.max() < PRODUCTS else None


def _ratio(above: float, below: float) -> float:
    """A quotient, or zero where there is none."""
    return above / below if below else 0.0


def _beyond_by_products(c: float, df: float, factors: FloatArray) -> float:
    """Given one common normal, the statistics are independent."""
    s, chance = _spreads(df)
    inside = np.ones((len(s), len(_Z)))
    for factor in factors:
        own = np.sqrt(1 - factor**2)
        reach, centre = c * s[:, None] / own, factor * _Z / own
        inside *= special.ndtr(reach - centre) - special.ndtr(-reach - centre)
    return float(np.clip(1 - chance @ (inside @ _DENSITY), 0, 1))


def _pivoted_root(correlation: FloatArray) -> FloatArray:
    """Cholesky's factor, the statistics as they come to be independent first."""
    rest, columns = correlation.copy(), []
    for _ in range(len(correlation)):
        pivot = int(np.diag(rest).argmax())
        if rest[pivot, pivot] < RANK:
            break
        column = rest[:, pivot] / np.sqrt(rest[pivot, pivot])
        rest = rest - np.outer(column, column)
        columns.append(np.where(np.abs(column) < np.sqrt(RANK), 0.0, column))
    return np.column_stack(columns)


def _beyond_by_lattice(
    c: float, df: float, root: FloatArray, points: FloatArray
) -> float:
    """One normal after the other, each within what the earlier ones leave it."""
    n, rank = points.shape
    s = np.ones(n)
    if not np.isinf(df):
        s = np.sqrt(2 * special.gammaincinv(df / 2, points[:, -1]) / df)
    last = rank - 1 - (root[:, ::-1] != 0).argmax(axis=1)
    z, chance = np.zeros((n, rank)), np.ones(n)
    for j in range(rank):
        low, high = np.full(n, -np.inf), np.full(n, np.inf)
        for row in root[last == j]:
            centre = z[:, :j] @ row[:j] / -row[j]
            reach = c * s / abs(row[j])
            np.maximum(low, centre - reach, out=low)
            np.minimum(high, centre + reach, out=high)
        below = special.ndtr(low)
        share = np.maximum(special.ndtr(high) - below, 0.0)
        chance *= share
        if j < rank - 1:
            inside = below + points[:, j] * share
            z[:, j] = special.ndtri(np.clip(inside, 1e-16, 1 - 1e-16))
    return float(1 - chance.mean())


def _lattice(n: int, dimensions: int) -> FloatArray:
    """Multiples of the primes' roots, folded so that nothing jumps at the edges."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < dimensions:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    steps = np.sqrt(np.array(primes, dtype=np.float64))
    folded: FloatArray = 1 - np.abs(2 * (np.outer(np.arange(1, n + 1), steps) % 1) - 1)
    return folded


def _p_values(
    beyond: Callable[[float, float], float],
    statistic: FloatArray,
    df: FloatArray,
    count: int,
    far: float,
) -> FloatArray:
    """Between one test's p and Bonferroni's bound, which holds the far tail."""
    single = two_sided_p(statistic, df)
    bound = np.minimum(count * single, 1.0)
    p = np.full(len(single), np.nan)
    for i in np.flatnonzero(~np.isnan(single)):
        is_far = bound[i] < far
        p[i] = 0.0 if is_far else beyond(abs(float(statistic[i])), float(df[i]))
    result: FloatArray = np.clip(np.where(p < far, bound, p), single, bound)
    return result


def _quantiles(
    beyond: Callable[[float, float], float], level: float, count: int, df: FloatArray
) -> FloatArray:
    """Where the chance of any excess is 1 - level, for each df.

    With many different df, solved at Chebyshev's points of 1 / df and interpolated.
    """
    result = np.full(len(df), np.nan)
    is_known = ~np.isnan(df)
    rounded = np.array([float(f"{value:.10g}") for value in df[is_known]])
    different, places = np.unique(1 / rounded, return_inverse=True)
    spread = different[-1] / different[0] if different[0] > 0 else np.inf
    nodes = next(n for most, n in NODES if spread <= most)
    if len(different) <= nodes:
        solved = np.array([_root(beyond, level, count, r) for r in different])
        result[is_known] = solved[places]
        return result
    reach = np.ptp(different) / 2
    middle = (different[0] + different[-1]) / 2
    angles = np.pi * (np.arange(nodes) + 0.5) / nodes
    inverse = np.maximum(middle + reach * np.cos(angles), 0.0)
    logs = np.log([_root(beyond, level, count, r) for r in inverse])
    fit = np.polynomial.chebyshev.chebfit(np.cos(angles), logs, nodes - 1)
    at = (1 / rounded - middle) / reach
    result[is_known] = np.exp(np.polynomial.chebyshev.chebval(at, fit))
    return result


def _root(
    beyond: Callable[[float, float], float], level: float, count: int, inverse: float
) -> float:
    """Solve between the quantiles of one test and of Bonferroni's, at 1 / df."""
    df = 1 / inverse if inverse > 0 else np.inf
    low = float(t_quantile((1 + level) / 2, df))
    high = float(t_quantile(1 - (1 - level) / (2 * count), df))

    def gap(c: float) -> float:
        return float(np.log(max(beyond(c, df), 1e-300) / (1 - level)))

    if gap(high) >= 0:
        return high
    return low if gap(low) <= 0 else float(brentq(gap, low, high, xtol=TOLERANCE))
