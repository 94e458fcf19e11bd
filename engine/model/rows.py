"""Which rows of a frame can be used, and the numbers given for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.wording import counted, verb
from engine.errors import DesignError
from engine.model.columns import is_categorical, listed, spec_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import AnyArray, BoolArray, FloatArray
    from engine.model.spec import ModelSpec


def row_values(
    values: pd.Series | Sequence[float] | AnyArray | str | None,
    frame: pd.DataFrame,
    what: str,
) -> pd.Series | None:
    """One number a row from a column's name, a series or an array."""
    if values is None:
        return None
    if isinstance(values, str):
        if values not in frame.columns:
            raise DesignError(
                f"There is no column '{values}' to take the {what} from.",
                f"The columns are {listed(frame.columns)}.",
            )
        column = frame[values]
        if is_categorical(column):
            raise DesignError(
                f"Column '{values}' holds text, where the {what} need numbers.",
                "Choose a column of numbers.",
            )
        return column.astype("float64")
    if isinstance(values, pd.Series):
        values = _aligned(values, frame, what)
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (len(frame),):
        raise DesignError(
            f"There {verb(array.size)} {array.size} {what} for "
            f"{counted(len(frame), 'row')}.",
            "Give one number for each row.",
        )
    return pd.Series(array, index=frame.index)


def _aligned(values: pd.Series, frame: pd.DataFrame, what: str) -> pd.Series:
    """Values in the order of the frame's rows; plain numbering counts as no labels."""
    is_same = values.index.equals(frame.index)
    if is_same or isinstance(values.index, pd.RangeIndex):
        return values
    if values.index.is_unique and set(values.index) == set(frame.index):
        return values.reindex(frame.index)
    raise DesignError(
        f"The {what} have other row labels than the data.",
        "Give one number for each row, with the labels of the rows or without any.",
    )


def complete_rows(
    spec: ModelSpec,
    frame: pd.DataFrame,
    weights: pd.Series | None,
    offset: pd.Series | None,
) -> tuple[BoolArray, pd.DataFrame]:
    """Which rows have no missing cells; the others with reasons."""
    names = spec_columns(spec)
    missing = {name: frame[name].isna().to_numpy() for name in names}
    if weights is not None:
        missing["the weight"] = weights.isna().to_numpy()
    if offset is not None:
        missing["the offset"] = offset.isna().to_numpy()
    drop = np.zeros(len(frame), dtype=bool)
    for where in missing.values():
        drop |= where
    for name in names:
        if len(frame) and missing[name].all():
            raise DesignError(
                f"Column '{name}' is empty: every cell is missing.",
                "Choose another column, or fill it in.",
            )
    reasons = [
        ", ".join(name for name, where in missing.items() if where[i]) + " missing"
        for i in np.flatnonzero(drop)
    ]
    dropped = pd.DataFrame({"reason": reasons}, index=frame.index[drop], dtype="str")
    if drop.all():
        raise DesignError(
            "No row has all the values that the model needs.",
            "Leave out the column with the most missing cells.",
        )
    return ~drop, dropped


def prior_weights(
    values: pd.Series | None, keep: BoolArray, used: pd.DataFrame
) -> FloatArray | None:
    """Prior weights of the rows used, checked to be positive."""
    if values is None:
        return None
    weights = values.to_numpy()[keep]
    if not (np.isfinite(weights) & (weights > 0)).all():
        row = used.index[int((~(np.isfinite(weights) & (weights > 0))).argmax())]
        raise DesignError(
            f"The weight of row {row} is not a positive number.",
            "Weights say how precise a row is: use positive numbers, and exclude rows "
            "that should not count.",
        )
    result: FloatArray = weights
    return result
