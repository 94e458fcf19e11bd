"""The slope a short step away, without another inverse of a large core.

What costs most there are the sums over levels of K = Z'PZ (`diagonal_sums`). Their
derivative is known where the Hessian is, by the level-summed squares Q of K:

    K_t(Sigma + D) = K_t(Sigma) - sum_s Q_ts : D_s + R_t

With P(Sigma + D) = P - PZDZ'P + PZDZ'P(Sigma + D)ZDZ'P and Sigma^(1/2) K Sigma^(1/2) at
most I, the rest R lies between 0 and d^2 / (1 - d) K, where d is the largest change of
a variance, in any direction and relative to itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.block_squares import Squares
    from engine.fitting.criterion import Evaluation

Sums = tuple["FloatArray", ...]
"""A matrix of shape (k, k) for each factor."""


def nearby_sums(
    there: Evaluation, here: Evaluation, squares: Squares
) -> tuple[Sums, Sums]:
    """Sums over levels of K's diagonal blocks, and how far they may be off.

    Parameters
    ----------
    there : Evaluation
        Where they are wanted.
    here : Evaluation
        Where they are known, with variance in every direction.
    squares : dict of (int, int) to ndarray of shape (k_t, k_t, k_s, k_s)
        Level-summed squares of K here.

    Returns
    -------
    sums, rests : tuple of ndarray of shape (k, k)
        By factor.
    """
    pairs = list(zip(here.V.sigmas, there.V.sigmas, strict=True))
    changes = [new - old for old, new in pairs]
    sums = tuple(
        K - sum(_contracted(squares[t, s], D) for s, D in enumerate(changes))
        for t, K in enumerate(here.diagonal_sums)
    )
    d = max(_relative(D, old) for D, (old, _) in zip(changes, pairs, strict=True))
    share = d * d / (1.0 - d) if d < 1.0 else np.inf
    return sums, tuple(share * K for K in here.diagonal_sums)


def _contracted(Q: FloatArray, D: FloatArray) -> FloatArray:
    """Sum over c, d of Q[a, b, c, d] D[c, d]."""
    made: FloatArray = np.tensordot(Q, D, axes=2)
    return made


def _relative(change: FloatArray, Sigma: FloatArray) -> float:
    """Largest change of a variance, relative to itself, in any direction."""
    half = np.linalg.inv(np.linalg.cholesky(Sigma))
    return float(np.abs(np.linalg.eigvalsh(half @ change @ half.T)).max())
