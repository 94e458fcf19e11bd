"""Levels whose data weigh their effects alike: equal G_l = Z_l'Z_l.

A likelihood needs one K = (I + G Sigma)^-1 G for all levels of a *signature* G. Where a
level has fewer rows than columns, G has no inverse: the pseudo-inverse, with what it
leaves out as the level's lost directions, is all that is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.packed import packing

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray

LOST = 1e-10
"""Share of a level's largest eigenvalue below which its data say nothing of effects in
that direction."""
EQUAL_DIGITS = 9
"""Decimals, relative to the largest element, in which equal matrices agree."""


@dataclass(frozen=True, slots=True)
class EqualLevels:
    """Levels, sorted so that those of a signature stand side by side.

    Attributes
    ----------
    order : ndarray of int, shape (J,)
        The levels, as sorted.
    starts : ndarray of int, shape (S + 1,)
        Where each signature's levels begin, and the number of levels.
    G, inverse, root, projector : ndarray of shape (k, k, S)
        Z_l'Z_l, its pseudo-inverse, its square root, and the projector on its range.
    counts : ndarray of shape (S,)
        Number of levels.
    """

    order: IntArray
    starts: IntArray
    G: FloatArray
    inverse: FloatArray
    root: FloatArray
    projector: FloatArray
    counts: FloatArray

    @property
    def k(self) -> int:
        """Columns of Z of one level."""
        return len(self.G)

    @property
    def n_signatures(self) -> int:
        """S."""
        return len(self.counts)

    @property
    def of_level(self) -> IntArray:
        """Signature of each level, levels sorted: shape (J,)."""
        return np.repeat(np.arange(self.n_signatures), np.diff(self.starts))


def equal_levels(G: FloatArray) -> EqualLevels:
    """Sort levels by what their data weigh.

    Parameters
    ----------
    G : ndarray of shape (k, k, J)

    Returns
    -------
    EqualLevels
    """
    order, starts, first = _sorted_levels(packing(len(G)).pack(G))
    own = G[:, :, first]
    inverse, root, projector = _spectral(own)
    counts = np.diff(starts).astype(float)
    return EqualLevels(order, starts, own, inverse, root, projector, counts)


def _sorted_levels(packed: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
    """Levels sorted by signature, where each begins, and a level of each."""
    J = packed.shape[1]
    size = np.abs(packed).max(initial=0.0) or 1.0
    rounded = (packed.T / size).round(EQUAL_DIGITS) + 0.0  # no minus zero
    _, first, which = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    which = which.ravel()
    if len(first) == J:
        return np.arange(J), np.arange(J + 1), np.arange(J)
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], np.arange(len(first) + 1))
    return order, starts, first


def _spectral(G: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Pseudo-inverse, square root, and projector on the range."""
    values, vectors = np.linalg.eigh(G.transpose(2, 0, 1))
    is_kept = values > LOST * values[:, -1:].clip(0.0)
    values = np.where(is_kept, values, 1.0)

    def made(scale: FloatArray) -> FloatArray:
        scaled = vectors * np.where(is_kept, scale, 0.0)[:, None]
        whole = scaled @ vectors.transpose(0, 2, 1)
        return np.ascontiguousarray(whole.transpose(1, 2, 0))

    return made(1.0 / values), made(np.sqrt(values)), made(np.ones_like(values))
