"""The matrices X, Z, G, R and V of a fitted model, small enough to be drawn.

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
from engine.reporting.matrix_picture import MatrixPicture
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
    G : MatrixPicture or None
        Covariance of the effects that the columns of Z shown stand for, divided by its
        largest entry; None without a random part.
    R : MatrixPicture
        Covariance of the residuals, divided by its largest entry.
    rows : tuple of int
        Positions of the rows shown among the rows used.
    """

    X: MatrixPicture
    Z: MatrixPicture | None
    V: MatrixPicture
    G: MatrixPicture | None
    R: MatrixPicture
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
    random: tuple[MatrixPicture | None, MatrixPicture | None] = (None, None)
    if model.is_mixed:
        random = _random(model, rows, labels, max_columns)
    return MatrixPictures(
        X=_fixed(model, rows, labels, max_columns),
        Z=random[0],
        G=random[1],
        R=_residual(model, rows, labels),
        V=MatrixPicture(
            "V",
            _frozen(_correlations(model, rows)),
            labels,
            labels,
            model.n_rows,
            model.n_rows,
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
    chosen = _evenly(np.arange(matrix.shape[1]), most)
    scales = _largest(matrix[:, chosen])
    values = matrix[np.ix_(rows, chosen)] / scales
    columns = tuple(names[i] for i in chosen)
    n, p = matrix.shape
    return MatrixPicture(
        "X", _frozen(values), labels, columns, n, p, tuple(scales.tolist())
    )


def _random(
    model: FittedModel, rows: IntArray, labels: tuple[str, ...], most: int
) -> tuple[MatrixPicture, MatrixPicture]:
    """Z and, for the same columns, G."""
    blocks = ordered_blocks(model)
    parts = [
        _copies(block, rows, share)
        for block, share in zip(blocks, _shares(blocks, rows, most), strict=True)
    ]
    names = tuple(name for part in parts for name in part.names)
    scales = tuple(scale for part in parts for scale in part.scales)
    values = np.hstack([part.values for part in parts])
    n = sum(len(b.grouping.levels) * len(b.terms) for b in blocks)
    covariance = _covariance(model, [len(part.names) for part in parts])
    largest = float(np.abs(covariance).max(initial=0.0)) or 1.0
    scaled = _frozen(covariance / largest)
    return (
        MatrixPicture("Z", _frozen(values), labels, names, model.n_rows, n, scales),
        MatrixPicture("G", scaled, names, names, n, n, (largest,) * len(names)),
    )


def _covariance(model: FittedModel, sizes: list[int]) -> FloatArray:
    """Covariance of the effects of the first columns of each block."""
    covariance: FloatArray = np.zeros((sum(sizes), sum(sizes)))
    start = 0
    for place, size in zip(model.estimates.block_order, sizes, strict=True):
        own = model.estimates.blocks[place].covariance
        for position in range(start, start + size, len(own)):
            stop = min(position + len(own), start + size)
            here, k = slice(position, stop), stop - position
            covariance[here, here] = own[:k, :k]
        start += size
    return covariance


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


@dataclass(frozen=True, slots=True, eq=False)
class _Copies:
    """Columns of Z that a block has, with their names and scales."""

    values: FloatArray
    names: list[str]
    scales: list[float]


def _copies(block: RandomBlock, rows: IntArray, most: int) -> _Copies:
    """Columns of a block for the levels that the rows have, level by level."""
    own, k = block.Z[rows], len(block.terms)
    codes = block.grouping.codes[rows]
    levels = _evenly(np.unique(codes), -(-most // k))
    is_in = codes[:, None] == levels[None, :]
    scales = _largest(block.Z)
    scaled = own / scales
    wide = (is_in[:, :, None] * scaled[:, None, :]).reshape(len(rows), -1)
    terms = [
        "" if name == INTERCEPT else f", {label.text}"
        for name, label in zip(block.terms, block_labels(block), strict=True)
    ]
    names = [f"{block.grouping.levels[i]}{term}" for i in levels for term in terms]
    return _Copies(wide[:, :most], names[:most], (scales.tolist() * len(levels))[:most])


def _largest(whole: FloatArray) -> FloatArray:
    """The largest absolute value of each column, and 1 for a column of zeros."""
    largest = np.maximum(whole.max(axis=0), -whole.min(axis=0))
    found: FloatArray = np.where(largest > 0, largest, 1.0)
    return found


# ---- V ------------------------------------------------------------------------


def _correlations(model: FittedModel, rows: IntArray) -> FloatArray:
    """Correlations of some rows, from their own covariance matrix."""
    design, estimates = model.design, model.estimates
    covariance: FloatArray = np.zeros((len(rows), len(rows)))
    for block, own in zip(design.blocks, estimates.blocks, strict=True):
        own_columns, codes = block.Z[rows], block.grouping.codes[rows]
        shared = own_columns @ own.covariance @ own_columns.T
        covariance += shared * (codes[:, None] == codes[None, :])
    covariance[np.diag_indices_from(covariance)] += _residual_variances(model, rows)
    sd = np.sqrt(np.diag(covariance))
    sd = np.where(sd > 0, sd, 1.0)
    correlations: FloatArray = np.clip(
        covariance / sd[:, None] / sd[None, :], -1.0, 1.0
    )
    np.fill_diagonal(correlations, 1.0)
    return correlations


def _residual_variances(model: FittedModel, rows: IntArray) -> FloatArray:
    """Variance of the residual of each row."""
    design, estimates = model.design, model.estimates
    residual = np.full(len(rows), estimates.sigma**2)
    if estimates.sigma_by_row is not None:
        residual = estimates.sigma_by_row[rows] ** 2
    if design.weights is not None:
        residual = residual / design.weights[rows]
    # a group that is reproduced exactly has no residual SD; its rows stay independent
    known: FloatArray = np.nan_to_num(residual)
    return known


def _residual(
    model: FittedModel, rows: IntArray, labels: tuple[str, ...]
) -> MatrixPicture:
    own = _residual_variances(model, rows)
    largest = float(own.max(initial=0.0)) or 1.0
    values, scales = np.diag(own / largest), (largest,) * len(rows)
    n = model.n_rows
    return MatrixPicture("R", _frozen(values), labels, labels, n, n, scales)


def _frozen(values: FloatArray) -> FloatArray:
    values.flags.writeable = False
    return values
