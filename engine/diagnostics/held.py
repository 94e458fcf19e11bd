"""What a line over one covariate holds constant: every other column of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.model.columns import is_categorical

if TYPE_CHECKING:
    from engine.fitted_model import FittedModel
    from engine.model.levels import Grouping


def typical(model: FittedModel, size: int) -> pd.DataFrame:
    """Rows that hold every column at its mean or most frequent level."""
    columns = {}
    for name, column in model.design.frame.items():
        values = [_typical_value(column)] * size
        kept = column.dtype if is_categorical(column) else None
        columns[name] = pd.Series(values, dtype=kept)
    return pd.DataFrame(columns)


def _typical_value(column: pd.Series) -> object:
    """The mean of numbers and dates, the most frequent level of others."""
    if pd.api.types.is_bool_dtype(column) or is_categorical(column):
        return column.mode().iloc[0]
    return column.mean()


def belongs_to_group(column: pd.Series, grouping: Grouping) -> bool:
    """Whether a column has one value in each group."""
    codes = pd.factorize(column)[0]
    pairs = pd.DataFrame({"group": grouping.codes, "value": codes}).drop_duplicates()
    return len(pairs) == len(grouping.levels)


def held_words(model: FittedModel, x_name: str, grouping: Grouping | None) -> str:
    """Say what the lines hold, and where."""
    groups = set() if grouping is None else set(grouping.columns)
    words = []
    for name in model.design.encoder.columns:
        if name == x_name or name in groups:
            continue
        column = model.design.frame[name]
        if grouping is not None and belongs_to_group(column, grouping):
            words.append(f"{name} as in each {grouping.name}")
            continue
        value = _typical_value(column)
        words.append(
            f"{name} at {value:.3g}"
            if isinstance(value, float)
            else f"{name} at {value}"
        )
    return f"; lines hold {', '.join(words)}" if words else ""
