"""Which rows of a frame can be used, and the numbers given for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.wording import counted, verb
from engine.errors import DesignError
from engine.model.columns import is_categorical, listed, spec_columns
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import AnyArray, BoolArray, FloatArray
    from engine.model.spec import ModelSpec


WIDEST_RANGE = 1e12
"""Ratio of two weights beyond which the lighter row is rounding of the other."""


def row_values(
    values: pd.Series | Sequence[float] | AnyArray | str | None,
    frame: pd.DataFrame,
    what: str,
) -> pd.Series | None:
    """One number a row from a column's name, a series or an array.

    A named offset is one of the model's terms: there is none of it here.
    """
    if values is None or (what == "offset" and isinstance(values, str)):
        return None
    if isinstance(values, str):
        return _named(values, frame, what)
    if isinstance(values, pd.Series):
        values = _aligned(values, frame, what)
    array = _as_numbers(values, what)
    if array.shape == (len(frame), 1):
        array = array[:, 0]
    if array.ndim > 1:
        raise DesignError(
            f"The {what}s are a table, not a list of numbers.",
            "Give one number for each row.",
        )
    if array.shape != (len(frame),):
        raise DesignError(
            f"There {verb(array.size)} {counted(array.size, what)} for "
            f"{counted(len(frame), 'row')}.",
            "Give one number for each row.",
        )
    return pd.Series(array, index=frame.index)


def _named(name: str, frame: pd.DataFrame, what: str) -> pd.Series:
    """A column's numbers."""
    if name not in frame.columns:
        raise DesignError(
            f"There is no column '{name}' to take the {what}s from.",
            f"The columns are {listed(frame.columns)}.",
        )
    column = frame[name]
    if not pd.api.types.is_numeric_dtype(column):
        held = "text" if is_categorical(column) else "dates"
        raise DesignError(
            f"Column '{name}' holds {held}, where the {what}s need numbers.",
            "Choose a column of numbers.",
        )
    return column.astype("float64")


def _as_numbers(values: object, what: str) -> FloatArray:
    """Plain numbers of what was given, missing ones as NaN."""
    try:
        given = np.asarray(values)
        if given.dtype.kind == "O" and given.ndim == 1:  # None and pandas.NA
            numbers = pd.Series(given).astype("Float64")
            return numbers.to_numpy(dtype=np.float64, na_value=np.nan)
        if given.dtype.kind not in "cmM":  # what numpy would cast without a word
            return given.astype(np.float64)
    except (TypeError, ValueError):
        pass
    raise DesignError(
        f"The {what}s hold something that is no number.",
        "Give one number for each row.",
    )


def _aligned(values: pd.Series, frame: pd.DataFrame, what: str) -> pd.Series:
    """Values in the order of the frame's rows; plain numbering counts as no labels.

    Labels that are the frame's in another order do count, also where they are numbers:
    the frame may have been sorted.
    """
    if values.index.equals(frame.index):
        return values
    if values.index.is_unique and set(values.index) == set(frame.index):
        return values.reindex(frame.index)
    if isinstance(values.index, pd.RangeIndex):
        return values
    raise DesignError(
        f"The {what}s have other row labels than the data.",
        "Give one number for each row, with the labels of the rows or without any.",
    )


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that cannot be used.

    Attributes
    ----------
    rows : Index of length m
        Their labels.
    reasons : tuple of str
    """

    rows: pd.Index
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.reasons)

    def as_frame(self) -> pd.DataFrame:
        """Labels in the index, and a column `reason`."""
        reasons = {"reason": list(self.reasons)}
        return pd.DataFrame(reasons, index=self.rows, dtype="str")


def complete_rows(
    spec: ModelSpec,
    frame: pd.DataFrame,
    weights: pd.Series | None,
    offset: pd.Series | None,
) -> tuple[BoolArray, Dropped]:
    """Which rows have no missing cells; the others with reasons."""
    names = spec_columns(spec)
    columns = {name: frame[name] for name in names}
    if weights is not None:
        columns["the weight"] = weights
    if offset is not None:
        columns["the offset"] = offset
    missing = {
        name: column.isna().to_numpy(dtype=bool)
        for name, column in columns.items()
        if not _is_complete(column)
    }
    drop = np.zeros(len(frame), dtype=bool)
    for where in missing.values():
        drop |= where
    for name in names:
        if name in missing and missing[name].all():
            raise DesignError(
                f"Column '{name}' is empty: every cell is missing.",
                "Choose another column, or fill it in.",
            )
    reasons = tuple(
        ", ".join(name for name, where in missing.items() if where[i]) + " missing"
        for i in np.flatnonzero(drop)
    )
    if drop.all():
        raise DesignError(
            "No row has all the values that the model needs.",
            "Leave out the column with the most missing cells.",
        )
    return ~drop, Dropped(frame.index[drop], reasons)


def _is_complete(column: pd.Series) -> bool:
    """Whether no cell is empty."""
    if column.dtype == np.float64:
        return not np.isnan(column.to_numpy().min(initial=np.inf))
    return not column.array.isna().any()


def prior_weights(
    values: pd.Series | None, keep: BoolArray, used: pd.DataFrame
) -> FloatArray | None:
    """Prior weights of the rows used, checked to be positive."""
    if values is None:
        return None
    weights: FloatArray = values.to_numpy()[keep]
    is_good = np.isfinite(weights) & (weights > 0)
    if not is_good.all():
        first = int((~is_good).argmax())
        value = float(weights[first])
        said = "infinite" if np.isinf(value) else Number(value)
        others = int((~is_good).sum()) - 1
        more = f" ({counted(others, 'more row')} like it)" if others else ""
        raise DesignError(
            Sentence(
                f"The weight of row {used.index[first]} is ",
                said,
                f", not a positive number{more}.",
            ),
            "Weights say how precise a row is: use positive numbers, and exclude rows "
            "that should not count.",
        )
    if weights.max() > WIDEST_RANGE * weights.min():
        raise DesignError(
            Sentence(
                "The weights run from ",
                Number(float(weights.min()), 3),
                f" (row {used.index[int(weights.argmin())]}) to ",
                Number(float(weights.max()), 3),
                f" (row {used.index[int(weights.argmax())]}), too far apart to compute "
                "with.",
            ),
            "Correct these rows, or exclude them.",
        )
    return weights
