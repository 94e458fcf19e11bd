"""Cross-products of y, X and Z: after this room no cost depends on the number of rows.

Grouping factors are arranged as one *leaf* factor, the one with most levels, whose part
of Z'Z is block-diagonal, and a *core*: all other factors side by side. Random terms on
the same factor become one factor with several blocks of columns.

Inside, everything is dimensionless: X is replaced by an orthonormal basis Q, y by its
residual from Q divided by its root mean square, and each block of Z by whitened
columns (mean of z z' over rows = I). The transformations back are kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DesignError
from engine.fitting.basis import orthogonal_basis, solve_upper
from engine.fitting.row_sums import core_parts, core_sums, leaf_sums, level_sums
from engine.model.covariance import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.fitting.core_matrices import CoreMatrix, Parts
    from engine.model.design import Design, RandomBlock

MUCH_LEFT = 1e-3
"""Share of y'y beyond which taking effects out of y first would gain no digits."""
RIDGE = 1e-6
"""Added to the diagonals of Z_l'Z_l, for levels with fewer rows than columns."""
PERFECT_FIT = 1e-13
"""Residual share of the response below which nothing is left to explain."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One grouping factor with all its columns of Z.

    Attributes
    ----------
    n_levels, n_columns : int
        J and k.
    blocks : tuple of slice
        Columns that are correlated with each other; different blocks are independent.
    block_indices : tuple of int
        Position of each block in the design's list.
    transforms : tuple of ndarray of shape (k_b, k_b)
        For each block T with Z = Z_white T: b_white = T b.
    """

    n_levels: int
    n_columns: int
    blocks: tuple[slice, ...]
    block_indices: tuple[int, ...]
    transforms: tuple[FloatArray, ...]


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
    leaf_ZZ : ndarray of shape (J, k, k)
        Z_l'Z_l of each leaf level.
    leaf_ZQy : ndarray of shape (J, k, p + 1)
        Z_l'[Q y] of each leaf level.
    leaf_core : tuple of k arrays of shape (J, q), sparse or dense
        Z_1'Z_2, for each leaf column; empty without a core.
    core_ZZ : ndarray or sparse array of shape (q, q)
        Z_2'Z_2. Column order: factor, level, column of the level.
    core_ZQy : ndarray of shape (q, p + 1)
        Z_2'[Q y].
    core_slices : tuple of slice
        Where each core factor stands among the core's columns.
    core_parts : Parts or None
        Where the core falls apart: its matrices are then sparse.
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
    shift : ndarray of shape (J, k, p + 1) or None
        Leaf effects that were taken out of [Q y] before the sums, where they explain
        nearly all of y: the criterion is then no difference of large numbers. The
        true columns are those of the sums plus Z_1 times the shift.
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
    leaf_core: tuple[CoreMatrix, ...]
    core_ZZ: CoreMatrix
    core_ZQy: FloatArray
    core_slices: tuple[slice, ...]
    core_parts: Parts | None
    R: FloatArray
    kept: tuple[int, ...]
    dependencies: dict[int, FloatArray]
    y_coefficients: FloatArray
    y_scale: float
    shift: FloatArray | None
    log_weights: float


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
        If the smaller grouping factors together are too large for memory.
    """
    root_weights = None if design.weights is None else np.sqrt(design.weights)
    basis = orthogonal_basis(design.X, root_weights)
    y, y_coefficients, y_scale = _residual_response(design, basis.Q, root_weights)
    factors, codes, columns = arrange(design, root_weights)
    Qy = np.empty((len(y), basis.Q.shape[1] + 1), order="F")
    Qy[:, :-1], Qy[:, -1] = basis.Q, y
    leaf_ZZ, leaf_ZQy = leaf_sums(factors, codes, columns, Qy)
    Qy, shift = _without_leaf_effects(leaf_ZZ, leaf_ZQy, Qy, codes, columns)
    if shift is not None:
        leaf_ZQy = level_sums(codes[0], columns[0], Qy, len(leaf_ZZ))
    layout = Layout.of_blocks(
        [[s.stop - s.start for s in factor.blocks] for factor in factors]
    )
    parts = core_parts(factors, codes)
    leaf_core, core_ZZ, core_ZQy = core_sums(factors, codes, columns, Qy, parts)
    return CrossProducts(
        n=len(y),
        p=basis.Q.shape[1],
        factors=factors,
        layout=layout,
        QyQy=Qy.T @ Qy,
        leaf_ZZ=leaf_ZZ,
        leaf_ZQy=leaf_ZQy,
        leaf_core=leaf_core,
        core_ZZ=core_ZZ,
        core_ZQy=core_ZQy,
        core_slices=_core_slices(factors),
        core_parts=parts,
        R=basis.R,
        kept=basis.kept,
        dependencies=basis.dependencies,
        y_coefficients=y_coefficients,
        y_scale=y_scale,
        shift=shift,
        log_weights=0.0 if root_weights is None else 2 * np.log(root_weights).sum(),
    )


def _core_slices(factors: tuple[Factor, ...]) -> tuple[slice, ...]:
    """Columns of each factor but the leaf."""
    ends = np.cumsum([0] + [f.n_levels * f.n_columns for f in factors[1:]]).tolist()
    return tuple(slice(a, b) for a, b in pairwise(ends))


def _residual_response(
    design: Design, Q: FloatArray, root_weights: FloatArray | None
) -> tuple[FloatArray, FloatArray, float]:
    """Take the part of y that lies in Q out and scale the rest to mean square one."""
    y = design.y if design.offset is None else design.y - design.offset
    if root_weights is not None:
        y = y * root_weights
    coefficients = Q.T @ y
    rest = y - Q @ coefficients
    again = Q.T @ rest  # once more: the first pass leaves rounding of the size of y
    rest -= Q @ again
    scale = float(np.sqrt(np.mean(rest**2)))
    if scale <= PERFECT_FIT * float(np.sqrt(np.mean(y**2))) or len(y) <= Q.shape[1]:
        raise DesignError(
            f"The fixed part reproduces every value of {design.response_name} exactly, "
            "so nothing is left from which to estimate variation.",
            "Remove terms from the fixed part, or check that the response was not "
            "computed from the covariates.",
        )
    return rest / scale, coefficients + again, scale


def _without_leaf_effects(
    ZZ: FloatArray,
    ZQy: FloatArray,
    Qy: FloatArray,
    codes: list[IntArray],
    columns: list[FloatArray],
) -> tuple[FloatArray, FloatArray | None]:
    """Take least-squares effects of the leaf out of [Q y], if little of y is left then.

    Returns
    -------
    Qy : ndarray of shape (n, p + 1)
        What is left of each column; the same when much of y would be left.
    shift : ndarray of shape (J, k, p + 1) or None
        The effects; zero for columns that they hardly explain.
    """
    if not len(ZZ):
        return Qy, None
    ridge = RIDGE * np.eye(ZZ.shape[1])
    Zy = ZQy[:, :, -1:]
    effects = np.linalg.solve(ZZ + ridge, Zy)
    explained = 2 * np.sum(effects * Zy) - np.sum(effects * (ZZ @ effects))
    if len(Qy) - explained > MUCH_LEFT * len(Qy):  # y'y = n
        return Qy, None
    shift = np.linalg.solve(ZZ + ridge, ZQy)
    rest = Qy - np.einsum("ik,ikm->im", columns[0], shift[codes[0]])
    is_little = (rest**2).sum(axis=0) <= MUCH_LEFT * (Qy**2).sum(axis=0)
    return np.where(is_little, rest, Qy), np.where(is_little, shift, 0.0)


def arrange(
    design: Design, root_weights: FloatArray | None
) -> tuple[tuple[Factor, ...], list[IntArray], list[FloatArray]]:
    """Join the blocks of one factor, whiten them, and put the largest factor first.

    Parameters
    ----------
    design : Design
    root_weights : ndarray of shape (n,) or None
        Square roots of the prior weights.

    Returns
    -------
    factors : tuple of Factor
    codes : list of ndarray of int, shape (n,)
        Level of each row, by factor.
    columns : list of ndarray of shape (n, k)
        Whitened columns of the weighted rows, by factor.
    """
    by_group: dict[str, list[int]] = {}
    for index, block in enumerate(design.blocks):
        by_group.setdefault(block.grouping.name, []).append(index)
    order = sorted(
        by_group.values(), key=lambda i: -len(design.blocks[i[0]].grouping.levels)
    )
    factors, codes, columns = [], [], []
    for indices in order:
        blocks = [design.blocks[i] for i in indices]
        whitened, transforms = _whiten(blocks, root_weights)
        ends = np.cumsum([0] + [len(b.terms) for b in blocks])
        factors.append(
            Factor(
                n_levels=len(blocks[0].grouping.levels),
                n_columns=int(ends[-1]),
                blocks=tuple(slice(int(a), int(b)) for a, b in pairwise(ends)),
                block_indices=tuple(indices),
                transforms=transforms,
            )
        )
        codes.append(blocks[0].grouping.codes)
        columns.append(whitened)
    return tuple(factors), codes, columns


def _whiten(
    blocks: Sequence[RandomBlock], root_weights: FloatArray | None
) -> tuple[FloatArray, tuple[FloatArray, ...]]:
    """Give every block uncorrelated columns of mean square one, exactly undone by T.

    A block whose columns depend on each other is scaled only: its likelihood is flat in
    some directions, and stays so.
    """
    parts, transforms = [], []
    for block in blocks:
        n, k = block.Z.shape
        basis = orthogonal_basis(block.Z, root_weights)
        if len(basis.kept) == k:
            parts.append(basis.Q * np.sqrt(n))
            transforms.append(basis.R / np.sqrt(n))
            continue
        Z = block.Z if root_weights is None else block.Z * root_weights[:, None]
        scales = np.sqrt(np.mean(Z**2, axis=0))
        scales[scales == 0] = 1.0
        parts.append(Z / scales)
        transforms.append(np.diag(scales))
    whole = parts[0] if len(parts) == 1 else np.column_stack(parts)
    return np.asfortranarray(whole), tuple(transforms)


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
