"""The grid of covariates and levels over which marginal means are taken.

Factors stand at all of their levels, covariates at their means over the rows used, or
at values that are asked for. What derives from a covariate, such as `I(x ** 2)` or
`log(x)`, is computed from the covariate's own value in the grid. A column of numbers
that has only two values, such as 0 and 1, is taken as a factor. These are the choices
of Searle, Speed and Milliken (1980, Am. Stat. 34, 216) as R's emmeans makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.model.columns import listed
from engine.model.levels import level_texts
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.arrays import AnyArray, FloatArray, IntArray
    from engine.fitting.result import Estimates
    from engine.model.design import Design

    At = Mapping[str, Any]

LARGEST = 30_000_000
"""Numbers in the grid's columns of X beyond which memory is at stake."""
FEW = 2
"""Distinct values up to which a column of numbers counts as a factor."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One column of the grid.

    Attributes
    ----------
    name : str
        The column.
    values : Series
        Its values, as they stand in a table.
    is_factor : bool
        Whether rows can be counted at each value.
    is_mean : bool
        Whether it is a covariate at its mean.
    """

    name: str
    values: pd.Series
    is_factor: bool
    is_mean: bool

    @property
    def texts(self) -> list[str]:
        """The values as they are named."""
        return level_texts(self.values)


@dataclass(frozen=True, slots=True)
class ReferenceGrid:
    """All combinations of the axes' values.

    Attributes
    ----------
    axes : tuple of Axis
    codes : ndarray of int, shape (n_axes, N)
        Position of each grid row's value on each axis; the first axis is fastest.
    frame : DataFrame of N rows
        The values.
    rows : ndarray of shape (N,)
        Sum of the prior weights of the rows used that have these levels, or their
        number.
    design : Design
    """

    axes: tuple[Axis, ...]
    codes: IntArray
    frame: pd.DataFrame
    rows: FloatArray
    design: Design

    def axis(self, name: str) -> Axis:
        """The axis of a column."""
        return self.axes[self.place(name)]

    def place(self, name: str) -> int:
        """The position of a column's axis."""
        return [axis.name for axis in self.axes].index(name)

    @property
    def X(self) -> FloatArray:
        """Columns of the fixed part at each grid row: shape (N, p)."""
        return self.design.encoder.encode(self.frame)

    @property
    def offset(self) -> FloatArray:
        """The known part of the response at each grid row: shape (N,)."""
        design, total = self.design, np.zeros(len(self.frame))
        if design.offset is None:
            return total
        given = float(design.offset.mean())  # plain numbers are held at their mean
        if design.offset_encoder is not None:
            encode = design.offset_encoder.encode
            total += encode(self.frame).sum(axis=1)
            given -= float(encode(design.frame).sum(axis=1).mean())
        return total + given


def reference_grid(
    estimates: Estimates,
    at: At | None = None,
    *,
    covariates: Iterable[str] = (),
) -> ReferenceGrid:
    """Make the grid of a model's fixed part.

    Parameters
    ----------
    estimates : Estimates
    at : mapping of str to value or sequence of values, optional
        Values of covariates, or some of the levels of factors.
    covariates : iterable of str
        Columns of numbers that are none of the factors even if they have few values.

    Returns
    -------
    ReferenceGrid

    Raises
    ------
    EngineError
        If `at` names no column of the model or what is no value of it, or if the grid
        is too large.
    """
    design = estimates.design
    names = grid_columns(design)
    given = dict(at or {})
    for name in given:
        if name not in names:
            raise EngineError(
                f"'{name}' is no covariate or factor of the model.",
                f"The model has {listed(names)}." if names else "",
            )
    numbers = set(covariates)
    axes = tuple(
        _axis(design, name, given, is_number=name in numbers) for name in names
    )
    sizes = [len(axis.values) for axis in axes]
    total = int(np.prod([float(size) for size in sizes]))
    if total * max(len(design.terms), 1) > LARGEST:
        raise EngineError(
            Sentence(
                "The levels of the model have ",
                Number(float(total)),
                " combinations, too many to average over.",
            ),
            "Name the levels that matter, or leave a factor out of the model.",
        )
    codes = np.zeros((len(axes), total), dtype=np.intp)
    if axes:
        codes[:] = np.unravel_index(np.arange(total), sizes, order="F")
    columns = {
        axis.name: axis.values.iloc[own].reset_index(drop=True)
        for axis, own in zip(axes, codes, strict=True)
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(total))
    return ReferenceGrid(axes, codes, frame, _rows(design, axes, sizes), design)


def grid_columns(design: Design) -> list[str]:
    """Columns that the model's fixed part, offset and varying effects are made of."""
    names = list(design.encoder.columns)
    if design.offset_encoder is not None:
        names += design.offset_encoder.columns
    names += [name for block in design.blocks for name in block.encoder.columns]
    return list(dict.fromkeys(names))


def _axis(design: Design, name: str, at: At, *, is_number: bool) -> Axis:
    """Values of one column: its levels, its mean, or those that are asked for."""
    column = design.frame[name]
    if name in _levels(design):
        return _factor(column, name, _levels(design)[name], at)
    distinct = np.sort(column.unique())
    is_factor = 1 < len(distinct) <= FEW and not is_number
    if name in at:
        values = _asked(column, name, at[name])
        is_factor = is_factor and bool(values.isin(distinct).all())
        return Axis(name, values, is_factor, is_mean=False)
    if is_factor:
        values = pd.Series(distinct, name=name).astype(column.dtype)
        return Axis(name, values, is_factor, is_mean=False)
    mean = column.astype("float64") if column.dtype.kind in "biuf" else column
    return Axis(
        name, pd.Series([mean.mean()], name=name), is_factor=False, is_mean=True
    )


def _levels(design: Design) -> dict[str, pd.Index]:
    """Levels of every column that has some in a matrix of the model."""
    levels = dict(design.encoder.preparation.levels)
    for block in design.blocks:
        levels |= block.encoder.preparation.levels
    return levels


def _factor(column: pd.Series, name: str, known: pd.Index, at: At) -> Axis:
    """Levels of a factor as cells of its own kind, in order."""
    cells = column.drop_duplicates()
    by_text = {text: place for place, text in enumerate(level_texts(cells))}
    wanted = list(known)
    if name in at:
        asked = pd.Series(_as_list(at[name]))
        wanted = level_texts(asked) if len(asked) else []
        unknown = [text for text in wanted if text not in by_text]
        if unknown or not wanted or len(set(wanted)) < len(wanted):
            what = f"'{unknown[0]}' is no level" if unknown else "These are no levels"
            raise EngineError(
                f"{what} of '{name}' in the data that the model was fitted to.",
                f"Choose some of {listed(known)}, each once.",
            )
    where = [by_text[text] for text in wanted]
    return Axis(name, cells.iloc[where].reset_index(drop=True), True, is_mean=False)


def _as_list(value: Any) -> list[Any]:
    """One value or several as a list."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return [value]
    return list(value)


def _asked(column: pd.Series, name: str, value: Any) -> pd.Series:
    """Values of a covariate that were asked for."""
    is_date = pd.api.types.is_datetime64_any_dtype(column)
    asked = _as_list(value)
    values: pd.Series = pd.Series([np.nan], name=name)
    try:
        if is_date:
            values = pd.Series(pd.to_datetime(asked), name=name)
        else:
            numbers = np.array(asked, dtype=np.float64).ravel()
            values = pd.Series(np.where(np.isfinite(numbers), numbers, np.nan))
    except (TypeError, ValueError):
        pass
    if not len(values) or values.isna().any() or values.duplicated().any():
        raise EngineError(
            f"What is asked of '{name}' is no list of "
            f"{'dates' if is_date else 'numbers'}.",
            "Give one value or several different ones, such as "
            f"at={{'{name}': [1, 2]}}.",
        )
    return values


def _rows(design: Design, axes: Sequence[Axis], sizes: Sequence[int]) -> FloatArray:
    """Rows used, or their prior weights, at each combination of the factors' levels."""
    total = int(np.prod(sizes)) if sizes else 1
    n = len(design.y)
    weights = np.ones(n) if design.weights is None else design.weights
    place, step = np.zeros(n, dtype=np.intp), 1
    is_there = np.ones(n, dtype=bool)
    for axis, size in zip(axes, sizes, strict=True):
        if axis.is_factor:
            own = pd.Index(axis.texts, dtype="str").get_indexer(
                pd.Index(level_texts(design.frame[axis.name]), dtype="str")
            )
            is_there &= own >= 0
            place += step * own
        step *= size
    counts: AnyArray = np.bincount(
        place[is_there], weights=weights[is_there], minlength=total
    )
    # the same at every value of a covariate, at which no row needs to be
    shaped: FloatArray = counts.reshape(sizes, order="F")
    for i, axis in enumerate(axes):
        if not axis.is_factor:
            shaped = np.repeat(np.take(shaped, [0], axis=i), sizes[i], axis=i)
    return shaped.reshape(-1, order="F")
