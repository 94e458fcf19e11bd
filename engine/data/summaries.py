"""Sum up one column for the heading and the panel of the data table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.level_names import coded_levels, level_names
from engine.data.like_names import MOST_ALIKE, written_alike
from engine.data.table import Kind
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import AnyArray, FloatArray, IntArray

MOST_BARS = 24
"""Bars of the small histogram in a heading."""
MOST_LEVELS = 1000
"""Levels that are listed; of more, the most frequent."""
_FEWEST_BARS = 5
_EXACT_HALVES = 2.0**51  # beyond this, float64 has no place between whole numbers

Edge = float | pd.Timestamp
"""A value on the scale of a column of numbers or dates."""


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """What is in a column.

    Attributes
    ----------
    column : str
    kind : Kind
    n_rows, n_missing : int
        Cells in all, and those that are missing.
    n_different : int
        Different cells, missing ones aside: of a category its levels.
    minimum, median, maximum : float, Timestamp or None
        Of numbers and dates, infinity aside; None for others and if there are none.
    mean, sd : float or None
        Of numbers; `sd` with n - 1, None for one number.
    n_infinite : int
        Cells that hold infinity.
    levels : tuple of (str, int)
        Of categories and labels: names and rows, in the levels' order; of more than
        `MOST_LEVELS` the most frequent.
    rows_min, rows_max : int
        Rows per level; 0 for numbers and dates.
    bar_counts : tuple of int
        Heights of a small histogram: of categories and labels the levels in order, of
        more than `MOST_BARS` the most frequent.
    bar_edges : tuple of float or Timestamp
        Of numbers and dates: where bars begin and end, one more than bars.
    bar_names : tuple of str
        Of categories and labels: the level of each bar.
    alike : tuple of tuple of (str, int)
        Of categories and labels: levels that are probably one, as they differ only in
        case, spaces, hyphens, accents or leading zeros, such as "Lake 1", "lake 1 "
        and "Lake1"; names and rows, the most frequent first. Of all levels, also of
        those that are not listed.
    """

    column: str
    kind: Kind
    n_rows: int
    n_missing: int
    n_different: int = 0
    minimum: Edge | None = None
    median: Edge | None = None
    maximum: Edge | None = None
    mean: float | None = None
    sd: float | None = None
    n_infinite: int = 0
    levels: tuple[tuple[str, int], ...] = ()
    rows_min: int = 0
    rows_max: int = 0
    bar_counts: tuple[int, ...] = ()
    bar_edges: tuple[Edge, ...] = ()
    bar_names: tuple[str, ...] = ()
    alike: tuple[tuple[tuple[str, int], ...], ...] = ()


def summarise_column(frame: pd.DataFrame, column: str, kind: Kind) -> ColumnSummary:
    """Sum up a column.

    Parameters
    ----------
    frame : DataFrame
        All rows, or those that are used.
    column : str
    kind : Kind
        What it holds.

    Returns
    -------
    ColumnSummary

    Raises
    ------
    DataError
        If there is no such column.
    """
    if column not in frame.columns:
        raise DataError(f"There is no column '{column}'.", "Choose another one.")
    values = frame[column]
    n_missing = int(values.isna().sum())
    if n_missing == len(values):
        return ColumnSummary(column, kind, len(values), n_missing)
    if kind is Kind.NUMBER:
        return _of_numbers(column, values, n_missing)
    if kind is Kind.DATE:
        return _of_dates(column, values, n_missing)
    return _of_levels(column, kind, values, n_missing)


def count_in_bars(summary: ColumnSummary, values: pd.Series) -> IntArray:
    """Count some rows of a column in the bars of its histogram, such as those selected.

    Parameters
    ----------
    summary : ColumnSummary
        Of the whole column.
    values : Series
        A part of it.

    Returns
    -------
    ndarray of int, shape (n_bars,)
        Never above the heights of the bars.
    """
    n_bars = len(summary.bar_counts)
    if n_bars == 0:
        return np.zeros(0, dtype=np.intp)
    if summary.bar_names:
        codes, levels = coded_levels(values)
        places = pd.Index(summary.bar_names).get_indexer(pd.Index(level_names(levels)))
        own = np.append(places, -1)[codes]
    elif summary.kind is Kind.DATE:
        numbers = _seconds(values.dropna())
        edges = _seconds(pd.Series(summary.bar_edges))
        own = _places(numbers, edges)
    else:
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        own = _places(numbers[np.isfinite(numbers)], np.array(summary.bar_edges))
    counts: IntArray = np.bincount(own[own >= 0], minlength=n_bars)
    return counts


def _of_numbers(column: str, values: pd.Series, n_missing: int) -> ColumnSummary:
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = numbers[np.isfinite(numbers)]
    n_infinite = len(numbers) - n_missing - len(finite)
    n_different = int(values.nunique())
    if finite.size == 0:
        return ColumnSummary(
            column,
            Kind.NUMBER,
            len(values),
            n_missing,
            n_different,
            n_infinite=n_infinite,
        )
    edges = _edges(finite)
    # numbers near the largest that there are would overflow in a sum
    scale = 2.0 ** max(0, int(np.frexp(np.abs(finite).max())[1]) - 400)
    low, high = float(finite.min()), float(finite.max())
    mean = float(np.mean(finite / scale)) * scale
    return ColumnSummary(
        column=column,
        kind=Kind.NUMBER,
        n_rows=len(values),
        n_missing=n_missing,
        n_different=n_different,
        minimum=low,
        median=float(np.median(finite / scale)) * scale,
        maximum=high,
        mean=min(max(mean, low), high),  # equal numbers may have a rounded mean
        sd=float(np.std(finite / scale, ddof=1)) * scale if finite.size > 1 else None,
        n_infinite=n_infinite,
        bar_counts=_heights(finite, edges),
        bar_edges=tuple(edges.tolist()),
    )


def _of_dates(column: str, values: pd.Series, n_missing: int) -> ColumnSummary:
    dates = values.dropna()
    seconds = _seconds(dates)
    edges = pd.to_datetime(_edges(seconds), unit="s").to_series()
    return ColumnSummary(
        column=column,
        kind=Kind.DATE,
        n_rows=len(values),
        n_missing=n_missing,
        n_different=int(dates.nunique()),
        minimum=dates.min(),
        median=dates.median(),
        maximum=dates.max(),
        bar_counts=_heights(seconds, _seconds(edges)),
        bar_edges=tuple(edges),
    )


def _of_levels(
    column: str, kind: Kind, values: pd.Series, n_missing: int
) -> ColumnSummary:
    codes, levels = coded_levels(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    listed = _most_frequent(counts, MOST_LEVELS)
    barred = _most_frequent(counts, MOST_BARS)
    names = level_names(levels.iloc[listed])
    return ColumnSummary(
        column=column,
        kind=kind,
        n_rows=len(values),
        n_missing=n_missing,
        n_different=len(levels),
        levels=tuple(zip(names, counts[listed].tolist(), strict=True)),
        rows_min=int(counts.min()),
        rows_max=int(counts.max()),
        bar_counts=tuple(counts[barred].tolist()),
        bar_names=tuple(level_names(levels.iloc[barred])),
        alike=levels_alike(level_names(levels), counts.tolist()),
    )


def levels_alike(
    names: Sequence[str], counts: Sequence[int]
) -> tuple[tuple[tuple[str, int], ...], ...]:
    """Find levels that are probably one, written in several ways.

    Parameters
    ----------
    names : sequence of str
        All levels of a column.
    counts : sequence of int
        Rows of each.

    Returns
    -------
    tuple of tuple of (str, int)
        Names and rows, the most frequent first; see `ColumnSummary.alike`.
    """
    if len(names) > MOST_ALIKE:
        return ()
    rows = dict(zip(names, counts, strict=True))
    return tuple(
        tuple(sorted(((name, rows[name]) for name in same), key=lambda own: -own[1]))
        for same in written_alike(names)
    )


def _most_frequent(counts: IntArray, most: int) -> IntArray:
    """Choose all levels in their order; of too many the most frequent, these first."""
    if len(counts) <= most:
        return np.arange(len(counts))
    chosen: IntArray = np.argsort(-counts, kind="stable")[:most]
    return chosen


def _seconds(dates: pd.Series) -> FloatArray:
    whole: AnyArray = dates.to_numpy("datetime64[us]").astype(np.int64)
    return whole / 1e6


def _edges(numbers: FloatArray) -> FloatArray:
    """Divide the range of finite numbers into bars; a bar for each of few integers."""
    low, high = float(numbers.min()), float(numbers.max())
    has_few = high - low < MOST_BARS and max(abs(low), abs(high)) < _EXACT_HALVES
    if has_few and np.array_equal(numbers, np.floor(numbers)):
        return np.arange(low, high + 2) - 0.5
    n_bars = int(np.clip(np.sqrt(len(numbers)), _FEWEST_BARS, MOST_BARS))
    edges = np.linspace(low / 2, high / 2, n_bars + 1) * 2  # high - low may overflow
    edges[0], edges[-1] = low, high
    is_distinct = bool((np.diff(edges) > 0).all())
    return edges if is_distinct else np.array([low, high])


def _places(numbers: FloatArray, edges: FloatArray) -> IntArray:
    """Find the bar of each number; the last bar has both its ends."""
    places: IntArray = np.searchsorted(edges[1:-1], numbers, side="right")
    return places


def _heights(numbers: FloatArray, edges: FloatArray) -> tuple[int, ...]:
    counts = np.bincount(_places(numbers, edges), minlength=len(edges) - 1)
    return tuple(counts.tolist())
