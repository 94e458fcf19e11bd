"""The step of each replicate: Newton's, bounded, or the way out of a false optimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import BoolArray, FloatArray
    from engine.inference.bootstrap.local_slopes import Slopes
    from engine.inference.bootstrap.rotating_chart import Chart

CLEAR = 1e-6
"""Share of its diagonal element from which a pivot stands clear of rounding."""
FLOOR = 1e-6
"""Share of the largest at which curvatures are held that are smaller, or negative."""
BENT = 1e-5
"""Share of the largest beyond which a negative curvature is no rounding."""
LONGEST, LONGEST_AT_ZERO = 0.7, 0.35
"""Longest step: this share of the largest standard deviation, and this beside it."""
NEARLY_ZERO = 1e-3
"""Variances up to which a negative slope is a way out."""
LONGEST_WAY, BLIND_WAY = 0.5, 0.3
"""Longest step of a variance, and where its curvature is negative."""
REAL_GAIN = 1e-7
"""Fall of the criterion that a way out must promise: a slope that is negative by
rounding promises less, and would be followed for ever."""


@dataclass(slots=True)
class Steps:
    """What each replicate is to do.

    Attributes
    ----------
    delta : ndarray of shape (n_free, B)
        In the chart.
    way : ndarray of shape (n_free, B)
        Straight, for those that leave a false zero.
    slope : ndarray of shape (B,)
        Of the criterion along the step.
    promised : ndarray of shape (B,)
        Fall of the criterion by the quadratic model.
    is_saddle, is_out : ndarray of bool, shape (B,)
    """

    delta: FloatArray
    way: FloatArray
    slope: FloatArray
    promised: FloatArray
    is_saddle: BoolArray
    is_out: BoolArray


def newton_steps(chart: Chart) -> Steps:
    """Newton's step of each replicate, no longer than the model can be trusted.

    Parameters
    ----------
    chart : Chart

    Returns
    -------
    Steps
        None of them a way out yet; `is_saddle` where curvature is negative.
    """
    gradient = chart.gradient
    delta, is_clear = _solved(chart.hessian, -gradient)
    is_saddle = np.zeros(len(is_clear), dtype=bool)
    hard = np.flatnonzero(~is_clear)
    if len(hard):
        delta[:, hard], is_saddle[hard] = _positive_steps(
            chart.hessian[:, :, hard], gradient[:, hard]
        )
    length = np.sqrt(np.einsum("ib,ib->b", delta, delta))
    longest = LONGEST_AT_ZERO + LONGEST * np.sqrt(chart.largest)
    delta *= np.minimum(1.0, longest / np.maximum(length, 1e-300))
    slope = np.einsum("ib,ib->b", gradient, delta)
    return Steps(
        delta=delta,
        way=np.zeros_like(delta),
        slope=slope,
        promised=-0.5 * slope,
        is_saddle=is_saddle,
        is_out=np.zeros(len(is_clear), dtype=bool),
    )


def ways_out(chart: Chart, slopes: Slopes, steps: Steps, enough: float) -> BoolArray:
    """Find those that only seem to have finished, and turn their steps.

    Parameters
    ----------
    chart : Chart
    slopes : Slopes
    steps : Steps
        Modified: `way`, `slope`, `is_out` and `is_saddle`, `delta` of saddles.
    enough : float
        Promised fall at which a replicate has finished.

    Returns
    -------
    ndarray of bool, shape (B,)
        Who leaves a false zero.
    """
    is_small = steps.promised < enough
    gain = np.full(len(is_small), REAL_GAIN)
    has_way = np.zeros(len(is_small), dtype=bool)
    for where, block in zip(chart.faces.slices, chart.blocks, strict=True):
        for column in range(len(block.values)):
            slope = block.score[column, column]
            is_way = is_small & (block.values[column] < NEARLY_ZERO) & (slope < 0)
            at = np.flatnonzero(is_way)
            if not len(at):
                continue
            has_way[at] = True
            x = block.take(at).outer(column)
            H = slopes.hessian[where, where][:, :, at]
            bend = np.einsum("ib,ijb,jb->b", x, H, x)
            length = np.divide(
                -slope[at], bend, out=np.full(len(at), BLIND_WAY), where=bend > 0
            ).clip(None, LONGEST_WAY)
            promised = -length * (slope[at] + 0.5 * bend.clip(0.0) * length)
            is_best = promised > gain[at]
            best = at[is_best]
            gain[best] = promised[is_best]
            steps.way[:, best] = 0.0
            steps.way[where, best] = length[is_best] * x[:, is_best]
            steps.slope[best] = length[is_best] * slope[best]
            steps.is_out[best] = True
    steps.is_saddle &= is_small & ~has_way
    _leave_saddles(chart, steps)
    return steps.is_out


def _leave_saddles(chart: Chart, steps: Steps) -> None:
    """Turn the steps of saddles along their negative curvature."""
    at = np.flatnonzero(steps.is_saddle)
    if not len(at):
        return
    vectors = np.linalg.eigh(chart.hessian[:, :, at].transpose(2, 0, 1))[1][:, :, 0].T
    slope = np.einsum("ib,ib->b", vectors, chart.gradient[:, at])
    length = np.minimum(0.3, 0.5 * np.sqrt(chart.largest[at]) + 0.05)
    length[slope > 0] *= -1.0
    steps.delta[:, at] = vectors * length
    steps.slope[at] = length * slope


def _solved(hessian: FloatArray, right: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Solve by L D L'; False where a pivot does not stand clear of zero."""
    n, B = right.shape
    L, x = np.empty_like(hessian), np.empty((n, B))
    D, inverse = np.empty((n, B)), np.empty((n, B))
    is_clear = np.ones(B, dtype=bool)
    for j in range(n):
        pivot = hessian[j, j].copy()
        for c in range(j):
            pivot -= L[j, c] ** 2 * D[c]
        is_bad = ~(pivot > CLEAR * np.abs(hessian[j, j]))
        is_clear &= ~is_bad
        pivot[is_bad] = 1.0
        inverse[j] = np.where(is_bad, 0.0, 1.0 / pivot)
        D[j] = pivot
        for i in range(j + 1, n):
            rest = hessian[i, j].copy()
            for c in range(j):
                rest -= L[i, c] * L[j, c] * D[c]
            L[i, j] = rest * inverse[j]
    for i in range(n):
        x[i] = right[i]
        for c in range(i):
            x[i] -= L[i, c] * x[c]
    x *= inverse
    for i in range(n - 1, -1, -1):
        for c in range(i + 1, n):
            x[i] -= L[c, i] * x[c]
    return x, is_clear


def _positive_steps(
    hessian: FloatArray, gradient: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Steps with curvatures made positive, and where one was clearly negative.

    Each coordinate is measured so that its own curvature is one: those of a variance
    near zero are small without being flat.
    """
    n = len(gradient)
    scale = np.sqrt(np.abs(hessian[np.arange(n), np.arange(n)]))
    scale[scale == 0] = 1.0
    scaled = (hessian / scale / scale[:, None]).transpose(2, 0, 1)
    values, vectors = np.linalg.eigh(scaled)
    sizes = np.abs(values)
    largest = sizes.max(axis=1, keepdims=True)
    sizes = np.maximum(sizes, FLOOR * largest + 1e-300)
    along = np.einsum("bji,jb->bi", vectors, gradient / scale)
    steps = -np.einsum("bij,bj->ib", vectors, along / sizes) / scale
    return steps, values[:, 0] < -BENT * largest[:, 0]
