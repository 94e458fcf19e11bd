"""Z_1'Z_2: the cells in which leaf levels and levels of the core's factors meet.

A leaf level meets few columns of the core, so its products with the core are lists of
numbers; where everything meets everything they are arrays. What the criterion needs is
a sum over leaf levels of products B_l'W_l B_l, and for each leaf level the block
B_l C B_l'. Both run over all *pairs* of cells of one leaf level, listed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from engine.fitting.core_matrices import mirrored
from engine.fitting.level_blocks import product
from engine.fitting.pairs import pairs_within
from engine.progress import breathe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import AnyArray, FloatArray, IntArray
    from engine.fitting.core_matrices import CoreMatrix

    Precision = type[float] | np.dtype[np.floating]

MOST_PAIRS = 60_000_000
"""Pairs of cells beyond which they are not listed: 12 bytes each, and as many while
they are listed."""
PAIR_SECONDS, DENSE_FLOPS = 6e-9, 3e10
"""What a listed pair costs, and how fast dense products are: orders of magnitude."""
CHUNK_BYTES, SHORT_BYTES = 64_000_000, 16_000_000
"""Sizes of the dense pieces in which rows are multiplied where pairs are too many: with
each other, and with a large matrix."""
FILLED = 1 / 40
"""Share of cells that are filled from which a product with dense rows is faster."""
STRIP = 512
"""Columns of the core whose products of one piece are taken at once."""
SUMMING = "Summing over levels"


class DenseCells:
    """Cells of a small model, as one array.

    Parameters
    ----------
    blocks : ndarray of shape (k, J, q)
        B_l for the k columns and J levels of the leaf.
    """

    reads_half = False

    def __init__(self, blocks: FloatArray) -> None:
        self._blocks = blocks

    @property
    def matrices(self) -> list[FloatArray]:
        """B by leaf column: k arrays of shape (J, q)."""
        return list(self._blocks)

    def rows_at(self, a: int, levels: IntArray) -> sparse.csr_array:
        """B_l[a] of some leaf levels, one each row."""
        return sparse.csr_array(self._blocks[a])[levels]

    def scaled(self, weights: FloatArray) -> DenseCells:
        """M_l B_l for every leaf level, M of shape (k, k, J)."""
        return DenseCells(product(weights[..., None], self._blocks[:, None])[:, 0])

    def times(self, core: FloatArray) -> FloatArray:
        """B_l v for vectors v of shape (q, m): shape (k, m, J)."""
        made: FloatArray = core.T @ self._blocks.transpose(0, 2, 1)
        return made

    def transposed_times(self, leaf: FloatArray) -> FloatArray:
        """sum_l B_l'w_l for w of shape (k, m, J): shape (q, m)."""
        made: FloatArray = (leaf @ self._blocks).sum(axis=0).T
        return made

    def cross(self, a: int, b: int) -> FloatArray:
        """sum_l B_l[a]'B_l[b]: shape (q, q)."""
        made: FloatArray = self._blocks[a].T @ self._blocks[b]
        return made

    def sandwich(self, weights: FloatArray, dtype: Precision = float) -> FloatArray:
        """sum_l B_l'W_l B_l for symmetric W of shape (k, k, J): shape (q, q)."""
        k, J, q = self._blocks.shape
        right = product(weights[..., None], self._blocks[:, None])[:, 0]
        made: FloatArray = self._blocks.reshape(k * J, q).T @ right.reshape(k * J, q)
        return made.astype(dtype, copy=False)

    half_sandwich = sandwich

    def sandwich_diagonal(self, weights: FloatArray) -> FloatArray:
        """The diagonal of `sandwich`: shape (q,)."""
        right = product(weights[..., None], self._blocks[:, None])[:, 0]
        made: FloatArray = (self._blocks * right).sum(axis=(0, 1))
        return made

    def level_blocks(self, C: CoreMatrix) -> FloatArray:
        """B_l C B_l' for every leaf level, C symmetric: shape (k, k, J)."""
        assert isinstance(C, np.ndarray)
        made: FloatArray = np.einsum("ajq,bjq->abj", self._blocks @ C, self._blocks)
        return made

    def sums_of_squares(self, columns: slice) -> float:
        """Of all numbers in some columns of the core."""
        return float((self._blocks[:, :, columns] ** 2).sum())


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs of cells of one leaf level, the later cell first.

    A pair of columns of the core is a *place*; many leaf levels share one.

    Attributes
    ----------
    places : ndarray of int, shape (n_places,)
        Where each place stands in a q x q array by columns, below its diagonal.
    products : dict of (int, int) to sparse array of shape (J, n_places)
        For the leaf's columns a <= b the products of both cells' numbers, symmetric in
        a and b.
    """

    places: IntArray
    products: dict[tuple[int, int], sparse.csr_array]


class SparseCells:
    """Cells as lists of numbers by leaf level.

    Parameters
    ----------
    starts : ndarray of int, shape (J + 1,)
        Where the cells of each leaf level begin.
    columns : ndarray of int, shape (n_cells,)
        Column of the core of each cell, increasing within a leaf level.
    data : ndarray of shape (k, n_cells)
    n_core : int
        Columns of the core, q.
    is_dense_core : bool
        Whether matrices over the core are dense.
    """

    def __init__(
        self,
        starts: IntArray,
        columns: IntArray,
        data: FloatArray,
        n_core: int,
        *,
        is_dense_core: bool,
    ) -> None:
        self._starts, self._columns, self._data = starts, columns, data
        self._n_core, self._is_dense_core = n_core, is_dense_core

    def rows_at(self, a: int, levels: IntArray) -> sparse.csr_array:
        """B_l[a] of some leaf levels, one each row."""
        return self.matrices[a][levels]

    @cached_property
    def matrices(self) -> list[sparse.csr_array]:
        """B by leaf column: k arrays of shape (J, q)."""
        shape = (len(self._starts) - 1, self._n_core)
        return [
            sparse.csr_array((own, self._columns, self._starts), shape=shape)
            for own in self._data
        ]

    @cached_property
    def _turned(self) -> list[sparse.csr_array]:
        """B' by leaf column, core columns by rows."""
        return [sparse.csr_array(own.T) for own in self.matrices]

    @property
    def _counts(self) -> IntArray:
        """Cells of each leaf level."""
        return np.diff(self._starts)

    def _by_cell(self, per_level: FloatArray) -> FloatArray:
        """Numbers of each leaf level (last axis), repeated for its cells."""
        return np.repeat(per_level, self._counts, axis=-1)

    def scaled(self, weights: FloatArray) -> SparseCells:
        """M_l B_l for every leaf level, M of shape (k, k, J)."""
        data = product(self._by_cell(weights), self._data[:, None])[:, 0]
        return SparseCells(
            self._starts,
            self._columns,
            data,
            self._n_core,
            is_dense_core=self._is_dense_core,
        )

    def times(self, core: FloatArray) -> FloatArray:
        """B_l v for vectors v of shape (q, m): shape (k, m, J)."""
        return np.stack([(B @ core).T for B in self.matrices])

    def transposed_times(self, leaf: FloatArray) -> FloatArray:
        """sum_l B_l'w_l for w of shape (k, m, J): shape (q, m)."""
        total: FloatArray = self._turned[0] @ leaf[0].T
        for a in range(1, len(leaf)):
            total += self._turned[a] @ leaf[a].T
        return total

    def cross(self, a: int, b: int) -> CoreMatrix:
        """sum_l B_l[a]'B_l[b]: shape (q, q)."""
        made = sparse.csr_array(self._turned[a] @ self.matrices[b])
        return made.toarray() if self._is_dense_core else made

    def sandwich(self, weights: FloatArray, dtype: Precision = float) -> CoreMatrix:
        """sum_l B_l'W_l B_l for symmetric W of shape (k, k, J): shape (q, q)."""
        half = self.half_sandwich(weights, dtype)
        return mirrored(half) if isinstance(half, np.ndarray) else half

    def half_sandwich(
        self, weights: FloatArray, dtype: Precision = float
    ) -> CoreMatrix:
        """The same, of which only the lower triangle counts."""
        if self._is_dense_core and self._is_listed:
            return self._by_pairs(weights, dtype)
        if self._is_dense_core:
            return self._by_chunks(weights).astype(dtype, copy=False)
        right = self.scaled(weights).matrices
        total = self._turned[0] @ right[0]
        for a in range(1, len(right)):
            total = total + self._turned[a] @ right[a]
        return sparse.csr_array(total).astype(dtype, copy=False)

    def sandwich_diagonal(self, weights: FloatArray) -> FloatArray:
        """The diagonal of `sandwich`: shape (q,)."""
        own = self._data[:, None] * self._data[None] * self._by_cell(weights)
        sums = np.bincount(
            self._columns, weights=own.sum(axis=(0, 1)), minlength=self._n_core
        )
        return sums.astype(float, copy=False)

    @property
    def reads_half(self) -> bool:
        """Whether `level_blocks` reads only the lower triangle."""
        return self._is_dense_core and self._is_listed

    def level_blocks(self, C: CoreMatrix) -> FloatArray:
        """B_l C B_l' for every leaf level, C symmetric: shape (k, k, J)."""
        if isinstance(C, np.ndarray) and self._is_listed:
            return self._blocks_by_pairs(C)
        k, J = len(self._data), len(self._starts) - 1
        result = np.zeros((k, k, J))
        is_dense = isinstance(C, np.ndarray)
        is_filled = is_dense and len(self._columns) > FILLED * J * self._n_core
        for rows in self._row_slices(SHORT_BYTES) if is_dense else [slice(0, J)]:
            for a, left in enumerate(self.matrices):
                breathe(SUMMING, rows.start, J)
                own = left[rows]
                weighted = (own.toarray().astype(C.dtype) if is_filled else own) @ C
                for b, right in enumerate(self.matrices):
                    result[a, b, rows] = _row_sums(right[rows], weighted)
        return result

    def sums_of_squares(self, columns: slice) -> float:
        """Of all numbers in some columns of the core."""
        is_own = (self._columns >= columns.start) & (self._columns < columns.stop)
        return float((self._data[:, is_own] ** 2).sum())

    def _row_slices(self, n_bytes: int) -> Iterator[slice]:
        """Leaf levels in chunks whose dense rows are not too large."""
        J = len(self._starts) - 1
        rows = max(1, n_bytes // (8 * self._n_core))
        return (slice(begin, min(begin + rows, J)) for begin in range(0, J, rows))

    @cached_property
    def _is_listed(self) -> bool:
        """Whether pairs are listed."""
        return are_listed(self._counts, len(self._data), self._n_core)

    @cached_property
    def _pairs(self) -> Pairs:
        """List the pairs of cells of each leaf level."""
        counts, q = self._counts, self._n_core
        times, second = pairs_within(self._starts)
        data = {}
        for a, b in combinations_with_replacement(range(len(self._data)), 2):
            values = np.repeat(self._data[a], times) * self._data[b][second]
            if a != b:
                values += np.repeat(self._data[b], times) * self._data[a][second]
                values /= 2
            data[a, b] = values
        place = np.repeat(self._columns, times) + (self._columns * q)[second]
        del second  # there may be millions
        places, indices = _ranked(place, q * q)
        ends = np.cumsum(counts * (counts + 1) // 2)
        starts = np.concatenate([[0], ends]).astype(np.int32)
        shape = (len(counts), len(places))
        products = {
            ab: sparse.csr_array((values, indices, starts), shape=shape)
            for ab, values in data.items()
        }
        return Pairs(places, products)

    def _by_pairs(self, weights: FloatArray, dtype: Precision) -> FloatArray:
        """The sandwich from the list of pairs."""
        pairs, q = self._pairs, self._n_core
        total = np.zeros(len(pairs.places))
        for (a, b), products in pairs.products.items():
            total += products.T @ (weights[a, b] * (1.0 if a == b else 2.0))
        made = np.zeros(q * q, dtype)
        made[pairs.places] = total
        return made.reshape(q, q).T

    def _blocks_by_pairs(self, C: FloatArray) -> FloatArray:
        """The level blocks from the list of pairs."""
        pairs, k = self._pairs, len(self._data)
        filled = np.flatnonzero(self._counts)
        result = np.zeros((k, k, len(self._counts)))
        own = C.ravel(order="F")[pairs.places].astype(float, copy=False)
        same = C.diagonal()[self._columns]
        for (a, b), products in pairs.products.items():
            both = 2.0 * (products @ own)
            alone = same * self._data[a] * self._data[b]
            both[filled] -= np.add.reduceat(alone, self._starts[filled])
            result[a, b] = result[b, a] = both
        return result

    def _by_chunks(self, weights: FloatArray) -> FloatArray:
        """The sandwich by dense products of some rows at a time, below the diagonal."""
        right = self.scaled(weights).matrices
        q, J = self._n_core, len(self._starts) - 1
        total = np.zeros((q, q))
        for rows in self._row_slices(CHUNK_BYTES):
            for a, own in enumerate(self.matrices):
                first, second = own[rows].toarray(), right[a][rows].toarray()
                for begin in range(0, q, STRIP):
                    breathe(SUMMING, rows.start, J)
                    part = slice(begin, min(begin + STRIP, q))
                    total[part, : part.stop] += (
                        first[:, part].T @ second[:, : part.stop]
                    )
        return total


def _ranked(numbers: IntArray, limit: int) -> tuple[IntArray, AnyArray]:
    """Numbers below a limit that occur, increasing, and the rank of each."""
    occurs = np.zeros(limit, dtype=bool)
    occurs[numbers] = True
    found: IntArray = np.flatnonzero(occurs)
    rank = np.empty(limit, dtype=np.int32)
    rank[found] = np.arange(len(found), dtype=np.int32)
    ranks = np.take(rank, numbers)
    return found, ranks


def are_listed(counts: IntArray | FloatArray, k: int, q: int) -> bool:
    """Whether a list of pairs is faster than dense products, and fits.

    Parameters
    ----------
    counts : ndarray of shape (J,)
        Cells of each leaf level.
    k, q : int
        Columns of the leaf, and of the core.

    Returns
    -------
    bool
    """
    n_pairs = float((counts * (counts + 1.0) / 2).sum())
    dense_seconds = len(counts) * k * float(q) ** 2 / DENSE_FLOPS
    return n_pairs <= MOST_PAIRS and n_pairs * PAIR_SECONDS <= dense_seconds


def _row_sums(left: sparse.csr_array, right: CoreMatrix) -> FloatArray:
    """Sums over rows of the products of two matrices' numbers."""
    sums: FloatArray = np.asarray(left.multiply(right).sum(axis=1))
    return sums


Cells = DenseCells | SparseCells
