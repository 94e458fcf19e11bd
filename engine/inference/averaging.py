"""Averages over the reference grid, as weights of the coefficients.

A marginal mean is L beta: L averages the rows of X in the grid that share the levels of
the terms asked for. A slope is the average of dX/dx, by central differences at two
steps and Richardson's extrapolation: exact for polynomials up to the fourth degree,
and to about ten digits for functions such as log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from engine.errors import EngineError
from engine.inference.reference_grid import reference_grid
from engine.model.columns import listed, used_columns
from engine.model.language.expressions import parse_expression
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.fitting.result import Estimates
    from engine.inference.reference_grid import At, Axis, ReferenceGrid
    from engine.model.design import Design
    from engine.sentences import Said

WEIGHTS = ("equal", "proportional", "cells")
STEP = 1e-2
"""Step of the differences, in standard deviations of the covariate."""
CLOSE = 1e-9
"""Relative gap between grid values that counts as none."""


@dataclass(frozen=True, slots=True)
class Averages:
    """What is averaged for each combination of the terms' values.

    Attributes
    ----------
    terms : tuple of str
        The columns asked for.
    axes : tuple of Axis
        Theirs.
    frame : DataFrame of m rows
        Their values, the first term's changing fastest.
    weights : ndarray of shape (m, p)
        L, of all columns of X; zero where nothing is averaged.
    offset : ndarray of shape (m,)
        Known part of each average.
    is_empty : ndarray of bool, shape (m,)
        Whether there is no row with these levels to average over.
    grid : ReferenceGrid
    averager : sparse array of shape (m, N)
        The weights of the grid's rows.
    notes : tuple of str or Sentence
        What was held, averaged, and what that hides.
    """

    terms: tuple[str, ...]
    axes: tuple[Axis, ...]
    frame: pd.DataFrame
    weights: FloatArray
    offset: FloatArray
    is_empty: BoolArray
    grid: ReferenceGrid
    averager: sparse.csr_array
    notes: tuple[Said, ...]


def averages(
    estimates: Estimates,
    terms: str | Sequence[str],
    at: At | None = None,
    *,
    weights: str = "equal",
    slope_of: str | None = None,
) -> Averages:
    """Average the model's fixed part over the reference grid.

    Parameters
    ----------
    estimates : Estimates
    terms : str or sequence of str
        Columns whose combinations are told apart; none for one average of all.
    at : mapping, optional
        See `reference_grid`.
    weights : {"equal", "proportional", "cells"}
        Of the combinations averaged over: the same; as frequent as they are in the
        rows used; as frequent as they are there together with each of the terms'.
    slope_of : str, optional
        Average the change per unit of this covariate instead of the response.

    Returns
    -------
    Averages

    Raises
    ------
    EngineError
        If a term or the weights make no sense.
    """
    if weights not in WEIGHTS:
        raise EngineError(
            f"'{weights}' is no way to weight.", f"Choose one of {listed(WEIGHTS)}."
        )
    design = estimates.design
    chosen = term_columns(terms, design.encoder.columns)
    grid = reference_grid(estimates, at, covariates=[slope_of] if slope_of else ())
    if slope_of is None:
        X, offset = grid.X, grid.offset
    else:
        _check_covariate(grid, slope_of, design.encoder.columns)
        X, offset = _slopes(grid, slope_of)
    frame, averager, is_empty = _averager(grid, chosen, weights)
    return Averages(
        terms=chosen,
        axes=tuple(grid.axis(name) for name in chosen),
        frame=frame,
        weights=averager @ X,
        offset=averager @ offset,
        is_empty=is_empty,
        grid=grid,
        averager=averager,
        notes=tuple(_notes(grid, chosen, weights, slope_of)),
    )


def term_columns(terms: str | Sequence[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that terms name.

    Parameters
    ----------
    terms : str or sequence of str
        `a:b` and `a*b` name two.
    known : tuple of str
        The columns there are.

    Returns
    -------
    tuple of str
        Each once.

    Raises
    ------
    EngineError
        If one is not there.
    """
    chosen: list[str] = []
    for term in [terms] if isinstance(terms, str) else terms:
        is_known = term in known or not isinstance(term, str)
        parts = [term] if is_known else term.replace("*", ":").split(":")
        chosen += [part if part in known else part.strip().strip("`") for part in parts]
    for name in chosen:
        if name not in known:
            raise EngineError(
                f"'{name}' is not in the fixed part of the model.",
                f"It has {listed(known)}." if known else "It has no covariates at all.",
            )
    return tuple(dict.fromkeys(chosen))


def _check_covariate(grid: ReferenceGrid, name: str, known: Sequence[str]) -> None:
    """Refuse the slope of what has none."""
    if name not in known:
        raise EngineError(
            f"'{name}' is not in the fixed part of the model.",
            f"It has {listed(known)}." if known else "It has no covariates at all.",
        )
    if grid.axis(name).is_factor:
        raise EngineError(
            f"'{name}' holds levels, not numbers, so it has no slope.",
            "Compare the marginal means of its levels.",
        )


def _averager(
    grid: ReferenceGrid, terms: tuple[str, ...], weights: str
) -> tuple[pd.DataFrame, sparse.csr_array, BoolArray]:
    """Which rows of the grid make each average, and with what weights."""
    places = [grid.place(name) for name in terms]
    total = len(grid.frame)
    target, size = np.zeros(total, dtype=np.intp), 1
    for place in places:
        target += size * grid.codes[place]
        size *= len(grid.axes[place].values)
    own: FloatArray = np.ones(total)
    if weights == "cells":
        own = grid.rows
    elif weights == "proportional":
        others = [i for i in range(len(grid.axes)) if i not in places]
        rest, step = np.zeros(total, dtype=np.intp), 1
        for i in others:
            rest += step * grid.codes[i]
            step *= len(grid.axes[i].values)
        own = _sums(rest, grid.rows, step)[rest]
    sums = _sums(target, own, size)
    is_empty = sums <= 0
    shares = np.where(
        is_empty[target], 0.0, own / np.where(is_empty, 1.0, sums)[target]
    )
    averager = sparse.csr_array(
        (shares, (target, np.arange(total))), shape=(size, total)
    )
    first = np.zeros(size, dtype=np.intp)
    first[target[::-1]] = np.arange(total)[::-1]
    frame = grid.frame.iloc[first][list(terms)].reset_index(drop=True)
    return frame, averager, is_empty


def _sums(groups: IntArray, values: FloatArray, n: int) -> FloatArray:
    """Sums of values by group."""
    return np.asarray(np.bincount(groups, weights=values, minlength=n), dtype=float)


def _slopes(grid: ReferenceGrid, name: str) -> tuple[FloatArray, FloatArray]:
    """Change of X and of the offset per unit of a covariate, at each grid row."""
    column = grid.design.frame[name]
    is_date = pd.api.types.is_datetime64_any_dtype(column)
    if is_date:
        days = (column - column.min()) / pd.Timedelta(days=1)
        h = max(STEP * float(days.std(ddof=0)), 1e-6)
    else:
        h = STEP * float(column.astype("float64").std(ddof=0))

    def moved(step: float) -> ReferenceGrid:
        shift = pd.Timedelta(days=step) if is_date else step
        frame = grid.frame.assign(**{name: grid.frame[name] + shift})
        return type(grid)(grid.axes, grid.codes, frame, grid.rows, grid.design)

    def central(
        values: Callable[[ReferenceGrid], FloatArray], step: float
    ) -> FloatArray:
        difference: FloatArray = values(moved(step)) - values(moved(-step))
        return difference / (2 * step)

    def slope(values: Callable[[ReferenceGrid], FloatArray]) -> FloatArray:
        wide, narrow = central(values, h), central(values, h / 2)
        result: FloatArray = (4 * narrow - wide) / 3
        # what does not move must not seem to
        result[np.abs(result) * h <= CLOSE * np.abs(values(grid)) * STEP] = 0.0
        return result

    return slope(lambda g: g.X), slope(lambda g: g.offset)


def _notes(
    grid: ReferenceGrid, terms: tuple[str, ...], weights: str, slope_of: str | None
) -> list[Said]:
    """What was averaged over and held, and where an interaction makes that matter."""
    used = set(grid.design.encoder.columns)
    if slope_of is not None and not is_curved(grid.design, slope_of):
        used.discard(slope_of)  # its slope is the same wherever it stands
    others = [a for a in grid.axes if a.name not in terms and a.name in used]
    averaged = [axis.name for axis in others if len(axis.values) > 1]
    how = {
        "equal": "with equal weights",
        "proportional": "in proportion to their rows",
        "cells": "in proportion to their rows in each combination",
    }
    notes: list[Said] = []
    if averaged:
        notes.append(f"Averaged over the levels of {listed(averaged)}, {how[weights]}.")
    notes += [
        Sentence(f"'{axis.name}' is held at its mean, ", _value(axis), ".")
        for axis in grid.axes
        if axis.is_mean and axis.name in used
    ]
    few = [a.name for a in others if a.is_factor and not _has_levels(grid, a.name)]
    if few:
        notes.append(f"{listed(few)}: two values only, taken as two levels.")
    about = {*terms, *([slope_of] if slope_of else [])}
    for axis in others:
        if axis.name == slope_of:
            continue
        partners = sorted(about & _partners(grid, axis.name) - {axis.name})
        if partners:
            notes.append(_interaction(axis, partners))
    return notes


def is_curved(design: Design, name: str) -> bool:
    """Whether a covariate's slope may depend on where the covariate stands."""
    return any(
        not parsed.is_column
        for term in design.encoder.terms
        for factor in term
        if name in (parsed := parse_expression(factor)).columns
    )


def _has_levels(grid: ReferenceGrid, name: str) -> bool:
    """Whether a column holds names, or numbers inside C()."""
    return name in grid.design.encoder.preparation.levels


def _value(axis: Axis) -> str | Number:
    """The only value of a covariate."""
    value = axis.values.iloc[0]
    if pd.api.types.is_datetime64_any_dtype(axis.values):
        return f"{value:%Y-%m-%d}"
    if not axis.is_mean and axis.is_factor:
        return axis.texts[0]
    return Number(float(value))


def _partners(grid: ReferenceGrid, name: str) -> set[str]:
    """Columns that one column interacts with in the fixed part."""
    found: set[str] = set()
    for term in grid.design.encoder.terms:
        columns = used_columns([term])
        if len(term) > 1 and name in columns:
            found |= set(columns)
    return found


def _interaction(axis: Axis, partners: Sequence[str]) -> Said:
    """Say that an average hides an interaction."""
    named = listed(partners)
    if len(axis.values) > 1:
        return (
            f"The effect of {named} depends on '{axis.name}', over which these results "
            f"are averaged: look at them for each value of '{axis.name}' too."
        )
    return Sentence(
        f"The effect of {named} depends on '{axis.name}': these results hold at ",
        f"'{axis.name}' = ",
        _value(axis),
        " only.",
    )
