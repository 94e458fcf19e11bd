"""Small symmetric matrices by their lower triangles, one row of numbers an element.

A symmetric k x k matrix is m = k (k + 1) / 2 rows: (0, 0), (1, 0), (1, 1), (2, 0) ...
Every row runs over all replicates, so that loops run over elements, which are few, and
numpy's own loops over replicates. An element off the diagonal stands for two: it counts
twice in an inner product.

X_i is the derivative of a symmetric matrix along its element i: E_aa or E_ab + E_ba.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray

LEAST_PIVOT = 1e-300
"""What stands for a pivot that is not positive: the logarithm stays finite."""


@dataclass(frozen=True)
class Packing:
    """Where the elements of symmetric k x k matrices stand.

    Attributes
    ----------
    k : int
    """

    k: int

    @property
    def m(self) -> int:
        """Number of elements."""
        return self.k * (self.k + 1) // 2

    @cached_property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Row and column of each element, row >= column."""
        return tuple((a, b) for a in range(self.k) for b in range(a + 1))

    @cached_property
    def place(self) -> IntArray:
        """Where element (a, b) stands: shape (k, k)."""
        place = np.zeros((self.k, self.k), dtype=np.intp)
        for i, (a, b) in enumerate(self.pairs):
            place[a, b] = place[b, a] = i
        return place

    @cached_property
    def weights(self) -> FloatArray:
        """How often each element occurs in the matrix: shape (m,)."""
        return np.array([1.0 if a == b else 2.0 for a, b in self.pairs])

    @cached_property
    def lower(self) -> tuple[IntArray, IntArray]:
        """Rows and columns of the elements, to index with."""
        rows = np.array([a for a, _ in self.pairs], dtype=np.intp)
        return rows, np.array([b for _, b in self.pairs], dtype=np.intp)

    def pack(self, matrices: FloatArray) -> FloatArray:
        """Take the lower triangles: (k, k, ...) to (m, ...)."""
        return matrices[self.lower]

    def unpack(self, elements: FloatArray) -> FloatArray:
        """Write the matrices out: (m, ...) to (k, k, ...)."""
        return elements[self.place]

    @cached_property
    def squares(self) -> FloatArray:
        """Maps the products K_u K_v to tr(X_i K X_j K): shape (m2, m2), packed pairs.

        Both pairs (u, v) and (i, j) are unordered, so they are packed themselves.
        """
        of_pairs = packing(self.m)
        result = np.zeros((of_pairs.m, of_pairs.m))
        for row, (i, j) in enumerate(of_pairs.pairs):
            for u, v in self._traces(i, j):
                result[row, of_pairs.place[u, v]] += 1.0
        return result

    @cached_property
    def mixed(self) -> FloatArray:
        """Maps the products A_u K_v to tr(A X_i K X_j): shape (m2, m m)."""
        of_pairs = packing(self.m)
        result = np.zeros((of_pairs.m, self.m, self.m))
        for row, (i, j) in enumerate(of_pairs.pairs):
            for u, v in self._traces(i, j):
                result[row, u, v] += 1.0
        return result.reshape(of_pairs.m, -1)

    def _traces(self, i: int, j: int) -> list[tuple[int, int]]:
        """Elements whose products sum to tr(A X_i K X_j)."""
        return [
            (int(self.place[d, a]), int(self.place[b, c]))
            for a, b in _orders(self.pairs[i])
            for c, d in _orders(self.pairs[j])
        ]


@lru_cache(maxsize=64)
def packing(k: int) -> Packing:
    """The packing of k x k matrices, made once."""
    return Packing(k)


def _orders(pair: tuple[int, int]) -> list[tuple[int, int]]:
    """An element and its mirror image."""
    a, b = pair
    return [pair] if a == b else [pair, (b, a)]


def cholesky(k: int, A: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cholesky's factors of many matrices.

    Parameters
    ----------
    k : int
    A : ndarray of shape (m, ...)
        Packed, positive definite.

    Returns
    -------
    L : ndarray of shape (m, ...)
        Lower triangles, A = L L'.
    log_det : ndarray of shape (...)
        log |A|.
    """
    at, L = packing(k).place, np.empty_like(A)
    log_det = np.zeros(A.shape[1:])
    for j in range(k):
        pivot = A[at[j, j]].copy()
        for c in range(j):
            pivot -= L[at[j, c]] ** 2
        np.maximum(pivot, LEAST_PIVOT, out=pivot)
        log_det += np.log(pivot)
        L[at[j, j]] = np.sqrt(pivot)
        for i in range(j + 1, k):
            rest = A[at[i, j]].copy()
            for c in range(j):
                rest -= L[at[i, c]] * L[at[j, c]]
            L[at[i, j]] = rest / L[at[j, j]]
    return L, log_det


def inverse_lower(k: int, L: FloatArray) -> FloatArray:
    """L^-1 of many lower triangular matrices.

    Parameters
    ----------
    k : int
    L : ndarray of shape (m, ...)

    Returns
    -------
    ndarray of shape (m, ...)
    """
    at, inverse = packing(k).place, np.empty_like(L)
    for i in range(k):
        inverse[at[i, i]] = 1.0 / L[at[i, i]]
        for j in range(i):
            total = L[at[i, j]] * inverse[at[j, j]]
            for c in range(j + 1, i):
                total += L[at[i, c]] * inverse[at[c, j]]
            inverse[at[i, j]] = -inverse[at[i, i]] * total
    return inverse


def gram_of_lower(k: int, L: FloatArray) -> FloatArray:
    """L'L of many lower triangular matrices.

    Parameters
    ----------
    k : int
    L : ndarray of shape (m, ...)

    Returns
    -------
    ndarray of shape (m, ...)
    """
    at, result = packing(k).place, np.empty_like(L)
    for a, b in packing(k).pairs:
        total = L[at[k - 1, a]] * L[at[k - 1, b]]
        for c in range(a, k - 1):
            total += L[at[c, a]] * L[at[c, b]]
        result[at[a, b]] = total
    return result


def lower_times(k: int, L: FloatArray, x: FloatArray) -> FloatArray:
    """L x of many lower triangular matrices and vectors.

    Parameters
    ----------
    k : int
    L : ndarray of shape (m, ...)
    x : ndarray of shape (k, ...)

    Returns
    -------
    ndarray of shape (k, ...)
    """
    at, result = packing(k).place, np.empty_like(x)
    for i in range(k):
        total = L[at[i, 0]] * x[0]
        for j in range(1, i + 1):
            total += L[at[i, j]] * x[j]
        result[i] = total
    return result


def upper_times(k: int, L: FloatArray, x: FloatArray) -> FloatArray:
    """L' x of many lower triangular matrices and vectors.

    Parameters
    ----------
    k : int
    L : ndarray of shape (m, ...)
    x : ndarray of shape (k, ...)

    Returns
    -------
    ndarray of shape (k, ...)
    """
    at, result = packing(k).place, np.empty_like(x)
    for j in range(k):
        total = L[at[j, j]] * x[j]
        for i in range(j + 1, k):
            total += L[at[i, j]] * x[i]
        result[j] = total
    return result


def sandwich_of_lower(k: int, L: FloatArray, D: FloatArray) -> FloatArray:
    """L D L' of many lower triangular and symmetric matrices.

    Parameters
    ----------
    k : int
    L, D : ndarray of shape (m, ...)

    Returns
    -------
    ndarray of shape (m, ...)
    """
    at = packing(k).place
    columns = [lower_times(k, L, D[at[j]]) for j in range(k)]  # of L D
    result = np.empty_like(D)
    for a, b in packing(k).pairs:
        total = columns[0][a] * L[at[b, 0]]
        for j in range(1, b + 1):
            total += columns[j][a] * L[at[b, j]]
        result[at[a, b]] = total
    return result
