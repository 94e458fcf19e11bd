"""Means or slopes of a model and their differences, as tables and as plot data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.compared_intervals import (
    of_differences,
    of_means,
    renamed,
    with_rows,
)
from engine.diagnostics.compared_settings import column_names
from engine.inference.back_transformation import back_transformed
from engine.inference.contrasts import contrasts
from engine.inference.marginal_means import marginal_means
from engine.inference.slopes import marginal_slopes

if TYPE_CHECKING:
    import pandas as pd

    from engine.diagnostics.compared_inputs import ComparedInputs
    from engine.diagnostics.compared_intervals import IntervalsData
    from engine.diagnostics.compared_settings import Comparison
    from engine.fitted_model import FittedModel
    from engine.inference.reference_grid import At

MOST_COMPARED = 45
"""Means that are compared each with each: more are too many to read."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What was asked, and what the model says.

    Attributes
    ----------
    comparison : Comparison
    means : DataFrame
        As `marginal_means` or `marginal_slopes` give it, perhaps `back_transformed`.
    differences : DataFrame or None
        As `contrasts` gives it, likewise; None where there is nothing to compare.
    is_too_many : bool
        Whether they are not compared because they are too many to read.
    data : IntervalsData
        Of the means.
    difference_data : IntervalsData or None
    """

    comparison: Comparison
    means: pd.DataFrame
    differences: pd.DataFrame | None
    is_too_many: bool
    data: IntervalsData
    difference_data: IntervalsData | None


def compared(
    model: FittedModel, offered: ComparedInputs, asked: Comparison
) -> Compared:
    """Estimate means or slopes and compare them.

    Parameters
    ----------
    model : FittedModel
    offered : ComparedInputs
        Of the model.
    asked : Comparison

    Returns
    -------
    Compared

    Raises
    ------
    EngineError
        If the model cannot be evaluated where covariates are held.
    """
    settings, at = asked.settings, _held(offered, asked)
    means = _means(model, asked, at)
    n = len(asked.names)
    is_too_many = settings.way == "pairwise" and n > MOST_COMPARED
    differences = None
    if n > 1 and not is_too_many:
        differences = _differences(model, asked, at)
    series = column_names(offered, settings.by) if settings.by else ("",)
    data = with_rows(of_means(model, asked, means, series), model, offered, asked)
    found = None
    if differences is not None:
        is_trend = settings.way == "polynomial"
        found = of_differences(data, differences, is_trend=is_trend)
    if asked.scale.function:
        means = _taken_back(means, model, asked)
        if differences is not None and found is not None:
            differences = _taken_back(differences, model, asked)
            found = renamed(found, differences)
    return Compared(asked, means, differences, is_too_many, data, found)


def _taken_back(
    table: pd.DataFrame, model: FittedModel, asked: Comparison
) -> pd.DataFrame:
    """Medians instead of means of logarithms, ratios instead of differences."""
    return back_transformed(table, model, transformation=asked.scale.function)


def _means(model: FittedModel, asked: Comparison, at: At) -> pd.DataFrame:
    """What is compared, series after series."""
    settings, quantity = asked.settings, asked.quantity
    weights, df, level = settings.weights, model.inference.df, settings.level
    names = (*quantity.columns, *filter(None, [settings.by]))
    if quantity.slope_of:
        return marginal_slopes(
            model, quantity.slope_of, names, at, weights=weights, df=df, level=level
        )
    return marginal_means(model, names, at, weights=weights, df=df, level=level)


def _differences(model: FittedModel, asked: Comparison, at: At) -> pd.DataFrame:
    settings, quantity = asked.settings, asked.quantity
    return contrasts(
        model,
        quantity.columns,
        settings.way,
        settings.adjust or None,
        settings.by or None,
        at,
        control=settings.control if settings.way == "control" else None,
        slope_of=quantity.slope_of or None,
        weights=settings.weights,
        df=model.inference.df,
        level=settings.level,
    )


def _held(offered: ComparedInputs, asked: Comparison) -> At:
    """Where covariates stand: what is told apart at its values, the rest as set."""
    told = {*asked.quantity.columns, asked.settings.by}
    at: dict[str, object] = {}
    for name, number in offered.numbers.items():
        if name in told:
            at[name] = list(number.cells(np.array(offered.stands[name])))
        elif name in asked.settings.values:
            at[name] = list(number.cells(np.array([asked.settings.values[name]])))
    return at
