"""Satterthwaite's degrees of freedom, in closed form.

An estimated variance f of an estimate is matched with a multiple of a chi-square by its
own variance: df = 2 f^2 / Var(f), with Var(f) = g'A g for the gradient g of f in the
variance parameters and their asymptotic covariance A = 2 H^-1 (Kuznetsova, Brockhoff
and Christensen 2017, J. Stat. Softw. 82(13)). H is the exact Hessian of the deviance in
(theta, sigma), not a numerical one; where a variance is zero or a correlation is one,
the lost directions are held there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from engine.fitting.hessian import joint_hessian
from engine.fitting.second_order import regular_coordinates
from engine.fitting.vectors import by_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.result import Estimates
    from engine.fitting.second_order import Coordinates

CURVED = 1e-8
"""Share of the largest curvature below which a direction carries no information."""


@dataclass(frozen=True, slots=True)
class Variances:
    """Estimated variances of m quantities and how they move with the parameters.

    Attributes
    ----------
    values : ndarray of shape (m,)
        In squared units of the response, inner scale.
    gradients : ndarray of shape (m, n_entries + 1)
        By entry of the Lambdas in regular coordinates; sigma is last.
    """

    values: FloatArray
    gradients: FloatArray

    def __add__(self, other: Variances) -> Variances:
        return Variances(self.values + other.values, self.gradients + other.gradients)


class Satterthwaite:
    """Variances with degrees of freedom at one fitted mixed model.

    Parameters
    ----------
    evaluation : Evaluation
        At the optimum.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._where = regular_coordinates(evaluation)
        self._e = self._where.evaluation
        self._covariance = _parameter_covariance(self._where)

    def of_coefficients(self, contrasts: FloatArray) -> Variances:
        """Variances of linear combinations of the coefficients on Q.

        f = s^2 l'C l, df/dtheta_i = s^2 (N C l)' X_i (N C l), df/dsigma = 2 s l'C l.

        Parameters
        ----------
        contrasts : ndarray of shape (m, p)

        Returns
        -------
        Variances
        """
        e = self._e
        unit = np.einsum("mp,pr,mr->m", contrasts, e.C, contrasts, optimize=True)
        gradients = np.zeros((len(contrasts), len(self._where.entries) + 1))
        right = e.C @ contrasts.T
        projected = [N.transpose(2, 0, 1) @ right for N in by_factor(e.products, e.N)]
        for i, entry in enumerate(self._where.entries):
            v = projected[entry.factor]
            along = np.einsum("jam,a->jm", v, e.lambdas[entry.factor][:, entry.column])
            gradients[:, i] = 2 * (v[:, entry.row] * along).sum(axis=0)
        return self._scaled(unit, gradients)

    def of_new_effects(self, columns: Sequence[FloatArray]) -> Variances:
        """Variances z'Sigma z of effects of groups that were not observed.

        Parameters
        ----------
        columns : sequence of ndarray of shape (m, k)
            Whitened columns by factor, leaf first.

        Returns
        -------
        Variances
        """
        e = self._e
        unit = np.zeros(len(columns[0]))
        for z, Sigma in zip(columns, e.V.sigmas, strict=True):
            unit += np.einsum("ma,ab,mb->m", z, Sigma, z, optimize=True)
        gradients = np.zeros((len(unit), len(self._where.entries) + 1))
        for i, entry in enumerate(self._where.entries):
            z = columns[entry.factor]
            along = z @ e.lambdas[entry.factor][:, entry.column]
            gradients[:, i] = 2 * z[:, entry.row] * along
        return self._scaled(unit, gradients)

    def of_residual(self, m: int) -> Variances:
        """The residual variance, m times."""
        gradients = np.zeros((m, len(self._where.entries) + 1))
        return self._scaled(np.ones(m), gradients)

    def _scaled(self, unit: FloatArray, gradients: FloatArray) -> Variances:
        """Turn variances in units of sigma^2 into variances."""
        s2 = 1.0 / self._e.precision
        gradients *= s2
        gradients[:, -1] = 2 * np.sqrt(s2) * unit
        return Variances(s2 * unit, gradients)

    def df(self, variances: Variances) -> FloatArray:
        """Degrees of freedom of t statistics with these variances.

        Parameters
        ----------
        variances : Variances

        Returns
        -------
        ndarray of shape (m,)
        """
        g = variances.gradients
        spread = np.einsum("mi,ij,mj->m", g, self._covariance, g, optimize=True)
        df: FloatArray = np.full(len(spread), np.inf)  # a known quantity has no spread
        np.divide(2 * variances.values**2, spread, out=df, where=spread > 0)
        return df


def _parameter_covariance(where: Coordinates) -> FloatArray:
    """A = 2 H^-1 on the directions that change Sigma, and sigma."""
    hessian = joint_hessian(where.evaluation, where.entries)
    r, free = where.basis.shape
    basis = np.zeros((r + 1, free + 1))
    basis[:r, :free] = where.basis
    basis[r, free] = 1.0
    reduced = basis.T @ hessian @ basis
    scale = np.sqrt(np.abs(np.diag(reduced)))
    values, vectors = np.linalg.eigh(reduced / np.outer(scale, scale))
    curved = values > CURVED * values[-1]
    roots = basis @ (vectors[:, curved] / scale[:, None]) / np.sqrt(values[curved])
    covariance: FloatArray = 2 * roots @ roots.T
    return covariance


def coefficient_df(estimates: Estimates) -> FloatArray:
    """Degrees of freedom of each coefficient's t statistic.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    ndarray of shape (p,)
        Exact for least squares; NaN for coefficients that cannot be estimated.
    """
    if estimates.residual_df is not None:
        return estimates.residual_df
    df = np.full(len(estimates.beta), np.nan)
    kept = list(estimates.kept)
    if kept:
        contrasts = inner_contrasts(estimates, np.eye(len(estimates.beta))[kept])
        assert estimates.evaluation is not None
        calculus = Satterthwaite(estimates.evaluation)
        df[kept] = calculus.df(calculus.of_coefficients(contrasts))
    return df


def inner_contrasts(estimates: Estimates, contrasts: FloatArray) -> FloatArray:
    """Weights of coefficients on Q that say the same as weights of the user's.

    Parameters
    ----------
    estimates : Estimates
    contrasts : ndarray of shape (m, p)
        Weights of all columns of X; those that cannot be estimated are ignored.

    Returns
    -------
    ndarray of shape (m, rank)
    """
    assert estimates.evaluation is not None
    products = estimates.evaluation.products
    kept = contrasts[:, list(products.kept)]
    if not kept.shape[1]:
        return kept
    inner: FloatArray = solve_triangular(products.R, kept.T, trans="T").T
    return inner
