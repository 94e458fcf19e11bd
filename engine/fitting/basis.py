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
    scales = np.abs(matrix).max(axis=0, initial=0.0)
    scales[scales == 0] = 1.0
    work = matrix / scales
    means = np.zeros(p)
    if p and np.ptp(work[:, 0]) == 0 and work[0, 0] != 0:
        means[1:] = work[:, 1:].mean(axis=0) / work[0, 0]
        work[:, 1:] -= means[1:] * work[0, 0]
        spread = np.abs(work).max(axis=0, initial=0.0)
        work[:, 1:][:, spread[1:] < CONSTANT_TOLERANCE] = 0.0
    if root_weights is not None:
        work *= root_weights[:, None]
    Q, R = np.linalg.qr(work)
    kept, dependencies = _independent(R, np.linalg.norm(work, axis=0))
    if dependencies:
        Q, R = np.linalg.qr(work[:, kept])
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
