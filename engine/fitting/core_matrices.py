"""Square matrices over the core's columns: dense, or sparse where the core falls apart.

Where each leaf level meets few levels of the other factors, as plots meet one site, the
core falls into parts that share no leaf. Every matrix over the core is then block
diagonal in these parts and is kept as a sparse array; else it is one dense array.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray

    CoreMatrix = FloatArray | sparse.csr_array

FEWEST_COLUMNS = 200
"""Columns below which one dense array is faster than many small ones."""
LARGEST_SHARE = 1 / 8
"""Share of a dense array's numbers beyond which parts are not worth their trouble."""
SMALLEST_SPREAD = 1e-3
"""Of the singular values of a Lambda that may be divided by."""
_STRIP = 256


@dataclass(frozen=True, slots=True)
class Parts:
    """Which columns of the core belong together.

    Attributes
    ----------
    columns : tuple of ndarray of int, shape (n_parts, size)
        The columns of each part, for parts of one size together.
    group : ndarray of int, shape (q,)
        For each column, which element of `columns` holds it.
    part, place : ndarray of int, shape (q,)
        Row and column in that element.
    """

    columns: tuple[IntArray, ...]
    group: IntArray
    part: IntArray
    place: IntArray

    @property
    def n_numbers(self) -> int:
        """Numbers in a matrix of these parts."""
        return sum(own.shape[0] * own.shape[1] ** 2 for own in self.columns)


def find_parts(
    leaf_codes: IntArray, codes: Sequence[IntArray], sizes: Sequence[tuple[int, int]]
) -> Parts | None:
    """Find the parts of a core that share no leaf level.

    Parameters
    ----------
    leaf_codes : ndarray of int, shape (n,)
        Level of the leaf factor in each row.
    codes : sequence of ndarray of int, shape (n,)
        Levels of the core's factors.
    sizes : sequence of (int, int)
        Levels and columns of each of these factors.

    Returns
    -------
    Parts or None
        None where one dense array is better.
    """
    q = sum(J * k for J, k in sizes)
    if q < FEWEST_COLUMNS:
        return None
    n_leaf, n_levels = int(leaf_codes.max()) + 1, sum(J for J, _ in sizes)
    starts = np.cumsum([0] + [J for J, _ in sizes[:-1]])
    ends = np.concatenate([c + s for c, s in zip(codes, starts, strict=True)]) + n_leaf
    begins = np.tile(leaf_codes, len(codes))
    total = n_leaf + n_levels
    ones = np.ones(len(ends), dtype=bool)
    links = sparse.coo_array((ones, (begins, ends)), shape=(total, total))
    _, labels = connected_components(links, directed=False)
    widths = np.repeat([k for _, k in sizes], [J for J, _ in sizes])
    own = np.repeat(labels[n_leaf:].astype(np.intp), widths)
    found = _parts(own)
    return found if found.n_numbers <= LARGEST_SHARE * q * q else None


def _parts(labels: IntArray) -> Parts:
    """Sort columns into parts by their labels, and parts by their size."""
    _, labels, counts = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(labels, kind="stable")
    begins = np.cumsum(counts) - counts
    q = len(labels)
    group, part, place = (np.empty(q, dtype=np.intp) for _ in range(3))
    columns = []
    for number, size in enumerate(np.unique(counts)):
        rows = begins[counts == size][:, None] + np.arange(size)
        own = order[rows]
        group[own] = number
        part[own] = np.arange(len(own))[:, None]
        place[own] = np.arange(size)
        columns.append(own)
    return Parts(tuple(columns), group, part, place)


def mirrored(matrix: FloatArray) -> FloatArray:
    """Copy the lower triangle of a square matrix to its upper one, in place."""
    n = len(matrix)
    for start in range(0, n, _STRIP):
        rows = slice(start, min(start + _STRIP, n))
        corner = matrix[rows, rows]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
        matrix[:start, rows] = matrix[rows, :start].T
    return matrix


def transposed(matrix: CoreMatrix) -> CoreMatrix:
    """M', sparse by rows where M is."""
    return matrix.T if isinstance(matrix, np.ndarray) else sparse.csr_array(matrix.T)


def identity_like(matrix: CoreMatrix) -> CoreMatrix:
    """The identity, dense or sparse as another matrix."""
    q = matrix.shape[0]
    return np.eye(q) if isinstance(matrix, np.ndarray) else sparse.eye_array(q).tocsr()


def difference(left: CoreMatrix, right: CoreMatrix) -> CoreMatrix:
    """Left - right; a dense right is overwritten when the left is sparse."""
    if isinstance(left, np.ndarray) or not isinstance(right, np.ndarray):
        return left - right
    entries = left.tocoo()
    np.negative(right, out=right)
    right[entries.row, entries.col] += entries.data  # each place once
    return right


def inner(left: CoreMatrix, right: CoreMatrix) -> float:
    """Sum of the products of two matrices' elements; either may be sparse."""
    if not isinstance(left, np.ndarray):
        return float(left.multiply(right).sum())
    if not isinstance(right, np.ndarray):
        return float(right.multiply(left).sum())
    total = 0.0
    for start in range(0, len(left), _STRIP):
        rows = slice(start, start + _STRIP)
        # sums of millions in single precision would need more digits
        sums = np.einsum("ij,ij->i", left[rows], right[rows])
        total += float(sums.sum(dtype=float))
    return total


def diagonal_blocks(matrix: CoreMatrix, part: slice, k: int) -> FloatArray:
    """Blocks of k columns along the diagonal of a factor's share of a matrix.

    Parameters
    ----------
    matrix : CoreMatrix
    part : slice
        Where the factor's columns stand.
    k : int
        Columns of each level.

    Returns
    -------
    ndarray of shape (J, k, k)
    """
    blocks = np.empty(((part.stop - part.start) // k, k, k))
    for a in range(k):
        for b in range(k):
            rows = slice(part.start + a, part.stop, k)
            blocks[:, a, b] = matrix[rows, part.start + b : part.stop : k].diagonal()
    return blocks


@dataclass(frozen=True, slots=True)
class BlockScaler:
    """Lambda_2 = blockdiag over factors of I (x) lambda, formed only where sparse.

    Attributes
    ----------
    lambdas : tuple of ndarray of shape (k, k)
    slices : tuple of slice
        Where the factors' columns stand.
    """

    lambdas: tuple[FloatArray, ...]
    slices: tuple[slice, ...]

    @property
    def is_diagonal(self) -> bool:
        """Whether every factor has one column."""
        return all(len(factor) == 1 for factor in self.lambdas)

    @property
    def is_invertible(self) -> bool:
        """Whether Lambda_2 can be divided by without losing many digits."""
        return all(_is_invertible(own) for own in self.lambdas)

    def scale(self, matrix: FloatArray) -> FloatArray:
        """Lambda_2 M Lambda_2 in place, where it is diagonal: half of M will do."""
        if len(self.lambdas) == 1:
            matrix *= float(self.lambdas[0][0, 0]) ** 2
            return matrix
        own = self._diagonal().astype(matrix.dtype)
        matrix *= own[:, None]
        matrix *= own
        return matrix

    def _diagonal(self) -> FloatArray:
        """Lambda_2's diagonal, where it is diagonal."""
        sizes = [part.stop - part.start for part in self.slices]
        return np.repeat([float(own[0, 0]) for own in self.lambdas], sizes)

    def inside(self, matrix: CoreMatrix) -> CoreMatrix:
        """Lambda_2' M Lambda_2."""
        if isinstance(matrix, np.ndarray):
            return self._both_sides(matrix, transpose=True)
        scaler = self.sparse()
        return sparse.csr_array(scaler.T @ matrix @ scaler)

    def outside(self, matrix: CoreMatrix) -> CoreMatrix:
        """Lambda_2 M Lambda_2'."""
        if isinstance(matrix, np.ndarray):
            return self._both_sides(matrix, transpose=False)
        scaler = self.sparse()
        return sparse.csr_array(scaler @ matrix @ scaler.T)

    def _both_sides(self, matrix: FloatArray, *, transpose: bool) -> FloatArray:
        """Lambda_2 (or its transpose) times a matrix times the other."""
        if self.is_diagonal:
            return self.scale(matrix.copy(order="K"))
        half = self.rows(matrix, transpose=transpose)
        whole: FloatArray = self.rows(half.T, transpose=transpose).T
        return whole

    def before(self, matrix: CoreMatrix) -> CoreMatrix:
        """Lambda_2 M."""
        if isinstance(matrix, np.ndarray):
            return self.rows(matrix, transpose=False)
        return sparse.csr_array(self.sparse() @ matrix)

    def after(self, matrix: CoreMatrix) -> CoreMatrix:
        """M Lambda_2."""
        if isinstance(matrix, np.ndarray):
            made: FloatArray = self.rows(matrix.T, transpose=True).T
            return made
        return sparse.csr_array(matrix @ self.sparse())

    def rows(self, matrix: FloatArray, *, transpose: bool) -> FloatArray:
        """Lambda_2 (or its transpose) times a matrix."""
        result = np.empty_like(matrix)
        for factor, part in zip(self.lambdas, self.slices, strict=True):
            k = len(factor)
            if k == 1:
                np.multiply(matrix[part], factor[0, 0], out=result[part])
                continue
            n_levels = (part.stop - part.start) // k  # no -1: there may be no columns
            rows = matrix[part].reshape(n_levels, k, matrix.shape[1])
            scaled = (factor.T if transpose else factor) @ rows
            result[part] = scaled.reshape(n_levels * k, matrix.shape[1])
        return result

    def inverse_Sigma(self) -> BlockScaler:
        """(Lambda_2 Lambda_2')^-1."""
        roots = [np.linalg.inv(own) for own in self.lambdas]
        return BlockScaler(tuple(root.T @ root for root in roots), self.slices)

    def less(self, matrix: CoreMatrix) -> CoreMatrix:
        """Lambda_2 - M; a dense M is overwritten."""
        if not isinstance(matrix, np.ndarray) or not self.is_diagonal:
            return difference(self.sparse(), matrix)
        np.negative(matrix, out=matrix)
        matrix[np.diag_indices_from(matrix)] += self._diagonal().astype(matrix.dtype)
        return matrix

    def sparse(self) -> sparse.csr_array:
        """Lambda_2 as a sparse array."""
        blocks = [
            sparse.kron(sparse.eye_array((part.stop - part.start) // len(own)), own)
            for own, part in zip(self.lambdas, self.slices, strict=True)
        ]
        return sparse.csr_array(sparse.block_diag(blocks))


def _is_invertible(root: FloatArray) -> bool:
    """Whether its singular values are not too far apart."""
    if len(root) == 1:
        return bool(root[0, 0] != 0.0)
    spread = np.linalg.svd(root, compute_uv=False)
    return bool(spread[-1] > SMALLEST_SPREAD * spread[0] > 0.0)
