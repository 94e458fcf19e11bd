"""An orthogonal basis for the columns of a model matrix, and which columns it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray

RANK_TOLERANCE = 1e-8
"""A column is dependent when less than this share of it (after centring) is new."""
_MANY_ROWS = 20_000
_CLEAR = 1e-3
CONSTANT_TOLERANCE = 1e-12
"""A column is constant when its spread is below this share of its size."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Orthonormal columns Q and upper-triangular R with `matrix[:, kept] = Q R`.

    Attributes
    ----------
    Q : ndarray of shape (n, rank)
        Orthonormal columns.
    R : ndarray of shape (rank, rank)
        Upper triangular with positive diagonal.
    kept : tuple of int
        Columns of the matrix that are linearly independent; of a dependent set the
        later ones give way.
    dependencies : dict of int to ndarray of shape (rank,)
        For each column that gave way, the combination of the kept ones it equals.
    """

    Q: FloatArray
    R: FloatArray
    kept: tuple[int, ...]
    dependencies: dict[int, FloatArray]


def orthogonal_basis(matrix: FloatArray, root_weights: FloatArray | None) -> Basis:
    """Factor a weighted matrix, leaving out columns that repeat earlier ones.

    A covariate far from zero, such as a year, shares almost all of its length with the
    intercept. Therefore columns are centred first when the matrix starts with a column
    of ones: what is new in them is then judged by their spread, not by their size.

    Parameters
    ----------
    matrix : ndarray of shape (n, p)
        Finite values.
    root_weights : ndarray of shape (n,) or None
        Square roots of the prior weights, multiplied to the rows.

    Returns
    -------
    Basis
        Of the weighted matrix.
    """
    p = matrix.shape[1]
    scales = _sizes(matrix)
    scales[scales == 0] = 1.0
    work = np.asfortranarray(matrix) / scales  # columns together, or sums are slow
    means = np.zeros(p)
    if p and np.ptp(work[:, 0]) == 0 and work[0, 0] != 0:
        means[1:] = work[:, 1:].mean(axis=0) / work[0, 0]
        work[:, 1:] -= means[1:] * work[0, 0]
        spread = _sizes(work)
        work[:, 1:][:, spread[1:] < CONSTANT_TOLERANCE] = 0.0
    if root_weights is not None:
        work *= root_weights[:, None]
    Q, R = _factored(work)
    kept, dependencies = _independent(R, np.sqrt(np.einsum("ij,ij->j", work, work)))
    if dependencies:
        Q, R = _factored(work[:, kept])
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    Q, R = Q * signs, R * signs[:, None]
    # undo the centring and the scaling: matrix = (work + ones means') scales
    columns = np.array(kept, dtype=np.intp)
    if p and columns.size:
        R = R + np.outer(R[:, 0], means[columns])
    R = R * scales[columns]
    uncentred = {
        j: _on_user_scale(weights, j, columns, means, scales)
        for j, weights in dependencies.items()
    }
    return Basis(Q, R, kept, uncentred)


def _sizes(matrix: FloatArray) -> FloatArray:
    """Largest absolute value of each column; zero without rows."""
    if not len(matrix):
        return np.zeros(matrix.shape[1])
    sizes: FloatArray = np.maximum(matrix.max(axis=0), -matrix.min(axis=0))
    return sizes


def _factored(work: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Q and R of a matrix.

    With very many rows by Cholesky's factor of W'W, twice, which is as orthogonal as
    Householder's where the columns are far from dependent (Yamamoto et al. 2015,
    Electronic Trans. Numerical Analysis 44, 306); elsewhere by Householder's.
    """
    n, p = work.shape
    if n < _MANY_ROWS or not p:
        return np.linalg.qr(work)
    try:
        first = np.linalg.cholesky(work.T @ work).T
        if np.diag(first).min() < _CLEAR * np.abs(first).max():
            return np.linalg.qr(work)
        Q = (np.linalg.inv(first).T @ work.T).T
        second = np.linalg.cholesky(Q.T @ Q).T
    except np.linalg.LinAlgError:
        return np.linalg.qr(work)
    return (np.linalg.inv(second).T @ Q.T).T, second @ first


def _independent(
    R: FloatArray, norms: FloatArray
) -> tuple[tuple[int, ...], dict[int, FloatArray]]:
    """Walk through the columns of R and keep those that bring something new."""
    is_tall = len(R) == R.shape[1]
    if is_tall and (np.abs(np.diag(R)) > RANK_TOLERANCE * norms).all():
        return tuple(range(R.shape[1])), {}
    kept: list[int] = []
    dependent: dict[int, FloatArray] = {}
    axes = np.zeros((len(R), 0))
    for j in range(R.shape[1]):
        rest = R[:, j] - axes @ (axes.T @ R[:, j])
        rest -= axes @ (axes.T @ rest)
        if np.linalg.norm(rest) > RANK_TOLERANCE * norms[j]:
            kept.append(j)
            axes = np.column_stack([axes, rest / np.linalg.norm(rest)])
        else:
            dependent[j] = R[:, j]
    if dependent:
        dependent = {
            j: np.linalg.lstsq(R[:, kept], column, rcond=None)[0]
            for j, column in dependent.items()
        }
    return tuple(kept), dependent


def _on_user_scale(
    weights: FloatArray,
    j: int,
    kept: IntArray,
    means: FloatArray,
    scales: FloatArray,
) -> FloatArray:
    """Translate a combination of centred, scaled columns to the columns themselves."""
    result = np.array(weights)
    if result.size:
        result[0] += means[j] - weights @ means[kept]
    scaled: FloatArray = result * scales[j] / scales[kept]
    return scaled


def solve_upper(R: FloatArray, right: FloatArray) -> FloatArray:
    """Return `R^-1 right` for an upper-triangular R; both may be empty."""
    if not len(R):
        return right
    solution: FloatArray = solve_triangular(R, right)
    return solution
