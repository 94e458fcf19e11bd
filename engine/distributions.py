"""Quantiles and tails of t, F, chi-square and beta, from scipy.special.

`scipy.stats` gives the same numbers by the same functions, but to import it takes as
long as everything else the program needs at its start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from engine.arrays import FloatArray


def t_quantile(probability: float, df: FloatArray | float) -> FloatArray:
    """Quantile of Student's t; of the normal distribution where df is infinite.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    df : ndarray or float
        Degrees of freedom, positive; NaN gives NaN.

    Returns
    -------
    ndarray of the shape of df
    """
    freedom = np.asarray(df, dtype=np.float64)
    is_normal = np.isinf(freedom)
    finite = np.where(is_normal, 1.0, freedom)
    quantile: FloatArray = np.where(
        is_normal, special.ndtri(probability), special.stdtrit(finite, probability)
    )
    return quantile


def two_sided_p(statistic: FloatArray, df: FloatArray | float) -> FloatArray:
    """Probability of a t at least as far from zero.

    Parameters
    ----------
    statistic : ndarray
    df : ndarray or float
        See `t_quantile`.

    Returns
    -------
    ndarray of the shape of statistic
    """
    freedom = np.asarray(df, dtype=np.float64)
    is_normal = np.isinf(freedom)
    finite = np.where(is_normal, 1.0, freedom)
    below = -np.abs(statistic)
    p: FloatArray = 2 * np.where(
        is_normal, special.ndtr(below), special.stdtr(finite, below)
    )
    return p


def f_tail(statistic: float, df: float, df2: float) -> float:
    """Probability of an F at least as large; never zero.

    Parameters
    ----------
    statistic : float
    df : float
        Of the numerator.
    df2 : float
        Of the denominator; infinite gives chi-square / df.

    Returns
    -------
    float
        At least the smallest number that is stored with all its digits.
    """
    if np.isinf(df2):
        return chi_square_tail(df * statistic, df)
    return _not_zero(float(special.fdtrc(df, df2, statistic)))


def chi_square_tail(statistic: float, df: float) -> float:
    """Probability of a chi-square at least as large; never zero.

    Parameters
    ----------
    statistic : float
    df : float
        Not negative; with none, chi-square is zero.

    Returns
    -------
    float
        See `f_tail`.
    """
    if statistic <= 0:
        return 1.0
    return _not_zero(float(special.chdtrc(df, statistic)) if df else 0.0)


def mixture_tail(statistic: float, df: float) -> float:
    """The same for the equal mixture of chi-squares with df - 1 and df; never zero."""
    both = chi_square_tail(statistic, df - 1) + chi_square_tail(statistic, df)
    return _not_zero(both / 2)


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution."""
    return float(special.ndtri(probability))


def _not_zero(p: float) -> float:
    """P, or the smallest number that is stored with all its digits; NaN stays."""
    return float(np.maximum(p, np.finfo(float).tiny))


def beta_quantile(
    probability: float, a: FloatArray | float, b: FloatArray | float
) -> FloatArray:
    """Quantile of the beta distribution.

    Parameters
    ----------
    probability : float
    a, b : ndarray or float
        Shapes, positive.

    Returns
    -------
    ndarray
    """
    return np.asarray(special.betaincinv(a, b, probability), dtype=np.float64)


def skewness(values: FloatArray) -> float:
    """Third central moment in units of the standard deviation (divisor n)."""
    return _moment(values, 3)


def excess_kurtosis(values: FloatArray) -> float:
    """Fourth central moment in units of the standard deviation (divisor n), less 3."""
    return _moment(values, 4) - 3.0


def _moment(values: FloatArray, power: int) -> float:
    """Standardised central moment; NaN without variation."""
    if len(values) == 0:
        return float("nan")
    centred = values - values.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    if not spread > 1e-14 * float(np.abs(values).max()):
        return float("nan")
    return float(np.mean((centred / spread) ** power))
