"""Small matrices of all levels at once: arrays of shape (k, m, J), levels last.

Each number of a k x m block is a row over the J levels, so that loops run over k and m,
which are small, and numpy's own loops over the levels.
"""

from __future__ import annotations

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


def shrinkage(G: FloatArray, root: FloatArray) -> tuple[float, FloatArray]:
    """Log |I + G_l Sigma| summed over the levels, and the inverse of each.

    Determinants are those of I + root'G root: where standard deviations are large and
    correlations nearly perfect, |Sigma| taken from Sigma would be rounding.

    Parameters
    ----------
    G : ndarray of shape (k, k, J)
        Positive semidefinite.
    root : ndarray of shape (k, k)
        Sigma = root root'.

    Returns
    -------
    float, ndarray of shape (k, k, J)
    """
    k = len(root)
    if k == 1:
        D = 1.0 + G * root[0, 0] ** 2
        return float(np.log(D).sum()), 1.0 / D
    if k == 2:
        return _shrinkage_of_pairs(G, root)
    half = G.transpose(2, 0, 1) @ root
    inverted = np.linalg.inv(np.eye(k) + half @ root.T).transpose(1, 2, 0)
    log_det = np.linalg.slogdet(np.eye(k) + root.T @ half).logabsdet.sum()
    return float(log_det), np.ascontiguousarray(inverted)


def _shrinkage_of_pairs(G: FloatArray, root: FloatArray) -> tuple[float, FloatArray]:
    """The same for two columns: |I + G Sigma| = 1 + tr(G Sigma) + |G| |Sigma|."""
    sigma = root @ root.T
    own = np.maximum(G[0, 0] * G[1, 1] - G[0, 1] * G[1, 0], 0.0)
    own *= (root[0, 0] * root[1, 1] - root[0, 1] * root[1, 0]) ** 2
    own += 1.0
    inverted = np.empty_like(G)
    np.add(1.0, sigma[0, 1] * G[1, 0], out=inverted[0, 0])
    inverted[0, 0] += sigma[1, 1] * G[1, 1]
    np.add(1.0, sigma[0, 0] * G[0, 0], out=inverted[1, 1])
    inverted[1, 1] += sigma[0, 1] * G[0, 1]
    own += inverted[0, 0]
    own += inverted[1, 1]
    own -= 2.0
    inverted[0, 1] = -(sigma[0, 1] * G[0, 0] + sigma[1, 1] * G[0, 1])
    inverted[1, 0] = -(sigma[0, 0] * G[1, 0] + sigma[0, 1] * G[1, 1])
    inverted /= own
    return float(np.log(own).sum()), inverted
