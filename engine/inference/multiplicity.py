"""Adjustments of p-values and intervals for asking several questions at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.distributions import t_quantile, two_sided_p
from engine.errors import EngineError
from engine.inference.simultaneous_t import (
    LargestT,
    studentized_range_half,
    studentized_range_p,
)
from engine.model.columns import listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray

ADJUSTMENTS = ("tukey", "dunnett", "holm", "sidak", "bh", "none")


@dataclass(frozen=True, slots=True)
class Family:
    """Questions that are asked together.

    Attributes
    ----------
    statistic : ndarray of shape (m,)
        t statistics; NaN where a question has no answer: it then counts as not asked.
    df : ndarray of shape (m,)
    correlation : ndarray of shape (m, m)
        Of the estimates.
    n_means : int
        Number of means that are compared.
    """

    statistic: FloatArray
    df: FloatArray
    correlation: FloatArray
    n_means: int


def adjusted(
    family: Family, adjust: str, level: float
) -> tuple[FloatArray, FloatArray]:
    """Adjust a family's p-values and intervals.

    Parameters
    ----------
    family : Family
    adjust : str
        One of `ADJUSTMENTS`.
    level : float

    Returns
    -------
    p_value : ndarray of shape (m,)
    factor : ndarray of shape (m,)
        Half of each interval's width in standard errors. Those of Holm are
        Bonferroni's; those of Benjamini and Hochberg are not adjusted.

    Raises
    ------
    EngineError
        If the adjustment is unknown.
    """
    if adjust not in ADJUSTMENTS:
        raise EngineError(
            f"'{adjust}' is no adjustment.", f"Choose one of {listed(ADJUSTMENTS)}."
        )
    p = np.full(len(family.statistic), np.nan)
    factor = np.full(len(p), np.nan)
    asked = np.flatnonzero(~np.isnan(family.statistic) & ~np.isnan(family.df))
    if len(asked):
        part = Family(
            family.statistic[asked],
            family.df[asked],
            family.correlation[np.ix_(asked, asked)],
            family.n_means,
        )
        p[asked], factor[asked] = _METHODS[adjust](part, level)
    # a chance is never zero, though it may be too small to be written
    return np.maximum(p, np.finfo(np.float64).tiny), factor


def interval_words(adjust: str) -> str:
    """Say in a few words what the intervals promise."""
    return {
        "tukey": "simultaneous (Tukey)",
        "dunnett": "simultaneous (multivariate t)",
        "holm": "simultaneous (Bonferroni)",
        "sidak": "simultaneous (Šidák)",
        "bh": "one at a time: Benjamini and Hochberg's method has no intervals",
        "none": "one at a time",
    }[adjust]


def _tukey(family: Family, level: float) -> tuple[FloatArray, FloatArray]:
    k, df = family.n_means, family.df
    p = studentized_range_p(family.statistic, k, df)
    return p, studentized_range_half(level, k, df)


def _dunnett(family: Family, level: float) -> tuple[FloatArray, FloatArray]:
    largest = LargestT.of(family.correlation)
    return largest.p(family.statistic, family.df), largest.half(level, family.df)


def _holm(family: Family, level: float) -> tuple[FloatArray, FloatArray]:
    """Holm (1979, Scand. J. Stat. 6, 65); intervals by Bonferroni."""
    single = two_sided_p(family.statistic, family.df)
    m, order = len(single), np.argsort(single)
    p = np.empty(m)
    steps = single[order] * np.arange(m, 0, -1)
    p[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return p, t_quantile(1 - (1 - level) / (2 * m), family.df)


def _sidak(family: Family, level: float) -> tuple[FloatArray, FloatArray]:
    single = two_sided_p(family.statistic, family.df)
    m = len(single)
    p = -np.expm1(m * np.log1p(-np.minimum(single, 1 - 1e-16)))
    return p, t_quantile((1 + level ** (1 / m)) / 2, family.df)


def _benjamini_hochberg(family: Family, level: float) -> tuple[FloatArray, FloatArray]:
    """Benjamini and Hochberg (1995, J. R. Stat. Soc. B 57, 289)."""
    single = two_sided_p(family.statistic, family.df)
    m, order = len(single), np.argsort(single)[::-1]
    p = np.empty(m)
    steps = single[order] * m / np.arange(m, 0, -1)
    p[order] = np.minimum(np.minimum.accumulate(steps), 1.0)
    return p, t_quantile((1 + level) / 2, family.df)


def _none(family: Family, level: float) -> tuple[FloatArray, FloatArray]:
    single = two_sided_p(family.statistic, family.df)
    return single, t_quantile((1 + level) / 2, family.df)


_METHODS: dict[str, Callable[[Family, float], tuple[FloatArray, FloatArray]]] = {
    "tukey": _tukey,
    "dunnett": _dunnett,
    "holm": _holm,
    "sidak": _sidak,
    "bh": _benjamini_hochberg,
    "none": _none,
}
