"""Inverses and determinants of many symmetric positive matrices of middling size.

By halves, so that nearly all work is in products of matrices, which are several times
faster than a factorisation of each small matrix by itself:

    M = [A B'; B C] ,  T = B A^-1 ,  S = C - T B'
    M^-1 = [A^-1 + T'S^-1 T , - T'S^-1 ; - S^-1 T , S^-1] ,  |M| = |A| |S|
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray

SMALL = 8
"""Rows up to which a matrix is not divided."""


def symmetric_inverse(M: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Invert symmetric positive definite matrices.

    Parameters
    ----------
    M : ndarray of shape (B, q, q)

    Returns
    -------
    ndarray of shape (B, q, q)
        Inverses.
    ndarray of shape (B,)
        Logarithms of the determinants; NaN, as the inverse, for a matrix that is not
        positive definite: one replicate's breakdown is not that of all.
    """
    q = M.shape[1]
    if q <= SMALL:
        return _swept(M)
    h = q // 2
    C, B = M[:, h:, h:], np.ascontiguousarray(M[:, h:, :h])
    A_inverse, log_A = symmetric_inverse(np.ascontiguousarray(M[:, :h, :h]))
    T = B @ A_inverse
    S_inverse, log_S = symmetric_inverse(C - T @ _turned(B))
    beside = S_inverse @ T
    made = np.empty(M.shape)
    made[:, :h, :h] = A_inverse
    made[:, :h, :h] += _turned(T) @ beside
    np.negative(beside, out=beside)
    made[:, h:, :h] = beside
    made[:, :h, h:] = beside.transpose(0, 2, 1)
    made[:, h:, h:] = S_inverse
    return made, log_A + log_S


def _turned(M: FloatArray) -> FloatArray:
    """The transposes, written out: products of views are slow."""
    return np.ascontiguousarray(M.transpose(0, 2, 1))


def _swept(M: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The same by sweeps, all matrices together (Goodnight 1979, Am. Stat. 33, 149)."""
    work = M.transpose(1, 2, 0).copy()
    log_det = np.zeros(len(M))
    for k in range(len(work)):
        pivot = np.where(work[k, k] > 0, work[k, k], np.nan)
        log_det += np.log(pivot)
        column = work[:, k] / pivot
        work -= column[:, None] * work[None, k]
        work[k] = column
        work[:, k] = column
        work[k, k] = -1 / pivot
    return np.ascontiguousarray(
        -work.transpose(2, 0, 1)
    ), log_det  # all swept: minus the inverse
