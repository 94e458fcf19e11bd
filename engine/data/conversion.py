"""Turn a column from one kind into another, exactly or not at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.dates import read_dates
from engine.data.distinct import TEXT, Distinct, distinct_texts
from engine.data.level_names import coded_levels, level_names
from engine.data.numerals import EXACT_INTEGER, read_numerals
from engine.data.table import Kind
from engine.data.wording import counted, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.arrays import BoolArray

NAMED = (Kind.CATEGORY, Kind.LABEL)
"""Kinds whose cells are names."""
_MOST_MISSING = 0.05  # of the filled cells; one in any case
_FEWEST_NUMBERS = 3
_N_TRIED = 200


def convert(
    values: pd.Series, name: str, kind: Kind, missing: Collection[str] = ()
) -> tuple[pd.Series | None, str]:
    """Turn a column into another kind.

    Parameters
    ----------
    values : Series
        The column; not modified.
    name : str
        What it is called.
    kind : Kind
        What it is to hold.
    missing : collection of str
        Texts to be read as missing where numbers are asked for: no numbers, and of
        few cells. One that does not occur changes nothing.

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
    if missing and kind is not Kind.NUMBER:
        return None, "Only in a column of numbers can a text be read as missing."
    if kind in NAMED:
        return (_as_levels(values) if is_number or is_date else values), ""
    if (kind is Kind.NUMBER and is_number) or (kind is Kind.DATE and is_date):
        return values, ""
    if is_number:
        return None, f"The numbers in {quoted(name)} cannot be taken for dates."
    if is_date:
        return None, f"The dates in {quoted(name)} cannot be taken for numbers."
    distinct = distinct_texts(_texts(values))
    if not distinct.texts:
        return None, f"Every cell of {quoted(name)} is empty."
    if kind is Kind.NUMBER:
        problem = _problem_with_missing(distinct, name, missing)
        if problem:
            return None, problem
        return _as_numbers(distinct.without(missing), values, name)
    return _as_dates(distinct, values, name)


def words_among_numbers(values: pd.Series) -> dict[str, int]:
    """Find the few cells for which a column of numbers is taken as words.

    Parameters
    ----------
    values : Series
        A column of text; not modified.

    Returns
    -------
    dict of str to int
        The texts that `convert` can read as missing, so that all other cells are
        numbers, and how many cells have each, the most frequent first. Empty if every
        cell is a number, or too many are none.
    """
    cells = _texts(values.dropna())
    some = cells.iloc[:: len(cells) // _N_TRIED + 1].astype(object)
    tried = [str(text).strip() for text in some]
    if 2 * int(read_numerals(tried, "", None).is_number.sum()) < len(tried):
        return {}  # spare the names of a large table what follows
    distinct = distinct_texts(cells)
    is_number = read_numerals(distinct.texts, "", None).is_number
    odd = np.flatnonzero(~is_number)
    odd = odd[np.argsort(-distinct.counts[odd], kind="stable")]
    found = {distinct.texts[i]: int(distinct.counts[i]) for i in odd}
    if not found or convert(values, "", Kind.NUMBER, found)[1]:
        return {}
    return found


def _texts(values: pd.Series) -> pd.Series:
    """Make texts of levels; what is text stays as it is, and costs nothing."""
    return values if values.dtype == TEXT else values.astype(object)


def _problem_with_missing(
    distinct: Distinct, name: str, missing: Collection[str]
) -> str:
    """Say why texts cannot be read as missing; empty if they can."""
    found = distinct.counted(missing)
    numbers = [text for text in found if _could_be_number(text)]
    if numbers:
        texts = listed(numbers, "text")
        return f"{texts} in {quoted(name)} could be numbers and cannot be left out."
    n_missing, n_filled = found.total(), int(distinct.counts.sum())
    if n_missing > max(1.0, _MOST_MISSING * n_filled):
        return (
            f"{n_missing} of {counted(n_filled, 'cell')} of {quoted(name)} are no "
            f"numbers: more than {_MOST_MISSING:.0%} cannot be read as missing."
        )
    if n_missing and n_filled - n_missing < _FEWEST_NUMBERS:
        return f"There are fewer than {_FEWEST_NUMBERS} numbers in {quoted(name)}."
    return ""


def _could_be_number(text: str) -> bool:
    """Whether a text is a number of its own, whatever the rest of its column is."""
    numerals = read_numerals([text], "", None)
    if numerals.doubt or numerals.is_number.all():
        return True
    try:  # also what is too long to be kept exactly
        return not math.isnan(float(text.replace(",", ".")))
    except ValueError:
        return False


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
