"""What a prediction can be asked for: the model's own covariates and groupings.

Numbers have a range and a step for a slider, categories their levels, groupings a
picker for each of their columns: which batch, and which cask within it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.diagnostics.row_groups import groupings
from engine.model.columns import is_categorical
from engine.model.language.expressions import parse_expression
from engine.model.levels import level_texts, make_grouping, ordered_levels
from engine.written_numbers import MINUS, THOUSANDS, general

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel
    from engine.model.design import Design
    from engine.model.levels import Grouping

STEPS = 100
"""A slider has at least so many steps over the data, unless whole numbers are fewer."""
_DIGITS = 10
_SPACES = str.maketrans("", "", f" \u00a0{THOUSANDS}")
_POWER = re.compile("×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@dataclass(frozen=True, slots=True)
class NumberInput:
    """A covariate that is a number or a date.

    Attributes
    ----------
    name : str
        The column.
    low, high : float
        Smallest and largest value of the rows used; of dates, days from `origin`.
    decimals : int
        A slider moves by one unit of the last of so many decimals; negative: by tens.
    mean : float
        Of the rows used, on a step of the slider.
    origin : Timestamp or None
        The first day of a column of dates.
    """

    name: str
    low: float
    high: float
    decimals: int
    mean: float
    origin: pd.Timestamp | None = None

    @property
    def n_steps(self) -> int:
        """Steps of a slider over the range of the data."""
        return max(0, self._last - self._first)

    def at(self, step: int) -> float:
        """Value at a step of the slider."""
        return round((self._first + step) * 10.0**-self.decimals, max(0, self.decimals))

    def place(self, value: float) -> int:
        """The step of the slider nearest to a value."""
        step = round(value * 10.0**self.decimals) - self._first
        return min(max(step, 0), self.n_steps)

    def is_within(self, value: float) -> bool:
        """Whether the rows used reach as far as a value."""
        slack = 1e-9 * max(abs(self.low), abs(self.high), self.high - self.low)
        return self.low - slack <= value <= self.high + slack

    def written(self, value: float) -> str:
        """Write a value as a reader sees it, with all its digits."""
        if self.origin is None:
            return general(value, _DIGITS)
        return f"{self.origin + pd.Timedelta(days=value):%Y-%m-%d}"

    def read(self, text: str) -> float | None:
        """Read what a user typed, with either decimal mark; None if it is no value."""
        plain = text.translate(_SPACES).replace(MINUS, "-").replace(",", ".")
        plain = _POWER.sub(lambda found: f"e{found[1].translate(_PLAIN)}", plain)
        try:
            if self.origin is not None:
                return float((date.fromisoformat(plain) - self.origin.date()).days)
            value = float(plain)
        except ValueError:
            return None
        return value if np.isfinite(value) else None

    def cells(self, values: FloatArray) -> FloatArray | pd.Series:
        """Values as the model's column holds them."""
        if self.origin is None:
            return values
        return self.origin + pd.Series(pd.to_timedelta(values, unit="D"))

    @property
    def _first(self) -> int:
        return int(np.ceil(self.low * 10.0**self.decimals - 1e-6))

    @property
    def _last(self) -> int:
        return int(np.floor(self.high * 10.0**self.decimals + 1e-6))


@dataclass(frozen=True, slots=True)
class CategoryInput:
    """A covariate that is a category.

    Attributes
    ----------
    name : str
        The column.
    levels : tuple of str
        In the column's own order.
    values : Series of length n_levels
        The same as the column holds them, and of its type.
    usual : str
        The most frequent level.
    """

    name: str
    levels: tuple[str, ...]
    values: pd.Series
    usual: str


@dataclass(frozen=True, slots=True)
class GroupInput:
    """A column that only names groups.

    Attributes
    ----------
    name : str
        The column.
    own : Grouping
        Its levels and the level of each row.
    within : tuple of str
        Columns that a level has a meaning in only, such as the batch of a cask.
    """

    name: str
    own: Grouping
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PredictionInputs:
    """Everything that can be set.

    Attributes
    ----------
    numbers, categories, groups : dict
        By column, in the order of the model.
    axes : tuple of str
        Columns that can be the x axis: those of the fixed part first.
    """

    numbers: dict[str, NumberInput]
    categories: dict[str, CategoryInput]
    groups: dict[str, GroupInput]
    axes: tuple[str, ...]


def prediction_inputs(model: FittedModel) -> PredictionInputs:
    """Find what can be set before something is predicted.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    PredictionInputs
    """
    design = model.design
    as_levels = _taken_as_levels(model)
    numbers: dict[str, NumberInput] = {}
    categories: dict[str, CategoryInput] = {}
    for name in _covariates(design):
        column = design.frame[name]
        is_named = is_categorical(column) or pd.api.types.is_bool_dtype(column)
        if is_named or name in as_levels:
            categories[name] = _category(name, column)
        else:
            numbers[name] = _number(name, column)
    groups = _groups(model, {*numbers, *categories})
    own = [name for name in design.encoder.columns if name in numbers]
    first = [*own, *(name for name in design.encoder.columns if name in categories)]
    axes = tuple(dict.fromkeys([*first, *numbers, *categories, *groups]))
    return PredictionInputs(numbers, categories, groups, axes)


def _covariates(design: Design) -> tuple[str, ...]:
    """Columns of the fixed part, of effects that vary, and of the offset."""
    names = list(design.encoder.columns)
    for block in design.blocks:
        names += block.encoder.columns
    if design.offset_encoder is not None:
        names += design.offset_encoder.columns
    return tuple(dict.fromkeys(str(name) for name in names))


def _taken_as_levels(model: FittedModel) -> set[str]:
    """Columns of numbers that the model takes as levels: C(dose)."""
    spec = model.spec
    terms = [*spec.fixed, *(term for own in spec.random for term in own.terms)]
    return {
        str(name)
        for term in terms
        for factor in term
        if "C" in (parsed := parse_expression(factor)).functions
        for name in parsed.columns
    }


def _number(name: str, column: pd.Series) -> NumberInput:
    origin = None
    if pd.api.types.is_datetime64_any_dtype(column):
        origin = column.min().normalize()
        values = ((column - origin) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
    else:
        values = column.to_numpy(dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    width = high - low
    decimals = 0 if width == 0 else int(-np.floor(np.log10(width / STEPS) + 1e-9))
    if origin is not None or bool((values == np.round(values)).all()):
        decimals = min(decimals, 0)
    mean = float(np.clip(values.mean(), low, high))
    found = NumberInput(name, low, high, decimals, mean, origin)
    on_step = found.at(found.place(mean)) if found.n_steps else mean
    return NumberInput(name, low, high, decimals, on_step, origin)


def _category(name: str, column: pd.Series) -> CategoryInput:
    levels = tuple(ordered_levels(column))
    distinct = column.drop_duplicates()
    where = {text: place for place, text in enumerate(level_texts(distinct))}
    values = distinct.iloc[[where[level] for level in levels]].reset_index(drop=True)
    usual = level_texts(column.mode().iloc[:1])[0]
    return CategoryInput(name, levels, values, usual)


def _groups(model: FittedModel, covariates: set[str]) -> dict[str, GroupInput]:
    """A picker for each column of a grouping that is no covariate as well."""
    if not model.is_mixed:
        return {}
    found = groupings(model)
    alone = {own.columns[0] for own in found if len(own.columns) == 1}
    result: dict[str, GroupInput] = {}
    for grouping in sorted(found, key=lambda own: len(own.columns)):
        for place, name in enumerate(grouping.columns):
            if name in covariates or name in result:
                continue
            own = make_grouping(model.design.frame, (name,))
            within = () if name in alone else grouping.columns[:place]
            result[name] = GroupInput(name, own, within)
    return result
