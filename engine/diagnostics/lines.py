"""Fitted lines over a covariate under the three ways of pooling.

What else stands in the model is held: a covariate that belongs to the group, such as a
lake's depth, at the group's own value; another at its mean or most frequent level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.group_words import counted_groups, group_noun
from engine.data.wording import counted
from engine.diagnostics.density import density_of
from engine.diagnostics.held import (
    belongs_to_group,
    held_words,
    is_around,
    repeated,
    typical,
)
from engine.diagnostics.plotdata import FittedLinesData, Line
from engine.diagnostics.row_groups import row_groups
from engine.errors import EngineError
from engine.fitted_model import FittedModel
from engine.fitting.basis import orthogonal_basis, solve_upper
from engine.fitting.fit import estimate
from engine.inference.prediction import population_means
from engine.inference.prediction_rows import level_codes
from engine.model.language.expressions import parse_expression
from engine.model.matrices import build_design
from engine.model.spec import NoPooling

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.model.design import Design
    from engine.model.levels import Grouping
    from engine.model.spec import ModelSpec

POINTS_PER_LINE = 41
BEYOND = 0.03
"""Lines go beyond their group's own range of x by this share of it."""
MOST_LINES = 300
"""Groups beyond which lines would only blacken the picture."""


def fitted_lines(
    model: FittedModel, x_name: str, grouping: Grouping | None
) -> FittedLinesData:
    """Rows and fitted lines under the three ways of pooling.

    Parameters
    ----------
    model : FittedModel
    x_name : str
        A column of numbers or dates of the fixed part.
    grouping : Grouping or None

    Returns
    -------
    FittedLinesData
    """
    design = model.design
    axis = _Axis.of(model, x_name)
    complete, none, partial = _lines(model, axis, grouping)
    none_words = _none_words(model, grouping) if none else ""
    caption = counted(len(axis.x), "row")
    if grouping is not None:
        n_levels = len(grouping.levels)
        caption += f" in {counted_groups(n_levels, grouping.name)}"
        if n_levels > MOST_LINES:
            caption += f"; lines for {MOST_LINES} of them"
    if none_words:
        caption += f"; no pooling: {none_words}"
    return FittedLinesData(
        x=axis.x,
        y=design.y,
        labels=design.rows,
        row_levels=None if grouping is None else row_groups(grouping),
        complete=complete,
        none=none,
        partial=partial,
        x_name=axis.title,
        y_name=design.response_name,
        group_name="" if grouping is None else grouping.name,
        title=f"{design.response_name} over {x_name}",
        caption=caption + held_words(model, x_name, grouping),
        fitted=model.estimates.fitted,
        raw_residuals=design.y - model.estimates.fitted,
        density=density_of(axis.x, design.y),
        none_words=none_words,
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """The covariate as numbers; dates as days from the first."""

    name: str
    title: str
    x: FloatArray
    origin: pd.Timestamp | None

    @classmethod
    def of(cls, model: FittedModel, name: str) -> _Axis:
        column = model.design.frame[name]
        if not pd.api.types.is_datetime64_any_dtype(column):
            return cls(name, name, column.to_numpy(dtype=np.float64), None)
        origin = column.min()
        days = ((column - origin) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
        return cls(name, f"{name} (days from {origin:%Y-%m-%d})", days, origin)

    def column(self, points: FloatArray) -> FloatArray | pd.Series:
        """Points as the model's column holds them."""
        if self.origin is None:
            return points
        return self.origin + pd.Series(pd.to_timedelta(points, unit="D"))


def _lines(
    model: FittedModel, axis: _Axis, grouping: Grouping | None
) -> tuple[tuple[Line, ...], tuple[Line, ...], tuple[Line, ...]]:
    """Complete, no and partial pooling."""
    pooled = _completely_pooled(model)
    held = typical(model)
    beyond = _margin(model, axis, held)
    complete = () if pooled is None else _whole_line(pooled, axis, held, beyond)
    if grouping is None:
        return complete, (), ()
    grid = _grid(model, axis, held, beyond, grouping)
    if model.spec.no_pooling is not None and not model.is_mixed:
        return complete, _lines_of_model(model, grid), ()
    none = () if pooled is None else _separate_lines(pooled, grid)
    partial: tuple[Line, ...] = ()
    if model.is_mixed:
        partial = _lines_of_model(model, grid)
    return complete, none, partial


def _none_words(model: FittedModel, grouping: Grouping | None) -> str:
    """Which kind of no pooling is drawn: the model's own, or else regressions."""
    if grouping is None:
        return ""
    own = None if model.is_mixed else model.spec.no_pooling
    return (own or NoPooling.SLOPES).words(group_noun(grouping.name)[0])


def _completely_pooled(model: FittedModel) -> FittedModel | None:
    """Least squares for the same rows, the groups ignored; None where it has none."""
    spec = model.spec
    name = spec.grouping
    fixed = tuple(
        term
        for term in spec.fixed
        if name is None
        or all(name not in parse_expression(factor).columns for factor in term)
    )
    pooled = replace(
        spec,
        fixed=fixed,
        random=(),
        grouping=None,
        no_pooling=None,
        offset=model.design.written.offset,
    )
    try:
        return FittedModel(estimate(_design_of(pooled, model)))
    except EngineError:
        return None


def _design_of(pooled: ModelSpec, model: FittedModel) -> Design:
    """Matrices of the pooled model: those of a mixed model, but for the groups."""
    design = model.design
    if pooled.fixed == design.written.fixed:
        written = replace(design.written, random=(), grouping=None)
        return replace(design, spec=pooled, written=written, blocks=())
    offset = _plain_offset(model)
    return build_design(pooled, design.frame, weights=design.weights, offset=offset)


def _plain_offset(model: FittedModel) -> FloatArray | None:
    """The offset, if it was given as numbers that no prediction can know."""
    return None if model.design.offset_encoder is not None else model.design.offset


def _level_of_offset(model: FittedModel) -> float:
    """What lines must be raised by, to lie among rows that contain such an offset."""
    offset = _plain_offset(model)
    return 0.0 if offset is None else float(np.mean(offset))


def _chosen_levels(grouping: Grouping) -> IntArray:
    """Levels that get a line: all, or an even choice of many."""
    every = np.arange(len(grouping.levels))
    if len(every) <= MOST_LINES:
        return every
    return np.unique(np.linspace(0, len(every) - 1, MOST_LINES).astype(np.intp))


def _over(x: FloatArray, beyond: float) -> FloatArray:
    """Points over a range of x plus a share of it."""
    margin = beyond * float(np.ptp(x))
    low, high = float(x.min()) - margin, float(x.max()) + margin
    return np.linspace(low, high, POINTS_PER_LINE)


def _margin(model: FittedModel, axis: _Axis, held: pd.DataFrame) -> float:
    """Share of the range by which lines may leave it: none where log(x) would fail."""
    rows = repeated(held, 2)
    rows[axis.name] = axis.column(_over(axis.x, BEYOND)[[0, -1]])
    try:
        population_means(model.estimates, rows)
    except EngineError:
        return 0.0
    return BEYOND


def _whole_line(
    model: FittedModel, axis: _Axis, held: pd.DataFrame, beyond: float
) -> tuple[Line, ...]:
    """One line for all groups."""
    points = _over(axis.x, beyond)
    rows = repeated(held, len(points))
    rows[axis.name] = axis.column(points)
    y = population_means(model.estimates, rows) + _level_of_offset(model)
    return (Line(None, points, y),)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Rows along the lines of several groups.

    Attributes
    ----------
    rows : DataFrame
        `POINTS_PER_LINE` rows for each chosen level, one level after the other.
    points : ndarray of shape (n_levels, POINTS_PER_LINE)
        Values of the axis.
    grouping : Grouping
    chosen : ndarray of int, shape (n_levels,)
    """

    rows: pd.DataFrame
    points: FloatArray
    grouping: Grouping
    chosen: IntArray


def _grid(
    model: FittedModel,
    axis: _Axis,
    held: pd.DataFrame,
    beyond: float,
    grouping: Grouping,
) -> _Grid:
    """Rows along each group's own range of x, at its own covariates."""
    frame, chosen = model.design.frame, _chosen_levels(grouping)
    low = pd.Series(axis.x).groupby(grouping.codes).min().to_numpy()[chosen]
    high = pd.Series(axis.x).groupby(grouping.codes).max().to_numpy()[chosen]
    points = np.array(
        [_over(np.array(ends), beyond) for ends in zip(low, high, strict=True)]
    )
    rows = repeated(held, points.size)
    first_rows = np.unique(grouping.codes, return_index=True)[1][chosen]
    for name in frame.columns:
        own = name in grouping.columns or belongs_to_group(frame[name], grouping)
        if own:
            values = frame[name].iloc[first_rows.repeat(POINTS_PER_LINE)]
            rows[name] = values.reset_index(drop=True)
    rows[axis.name] = axis.column(points.ravel())
    return _Grid(rows, points, grouping, chosen)


def _drawn(grid: _Grid, values: FloatArray) -> tuple[Line, ...]:
    """Lines of the groups that have one: x must vary in them."""
    y = values.reshape(grid.points.shape)
    return tuple(
        Line(str(grid.grouping.levels[int(level)]), x, own)
        for level, x, own in zip(grid.chosen, grid.points, y, strict=True)
        if np.ptp(x) > 0 and np.isfinite(own).all()
    )


def _lines_of_model(model: FittedModel, grid: _Grid) -> tuple[Line, ...]:
    """Fixed part plus the effects of the grouping and of those around it."""
    means = population_means(model.estimates, grid.rows) + _level_of_offset(model)
    for block, own in zip(model.design.blocks, model.estimates.blocks, strict=True):
        if not is_around(block.grouping, grid.grouping):
            continue
        codes = level_codes(block.grouping, grid.rows)
        Z = block.encoder.encode(grid.rows)
        means = means + np.einsum("mk,mk->m", Z, own.effects[codes])
    return _drawn(grid, means)


def _separate_lines(pooled: FittedModel, grid: _Grid) -> tuple[Line, ...]:
    """A regression for each chosen group by itself: no pooling."""
    design, grouping = pooled.design, grid.grouping
    along = design.encoder.encode(grid.rows).reshape(*grid.points.shape, -1)
    known = np.zeros(grid.points.shape) + _level_of_offset(pooled)
    if design.offset_encoder is not None:
        offset = design.offset_encoder.encode(grid.rows).sum(axis=1)
        known = offset.reshape(grid.points.shape)
    y = design.y if design.offset is None else design.y - design.offset
    roots = np.ones(len(y)) if design.weights is None else np.sqrt(design.weights)
    order = np.argsort(grouping.codes, kind="stable")
    ends = np.searchsorted(grouping.codes[order], np.arange(len(grouping.levels) + 1))
    values = np.empty(grid.points.shape)
    for i, level in enumerate(grid.chosen):
        rows = order[ends[level] : ends[level + 1]]
        basis = orthogonal_basis(design.X[rows], roots[rows])
        beta = solve_upper(basis.R, basis.Q.T @ (roots[rows] * y[rows]))
        values[i] = along[i][:, list(basis.kept)] @ beta
    return _drawn(grid, values + known)
