"""Newton's method for all replicates at once, with certified boundaries.

Steps are taken in the chart of `block_chart`, with the exact Hessian, and shortened for
those replicates alone whose criterion rose. A variance of zero is stationary whatever
the data say; it is believed only where the criterion rises with it, else the replicate
*escapes* along it (by the gain that is predicted, as slopes near zero are rounding).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.block_chart import LOST, chart_at, slices_of
from engine.inference.bootstrap.variance_model import pairs, square

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.inference.bootstrap.block_chart import Chart
    from engine.inference.bootstrap.local_slopes import Slopes
    from engine.inference.bootstrap.variance_criterion import Data, VarianceCriterion

ENOUGH = 4e-5
"""Decrement below which the next step is the last and is not evaluated: what is left
after it is its square, about 1e-8."""
WORTH = 1e-5
"""Predicted gain from which a boundary is left."""
NEAR_BOUNDARY = 1e-3
"""Eigenvalue of a Sigma below which it may be a false zero."""
MOST_ITERATIONS, MOST_SHORTENED = 60, 14
SHORTER = 0.3
SUFFICIENT = 1e-4
"""Share of the promised fall of the criterion that a step must keep."""
SLACK = 1e-9
"""Rise of the criterion that is rounding."""
POSITIVE = 1e-7
"""Share of the largest curvature below which a pivot is not positive."""
FLOOR = 1e-4
"""Curvatures count as at least this share of the largest, where some are negative."""


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where the replicates ended.

    Attributes
    ----------
    s : ndarray of shape (m, B)
        Coordinates along the directions.
    before : ndarray of shape (m, B)
        Before the last step, which was not evaluated.
    value_before : ndarray of shape (B,)
    is_settled : ndarray of bool, shape (B,)
    """

    s: FloatArray
    before: FloatArray
    value_before: FloatArray
    is_settled: BoolArray


@dataclass(frozen=True, slots=True)
class Step:
    """What the replicates do next.

    Attributes
    ----------
    Delta : ndarray of shape (m, B)
        In the chart.
    gain : ndarray of shape (B,)
        Decrement that is expected, positive.
    escape : ndarray of shape (m, B)
        Change of Sigma's entries that is made instead, where there is one.
    is_escape, is_last : ndarray of bool, shape (B,)
    """

    Delta: FloatArray
    gain: FloatArray
    escape: FloatArray
    is_escape: BoolArray
    is_last: BoolArray

    def take(self, which: IntArray) -> Step:
        """Some of the replicates."""
        return Step(
            self.Delta[:, which],
            self.gain[which],
            self.escape[:, which],
            self.is_escape[which],
            self.is_last[which],
        )

    def end(self, chart: Chart, s: FloatArray, share: float = 1.0) -> FloatArray:
        """Coordinates after a share of the step."""
        made = chart.moved(share * self.Delta)
        return np.where(self.is_escape, s + share * self.escape, made)


def minimise(
    criterion: VarianceCriterion, sizes: Sequence[int], start: FloatArray, data: Data
) -> Minimum:
    """Minimise the criterion of each replicate.

    Parameters
    ----------
    criterion : VarianceCriterion
    sizes : sequence of int
        Columns of each block.
    start : ndarray of shape (m, B)
    data : Data

    Returns
    -------
    Minimum
    """
    B = start.shape[1]
    found = Minimum(start.copy(), start.copy(), np.full(B, np.inf), np.zeros(B, bool))
    active, s = np.arange(B), start
    local = criterion.local(s, data)
    for _ in range(MOST_ITERATIONS):
        chart = chart_at(sizes, s, local)
        step = _next_step(chart, local)
        last = np.flatnonzero(step.is_last)
        if len(last):
            done = active[last]
            end = step.take(last).end(chart.take(last), s[:, last])
            found.s[:, done], found.before[:, done] = end, s[:, last]
            found.value_before[done] = local.criterion[last]
            found.is_settled[done] = True
            on = np.flatnonzero(~step.is_last)
            active, s, local, data = active[on], s[:, on], local.take(on), data.take(on)
            chart, step = chart.take(on), step.take(on)
        if not len(active):
            break
        s, local, failed = _search(criterion, chart, step, s, local, data)
        found.s[:, active] = s
        if failed.any():
            on = np.flatnonzero(~failed)
            active, s, local, data = active[on], s[:, on], local.take(on), data.take(on)
    return found


def _search(
    criterion: VarianceCriterion,
    chart: Chart,
    step: Step,
    s: FloatArray,
    local: Slopes,
    data: Data,
) -> tuple[FloatArray, Slopes, BoolArray]:
    """Take the steps, shortened where the criterion rose; and which found no end."""
    trial = step.end(chart, s)
    reached = criterion.local(trial, data)
    share, failed = 1.0, np.zeros(s.shape[1], dtype=bool)
    limit = local.criterion - SUFFICIENT * step.gain + SLACK
    bad = np.flatnonzero(~(reached.criterion <= limit))
    for _ in range(MOST_SHORTENED):
        if not len(bad):
            return trial, reached, failed
        share *= SHORTER
        again = step.take(bad).end(chart.take(bad), s[:, bad], share)
        there = criterion.local(again, data.take(bad))
        trial[:, bad] = again
        reached.put(bad, there)
        limit = local.criterion[bad] - SUFFICIENT * share * step.gain[bad] + SLACK
        bad = bad[~(there.criterion <= limit)]
    failed[bad] = True
    trial[:, bad] = s[:, bad]
    return trial, reached, failed


def _next_step(chart: Chart, local: Slopes) -> Step:
    """Newton's step, an escape from a false zero, or the last step."""
    Delta, is_indefinite = newton_step(chart.slope, chart.curvature)
    length = np.sqrt((Delta * Delta).sum(axis=0))
    longest = 0.7 * (0.5 + chart.size)
    Delta *= np.minimum(1.0, longest / np.maximum(length, 1e-300))
    gain = -(chart.slope * Delta).sum(axis=0)
    is_small = gain < ENOUGH
    escape, is_escape, has_negative = _escapes(chart, local, np.flatnonzero(is_small))
    saddle = np.flatnonzero(is_small & is_indefinite & ~has_negative)
    if len(saddle):
        Delta[:, saddle] = _down_the_saddle(chart.take(saddle))
    is_last = is_small & ~is_escape
    is_last[saddle] = False
    gain = np.where(is_escape, 0.0, gain)
    return Step(Delta, gain, escape, is_escape, is_last)


def _escapes(
    chart: Chart, local: Slopes, small: IntArray
) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Where a variance near zero would lower the criterion, and how far to go.

    Returns
    -------
    ndarray of shape (m, B), ndarray of bool of shape (B,)
        Changes of Sigma's entries, and who makes one.
    ndarray of bool of shape (B,)
        Who has a slope below zero there, worth it or not.
    """
    m, B = local.gradient.shape
    change, best, has_negative = np.zeros((m, B)), np.full(B, WORTH), np.zeros(B, bool)
    for block, own in zip(chart.blocks, chart.slices, strict=True):
        for axis in range(len(block.roots)):
            G = block.outward[axis, axis]
            is_near = block.roots[axis, small] ** 2 < NEAR_BOUNDARY
            at = small[is_near & (G[small] < 0)]
            if not len(at):
                continue
            has_negative[at] = True
            x = block.take(at).direction(axis)
            h = np.einsum("in,ijn,jn->n", x, local.hessian[own, own][:, :, at], x)
            h_positive = np.maximum(h, 1e-12)
            length = np.minimum(np.where(h > 0, -G[at] / h_positive, 0.3), 0.5)
            gain = -(G[at] * length + np.maximum(h, 0.0) * length**2 / 2)
            is_best = gain > best[at]
            at, x, length = at[is_best], x[:, is_best], length[is_best]
            best[at] = gain[is_best]
            change[:, at] = 0.0
            change[own, at] = x * length
    return change, best > WORTH, has_negative


def _down_the_saddle(chart: Chart) -> FloatArray:
    """Steps along the most negative curvature."""
    vectors = np.linalg.eigh(chart.curvature.transpose(2, 0, 1))[1][:, :, 0].T
    uphill = (vectors * chart.slope).sum(axis=0) > 0
    length = np.minimum(0.3, 0.5 * chart.size + 0.05)
    made: FloatArray = vectors * np.where(uphill, -length, length)
    return made


def newton_step(
    slope: FloatArray, curvature: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Solve H Delta = -g of each replicate by L D L'; by |H| where H is not positive.

    Parameters
    ----------
    slope : ndarray of shape (m, B)
    curvature : ndarray of shape (m, m, B)

    Returns
    -------
    ndarray of shape (m, B)
    ndarray of bool, shape (B,)
        Whether the curvature is clearly negative somewhere.
    """
    m, B = slope.shape
    largest = np.abs(curvature[np.arange(m), np.arange(m)]).max(axis=0) + 1e-300
    left, step = curvature.copy(), -slope
    is_positive = np.ones(B, dtype=bool)
    for j in range(m):
        is_low = left[j, j] < POSITIVE * largest
        is_positive &= ~is_low
        left[j, j] = np.where(is_low, largest, left[j, j])
        for i in range(j + 1, m):
            factor = left[i, j] / left[j, j]
            left[i, j + 1 :] -= factor * left[j, j + 1 :]
            step[i] -= factor * step[j]
    for j in range(m - 1, -1, -1):
        for i in range(j + 1, m):
            step[j] -= left[j, i] * step[i]
        step[j] /= left[j, j]
    is_indefinite = np.zeros(B, dtype=bool)
    bad = np.flatnonzero(~is_positive)
    if len(bad):
        values, vectors = np.linalg.eigh(curvature[:, :, bad].transpose(2, 0, 1))
        size = np.abs(values).max(axis=1, keepdims=True)
        along = np.einsum("bji,jb->bi", vectors, slope[:, bad])
        along /= np.maximum(np.abs(values), FLOOR * size + 1e-12)
        step[:, bad] = -np.einsum("bij,bj->ib", vectors, along)
        is_indefinite[bad] = values[:, 0] < -1e-5 * size[:, 0]
    return step, is_indefinite


def snapped(sizes: Sequence[int], s: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Set what is zero but for rounding to zero, and say which replicates lost rank.

    Parameters
    ----------
    sizes : sequence of int
        Columns of each block.
    s : ndarray of shape (m, B)

    Returns
    -------
    ndarray of shape (m, B), ndarray of bool of shape (B,)
    """
    made, is_singular = s.copy(), np.zeros(s.shape[1], dtype=bool)
    for k, own in zip(sizes, slices_of(sizes), strict=True):
        if k == 1:
            is_lost = s[own][0] < LOST
            made[own, is_lost] = 0.0
            is_singular |= is_lost
            continue
        values, V = np.linalg.eigh(square(s[own], k).transpose(2, 0, 1))
        at = np.flatnonzero(values[:, 0] < LOST)
        kept = np.where(values[at] < LOST, 0.0, values[at])
        S = (V[at] * kept[:, None]) @ V[at].transpose(0, 2, 1)
        made[own, at] = np.array([S[:, a, b] for a, b in pairs(k)])
        is_singular[at] = True
    return made, is_singular
