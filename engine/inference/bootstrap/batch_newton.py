"""Newton's method for many replicates at once, each at its own point.

All replicates that have not finished take one step together: exact Hessian in a
rotating chart, a bounded length, shortened for those alone whose criterion would rise.
A replicate has finished when the quadratic model promises next to nothing; its last
step is then taken unseen, and what the criterion did is compared with the promise
afterwards: who differs goes on with a stricter rule.

Two things can hide a better point from a chart, as variances enter it by their roots:
a direction without variance whose slope dd/dS is negative is left by a step of Newton's
method in the variance itself, where that promises a real gain, and a saddle is left
along its negative curvature. Where neither applies, the boundary is an optimum (Karush,
Kuhn and Tucker).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.newton_steps import newton_steps, ways_out
from engine.inference.bootstrap.rotating_chart import chart_at, eigen, from_eigen

if TYPE_CHECKING:
    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.inference.bootstrap.newton_steps import Steps
    from engine.inference.bootstrap.one_factor_criterion import (
        OneFactorCriterion,
        Values,
    )
    from engine.inference.bootstrap.refits import Draws
    from engine.inference.bootstrap.rotating_chart import Chart

ENOUGH, STRICT = 5e-6, 1e-10
"""Promised fall of the criterion at which a replicate has finished, in the first and
the second pass."""
KEPT_PROMISE = 1e-8
"""Difference between promised and seen criterion that sends a replicate on."""
SURELY_ZERO = 1e-4
"""Share of the variance at which zero is tried, below which it is taken."""
MOST_STEPS = 60
SHORTER, MOST_SHORTENINGS = 0.3, 14
LEAST_SHARE = 1e-4
"""A step counts when it gains this share of what its slope promises ..."""
ROUNDING, ROUNDING_SHARE = 1e-9, 1e-14
"""... up to rounding, absolute and as a share of the criterion."""
SPENT = 1e-6
"""Promised fall below which a replicate whose every step rises has no digits left."""


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where each replicate ended.

    Attributes
    ----------
    free : ndarray of shape (n_free, B)
    values : Values
    is_singular, is_settled : ndarray of bool, shape (B,)
    """

    free: FloatArray
    values: Values
    is_singular: BoolArray
    is_settled: BoolArray


def minimise(
    criterion: OneFactorCriterion,
    draws: Draws,
    start: FloatArray,
    *,
    smallest: float,
) -> Minimum:
    """Minimise the criterion of each replicate.

    Parameters
    ----------
    criterion : OneFactorCriterion
    draws : dict of str to ndarray
        As the criterion's `own` gives them.
    start : ndarray of shape (n_free, B)
    smallest : float
        Variance below which zero is tried.

    Returns
    -------
    Minimum
    """
    B = start.shape[1]
    if not len(start):
        is_settled = np.ones(B, dtype=bool)
        values = criterion.values(start, draws)
        return Minimum(start, values, ~is_settled, is_settled)
    search = _Search(criterion, draws, start, ENOUGH)
    search.run()
    values, is_singular, is_kept = search.finish(smallest)
    again = np.flatnonzero(~is_kept)
    if len(again):
        strict = _Search(
            criterion, taken(draws, again), search.before[:, again], STRICT
        )
        strict.run()
        own, lost, _ = strict.finish(smallest)
        search.free[:, again] = strict.free
        search.is_settled[again] = strict.is_settled
        is_singular[again] = lost
        values.put(again, own)
    return Minimum(search.free, values, is_singular, search.is_settled)


def taken(draws: Draws, index: IntArray) -> Draws:
    """The sums of some replicates."""
    return {name: own.take(index, axis=-1) for name, own in draws.items()}


class _Search:
    """One pass over all replicates.

    Attributes
    ----------
    free : ndarray of shape (n_free, B)
        Where each ended.
    before : ndarray of shape (n_free, B)
        The last point at which the criterion was seen.
    is_settled : ndarray of bool, shape (B,)
    """

    def __init__(
        self,
        criterion: OneFactorCriterion,
        draws: Draws,
        start: FloatArray,
        enough: float,
    ) -> None:
        B = start.shape[1]
        self._criterion, self._draws, self._enough = criterion, draws, enough
        self.free, self.before = start.copy(), start.copy()
        self.is_settled = np.zeros(B, dtype=bool)
        self._promised = np.full(B, np.inf)
        self._seen = np.full(B, np.inf)
        # those that go on: which, where, what is known there
        self._index, self._here = np.arange(B), start
        self._own = draws
        self._slopes = criterion.slopes(start, draws)

    def run(self) -> None:
        """Step until all have finished."""
        for _ in range(MOST_STEPS):
            chart = chart_at(self._criterion.faces, self._here, self._slopes)
            steps = newton_steps(chart)
            is_out = ways_out(chart, self._slopes, steps, self._enough)
            moved = chart.moved(steps.delta, slice(None))
            straight = np.flatnonzero(is_out)
            moved[:, straight] = self._here[:, straight] + steps.way[:, straight]
            is_over = (steps.promised < self._enough) & ~is_out & ~steps.is_saddle
            self._finish(np.flatnonzero(is_over), moved, steps)
            on = np.flatnonzero(~is_over)
            if not len(on):
                return
            self._step(on, moved[:, on], chart, steps)
            if not len(self._index):
                return
        self._give_up(np.arange(len(self._index)), is_settled=False)

    def finish(self, smallest: float) -> tuple[Values, BoolArray, BoolArray]:
        """Look at the ends: variances near zero are put to zero where that fits.

        Returns
        -------
        values : Values
        is_singular : ndarray of bool, shape (B,)
        is_kept : ndarray of bool, shape (B,)
            Whether the criterion is what was promised.
        """
        ends, is_singular = self._snapped(self.free, smallest)
        values = self._criterion.values(ends, self._draws)
        not_zero = is_singular & ~self._is_promised(values)
        self._replace(not_zero, self.free, smallest, ends, is_singular, values)
        is_kept = self._is_promised(values)
        risen = values.criterion > self._seen + _slack(self._seen)
        self._replace(risen, self.before, smallest, ends, is_singular, values)
        self.free = ends
        return values, is_singular, is_kept

    def _replace(
        self,
        is_other: BoolArray,
        points: FloatArray,
        smallest: float,
        ends: FloatArray,
        is_singular: BoolArray,
        values: Values,
    ) -> None:
        """End some replicates at other points, where only what is zero is put so."""
        other = np.flatnonzero(is_other)
        if not len(other):
            return
        surely = SURELY_ZERO * smallest
        ends[:, other], is_singular[other] = self._snapped(points[:, other], surely)
        own = taken(self._draws, other)
        values.put(other, self._criterion.values(ends[:, other], own))

    def _is_promised(self, values: Values) -> BoolArray:
        """Whether the criterion is what was promised."""
        apart = np.abs(values.criterion - self._promised)
        kept: BoolArray = apart <= KEPT_PROMISE + _slack(self._promised)
        return kept

    def _snapped(
        self, points: FloatArray, smallest: float
    ) -> tuple[FloatArray, BoolArray]:
        """Covariances with zeros in place of small eigenvalues, and where."""
        faces, free = self._criterion.faces, points.copy()
        is_singular = np.zeros(free.shape[1], dtype=bool)
        for where, r in zip(faces.slices, faces.sizes, strict=True):
            values, vectors = eigen(r, free[where])
            is_small = values < smallest
            at = np.flatnonzero(is_small.any(axis=0))
            values = np.where(is_small, 0.0, values)[:, at]
            free[where, at] = from_eigen(values, vectors[:, :, at])
            is_singular[at] = True
        return free, is_singular

    def _finish(self, over: IntArray, moved: FloatArray, steps: Steps) -> None:
        """Keep the ends of those that have finished."""
        to = self._index[over]
        self.free[:, to] = moved[:, over]
        self.before[:, to] = self._here[:, over]
        self._seen[to] = self._slopes.criterion[over]
        self._promised[to] = self._seen[to] - steps.promised[over]
        self.is_settled[to] = True

    def _give_up(self, at: IntArray, *, is_settled: bool | BoolArray) -> None:
        """Leave some where they are."""
        to = self._index[at]
        self.free[:, to] = self.before[:, to] = self._here[:, at]
        self._seen[to] = self._promised[to] = self._slopes.criterion[at]
        self.is_settled[to] = is_settled

    def _step(
        self, on: IntArray, moved: FloatArray, chart: Chart, steps: Steps
    ) -> None:
        """Move those that go on; those whose every step rises stay for good."""
        own = self._own if len(on) == len(self._index) else taken(self._own, on)
        slopes = self._criterion.slopes(moved, own)
        start, slope = self._slopes.criterion[on], steps.slope[on]
        limit = start + _slack(start)
        bad = np.flatnonzero(~(slopes.criterion <= limit + LEAST_SHARE * slope))
        share = 1.0
        for _ in range(MOST_SHORTENINGS):
            if not len(bad):
                break
            share *= SHORTER
            at = on[bad]
            trial = self._shorter(at, share, chart, steps)
            tried = self._criterion.slopes(trial, taken(own, bad))
            is_lower = tried.criterion <= limit[bad] + LEAST_SHARE * share * slope[bad]
            good = np.flatnonzero(is_lower)
            moved[:, bad[good]] = trial[:, good]
            slopes.put(bad[good], tried.take(good))
            bad = bad[~is_lower]
        if len(bad):
            is_spent = steps.promised[on[bad]] < SPENT
            self._give_up(on[bad], is_settled=is_spent)
            kept = np.setdiff1d(np.arange(len(on)), bad)
            on, own, moved = on[kept], taken(own, kept), moved[:, kept]
            slopes = slopes.take(kept)
        self._index, self._own = self._index[on], own
        self._here, self._slopes = moved, slopes

    def _shorter(
        self, at: IntArray, share: float, chart: Chart, steps: Steps
    ) -> FloatArray:
        """Where a share of the step leads."""
        trial = chart.moved(share * steps.delta[:, at], at)
        straight = np.flatnonzero(steps.is_out[at])
        out = at[straight]
        trial[:, straight] = self._here[:, out] + share * steps.way[:, out]
        return trial


def _slack(criterion: FloatArray) -> FloatArray:
    """How far rounding may have moved the criterion."""
    slack: FloatArray = ROUNDING + ROUNDING_SHARE * np.abs(criterion)
    return slack
