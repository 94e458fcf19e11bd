"""Small matrices of all levels at once: arrays of shape (k, m, J), levels last.

Each number of a k x m block is a row over the J levels, so that loops run over k and m,
which are small, and numpy's own loops over the levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray


def product(left: FloatArray, right: FloatArray) -> FloatArray:
    """left_l right_l for every level l.

    Parameters
    ----------
    left : ndarray of shape (k, s, J)
    right : ndarray of shape (s, m, J)

    Returns
    -------
    ndarray of shape (k, m, J)
    """
    total: FloatArray = left[:, 0, None] * right[None, 0]
    for inner in range(1, len(right)):
        total += left[:, inner, None] * right[None, inner]
    return total


def by_left(matrix: FloatArray, blocks: FloatArray) -> FloatArray:
    """M times the block of every level.

    Parameters
    ----------
    matrix : ndarray of shape (k, s)
    blocks : ndarray of shape (s, m, J)

    Returns
    -------
    ndarray of shape (k, m, J)
    """
    made: FloatArray = matrix @ blocks.reshape(len(blocks), -1)
    return made.reshape(len(matrix), *blocks.shape[1:])


def by_right(blocks: FloatArray, matrix: FloatArray) -> FloatArray:
    """The block of every level times M.

    Parameters
    ----------
    blocks : ndarray of shape (k, s, J)
    matrix : ndarray of shape (s, m)

    Returns
    -------
    ndarray of shape (k, m, J)
    """
    made: FloatArray = matrix.T @ blocks
    return made


def turned(blocks: FloatArray) -> FloatArray:
    """The transpose of every level's block."""
    return blocks.transpose(1, 0, 2)


def sum_of_products(left: FloatArray, right: FloatArray) -> FloatArray:
    """sum_l left_l right_l' over all levels.

    Parameters
    ----------
    left, right : ndarray of shape (k, m, J), (s, m, J)

    Returns
    -------
    ndarray of shape (k, s)
    """
    made: FloatArray = left.reshape(len(left), -1) @ right.reshape(len(right), -1).T
    return made


def gram(left: FloatArray, right: FloatArray) -> FloatArray:
    """sum_l left_l' right_l over all levels.

    Parameters
    ----------
    left, right : ndarray of shape (k, m, J), (k, r, J)

    Returns
    -------
    ndarray of shape (m, r)
    """
    total: FloatArray = left[0] @ right[0].T
    for a in range(1, len(left)):
        total += left[a] @ right[a].T
    return total


def sum_of_pairs(left: FloatArray, right: FloatArray) -> FloatArray:
    """sum_l left_l[a, c] right_l[b, d] over all levels, as [a, b, c, d].

    Parameters
    ----------
    left, right : ndarray of shape (k, m, J), (s, r, J)

    Returns
    -------
    ndarray of shape (k, s, m, r)
    """
    (k, m, J), (s, r, _) = left.shape, right.shape
    sums: FloatArray = left.reshape(k * m, J) @ right.reshape(s * r, J).T
    return sums.reshape(k, m, s, r).transpose(0, 2, 1, 3)


RIDGE = 1e-6
"""Added to the diagonal of every level, for those with fewer rows than columns."""
NEARLY_PERFECT = 1e-3
"""Smallest singular value of the root of correlations that cost three digits."""


@dataclass(frozen=True)
class Shrinkage:
    """What each level makes of its own data, G_l = Z_l'Z_l.

    Attributes
    ----------
    log_det : float
        Sum over levels of log |I + G_l Sigma|.
    shrink : ndarray of shape (k, k, J)
        (I + G_l Sigma)^-1.
    to_u : ndarray of shape (k, k, J)
        (I + root'G_l root)^-1 root': spherical effects from Z_l'w.
    root : ndarray of shape (k, k)
    """

    log_det: float
    shrink: FloatArray
    to_u: FloatArray
    root: FloatArray

    @property
    def is_correlated(self) -> bool:
        """Whether some effects follow nearly from others: `shrink` has lost digits."""
        sd = np.sqrt((self.root**2).sum(axis=1, keepdims=True))
        directions = self.root / np.where(sd > 0, sd, 1.0)
        return bool(np.linalg.svd(directions, compute_uv=False)[-1] < NEARLY_PERFECT)

    @cached_property
    def W(self) -> FloatArray:
        """Sigma (I + G_l Sigma)^-1 = root (I + root'G_l root)^-1 root'.

        Where standard deviations are large and correlations nearly perfect, Sigma times
        `shrink` would be a difference of large numbers.
        """
        return by_left(self.root, self.to_u)


def shrinkage(G: FloatArray, root: FloatArray) -> Shrinkage:
    """Work out the blocks of every level.

    Parameters
    ----------
    G : ndarray of shape (k, k, J)
        Positive semidefinite.
    root : ndarray of shape (k, k)
        Sigma = root root'.

    Returns
    -------
    Shrinkage
    """
    k = len(root)
    if k == 1:
        D = 1.0 + G * root[0, 0] ** 2
        shrink = 1.0 / D
        return Shrinkage(float(np.log(D).sum()), shrink, root[0, 0] * shrink, root)
    if k == 2:
        return _shrinkage_of_pairs(G, root)
    half, identity = G.transpose(2, 0, 1) @ root, np.eye(k)
    M = identity + root.T @ half
    shrink = np.linalg.inv(identity + half @ root.T).transpose(1, 2, 0)
    to_u = (np.linalg.inv(M) @ root.T).transpose(1, 2, 0)
    return Shrinkage(
        float(np.linalg.slogdet(M).logabsdet.sum()),
        np.ascontiguousarray(shrink),
        np.ascontiguousarray(to_u),
        root,
    )


def _shrinkage_of_pairs(G: FloatArray, root: FloatArray) -> Shrinkage:
    """The same for two columns, with M = I + root'G root.

    |M| = 1 + tr(root'G root) + |G| |root|^2 is a sum of what is not negative.
    """
    (a, b), (c, d) = root  # the root's rows
    s, t, u = a * a + b * b, a * c + b * d, c * c + d * d  # Sigma
    flat = G.reshape(4, -1)  # its second and third rows are the same
    diagonals = [a * a, a * c, a * c, c * c], [b * b, b * d, b * d, d * d]
    sums = np.array([*diagonals, [a * b, a * d, b * c, c * d]]) @ flat  # M - I
    size = flat[0] * flat[3] - flat[1] * flat[1]
    np.maximum(size, 0.0, out=size)
    size *= (a * d - b * c) ** 2
    size += sums[0]
    size += sums[1]
    size += 1.0
    sums[:2] += 1.0
    to_u = np.array([[0, a, -b], [0, c, -d], [b, 0, -a], [d, 0, -c]]) @ sums
    to_u /= size
    shrink = np.array([[0, t, 0, u], [-t, -u, 0, 0], [0, -s, 0, -t], [s, t, 0, 0]])
    shrink = shrink @ flat
    shrink[::3] += 1.0
    shrink /= size
    shape = G.shape
    log_det = float(np.log(size).sum())
    return Shrinkage(log_det, shrink.reshape(shape), to_u.reshape(shape), root)


def ridge_inverse(G: FloatArray) -> FloatArray:
    """(G_l + a small ridge)^-1 of every level.

    Parameters
    ----------
    G : ndarray of shape (k, k, J)
        Positive semidefinite.

    Returns
    -------
    ndarray of shape (k, k, J)
    """
    return shrinkage(G / RIDGE, np.eye(len(G))).W / RIDGE
