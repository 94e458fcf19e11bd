"""Kenward and Roger's adjusted covariance and degrees of freedom, in closed form.

Kenward and Roger (1997, Biometrics 53, 983) for a covariance that is linear in its
parameters, as Halekoh and Hojsgaard (2014, J. Stat. Softw. 59(9)) write it: with
V = sum_i g_i G_i, P as in `hessian`, Phi = (X'V^-1X)^-1,

    P_i   = -X'V^-1 G_i V^-1 X         W = 2 (tr P G_i P G_j)^-1
    Phi_A = Phi + 2 Phi [sum_ij W_ij X'V^-1 G_i P G_j V^-1 X] Phi

and the F statistic for q contrasts is scaled and given df so that its first two moments
fit. All of it is the same for any linear parameters, so that V itself takes the place
of the residual's I: then P_0 = -Phi^-1, tr P G_0 P G_i = tr P G_i, tr P G_0 P G_0 =
n - p, and the sum has no terms with 0, as P V V^-1 X = P X = 0. What is left needs sums
over levels only, with N = Z'V^-1X and K = Z'PZ.

Where a block has lost rank, its Sigma moves along the boundary only: the lost
directions are held, as if they were known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.hessian import direction, projected_traces
from engine.fitting.level_blocks import sum_of_pairs
from engine.fitting.second_order import regular_coordinates
from engine.fitting.vectors import Vectors, by_factor, joined
from engine.inference.satterthwaite import CURVED

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation

NO_SPREAD = 1e-15
"""Relative variance of an estimated variance that is none."""


class KenwardRoger:
    """Adjusted covariance and degrees of freedom at one REML fit.

    Parameters
    ----------
    evaluation : Evaluation
        At the optimum of the restricted likelihood.

    Attributes
    ----------
    covariance : ndarray of shape (p, p)
        Adjusted covariance of the coefficients on Q, in units of sigma^2.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        if not evaluation.is_reml:
            raise ValueError("Kenward and Roger's method is for REML")
        self._where = regular_coordinates(evaluation)
        self._e = self._where.evaluation
        self._W = self._parameter_covariance()
        self._moves = self._coefficient_moves()
        self.covariance = self._adjusted()

    def _parameter_covariance(self) -> FloatArray:
        """W = 2 (tr P G_i P G_j)^-1 of the directions that change Sigma; V is last."""
        e, entries, basis = self._e, self._where.entries, self._where.basis
        r = basis.shape[1]
        information = np.empty((r + 1, r + 1))
        information[r, r] = e.nu
        if r:
            taken, _ = projected_traces(e, entries)
            sums = [
                np.vdot(e.diagonal_sums[i.factor], direction(e, i)) for i in entries
            ]
            information[:r, :r] = basis.T @ taken @ basis
            information[:r, r] = information[r, :r] = basis.T @ np.array(sums)
        scale = np.sqrt(np.abs(np.diag(information)))
        values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
        curved = values > CURVED * values[-1]
        roots = vectors[:, curved] / scale[:, None] / np.sqrt(values[curved])
        made: FloatArray = 2 * roots @ roots.T
        return made

    def _coefficient_moves(self) -> FloatArray:
        """Phi^(1/2)' P_i Phi^(1/2) of each direction, V last: shape (r + 1, p, p)."""
        e, p = self._e, len(self._e.C)
        pairs = [sum_of_pairs(N, N) for N in by_factor(e.products, e.N)]
        moves = np.zeros((len(self._where.entries), p, p))
        for move, entry in zip(moves, self._where.entries, strict=True):
            own = np.tensordot(direction(e, entry), pairs[entry.factor])
            move[:] = -e.C_root.T @ own @ e.C_root
        along = np.tensordot(self._where.basis.T, moves, axes=1)
        return np.concatenate([along, -np.eye(p)[None]])

    def _adjusted(self) -> FloatArray:
        """Phi_A, the covariance that allows for estimated variances."""
        e, entries, basis = self._e, self._where.entries, self._where.basis
        weights = basis @ self._W[:-1, :-1] @ basis.T
        N, total = by_factor(e.products, e.N), np.zeros_like(e.C)
        X = [direction(e, entry) for entry in entries]
        for j, entry in enumerate(entries):
            moved = [np.zeros_like(part) for part in N]
            moved[entry.factor] = np.tensordot(X[j], N[entry.factor], axes=1)
            solved = by_factor(e.products, self._projected(joined(e.products, moved)))
            pairs = [sum_of_pairs(a, b) for a, b in zip(N, solved, strict=True)]
            for i, other in enumerate(entries):
                total += weights[i, j] * np.tensordot(X[i], pairs[other.factor])
        adjusted: FloatArray = e.C + e.C @ (total + total.T) @ e.C
        return adjusted

    def _projected(self, effects: Vectors) -> Vectors:
        """Z'PZ times columns of random effects."""
        e = self._e
        solved = e.V.solve(e.V.times_ZZ(effects))
        return solved + e.N @ (-e.C @ e.N.dot(effects))

    def df(self, contrasts: FloatArray) -> FloatArray:
        """Degrees of freedom of each contrast by itself.

        Parameters
        ----------
        contrasts : ndarray of shape (m, p)
            Weights of the coefficients on Q.

        Returns
        -------
        ndarray of shape (m,)
            2 / A_2: for one contrast the scale is 1, as A_1 = A_2.
        """
        right = contrasts @ self._e.C_root
        square = np.einsum("mp,mp->m", right, right)
        along = np.einsum("mp,ipr,mr->im", right, self._moves, right, optimize=True)
        along = along / np.where(square > 0, square, 1.0)
        spread = np.einsum("im,ij,jm->m", along, self._W, along, optimize=True)
        df: FloatArray = np.full(len(contrasts), np.inf)
        np.divide(2.0, spread, out=df, where=spread > NO_SPREAD)
        return df

    def joint_df(self, contrasts: FloatArray) -> tuple[float, float]:
        """Denominator degrees of freedom and scale of F for all contrasts together.

        Parameters
        ----------
        contrasts : ndarray of shape (q, p)
            Weights of the coefficients on Q, linearly independent.

        Returns
        -------
        df : float
            NaN where the moments fit no F distribution.
        scale : float
            What F is multiplied by.
        """
        q = len(contrasts)
        if q == 1:
            return float(self.df(contrasts)[0]), 1.0
        triangle = np.linalg.qr((contrasts @ self._e.C_root).T)
        root = triangle.Q
        along = root.T @ self._moves @ root  # L Phi L' = I
        sums = np.trace(along, axis1=1, axis2=2)
        A1 = float(sums @ self._W @ sums)
        flat = along.reshape(len(along), -1)
        A2 = float(np.vdot(self._W, flat @ flat.T))
        return matched_moments(A1, A2, q)


def matched_moments(A1: float, A2: float, q: int) -> tuple[float, float]:
    """Degrees of freedom and scale of the F distribution with the right moments.

    Parameters
    ----------
    A1, A2 : float
        Kenward and Roger's sums.
    q : int
        Contrasts.

    Returns
    -------
    df, scale : float
        NaN where no F distribution with a mean has these moments.
    """
    if A2 <= NO_SPREAD:
        return float("inf"), 1.0
    B = (A1 + 6 * A2) / (2 * q)
    g = ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2)
    below = 3 * q + 2 * (1 - g)
    c1, c2, c3 = g / below, (q - g) / below, (q + 2 - g) / below
    mean, spread = 1 - A2 / q, 1 - c3 * B
    if mean <= 0 or spread <= 0 or 1 - c2 * B <= 0 or 1 + c1 * B <= 0:
        return float("nan"), float("nan")
    excess = (mean / (1 - c2 * B)) ** 2 * (1 + c1 * B) / spread - 1
    if excess <= 0:
        return float("nan"), float("nan")
    df = 4 + (q + 2) / excess
    return df, df * mean / (df - 2)
