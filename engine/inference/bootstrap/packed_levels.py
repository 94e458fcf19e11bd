"""Small symmetric matrices of many levels and replicates at once.

Arrays of matrices are packed (see `packed`): (m, S, B) for signatures, (m, J, B) for
levels, replicates last; vectors of levels are (k, J, B). X_i are the derivatives of the
levels' covariance along its free entries, which may be fewer than m.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.packed import packing
from engine.inference.bootstrap.shrunk import Shrunk

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.inference.bootstrap.equal_levels import EqualLevels


class PackedLevels:
    """Sums and products over the levels of one factor.

    Parameters
    ----------
    equal : EqualLevels
    place : list of int
        Free entries of the levels' covariance among the packed ones.

    Attributes
    ----------
    k, m, J, S : int
        Columns of a level and packed entries, levels and signatures.
    """

    def __init__(self, equal: EqualLevels, place: list[int]) -> None:
        self.k, self.S, self.J = equal.k, equal.n_signatures, len(equal.order)
        self._pack = packing(self.k)
        self.m, self.place = self._pack.m, place
        self._is_full = place == list(range(self.m))
        self._starts, self._of_level = equal.starts[:-1], equal.of_level
        self._weights = self._pack.weights[:, None, None]
        self._shrunk, self._counts = Shrunk(equal), equal.counts

    def shrunk(self, free: FloatArray) -> tuple[FloatArray, FloatArray]:
        """K, and the sum over levels of log|I + G S|.

        Parameters
        ----------
        free : ndarray of shape (m1, B)
            Of S.

        Returns
        -------
        ndarray of shape (m, S, B), ndarray of shape (B,)
        """
        return self._shrunk.at(self._whole(free))

    def _whole(self, free: FloatArray) -> FloatArray:
        """S, packed, from its free entries."""
        if self._is_full:
            return free
        made = np.zeros((self.m, free.shape[1]))
        made[self.place] = free
        return made

    def weighted(self, K: FloatArray) -> FloatArray:
        """Each entry as often as it occurs."""
        made: FloatArray = K * self._weights
        return made

    def traces(self, K: FloatArray) -> FloatArray:
        """Sum tr K X_i over levels, K of their signatures: shape (m1, B)."""
        made: FloatArray = self._pack.weights[:, None] * (self._counts @ K)
        return made[self.place]

    def of_levels(self, K: FloatArray) -> FloatArray:
        """K of each level from that of its signature."""
        return K if self.S == self.J else K[:, self._of_level]

    def product(self, K: FloatArray, v: FloatArray) -> FloatArray:
        """K_l v_l: (m, J, B) and (k, J, B); either may lack levels or replicates."""
        place = self._pack.place
        made: FloatArray = np.empty((self.k, *np.broadcast(K[0], v[0]).shape))
        for a in range(self.k):
            np.multiply(K[place[a, 0]], v[0], out=made[a])
            for b in range(1, self.k):
                made[a] += K[place[a, b]] * v[b]
        return made

    def times_S(self, free: FloatArray, z: FloatArray) -> FloatArray:
        """S z_l at free entries of shape (m1, B)."""
        return self.product(self._whole(free)[:, None], z)

    def turned(self, z: FloatArray) -> list[FloatArray]:
        """X_i z_l of all free entries: each of shape (k, J, B)."""
        made = []
        for i in self.place:
            a, b = self._pack.pairs[i]
            own = np.zeros_like(z)
            own[a], own[b] = z[b], z[a]
            made.append(own)
        return made

    def squares(self, z: FloatArray) -> FloatArray:
        """Sum z z' over each signature's levels: shape (m, S, B)."""
        made = np.array([z[a] * z[b] for a, b in self._pack.pairs])
        if self.S == self.J:
            return made
        return np.add.reduceat(made, self._starts, axis=1)

    def derivatives(self, K: FloatArray) -> FloatArray:
        """Traces of X_i K X_j K, along all entries: shape (m, m, S, B)."""
        own = packing(self.m)
        first, second = own.lower
        squares = self._pack.squares @ (K[first] * K[second]).reshape(own.m, -1)
        return squares.reshape(own.m, *K.shape[1:])[own.place]

    def sandwich(self, derivatives: FloatArray, C: FloatArray) -> FloatArray:
        """K C K from `derivatives` of K."""
        made: FloatArray = np.einsum("ijsb,jsb->isb", derivatives, C)
        made /= self._weights
        return made

    def crossed(self, A: FloatArray, K: FloatArray) -> FloatArray:
        """Sum tr A X_i K X_j over signatures: shape (m1, m1, B)."""
        both = np.einsum("isb,jsb->ijb", A, K)
        packed: FloatArray = self._pack.mixed @ both.reshape(self.m**2, -1)
        made = packed[packing(self.m).place]
        return made if self._is_full else made[np.ix_(self.place, self.place)]

    def counted(self, K: FloatArray) -> FloatArray:
        """K as often as its signature has levels."""
        made: FloatArray = K * self._counts[:, None]
        return made
