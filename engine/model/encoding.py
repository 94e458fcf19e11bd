"""Columns of a model matrix from columns of a table, the same way for new rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import FormulaicError

from engine.errors import DesignError
from engine.model.columns import is_categorical, listed, used_columns
from engine.model.expressions import parse_expression
from engine.model.levels import level_texts, ordered_levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.arrays import FloatArray
    from engine.model.spec import Term


@dataclass(frozen=True, slots=True)
class Preparation:
    """How raw columns become numbers or categories with fixed levels.

    Attributes
    ----------
    categories : mapping of str to Index
        Levels of the categorical columns, first = reference.
    origins : mapping of str to Timestamp
        First day of date columns, which count days from there.
    """

    categories: Mapping[str, pd.Index]
    origins: Mapping[str, pd.Timestamp]

    def apply(self, frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
        """Convert the given columns of a frame without missing cells.

        Parameters
        ----------
        frame : DataFrame
        columns : iterable of str

        Returns
        -------
        DataFrame
            float64, int64 or categorical columns.

        Raises
        ------
        DesignError
            If a level was not among those the model was fitted to, or a column that
            held numbers now holds something else.
        """
        return pd.DataFrame(
            {name: self._column(frame[name], name) for name in columns},
            index=frame.index,
        )

    def _column(self, column: pd.Series, name: str) -> pd.Series:
        if name in self.categories:
            return self._categorical(column, name)
        if name in self.origins:
            return (column - self.origins[name]) / pd.Timedelta(days=1)
        return as_numbers(column, name)

    def _categorical(self, column: pd.Series, name: str) -> pd.Series:
        known = self.categories[name]
        texts = level_texts(column)
        unknown = sorted(set(texts) - set(known))
        if unknown:
            raise DesignError(
                f"'{unknown[0]}' is no level of '{name}' in the data that the model "
                "was fitted to.",
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
    categories, origins = {}, {}
    for name in columns:
        column = frame[name]
        if name in declared or is_categorical(column):
            categories[name] = pd.Index(ordered_levels(column))
        elif pd.api.types.is_datetime64_any_dtype(column):
            origins[name] = column.min()
    return Preparation(categories, origins)


def as_numbers(column: pd.Series, name: str) -> pd.Series:
    """Return a numeric column as float64, or int64 if it holds whole numbers.

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
    is_whole = pd.api.types.is_integer_dtype(column)
    values = column.to_numpy(dtype=np.int64 if is_whole else np.float64)
    return pd.Series(values, index=column.index)


@dataclass(frozen=True, slots=True)
class Encoder:
    """Makes the columns of one model matrix.

    Attributes
    ----------
    terms : tuple of Term
        The terms, lower degrees first.
    names : tuple of str
        Names of the columns, as formulaic gives them.
    preparation : Preparation
        Of the raw columns.
    model_spec : formulaic.ModelSpec
        What formulaic remembers: codings, and the state of poly() and the like.
    """

    terms: tuple[Term, ...]
    names: tuple[str, ...]
    preparation: Preparation
    model_spec: formulaic.ModelSpec

    @property
    def columns(self) -> tuple[str, ...]:
        """Raw columns that are read."""
        return used_columns(self.terms)

    def encode(self, frame: pd.DataFrame) -> FloatArray:
        """Columns for new rows.

        Parameters
        ----------
        frame : DataFrame
            With all of `columns`, without missing cells.

        Returns
        -------
        ndarray of shape (n, len(names))

        Raises
        ------
        DesignError
            If a level is unknown or a value is impossible, such as log(0).
        """
        prepared = self.preparation.apply(frame, self.columns)
        matrix, _ = _materialise(self.model_spec, prepared)
        require_finite(matrix, self.names, frame)
        return matrix


def encode(
    frame: pd.DataFrame,
    terms: Iterable[Term],
    preparation: Preparation,
    *,
    intercept: bool,
) -> tuple[FloatArray, Encoder]:
    """Make the columns of a model matrix and the encoder that can repeat it.

    Parameters
    ----------
    frame : DataFrame
        The rows used, without missing cells.
    terms : iterable of Term
    preparation : Preparation
    intercept : bool
        Whether a column of ones comes first.

    Returns
    -------
    ndarray of shape (n, p), Encoder

    Raises
    ------
    DesignError
        If a value is impossible, such as log(0).
    """
    # formulaic drops x from "x:f + x", but keeps both in "x + x:f"
    ordered = tuple(sorted(terms, key=len))
    text = " + ".join([("1" if intercept else "0"), *map(":".join, ordered)])
    formula = formulaic.Formula(text, _ordering="none")
    spec = formulaic.ModelSpec(formula=formula, na_action="ignore", output="numpy")
    prepared = preparation.apply(frame, used_columns(ordered))
    matrix, learned = _materialise(spec, prepared)
    names = tuple(learned.column_names)
    require_finite(matrix, names, frame)
    return matrix, Encoder(ordered, names, preparation, learned)


def _materialise(
    spec: formulaic.ModelSpec, frame: pd.DataFrame
) -> tuple[FloatArray, formulaic.ModelSpec]:
    """Let formulaic evaluate; what it cannot compute becomes a sentence."""
    try:
        with np.errstate(all="ignore"):
            matrix = spec.get_model_matrix(frame, context={})
    except (FormulaicError, ValueError, TypeError, ArithmeticError) as error:
        raise DesignError(
            "A term of the model cannot be computed from these data.",
            "Check that functions such as log are used on numbers, and that poly and "
            "splines have more distinct values than degrees.",
            details=str(error),
        ) from error
    values = np.asarray(matrix, dtype=np.float64)
    return values.reshape(len(frame), -1), matrix.model_spec


LARGEST_VALUE = 1e120
"""Beyond this, squares and their sums come near the largest double."""


def require_finite(
    matrix: FloatArray, names: Iterable[str], frame: pd.DataFrame
) -> None:
    """Refuse infinite, impossible and extreme values, naming the first row.

    Parameters
    ----------
    matrix : ndarray of shape (n, p)
    names : iterable of str
        Names of its columns.
    frame : DataFrame
        For the row labels.

    Raises
    ------
    DesignError
    """
    for values, name in zip(matrix.T, names, strict=True):
        bad = ~np.isfinite(values)
        if bad.any():
            row = frame.index[int(bad.argmax())]
            raise DesignError(
                f"'{name}' is not a finite number in {bad.sum()} "
                f"{'row' if bad.sum() == 1 else 'rows'}, first in row {row}.",
                "Correct or exclude those rows; the logarithm, for example, exists "
                "only above zero.",
            )
        if np.abs(values).max(initial=0.0) > LARGEST_VALUE:
            row = frame.index[int(np.abs(values).argmax())]
            raise DesignError(
                f"'{name}' is {np.abs(values).max():.3g} in row {row}, too large to "
                "compute with.",
                "Correct the value, or express the column in a larger unit.",
            )
