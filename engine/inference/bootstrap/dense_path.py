"""Any small model: D of every replicate as one dense matrix."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.symmetric_inverse import symmetric_inverse
from engine.inference.bootstrap.variance_criterion import Squares, Traces

if TYPE_CHECKING:
    from engine.arrays import FloatArray


class DenseSystem:
    """D = I + sum_i s_i A_i.

    Parameters
    ----------
    A : ndarray of shape (m, r, r)
        Symmetric.
    """

    def __init__(self, A: FloatArray) -> None:
        self.A = A

    def rotate(self, w: FloatArray) -> FloatArray:
        """Read w as it is."""
        return w

    def rotate_back(self, x: FloatArray) -> FloatArray:
        """The same."""
        return x

    def factor(self, s: FloatArray) -> FactoredDense:
        """Invert D at coordinates of shape (m, B)."""
        return FactoredDense(self.A, self._D(s))

    def shared(self, s: FloatArray, w: FloatArray) -> FloatArray:
        """w'D^-1 w of all replicates at one point of shape (m,)."""
        L = np.linalg.cholesky(self._D(s[:, None])[0])
        half = np.linalg.solve(L, w)
        made: FloatArray = np.einsum("rb,rb->b", half, half)
        return made

    def _D(self, s: FloatArray) -> FloatArray:
        m, r = self.A.shape[:2]
        made: FloatArray = (s.T @ self.A.reshape(m, r * r)).reshape(-1, r, r)
        made[:, np.arange(r), np.arange(r)] += 1.0
        return made


class FactoredDense:
    """D of each replicate, shape (B, r, r)."""

    def __init__(self, A: FloatArray, D: FloatArray) -> None:
        self._A, self._D = A, D

    @property
    def log_det(self) -> FloatArray:
        """log|D|: shape (B,)."""
        return self._inverted[1]

    @property
    def _inverse(self) -> FloatArray:
        return self._inverted[0]

    @cached_property
    def _inverted(self) -> tuple[FloatArray, FloatArray]:
        return symmetric_inverse(self._D)

    @cached_property
    def _inverse_A(self) -> list[FloatArray]:
        """D^-1 A_i of each replicate."""
        r = self._D.shape[1]
        tall = self._inverse.reshape(-1, r)
        return [(tall @ A).reshape(-1, r, r) for A in self._A]

    def traces(self) -> Traces:
        """Of products with D^-1."""
        m, own = len(self._A), self._inverse_A
        first = np.array([np.einsum("bii->b", M) for M in own]).reshape(m, -1)
        second = np.empty((m, m, len(self._D)))
        for i in range(m):
            turned = own[i].transpose(0, 2, 1)
            for j in range(i + 1):
                second[i, j] = second[j, i] = (turned * own[j]).sum(axis=(1, 2))
        return Traces(first, second)

    def solve(self, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D^-1 w, shape (r, B), and w'D^-1 w, shape (B,)."""
        x = _times(self._inverse, w)
        return x, np.einsum("rb,rb->b", w, x)

    def squares(self, w: FloatArray) -> Squares:
        """Of the data."""
        x, total = self.solve(w)
        m = len(self._A)
        Ax = np.array([A @ x for A in self._A]).reshape(m, *x.shape)
        solved = np.array([_times(self._inverse, own) for own in Ax]).reshape(Ax.shape)
        first = np.einsum("rb,irb->ib", x, Ax)
        second = np.einsum("irb,jrb->ijb", Ax, solved)
        return Squares(total, first, second)


def _times(matrices: FloatArray, w: FloatArray) -> FloatArray:
    """M_b w_b for matrices of shape (B, r, r) and w of shape (r, B)."""
    made: FloatArray = np.matmul(matrices, w.T[:, :, None])[:, :, 0].T
    return made
