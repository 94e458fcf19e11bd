"""The matrices X, Z and V of a fitted model, small enough to be drawn.

Rows are sorted by their groups, so that Z comes as a staircase and V as blocks. Of a
large design evenly spaced rows and columns are taken; nothing of the size n x n, or of
the size n x levels, is ever made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.model.levels import make_grouping
from engine.model.spec import INTERCEPT
from engine.reporting.model_facts import block_labels, fixed_labels, ordered_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.fitted_model import FittedModel
    from engine.model.design import RandomBlock
    from engine.model.levels import Grouping

FEWEST_PER_LEVEL = 4
"""Rows of each group that a sample of many groups has room for."""


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPicture:
    """A matrix, or a sample of its rows and columns.

    Attributes
    ----------
    name : str
        X, Z or V.
    values : ndarray of shape (rows shown, columns shown)
        Between -1 and 1; read-only.
    row_labels, column_labels : tuple of str
        Of what is shown.
    n_rows, n_columns : int
        Of the whole matrix.
    """

    name: str
    values: FloatArray
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    n_rows: int
    n_columns: int

    @property
    def is_sampled(self) -> bool:
        """Whether only a part is shown."""
        return self.values.shape != (self.n_rows, self.n_columns)

    @property
    def size(self) -> str:
        """How large the matrix is, and what is shown of it."""
        whole = f"{self.n_rows} × {self.n_columns}"
        if not self.is_sampled:
            return whole
        rows, columns = self.values.shape
        return f"{whole}, of which {rows} × {columns} are shown"


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPictures:
    """The matrices of one model, for the same rows in the same order.

    Attributes
    ----------
    X : MatrixPicture
        Columns of the fixed part, each divided by its largest absolute value.
    Z : MatrixPicture or None
        The same of the random part, a copy for each group; None without one.
    V : MatrixPicture
        Correlations of the rows that the model implies: its covariance matrix, with
        every row's standard deviation divided out.
    rows : tuple of int
        Positions of the rows shown among the rows used.
    """

    X: MatrixPicture
    Z: MatrixPicture | None
    V: MatrixPicture
    rows: tuple[int, ...]


def matrix_pictures(
    model: FittedModel, max_rows: int = 48, max_columns: int = 48
) -> MatrixPictures:
    """Make the matrices of a model small enough to be drawn.

    Parameters
    ----------
    model : FittedModel
    max_rows, max_columns : int
        Most that are shown, at least 1; V shows at most `max_rows` both ways.

    Returns
    -------
    MatrixPictures
    """
    rows = _rows_shown(_groupings(model), model.n_rows, max_rows)
    labels = tuple(str(label) for label in model.design.rows[rows])
    return MatrixPictures(
        X=_fixed(model, rows, labels, max_columns),
        Z=_random(model, rows, labels, max_columns) if model.is_mixed else None,
        V=MatrixPicture(
            "V",
            _frozen(_correlations(model, rows)),
            labels,
            labels,
            *[model.n_rows] * 2,
        ),
        rows=tuple(rows.tolist()),
    )


# ---- rows ---------------------------------------------------------------------


def _groupings(model: FittedModel) -> list[Grouping]:
    """Groupings by which rows are sorted: that of the sentence within coarser ones."""
    found = {block.grouping.name: block.grouping for block in model.design.blocks}
    kept = model.spec.grouping
    if kept is not None and kept not in found and kept in model.design.frame:
        found[kept] = make_grouping(model.design.frame, (kept,))
    if not found:
        return []
    main = found[kept] if kept in found else next(iter(found.values()))
    others = sorted(
        (own for own in found.values() if own is not main),
        key=lambda own: len(own.levels),
    )
    outer = [own for own in others if _is_within(main, own)]
    return [*outer, main, *(own for own in others if not _is_within(main, own))]


def _is_within(inner: Grouping, outer: Grouping) -> bool:
    """Whether each group lies within one group of the other grouping."""
    n_outer = len(outer.levels)
    pairs = np.unique(inner.codes * n_outer + outer.codes)
    return len(pairs) == len(inner.levels) > n_outer


def _rows_shown(groupings: Sequence[Grouping], n: int, most: int) -> IntArray:
    """Positions of the rows shown, group by group."""
    order: IntArray = np.arange(n)
    if groupings:
        order = np.lexsort([own.codes for own in reversed(groupings)])
    if n > most and groupings and 2 * len(groupings[0].levels) > most:
        # evenly spaced rows would all be of different groups, and show no block
        first = groupings[0]
        n_levels = max(most // FEWEST_PER_LEVEL, 1)
        levels = _evenly(np.arange(len(first.levels)), n_levels)
        order = order[np.isin(first.codes[order], levels)]
    return _evenly(order, most)


def _evenly(values: IntArray, most: int) -> IntArray:
    """At most so many of some values, evenly spaced."""
    if len(values) <= most:
        return values
    chosen: IntArray = values[np.arange(most) * len(values) // most]
    return chosen


# ---- X and Z ------------------------------------------------------------------


def _fixed(
    model: FittedModel, rows: IntArray, labels: tuple[str, ...], most: int
) -> MatrixPicture:
    matrix = model.design.X
    is_lost = np.isnan(model.estimates.beta)
    names = [
        f"{label.text} (left out)" if lost else label.text
        for label, lost in zip(fixed_labels(model), is_lost, strict=True)
    ]
    shown = _evenly(np.arange(matrix.shape[1]), most)
    values = _scaled(matrix[np.ix_(rows, shown)], matrix[:, shown])
    columns = tuple(names[i] for i in shown)
    return MatrixPicture("X", _frozen(values), labels, columns, *matrix.shape)


def _random(
    model: FittedModel, rows: IntArray, labels: tuple[str, ...], most: int
) -> MatrixPicture:
    blocks = ordered_blocks(model)
    parts, names = [], []
    for block, share in zip(blocks, _shares(blocks, rows, most), strict=True):
        part, own_names = _copies(block, rows, share)
        parts.append(part)
        names += own_names
    values = np.hstack(parts)
    n_columns = sum(len(b.grouping.levels) * len(b.terms) for b in blocks)
    columns = tuple(names)
    return MatrixPicture("Z", _frozen(values), labels, columns, model.n_rows, n_columns)


def _shares(blocks: Sequence[RandomBlock], rows: IntArray, most: int) -> list[int]:
    """How many columns each block may show: small ones all, the others alike."""
    wanted = [len(np.unique(b.grouping.codes[rows])) * len(b.terms) for b in blocks]
    shares = [0] * len(blocks)
    left = most
    for n_waiting, i in zip(
        range(len(blocks), 0, -1), np.argsort(wanted, kind="stable"), strict=True
    ):
        shares[i] = min(wanted[i], left // n_waiting)
        left -= shares[i]
    return shares


def _copies(
    block: RandomBlock, rows: IntArray, most: int
) -> tuple[FloatArray, list[str]]:
    """Columns of a block for the levels that the rows have, level by level."""
    own, k = block.Z[rows], len(block.terms)
    codes = block.grouping.codes[rows]
    levels = _evenly(np.unique(codes), -(-most // k))
    is_in = codes[:, None] == levels[None, :]
    scaled = _scaled(own, block.Z)
    wide = (is_in[:, :, None] * scaled[:, None, :]).reshape(len(rows), -1)
    terms = [
        "" if name == INTERCEPT else f", {label.text}"
        for name, label in zip(block.terms, block_labels(block), strict=True)
    ]
    names = [f"{block.grouping.levels[i]}{term}" for i in levels for term in terms]
    return wide[:, :most], names[:most]


def _scaled(values: FloatArray, whole: FloatArray) -> FloatArray:
    """Columns divided by the largest absolute value that they have anywhere."""
    largest = np.maximum(whole.max(axis=0), -whole.min(axis=0))
    scaled: FloatArray = values / np.where(largest > 0, largest, 1.0)
    return scaled


# ---- V ------------------------------------------------------------------------


def _correlations(model: FittedModel, rows: IntArray) -> FloatArray:
    """Correlations of some rows, from their own covariance matrix."""
    design, estimates = model.design, model.estimates
    covariance: FloatArray = np.zeros((len(rows), len(rows)))
    for block, own in zip(design.blocks, estimates.blocks, strict=True):
        own_columns, codes = block.Z[rows], block.grouping.codes[rows]
        shared = own_columns @ own.covariance @ own_columns.T
        covariance += shared * (codes[:, None] == codes[None, :])
    residual = np.full(len(rows), estimates.sigma**2)
    if estimates.sigma_by_row is not None:
        residual = estimates.sigma_by_row[rows] ** 2
    if design.weights is not None:
        residual = residual / design.weights[rows]
    # a group that is reproduced exactly has no residual SD; its rows stay independent
    covariance[np.diag_indices_from(covariance)] += np.nan_to_num(residual)
    sd = np.sqrt(np.diag(covariance))
    sd = np.where(sd > 0, sd, 1.0)
    shown: FloatArray = np.clip(covariance / sd[:, None] / sd[None, :], -1.0, 1.0)
    np.fill_diagonal(shown, 1.0)
    return shown


def _frozen(values: FloatArray) -> FloatArray:
    values.flags.writeable = False
    return values
