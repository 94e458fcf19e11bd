"""What a line over one covariate holds constant: every other column of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.model.columns import is_categorical
from engine.written_numbers import general

if TYPE_CHECKING:
    from engine.fitted_model import FittedModel
    from engine.model.levels import Grouping


ROUNDING = 1e-9
"""Share of its SD below which a mean is what rounding has left of zero."""


def typical(model: FittedModel) -> pd.DataFrame:
    """One row that holds every covariate at its mean or most frequent level."""
    design, columns = model.design, {}
    names = list(design.encoder.columns)
    if design.offset_encoder is not None:
        names += design.offset_encoder.columns
    for name in dict.fromkeys(names):
        column = design.frame[name]
        kept = column.dtype if is_categorical(column) else None
        columns[name] = pd.Series([_typical_value(column)], dtype=kept)
    return pd.DataFrame(columns)


def repeated(row: pd.DataFrame, size: int) -> pd.DataFrame:
    """A row so many times."""
    return row.take(np.zeros(size, dtype=np.intp)).reset_index(drop=True)


def _typical_value(column: pd.Series) -> object:
    """The mean of numbers and dates, the most frequent level of others."""
    if pd.api.types.is_bool_dtype(column) or is_categorical(column):
        return column.mode().iloc[0]
    return column.mean()


def _shown(value: object, column: pd.Series) -> str:
    """Write a typical value; a mean that is rounding beside the spread is zero."""
    if not isinstance(value, float):
        return str(value)
    is_rounding = abs(value) <= ROUNDING * float(column.std())
    return general(0.0 if is_rounding else value, 3)


def belongs_to_group(column: pd.Series, grouping: Grouping) -> bool:
    """Whether a column has one value in each group."""
    codes = pd.factorize(column)[0]
    pairs = pd.DataFrame({"group": grouping.codes, "value": codes}).drop_duplicates()
    return len(pairs) == len(grouping.levels)


def is_around(outer: Grouping, inner: Grouping) -> bool:
    """Whether each group of one grouping lies within one group of another.

    Parameters
    ----------
    outer, inner : Grouping
        Of the same rows; litters are around animals, and lakes around themselves.
    """
    levels, first = np.unique(inner.codes, return_index=True)
    own = outer.codes[first[np.searchsorted(levels, inner.codes)]]
    return bool((outer.codes == own).all())


def held_words(model: FittedModel, x_name: str, grouping: Grouping | None) -> str:
    """Say what the lines hold, and where."""
    groups = set() if grouping is None else set(grouping.columns)
    words = []
    for name in model.design.encoder.columns:
        if name == x_name or name in groups:
            continue
        column = model.design.frame[name]
        shown = _shown(_typical_value(column), column)
        if grouping is not None and belongs_to_group(column, grouping):
            pooled = f"complete pooling at {shown}"
            words.append(f"{name} as in each {grouping.name} ({pooled})")
        else:
            words.append(f"{name} at {shown}")
    if grouping is not None:
        words += [
            f"effects of {block.grouping.name} at zero"
            for block in model.design.blocks
            if not is_around(block.grouping, grouping)
        ]
    words = list(dict.fromkeys(words))  # several terms may have the same groups
    return f"; lines hold {', '.join(words)}" if words else ""
