"""The models in which one parameter of a model is zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.fitting.fit import estimate
from engine.model.reduced import with_columns, without_effect
from engine.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.fitting.result import Estimates
    from engine.inference.fitted import Fitted
    from engine.progress import Report


@dataclass(frozen=True, slots=True)
class NullModel:
    """A model with less in it, of the same rows.

    Attributes
    ----------
    estimates : Estimates
    """

    estimates: Estimates


def without_coefficients(model: Fitted, places: Collection[int]) -> NullModel:
    """Fit the model without some columns of X, by ML.

    Parameters
    ----------
    model : FittedModel
    places : collection of int
        Of the columns.

    Returns
    -------
    NullModel
    """
    estimates = model.estimates
    kept = [i for i in estimates.kept if i not in places]
    reduced = with_columns(estimates.design, kept)
    return NullModel(estimate(reduced, estimation="ML"))


def without_variation(
    model: Fitted, index: int, column: int, report: Report = ignore
) -> NullModel:
    """Fit the model with one effect the same in all groups, by its own likelihood.

    Parameters
    ----------
    model : FittedModel
    index, column : int
        Of the random block, and of the effect within it.
    report : callable
        Hears of the fit; may raise `Cancelled`.

    Returns
    -------
    NullModel
    """
    estimates = model.estimates
    reduced = without_effect(estimates.design, index, column)
    return NullModel(estimate(reduced, estimation=estimates.estimation, report=report))
