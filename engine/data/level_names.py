"""How cells are written when they are the names of levels or groups."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from engine.arrays import IntArray


def level_names(values: pd.Series) -> list[str]:
    """Write cells as level names.

    Parameters
    ----------
    values : Series
        Without missing cells.

    Returns
    -------
    list of str
        Whole numbers without decimals, days without a time.
    """
    if pd.api.types.is_float_dtype(values):
        numbers = values.to_numpy(float).tolist()
        return [str(int(v)) if _is_whole(v) else str(v) for v in numbers]
    if pd.api.types.is_datetime64_any_dtype(values):
        return [str(value).removesuffix(" 00:00:00") for value in values]
    return [str(value) for value in values]


def coded_levels(values: pd.Series) -> tuple[IntArray, pd.Series]:
    """Find the levels of a column, in their order, and the level of each row.

    Parameters
    ----------
    values : Series
        Any column; not modified.

    Returns
    -------
    codes : ndarray of int, shape (n,)
        The place of each row's level; -1 where the cell is missing.
    levels : Series
        The levels that occur: in a categorical's own order, else sorted.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        present = values.cat.remove_unused_categories().cat
        own: IntArray = np.asarray(present.codes, dtype=np.intp)
        return own, pd.Series(present.categories)
    codes, found = pd.factorize(values)
    levels = pd.Series(found, dtype=values.dtype)
    try:
        ordered = levels.sort_values()
    except TypeError:  # numbers and texts mixed
        ordered = levels.sort_values(key=lambda cells: cells.map(str))
    place: IntArray = np.full(len(levels) + 1, -1, dtype=np.intp)
    # the last entry stays -1: it is what the code -1 of a missing cell looks up
    place[ordered.index.to_numpy()] = np.arange(len(levels))
    in_rows: IntArray = place[codes]
    return in_rows, ordered.reset_index(drop=True)


def _is_whole(value: float) -> bool:
    return math.isfinite(value) and value == int(value)
