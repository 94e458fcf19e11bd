"""Coordinates in which Newton's method can reach a boundary and leave it.

Each replicate's covariance is turned into its own eigenvectors, S = V diag(e) V' with
e descending, and moved by a lower triangular Delta:

    S(Delta) = V (l0 + Delta)(l0 + Delta)'V' ,      l0 = diag(sqrt e)

Every Delta gives a covariance, no sign or bound is needed, a lost rank is an ordinary
point, and no direction of Delta leaves S unchanged while e descends. At Delta = 0 the
derivative of S along (k, l) is sqrt(e_l) (v_k v_l' + v_l v_k'), so that with G = dd/dS

    gradient = J'g ,    Hessian = J'H J + 2 (V'G V)_kk'  for (k, l), (k', l), one column

(the criterion's own curvature and that of the chart). With several directions of no
variance V is free among them: their eigenvectors of V'G V are taken, the first of which
is the steepest way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.level_blocks import product, turned
from engine.inference.bootstrap.packed import packing

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.inference.bootstrap.faces import Faces
    from engine.inference.bootstrap.local_slopes import Slopes

NO_VARIANCE = 1e-8
"""Variances, relative to the residual one, that count as zero where there are more."""


@dataclass(frozen=True, slots=True)
class BlockChart:
    """The chart of one block's covariances.

    Attributes
    ----------
    values : ndarray of shape (r, B)
        Eigenvalues, descending.
    vectors : ndarray of shape (r, r, B)
    score : ndarray of shape (r, r, B)
        V'G V: slopes of the criterion along v_k v_l'.
    """

    values: FloatArray
    vectors: FloatArray
    score: FloatArray

    def take(self, index: IntArray) -> BlockChart:
        """That of some replicates."""
        return BlockChart(
            self.values.take(index, axis=1),
            self.vectors.take(index, axis=2),
            self.score.take(index, axis=2),
        )

    def moved(self, step: FloatArray) -> FloatArray:
        """Packed covariances at Delta = step: shape (m, B)."""
        r = len(self.values)
        at = packing(r).place
        roots = np.sqrt(self.values)
        if r == 1:
            moved: FloatArray = (roots + step) ** 2
            return moved
        turned_root = np.empty_like(self.vectors)
        for column in range(r):
            root = step[at[column, column]] + roots[column]
            total = self.vectors[:, column] * root
            for row in range(column + 1, r):
                total += self.vectors[:, row] * step[at[row, column]]
            turned_root[:, column] = total
        return _squared(turned_root)

    def outer(self, column: int) -> FloatArray:
        """Packed v_l v_l': shape (m, B)."""
        return _squared(self.vectors[:, column][:, None])


@dataclass(frozen=True, slots=True)
class Chart:
    """The charts of all blocks at one point, with derivatives there.

    Attributes
    ----------
    faces : Faces
    blocks : tuple of BlockChart
    gradient : ndarray of shape (n_free, B)
    hessian : ndarray of shape (n_free, n_free, B)
    """

    faces: Faces
    blocks: tuple[BlockChart, ...]
    gradient: FloatArray
    hessian: FloatArray

    @property
    def largest(self) -> FloatArray:
        """Largest eigenvalue: shape (B,)."""
        largest: FloatArray = np.max([block.values[0] for block in self.blocks], axis=0)
        return largest

    def moved(self, step: FloatArray, index: IntArray | slice) -> FloatArray:
        """Free elements of some replicates at Delta = step: shape (n_free, B)."""
        blocks = self.blocks
        if not isinstance(index, slice):
            blocks = tuple(block.take(index) for block in blocks)
        slices = zip(blocks, self.faces.slices, strict=True)
        return np.concatenate([block.moved(step[where]) for block, where in slices])


def chart_at(faces: Faces, free: FloatArray, slopes: Slopes) -> Chart:
    """The chart around each replicate's point.

    Parameters
    ----------
    faces : Faces
    free : ndarray of shape (n_free, B)
    slopes : Slopes
        The criterion's derivatives there.

    Returns
    -------
    Chart
    """
    blocks, jacobians = [], []
    for where, r in zip(faces.slices, faces.sizes, strict=True):
        weights = packing(r).weights[:, None]
        score = slopes.gradient[where] / weights
        block = _block_chart(r, free[where], score)
        blocks.append(block)
        jacobians.append(_jacobian(block))
    gradient = np.empty_like(slopes.gradient)
    hessian = np.empty_like(slopes.hessian)
    for i, J in zip(faces.slices, jacobians, strict=True):
        gradient[i] = product(turned(J), slopes.gradient[i, None])[:, 0]
        for j, other in zip(faces.slices, jacobians, strict=True):
            half = product(slopes.hessian[i, j], other)
            hessian[i, j] = product(turned(J), half)
    for where, block in zip(faces.slices, blocks, strict=True):
        _add_own_curvature(hessian[where, where], block)
    return Chart(faces, tuple(blocks), gradient, hessian)


def eigen(r: int, S: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, descending, none negative, and eigenvectors.

    Parameters
    ----------
    r : int
    S : ndarray of shape (m, B)
        Packed, positive semidefinite.

    Returns
    -------
    values : ndarray of shape (r, B)
    vectors : ndarray of shape (r, r, B)
    """
    if r == 1:
        return np.maximum(S, 0.0), np.ones((1, 1, S.shape[1]))
    if r > 2:
        whole = packing(r).unpack(S).transpose(2, 0, 1)
        values, vectors = np.linalg.eigh(whole)
        descending = vectors[:, :, ::-1].transpose(1, 2, 0)
        return values[:, ::-1].T.clip(0.0), np.ascontiguousarray(descending)
    a, b, c = S
    half = 0.5 * (a - c)
    first = np.sqrt(half * half + b * b) + 0.5 * (a + c)
    size = np.maximum(a * c - b * b, 0.0)
    second = np.divide(size, first, out=np.zeros_like(first), where=first > 0)
    angle = 0.5 * np.arctan2(b, half)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([first, second]), np.array([[cosine, -sine], [sine, cosine]])


def from_eigen(values: FloatArray, vectors: FloatArray) -> FloatArray:
    """Packed covariances with given eigenvalues and vectors: shape (m, B)."""
    return _squared(vectors * np.sqrt(values))


def _squared(roots: FloatArray) -> FloatArray:
    """Packed products of roots (r, s, B) with their transposes."""
    r, s, B = roots.shape
    result = np.empty((packing(r).m, B))
    for i, (a, b) in enumerate(packing(r).pairs):
        np.multiply(roots[a, 0], roots[b, 0], out=result[i])
        for column in range(1, s):
            result[i] += roots[a, column] * roots[b, column]
    return result


def _block_chart(r: int, S: FloatArray, score: FloatArray) -> BlockChart:
    """Eigenvectors and the score between them."""
    values, vectors = eigen(r, S)
    G = packing(r).unpack(score)
    if r == 1:
        return BlockChart(values, vectors, G)
    n_lost = (values < NO_VARIANCE).sum(axis=0)
    for lost in range(2, r + 1):
        at = np.flatnonzero(n_lost == lost)
        if len(at):
            own = vectors[:, r - lost :, at].transpose(2, 0, 1)
            inner = own.transpose(0, 2, 1) @ G[:, :, at].transpose(2, 0, 1) @ own
            own = own @ np.linalg.eigh(inner)[1]
            vectors[:, r - lost :, at] = own.transpose(1, 2, 0)
            values[r - lost :, at] = 0.0
    return BlockChart(values, vectors, product(turned(vectors), product(G, vectors)))


def _jacobian(block: BlockChart) -> FloatArray:
    """Derivatives of packed S along each element of Delta: shape (m, m, B)."""
    r, B = block.values.shape
    V, roots = block.vectors, np.sqrt(block.values)
    if r == 1:
        return 2.0 * roots[None]
    m = packing(r).m
    J = np.empty((m, m, B))
    for t, (k, column) in enumerate(packing(r).pairs):
        scaled = V[:, column] * roots[column]
        for i, (a, b) in enumerate(packing(r).pairs):
            np.multiply(V[a, k], scaled[b], out=J[i, t])
            J[i, t] += V[b, k] * scaled[a]
    return J


def _add_own_curvature(hessian: FloatArray, block: BlockChart) -> None:
    """Add what bends S itself along two elements of one column of Delta."""
    pairs = packing(len(block.values)).pairs
    for t, (row, column) in enumerate(pairs):
        for u, (other, its) in enumerate(pairs):
            if its == column:
                hessian[t, u] += 2.0 * block.score[row, other]
