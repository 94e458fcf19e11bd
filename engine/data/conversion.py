"""Turn a column from one kind into another, exactly or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.dates import read_dates
from engine.data.distinct import Distinct, distinct_texts
from engine.data.level_names import coded_levels, level_names
from engine.data.numerals import EXACT_INTEGER, read_numerals
from engine.data.table import Kind
from engine.data.wording import listed, quoted

if TYPE_CHECKING:
    from engine.arrays import BoolArray

NAMED = (Kind.CATEGORY, Kind.LABEL)
"""Kinds whose cells are names."""


def convert(values: pd.Series, name: str, kind: Kind) -> tuple[pd.Series | None, str]:
    """Turn a column into another kind.

    Parameters
    ----------
    values : Series
        The column; not modified.
    name : str
        What it is called.
    kind : Kind
        What it is to hold.

    Returns
    -------
    converted : Series or None
        `values` itself if it holds that already; numbers and dates become levels in
        their own order.
    problem : str
        Why it cannot be done, in one sentence; empty if it can.
    """
    is_number = pd.api.types.is_numeric_dtype(values)
    is_date = pd.api.types.is_datetime64_any_dtype(values)
    if kind in NAMED:
        return (_as_levels(values) if is_number or is_date else values), ""
    if (kind is Kind.NUMBER and is_number) or (kind is Kind.DATE and is_date):
        return values, ""
    if is_number:
        return None, f"The numbers in {quoted(name)} cannot be taken for dates."
    if is_date:
        return None, f"The dates in {quoted(name)} cannot be taken for numbers."
    distinct = distinct_texts(values.astype(object))
    if not distinct.texts:
        return None, f"Every cell of {quoted(name)} is empty."
    if kind is Kind.NUMBER:
        return _as_numbers(distinct, values, name)
    return _as_dates(distinct, values, name)


def _as_levels(values: pd.Series) -> pd.Series:
    """Make a categorical of numbers or dates."""
    codes, levels = coded_levels(values)
    names = pd.Index(level_names(levels), dtype="str")
    return pd.Series(pd.Categorical.from_codes(codes, names), values.index)


def _as_numbers(
    distinct: Distinct, values: pd.Series, name: str
) -> tuple[pd.Series | None, str]:
    numerals = read_numerals(distinct.texts, "", None)
    if numerals.doubt:
        return None, f"In column {quoted(name)}, {numerals.doubt}."
    if not numerals.is_number.all():
        return None, _odd_ones(distinct, numerals.is_number, name, "numbers")
    numbers = numerals.values
    if distinct.has_gaps() and numbers.dtype.kind == "i":
        too_long = np.abs(numbers) >= EXACT_INTEGER  # float64, for NaN, would round
        if too_long.any():
            return None, _odd_ones(distinct, ~too_long, name, "numbers of this size")
    return _in_rows(distinct, pd.Series(numbers), values), ""


def _as_dates(
    distinct: Distinct, values: pd.Series, name: str
) -> tuple[pd.Series | None, str]:
    dates = read_dates(distinct.texts)
    if dates.doubt:
        return None, f"In column {quoted(name)}, {dates.doubt}."
    if dates.values.empty:
        return None, (
            f"The texts in {quoted(name)} cannot be read as dates, as "
            f"{quoted(distinct.texts[0])}."
        )
    is_date = dates.values.notna().to_numpy()
    if not is_date.all():
        return None, _odd_ones(distinct, is_date, name, "dates")
    return _in_rows(distinct, dates.values, values), ""


def _in_rows(distinct: Distinct, read: pd.Series, values: pd.Series) -> pd.Series:
    """Give every row what was read of its text."""
    return distinct.spread(read).set_axis(values.index)


def _odd_ones(distinct: Distinct, is_read: BoolArray, name: str, what: str) -> str:
    """Name the cells that stand in the way, the most frequent first."""
    odd = np.flatnonzero(~is_read)
    odd = odd[np.argsort(-distinct.counts[odd], kind="stable")]
    texts = listed([distinct.texts[i] for i in odd], "text")
    n_cells = int(distinct.counts[odd].sum())
    cells = "One cell" if n_cells == 1 else f"{n_cells} cells"
    verb = "says" if n_cells == 1 else "say"
    return f"{cells} of {quoted(name)} {verb} {texts}: no {what}."
