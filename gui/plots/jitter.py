"""Sideways offsets that part the points of one group; the same ones every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray

_LEAST = 0.7  # spread of points that have a neighbour
_BANDWIDTH = 1 / 18  # of the range of y; closer points are neighbours


def offsets(positions: IntArray, y: FloatArray) -> FloatArray:
    """Offsets between -1 and 1, wide where a group's points are crowded.

    Within a group, points take the places of the van der Corput sequence in the order
    of `y`, so that neighbours in `y` lie apart, and the spread follows the density.

    Parameters
    ----------
    positions : ndarray of int, shape (n,)
        Index of each point's group.
    y : ndarray of shape (n,)
        Finite values.
    """
    n = len(y)
    if n == 0:
        return np.zeros(0)
    span = float(np.ptp(y)) or 1.0
    scaled = (y - y.min()) / span
    key = positions * 4.0 + scaled  # groups lie 3 ranges apart: one search for all
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    crowd = np.searchsorted(ordered, ordered + _BANDWIDTH, side="right")
    crowd -= np.searchsorted(ordered, ordered - _BANDWIDTH, side="left")
    starts = np.searchsorted(positions[order], positions[order], side="left")
    spread = np.sqrt((crowd - 1) / max(1, crowd.max() - 1))
    spread[crowd > 1] = np.maximum(spread[crowd > 1], _LEAST)
    result = np.empty(n)
    result[order] = (2 * _van_der_corput(np.arange(n) - starts) - 1) * spread
    return result


def _van_der_corput(index: IntArray) -> FloatArray:
    """Terms of the base-2 sequence 1/2, 1/4, 3/4, 1/8, ... for indices from 0."""
    rest = np.asarray(index) + 1
    result, weight = np.zeros(len(rest)), 0.5
    while rest.any():
        result += weight * (rest & 1)
        rest = rest >> 1
        weight /= 2
    return result
