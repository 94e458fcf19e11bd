"""The x axis of a prediction: numbers, dates, or names side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.diagnostics.prediction_settings import as_numbers, settings_row
from engine.model.levels import make_grouping

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.diagnostics.prediction_inputs import NumberInput, PredictionInputs
    from engine.diagnostics.prediction_settings import PredictionSettings
    from engine.fitted_model import FittedModel

POINTS = 61
MOST_LEVELS = 300
"""Levels of an axis of names; more could not be told apart."""


@dataclass(frozen=True, slots=True)
class PredictionAxis:
    """The x axis of a prediction.

    Attributes
    ----------
    name : str
        The column; ``""`` if there is none.
    title : str
        The column, and the unit of dates.
    rows : DataFrame
        What is predicted for: a row for each point.
    points : ndarray of shape (m,)
    levels : tuple of str
        Of an axis of names.
    chosen : float
        Place of what is set; NaN for a group that is not on the axis.
    x : ndarray of shape (n,)
        Place of each row used.
    """

    name: str
    title: str
    rows: pd.DataFrame
    points: FloatArray
    levels: tuple[str, ...]
    chosen: float
    x: FloatArray | IntArray


def prediction_axis(
    model: FittedModel, inputs: PredictionInputs, settings: PredictionSettings
) -> PredictionAxis:
    """Find the points of the axis that is set, and where each row lies.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
    settings : PredictionSettings
        Resolved.

    Returns
    -------
    PredictionAxis
    """
    name = settings.axis
    if name in inputs.numbers:
        return _of_numbers(model, inputs, settings, inputs.numbers[name])
    if not name:
        nowhere = np.zeros(model.n_rows, dtype=np.intp)
        rows = settings_row(inputs, settings)
        return PredictionAxis("", "", rows, np.zeros(1), ("all rows",), 0.0, nowhere)
    own = make_grouping(model.design.frame, (name,))
    levels = tuple(map(str, own.levels))[:MOST_LEVELS]
    rows = settings_row(inputs, settings, len(levels))
    if name in inputs.categories:
        rows[name] = inputs.categories[name].values.iloc[: len(levels)]
        here = str(settings.values[name])
    else:
        rows[name] = pd.Series(levels, dtype="str")
        here = settings.groups[name]
    chosen = float(levels.index(here)) if here in levels else np.nan
    return PredictionAxis(
        name, name, rows, np.arange(float(len(levels))), levels, chosen, own.codes
    )


def _of_numbers(
    model: FittedModel,
    inputs: PredictionInputs,
    settings: PredictionSettings,
    number: NumberInput,
) -> PredictionAxis:
    """Points over the data, and on to what is set; only values that occur of groups."""
    name, here = number.name, float(settings.values[number.name])
    x = as_numbers(inputs, name, model.design.frame[name]).to_numpy(dtype=np.float64)
    low, high = min(number.low, here), max(number.high, here)
    points = np.linspace(low, high, POINTS) if low < high else np.array([low])
    columns = (c for block in model.design.blocks for c in block.grouping.columns)
    if name in columns:  # between years there is no year
        points = np.unique(np.append(x, here))
    rows = settings_row(inputs, settings, len(points))
    rows[name] = number.cells(points)
    title = name
    if number.origin is not None:
        title = f"{name} (days from {number.origin:%Y-%m-%d})"
    return PredictionAxis(name, title, rows, points, (), here, x)
