"""The parametric bootstrap of a fitted model, in chunks that are shown as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.inference.bootstrap.chunks import chunks
from engine.inference.bootstrap.least_squares import LeastSquares
from engine.inference.bootstrap.one_by_one import OneByOne
from engine.inference.bootstrap.one_factor import OneFactor
from engine.inference.bootstrap.refits import joined_refits
from engine.inference.bootstrap.result import Bootstrap
from engine.inference.bootstrap.several_factors import several_factors
from engine.progress import Step, ignore, listening

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.fitting.result import Estimates
    from engine.inference.bootstrap.refits import Refits, Resampler
    from engine.inference.fitted import Fitted
    from engine.progress import Report

REPLICATES = 10_000
RESAMPLING = "Bootstrap"


def nothing(_: Bootstrap) -> None:
    """Take what is there so far and do nothing with it."""


def bootstrap(
    model: Fitted,
    replicates: int = REPLICATES,
    seed: int = 1,
    report: Report = ignore,
    *,
    partial: Callable[[Bootstrap], None] = nothing,
) -> Bootstrap:
    """Simulate data from a fitted model many times, and fit the model to each.

    Parameters
    ----------
    model : FittedModel
    replicates : int
    seed : int
        The same seed gives the same replicates.
    report : callable
        Called with a `Step` after each chunk; may raise `Cancelled`.
    partial : callable
        Called with the replicates so far after each chunk but the last.

    Returns
    -------
    Bootstrap

    Raises
    ------
    EngineError
        If the model cannot be simulated from, or there are no replicates.
    """
    check_number(replicates)
    resampler = resampler_of(model.estimates)
    parts: list[Refits] = []
    done = 0

    def hear(step: Step | None = None) -> None:
        report(Step(RESAMPLING, done, replicates, within=step))

    hear()
    with listening(hear):
        for draws in chunks(resampler, replicates, seed):
            parts.append(resampler.refit(draws))
            done += len(parts[-1].s2)
            hear()
            if done < replicates:
                partial(Bootstrap(model.estimates, joined_refits(parts), seed))
    return Bootstrap(model.estimates, joined_refits(parts), seed)


def check_number(replicates: int) -> None:
    """Refuse a number of replicates that is none."""
    if replicates < 1:
        raise EngineError(
            f"There cannot be {replicates} replicates.", "Ask for a thousand or more."
        )


def resampler_of(estimates: Estimates) -> Resampler:
    """Choose how replicates of a model are drawn and fitted."""
    e = estimates.evaluation
    if e is None:
        raise EngineError(
            "Separate regressions, each with its own residual SD, have no bootstrap.",
            "Choose one residual SD for all groups, or pool partially.",
        )
    n_factors = len(e.products.factors)
    if not n_factors:
        return LeastSquares(e)
    if n_factors == 1:
        return OneFactor(e)
    return several_factors(e) or OneByOne(estimates.design, e)
