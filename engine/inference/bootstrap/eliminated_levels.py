"""The levels of one factor among all other columns: what `level_path` reads of a model.

Per level G_l = F_l'F_l and Phi_l = G_l^+ F_l'C, for F_l the level's columns on the
rotated scale and C all others; sums of Phi_l'Phi_l over levels with equal G, as lower
triangles, and what the levels leave of C'C.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.beside_effects import BesideEffects
from engine.inference.bootstrap.equal_levels import equal_levels
from engine.inference.bootstrap.packed import packing
from engine.inference.bootstrap.packed_levels import PackedLevels
from engine.inference.bootstrap.variance_model import n_pairs, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.inference.bootstrap.variance_model import Term, VarianceModel


@dataclass(frozen=True, slots=True)
class Statistics:
    """What replicates say, by who hears it.

    Attributes
    ----------
    w : ndarray of shape (r, B)
    b : ndarray of shape (k, J, B)
        G_l^+ F_l'w.
    C : ndarray of shape (q, B)
        C'w without what the levels explain.
    square : ndarray of shape (B,)
        The same of w'w.
    """

    w: FloatArray
    b: FloatArray
    C: FloatArray
    square: FloatArray


class EliminatedLevels:
    """The factor with most columns, and what stands beside it.

    Parameters
    ----------
    model : VarianceModel
        With effects.
    is_whole : bool
        Whether y_x is in the response: coefficients are no columns of C then.

    Attributes
    ----------
    at : list of int
        Coordinates of the factor's own directions.
    blocks : PackedLevels
    beside : BesideEffects
    q : int
        Columns of C.
    """

    def __init__(self, model: VarianceModel, *, is_whole: bool) -> None:
        both = list(zip(model.terms, model.slices, strict=True))
        chosen = largest_factor(model)
        own = [(term, at) for term, at in both if term.factor == chosen]
        others = [(term, at) for term, at in both if term.factor != chosen]
        self.at = [i for _, at in own for i in range(at.start, at.stop)]
        self.beside = BesideEffects(others, 0 if is_whole else model.p)
        self.q = self.beside.q + self.beside.n_more
        self._rows, self._columns = np.tril_indices(self.q)
        self._place = packing(self.q).place.ravel()
        self._weights = np.where(self._rows == self._columns, 1.0, 2.0)

        F = np.concatenate([term.F for term, _ in own], axis=2).transpose(2, 1, 0)
        equal = equal_levels(np.einsum("ajn,bjn->abj", F, F))
        self.blocks = PackedLevels(equal, _free_entries([term for term, _ in own]))
        F = np.ascontiguousarray(F[:, equal.order])
        C = _columns_beside(model, others, self.beside.n_more)
        flat = len(F) * F.shape[1], self.q
        FC = F @ C
        self._inverse = equal.inverse[:, :, equal.of_level]
        Phi = np.einsum("abj,bjq->ajq", self._inverse, FC)
        self._Phi = Phi.reshape(flat)
        self._rest = self._lower(C.T @ C - FC.reshape(flat).T @ self._Phi)
        self._table = self._pooled(Phi, equal.starts)
        self._F = np.ascontiguousarray(F[:, :, : model.r].reshape(-1, model.r).T)
        self._C = np.ascontiguousarray(C[: model.r])

    def _lower(self, square: FloatArray) -> FloatArray:
        """The lower triangle of a matrix of C's columns."""
        return square[self._rows, self._columns]

    def _pooled(self, Phi: FloatArray, starts: IntArray) -> FloatArray:
        """Sum Phi_a'Phi_b over each signature's levels: shape (m S, triangle)."""
        m, S = self.blocks.m, self.blocks.S
        made = np.empty((m, S, len(self._rows)))
        for s, (begin, end) in enumerate(pairwise(starts)):
            for i, (a, b) in enumerate(pairs(self.blocks.k)):
                square = Phi[a, begin:end].T @ Phi[b, begin:end]
                made[i, s] = self._lower(0.5 * (square + square.T))
        return made.reshape(m * S, -1)

    # --- what replicates say

    def stacked(self, w: FloatArray) -> FloatArray:
        """The statistics of replicates, one below the other."""
        k, J, B = self.blocks.k, self.blocks.J, w.shape[1]
        seen = self._F.T @ w
        b = np.einsum("abj,bjn->ajn", self._inverse, seen.reshape(k, J, B))
        C = self._C.T @ w - self._Phi.T @ seen
        square = (w * w).sum(axis=0) - (seen * b.reshape(-1, B)).sum(axis=0)
        square = np.maximum(square, 0.0)
        return np.concatenate([w, b.reshape(-1, B), C, square[None]])

    def statistics(self, stacked: FloatArray) -> Statistics:
        """Tell them apart."""
        r, k, J = len(self._F), self.blocks.k, self.blocks.J
        w, b, C = np.split(stacked[:-1], [r, r + k * J])
        return Statistics(w, b.reshape(k, J, -1), C, stacked[-1])

    def of_effects(self, levels: FloatArray, beside: FloatArray) -> FloatArray:
        """What effects add to w: (k, J, B) and (q2, B) to (r, B)."""
        made: FloatArray = self._F @ levels.reshape(-1, levels.shape[2])
        made += self._C[:, : len(beside)] @ beside
        return made

    # --- between levels and C

    def to_C(self, v: FloatArray) -> FloatArray:
        """Sum Phi_l'v_l: (k, J, B) to (q, B)."""
        made: FloatArray = self._Phi.T @ v.reshape(-1, v.shape[2])
        return made

    def to_levels(self, h: FloatArray) -> FloatArray:
        """Phi_l h: (B, q) to (k, J, B)."""
        made: FloatArray = self._Phi @ h.T
        return made.reshape(self.blocks.k, self.blocks.J, -1)

    def M(self, K: FloatArray) -> FloatArray:
        """C'E C: packed K of signatures to (B, q, q)."""
        triangles = self.through_levels(self.blocks.weighted(K))
        triangles += self._rest
        return self.unfolded(triangles)

    def through_levels(self, weighted: FloatArray) -> FloatArray:
        """Sum Phi'K Phi: weighted K of signatures to triangles of shape (B, ...)."""
        made: FloatArray = weighted.reshape(len(self._table), -1).T @ self._table
        return made

    def through_C(self, triangles: FloatArray) -> FloatArray:
        """Sum Phi H Phi' over a signature's levels: weighted triangles to packed."""
        made: FloatArray = self._table @ triangles.T
        return made.reshape(self.blocks.m, self.blocks.S, -1)

    def weighted_triangles(self, H: FloatArray) -> FloatArray:
        """Lower triangles of symmetric (B, q, q), each entry as often as it occurs."""
        flat: FloatArray = H.reshape(len(H), -1)[:, self._rows * self.q + self._columns]
        flat *= self._weights
        return flat

    def unfolded(self, triangles: FloatArray) -> FloatArray:
        """Symmetric matrices from lower triangles: (..., triangle) to (..., q, q)."""
        made: FloatArray = triangles.take(self._place, axis=-1)
        return made.reshape(*triangles.shape[:-1], self.q, self.q)


def largest_factor(model: VarianceModel) -> int:
    """The factor with most columns."""
    sizes = dict.fromkeys((term.factor for term in model.terms), 0)
    for term in model.terms:
        sizes[term.factor] += _n_columns(term)
    return max(sizes, key=lambda factor: sizes[factor])


def table_size(model: VarianceModel) -> int:
    """Numbers that sums over signatures take where no two levels are alike."""
    chosen = largest_factor(model)
    own = [term for term in model.terms if term.factor == chosen]
    others = [term for term in model.terms if term.factor != chosen]
    q = model.p + sum(_n_columns(term) for term in others)
    return n_pairs(sum(term.k for term in own)) * len(own[0].F[0]) * n_pairs(q)


def _n_columns(term: Term) -> int:
    return int(term.F.shape[1]) * term.k


def _free_entries(terms: Sequence[Term]) -> list[int]:
    """Where blocks on the diagonal stand in a packed matrix of all columns."""
    place, begin, made = packing(sum(term.k for term in terms)).place, 0, []
    for term in terms:
        made += [int(place[begin + a, begin + b]) for a, b in pairs(term.k)]
        begin += term.k
    return made


def _columns_beside(
    model: VarianceModel, others: list[tuple[Term, slice]], n_coefficients: int
) -> FloatArray:
    """C on the rotated scale, where Q is the last p rows of I."""
    n_rows = model.r + model.p
    flat = [term.F.reshape(n_rows, -1) for term, _ in others]
    Q = np.eye(n_rows)[:, n_rows - n_coefficients :]
    return np.concatenate([*flat, Q], axis=1)
