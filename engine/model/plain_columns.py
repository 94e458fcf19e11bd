"""Columns of a model matrix that are numbers as they stand, or products of such.

Most models need no more, and formulaic takes a few milliseconds for each matrix: for
these terms its answer is the product of the columns, which is made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.model.language.expressions import parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from engine.arrays import FloatArray
    from engine.model.preparation import Preparation
    from engine.model.spec import Term

INTERCEPT_NAME = "Intercept"


@dataclass(frozen=True, slots=True)
class PlainColumns:
    """Which raw columns are multiplied for each column of a matrix.

    Attributes
    ----------
    has_intercept : bool
        Whether a column of ones comes first.
    products : tuple of tuple of str
        Raw columns of each further column.
    """

    has_intercept: bool
    products: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, as formulaic would give them."""
        ones = (INTERCEPT_NAME,) if self.has_intercept else ()
        return (*ones, *(":".join(columns) for columns in self.products))

    @property
    def all_products(self) -> list[tuple[str, ...]]:
        """Raw columns of each column of the matrix, none for the column of ones."""
        return [*([()] if self.has_intercept else []), *self.products]

    def made(
        self, frame: pd.DataFrame, preparation: Preparation
    ) -> tuple[FloatArray, ...]:
        """Make the columns for rows without missing cells.

        Parameters
        ----------
        frame : DataFrame
        preparation : Preparation
            Says how cells become numbers.

        Returns
        -------
        tuple of ndarray of shape (n,)
            Not to be modified: some are the frame's own.

        Raises
        ------
        DesignError
            If a column that held numbers now holds something else.
        """
        values = {
            name: preparation.numbers(frame, name)
            for name in dict.fromkeys(c for columns in self.products for c in columns)
        }
        columns = [np.broadcast_to(1.0, len(frame))] if self.has_intercept else []
        for names in self.products:
            product = values[names[0]]
            for name in names[1:]:
                product = product * values[name]
            columns.append(product)
        return tuple(columns)


def plain_columns(
    terms: Iterable[Term], preparation: Preparation, *, intercept: bool
) -> PlainColumns | None:
    """Read terms as products of columns of numbers.

    Parameters
    ----------
    terms : iterable of Term
        In the order of the matrix.
    preparation : Preparation
    intercept : bool

    Returns
    -------
    PlainColumns or None
        None where a factor is a function or a category, or stands in a term twice.
    """
    products = []
    for term in terms:
        factors = [parse_expression(text) for text in term]
        columns = tuple(factor.columns[0] for factor in factors)
        is_plain = all(factor.is_column for factor in factors)
        if not is_plain or len(set(columns)) < len(columns):
            return None
        if any(name in preparation.categories for name in columns):
            return None
        products.append(columns)
    return PlainColumns(intercept, tuple(products))
