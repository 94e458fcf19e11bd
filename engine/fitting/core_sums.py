"""How the factors beside the leaf are arranged, and their sums over rows.

The *core* falls into parts that share no leaf level, where that is possible; a few
columns that would tie the parts together are kept as a *border*. Else all of the core
is one dense matrix.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from engine.fitting.border import BorderSums
from engine.fitting.cells import DenseCells, SparseCells
from engine.fitting.core_matrices import find_parts
from engine.fitting.elimination import plan_elimination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.fitting.cells import Cells
    from engine.fitting.core_matrices import CoreMatrix, Parts
    from engine.fitting.elimination import Elimination
    from engine.fitting.row_columns import RowColumns
    from engine.fitting.row_sums import SumsOfRows

FEW_NUMBERS = 50_000
"""Of Z_1'Z_2; up to so many a dense array is faster than lists."""
FEW_COLUMNS = 200
"""Of the core; up to so many Z_2'Z_2 is a dense array."""
MOST_BORDER, MOST_BORDER_NUMBERS = 400, 30_000_000
"""Columns of a border, and numbers of its products with the leaf, a dense array."""
SPARSE_FROM = 2_000
"""Columns of a core from which it may pay to eliminate it as a sparse one ..."""
MOST_FILLED, SMALLER = 0.05, 0.8
"""... where so few of its places are filled, and so much less is dense in the end."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which factors are the core and which the border; the leaf is factor 0.

    Attributes
    ----------
    sizes : tuple of int
        Columns of each factor, J k.
    n_core : int
        Factors of the core, after the leaf; the rest is the border.
    parts : Parts or Elimination or None
        Where the core falls apart, or is sparse; else its matrices are dense.
    """

    sizes: tuple[int, ...]
    n_core: int
    parts: Parts | Elimination | None

    @property
    def core(self) -> range:
        """Factors of the core."""
        return range(1, 1 + self.n_core)

    @property
    def border(self) -> range:
        """Factors of the border."""
        return range(1 + self.n_core, len(self.sizes))

    @property
    def q(self) -> int:
        """Columns of the core."""
        return sum(self.sizes_of(self.core))

    def sizes_of(self, factors: range) -> list[int]:
        """Columns of some factors."""
        return [self.sizes[t] for t in factors]

    def slices_of(self, factors: range) -> tuple[slice, ...]:
        """Where each of some factors stands among their columns."""
        ends = np.cumsum([0, *self.sizes_of(factors)]).tolist()
        return tuple(slice(a, b) for a, b in pairwise(ends))


def arrange_core(rows: RowColumns) -> Arrangement:
    """Let the core fall into parts if a few columns beside it allow that.

    Parameters
    ----------
    rows : RowColumns

    Returns
    -------
    Arrangement
    """
    sizes = tuple(f.n_levels * f.n_columns for f in rows.factors)
    shapes = [(f.n_levels, f.n_columns) for f in rows.factors]
    for n_core in range(len(sizes) - 1, 0, -1):
        q_y = sum(sizes[1 + n_core :])
        if q_y > MOST_BORDER or q_y * sizes[0] > MOST_BORDER_NUMBERS:
            break
        core = slice(1, 1 + n_core)
        parts = find_parts(rows.codes[0], rows.codes[core], shapes[core])
        if parts is not None:
            return Arrangement(sizes, n_core, parts)
    whole = Arrangement(sizes, max(len(sizes) - 1, 0), None)
    return replace(whole, parts=_elimination(rows, whole))


def _elimination(rows: RowColumns, core: Arrangement) -> Elimination | None:
    """How to eliminate a large core whose levels meet few others; else None."""
    q = core.q
    if not q or q < SPARSE_FROM:
        return None
    places = _places(rows, core.core)
    ends = (np.tile(rows.codes[0], len(places)), np.concatenate(places))
    shape, ones = (rows.factors[0].n_levels, q), np.ones(len(ends[0]), dtype=bool)
    met = sparse.coo_array((ones, ends), shape=shape).tocsr()
    met.sum_duplicates()
    counts = np.diff(met.indptr).astype(float)
    if (counts**2).sum() > MOST_FILLED * q**2:  # as many pairs of columns, at most
        return None
    # not counted: a product that comes to zero, by overflow, would be no entry
    plan = plan_elimination(sparse.csr_array(met.T @ met))
    return plan if plan.n_last < SMALLER * q else None


def cells_of(rows: RowColumns, core: Arrangement) -> Cells:
    """Sum Z_1'Z_2.

    Parameters
    ----------
    rows : RowColumns
        With two factors or more.
    core : Arrangement

    Returns
    -------
    Cells
    """
    places, Z = _columns(rows, core.core)
    leaf, n_leaf = rows.codes[0], rows.factors[0].n_levels
    q, parts = core.q, core.parts
    if parts is None and n_leaf * q <= FEW_NUMBERS:
        tables = [_table([leaf], [own], (n_leaf, places, Z, q)) for own in rows.Z(0)]
        return DenseCells(np.stack(tables))
    levels, where = np.tile(leaf, len(places)), np.concatenate(places)
    made = []
    for own in rows.Z(0):
        values = (Z * own).ravel()
        summed = sparse.coo_array((values, (levels, where)), shape=(n_leaf, q)).tocsr()
        summed.sum_duplicates()  # zeros are kept: all leaf columns have the same cells
        made.append(summed)
    data = np.stack([own.data for own in made])
    is_dense = parts is None
    starts, columns = made[0].indptr.astype(np.intp), made[0].indices.astype(np.intp)
    return SparseCells(starts, columns, data, q, is_dense_core=is_dense)


def core_products(rows: RowColumns, core: Arrangement) -> CoreMatrix:
    """Sum Z_2'Z_2.

    Parameters
    ----------
    rows : RowColumns
    core : Arrangement

    Returns
    -------
    array of shape (q, q)
        Sparse where the core is large.
    """
    q, parts = core.q, core.parts
    if not q:
        return np.zeros((0, 0))
    places, Z = _columns(rows, core.core)
    if parts is None and q <= FEW_COLUMNS:
        return _table(places, Z, (q, places, Z, q))
    left, right, values = [], [], []
    for i, own in enumerate(places):
        for j, other in enumerate(places):
            left.append(own)
            right.append(other)
            values.append(Z[i] * Z[j])
    where = (np.concatenate(left), np.concatenate(right))
    summed = sparse.coo_array((np.concatenate(values), where), shape=(q, q)).tocsr()
    summed.sum_duplicates()
    return summed


def border_sums(
    rows: RowColumns, core: Arrangement, sums: SumsOfRows
) -> BorderSums | None:
    """Sum products with the border's columns.

    Parameters
    ----------
    rows : RowColumns
    core : Arrangement
    sums : SumsOfRows

    Returns
    -------
    BorderSums or None
        None without a border.
    """
    if not len(core.border):
        return None
    q_y, J, q = sum(core.sizes_of(core.border)), rows.factors[0].n_levels, core.q
    at_y, Z_y = _columns(rows, core.border)
    at_core, Z_core = _columns(rows, core.core)
    leaf = [_table([rows.codes[0]], [own], (J, at_y, Z_y, q_y)).T for own in rows.Z(0)]
    return BorderSums(
        slices=core.slices_of(core.border),
        leaf_ZZ=np.stack(leaf),
        core_ZZ=_table(at_core, Z_core, (q, at_y, Z_y, q_y)),
        ZZ=_table(at_y, Z_y, (q_y, at_y, Z_y, q_y)),
        ZQy=np.concatenate([sums.other_ZQy[t - 1] for t in core.border]),
    )


def _table(
    rows: Sequence[IntArray],
    values: Sequence[FloatArray] | FloatArray,
    columns: tuple[int, Sequence[IntArray], FloatArray, int],
) -> FloatArray:
    """Sum products of entries into a dense table of their places."""
    n_rows, at, Z, q = columns
    total = np.zeros(n_rows * q)
    for row, left in zip(rows, values, strict=True):
        for column, right in zip(at, Z, strict=True):
            place = row * q + column
            total += np.bincount(place, weights=left * right, minlength=n_rows * q)
    return total.reshape(n_rows, q)


def _columns(rows: RowColumns, factors: range) -> tuple[list[IntArray], FloatArray]:
    """Column among those of some factors, and value, of each entry of their rows."""
    none = np.zeros((0, rows.W.shape[1]))
    return _places(rows, factors), np.concatenate([none, *map(rows.Z, factors)])


def _places(rows: RowColumns, factors: range) -> list[IntArray]:
    """Column among those of some factors of each entry of their rows."""
    places: list[IntArray] = []
    offset = 0
    for t in factors:
        factor = rows.factors[t]
        k = factor.n_columns
        places += [offset + rows.codes[t] * k + a for a in range(k)]
        offset += factor.n_levels * k
    return places
