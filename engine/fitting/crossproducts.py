"""Cross-products of y, X and Z: after this room no cost depends on the number of rows.

Grouping factors are arranged as one *leaf* factor, the one with most levels, whose part
of Z'Z is block-diagonal, and a *core*: all other factors side by side. Random terms on
the same factor become one factor with several blocks of columns.

Inside, everything is dimensionless: see `row_columns`, whose transformations back are
kept here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.basis import solve_upper
from engine.fitting.core_sums import (
    arrange_core,
    border_sums,
    cells_of,
    core_products,
)
from engine.fitting.level_blocks import product, ridge_inverse
from engine.fitting.memory import check_core, check_rows
from engine.fitting.row_columns import row_columns
from engine.fitting.row_sums import SumsOfRows
from engine.model.covariance import Layout

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.border import BorderSums
    from engine.fitting.cells import Cells
    from engine.fitting.core_matrices import CoreMatrix, Parts
    from engine.fitting.elimination import Elimination
    from engine.fitting.factors import Factor
    from engine.fitting.row_columns import RowColumns
    from engine.model.design import Design

MUCH_LEFT = 1e-3
"""Share of y'y beyond which taking effects out of y first would gain no digits."""


@dataclass(frozen=True, slots=True)
class CrossProducts:
    """What the criterion reads; all arrays on the inner, dimensionless scale.

    Attributes
    ----------
    n, p : int
        Rows, and rank of X.
    factors : tuple of Factor
        The leaf first, then the core's; empty for least squares.
    layout : Layout
        Where theta's elements stand.
    QyQy : ndarray of shape (p + 1, p + 1)
        [Q y]'[Q y].
    leaf_ZZ : ndarray of shape (k, k, J)
        Z_l'Z_l of each leaf level.
    leaf_ZQy : ndarray of shape (k, p + 1, J)
        Z_l'[Q y] of each leaf level.
    cells : Cells or None
        Z_1'Z_2; None without a core.
    core_ZZ : ndarray or sparse array of shape (q, q)
        Z_2'Z_2. Column order: factor, level, column of the level.
    core_ZQy : ndarray of shape (q, p + 1)
        Z_2'[Q y].
    core_slices : tuple of slice
        Where each core factor stands among the core's columns.
    core_parts : Parts or Elimination or None
        Where the core falls apart, or is eliminated: its matrices are then sparse.
    border : BorderSums or None
        Sums with the last factors, where they are kept beside the core.
    R : ndarray of shape (p, p)
        X[:, kept] = Q R.
    kept : tuple of int
        Columns of X that can be estimated.
    dependencies : dict of int to ndarray
        The others, as combinations of the kept ones.
    y_coefficients : ndarray of shape (p,)
        Coefficients on Q of the part of y that was taken out.
    y_scale : float
        Unit of the inner y, in the response's units.
    shift : ndarray of shape (k, p + 1, J) or None
        Leaf effects that were taken out of [Q y] before the sums, where they explain
        nearly all of y: the criterion is then no difference of large numbers. The
        true columns are those of the sums plus Z_1 times the shift.
    left_by_leaf : float
        What a regression in each leaf level leaves of y'y = n, roughly.
    log_weights : float
        Sum of the logarithms of the prior weights.
    """

    n: int
    p: int
    factors: tuple[Factor, ...]
    layout: Layout
    QyQy: FloatArray
    leaf_ZZ: FloatArray
    leaf_ZQy: FloatArray
    cells: Cells | None
    core_ZZ: CoreMatrix
    core_ZQy: FloatArray
    core_slices: tuple[slice, ...]
    core_parts: Parts | Elimination | None
    border: BorderSums | None
    R: FloatArray
    kept: tuple[int, ...]
    dependencies: dict[int, FloatArray]
    y_coefficients: FloatArray
    y_scale: float
    shift: FloatArray | None
    left_by_leaf: float
    log_weights: float

    @property
    def border_ZQy(self) -> FloatArray:
        """Z_y'[Q y] of the border: shape (q_y, p + 1)."""
        if self.border is None:
            return np.zeros((0, self.core_ZQy.shape[1]))
        return self.border.ZQy


def reduce_rows(design: Design) -> CrossProducts:
    """Take all sums over rows that a fit needs.

    Parameters
    ----------
    design : Design
        Model matrices; not modified.

    Returns
    -------
    CrossProducts

    Raises
    ------
    DesignError
        If the fixed part explains the response exactly.
    FitError
        If rows, or the smaller grouping factors together, are too large for memory.
    """
    check_rows(design)
    rows = row_columns(design)
    sums = SumsOfRows(rows)
    shift, left = None, float(len(design.y))
    if rows.factors:
        left = _left_by_leaf(sums.leaf_ZZ, sums.leaf_ZQy, rows)
    if left <= MUCH_LEFT * len(design.y):
        rows = row_columns(design, is_explicit=True)
        rows, shift = _without_leaf_effects(SumsOfRows(rows), rows)
        sums = SumsOfRows(rows)
    sizes = [[s.stop - s.start for s in factor.blocks] for factor in rows.factors]
    core = arrange_core(rows)
    check_core(design, rows, core)
    core_ZQy = [sums.other_ZQy[t - 1] for t in core.core]
    return CrossProducts(
        n=len(design.y),
        p=len(rows.R),
        factors=rows.factors,
        layout=Layout.of_blocks(sizes),
        QyQy=sums.QyQy,
        leaf_ZZ=sums.leaf_ZZ,
        leaf_ZQy=sums.leaf_ZQy,
        cells=cells_of(rows, core) if core.n_core else None,
        core_ZZ=core_products(rows, core),
        core_ZQy=np.concatenate([np.zeros((0, len(rows.to_Qy))), *core_ZQy]),
        core_slices=core.slices_of(core.core),
        core_parts=core.parts,
        border=border_sums(rows, core, sums),
        R=rows.R,
        kept=rows.kept,
        dependencies=rows.dependencies,
        y_coefficients=rows.y_coefficients,
        y_scale=rows.y_scale,
        shift=shift,
        left_by_leaf=left,
        log_weights=0.0 if design.weights is None else np.log(design.weights).sum(),
    )


def _left_by_leaf(ZZ: FloatArray, ZQy: FloatArray, rows: RowColumns) -> float:
    """What effects of the leaf leave of y'y: rounding may have made it negative."""
    effects = _least_squares(ZZ, ZQy[:, -1:])
    explained = 2 * np.sum(effects * ZQy[:, -1:])
    explained -= np.sum(effects * product(ZZ, effects))
    n = rows.W.shape[1]  # y'y = n
    return float(n - explained)


def _least_squares(ZZ: FloatArray, right: FloatArray) -> FloatArray:
    """(Z_l'Z_l + a ridge)^-1 times right sides of each level."""
    return product(ridge_inverse(ZZ), right)


def _without_leaf_effects(
    sums: SumsOfRows, rows: RowColumns
) -> tuple[RowColumns, FloatArray]:
    """Take least-squares effects of the leaf out of [Q y] where they explain it.

    Returns
    -------
    RowColumns
        With what is left of each column.
    shift : ndarray of shape (k, p + 1, J)
        The effects; zero for columns that they hardly explain.
    """
    shift = _least_squares(sums.leaf_ZZ, sums.leaf_ZQy)
    own, Z = list(rows.Qy_rows), rows.Z(0)
    Qy = rows.W[own]
    rest = Qy - np.einsum("ki,kmi->mi", Z, shift[:, :, rows.codes[0]])
    is_little = (rest**2).sum(axis=1) <= MUCH_LEFT * (Qy**2).sum(axis=1)
    W = rows.W.copy()
    W[own] = np.where(is_little[:, None], rest, Qy)
    return replace(rows, W=W), np.where(is_little[:, None], shift, 0.0)


def user_coefficients(products: CrossProducts, inner: FloatArray) -> FloatArray:
    """Coefficients of the kept columns of X, in the user's units.

    Parameters
    ----------
    products : CrossProducts
    inner : ndarray of shape (p,)
        Coefficients on Q of the inner y.

    Returns
    -------
    ndarray of shape (p,)
    """
    total = products.y_scale * inner + products.y_coefficients
    return solve_upper(products.R, total)
