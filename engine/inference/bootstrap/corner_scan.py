"""Starts: the best of a few points that all replicates share.

One factorisation serves all replicates at such a point. Each block is taken at nothing,
at what it was fitted to and at about twice that, in all combinations while these are
few: a second optimum is then seldom missed, and most false zeros are never met.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.variance_model import pairs, square

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.inference.bootstrap.variance_criterion import Data, VarianceCriterion
    from engine.inference.bootstrap.variance_model import VarianceModel

MOST_POINTS = 27
LARGER = 2.2


def corner_points(model: VarianceModel, s: FloatArray) -> FloatArray:
    """List the points.

    Parameters
    ----------
    model : VarianceModel
    s : ndarray of shape (m,)
        Where the replicates were drawn.

    Returns
    -------
    ndarray of shape (n_points, m)
    """
    levels = []
    for term, own in zip(model.terms, model.slices, strict=True):
        S = square(s[own, None], term.k)[:, :, 0]
        values, V = np.linalg.eigh(S)
        J = term.F.shape[1]
        least = (1 + values.clip(min=0)) * 0.5 * np.sqrt(2 / J)
        is_small = values < least
        middle = np.where(is_small, least, values)
        high = np.where(is_small, 3 * least, LARGER * values)
        made = [(V * e) @ V.T for e in (0 * values, middle, high)]
        levels.append([np.array([M[a, b] for a, b in pairs(term.k)]) for M in made])
    if 3 ** len(levels) > MOST_POINTS:
        chosen = _one_at_a_time(len(levels))
    else:
        chosen = list(product(range(3), repeat=len(levels)))
    return np.array(
        [
            np.concatenate(
                [np.zeros(0), *(own[i] for own, i in zip(levels, at, strict=True))]
            )
            for at in chosen
        ]
    )


def _one_at_a_time(n: int) -> list[tuple[int, ...]]:
    """All in the middle, all at one end, and each alone at either end."""
    made = [(level,) * n for level in range(3)]
    for i, level in product(range(n), (0, 2)):
        made.append((1,) * i + (level,) + (1,) * (n - i - 1))
    return made


def best_points(
    criterion: VarianceCriterion, points: FloatArray, log_dets: FloatArray, data: Data
) -> tuple[FloatArray, FloatArray]:
    """The best point for each replicate, and the criterion there.

    Parameters
    ----------
    criterion : VarianceCriterion
    points : ndarray of shape (n_points, m)
    log_dets : ndarray of shape (n_points,)
        There, which all replicates share.
    data : Data

    Returns
    -------
    ndarray of shape (m, B), ndarray of shape (B,)
    """
    values = np.array(
        [
            criterion.shared(s, log_det, data)
            for s, log_det in zip(points, log_dets, strict=True)
        ]
    )
    best: FloatArray = points[values.argmin(axis=0)].T.copy()
    return best, values.min(axis=0)
