"""Columns as the plain type of what they hold, whatever the frame calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas._typing import DtypeObj


def plainly_typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns of Python objects, and the like, the type of what they hold.

    Numbers, yes and no, and dates arrive as objects from databases and from columns
    that once held something else; taken as they are, each value would be a level.

    Parameters
    ----------
    frame : DataFrame
        Not modified.

    Returns
    -------
    DataFrame
        The same where there is nothing to do. Text stays text, also of digits, and so
        does a mixture.
    """
    if not frame.columns.is_unique:
        return frame
    odd = [name for name, dtype in frame.dtypes.items() if _is_odd(dtype)]
    plain = {name: _plain(frame[name]) for name in odd}
    changed = {str(n): column for n, column in plain.items() if column is not None}
    return frame.assign(**changed) if changed else frame


def _is_odd(dtype: DtypeObj) -> bool:
    """Whether a type does not say what a column holds."""
    if isinstance(dtype, np.dtype):
        return dtype.kind == "O"
    return isinstance(dtype, pd.ArrowDtype | pd.PeriodDtype)


def _plain(column: pd.Series) -> pd.Series | None:
    """The column in another type, or None where its own will do."""
    if isinstance(column.dtype, pd.PeriodDtype):
        stamps: pd.Series = column.dt.to_timestamp()
        return stamps
    if isinstance(column.dtype, pd.ArrowDtype):
        return _from_arrow(column)
    first = column.first_valid_index()
    if first is None or isinstance(column.array[int(column.notna().argmax())], str):
        return None
    convert = _CONVERTED.get(infer_dtype(column, skipna=True))
    if convert is None:
        return None
    try:
        converted: pd.Series = convert(column)
    except (ValueError, TypeError, OverflowError):
        return None
    return converted


def _from_arrow(column: pd.Series) -> pd.Series | None:
    """Yes and no, and dictionaries, of which pandas does not know what they hold."""
    assert isinstance(column.dtype, pd.ArrowDtype)
    if column.dtype.kind == "b":
        return column.astype("boolean")
    if str(column.dtype).startswith("dictionary"):
        values = column.astype(object)
        plain = _plain(values)
        return values if plain is None else plain
    return None


def _numbers(column: pd.Series) -> pd.Series:
    return column.astype("Float64")


def _whole(column: pd.Series) -> pd.Series:
    return column.astype("Int64")


def _yes_or_no(column: pd.Series) -> pd.Series:
    return column.astype("boolean")


_CONVERTED: dict[str, Callable[[pd.Series], pd.Series]] = {
    "integer": _whole,
    "floating": _numbers,
    "mixed-integer-float": _numbers,
    "decimal": lambda column: column.map(float, na_action="ignore").astype("Float64"),
    "boolean": _yes_or_no,
    "date": pd.to_datetime,
    "datetime": pd.to_datetime,
    "datetime64": pd.to_datetime,
}
"""By what pandas infers of the cells that are not missing."""
