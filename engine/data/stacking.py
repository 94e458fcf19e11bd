"""Put the cells of several columns below each other, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.conversion import NAMED, convert
from engine.data.dates import read_dates
from engine.data.distinct import TEXT
from engine.data.doubts import are_padded_codes
from engine.data.kinds import date_kind, empty_kind, number_kind, text_kind
from engine.data.numerals import EXACT_INTEGER, read_numerals
from engine.data.side_by_side import number_prefix
from engine.data.table import Kind
from engine.data.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

_WORDS = {Kind.NUMBER: "numbers", Kind.DATE: "dates", Kind.CATEGORY: "texts"}


@dataclass(frozen=True, slots=True, eq=False)
class Stacked:
    """A column of a long table.

    Attributes
    ----------
    values : Series
        One cell for each row of the long table, on a plain index from 0.
    kind : Kind
    reason : str
        Why, one sentence or two.
    """

    values: pd.Series
    kind: Kind
    reason: str


def each_row_repeated(frame: pd.DataFrame, n_times: int) -> pd.DataFrame:
    """Repeat each row, copies one after the other.

    Parameters
    ----------
    frame : DataFrame of n rows
        Not modified.
    n_times : int

    Returns
    -------
    DataFrame of n * n_times rows
        Numbered from 1.
    """
    long = frame.take(np.arange(len(frame)).repeat(n_times))
    long.index = pd.RangeIndex(1, len(long) + 1)
    return long


def problem_with_cells(
    frame: pd.DataFrame, columns: Sequence[str], kinds: Mapping[str, Kind]
) -> str | None:
    """Say why the cells of some columns cannot be in one.

    Parameters
    ----------
    frame : DataFrame
    columns : sequence of str
        Some of its columns.
    kinds : mapping of str to Kind

    Returns
    -------
    str or None
        One sentence; None if they can.
    """
    filled = _filled(frame, columns)
    if not filled:
        return None
    first, sort = filled[0], _sort(kinds[filled[0]])
    for name in filled[1:]:
        other = _sort(kinds[name])
        if other is not sort:
            return (
                f"Column {quoted(first)} holds {_WORDS[sort]} and {quoted(name)} holds "
                f"{_WORDS[other]}: they cannot be in one column."
            )
    if sort is Kind.NUMBER:
        return _problem_with_size(frame, columns, filled)
    return None


def stacked_cells(
    frame: pd.DataFrame, columns: Sequence[str], kinds: Mapping[str, Kind]
) -> Stacked:
    """Stack columns that `problem_with_cells` has found to be alike.

    Parameters
    ----------
    frame : DataFrame
        Not modified.
    columns : sequence of str
        Some of its columns.
    kinds : mapping of str to Kind

    Returns
    -------
    Stacked
        First all cells of the first row, then those of the second; columns without any
        value give missing cells.
    """
    filled = set(_filled(frame, columns))
    n_cells = len(frame) * len(columns)
    if not filled:
        return Stacked(pd.Series([None] * n_cells, dtype=TEXT), *empty_kind())
    sort = next(_sort(kinds[name]) for name in columns if name in filled)
    if sort is Kind.CATEGORY:
        return _stacked_names(frame, columns, filled)
    missing = np.datetime64("NaT", "s") if sort is Kind.DATE else np.nan
    empty: NDArray[Any] = np.full(len(frame), missing)
    arrays = [_array(frame[name]) if name in filled else empty for name in columns]
    values = pd.Series(np.column_stack(arrays).ravel())
    return Stacked(
        values, *(date_kind("") if sort is Kind.DATE else number_kind(values))
    )


def stacked_headings(columns: Sequence[str], prefix: str, n_rows: int) -> Stacked:
    """Make a column of headings.

    Parameters
    ----------
    columns : sequence of str
        The headings, each beginning with `prefix`.
    prefix : str
        What is left out of them.
    n_rows : int
        How often they are repeated, one after the other.

    Returns
    -------
    Stacked
        Numbers or dates if all headings are; else categories in this order.
    """
    names = [name.removeprefix(prefix) for name in columns]
    n_cells = len(names) * n_rows
    places = np.tile(np.arange(len(names)), n_rows)
    # 007 is a code, but in day01 the zero only keeps the columns in order
    if number_prefix(names) == "" and (prefix or not are_padded_codes(names)):
        numerals = read_numerals(names, "", ".")
        if numerals.is_number.all():
            numbers = pd.Series(numerals.values[places])
            return Stacked(numbers, *number_kind(numbers))
    dates = read_dates(names)
    if not dates.doubt and not dates.values.empty and dates.values.notna().all():
        days = dates.values.take(places).reset_index(drop=True)
        return Stacked(days, *date_kind(dates.order))
    levels = pd.Index(names, dtype="str")
    values = pd.Series(pd.Categorical.from_codes(places, levels))
    return Stacked(values, *text_kind(names, n_cells))


def _filled(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """The columns that have a value: what an empty one holds cannot be told."""
    return [name for name in columns if bool(frame[name].notna().any())]


def _sort(kind: Kind) -> Kind:
    """Take categories and labels for the same."""
    return Kind.CATEGORY if kind in NAMED else kind


def _problem_with_size(
    frame: pd.DataFrame, columns: Sequence[str], filled: Sequence[str]
) -> str | None:
    """Name a column of long whole numbers that decimals or gaps elsewhere would round.

    float64, which they would become, keeps whole numbers only up to 2 ** 53.
    """
    is_whole = [frame[name].dtype.kind in "iu" for name in filled]
    if all(is_whole) and len(filled) == len(columns):
        return None
    for name, whole in zip(filled, is_whole, strict=True):
        if whole and bool((frame[name].abs() >= EXACT_INTEGER).any()):
            return (
                f"Column {quoted(name)} has whole numbers too long to be in one column "
                "with decimals or missing cells."
            )
    return None


def _array(values: pd.Series) -> NDArray[Any]:
    """The cells of a column of numbers or dates."""
    if isinstance(values.dtype, np.dtype):
        return values.to_numpy()
    return values.to_numpy(dtype=np.float64, na_value=np.nan)  # Int64 and the like


def _stacked_names(
    frame: pd.DataFrame, columns: Sequence[str], filled: set[str]
) -> Stacked:
    """Stack texts; categoricals stay categorical, with the levels of all in order."""
    parts = []
    for name in columns:
        part = convert(frame[name], name, Kind.CATEGORY)[0]
        parts.append(frame[name] if part is None or name not in filled else part)
    cells = np.column_stack([part.to_numpy(dtype=object) for part in parts]).ravel()
    values = pd.Series(cells, dtype=TEXT)
    texts = [str(text) for text in values.dropna().unique()]
    kind, reason = text_kind(texts, int(values.notna().sum()))
    ordered = [part for part in parts if isinstance(part.dtype, pd.CategoricalDtype)]
    if ordered:
        own = [level for part in ordered for level in part.cat.categories]
        present = set(texts)
        used = [level for level in own if level in present]
        levels = pd.Index(list(dict.fromkeys([*used, *texts])), dtype="str")
        values = pd.Series(pd.Categorical(values, levels))
    return Stacked(values, kind, reason)
