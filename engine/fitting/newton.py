"""Newton's method in theta: safeguarded steps from a start to a stationary point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.criterion import derivatives, evaluate
from engine.fitting.hessian import profiled_hessian
from engine.fitting.marginal import has_rough
from engine.progress import Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray
    from engine.fitting.blocks import Block
    from engine.fitting.criterion import Derivatives, Evaluation
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.covariance import Layout
    from engine.progress import Report

FITTING = "Fitting"
DECREMENT_TOLERANCE = 1e-10
"""Nothing is left to gain when twice the criterion to gain is below this (theta within
1e-5 SE), or where rounding hides the rest."""
NEAR = 1e-6
"""The same from which one step with the exact Hessian reaches the optimum."""
NO_LOWER = 1e-7
"""The same where no step lowers the criterion any more: its digits are used up."""
MOST_NOISE = 1e-4
"""Noise of the criterion within which an optimum still counts as proved."""
EXACT_AFTER, EXACT_AFTER_WITHOUT_CORE = 8, 2
"""Iterations after which the exact Hessian replaces the working one: where average
information is a poor guide, its steps shrink too slowly. Without a core it costs little
more."""
LEAST_SPREAD = 1e-4
"""Smallest eigenvalue of the exact Hessian, its diagonal scaled to one, from which it
replaces the other: below, rounding hides what average information, a sum of squares,
still shows."""
IDLE, MAX_IDLE = 0.05, 3
"""After so many steps that gained less than this share of what they promised, the
digits of the criterion are used up."""
JITTER = 1e-13
"""Relative change of theta that changes the criterion by rounding only."""
MAX_ITERATIONS = 100
MOST_ROUGH = 4
"""Steps at most that are taken with rough criteria."""
SHORT = 0.05
"""Decrement below which the next point is so near that it must be exact."""
CLEAR = 1e-2
"""Relative standard deviations above this are not on their way to zero."""
MAX_HALVINGS = 12
SHORTEST, LONGEST = 0.1, 0.5
"""A step that raised the criterion is shortened to a share between these."""
EIGENVALUE_FLOOR = 1e-10
"""Curvatures count as at least this share of the largest, in absolute value."""
LARGEST_FALL, LARGEST_GROWTH = 0.9, 2.0
"""No diagonal entry falls below 10 % of itself or grows threefold in one step ..."""
NEARLY_ZERO = 1e-2
"""... unless it is this small: it may then reach zero, or start again from there."""


@dataclass(frozen=True)
class Path:
    """Where Newton's method ended, and how it came there.

    Attributes
    ----------
    theta : ndarray of shape (n_theta,)
    evaluation : Evaluation
        At theta.
    decrement : float
        g'H^-1 g: twice the criterion still to gain by the quadratic model.
    history : tuple of (float, float)
        Criterion and decrement at each accepted point.
    n_evaluations : int
        Criteria computed, those of rejected steps included.
    is_exhausted : bool
        Whether the last steps, however short, did not lower the criterion.
    noise : float
        How far rounding was seen to move the criterion, where steps were exhausted.
    is_flat : bool
        Whether other values of theta were seen to fit equally well.
    """

    theta: FloatArray
    evaluation: Evaluation
    decrement: float
    history: tuple[tuple[float, float], ...]
    n_evaluations: int
    is_exhausted: bool = False
    noise: float = 0.0
    is_flat: bool = False

    @property
    def is_stationary(self) -> bool:
        """Whether the method stopped because nothing was left to gain."""
        limit = _enough(self.evaluation)
        if self.is_exhausted:
            limit = max(limit, NO_LOWER, min(self.noise, MOST_NOISE))
        return self.decrement <= limit

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Correlated blocks of random effects at theta."""
        return self.evaluation.blocks

    @property
    def lost(self) -> tuple[Block, ...]:
        """Those with a variance of zero or a perfect correlation."""
        return tuple(b for b in self.blocks if b.n_kept < len(b.values))


def _enough(evaluation: Evaluation) -> float:
    """Decrement at which nothing is left to gain."""
    return max(DECREMENT_TOLERANCE, evaluation.rounding)


class Minimiser:
    """Minimises one criterion, from as many starts as needed.

    Parameters
    ----------
    products : CrossProducts
    is_reml : bool
    report : callable
        Called with a `Step` at each evaluation; may raise to cancel.

    Attributes
    ----------
    layout : Layout
    what : str
        What is being done, in the words of its steps.
    n_evaluations : int
        Criteria computed so far.
    """

    def __init__(
        self, products: CrossProducts, *, is_reml: bool, report: Report
    ) -> None:
        self._products = products
        self.layout = products.layout
        self._is_reml = is_reml
        self._report = report
        has_core = products.cells is not None
        self._exact_after = EXACT_AFTER if has_core else EXACT_AFTER_WITHOUT_CORE
        self._has_rough = has_rough(products)
        self.what = FITTING
        self.n_evaluations = 0

    def announce(self, what: str) -> None:
        """Report what comes next, before it takes its time."""
        self.what = what
        self._report(Step(what, self.n_evaluations))

    def hear(self, step: Step) -> None:
        """Report where a long computation inside is, in the words of the search."""
        self._report(Step(self.what, self.n_evaluations, within=step))

    def evaluate(self, theta: FloatArray, *, is_rough: bool = False) -> Evaluation:
        """Evaluate the criterion, counted and reported."""
        self.n_evaluations += 1
        lambdas = self.layout.lambdas(theta)
        result = evaluate(
            self._products, lambdas, is_reml=self._is_reml, is_rough=is_rough
        )
        self._report(Step(self.what, self.n_evaluations, value=result.value))
        return result

    def lower(
        self, theta: FloatArray, highest: float, *, is_rough: bool = False
    ) -> Evaluation | None:
        """Evaluate a trial point; None where it is higher or cannot be computed."""
        try:
            trial = self.evaluate(theta, is_rough=is_rough)
        except np.linalg.LinAlgError:
            return None
        return trial if trial.value <= highest else None

    def minimise(
        self,
        theta: FloatArray,
        enough: float = NEAR,
        is_over: Callable[[Evaluation], bool] | None = None,
    ) -> Path:
        """Walk from theta to a stationary point, or close to one.

        Parameters
        ----------
        theta : ndarray of shape (n_theta,)
        enough : float
            Decrement at which to stop, unless a variance is on its way to zero.
        is_over : callable, optional
            Whether a point says enough of where the search leads.

        Returns
        -------
        Path
        """
        entries, idle = self.layout.entries, 0
        history: list[tuple[float, float]] = []
        if self._has_rough:
            theta = self._approach(theta, history)
        theta, current = self._feasible(theta)
        moved: tuple[FloatArray, Evaluation] | None = (theta, current)
        for iteration in range(MAX_ITERATIONS):
            slopes = derivatives(current, entries)
            curvature = self._curvature(current, slopes, iteration)
            step, decrement = curvature.newton(slopes.gradient)
            history.append((current.value, decrement))
            least = enough if _is_clear(theta, self.layout) else 0.0
            if decrement <= max(least, _enough(current)):
                break
            if is_over is not None and is_over(current):
                break
            step *= _cap(theta, step, self.layout)
            slope = float(slopes.gradient @ step)
            moved = self._search(theta, step, slope, current)
            if moved is None:
                break
            gained = current.value - moved[1].value
            theta, current = moved
            idle = idle + 1 if decrement < NEAR and gained < IDLE * decrement else 0
            if idle == MAX_IDLE:  # what is still to gain is below the rounding
                moved = None
                break
        return Path(
            theta,
            current,
            decrement,
            tuple(history),
            self.n_evaluations,
            is_exhausted=moved is None,
            noise=self.noise(theta, current) if moved is None else 0.0,
        )

    def _curvature(
        self, current: Evaluation, slopes: Derivatives, iteration: int
    ) -> Curvature:
        """The exact curvature after some steps, where rounding does not hide it."""
        if iteration >= self._exact_after:
            entries = self.layout.entries
            exact = Curvature(profiled_hessian(current, entries, is_rough=True))
            if exact.is_spread:
                return exact
        return Curvature(slopes.working_hessian)

    def _approach(
        self, theta: FloatArray, history: list[tuple[float, float]]
    ) -> FloatArray:
        """Take the first, long steps with rough criteria, which cost half."""
        best, lowest = theta, np.inf
        for _ in range(MOST_ROUGH):
            current = self.lower(theta, lowest, is_rough=True)
            if current is None:
                return best
            best, lowest = theta, current.value
            slopes = derivatives(current, self.layout.entries)
            step, decrement = Curvature(slopes.working_hessian).newton(slopes.gradient)
            history.append((current.value, decrement))
            if decrement <= NEAR:
                return theta
            theta = theta + _cap(theta, step, self.layout) * step
            if decrement <= SHORT:
                return theta
        return theta

    def noise(self, theta: FloatArray, evaluation: Evaluation) -> float:
        """Measure how far rounding moves the criterion at theta."""
        apart = [evaluation.rounding]
        for change in (1.0 - JITTER, 1.0 + JITTER):
            near = self.lower(change * theta, np.inf)
            if near is not None:
                apart.append(abs(near.value - evaluation.value))
        return max(apart)

    def _feasible(self, theta: FloatArray) -> tuple[FloatArray, Evaluation]:
        """Shrink a start where random effects explain all that can be computed."""
        for _ in range(MAX_HALVINGS):
            try:
                return theta, self.evaluate(theta)
            except np.linalg.LinAlgError:
                theta = theta / 4
        return theta, self.evaluate(0 * theta)

    def _search(
        self, theta: FloatArray, step: FloatArray, slope: float, start: Evaluation
    ) -> tuple[FloatArray, Evaluation] | None:
        """Shorten the step until the criterion does not rise; None if none does.

        The next length is where the parabola through what is known has its minimum.
        """
        highest = start.value + start.rounding
        share = 1.0
        for _ in range(MAX_HALVINGS):
            trial = self.lower(theta + share * step, np.inf)
            if trial is not None and trial.value <= highest:
                return theta + share * step, trial
            shorter = SHORTEST
            if trial is not None:
                bend = trial.value - start.value - share * slope
                shorter = -0.5 * share * slope / bend
            share *= min(max(shorter, SHORTEST), LONGEST)
        return None


class Curvature:
    """A Hessian by its eigenvalues, measured so that its diagonal is one.

    Parameters
    ----------
    hessian : ndarray of shape (n_theta, n_theta)
    """

    def __init__(self, hessian: FloatArray) -> None:
        scale = np.sqrt(np.abs(hessian.diagonal()))
        scale[scale == 0] = 1.0
        self._scale = scale
        self._values, self._vectors = np.linalg.eigh(hessian / (scale[:, None] * scale))

    @property
    def is_spread(self) -> bool:
        """Whether all curvatures stand clear of rounding."""
        sizes = np.abs(self._values)
        return bool(sizes.min(initial=np.inf) > LEAST_SPREAD)

    def newton(self, gradient: FloatArray) -> tuple[FloatArray, float]:
        """Newton's step with negative and vanishing curvature made positive.

        Parameters
        ----------
        gradient : ndarray of shape (n_theta,)

        Returns
        -------
        step : ndarray of shape (n_theta,)
        decrement : float
            -g'step, non-negative.
        """
        sizes = np.abs(self._values)
        sizes = np.maximum(sizes, EIGENVALUE_FLOOR * sizes.max(initial=0.0))
        along = self._vectors.T @ (gradient / self._scale)
        step = -(self._vectors @ (along / sizes)) / self._scale
        return step, float(-gradient @ step)


def _is_clear(theta: FloatArray, layout: Layout) -> bool:
    """Whether no diagonal entry is on its way to zero."""
    return all(
        abs(value) > CLEAR
        for value, entry in zip(theta, layout.entries, strict=True)
        if entry.row == entry.column
    )


def _cap(theta: FloatArray, step: FloatArray, layout: Layout) -> float:
    """Largest share of the step that keeps the diagonals within their bounds."""
    share = 1.0
    for value, change, entry in zip(theta, step, layout.entries, strict=True):
        if entry.row != entry.column:
            continue
        size = max(abs(value), NEARLY_ZERO)
        growth = change * np.sign(value) / size if value else abs(change) / size
        if growth < -LARGEST_FALL and abs(value) > NEARLY_ZERO:
            share = min(share, -LARGEST_FALL / growth)
        elif growth > LARGEST_GROWTH:
            share = min(share, LARGEST_GROWTH / growth)
    return share
