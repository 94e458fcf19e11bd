"""Sums over rows within the levels of grouping factors: parts of Z'Z and Z'[Q y]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from engine.errors import FitError
from engine.fitting.cells import DenseCells, SparseCells
from engine.fitting.core_matrices import find_parts
from engine.fitting.level_blocks import by_left, by_right
from engine.written_numbers import count

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitting.cells import Cells
    from engine.fitting.core_matrices import CoreMatrix, Parts
    from engine.fitting.row_columns import RowColumns

FEW_NUMBERS = 50_000
"""Of Z_1'Z_2; up to so many a dense array is faster than lists."""
FEW_COLUMNS = 200
"""Of the core; up to so many Z_2'Z_2 is a dense array."""
ROWS_AT_ONCE = 50_000
"""Of which products are summed."""
LARGEST_CORE = 12_000
"""Columns of a dense core beyond which the fit is refused: 1.2 GB a matrix."""


class SumsOfRows:
    """Z_l'Z_l and Z_l'[Q y] of each level of each factor.

    Parameters
    ----------
    rows : RowColumns

    Attributes
    ----------
    QyQy : ndarray of shape (p + 1, p + 1)
        [Q y]'[Q y].
    leaf_ZZ : ndarray of shape (k, k, J)
    leaf_ZQy : ndarray of shape (k, p + 1, J)
    core_ZQy : ndarray of shape (q, p + 1)
    """

    def __init__(self, rows: RowColumns) -> None:
        self._rows = rows
        gram = rows.gram
        if gram is None:
            Qy = rows.W[list(rows.Qy_rows)]
            gram = Qy @ Qy.T
        self.QyQy = rows.to_Qy.T @ gram @ rows.to_Qy
        m = len(rows.to_Qy)
        self.leaf_ZZ: FloatArray = np.zeros((0, 0, 0))
        self.leaf_ZQy: FloatArray = np.zeros((0, m, 0))
        core: list[FloatArray] = [np.zeros((0, m))]
        for t in range(len(rows.factors)):
            if not t:
                self.leaf_ZZ, self.leaf_ZQy = self._leaf()
            else:
                sums = self._Z_times(t, self._level_sums(t, rows.Qy_rows))
                core.append(
                    (by_right(sums, rows.to_Qy)).transpose(2, 0, 1).reshape(-1, m)
                )
        self.core_ZQy = np.concatenate(core)

    def _leaf(self) -> tuple[FloatArray, FloatArray]:
        """Both sums of the leaf; products of the same columns are summed once."""
        rows, (own, to_Z) = self._rows, self._rows.parts[0]
        wanted = tuple(dict.fromkeys([*rows.Qy_rows, *own]))
        sums = self._level_sums(0, wanted)
        places = [wanted.index(row) for row in own]
        ZZ = by_right(self._Z_times(0, sums[:, places]), to_Z)
        Qy = [wanted.index(row) for row in rows.Qy_rows]
        is_all = Qy == list(range(len(wanted)))
        right = self._Z_times(0, sums if is_all else sums[:, Qy])
        return (ZZ + ZZ.transpose(1, 0, 2)) / 2, by_right(right, rows.to_Qy)

    def _Z_times(self, t: int, sums: FloatArray) -> FloatArray:
        """Combine sums of columns of W to those of whitened columns."""
        to_Z = self._rows.parts[t][1]
        if len(to_Z) == 1 and to_Z[0, 0] == 1.0:
            return sums
        return by_left(to_Z.T, np.ascontiguousarray(sums))

    def _level_sums(self, t: int, wanted: tuple[int, ...]) -> FloatArray:
        """Sums of products of a factor's columns with others: shape (s, m, J)."""
        rows, (own, _) = self._rows, self._rows.parts[t]
        code, J = rows.codes[t], rows.factors[t].n_levels
        sums = np.empty((len(own), len(wanted), J))
        made: dict[tuple[int, int], FloatArray] = {}
        for i, a in enumerate(own):
            for j, b in enumerate(wanted):
                pair = (min(a, b), max(a, b))
                if pair not in made:
                    made[pair] = self._sum(code, J, pair)
                sums[i, j] = made[pair]
        return sums

    def _sum(self, code: IntArray, J: int, pair: tuple[int, int]) -> FloatArray:
        """Sum the product of two columns within levels."""
        rows, (a, b) = self._rows, pair
        if rows.is_ones and (a, b) == (0, 0):
            return np.bincount(code, minlength=J).astype(float)
        if rows.is_ones and a == 0:
            sums = np.bincount(code, weights=rows.W[b], minlength=J)
            return sums.astype(float, copy=False)
        total = np.zeros(J)
        n = max(ROWS_AT_ONCE, 8 * J)  # products of few rows stay near the processor
        for start in range(0, len(code), n):
            part = slice(start, start + n)
            values = rows.W[a, part] * rows.W[b, part]
            total += np.bincount(code[part], weights=values, minlength=J)
        return total


def core_parts(rows: RowColumns) -> Parts | None:
    """See whether the core falls apart; if not it must fit in memory.

    Parameters
    ----------
    rows : RowColumns

    Returns
    -------
    Parts or None

    Raises
    ------
    FitError
        If it neither falls apart nor fits.
    """
    sizes = [(f.n_levels, f.n_columns) for f in rows.factors[1:]]
    if not sizes:
        return None
    parts = find_parts(rows.codes[0], rows.codes[1:], sizes)
    q = sum(J * k for J, k in sizes)
    if parts is None and q > LARGEST_CORE:
        raise FitError(
            f"The smaller grouping factors have {count(q)} random effects together, "
            f"more than the {count(LARGEST_CORE)} that fit in memory.",
            "Nest a grouping in another, or leave the least important grouping out.",
        )
    return parts


def cells_of(rows: RowColumns, parts: Parts | None) -> Cells:
    """Sum Z_1'Z_2.

    Parameters
    ----------
    rows : RowColumns
        With two factors or more.
    parts : Parts or None
        Where the core falls apart.

    Returns
    -------
    Cells
    """
    places, Z = _core_columns(rows)
    leaf, n_leaf = rows.codes[0], rows.factors[0].n_levels
    q = sum(f.n_levels * f.n_columns for f in rows.factors[1:])
    levels, where = np.tile(leaf, len(places)), np.concatenate(places)
    made = []
    for own in rows.Z(0):
        values = (Z * own).ravel()
        summed = sparse.coo_array((values, (levels, where)), shape=(n_leaf, q)).tocsr()
        summed.sum_duplicates()  # zeros are kept: all leaf columns have the same cells
        made.append(summed)
    if parts is None and n_leaf * q <= FEW_NUMBERS:
        return DenseCells(np.stack([own.toarray() for own in made]))
    data = np.stack([own.data for own in made])
    is_dense = parts is None
    starts, columns = made[0].indptr.astype(np.intp), made[0].indices.astype(np.intp)
    return SparseCells(starts, columns, data, q, is_dense_core=is_dense)


def core_products(rows: RowColumns, parts: Parts | None) -> CoreMatrix:
    """Sum Z_2'Z_2.

    Parameters
    ----------
    rows : RowColumns
    parts : Parts or None

    Returns
    -------
    array of shape (q, q)
        Sparse where the core is large.
    """
    q = sum(f.n_levels * f.n_columns for f in rows.factors[1:])
    if not q:
        return np.zeros((0, 0))
    places, Z = _core_columns(rows)
    left, right, values = [], [], []
    for i, own in enumerate(places):
        for j, other in enumerate(places):
            left.append(own)
            right.append(other)
            values.append(Z[i] * Z[j])
    where = (np.concatenate(left), np.concatenate(right))
    summed = sparse.coo_array((np.concatenate(values), where), shape=(q, q)).tocsr()
    summed.sum_duplicates()
    return summed.toarray() if parts is None and q <= FEW_COLUMNS else summed


def _core_columns(rows: RowColumns) -> tuple[list[IntArray], FloatArray]:
    """Column of the core, and value, of each entry of the rows of Z_2."""
    places, values, offset = [], [], 0
    for t, factor in enumerate(rows.factors[1:], start=1):
        k = factor.n_columns
        places += [offset + rows.codes[t] * k + a for a in range(k)]
        values.append(rows.Z(t))
        offset += factor.n_levels * k
    return places, np.concatenate(values)
