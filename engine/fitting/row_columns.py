"""The columns of numbers that a fit sums over rows, and what is made of the sums.

Inside a fit X is replaced by an orthonormal basis Q, y by its residual from Q divided
by its root mean square, and each block of Z by whitened columns (mean of z z' over
rows = I). All are combinations of few *distinct* columns W, mostly the covariates
themselves. Only W is summed; the combinations are taken of the sums, which is as exact
where the covariates are far from dependent. Elsewhere W holds Q and the whitened Z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DesignError
from engine.fitting.basis import orthogonal_basis
from engine.fitting.factors import Factor, blocks_by_factor, factor_of

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.model.design import Design

CLEAR = 0.03
"""What must be new in each covariate, as a share of its spread, to be summed itself."""
LARGEST, SMALLEST = 1e100, 1e-100
"""Spreads beyond which squares are not safe."""
CONSTANT = 1e-9
"""A covariate whose spread is this share of its size is left to `orthogonal_basis`."""
FEW_COLUMNS, MANY_ROWS = 6, 10_000
"""Shapes whose products are faster column by column."""
NOT_MOST = 1e-2
"""Share of y'y that X must leave for the residual's sums to be taken as differences."""
PERFECT_FIT = 1e-13
"""Residual share of the response below which nothing is left to explain."""


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Distinct columns of the weighted rows, and combinations of them.

    Attributes
    ----------
    W : ndarray of shape (m, n)
        Each column a row of the array: p for the fixed part, further ones of Z, and
        last the response's residual.
    is_ones : bool
        Whether the first is one in every row.
    to_Qy : ndarray of shape (p + 1, p + 1)
        [Q y] = [W_1 .. W_p, W_m] to_Qy.
    parts : tuple of (tuple of int, ndarray of shape (s, k))
        For each factor the rows of W, and how its whitened columns follow from them.
    factors : tuple of Factor
        The leaf first.
    codes : tuple of ndarray of int, shape (n,)
        Level of each row, by factor.
    R : ndarray of shape (p, p)
        X[:, kept] = Q R.
    kept : tuple of int
    dependencies : dict of int to ndarray
        Other columns of X, as combinations of the kept ones.
    y_coefficients : ndarray of shape (p,)
        Coefficients on Q of the part of y that was taken out.
    y_scale : float
        Unit of the inner y, in the response's units.
    gram : ndarray of shape (p + 1, p + 1) or None
        W W' of the rows from which [Q y] follows, where it is known.
    """

    W: FloatArray
    is_ones: bool
    to_Qy: FloatArray
    parts: tuple[tuple[tuple[int, ...], FloatArray], ...]
    factors: tuple[Factor, ...]
    codes: tuple[IntArray, ...]
    R: FloatArray
    kept: tuple[int, ...]
    dependencies: dict[int, FloatArray]
    y_coefficients: FloatArray
    y_scale: float
    gram: FloatArray | None = None

    @property
    def Qy_rows(self) -> tuple[int, ...]:
        """Rows of W from which [Q y] follows."""
        return (*range(len(self.to_Qy) - 1), len(self.W) - 1)

    def Z(self, t: int) -> FloatArray:
        """Whitened columns of a factor: shape (k, n)."""
        rows, to_Z = self.parts[t]
        made: FloatArray = to_Z.T @ self.W[list(rows)]
        return made


def row_columns(design: Design, *, is_explicit: bool = False) -> RowColumns:
    """Choose the columns to sum.

    Parameters
    ----------
    design : Design
        Not modified.
    is_explicit : bool
        Whether Q and the whitened Z must stand in W themselves.

    Returns
    -------
    RowColumns

    Raises
    ------
    DesignError
        If the fixed part explains the response exactly.
    """
    weights = None if design.weights is None else np.sqrt(design.weights)
    if not is_explicit:
        shared = _shared(design, weights)
        if shared is not None:
            return shared
    return _explicit(design, weights)


def _shared(design: Design, root_weights: FloatArray | None) -> RowColumns | None:
    """Covariates as they are, centred; None where that is not safe or not enough."""
    n, p = design.matrix.shape
    places = [block.places for block in design.blocks]
    is_possible = design.blocks and design.has_intercept and n > p
    if not is_possible or any(own is None for own in places):
        return None
    W, means = _centred(design, root_weights)
    G = _gram(W)
    R = _clear_root(G[:p, :p], means[:p], n)  # W = Q R
    if R is None:
        return None
    inverse = np.linalg.inv(R)
    on_Q = inverse.T @ G[:p, p]
    in_y = inverse @ on_Q
    size = np.sqrt(G[p, p] + means[p] * (means[p] * G[0, 0] + 2 * G[0, p]))
    rest = G[p, p] - on_Q @ on_Q
    if rest < NOT_MOST * G[p, p]:  # differences of sums would lose digits
        W[p] -= in_y @ W[:p]
        G[p] = G[:, p] = W @ W[p]
        in_y, rest = 0.0 * in_y, G[p, p]
    unit = _unit(design, n - p, float(np.sqrt(rest)), float(size))
    to_X = np.eye(p)
    to_X[0, 1:] = means[1:p]  # X = W to_X
    R_X = R @ to_X
    parts, factors, codes = _combined(design, R_X, to_X)
    return RowColumns(
        W=W,
        is_ones=root_weights is None,
        to_Qy=np.block([[inverse, -in_y[:, None] / unit], [np.zeros(p), 1 / unit]]),
        parts=parts,
        factors=factors,
        codes=codes,
        R=R_X,
        kept=tuple(range(p)),
        dependencies={},
        y_coefficients=on_Q + means[p] * R[:, 0],
        y_scale=unit,
        gram=G,
    )


def _gram(W: FloatArray) -> FloatArray:
    """W W'; BLAS is slow where few rows are very long."""
    m, n = W.shape
    if m > FEW_COLUMNS or n < MANY_ROWS:
        whole: FloatArray = W @ W.T
        return whole
    G = np.empty((m, m))
    for i in range(m):
        for j in range(i + 1):
            G[i, j] = G[j, i] = W[i] @ W[j]
    return G


def _clear_root(G: FloatArray, means: FloatArray, n: int) -> FloatArray | None:
    """R with R'R = W'W where the columns W are far from dependent, else None."""
    sizes = np.sqrt(np.diag(G))
    spreads, least = sizes / np.sqrt(n), np.abs(means) * CONSTANT
    if not ((spreads > SMALLEST) & (spreads < LARGEST) & (spreads > least)).all():
        return None
    try:
        L = np.linalg.cholesky(G / np.outer(sizes, sizes))
    except np.linalg.LinAlgError:
        return None
    return None if np.diag(L).min() < CLEAR else L.T * sizes


def _combined(
    design: Design, R_X: FloatArray, to_X: FloatArray
) -> tuple[
    tuple[tuple[tuple[int, ...], FloatArray], ...],
    tuple[Factor, ...],
    tuple[IntArray, ...],
]:
    """Whitened columns of each factor as combinations of W, from X = W to_X = Q R_X."""
    parts, factors, codes = [], [], []
    for indices in blocks_by_factor(design):
        own = [list(design.blocks[i].places or ()) for i in indices]
        transforms = [_whitening(R_X[:, places], len(design.y)) for places in own]
        white = [
            to_X[:, places] @ np.linalg.inv(T)
            for places, T in zip(own, transforms, strict=True)
        ]
        to_Z = np.column_stack(white)
        rows = np.flatnonzero(to_Z.any(axis=1))
        parts.append((tuple(rows.tolist()), to_Z[rows]))
        factors.append(factor_of(design, indices, transforms))
        codes.append(design.blocks[indices[0]].grouping.codes)
    return tuple(parts), tuple(factors), tuple(codes)


def _centred(
    design: Design, root_weights: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Ones, covariates and response about their means, times the weights' roots."""
    n, p = design.matrix.shape
    W, means = np.empty((p + 1, n)), np.zeros(p + 1)
    W[0] = 1.0 if root_weights is None else root_weights
    y = design.y if design.offset is None else design.y - design.offset
    for j, values in enumerate([*design.matrix.columns[1:], y], start=1):
        if root_weights is None:
            means[j] = values.mean()
            np.subtract(values, means[j], out=W[j])
        else:
            squares = root_weights**2
            means[j] = (values @ squares) / squares.sum()
            np.multiply(values - means[j], root_weights, out=W[j])
    return W, means


def _whitening(columns: FloatArray, n: int) -> FloatArray:
    """T of a block whose columns are given by their coordinates on Q."""
    T = np.linalg.qr(columns, mode="r") / np.sqrt(n)
    signed: FloatArray = T * np.where(T.diagonal() < 0, -1.0, 1.0)[:, None]
    return signed


def _explicit(design: Design, root_weights: FloatArray | None) -> RowColumns:
    """Q and whitened columns of Z themselves; dependent columns of X give way."""
    basis = orthogonal_basis(design.X, root_weights)
    y, coefficients, unit = _residual_response(design, basis.Q, root_weights)
    columns, parts, factors, codes = [basis.Q.T], [], [], []
    place = basis.Q.shape[1]
    for indices in blocks_by_factor(design):
        transforms, k = [], 0
        for index in indices:
            white, T = _whitened(design.blocks[index].Z, root_weights)
            columns.append(white.T)
            transforms.append(T)
            k += len(T)
        parts.append((tuple(range(place, place + k)), np.eye(k)))
        place += k
        factors.append(factor_of(design, indices, transforms))
        codes.append(design.blocks[indices[0]].grouping.codes)
    return RowColumns(
        W=np.concatenate([*columns, y[None]]),
        is_ones=False,
        to_Qy=np.eye(basis.Q.shape[1] + 1),
        parts=tuple(parts),
        factors=tuple(factors),
        codes=tuple(codes),
        R=basis.R,
        kept=basis.kept,
        dependencies=basis.dependencies,
        y_coefficients=coefficients,
        y_scale=unit,
    )


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
    size, left = float(np.sqrt(y @ y)), float(np.sqrt(rest @ rest))
    unit = _unit(design, len(y) - Q.shape[1], left, size)
    return rest / unit, coefficients + again, unit


def _unit(design: Design, df: int, left: float, size: float) -> float:
    """Root mean square of what X leaves of the response; both lengths are given."""
    if left <= PERFECT_FIT * size or df <= 0:
        raise DesignError(
            f"The fixed part reproduces every value of {design.response_name} exactly, "
            "so nothing is left from which to estimate variation.",
            "Remove terms from the fixed part, or check that the response was not "
            "computed from the covariates.",
        )
    return left / float(np.sqrt(len(design.y)))


def _whitened(
    Z: FloatArray, root_weights: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Uncorrelated columns of mean square one and T, which undoes that exactly.

    Columns that depend on each other are scaled only: their likelihood is flat in some
    directions, and stays so.
    """
    n, k = Z.shape
    basis = orthogonal_basis(Z, root_weights)
    if len(basis.kept) == k:
        return basis.Q * np.sqrt(n), basis.R / np.sqrt(n)
    weighted = Z if root_weights is None else Z * root_weights[:, None]
    scales = np.sqrt(np.mean(weighted**2, axis=0))
    scales[scales == 0] = 1.0
    return weighted / scales, np.diag(scales)
