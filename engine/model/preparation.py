"""Raw columns as numbers, dates as days, names as levels: the same for new rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import DesignError
from engine.model.columns import is_categorical, listed
from engine.model.language.expressions import parse_expression
from engine.model.levels import level_texts, ordered_levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.arrays import FloatArray
    from engine.model.spec import Term

AS_LEVELS = "__as_levels__"
"""Ending of the column that stands for numbers taken as levels."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """How raw columns become numbers or categories with fixed levels.

    Attributes
    ----------
    categories : mapping of str to Index
        Levels of the categorical columns, first = reference.
    origins : mapping of str to Timestamp
        First day of date columns, which count days from there.
    numbers_as_levels : mapping of str to Index
        Levels of the columns of numbers or dates that stand inside C(); outside it they
        are numbers all the same.
    """

    categories: Mapping[str, pd.Index]
    origins: Mapping[str, pd.Timestamp]
    numbers_as_levels: Mapping[str, pd.Index]

    @property
    def levels(self) -> dict[str, pd.Index]:
        """Levels of every column that has some, anywhere in the model."""
        return {**self.categories, **self.numbers_as_levels}

    def apply(self, frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
        """Convert the given columns of a frame without missing cells.

        Parameters
        ----------
        frame : DataFrame
        columns : iterable of str

        Returns
        -------
        DataFrame
            float64 or categorical columns; one more, named with `AS_LEVELS`, for each
            column of numbers that stands inside C().

        Raises
        ------
        DesignError
            If a level was not among those the model was fitted to, or a column that
            held numbers now holds something else.
        """
        prepared = {}
        for name in columns:
            prepared[name] = self._column(frame[name], name)
            if name in self.numbers_as_levels:
                known = self.numbers_as_levels[name]
                as_levels = _categorical(frame[name], name, known)
                prepared[name + AS_LEVELS] = as_levels
        return pd.DataFrame(prepared, index=frame.index)

    def numbers(self, frame: pd.DataFrame, name: str) -> FloatArray:
        """A column of numbers or dates as numbers.

        Parameters
        ----------
        frame : DataFrame
        name : str
            No category.

        Returns
        -------
        ndarray of shape (n,)

        Raises
        ------
        DesignError
            If it now holds something else.
        """
        return self._column(frame[name], name).to_numpy(dtype=np.float64)

    def _column(self, column: pd.Series, name: str) -> pd.Series:
        if name in self.categories:
            return _categorical(column, name, self.categories[name])
        if name in self.origins:
            return (column - self.origins[name]) / pd.Timedelta(days=1)
        return as_numbers(column, name)


def _categorical(column: pd.Series, name: str, known: pd.Index) -> pd.Series:
    """Cells as levels that are known."""
    texts = level_texts(column)
    unknown = sorted(set(texts) - set(known))
    if unknown:
        raise DesignError(
            f"'{unknown[0]}' is no level of '{name}' in the data that the model was "
            "fitted to.",
            f"Its levels are {listed(known)}.",
        )
    values = pd.Categorical(texts, categories=known)
    return pd.Series(values, index=column.index)


def learn(
    frame: pd.DataFrame, columns: Iterable[str], terms: Iterable[Term]
) -> Preparation:
    """Fix the levels and origins of the columns that the terms use.

    Parameters
    ----------
    frame : DataFrame
        The rows used, without missing cells.
    columns : iterable of str
        Columns that stand in model matrices.
    terms : iterable of Term
        For the columns inside C(), which are categories even if they hold numbers.

    Returns
    -------
    Preparation
    """
    declared = {
        name
        for term in terms
        for factor in term
        for name in parse_expression(factor).columns
        if factor.startswith("C(")
    }
    categories, origins, as_levels = {}, {}, {}
    for name in columns:
        column = frame[name]
        if is_categorical(column):
            categories[name] = pd.Index(ordered_levels(column))
            continue
        if name in declared:
            as_levels[name] = pd.Index(ordered_levels(column))
        if pd.api.types.is_datetime64_any_dtype(column):
            origins[name] = column.min()
    return Preparation(categories, origins, as_levels)


def as_numbers(column: pd.Series, name: str) -> pd.Series:
    """Return a numeric column as float64: whole numbers too, or powers would overflow.

    Raises
    ------
    DesignError
        If the column holds anything else.
    """
    if not pd.api.types.is_numeric_dtype(column):
        raise DesignError(
            f"Column '{name}' holds text, where the model needs numbers.",
            f"Correct the cells of '{name}' that are not numbers.",
        )
    if pd.api.types.is_complex_dtype(column):
        raise DesignError(f"Column '{name}' holds complex numbers.", "Use real ones.")
    values = column.to_numpy(dtype=np.float64)
    return pd.Series(values, index=column.index, copy=False)
