"""Where the optimisation starts: variances by the method of moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_matrices import diagonal_blocks, inner
from engine.fitting.level_blocks import gram, product
from engine.fitting.marginal import Vectors, by_factor

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.border import BorderSums
    from engine.fitting.core_matrices import CoreMatrix
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
    squares, traces = np.empty((T, T)), np.empty(T)
    squares[0, 0] = (products.leaf_ZZ**2).sum()
    traces[0] = np.einsum("aaj->", products.leaf_ZZ)
    Zy = _whole_ZQy(products, slice(products.p, None))
    for t, rows in enumerate(slices, start=1):
        if products.cells is not None:
            squares[0, t] = squares[t, 0] = products.cells.sums_of_squares(rows)
        traces[t] = products.core_ZZ[rows, rows].diagonal().sum()
        for j, columns in enumerate(slices, start=1):
            own = products.core_ZZ[rows, columns]
            squares[t, j] = inner(own, own)
    if products.border is not None:
        _add_border(products, products.border, squares, traces)
    sums = np.array([(own**2).sum() for own in by_factor(products, Zy)])
    return squares, traces, sums


def _add_border(
    products: CrossProducts, border: BorderSums, squares: FloatArray, traces: FloatArray
) -> None:
    """Fill in what concerns the border's factors."""
    first = 1 + len(products.core_slices)
    for t, rows in enumerate(border.slices, start=first):
        traces[t] = np.trace(border.ZZ[rows, rows])
        cross = [(border.leaf_ZZ[:, rows] ** 2).sum()]
        cross += [(border.core_ZZ[s, rows] ** 2).sum() for s in products.core_slices]
        cross += [(border.ZZ[s, rows] ** 2).sum() for s in border.slices]
        squares[t] = squares[:, t] = cross


def _whole_ZQy(products: CrossProducts, columns: slice) -> Vectors:
    """Columns of Z'[Q y], effects that were taken out of them put back."""
    leaf, core = products.leaf_ZQy[:, columns], products.core_ZQy[:, columns]
    border = products.border_ZQy[:, columns]
    if products.shift is None:
        return Vectors(leaf, core, border)
    effects = products.shift[:, columns]
    leaf = leaf + product(products.leaf_ZZ, effects)
    if products.cells is not None:
        core = core + products.cells.transposed_times(effects)
    if products.border is not None:
        border = border + gram(products.border.leaf_ZZ, effects)
    return Vectors(leaf, core, border)


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
    sums = [own.sum(axis=2) for own in by_factor(products, ZQ)]
    whole: list[tuple[CoreMatrix, slice]] = [
        (products.core_ZZ, part) for part in products.core_slices
    ]
    if products.border is not None:
        whole += [(products.border.ZZ, part) for part in products.border.slices]
    own = [products.leaf_ZZ.sum(axis=2)]
    for factor, (ZZ, part) in zip(products.factors[1:], whole, strict=True):
        own.append(diagonal_blocks(ZZ, part, factor.n_columns).sum(axis=0))
    return list(zip(own, sums, strict=True))
