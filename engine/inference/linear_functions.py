"""Estimates, standard errors and degrees of freedom of combinations of coefficients.

The one place where a method of getting degrees of freedom plugs in: `METHODS`. Separate
regressions have a residual variance each; a combination across them gets Welch's
degrees of freedom, v^2 / sum(v_g^2 / df_g) (Welch 1947, Biometrika 34, 28).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.distributions import t_quantile
from engine.errors import EngineError
from engine.inference.estimability import is_estimable
from engine.inference.f_tests import (
    KENWARD_ROGER,
    REFITTED,
    SATTERTHWAITE,
    coefficient_tests,
)
from engine.inference.refitting import refitted_estimates
from engine.inference.satterthwaite import Satterthwaite, inner_contrasts
from engine.model.columns import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.arrays import FloatArray, IntArray
    from engine.fitting.result import Estimates
    from engine.sentences import Said

    Method = Callable[[Estimates, FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class LinearFunctions:
    """Combinations L beta of the coefficients, and how sure they are.

    Attributes
    ----------
    weights : ndarray of shape (m, p)
        L: weights of all columns of X.
    estimate : ndarray of shape (m,)
        NaN where the rows fitted cannot tell.
    std_error : ndarray of shape (m,)
    df : ndarray of shape (m,)
        Of t; infinite for the normal distribution.
    beta_covariance : ndarray of shape (p, p)
        Zero where a coefficient has none.
    notes : tuple of str or Sentence
        What was refitted.
    """

    weights: FloatArray
    estimate: FloatArray
    std_error: FloatArray
    df: FloatArray
    beta_covariance: FloatArray
    notes: tuple[Said, ...] = ()

    def correlation(self, some: IntArray) -> FloatArray:
        """Correlations of some of the estimates; NaN with one that is known.

        Parameters
        ----------
        some : ndarray of int, shape (c,)
            Their places.

        Returns
        -------
        ndarray of shape (c, c)
        """
        L = self.weights[some]
        covariance = L @ self.beta_covariance @ L.T
        sd = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            result: FloatArray = covariance / np.outer(sd, sd)
        return result

    def half_widths(self, level: float) -> FloatArray:
        """Half of each interval's width, one at a time: shape (m,)."""
        half: FloatArray = t_quantile((1 + level) / 2, self.df) * self.std_error
        return half


def linear_functions(
    estimates: Estimates,
    weights: FloatArray,
    offset: FloatArray | float = 0.0,
    *,
    df: str = "satterthwaite",
) -> LinearFunctions:
    """Estimate combinations of the coefficients.

    Parameters
    ----------
    estimates : Estimates
    weights : ndarray of shape (m, p)
        L: weights of all columns of X, those that cannot be estimated included.
    offset : ndarray of shape (m,) or float
        A known number to add to each.
    df : str
        A name in `METHODS`. Least squares has exact ones, whatever is asked; Kenward
        and Roger's method refits by REML what was fitted by ML.

    Returns
    -------
    LinearFunctions

    Raises
    ------
    EngineError
        If the method is unknown.
    """
    if df not in METHODS:
        raise EngineError(
            f"Degrees of freedom by '{df}' are not available.",
            f"Choose one of {listed(METHODS)}.",
        )
    method = METHODS[df] if estimates.residual_df is None else _least_squares
    notes: tuple[Said, ...] = ()
    if method is _kenward_roger and estimates.estimation != "REML":
        estimates, notes = refitted_estimates(estimates, "REML"), (REFITTED,)
    known = is_estimable(estimates, weights)
    if estimates.evaluation is None:
        known &= ~(weights[:, np.isnan(estimates.beta)] != 0).any(axis=1)
    covariance, freedom = method(estimates, weights)
    estimate = weights @ np.nan_to_num(estimates.beta) + offset
    variance = np.einsum("mp,pr,mr->m", weights, covariance, weights, optimize=True)
    error = np.sqrt(np.maximum(variance, 0.0))
    error[~known | np.isnan(freedom)] = np.nan
    return LinearFunctions(
        weights,
        np.where(known, estimate, np.nan),
        error,
        np.where(known, freedom, np.nan),
        covariance,
        notes,
    )


def _satterthwaite(
    estimates: Estimates, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Satterthwaite's degrees of freedom, one combination at a time."""
    assert estimates.evaluation is not None
    calculus = Satterthwaite(estimates.evaluation)
    inner = inner_contrasts(estimates, weights)
    return _covariance(estimates), calculus.df(calculus.of_coefficients(inner))


def _kenward_roger(
    estimates: Estimates, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Kenward and Roger's covariance and degrees of freedom."""
    tests = coefficient_tests(estimates, KENWARD_ROGER)
    return tests.covariance, tests.single(weights).df


def _normal(estimates: Estimates, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The normal distribution."""
    return _covariance(estimates), np.full(len(weights), np.inf)


METHODS: Mapping[str, Method] = {
    SATTERTHWAITE: _satterthwaite,
    KENWARD_ROGER: _kenward_roger,
    "none": _normal,
}
"""By name: from L to the covariance of all coefficients, (p, p), and df, (m,)."""


def _covariance(estimates: Estimates) -> FloatArray:
    """Covariance of the coefficients; zero for those that have none."""
    return np.nan_to_num(estimates.covariance)


def _least_squares(
    estimates: Estimates, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Exact degrees of freedom, or Welch's across separate regressions."""
    assert estimates.residual_df is not None
    covariance = _covariance(estimates)
    if estimates.evaluation is not None:
        n, p = len(estimates.design.y), len(estimates.kept)
        return covariance, np.full(len(weights), float(n - p))
    # columns of one regression have covariances; with others' they have none
    together = ~np.isnan(estimates.covariance)
    total, spread = np.zeros(len(weights)), np.zeros(len(weights))
    for own in np.unique(together[together.any(axis=1)], axis=0):
        df = float(np.nanmax(estimates.residual_df[own]))
        part = weights[:, own]
        part_covariance = covariance[np.ix_(own, own)]
        variance = np.einsum("mp,pr,mr->m", part, part_covariance, part, optimize=True)
        total += variance
        spread += variance**2 / df
    freedom = np.full(len(weights), np.inf)  # nothing is uncertain in 0 beta
    np.divide(total**2, spread, out=freedom, where=spread > 0)
    without = ~together.any(axis=1)
    freedom[(weights[:, without] != 0).any(axis=1)] = np.nan
    return covariance, freedom
