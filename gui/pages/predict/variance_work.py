"""What a worker makes so that predictions let the variances be uncertain; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from engine.inference.bootstrap.mixture import COMPONENTS, Mixture
from engine.inference.bootstrap.run import bootstrap
from engine.progress import Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from engine.inference.bootstrap.result import Bootstrap
    from engine.progress import Report

NUMBERS = (50, 100, 200, COMPONENTS)
"""Refits that are mixed: as many of them as there is time for, at least the first."""
DRAWING_S, WORKING_OUT_S = 1.0, 1.0
"""Time for the refits, and for what the data say at the variances of each."""
SEED = 1
REFITTING = "Refitting"
_TRIED = 10


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The refits of a model, ready to predict.

    Attributes
    ----------
    model : FittedModel
    mixture : Mixture
    """

    model: FittedModel
    mixture: Mixture


def draw(model: FittedModel, found: Bootstrap | None, *, report: Report) -> Drawn:
    """Make refits ready, and first the refits themselves if there are none.

    Parameters
    ----------
    model : FittedModel
        With random effects.
    found : Bootstrap or None
        Refits of the same model that are there already.
    report : callable
        Given a `Step`: refits done, and how many there will be.
    """
    clock = _Clock(report)
    if found is None:
        found = _refits(model, clock)
    before = clock.seconds
    Mixture(found, _TRIED, clock.hear)
    of_each = (clock.seconds - before) / _TRIED
    return Drawn(model, Mixture(found, _within(WORKING_OUT_S, of_each), clock.hear))


def _refits(model: FittedModel, clock: _Clock) -> Bootstrap:
    """Ever more refits, which begin with the same ones, while time is left."""
    for number, larger in zip(NUMBERS, (*NUMBERS[1:], 0), strict=True):
        before = clock.seconds
        found = bootstrap(model, number, SEED, clock.hear)
        took = clock.seconds - before
        if not larger or clock.seconds + took * larger / number > DRAWING_S:
            break
    return found


def _within(seconds: float, of_each: float) -> int:
    """The largest of `NUMBERS` that takes no longer."""
    fitting = [number for number in NUMBERS if number * of_each <= seconds]
    return max(fitting, default=NUMBERS[0])


class _Clock:
    """Passes on where the work is; letting a fit go first does not count as time."""

    def __init__(self, report: Callable[[Step], None]) -> None:
        self._report, self._start = report, perf_counter()

    @property
    def seconds(self) -> float:
        """Time at work."""
        return perf_counter() - self._start

    def hear(self, step: Step) -> None:
        """A safe point."""
        before = perf_counter()
        done = step.done
        if step.within is not None and step.within.what == REFITTING:
            done += step.within.done
        self._report(Step(step.what, done, step.of))
        self._start += perf_counter() - before
