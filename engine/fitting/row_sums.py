"""Sums over rows within the levels of grouping factors: parts of Z'Z and Z'[Q y]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from engine.errors import FitError
from engine.fitting.core_matrices import find_parts
from engine.written_numbers import count

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitting.core_matrices import CoreMatrix, Parts
    from engine.fitting.crossproducts import Factor

FEW_NUMBERS = 50_000
"""Of Z_1'Z_2; up to so many a dense array is faster than a sparse one."""
LARGEST_CORE = 12_000
"""Columns of a dense core beyond which the fit is refused: 1.2 GB a matrix."""


def leaf_sums(
    factors: tuple[Factor, ...],
    codes: list[IntArray],
    columns: list[FloatArray],
    Qy: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Sum Z'Z and Z'[Q y] within each level of the leaf factor.

    Parameters
    ----------
    factors : tuple of Factor
        The leaf first; none for least squares.
    codes : list of ndarray of int, shape (n,)
        Level of each row, by factor.
    columns : list of ndarray of shape (n, k)
        Columns of Z, by factor.
    Qy : ndarray of shape (n, p + 1)

    Returns
    -------
    ndarray of shape (J, k, k), ndarray of shape (J, k, p + 1)
    """
    if not factors:
        return np.zeros((0, 0, 0)), np.zeros((0, 0, Qy.shape[1]))
    J, k = factors[0].n_levels, factors[0].n_columns
    code, Z = codes[0], columns[0]
    ZZ = np.empty((J, k, k))
    for a in range(k):
        for b in range(a + 1):
            ZZ[:, a, b] = np.bincount(code, weights=Z[:, a] * Z[:, b], minlength=J)
            ZZ[:, b, a] = ZZ[:, a, b]
    return ZZ, level_sums(code, Z, Qy, J)


def level_sums(code: IntArray, Z: FloatArray, Qy: FloatArray, J: int) -> FloatArray:
    """Sum Z_l'[Q y] for each level l of a factor with J levels.

    Parameters
    ----------
    code : ndarray of int, shape (n,)
    Z : ndarray of shape (n, k)
    Qy : ndarray of shape (n, p + 1)
    J : int

    Returns
    -------
    ndarray of shape (J, k, p + 1)
    """
    sums = np.empty((J, Z.shape[1], Qy.shape[1]))
    for a in range(Z.shape[1]):
        for j in range(Qy.shape[1]):
            sums[:, a, j] = np.bincount(code, weights=Z[:, a] * Qy[:, j], minlength=J)
    return sums


def core_parts(factors: tuple[Factor, ...], codes: list[IntArray]) -> Parts | None:
    """See whether the core falls apart; if not it must fit in memory.

    Parameters
    ----------
    factors : tuple of Factor
    codes : list of ndarray of int, shape (n,)

    Returns
    -------
    Parts or None

    Raises
    ------
    FitError
        If it neither falls apart nor fits.
    """
    sizes = [(f.n_levels, f.n_columns) for f in factors[1:]]
    if not sizes:
        return None
    parts = find_parts(codes[0], codes[1:], sizes)
    q = sum(J * k for J, k in sizes)
    if parts is None and q > LARGEST_CORE:
        raise FitError(
            f"The smaller grouping factors have {count(q)} random effects together, "
            f"more than the {count(LARGEST_CORE)} that fit in memory.",
            "Nest a grouping in another, or leave the least important grouping out.",
        )
    return parts


def core_sums(
    factors: tuple[Factor, ...],
    codes: list[IntArray],
    columns: list[FloatArray],
    Qy: FloatArray,
    parts: Parts | None,
) -> tuple[tuple[CoreMatrix, ...], CoreMatrix, FloatArray]:
    """Sum Z_1'Z_2, Z_2'Z_2 and Z_2'[Q y] for the factors beside the leaf.

    Parameters
    ----------
    factors : tuple of Factor
        The leaf first; none for least squares.
    codes : list of ndarray of int, shape (n,)
        Level of each row, by factor.
    columns : list of ndarray of shape (n, k)
        Columns of Z, by factor.
    Qy : ndarray of shape (n, p + 1)
    parts : Parts or None
        Where the core falls apart.

    Returns
    -------
    leaf_core : tuple of k arrays of shape (J, q)
    core_ZZ : array of shape (q, q)
    core_ZQy : ndarray of shape (q, p + 1)
    """
    n = len(Qy)
    q = sum(f.n_levels * f.n_columns for f in factors[1:])
    if not q:
        return (), np.zeros((0, 0)), np.zeros((0, Qy.shape[1]))
    offset, positions, values, ZQy = 0, [], [], []
    for factor, code, Z in zip(factors[1:], codes[1:], columns[1:], strict=True):
        k = factor.n_columns
        positions.append(offset + code[:, None] * k + np.arange(k))
        values.append(Z)
        sums = level_sums(code, Z, Qy, factor.n_levels)
        ZQy.append(sums.reshape(-1, Qy.shape[1]))
        offset += factor.n_levels * k
    where, data = np.concatenate(positions, axis=1), np.concatenate(values, axis=1)
    width = where.shape[1]
    starts = np.arange(0, n * width + 1, width)
    core = sparse.csr_array((data.ravel(), where.ravel(), starts), shape=(n, q))
    leaf_core = []
    for a in range(factors[0].n_columns):
        indices = (codes[0], np.arange(n))
        leaf = sparse.coo_array(
            (columns[0][:, a], indices), shape=(factors[0].n_levels, n)
        )
        own = sparse.csr_array(leaf.tocsr() @ core)
        is_small = parts is None and factors[0].n_levels * q <= FEW_NUMBERS
        leaf_core.append(own.toarray() if is_small else own)
    ZZ = sparse.csr_array(core.T @ core)
    core_ZZ: CoreMatrix = ZZ.toarray() if parts is None else ZZ
    return tuple(leaf_core), core_ZZ, np.concatenate(ZQy)
