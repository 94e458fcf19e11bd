"""Means and their differences as a plot needs them: intervals beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.density import density_by_level
from engine.diagnostics.prediction_settings import as_numbers
from engine.diagnostics.row_groups import main_row_groups
from engine.model.levels import level_texts

if TYPE_CHECKING:
    import pandas as pd

    from engine.arrays import FloatArray, IntArray
    from engine.diagnostics.compared_inputs import ComparedInputs
    from engine.diagnostics.compared_settings import Comparison
    from engine.diagnostics.density import Density
    from engine.diagnostics.plotdata import RowGroups
    from engine.diagnostics.prediction_scale import Scale
    from engine.fitted_model import FittedModel


@dataclass(frozen=True, slots=True)
class IntervalsData:
    """Estimates with intervals beside each other, with or without rows behind them.

    Attributes
    ----------
    x, y : ndarray of shape (n,)
        Index in `levels`, and the response, of the rows that belong to one.
    labels : Index of length n
    row_levels : RowGroups or None
    row_series : ndarray of int, shape (n,), or None
        Index in `series` of each row.
    levels : tuple of str
        Names on the axis.
    series : tuple of str
        Names of what is told apart at each of them; one empty name if nothing is.
    estimate, lower, upper : ndarray of shape (n_series, n_levels)
        NaN where there is no estimate.
    zero : float
        Where there would be no difference; NaN for means.
    scale : Scale
        On which numbers are shown; places are those of the response as fitted.
    x_name, y_name, series_name, group_name, title, caption : str
    density : Density or None
        Counts in a grid, where the rows are very many.
    """

    x: IntArray
    y: FloatArray
    labels: pd.Index
    row_levels: RowGroups | None
    row_series: IntArray | None
    levels: tuple[str, ...]
    series: tuple[str, ...]
    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    zero: float
    scale: Scale
    x_name: str
    y_name: str
    series_name: str
    group_name: str
    title: str
    caption: str = ""
    density: Density | None = None


def of_means(
    model: FittedModel,
    asked: Comparison,
    means: pd.DataFrame,
    series: tuple[str, ...],
) -> IntervalsData:
    """The means alone; the table has those of one series after the other."""
    quantity, response = asked.quantity, asked.scale.response
    shape = len(series), len(asked.names)
    estimate, lower, upper = (
        means[part].to_numpy().reshape(shape) for part in ("estimate", "lower", "upper")
    )
    slope = f"Change of {response} per unit of {quantity.slope_of}"
    y_name = slope if quantity.slope_of else response
    over = " and ".join(quantity.columns)
    return IntervalsData(
        x=np.zeros(0, dtype=np.intp),
        y=np.zeros(0),
        labels=model.design.rows[:0],
        row_levels=None,
        row_series=None,
        levels=asked.names if quantity.columns else (quantity.slope_of,),
        series=series,
        estimate=estimate,
        lower=lower,
        upper=upper,
        zero=0.0 if quantity.slope_of else np.nan,
        scale=asked.scale,
        x_name=over,
        y_name=y_name,
        series_name=asked.settings.by,
        group_name="",
        title=f"{y_name} by {over}" if over else y_name,
    )


def with_rows(
    data: IntervalsData,
    model: FittedModel,
    offered: ComparedInputs,
    asked: Comparison,
) -> IntervalsData:
    """Put the rows behind means, where rows belong to a mean: not behind slopes."""
    if asked.quantity.slope_of:
        return data
    place, step = np.zeros(model.n_rows, dtype=np.intp), 1
    is_there = np.ones(model.n_rows, dtype=bool)
    for name in asked.quantity.columns:
        codes = _codes(model, offered, name)
        is_there &= codes >= 0
        place += step * codes
        step *= offered.size(name)
    own_series = None
    if asked.settings.by:
        own_series = _codes(model, offered, asked.settings.by)
        is_there &= own_series >= 0
    groups = main_row_groups(model, is_there)
    x, y = place[is_there], model.design.y[is_there]
    return replace(
        data,
        x=x,
        y=y,
        labels=model.design.rows[is_there],
        row_levels=groups,
        row_series=None if own_series is None else own_series[is_there],
        group_name="" if groups is None else groups.name,
        density=density_by_level(x, y, len(data.levels)),
    )


def _codes(model: FittedModel, offered: ComparedInputs, name: str) -> IntArray:
    """The value of each row among those of a column that are told apart; -1: none."""
    column = model.design.frame[name]
    if name in offered.levels:
        place = {text: i for i, text in enumerate(offered.levels[name])}
        distinct = column.drop_duplicates()
        texts = dict(zip(distinct, level_texts(distinct), strict=True))
        return column.map(lambda cell: place[texts[cell]]).to_numpy(dtype=np.intp)
    values = as_numbers(offered.inputs, name, column).to_numpy(dtype=np.float64)
    stands = np.array(offered.stands[name])
    nearest = np.minimum(np.searchsorted(stands, values), len(stands) - 1)
    return np.where(stands[nearest] == values, nearest, -1)


def contrast_words(name: str) -> str:
    """A comparison with a true minus."""
    return name.replace(" - ", " − ")


def of_differences(
    means: IntervalsData, table: pd.DataFrame, *, is_trend: bool
) -> IntervalsData:
    """The contrasts of each series."""
    names = tuple(dict.fromkeys(table["contrast"]))
    shape = len(means.series), len(names)
    estimate, lower, upper = (
        table[part].to_numpy().reshape(shape) for part in ("estimate", "lower", "upper")
    )
    is_of_slopes = means.zero == 0
    what = "Trend" if is_trend else "Difference"
    what = "Ratio" if means.scale.function else what
    y_name = f"{what} of slopes" if is_of_slopes else f"{what} of {means.y_name}"
    return replace(
        means,
        x=np.zeros(0, dtype=np.intp),
        y=np.zeros(0),
        labels=means.labels[:0],
        row_levels=None,
        row_series=None,
        levels=tuple(map(contrast_words, names)),
        estimate=estimate,
        lower=lower,
        upper=upper,
        zero=0.0,
        scale=means.scale.of_ratios,
        x_name="",
        y_name=y_name,
        group_name="",
        title=f"{y_name} by {means.x_name}",
        density=None,
    )


def renamed(data: IntervalsData, table: pd.DataFrame) -> IntervalsData:
    """The same with the names of ratios."""
    return replace(data, levels=tuple(dict.fromkeys(table["contrast"])))
