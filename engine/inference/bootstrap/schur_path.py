"""Uncorrelated effects in any design: one factor as a diagonal, the rest beside it.

In the eigenvectors of A_1, D = E^-1 + U G U' with E^-1 = I + gamma_1 diag(delta), the
q columns U of all other terms, and G diagonal: the gamma of each column. With

    Q_k = U'E (delta E)^k U ,   N = (I + Q_0 G)^-1 ,   W = G N ,   K = N Q_0

U'D^-1 = N U'E, U'D^-1 U = K, and by Woodbury's identity

    log|D|               = - sum log e + log|I + G^(1/2) Q_0 G^(1/2)|
    tr D^-1 A_1          = sum delta e - tr W Q_1
    tr (D^-1 A_1)^2      = sum delta^2 e^2 - 2 tr W Q_2 + tr W Q_1 W Q_1
    tr D^-1 A_1 D^-1 A_j = tr of N Q_1 N' over the columns of j
    tr D^-1 A_i D^-1 A_j = sum of K_cd^2 over the columns of i and j

No array has more than q x q numbers for each replicate. Rows with equal delta are
pooled in the Q_k, which are one product of matrices for all replicates.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.symmetric_inverse import symmetric_inverse
from engine.inference.bootstrap.variance_criterion import Squares, Traces

if TYPE_CHECKING:
    from engine.arrays import FloatArray

EQUAL = 1e-10
"""Share of the largest delta within which two are equal."""


class SchurSystem:
    """D = I + gamma_1 A_1 + sum_j gamma_j U_j U_j'.

    Parameters
    ----------
    columns : list of ndarray of shape (r, J)
        Of each term, in the order of the coordinates.
    """

    def __init__(self, columns: list[FloatArray]) -> None:
        sizes = [own.shape[1] for own in columns]
        self.largest = int(np.argmax(sizes))
        self.others = [i for i in range(len(columns)) if i != self.largest]
        delta, self.vectors = np.linalg.eigh(
            columns[self.largest] @ columns[self.largest].T
        )
        delta[delta < EQUAL * delta.max(initial=0.0)] = 0.0
        self.delta = delta
        r = len(delta)
        beside = [np.zeros((r, 0)), *(columns[i] for i in self.others)]
        self.U: FloatArray = self.vectors.T @ np.concatenate(beside, axis=1)
        self.q = self.U.shape[1]
        self.owner = np.repeat(
            np.arange(len(self.others)), [sizes[i] for i in self.others]
        )
        self.members = np.eye(len(self.others))[self.owner]
        self.rows, self.columns = np.tril_indices(self.q)
        self._pool()

    def _pool(self) -> None:
        """Sum u u' over rows with equal delta: lower triangles, rows of `squares`."""
        limit = EQUAL * self.delta.max(initial=0.0) or 1.0
        _, first, of_row = np.unique(
            np.round(self.delta / limit), return_index=True, return_inverse=True
        )
        self.classes = self.delta[first]
        self.squares = np.empty((len(first), len(self.rows)))
        for c in range(len(first)):
            own = self.U[of_row == c]
            self.squares[c] = (own.T @ own)[self.rows, self.columns]

    def rotate(self, w: FloatArray) -> FloatArray:
        """Turn w to the eigenvectors of A_1."""
        made: FloatArray = self.vectors.T @ w
        return made

    def rotate_back(self, x: FloatArray) -> FloatArray:
        """From there back."""
        made: FloatArray = self.vectors @ x
        return made

    def factor(self, s: FloatArray) -> FactoredSchur:
        """Prepare D at coordinates of shape (m, B)."""
        return FactoredSchur(self, s)

    def shared(self, s: FloatArray, w: FloatArray) -> FloatArray:
        """w'D^-1 w of all replicates at one point of shape (m,)."""
        e = 1 / (1 + s[self.largest] * self.delta)
        root = np.sqrt(s[self.others])[self.owner]
        scaled = self.U * root
        L = np.linalg.cholesky(np.eye(self.q) + scaled.T @ (e[:, None] * scaled))
        Ew = e[:, None] * w
        total = np.einsum("rb,rb->b", w, Ew)
        taken: FloatArray = np.linalg.solve(L, scaled.T @ Ew)
        less: FloatArray = total - (taken**2).sum(axis=0)
        return less

    def spectrum_beside(
        self, large: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """E, the eigenvalues of U'EU = P diag P', and E U P at one gamma_1."""
        e: FloatArray = 1 / (1 + large * self.delta)
        EU = e[:, None] * self.U
        values, P = np.linalg.eigh(self.U.T @ EU)
        return e, np.maximum(values, 0.0), EU @ P

    def log_dets(self, large: float, small: FloatArray) -> FloatArray:
        """log|D| at one gamma_1 and several of the only other gamma.

        Parameters
        ----------
        large : float
        small : ndarray of shape (K,)

        Returns
        -------
        ndarray of shape (K,)
        """
        e, values, _ = self.spectrum_beside(large)
        made: FloatArray = np.log1p(small[:, None] * values).sum(axis=1)
        total: FloatArray = made - np.log(e).sum()
        return total

    def unfolded(self, triangles: FloatArray) -> FloatArray:
        """Symmetric matrices, shape (B, q, q), from their lower triangles."""
        made = np.empty((len(triangles), self.q, self.q))
        made[:, self.rows, self.columns] = triangles
        made[:, self.columns, self.rows] = triangles
        return made


class FactoredSchur:
    """D of each replicate, through matrices of shape (B, q, q).

    Parameters
    ----------
    system : SchurSystem
    s : ndarray of shape (m, B)
    """

    def __init__(self, system: SchurSystem, s: FloatArray) -> None:
        self._is = system
        gamma = s[system.largest][:, None]
        self._G = s[system.others].T[:, system.owner]
        self._e = 1 / (1 + gamma * system.delta)
        self._class_e = 1 / (1 + gamma * system.classes)
        self._Q0 = system.unfolded(self._class_e @ system.squares)

    @cached_property
    def log_det(self) -> FloatArray:
        """log|D|: shape (B,)."""
        made: FloatArray = self._inverse[1] - np.log(self._e).sum(axis=1)
        return made

    @cached_property
    def _inverse(self) -> tuple[FloatArray, FloatArray]:
        """(I + G^(1/2) Q_0 G^(1/2))^-1, and the logarithm of its determinant."""
        root = np.sqrt(self._G)
        S = root[:, :, None] * self._Q0
        S *= root[:, None]
        own = np.arange(self._is.q)
        S[:, own, own] += 1.0
        return symmetric_inverse(S)

    @cached_property
    def _N(self) -> FloatArray:
        inverse = self._inverse[0]
        if len(self._is.others) == 1:
            return inverse
        root = np.sqrt(self._G)
        N = -(self._Q0 * root[:, None]) @ inverse
        N *= root[:, None]
        own = np.arange(self._is.q)
        N[:, own, own] += 1.0
        return N

    @cached_property
    def _K(self) -> FloatArray:
        made: FloatArray = self._N @ self._Q0
        return made

    def traces(self) -> Traces:
        """Of products with D^-1."""
        own, members = self._is, self._is.members
        weights = self._class_e * self._class_e * own.classes
        Q1 = own.unfolded(weights @ own.squares)
        NQ1 = self._N @ Q1
        WQ1 = self._G[:, :, None] * NQ1
        de = own.delta * self._e
        t, others = own.largest, own.others
        first = np.empty((1 + len(others), len(self._e)))
        second = np.empty((len(first), *first.shape))
        first[t] = de.sum(axis=1) - np.einsum("bcc->b", WQ1)
        first[others] = (np.einsum("bcc->bc", self._K) @ members).T
        second[t, t] = (de**2).sum(axis=1) - 2 * self._trace_WQ2(weights)
        second[t, t] += np.einsum("bcd,bdc->b", WQ1, WQ1)
        crossed = np.einsum("bcd,bcd->bc", NQ1, self._N) @ members
        second[t, others] = second[others, t] = crossed.T
        sums = members.T @ (self._K**2) @ members
        second[np.ix_(others, others)] = sums.transpose(1, 2, 0)
        return Traces(first, second)

    def _trace_WQ2(self, weights: FloatArray) -> FloatArray:
        """The trace of W Q_2 from lower triangles alone."""
        own = self._is
        Q2 = (weights * self._class_e * own.classes) @ own.squares
        W = (self._G[:, :, None] * self._N)[:, own.rows, own.columns]
        W *= np.where(own.rows == own.columns, 1.0, 2.0)
        made: FloatArray = np.einsum("bc,bc->b", W, Q2)
        return made

    def _solved(self, wt: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D^-1 w by rows, and h = U'D^-1 w, from w by rows."""
        Ew = self._e * wt
        h = _times(self._N, Ew @ self._is.U)
        x = Ew - self._e * ((self._G * h) @ self._is.U.T)
        return x, h

    def solve(self, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D^-1 w along the eigenvectors of A_1, shape (r, B), and w'D^-1 w."""
        x = self._solved(w.T)[0].T
        return x, np.einsum("rb,rb->b", w, x)

    def squares(self, w: FloatArray) -> Squares:
        """Of the data."""
        own, members = self._is, self._is.members
        wt = np.ascontiguousarray(w.T)
        x, h = self._solved(wt)
        dx = own.delta * x
        Nu = _times(self._N, (self._e * dx) @ own.U)
        u = (self._e * dx) @ own.U
        t, others = own.largest, own.others
        first = np.empty((1 + len(others), len(x)))
        second = np.empty((len(first), *first.shape))
        first[t] = np.einsum("br,br->b", dx, x)
        first[others] = (h * h @ members).T
        second[t, t] = np.einsum("br,br->b", dx, self._e * dx)
        second[t, t] -= np.einsum("bc,bc->b", self._G * u, Nu)
        second[t, others] = second[others, t] = (h * Nu @ members).T
        weighted = self._K * h[:, :, None] * h[:, None]
        sums = members.T @ weighted @ members
        second[np.ix_(others, others)] = sums.transpose(1, 2, 0)
        return Squares(np.einsum("br,br->b", wt, x), first, second)


def _times(matrices: FloatArray, rows: FloatArray) -> FloatArray:
    """M_b v_b for matrices of shape (B, q, q) and vectors of shape (B, q)."""
    made: FloatArray = np.matmul(matrices, rows[:, :, None])[:, :, 0]
    return made
