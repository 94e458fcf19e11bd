"""Kinds of columns as icons and words, and what a heading says of the range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.data.table import Kind
from engine.data.wording import counted
from engine.reporting.numbers import Kind as NumberKind
from engine.reporting.numbers import shown
from engine.written_numbers import count

if TYPE_CHECKING:
    from engine.data.summaries import ColumnSummary, Edge

KIND_ICONS = {
    Kind.NUMBER: "num",
    Kind.CATEGORY: "cat",
    Kind.DATE: "calendar",
    Kind.LABEL: "text",
}
KIND_NAMES = {
    Kind.NUMBER: "number",
    Kind.CATEGORY: "category",
    Kind.DATE: "date",
    Kind.LABEL: "label",
}


def number_words(value: Edge | None) -> str:
    """Write a number with four digits, or a date with its day."""
    if value is None:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    is_whole = float(value).is_integer() and abs(value) < 1e7
    return shown(int(value) if is_whole else float(value), NumberKind.VALUE)


def range_words(summary: ColumnSummary) -> tuple[str, str]:
    """Say what a column holds in two short pieces.

    Parameters
    ----------
    summary : ColumnSummary

    Returns
    -------
    left, right : str
        Smallest and largest number or date; how many levels and the rows they have.
    """
    if summary.n_missing == summary.n_rows:
        return "empty", ""
    if summary.kind in (Kind.NUMBER, Kind.DATE):
        return number_words(summary.minimum), number_words(summary.maximum)
    low, high = summary.rows_min, summary.rows_max
    rows = counted(low, "row") if low == high else f"{count(low)}–{count(high)} rows"
    return counted(summary.n_different, "level"), rows
