"""The same model by the other likelihood, on the same rows, fitted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.fitting.fit import estimate
from engine.fitting.pooled import estimate_separately, separate_grouping
from engine.progress import ignore

if TYPE_CHECKING:
    from engine.fitting.result import Estimates
    from engine.inference.fitted import Fitted
    from engine.progress import Report

ESTIMATIONS = ("REML", "ML")


def refitted(model: Fitted, estimation: str, report: Report = ignore) -> Estimates:
    """Estimates of a model by REML or ML; what was refitted is kept with the model.

    Parameters
    ----------
    model : FittedModel
        Not modified, but for what it remembers.
    estimation : {"REML", "ML"}
    report : callable
        See `engine.fitting.fit.estimate`.

    Returns
    -------
    Estimates
        The model's own where they are by this likelihood.

    Raises
    ------
    EngineError
        If `estimation` is unknown.
    """
    return refitted_estimates(model.estimates, estimation, report)


def refitted_estimates(
    own: Estimates, estimation: str, report: Report = ignore
) -> Estimates:
    """The same for estimates that no model holds: see `refitted`."""
    if estimation not in ESTIMATIONS:
        raise EngineError(
            f"'{estimation}' is no way to estimate.", "Choose 'REML' or 'ML'."
        )
    if own.estimation == estimation:
        return own
    if estimation not in own.known_refits:
        own.known_refits[estimation] = _refit(own, estimation, report)
    return own.known_refits[estimation]


def _refit(own: Estimates, estimation: str, report: Report) -> Estimates:
    """Fit the same design anew."""
    if own.evaluation is None:
        grouping = separate_grouping(own.design)
        return estimate_separately(own.design, grouping, estimation=estimation)
    return estimate(own.design, estimation=estimation, report=report)
