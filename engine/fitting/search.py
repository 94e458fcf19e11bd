"""From the start to the best optimum, and whether another one is nearly as good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.boundary import distance, settle
from engine.fitting.certificate import is_proved
from engine.fitting.other_starts import other_starts
from engine.fitting.start import moment_start

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.crossproducts import CrossProducts
    from engine.fitting.newton import Minimiser, Path
    from engine.fitting.second_order import SecondOrder

    Settled = tuple[Path, SecondOrder]

COMPARING = "Trying other starting values"
SAME_VALUE = 0.01
"""Difference of the criterion within which a point belongs to an optimum beside it."""
AS_GOOD = 1e-6
"""Difference of the criterion below which a proved point is taken first."""
ROUNDING_DIGITS = 8
"""Decimals of the criterion that are not rounding."""
HARDLY_PREFERRED = 4.16
"""Twice the logarithm of eight: a likelihood that is less than eight times another is
weak evidence (Royall 1997, Statistical Evidence, section 1.6)."""
VANISHED = 1e-8
"""Share of the response's variance below which no residual variance is left."""
BETWEEN = (0.25, 0.5, 0.75)
BARRIER = 1e-3
"""Rise of the criterion somewhere between them that makes two optima of two points."""
UNLIKE = 0.05
"""Relative difference of a covariance from which two optima are two answers."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found.

    Attributes
    ----------
    path : Path
        The best point.
    second : SecondOrder
        The exact curvature there.
    rival : Path or None
        Another proved optimum that the likelihood hardly tells from the best.
    is_unbounded : bool
        Whether the criterion falls for ever elsewhere, towards no residual variance.
    """

    path: Path
    second: SecondOrder
    rival: Path | None
    is_unbounded: bool


def find_optimum(minimiser: Minimiser, products: CrossProducts) -> Found:
    """Find the best optimum: other starts are tried where there may be several.

    With several blocks the criterion can have one optimum where one block explains
    what varies and another where the other does; both are proved, one is better.

    Parameters
    ----------
    minimiser : Minimiser
    products : CrossProducts

    Returns
    -------
    Found
    """
    found = [settle(minimiser, minimiser.minimise(moment_start(products)))]
    starts = other_starts(products, *found[0])
    if starts:
        minimiser.announce(COMPARING)
    for start in starts:
        other = _settled_elsewhere(minimiser, start, found)
        if other is not None:
            found.append(other)
    bounded = [one for one in found if not _runs_away(one[0].evaluation)] or found
    lowest = min(path.evaluation.value for path, _ in bounded)
    path, second = min(bounded, key=lambda one: _rank(one[0], lowest))
    return Found(
        replace(path, n_evaluations=minimiser.n_evaluations),
        second,
        _rival(minimiser, path, [other for other, _ in bounded]),
        is_unbounded=any(_runs_away(one.evaluation) for one, _ in found),
    )


def _runs_away(evaluation: Evaluation) -> bool:
    """Whether random effects, as many as rows, leave no residual variance."""
    products = evaluation.products
    n_effects = sum(f.n_levels * f.n_columns for f in products.factors)
    share = evaluation.r2 / evaluation.nu
    return share < VANISHED and products.p + n_effects >= products.n


def _settled_elsewhere(
    minimiser: Minimiser, start: FloatArray, found: list[Settled]
) -> Settled | None:
    """Minimise from another start; None when it ends at a known optimum."""
    optima = [path.evaluation for path, _ in found if path.is_stationary]

    def is_known(evaluation: Evaluation) -> bool:
        return any(_are_same(evaluation, optimum) for optimum in optima)

    path = minimiser.minimise(start, is_over=lambda e: is_known(e) or _runs_away(e))
    if is_known(path.evaluation):
        return None
    if _runs_away(path.evaluation):  # there is no end to come to
        return path, found[0][1]
    settled = settle(minimiser, path)
    return None if is_known(settled[0].evaluation) else settled


def _are_same(evaluation: Evaluation, optimum: Evaluation) -> bool:
    """Whether a point is so near to an optimum that it can lead to no other."""
    apart = abs(evaluation.value - optimum.value)
    return apart < SAME_VALUE and distance(evaluation, optimum) < UNLIKE


def _rank(path: Path, lowest: float) -> tuple[bool, bool, float]:
    """Sort key: points as good as the lowest first, proved ones before others.

    Of points that differ by rounding only the one found first is taken.
    """
    above = path.evaluation.value - lowest
    return above > AS_GOOD, not is_proved(path), round(above, ROUNDING_DIGITS)


def _rival(minimiser: Minimiser, path: Path, others: list[Path]) -> Path | None:
    """Return the best other proved optimum, if it is another answer as good."""
    if not is_proved(path):
        return None
    near = [
        other
        for other in others
        if other.evaluation.value < path.evaluation.value + HARDLY_PREFERRED
        and distance(path.evaluation, other.evaluation) > UNLIKE
        and is_proved(other)
    ]
    near.sort(key=lambda other: other.evaluation.value)
    return next((other for other in near if _are_apart(minimiser, path, other)), None)


def _are_apart(minimiser: Minimiser, path: Path, other: Path) -> bool:
    """Whether the criterion rises between two optima, by more than rounding."""
    highest = max(path.evaluation.value, other.evaluation.value) + BARRIER
    ends = [_lower_theta(minimiser, p) for p in (path, other)]
    return any(
        minimiser.lower((1 - share) * ends[0] + share * ends[1], highest) is None
        for share in BETWEEN
    )


def _lower_theta(minimiser: Minimiser, path: Path) -> FloatArray:
    """Theta with its sign chosen: diagonals that are not negative."""
    lambdas = minimiser.layout.lambdas(path.theta)
    signed = [np.where(np.diag(Lambda) < 0, -1.0, 1.0) * Lambda for Lambda in lambdas]
    return minimiser.layout.theta(signed)
