"""Level-summed squares of a matrix M - f f' over the random effects, block by block.

    Q_ts[a, b, c, d] = sum over levels l of t, m of s of K_lm[a, c] K_lm[b, d]

for K = M - f f' with few columns in f: the products of M with itself, less those with
f, plus those of f alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_matrices import inner
from engine.fitting.level_blocks import product, sum_of_pairs, turned

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.core_matrices import CoreMatrix

Squares = dict[tuple[int, int], "FloatArray"]
"""Q by the positions of two factors: arrays of shape (k_t, k_t, k_s, k_s)."""


def own_squares(M: FloatArray, f: FloatArray) -> FloatArray:
    """Q of a factor with itself, for M with a block for each level and nothing else.

    Parameters
    ----------
    M : ndarray of shape (k, k, J)
        Symmetric.
    f : ndarray of shape (k, r, J)

    Returns
    -------
    ndarray of shape (k, k, k, k)
    """
    squares = sum_of_pairs(M, M)
    if f.shape[1]:
        taken = sum_of_pairs(M, product(f, turned(f)))
        squares += _low_rank(f) - taken - taken.transpose(1, 0, 3, 2)
    return squares


def _low_rank(f: FloatArray) -> FloatArray:
    """Squares of f_l f_m' over all pairs of levels."""
    gram = sum_of_pairs(f, f)
    return sums_of_products(gram, gram)


def sums_of_products(left: FloatArray, right: FloatArray) -> FloatArray:
    """Sums over the last two axes of products of all pairs of matrices.

    Parameters
    ----------
    left, right : ndarray of shape (a, b, q, r), (c, d, q, r)

    Returns
    -------
    ndarray of shape (a, b, c, d)
    """
    rows, columns = left.shape[:2], right.shape[:2]
    flat = left.reshape(rows[0] * rows[1], -1)
    made: FloatArray = flat @ right.reshape(columns[0] * columns[1], -1).T
    return made.reshape(*rows, *columns)


def block_squares(
    M: dict[tuple[int, int], CoreMatrix],
    left: list[FloatArray],
    right: list[FloatArray],
) -> FloatArray:
    """Q of any two factors.

    Parameters
    ----------
    M : dict of (int, int) to matrix of shape (J_t, J_s)
        By column of the first and of the second factor: see `parts_of`.
    left, right : list of ndarray of shape (J_t, r), (J_s, r)
        The rows of f, by column: see `every`.

    Returns
    -------
    ndarray of shape (k_t, k_t, k_s, k_s)
    """
    k, columns = len(left), len(right)
    squares = np.empty((k, k, columns, columns))
    for a, b, c, d in np.ndindex(k, k, columns, columns):
        squares[a, b, c, d] = inner(M[a, c], M[b, d])
        squares[a, b, c, d] -= np.vdot(M[a, c] @ right[d], left[b])
        squares[a, b, c, d] -= np.vdot(M[b, d] @ right[c], left[a])
        squares[a, b, c, d] += np.vdot(left[a].T @ left[b], right[c].T @ right[d])
    return squares


def every(rows: FloatArray, k: int) -> list[FloatArray]:
    """Rows of each of k columns of a factor, over its levels."""
    return [rows[a::k] for a in range(k)]


def parts_of(
    block: CoreMatrix, k: int, columns: int
) -> dict[tuple[int, int], CoreMatrix]:
    """A block by the column of the row's and of the column's level."""
    return {(a, c): block[a::k, c::columns] for a in range(k) for c in range(columns)}
