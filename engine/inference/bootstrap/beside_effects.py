"""Effects that stand beside the levels which are eliminated: Gamma and its directions.

Their columns W enter D as W Gamma W', Gamma = blocks of I x Sigma_t, and further
columns, those of the coefficients, follow them with an infinite variance. Along the
entries (a, b) of the Sigma_t, the directions are Y = sum over levels of e_la e_lb' +
e_lb e_la' (e_la e_la' on the diagonal), never written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.variance_model import pairs, square

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray
    from engine.inference.bootstrap.variance_model import Term


@dataclass(frozen=True, slots=True)
class Direction:
    """One entry of a Sigma_t.

    Attributes
    ----------
    coordinate : int
        Where it stands among all directions of the model.
    a, b : slice
        Columns of W that belong to its row and to its column, by level.
    weight : float
        One on the diagonal, else two.
    """

    coordinate: int
    a: slice
    b: slice
    weight: float

    @property
    def orders(self) -> list[tuple[slice, slice]]:
        """The entry and its mirror image."""
        both = [(self.a, self.b), (self.b, self.a)]
        return both if self.weight > 1 else both[:1]


class BesideEffects:
    """The covariances of W's columns.

    Parameters
    ----------
    terms : list of (Term, slice)
        With their coordinates; their columns in W level by level.
    n_more : int
        Columns that follow those of W.
    """

    def __init__(self, terms: list[tuple[Term, slice]], n_more: int) -> None:
        self._terms, begin = [], 0
        self.directions: list[Direction] = []
        for term, own in terms:
            end = begin + term.F.shape[1] * term.k
            self._terms.append((slice(begin, end), term.k, own))
            at = [slice(begin + a, end, term.k) for a in range(term.k)]
            for i, (a, b) in enumerate(pairs(term.k)):
                weight = 1.0 if a == b else 2.0
                self.directions.append(
                    Direction(own.start + i, at[a], at[b], weight),
                )
            begin = end
        self.q = begin
        self.n_more = n_more

    @property
    def coordinates(self) -> list[int]:
        """Of the directions."""
        return [one.coordinate for one in self.directions]

    def roots(self, s: FloatArray) -> Roots:
        """T with TT' = Gamma, at coordinates of shape (m, B)."""
        scale = np.ones((s.shape[1], self.q + self.n_more))
        blocks = []
        for where, k, own in self._terms:
            if k == 1:
                scale[:, where] = np.sqrt(s[own]).T
                continue
            values, V = np.linalg.eigh(square(s[own], k).transpose(2, 0, 1))
            root = V * np.sqrt(np.maximum(values, 0.0))[:, None]
            blocks.append((where, root))
        return Roots(scale, blocks)

    def times(self, s: FloatArray, g: FloatArray) -> FloatArray:
        """Gamma g of each replicate: (m, B) and (q, B) to (q, B)."""
        made = np.empty_like(g)
        for where, k, own in self._terms:
            wide = g[where].reshape(-1, k, g.shape[1])
            turned = np.einsum("abn,jbn->jan", square(s[own], k), wide)
            made[where] = turned.reshape(-1, g.shape[1])
        return made

    def turned(self, g: FloatArray) -> FloatArray:
        """Y g of all directions: (B, q) to (B, q, m2)."""
        made = np.zeros((*g.shape, len(self.directions)))
        for i, one in enumerate(self.directions):
            for a, b in one.orders:
                made[:, a, i] = g[:, b]
        return made

    def traces(self, left: FloatArray, right: FloatArray) -> FloatArray:
        """Traces of Y left'right, for symmetric left'right.

        Parameters
        ----------
        left, right : ndarray of shape (B, c, q)

        Returns
        -------
        ndarray of shape (m2, B)
        """
        made = np.empty((len(self.directions), len(left)))
        if all(one.weight == 1.0 for one in self.directions):  # one pass for all
            diagonal = np.einsum("bcl,bcl->bl", left, right)
            for i, one in enumerate(self.directions):
                made[i] = diagonal[:, one.a].sum(axis=1)
            return made
        for i, one in enumerate(self.directions):
            own = np.einsum("bcl,bcl->b", left[:, :, one.a], right[:, :, one.b])
            made[i] = one.weight * own
        return made

    def diagonal_traces(self, K: FloatArray) -> FloatArray:
        """Traces of Y K, for symmetric K of shape (B, q, q): shape (m2, B)."""
        made = np.empty((len(self.directions), len(K)))
        for i, one in enumerate(self.directions):
            made[i] = one.weight * np.einsum("bll->b", K[:, one.a, one.b])
        return made

    def square_traces(self, K: FloatArray) -> FloatArray:
        """Traces of Y_i K Y_j K, for the same K: shape (m2, m2, B)."""
        m = len(self.directions)
        made = np.zeros((m, m, len(K)))
        for i, j in _unordered(m):
            for a, b in self.directions[i].orders:
                for c, d in self.directions[j].orders:
                    left, right = K[:, a, d], K[:, b, c]
                    made[i, j] += np.einsum("bkl,bkl->b", left, right)
            made[j, i] = made[i, j]
        return made


@dataclass(frozen=True, slots=True)
class Roots:
    """T with TT' = Gamma for each replicate, and ones for what follows.

    Attributes
    ----------
    scale : ndarray of shape (B, q + n_more)
        Of single columns; one elsewhere.
    blocks : list of (slice, ndarray of shape (B, k, k))
        Roots of correlated effects, the same for all their levels.
    """

    scale: FloatArray
    blocks: list[tuple[slice, FloatArray]]

    def inside(self, M: FloatArray) -> FloatArray:
        """T'M T of symmetric matrices of shape (B, c, c)."""
        return self._around(M, [(at, T.transpose(0, 2, 1)) for at, T in self.blocks])

    def outside(self, M: FloatArray) -> FloatArray:
        """T M T' of the same."""
        return self._around(M, self.blocks)

    def _around(
        self, M: FloatArray, blocks: list[tuple[slice, FloatArray]]
    ) -> FloatArray:
        made: FloatArray = M * self.scale[:, :, None]
        made *= self.scale[:, None]
        B, c, _ = M.shape
        for at, T in blocks:
            k = T.shape[1]
            rows = np.ascontiguousarray(made[:, at]).reshape(B, -1, k, c)
            made[:, at] = (T[:, None] @ rows).reshape(B, -1, c)
            columns = np.ascontiguousarray(made[:, :, at]).reshape(B, -1, k)
            made[:, :, at] = (columns @ T.transpose(0, 2, 1)).reshape(B, c, -1)
        return made


def _unordered(m: int) -> Iterator[tuple[int, int]]:
    """Pairs of directions, each once."""
    return ((i, j) for i in range(m) for j in range(i + 1))
