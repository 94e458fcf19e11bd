"""Factor, inverse and products of large matrices, by panels; one breathes between.

LAPACK cannot be interrupted, and takes minutes for the largest cores. Here it does the
diagonal blocks, and BLAS the rest, in about the same time and, but for the panel in
hand, in place. Small matrices are left to LAPACK alone.

The factor is made from the left: panel j of S less what the panels before it explain.
The inverse is made from the right. With M the inverse of what stands below and right of
panel j, L_j its diagonal block and T = L_below L_j^-1, it grows by

    C_below,j = -M T          C_j = L_j^-T L_j^-1 + T'M T

(Takahashi's recursion by blocks; Erisman and Tinney 1975, Communications of the ACM 18,
177).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import blas, lapack

from engine.progress import breathe

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.core_matrices import CoreMatrix

PANELS_FROM = 4_000
"""Columns from which panels cost at most a tenth more than LAPACK, which takes half a
second for so many."""
PANEL = 256
"""Columns of a panel: wide enough for fast products."""
STRIP = 512
"""Rows of a product that are made at once."""
FACTORISING, INVERTING, MULTIPLYING = "Factorising", "Inverting", "Multiplying"


def cholesky_factor(S: FloatArray) -> FloatArray:
    """L with S = L L', below the diagonal; what stands above it means nothing.

    Parameters
    ----------
    S : ndarray of single or double, shape (n, n)
        By columns; only its lower triangle is read. Overwritten.

    Returns
    -------
    ndarray of shape (n, n)
        By columns, in the memory of S.

    Raises
    ------
    numpy.linalg.LinAlgError
        If it is not positive definite.
    """
    n = len(S)
    if n < PANELS_FROM:
        return _factor_of_block(S)
    store = np.empty(PANEL * n, S.dtype)
    solve = blas.strsm if S.dtype == np.float32 else blas.dtrsm
    for j in range(0, n, PANEL):
        breathe(FACTORISING, j, n)
        end = min(j + PANEL, n)
        before = S[j:end, :j]
        own = np.asfortranarray(S[j:end, j:end] - before @ before.T)
        S[j:end, j:end] = root = _factor_of_block(own)
        if end == n:
            break
        below = _piece(store, end - j, n - end)  # transposed, as is all that follows
        np.matmul(before, S[end:, :j].T, out=below)
        np.subtract(S[end:, j:end].T, below, out=below)
        S[end:, j:end] = solve(
            1.0, root, below.T, side=1, lower=1, trans_a=1, overwrite_b=1
        )
    return S


def _factor_of_block(S: FloatArray) -> FloatArray:
    """The same by LAPACK."""
    make = lapack.spotrf if S.dtype == np.float32 else lapack.dpotrf
    factor, info = make(S, lower=1, overwrite_a=1, clean=0)
    if info:
        raise np.linalg.LinAlgError("the matrix is not positive definite")
    made: FloatArray = factor
    return made


def inverse_from_factor(L: FloatArray) -> FloatArray:
    """(L L')^-1, of which only the lower triangle counts.

    Parameters
    ----------
    L : ndarray of single or double, shape (n, n)
        By columns; only its lower triangle is read. Overwritten.

    Returns
    -------
    ndarray of shape (n, n)
        By columns, in the memory of L.
    """
    n, is_single = len(L), L.dtype == np.float32
    if n < PANELS_FROM:
        invert = lapack.spotri if is_single else lapack.dpotri
        made: FloatArray = invert(L, lower=1, overwrite_c=1)[0]
        return made
    invert_root = lapack.strtri if is_single else lapack.dtrtri
    store, other = np.empty(PANEL * n, L.dtype), np.empty(PANEL * n, L.dtype)
    for j in reversed(range(0, n, PANEL)):
        end = min(j + PANEL, n)
        breathe(INVERTING, n - end, n)
        root = invert_root(np.asfortranarray(np.tril(L[j:end, j:end])), lower=1)[0]
        own = root.T @ root
        if end < n:
            T = _piece(store, end - j, n - end)  # transposed, and so is what M gives
            M_T = _piece(other, end - j, n - end)
            np.matmul(root.T, L[end:, j:end].T, out=T)
            np.matmul(T, L[end:, end:], out=M_T)
            own += M_T @ T.T
            np.negative(M_T, out=M_T)
            L[j:end, end:] = M_T  # M is whole: the next panel reads all of it
            L[end:, j:end] = M_T.T
        L[j:end, j:end] = own
    return L


def product_by_strips(left: CoreMatrix, right: CoreMatrix) -> CoreMatrix:
    """Multiply two matrices over the core; large dense ones by strips of rows.

    Parameters
    ----------
    left, right : CoreMatrix
        Both dense, or both sparse.

    Returns
    -------
    CoreMatrix
    """
    n = left.shape[0]
    if not (isinstance(left, np.ndarray) and isinstance(right, np.ndarray)):
        return left @ right
    if n < PANELS_FROM:
        made: FloatArray = left @ right
        return made
    total = np.empty((n, right.shape[1]), np.result_type(left, right))
    for start in range(0, n, STRIP):
        breathe(MULTIPLYING, start, n)
        rows = slice(start, start + STRIP)
        np.matmul(left[rows], right, out=total[rows])
    return total


def _piece(store: FloatArray, rows: int, columns: int) -> FloatArray:
    """An array in memory that is there: new memory for each panel takes its time."""
    return store[: rows * columns].reshape(rows, columns)
