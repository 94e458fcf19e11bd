"""Data and fitted model together: lines over a covariate, or a strip of groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.diagnostics.groups import groupings
from engine.diagnostics.plotdata import FittedLinesData, Line, StripData
from engine.errors import EngineError
from engine.fitted_model import FittedModel
from engine.fitting.fit import estimate
from engine.inference.prediction import level_codes
from engine.model.columns import is_categorical
from engine.model.language.expressions import parse_expression
from engine.model.matrices import build_design
from engine.model.spec import ModelSpec, NoPooling

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.model.levels import Grouping

POINTS_PER_LINE = 41
BEYOND = 0.03
"""Lines go beyond their group's own range of x by this share of it."""
MOST_LINES = 300
"""Groups beyond which lines would only blacken the picture."""


def picture(model: FittedModel) -> FittedLinesData | StripData | None:
    """Choose the picture that the model asks for.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    FittedLinesData, StripData or None
        Lines over the first numeric covariate of the fixed part; without one, a strip
        of points per group; None without covariate and grouping.
    """
    x_name = first_covariate(model)
    found = groupings(model)
    if x_name is not None:
        return fitted_lines(model, x_name, found[0] if found else None)
    return strip(model, found[0]) if found else None


def first_covariate(model: FittedModel) -> str | None:
    """The first column of numbers in the fixed part."""
    for term in model.spec.fixed:
        for factor in term:
            for name in parse_expression(factor).columns:
                if not is_categorical(model.design.frame[name]):
                    return str(name)
    return None


def strip(model: FittedModel, grouping: Grouping) -> StripData:
    """Rows of each group beside the three means.

    Parameters
    ----------
    model : FittedModel
    grouping : Grouping

    Returns
    -------
    StripData
        Groups in order of their own mean. The partially pooled mean is the mean of the
        group's fitted values.
    """
    design, codes = model.design, grouping.codes
    y, J = design.y, len(grouping.levels)
    weights = np.ones(len(y)) if design.weights is None else design.weights
    counts = np.bincount(codes, minlength=J)
    means = np.bincount(codes, weights * y, J) / np.bincount(codes, weights, J)
    fitted = np.bincount(codes, model.estimates.fitted, J) / counts
    order = np.argsort(means, kind="stable")
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    known = 0.0 if design.offset is None else design.offset
    population = design.X @ np.nan_to_num(model.estimates.beta) + known
    is_pooled = model.is_mixed
    name = grouping.name
    return StripData(
        levels=tuple(str(grouping.levels[i]) for i in order),
        positions=place[codes],
        y=y,
        labels=model.design.rows,
        grand_mean=float(
            np.mean(population) if is_pooled else np.average(y, weights=weights)
        ),
        group_means=means[order],
        pooled_means=fitted[order] if is_pooled else np.full(len(order), np.nan),
        counts=counts[order].astype(np.intp),
        y_name=model.design.response_name,
        group_name=name,
        title=f"{model.design.response_name} by {name}",
        caption=f"{len(y)} rows in {len(order)} levels of {name}, ordered by mean",
    )


def fitted_lines(
    model: FittedModel, x_name: str, grouping: Grouping | None
) -> FittedLinesData:
    """Rows and fitted lines under the three ways of pooling.

    Other covariates are held at their mean, categories at their most frequent level,
    other groupings at no deviation.

    Parameters
    ----------
    model : FittedModel
    x_name : str
        A numeric column of the fixed part.
    grouping : Grouping or None

    Returns
    -------
    FittedLinesData
    """
    design = model.design
    x = design.frame[x_name].to_numpy(dtype=np.float64)
    complete, none, partial = _lines(model, x_name, x, grouping)
    levels = ("",) * len(x)
    caption = f"{len(x)} rows"
    if grouping is not None:
        names = [str(level) for level in grouping.levels]
        levels = tuple(names[code] for code in grouping.codes)
        caption += f" in {len(names)} levels of {grouping.name}"
        if len(names) > MOST_LINES:
            caption += f"; lines for {MOST_LINES} of them"
    return FittedLinesData(
        x=x,
        y=design.y,
        labels=design.rows,
        row_levels=levels,
        complete=complete,
        none=none,
        partial=partial,
        x_name=x_name,
        y_name=design.response_name,
        group_name="" if grouping is None else grouping.name,
        title=f"{design.response_name} over {x_name}",
        caption=caption,
    )


def _lines(
    model: FittedModel, x_name: str, x: FloatArray, grouping: Grouping | None
) -> tuple[tuple[Line, ...], tuple[Line, ...], tuple[Line, ...]]:
    """Complete, no and partial pooling."""
    spec = model.spec
    spec = replace(spec, offset=model.design.written.offset)
    pooled = replace(spec, random=(), no_pooling=None)
    complete = _whole_line(_refit(model, pooled), x_name, x)
    if grouping is None:
        return complete, (), ()
    partial = _group_lines(model, x_name, x, grouping) if model.is_mixed else ()
    if len(grouping.columns) > 1:
        return complete, (), partial
    way = spec.no_pooling or NoPooling.SLOPES
    unpooled = replace(spec, random=(), grouping=grouping.columns[0], no_pooling=way)
    apart = model if spec.no_pooling else _refit(model, unpooled)
    none = _group_lines(apart, x_name, x, grouping) if apart is not None else ()
    return complete, none, partial


def _refit(model: FittedModel, spec: ModelSpec) -> FittedModel | None:
    """Least squares for the same rows; None when the data do not support it."""
    try:
        design = build_design(
            _without_grouping(spec),
            model.design.frame,
            weights=model.design.weights,
            offset=_plain_offset(model),
        )
        return FittedModel(estimate(design))
    except EngineError:
        return None


def _plain_offset(model: FittedModel) -> FloatArray | None:
    """The offset, if it was given as numbers that no prediction can know."""
    return None if model.design.offset_encoder is not None else model.design.offset


def _level_of_offset(model: FittedModel) -> float:
    """What lines must be raised by, to lie among rows that contain such an offset."""
    offset = _plain_offset(model)
    return 0.0 if offset is None else float(np.mean(offset))


def _without_grouping(spec: ModelSpec) -> ModelSpec:
    """The grouping as the fixed part alone would have it."""
    if spec.no_pooling is None:
        return replace(spec, grouping=None, fixed=_without(spec))
    return replace(spec, fixed=_without(spec))


def _without(spec: ModelSpec) -> tuple[tuple[str, ...], ...]:
    """Fixed terms that do not already contain the grouping."""
    name = spec.grouping
    return tuple(
        term
        for term in spec.fixed
        if name is None
        or all(name not in parse_expression(factor).columns for factor in term)
    )


def _typical(model: FittedModel, size: int) -> pd.DataFrame:
    """Rows that hold every column at its mean or most frequent level."""
    columns = {}
    for name, column in model.design.frame.items():
        if pd.api.types.is_bool_dtype(column) or is_categorical(column):
            value = column.mode().iloc[0]
            columns[name] = pd.Series([value] * size, dtype=column.dtype)
        else:
            columns[name] = pd.Series([column.mean()] * size)
    return pd.DataFrame(columns)


def _over(x: FloatArray, beyond: float) -> FloatArray:
    """Points over a range of x plus a share of it."""
    margin = beyond * float(np.ptp(x))
    return np.linspace(
        float(x.min()) - margin, float(x.max()) + margin, POINTS_PER_LINE
    )


def _whole_line(
    model: FittedModel | None, x_name: str, x: FloatArray
) -> tuple[Line, ...]:
    """One line for all groups."""
    if model is None:
        return ()
    points = _over(x, _margin(model, x_name, x))
    rows = _typical(model, len(points))
    rows[x_name] = points
    y = model.predict(rows)["estimate"].to_numpy() + _level_of_offset(model)
    return (Line(None, points, y),)


def _margin(model: FittedModel, x_name: str, x: FloatArray) -> float:
    """Share of the range by which lines may leave it: none where log(x) would fail."""
    rows = _typical(model, 2)
    rows[x_name] = _over(x, BEYOND)[[0, -1]]
    try:
        model.predict(rows)
    except EngineError:
        return 0.0
    return BEYOND


def _group_lines(
    model: FittedModel, x_name: str, x: FloatArray, grouping: Grouping
) -> tuple[Line, ...]:
    """A line for each group over its own range of x."""
    chosen = np.arange(len(grouping.levels))
    if len(chosen) > MOST_LINES:
        chosen = np.unique(np.linspace(0, len(chosen) - 1, MOST_LINES).astype(int))
    first_rows = np.unique(grouping.codes, return_index=True)[1]
    beyond = _margin(model, x_name, x)
    spans = {int(level): _over(x[grouping.codes == level], beyond) for level in chosen}
    rows = _typical(model, POINTS_PER_LINE * len(chosen))
    rows[x_name] = np.concatenate([spans[int(level)] for level in chosen])
    for name in grouping.columns:
        own = model.design.frame[name].iloc[first_rows[chosen]]
        rows[name] = own.repeat(POINTS_PER_LINE).to_numpy()
    y = _conditional_means(model, rows, grouping)
    values = y.reshape(len(chosen), POINTS_PER_LINE)
    return tuple(
        Line(str(grouping.levels[int(level)]), spans[int(level)], own)
        for level, own in zip(chosen, values, strict=True)
        if np.isfinite(own).all() and np.ptp(x[grouping.codes == level]) > 0
    )


def _conditional_means(
    model: FittedModel, rows: pd.DataFrame, grouping: Grouping
) -> FloatArray:
    """Fixed part plus the effects of the grouping and of those it is nested in."""
    means: FloatArray = model.predict(rows)["estimate"].to_numpy()
    means = means + _level_of_offset(model)
    for block, own in zip(model.design.blocks, model.estimates.blocks, strict=True):
        if not set(block.grouping.columns) <= set(grouping.columns):
            continue
        codes = level_codes(block.grouping, rows)
        Z = block.encoder.encode(rows)
        means = means + np.einsum("mk,mk->m", Z, own.effects[codes])
    return means
