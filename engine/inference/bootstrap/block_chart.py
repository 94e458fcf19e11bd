"""Coordinates in which covariances have no bounds, at each replicate's own point.

Sigma = V diag(e) V' of each block moves as V (l + Delta)(l + Delta)'V', l = diag of
sqrt(e), Delta lower triangular: never indefinite, and where Sigma has lost rank no
direction is lost but those that really do not matter. For one column, Sigma = gamma,
this is theta = sqrt(gamma) + Delta.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.variance_model import n_pairs, pairs, square

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.inference.bootstrap.local_slopes import Slopes

LOST = 1e-8
"""Eigenvalues below this count as zero: columns are scaled to mean squares of one."""


@dataclass(frozen=True, slots=True)
class BlockChart:
    """One block of k columns.

    Attributes
    ----------
    roots : ndarray of shape (k, B)
        Square roots of the eigenvalues, descending.
    vectors : ndarray of shape (k, k, B)
    jacobian : ndarray of shape (m, m, B)
        Of Sigma's entries in Delta's.
    outward : ndarray of shape (k, k, B)
        V'G V for G the slope in Sigma.
    """

    roots: FloatArray
    vectors: FloatArray
    jacobian: FloatArray
    outward: FloatArray

    def direction(self, axis: int) -> FloatArray:
        """The square v v' of one eigenvector: shape (m, B)."""
        v = self.vectors[:, axis]
        return np.array([v[a] * v[b] for a, b in pairs(len(v))])

    def moved(self, Delta: FloatArray) -> FloatArray:
        """Sigma's entries after a step of shape (m, B)."""
        k = len(self.roots)
        if k == 1:
            return (self.roots + Delta) ** 2
        root = np.zeros((k, k, Delta.shape[1]))
        for i, (a, b) in enumerate(pairs(k)):
            root[a, b] = Delta[i]
        root[np.arange(k), np.arange(k)] += self.roots
        root = np.einsum("asn,sbn->abn", self.vectors, root)
        made: FloatArray = np.einsum("asn,bsn->abn", root, root)
        return np.array([made[a, b] for a, b in pairs(k)])

    def take(self, which: IntArray) -> BlockChart:
        """Some of the replicates."""
        parts = (self.roots, self.vectors, self.jacobian, self.outward)
        return BlockChart(*(part[..., which] for part in parts))


def _block_chart(k: int, s: FloatArray, slope: FloatArray) -> BlockChart:
    """The chart of one block at entries s, with the slopes in them."""
    B = s.shape[1]
    if k == 1:
        roots = np.sqrt(s)
        return BlockChart(roots, np.ones((1, 1, B)), 2 * roots[None], slope[None])
    off = [1.0 if a == b else 0.5 for a, b in pairs(k)]
    G = square(slope * np.array(off)[:, None], k).transpose(2, 0, 1)
    values, vectors = np.linalg.eigh(square(s, k).transpose(2, 0, 1))
    values, vectors = np.maximum(values[:, ::-1], 0.0), vectors[:, :, ::-1].copy()
    n_lost = (values < LOST).sum(axis=1)
    for lost in range(1, k + 1):  # the slope decides which way a lost one comes back
        at = np.flatnonzero(n_lost == lost)
        null = vectors[at, :, k - lost :]
        inside = null.transpose(0, 2, 1) @ G[at] @ null
        vectors[at, :, k - lost :] = null @ np.linalg.eigh(inside)[1]
        values[at, k - lost :] = 0.0
    outward = vectors.transpose(0, 2, 1) @ G @ vectors
    V, roots = vectors.transpose(1, 2, 0), np.sqrt(values.T)
    jacobian = np.empty((len(s), len(s), B))
    for j, (c, d) in enumerate(pairs(k)):
        for i, (a, b) in enumerate(pairs(k)):
            both = V[a, c] * V[b, d] + V[a, d] * V[b, c]
            jacobian[i, j] = roots[d] * both
    return BlockChart(roots, V, jacobian, outward.transpose(1, 2, 0))


@dataclass(frozen=True, slots=True)
class Chart:
    """All blocks together.

    Attributes
    ----------
    blocks : tuple of BlockChart
    slope : ndarray of shape (m, B)
        Of the criterion in Delta.
    curvature : ndarray of shape (m, m, B)
    """

    blocks: tuple[BlockChart, ...]
    slope: FloatArray
    curvature: FloatArray

    @property
    def slices(self) -> list[slice]:
        """Where each block's entries stand."""
        return slices_of([len(block.roots) for block in self.blocks])

    @property
    def size(self) -> FloatArray:
        """The largest root of each replicate."""
        made: FloatArray = np.max([block.roots[0] for block in self.blocks], axis=0)
        return made

    def moved(self, Delta: FloatArray) -> FloatArray:
        """Coordinates after a step of shape (m, B)."""
        parts = zip(self.blocks, self.slices, strict=True)
        return np.concatenate([block.moved(Delta[own]) for block, own in parts])

    def take(self, which: IntArray) -> Chart:
        """Some of the replicates."""
        return Chart(
            tuple(block.take(which) for block in self.blocks),
            self.slope[:, which],
            self.curvature[:, :, which],
        )


def slices_of(sizes: Sequence[int]) -> list[slice]:
    """Where the entries of blocks of some columns stand."""
    ends = np.cumsum([0, *map(n_pairs, sizes)]).tolist()
    return [slice(a, b) for a, b in pairwise(ends)]


def chart_at(sizes: Sequence[int], s: FloatArray, local: Slopes) -> Chart:
    """Choose coordinates where each replicate stands.

    Parameters
    ----------
    sizes : sequence of int
        Columns of each block.
    s : ndarray of shape (m, B)
    local : Slopes

    Returns
    -------
    Chart
    """
    slices = slices_of(sizes)
    blocks = tuple(
        _block_chart(k, s[own], local.gradient[own])
        for k, own in zip(sizes, slices, strict=True)
    )
    slope = np.empty_like(local.gradient)
    curvature = np.empty_like(local.hessian)
    for block, own in zip(blocks, slices, strict=True):
        J = block.jacobian
        slope[own] = np.einsum("ijn,in->jn", J, local.gradient[own])
        for other, columns in zip(blocks, slices, strict=True):
            half = np.einsum("ijn,ikn->jkn", J, local.hessian[own, columns])
            curvature[own, columns] = np.einsum("jkn,kln->jln", half, other.jacobian)
        for i, (a, b) in enumerate(pairs(len(block.roots))):
            for j, (c, d) in enumerate(pairs(len(block.roots))):
                if b == d:
                    curvature[own.start + i, own.start + j] += 2 * block.outward[a, c]
    return Chart(blocks, slope, curvature)
