"""Profile likelihood: intervals of all parameters, and the curves they come from.

Each parameter is held at a value and the ML deviance minimised over all others. With
the least deviance D_0 at the estimate,

    zeta = sign(value - estimate) sqrt(D(value) - D_0)

is nearly linear in the value, and an interval is where |zeta| stays below the normal
quantile (Bates et al. 2015, J. Stat. Softw. 67(1), section 5.1). It ends where a
standard deviation is zero or a correlation perfect. The criterion is ML also for models
fitted by REML, whose likelihood knows no coefficients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.wording import joined, listed, verb
from engine.distributions import normal_quantile
from engine.errors import EngineError
from engine.inference.likelihood_curve import LikelihoodCurve, parameters
from engine.inference.refitting import refitted
from engine.progress import Step, ignore, listening

if TYPE_CHECKING:
    from engine.fitting.result import Estimates
    from engine.inference.fitted import Fitted
    from engine.inference.likelihood_curve import Parameter
    from engine.progress import Report

PROFILING = "Profiling the likelihood"
CLOSE = 1e-7
"""Distance of zeta from what is wanted, in standard errors, that is small enough."""
MOST_POINTS = 60
NARROW = 1e-12
"""Width of a bracket, relative to its distance from the estimate: no digits left."""
SMALLEST_GROWTH, LARGEST_GROWTH = 1.2, 4.0
"""How much farther the next point is where the limit is not yet passed."""
HALVING = 3
"""A bracket that so many points have not halved is halved itself."""
CURVE_POINTS = 12


def profile(
    model: Fitted, level: float = 0.95, report: Report = ignore
) -> pd.DataFrame:
    """Profile-likelihood intervals of all parameters.

    Parameters
    ----------
    model : FittedModel
        A mixed model or least squares with one residual standard deviation.
    level : float
        Coverage.
    report : callable
        Called with a `Step` at each point; may raise `Cancelled`.

    Returns
    -------
    DataFrame
        Index parameter; estimate (the model's own), lower, upper. NaN for coefficients
        that cannot be estimated. `attrs["note"]` says what a reader has to know.

    Raises
    ------
    EngineError
        If the level is no coverage, or the model has several residual deviations.
    """
    target = _quantile(level)
    ml = _refitted_by_ml(model, report)
    found = parameters(model.estimates, ml)
    rows: list[tuple[float, float, float]] = []
    is_lower = False
    for done, parameter in enumerate(found):
        if parameter.held is None:
            rows.append((parameter.own, np.nan, np.nan))
            continue
        search = _Search(ml, parameter, _reporter(report, parameter, done, len(found)))
        lower, upper = (search.limit(side, target) for side in (-1, 1))
        rows.append((parameter.own, parameter.value(lower), parameter.value(upper)))
        is_lower = is_lower or search.curve.is_lower
    table = pd.DataFrame(
        rows,
        index=pd.Index([one.name for one in found], name="parameter"),
        columns=["estimate", "lower", "upper"],
    )
    table.attrs["note"] = _note(model, found, is_lower=is_lower)
    return table


def profile_curve(
    model: Fitted, parameter: str, level: float = 0.99, report: Report = ignore
) -> pd.DataFrame:
    """The signed root zeta of one parameter, for a picture.

    Parameters
    ----------
    model : FittedModel
        See `profile`.
    parameter : str
        Its name in the table of `profile`.
    level : float
        The curve spans the interval of this coverage.
    report : callable
        See `profile`.

    Returns
    -------
    DataFrame
        value (ascending) and zeta; from a straight line through zero the interval
        would be symmetric.

    Raises
    ------
    EngineError
        If there is no such parameter, or as for `profile`.
    """
    target = _quantile(level)
    ml = _refitted_by_ml(model, report)
    found = {one.name: one for one in parameters(model.estimates, ml)}
    one = found.get(parameter)
    if one is None or one.held is None:
        held = [name for name, own in found.items() if own.held]
        names = listed(held, "parameter", "or")
        raise EngineError(
            f"There is no parameter '{parameter}' to profile.",
            f"Choose one of {names}.",
        )
    search = _Search(ml, one, _reporter(report, one, 0, 1))
    lower, upper = (search.limit(side, target) for side in (-1, 1))
    for x in np.linspace(lower, upper, 2 * CURVE_POINTS + 1).tolist():
        search.zeta(x)
    points = [(x, z) for x, z in search.curve.points if lower <= x <= upper]
    made = pd.DataFrame(points, columns=["value", "zeta"])
    made["value"] = made["value"].map(one.value)
    return made


def _quantile(level: float) -> float:
    """|zeta| at the ends of an interval."""
    if not 0 < level < 1:
        raise EngineError(
            f"A level of {level} is no coverage.", "Choose one between 0 and 1."
        )
    return normal_quantile((1 + level) / 2)


def _refitted_by_ml(model: Fitted, report: Report) -> Estimates:
    """The model by ML."""
    if model.estimates.evaluation is None:
        raise EngineError(
            "A model with a separate regression per group has a residual standard "
            "deviation for each: profiles are for models with one.",
            "Choose a regression per group with one residual standard deviation.",
        )
    return refitted(model, "ML", report)


def _reporter(report: Report, parameter: Parameter, done: int, of: int) -> Report:
    """Say which parameter is in hand while its points are computed."""

    def tell(step: Step) -> None:
        report(Step(PROFILING, done, of, within=step))

    tell(Step(parameter.name, 0))
    return tell


def _note(model: Fitted, found: list[Parameter], *, is_lower: bool) -> str:
    """What a reader has to know."""
    notes = []
    if model.estimates.estimation == "REML":
        notes.append(
            "Profile intervals are of the ML likelihood, also of a model fitted by "
            "REML: estimates are the model's own and need not lie in the middle."
        )
    at_zero = [one.name for one in found if one.held and np.isnan(one.own)]
    if at_zero:
        notes.append(
            f"{joined(at_zero)} {verb(len(at_zero))} not defined at the estimates, "
            "where a variance is zero."
        )
    if is_lower:
        notes.append(
            "On the way a better fit than the estimates was found: the likelihood has "
            "several optima, and these intervals are a rough guide only."
        )
    return " ".join(notes)


class _Search:
    """Finds where the curve of one parameter reaches a height.

    Parameters
    ----------
    ml : Estimates
    parameter : Parameter
    report : callable
    """

    def __init__(self, ml: Estimates, parameter: Parameter, report: Report) -> None:
        self.curve = LikelihoodCurve(ml, parameter)
        self._report = report

    def zeta(self, x: float) -> float:
        """A point of the curve, reported."""
        parameter = self.curve.parameter
        self._report(Step(parameter.name, len(self.curve.points)))
        with listening(self._report):
            return self.curve.zeta(x)

    def limit(self, side: int, target: float) -> float:
        """Where |zeta| reaches the target on one side, or the bound before that."""
        parameter = self.curve.parameter
        best, bound = parameter.best, parameter.bounds[0 if side < 0 else 1]
        heights = {0.0: 0.0}  # by distance from the estimate
        room = abs(bound - best)
        if np.isfinite(bound):
            heights[room] = abs(self.zeta(bound)) if room else 0.0
            if heights[room] <= target:
                return bound
        bracket = _Bracket(heights, target)
        distance = min(parameter.unit * target, room / 2)
        for _ in range(MOST_POINTS):
            height = abs(self.zeta(best + side * distance))
            heights[distance] = height
            if abs(height - target) <= CLOSE or bracket.is_narrow:
                break
            distance = bracket.next_distance()
        return best + side * distance


class _Bracket:
    """Between which distances from the estimate a limit lies.

    Parameters
    ----------
    heights : dict of float to float
        |zeta| by distance; grows while the search goes on.
    target : float
    """

    def __init__(self, heights: dict[float, float], target: float) -> None:
        self._heights, self._target = heights, target
        self._widths: list[float] = []

    @property
    def ends(self) -> tuple[float, float]:
        """The largest distance known to be too small, and the smallest too large."""
        outside = [d for d, h in self._heights.items() if h >= self._target]
        high = min(outside, default=float("inf"))
        low = max(d for d, h in self._heights.items() if h < self._target and d < high)
        return low, high

    @property
    def is_narrow(self) -> bool:
        """Whether no digits are left between the ends."""
        low, high = self.ends
        return bool(np.isfinite(high)) and high - low <= NARROW * high

    def next_distance(self) -> float:
        """Where to look next: inverse interpolation, kept within the bracket."""
        low, high = self.ends
        self._widths.append(high - low)
        found = self._interpolated()
        if np.isinf(high):
            return min(max(found, SMALLEST_GROWTH * low), LARGEST_GROWTH * low)
        recent = self._widths[-HALVING:]
        is_stuck = len(recent) == HALVING and recent[-1] > recent[0] / 2
        if is_stuck or not low < found < high:
            return (low + high) / 2
        return found

    def _interpolated(self) -> float:
        """Where a parabola through the nearest points reaches the target."""
        pairs = [(h, d) for d, h in self._heights.items() if np.isfinite(h)]
        pairs.sort(key=lambda pair: abs(pair[0] - self._target))
        near = pairs[:3]
        total = 0.0
        for i, (height, distance) in enumerate(near):
            others = [other for j, (other, _) in enumerate(near) if j != i]
            gaps = np.array([height - other for other in others])
            if (gaps == 0).any():
                return float("nan")
            total += distance * float(np.prod((self._target - np.array(others)) / gaps))
        return total
