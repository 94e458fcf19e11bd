"""Where the optimisation starts: variances by the method of moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_matrices import diagonal_blocks, inner
from engine.fitting.level_blocks import product
from engine.fitting.marginal import Vectors

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts

SMALLEST_RATIO, LARGEST_RATIO = 1e-3, 1e3
"""Bounds of the starting variance ratios; the optimum may lie outside them."""
SMALLEST_RESIDUAL_SHARE = 0.05
"""The residual variance starts with at least this share of all variance."""


def moment_start(products: CrossProducts) -> FloatArray:
    """Guess theta by equating squared sums of residuals with their expectations.

    With r the least-squares residual, h_t = Z_t'r and one variance ratio gamma_t for
    each factor, ignoring that r has lost p degrees of freedom:

        E |h_t|^2 = s2 (sum_j gamma_j |Z_t'Z_j|_F^2 + tr Z_t'Z_t)
        E r'r     = s2 (n + sum_j gamma_j tr Z_j'Z_j)

    Parameters
    ----------
    products : CrossProducts

    Returns
    -------
    ndarray of shape (n_theta,)
        sqrt(gamma_t) on the diagonals, zero elsewhere.
    """
    T = len(products.factors)
    if not T:
        return np.zeros(0)
    squares, traces, sums = _moments(products)
    matrix = np.empty((T + 1, T + 1))
    matrix[:T, :T] = squares
    matrix[:T, T] = matrix[T, :T] = traces
    matrix[T, T] = products.n
    right = np.append(sums, products.n)  # y'y: its mean square is one
    scale = np.sqrt(np.diag(matrix))
    solution = np.linalg.lstsq(
        matrix / np.outer(scale, scale), right / scale, rcond=1e-10
    )[0]
    variances = solution / scale
    least = SMALLEST_RESIDUAL_SHARE * right[T] / products.n
    ratios = variances[:T] / max(variances[T], least)
    roots = np.sqrt(np.clip(ratios, SMALLEST_RATIO, LARGEST_RATIO))
    return products.layout.theta(
        [root * np.eye(k) for root, k in zip(roots, products.layout.sizes, strict=True)]
    )


def _moments(products: CrossProducts) -> tuple[FloatArray, FloatArray, FloatArray]:
    """|Z_t'Z_j|_F^2, tr Z_t'Z_t and |Z_t'r|^2 for all factors."""
    T, slices = len(products.factors), products.core_slices
    squares, traces, sums = np.empty((T, T)), np.empty(T), np.empty(T)
    squares[0, 0] = (products.leaf_ZZ**2).sum()
    traces[0] = np.einsum("aaj->", products.leaf_ZZ)
    Zy = _whole_ZQy(products, slice(products.p, None))
    sums[0] = (Zy.leaf**2).sum()
    for t, rows in enumerate(slices, start=1):
        if products.cells is not None:
            squares[0, t] = squares[t, 0] = products.cells.sums_of_squares(rows)
        traces[t] = products.core_ZZ[rows, rows].diagonal().sum()
        sums[t] = (Zy.core[rows] ** 2).sum()
        for j, columns in enumerate(slices, start=1):
            own = products.core_ZZ[rows, columns]
            squares[t, j] = inner(own, own)
    return squares, traces, sums


def _whole_ZQy(products: CrossProducts, columns: slice) -> Vectors:
    """Columns of Z'[Q y], effects that were taken out of them put back."""
    leaf, core = products.leaf_ZQy[:, columns], products.core_ZQy[:, columns]
    if products.shift is None:
        return Vectors(leaf, core)
    effects = products.shift[:, columns]
    leaf = leaf + product(products.leaf_ZZ, effects)
    if products.cells is not None:
        core = core + products.cells.transposed_times(effects)
    return Vectors(leaf, core)


def column_products(products: CrossProducts) -> list[tuple[FloatArray, FloatArray]]:
    """Z_t'Z_t of the whole columns of each factor, and their Z_t'Q.

    Parameters
    ----------
    products : CrossProducts

    Returns
    -------
    list of (ndarray of shape (k, k), ndarray of shape (k, p))
        The rows' levels do not matter here.
    """
    ZQ = _whole_ZQy(products, slice(0, products.p))
    result = [(products.leaf_ZZ.sum(axis=2), ZQ.leaf.sum(axis=2))]
    rest = zip(products.factors[1:], products.core_slices, strict=True)
    for factor, part in rest:
        k = factor.n_columns
        own = diagonal_blocks(products.core_ZZ, part, k).sum(axis=0)
        shape = (factor.n_levels, k, products.p)
        result.append((own, ZQ.core[part].reshape(shape).sum(axis=0)))
    return result
