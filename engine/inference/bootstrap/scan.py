"""Where the refits start: the best of a few covariances that all replicates share.

At a Sigma that is shared the criterion of all replicates is two matrix products. The
points lie around the truth that the replicates were drawn from, in its eigenvectors and
turned by half a radian both ways: no effects at all, each variance lost, a good deal
smaller, larger. A replicate whose optimum lies elsewhere than the truth starts near it,
and one with two optima near the better one.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.packed import packing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray
    from engine.inference.bootstrap.faces import Faces

    Blocks = list[tuple[FloatArray, FloatArray]]

SMALLER, LARGER = 0.3, 2.2
"""Shares of a variance that are tried beside it."""
TURNS = (0.0, 0.5, -0.5)
"""Radians by which the eigenvectors of two columns are turned."""
MANY_DIRECTIONS = 3
"""With so many directions of variation they are changed one at a time, not together."""
SAME_DIGITS = 12
"""Decimals in which two points that are one agree."""


def scan_points(faces: Faces, Sigma: FloatArray, n_levels: int) -> FloatArray:
    """Choose the shared covariances.

    Parameters
    ----------
    faces : Faces
    Sigma : ndarray of shape (k, k)
        From which the replicates were drawn.
    n_levels : int

    Returns
    -------
    ndarray of shape (n_free, n_points)
        The first is zero.
    """
    blocks: Blocks = [np.linalg.eigh(S) for S in faces.nearest(Sigma)]
    largest = max((values.max(initial=0.0) for values, _ in blocks), default=0.0)
    ladders = [
        _ladder(float(value), largest, n_levels)
        for values, _ in blocks
        for value in values.clip(0.0)
    ]
    points: list[FloatArray] = [np.zeros(faces.n_free)]
    for turn in TURNS if faces.sizes == (2,) else TURNS[:1]:
        rotation = _rotation(turn) if turn else None
        points += [_free(blocks, own, rotation) for own in _combined(ladders)]
    return np.unique(np.round(points, SAME_DIGITS), axis=0).T


def _ladder(value: float, largest: float, n_levels: int) -> list[float]:
    """Variances to try in one direction; the value itself is the first."""
    notable = (1.0 + value) * np.sqrt(0.5 / n_levels)
    if value > notable:
        return [value, 0.0, SMALLER * value, LARGER * value, notable]
    return [value, 0.0, notable, 3.0 * notable]


def _combined(ladders: list[list[float]]) -> Iterator[tuple[float, ...]]:
    """Combinations of variances: all, or changes one at a time where they are many."""
    if len(ladders) < MANY_DIRECTIONS:
        yield from product(*ladders)
        return
    truth = [ladder[0] for ladder in ladders]
    yield tuple(truth)
    for share in (SMALLER, LARGER):
        yield tuple(share * value for value in truth)
    yield tuple(ladder[2] for ladder in ladders)
    for place, ladder in enumerate(ladders):
        for value in ladder[1:]:
            yield (*truth[:place], value, *truth[place + 1 :])


def _rotation(angle: float) -> FloatArray:
    """A turn of the plane."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def _free(
    blocks: Blocks,
    variances: tuple[float, ...],
    rotation: FloatArray | None,
) -> FloatArray:
    """Free elements with these variances along the eigenvectors of each block."""
    parts: list[FloatArray] = [np.zeros(0)]
    place = 0
    for _, vectors in blocks:
        r = len(vectors)
        own = np.array(variances[place : place + r])
        turned = vectors if rotation is None else vectors @ rotation
        parts.append(packing(r).pack((turned * own) @ turned.T))
        place += r
    return np.concatenate(parts)
