"""Zero variances and perfect correlations: reached exactly, left when false.

theta = 0 is always stationary, optimum or not. What decides is dd/dSigma on the
directions that have no variance: when it is positive semidefinite there, adding
variance can only make the fit worse and the boundary is the optimum; when not, the
eigenvector of its negative eigenvalue is the way out (Karush, Kuhn and Tucker).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.newton import NEAR
from engine.fitting.second_order import second_order
from engine.model.covariance import lower_factor

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.blocks import Block
    from engine.fitting.criterion import Evaluation
    from engine.fitting.newton import Minimiser, Path
    from engine.fitting.second_order import SecondOrder

NEARLY_ZERO = 1e-3
"""Relative standard deviations below this are tried at zero."""
ESCAPES = (0.3, 0.1, 0.03, 0.01, 0.003)
"""Relative standard deviations at which a false zero or a saddle is left."""
GAIN = 1e-9
"""Fall of the criterion that counts as real."""
MAX_ESCAPES = 10
POLISHED = 2e-14
"""Decrement at which theta has all digits that matter (within 1.4e-7 SE)."""
MAX_POLISHING = 4
NOISE = 1e-4
"""Rise of the criterion that is never mere rounding."""
FLAT = 1e-3
"""Curvature of a relative change below which a direction may be flat: even a change
by half its size would raise the criterion by 1e-4 only. What is flat is tried out."""
FLAT_STEPS = (0.3, -0.3, 1.0, -1.0)
"""Relative changes by which that is tried."""
SAME_FIT = 1e-8
"""Rise of the criterion within which values fit equally well."""
NOTHING = 1e-4
"""Variance, relative to the residual one, below which one is as good as another."""
APART = 0.1
"""Relative change of a variance that is left over when a direction is flat."""
PROVING = "Proving the optimum"


def boundary_eigenvalue(path: Path) -> float:
    """Smallest eigenvalue of dd/dSigma on the directions without variance.

    Parameters
    ----------
    path : Path

    Returns
    -------
    float
        Positive: adding variance makes the fit worse. NaN when no rank is lost.
    """
    smallest = [value for value, _, _ in _ways_out(path)]
    return min(smallest, default=float("nan"))


def _ways_out(path: Path) -> list[tuple[float, Block, FloatArray]]:
    """Smallest eigenvalue, and its direction, in each block without full rank."""
    if not path.lost:
        return []
    scores = path.evaluation.scores
    result = []
    for block in path.lost:
        lost = block.vectors[:, block.n_kept :]
        G = scores[block.factor][block.columns, block.columns]
        values, vectors = np.linalg.eigh(lost.T @ G @ lost)
        result.append((float(values[0]), block, lost @ vectors[:, 0]))
    return result


def settle(minimiser: Minimiser, path: Path) -> tuple[Path, SecondOrder]:
    """Put nearly lost directions to exactly zero, leave false optima, and polish.

    Parameters
    ----------
    minimiser : Minimiser
    path : Path
        Where Newton's method stopped.

    Returns
    -------
    path : Path
        A point that is optimal also against adding variance, unless escapes ran out.
    second : SecondOrder
        The exact curvature there, up to the last polishing steps.
    """
    is_exact = False
    for _ in range(MAX_ESCAPES):
        path, second = _snap(minimiser, path), None
        start = _escape_zero(minimiser, path)
        if start is None:
            second = _curvature(minimiser, path)
            start = _escape_saddle(minimiser, path, second)
            if start is None:
                path = _polish(minimiser, path, second)
                if path.is_stationary or is_exact:
                    path, start = _try_flat(minimiser, path, second)
                else:
                    start, is_exact = path.theta, True  # too flat for large steps
                if start is None:
                    break
        again = minimiser.minimise(start, 0.0 if is_exact else NEAR)
        path = replace(again, history=path.history + again.history)
    if second is None:
        second = _curvature(minimiser, path)
    return replace(path, n_evaluations=minimiser.n_evaluations), second


def _curvature(minimiser: Minimiser, path: Path) -> SecondOrder:
    """Exact curvature, announced: in large models it takes longer than a step."""
    fitting = minimiser.what
    minimiser.announce(PROVING)
    second = second_order(path.evaluation)
    minimiser.what = fitting
    return second


def _snap(minimiser: Minimiser, path: Path) -> Path:
    """Try zero for the small directions of each block; keep it if nothing is lost."""
    layout = minimiser.layout
    for block in path.blocks:
        small = (block.values < NEARLY_ZERO**2) & (block.values > 0)
        if not small.any():
            continue
        values = np.where(small, 0.0, block.values)
        lambdas = [np.array(x) for x in layout.lambdas(path.theta)]
        root = lower_factor(block.vectors * np.sqrt(values))
        lambdas[block.factor][block.columns, block.columns] = root
        theta = layout.theta(lambdas)
        evaluation = minimiser.lower(theta, path.evaluation.value + NOISE)
        if evaluation is None:
            continue
        rise = evaluation.value - path.evaluation.value
        if rise <= GAIN or rise <= minimiser.noise(path.theta, path.evaluation):
            path = replace(path, theta=theta, evaluation=evaluation)
    return path


def _escape_zero(minimiser: Minimiser, path: Path) -> FloatArray | None:
    """Return a better theta off a false zero, or None when the zeros are genuine."""
    layout = minimiser.layout
    for value, block, direction in _ways_out(path):
        if value >= 0:
            continue
        for size in ESCAPES:
            lambdas = [np.array(x) for x in layout.lambdas(path.theta)]
            root = lambdas[block.factor][block.columns, block.columns]
            wider = np.column_stack([root, size * direction])
            lambdas[block.factor][block.columns, block.columns] = lower_factor(wider)
            theta = layout.theta(lambdas)
            if minimiser.lower(theta, path.evaluation.value - GAIN) is not None:
                return theta
    return None


def _escape_saddle(
    minimiser: Minimiser, path: Path, second: SecondOrder
) -> FloatArray | None:
    """Return a better theta along negative curvature, or None at a minimum."""
    if not second.is_saddle:
        return None
    steepest = np.linalg.eigh(second.hessian)[1][:, 0]
    for size in ESCAPES:
        for way in (size, -size):
            for theta in (second.theta_along(way), second.theta(way * steepest)):
                if minimiser.lower(theta, path.evaluation.value - GAIN) is not None:
                    return theta
    return None


def _polish(minimiser: Minimiser, path: Path, second: SecondOrder) -> Path:
    """Steps with the exact Hessian: theta then has all digits that matter.

    Degrees of freedom depend on theta to first order, the criterion only to second.
    Newton's method stops where one step does; more may follow where it gave up because
    rounding hid the criterion's fall, as the slope is still exact there. The Hessian
    stays that of the first point.
    """
    if not len(second.hessian) or not second.is_curved:
        return path
    gradient, total = second.gradient, np.zeros(len(second.gradient))
    step, decrement = second.newton(gradient)
    if decrement > max(NEAR, path.decrement):
        return path
    path = replace(path, decrement=decrement)
    for _ in range(MAX_POLISHING):
        if path.decrement <= POLISHED:
            break
        total = total + step
        theta = second.theta(total)
        evaluation = minimiser.lower(theta, path.evaluation.value + GAIN)
        if evaluation is None:
            break
        step, decrement = second.newton_at(evaluation, total)
        if decrement > path.decrement:
            break
        path = replace(path, theta=theta, evaluation=evaluation, decrement=decrement)
    return path


def _try_flat(
    minimiser: Minimiser, path: Path, second: SecondOrder
) -> tuple[Path, FloatArray | None]:
    """Move along a direction that hardly curves, and see whether the criterion rises.

    Returns
    -------
    path : Path
        With `is_flat` where other values were found that fit equally well.
    start : ndarray of shape (n_theta,) or None
        A better point, if the criterion fell.
    """
    # a slope that is left bends a flat direction by about its own size
    if second.curvatures.min(initial=np.inf) > FLAT + 2 * second.slope:
        return path, None
    value = path.evaluation.value
    for way in FLAT_STEPS:
        start = second.theta_along(way)
        if minimiser.lower(start, np.inf) is None:
            continue
        moved = minimiser.minimise(start, 0.0)
        rise = moved.evaluation.value - value
        within = max(SAME_FIT, minimiser.noise(path.theta, path.evaluation))
        if rise < -within:
            return path, moved.theta
        if rise <= within and distance(path.evaluation, moved.evaluation) > APART:
            return replace(path, is_flat=True), None
    return path, None


def distance(one: Evaluation, other: Evaluation) -> float:
    """Largest difference of a covariance, relative to the variances of its block.

    Parameters
    ----------
    one, other : Evaluation

    Returns
    -------
    float
        Between 0 and 2; neither the scale nor the origin of a covariate changes it.
        Variances far below the residual one do not count.
    """
    largest = 0.0
    for t, factor in enumerate(one.products.factors):
        for columns in factor.blocks:
            here, there = (e.V.sigmas[t][columns, columns] for e in (one, other))
            size = max(here.diagonal().max(), there.diagonal().max(), NOTHING)
            largest = max(largest, float(np.abs(here - there).max() / size))
    return largest
