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

from engine.fitting.blocks import LOST, blocks_of
from engine.fitting.criterion import score
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
"""Relative standard deviations at which a false zero is left."""
GAIN = 1e-9
"""Fall of the criterion that counts as real."""
MAX_ESCAPES = 10
NEAR = 1e-6
"""Decrement from which an exact Newton step reaches the optimum."""
MAX_POLISHING = 3
FLATTEST = 1e-5
"""Relative curvature below which an exact Newton step would be wild."""


def boundary_eigenvalue(evaluation: Evaluation) -> float:
    """Smallest eigenvalue of dd/dSigma on the directions without variance.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    float
        Positive: adding variance makes the fit worse. NaN when no rank is lost.
    """
    smallest = [value for value, _, _ in _ways_out(evaluation)]
    return min(smallest, default=float("nan"))


def _ways_out(evaluation: Evaluation) -> list[tuple[float, Block, FloatArray]]:
    """Smallest eigenvalue, and its direction, in each block without full rank."""
    scores = score(evaluation)
    result = []
    for block in blocks_of(evaluation):
        lost = block.vectors[:, block.n_kept :]
        if lost.shape[1]:
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
        The exact curvature there, up to the last polishing step.
    """
    for _ in range(MAX_ESCAPES):
        path = _snap(minimiser, path)
        start = _escape_zero(minimiser, path)
        second = None
        if start is None:
            second = second_order(path.evaluation)
            start = _escape_saddle(minimiser, path, second)
        if start is None:
            break
        again = minimiser.minimise(start)
        path = replace(again, history=path.history + again.history)
    if second is None:
        second = second_order(path.evaluation)
    path = _polish(minimiser, path, second)
    return replace(path, n_evaluations=minimiser.n_evaluations), second


def _snap(minimiser: Minimiser, path: Path) -> Path:
    """Try zero for the small directions of each block; keep it if nothing is lost."""
    layout = minimiser.layout
    for block in blocks_of(path.evaluation):
        small = (block.values < NEARLY_ZERO**2) & (block.values > 0)
        if not small.any():
            continue
        values = np.where(small, 0.0, block.values)
        lambdas = [np.array(x) for x in layout.lambdas(path.theta)]
        root = lower_factor(block.vectors * np.sqrt(values))
        lambdas[block.factor][block.columns, block.columns] = root
        theta = layout.theta(lambdas)
        evaluation = minimiser.lower(theta, path.evaluation.value + GAIN)
        if evaluation is not None:
            path = replace(path, theta=theta, evaluation=evaluation)
    return path


def _escape_zero(minimiser: Minimiser, path: Path) -> FloatArray | None:
    """Return a better theta off a false zero, or None when the zeros are genuine."""
    layout = minimiser.layout
    for value, block, direction in _ways_out(path.evaluation):
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
    if not len(second.hessian):
        return None
    values, vectors = np.linalg.eigh(second.hessian)
    if values[0] >= -LOST * max(1.0, values[-1]):
        return None
    for size in ESCAPES:
        for sign in (1.0, -1.0):
            theta = second.moved(sign * size * vectors[:, 0])
            if minimiser.lower(theta, path.evaluation.value - GAIN) is not None:
                return theta
    return None


def _polish(minimiser: Minimiser, path: Path, second: SecondOrder) -> Path:
    """Steps with the exact Hessian: theta then has all digits that matter.

    Degrees of freedom depend on theta to first order, the criterion only to second.
    One step does; where Newton's method gave up because rounding hid the criterion's
    fall, more may follow, as the slope is still exact there.
    """
    for _ in range(MAX_POLISHING):
        if path.decrement > NEAR or second.flatness < FLATTEST:
            break
        was_stationary = path.is_stationary
        theta = second.moved(-np.linalg.solve(second.hessian, second.gradient))
        evaluation = minimiser.lower(theta, path.evaluation.value + GAIN)
        if evaluation is None:
            break
        path = replace(path, theta=theta, evaluation=evaluation)
        if was_stationary:
            break
        second = second_order(evaluation)
        path = replace(path, decrement=second.decrement)
    return path
