"""Which covariances a model allows: all of them, independent blocks, or a face.

The columns of Z may be correlated, be independent in blocks, or some may be absent, as
in a smaller model that is compared with a larger one. All are of the form

    Sigma = sum_b U_b S_b U_b'

with free symmetric S_b, positive semidefinite, and fixed U_b (k, r_b). Derivatives in
Sigma turn into derivatives in the S_b by the same linear map.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.packed import packing

if TYPE_CHECKING:
    from engine.arrays import FloatArray


@dataclass(frozen=True)
class Faces:
    """The blocks of one covariance.

    Attributes
    ----------
    k : int
    blocks : tuple of ndarray of shape (k, r_b)
        Orthonormal columns U_b; none where the model has no effects at all.
    """

    k: int
    blocks: tuple[FloatArray, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of columns of each block."""
        return tuple(block.shape[1] for block in self.blocks)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where each block stands among the free elements."""
        ends = np.cumsum([0, *(packing(r).m for r in self.sizes)]).tolist()
        return tuple(slice(a, b) for a, b in pairwise(ends))

    @property
    def n_free(self) -> int:
        """Number of free elements."""
        return sum(packing(r).m for r in self.sizes)

    @cached_property
    def weights(self) -> FloatArray:
        """How often each free element occurs in its block: shape (n_free,)."""
        own = [packing(r).weights for r in self.sizes]
        return np.concatenate([np.zeros(0), *own])

    @cached_property
    def to_sigma(self) -> FloatArray:
        """Sigma = to_sigma S, both packed: shape (m, n_free)."""
        result = np.zeros((packing(self.k).m, self.n_free))
        for where, U in zip(self.slices, self.blocks, strict=True):
            r = U.shape[1]
            for place, (a, b) in enumerate(packing(r).pairs):
                S = np.zeros((r, r))
                S[a, b] = S[b, a] = 1.0
                result[:, where.start + place] = packing(self.k).pack(U @ S @ U.T)
        return result

    @cached_property
    def is_whole(self) -> bool:
        """Whether Sigma itself is free."""
        return self.sizes == (self.k,) and bool(
            np.array_equal(self.to_sigma, np.eye(self.n_free))
        )

    def sigma(self, free: FloatArray) -> FloatArray:
        """Sigma of free elements, packed: (n_free, B) to (m, B)."""
        return free if self.is_whole else self.to_sigma @ free

    def slopes(self, gradient: FloatArray) -> FloatArray:
        """Derivatives along free elements: (m, B) to (n_free, B)."""
        return gradient if self.is_whole else self.to_sigma.T @ gradient

    def curvatures(self, hessian: FloatArray) -> FloatArray:
        """Second derivatives along free elements: (m, m, B) to (n_free, n_free, B)."""
        if self.is_whole:
            return hessian
        m, _, B = hessian.shape
        both = np.kron(self.to_sigma, self.to_sigma)
        made = both.T @ hessian.reshape(m * m, B)
        return made.reshape(self.n_free, self.n_free, B)

    def nearest(self, Sigma: FloatArray) -> tuple[FloatArray, ...]:
        """S of each block for the allowed covariance that is near to a given one.

        Parameters
        ----------
        Sigma : ndarray of shape (k, k)

        Returns
        -------
        tuple of ndarray of shape (r_b, r_b)
            Positive semidefinite.
        """
        own = packing(self.k)
        root = np.sqrt(own.weights)
        free = np.linalg.lstsq(
            root[:, None] * self.to_sigma, root * own.pack(Sigma), rcond=None
        )[0]
        result = []
        for where, r in zip(self.slices, self.sizes, strict=True):
            values, vectors = np.linalg.eigh(packing(r).unpack(free[where]))
            result.append((vectors * values.clip(0.0)) @ vectors.T)
        return tuple(result)


def faces_of(k: int, blocks: tuple[FloatArray, ...]) -> Faces:
    """Faces whose blocks are spanned by given columns, of any scale.

    Parameters
    ----------
    k : int
    blocks : tuple of ndarray of shape (k, r_b)
        Independent columns.

    Returns
    -------
    Faces
    """
    return Faces(k, tuple(_orthonormal(block) for block in blocks))


def _orthonormal(columns: FloatArray) -> FloatArray:
    """An orthonormal basis of the same span; columns of I stay as they are."""
    if np.array_equal(columns.T @ columns, np.eye(columns.shape[1])):
        return columns
    return np.linalg.qr(columns)[0]
