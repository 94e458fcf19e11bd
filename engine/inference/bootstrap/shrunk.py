"""What each signature's data say of its effects at a Sigma: K = (I + G Sigma)^-1 G.

Any number of replicates at once, each with its own Sigma. Neither G nor Sigma needs an
inverse: a level with few rows and a variance of zero are ordinary values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.packed import (
    cholesky,
    inverse_lower,
    lower_times,
    packing,
)

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.inference.bootstrap.equal_levels import EqualLevels
    from engine.inference.bootstrap.signatures import Signatures


class Shrunk:
    """K and log|I + G Sigma| of every signature.

    Parameters
    ----------
    signatures : Signatures or EqualLevels
    """

    def __init__(self, signatures: Signatures | EqualLevels) -> None:
        self._signatures = signatures
        self._pack = packing(signatures.k)
        root, pairs = signatures.root, self._pack.pairs
        maps = [
            [
                root[a, c] * root[b, d] + (c != d) * root[a, d] * root[b, c]
                for c, d in pairs
            ]
            for a, b in pairs
        ]
        # root Sigma root, element by element, is linear in Sigma: shape (m, S, m)
        self._to_inner = np.ascontiguousarray(np.transpose(maps, (0, 2, 1)))

    def at(self, Sigma: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Work them out at the Sigma of each replicate.

        Parameters
        ----------
        Sigma : ndarray of shape (m, B)
            Packed, positive semidefinite.

        Returns
        -------
        K : ndarray of shape (m, S, B)
            Packed.
        log_det : ndarray of shape (B,)
            log |V|.
        """
        G, counts = self._signatures.G[..., None], self._signatures.counts
        if self._pack.k == 1:
            size = 1.0 + G[0, 0] * Sigma
            return (G[0, 0] / size)[None], counts @ np.log(size)
        if self._pack.k > 2:
            return self._of_many(Sigma)
        g, h, i = G[0, 0], G[1, 0], G[1, 1]
        det_G = np.maximum(g * i - h * h, 0.0)
        det = np.maximum(Sigma[0] * Sigma[2] - Sigma[1] * Sigma[1], 0.0)
        # |I + G Sigma| is a sum of what is not negative; K = (G + |G| adj Sigma) / |.|
        size = g * Sigma[0] + (2 * h) * Sigma[1] + i * Sigma[2] + det_G * det + 1.0
        K = np.empty((3, *size.shape))
        inverse = 1.0 / size
        np.multiply(det_G * Sigma[2] + g, inverse, out=K[0])
        np.multiply(h - det_G * Sigma[1], inverse, out=K[1])
        np.multiply(det_G * Sigma[0] + i, inverse, out=K[2])
        return K, counts @ np.log(size)

    def _of_many(self, Sigma: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same for three columns or more: root (I + root Sigma root)^-1 root."""
        k, m, B = self._pack.k, self._pack.m, Sigma.shape[1]
        S = self._signatures.n_signatures
        inner = (self._to_inner.reshape(m * S, m) @ Sigma).reshape(m, S, B)
        inner[self._pack.weights == 1.0] += 1.0
        L, log_det = cholesky(k, inner)
        inverse = inverse_lower(k, L)
        root, K = self._signatures.root[..., None], np.empty((m, S, B))
        half = [
            lower_times(k, inverse, np.broadcast_to(column, (k, S, B)))
            for column in root.transpose(1, 0, 2, 3)
        ]
        for i, (a, b) in enumerate(self._pack.pairs):
            np.einsum("csb,csb->sb", half[a], half[b], out=K[i])
        return K, self._signatures.counts @ log_det
