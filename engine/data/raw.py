"""Cells as they were found in a file, before anyone asks what they mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.wording import counted

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The header and the columns of a file.

    Attributes
    ----------
    names : tuple of str
        As in the header, trimmed: may be empty or repeated.
    columns : tuple of Series
        One per name, all of one length, on a plain index from 0. A column of clean
        numbers is int64 or float64, one of dates datetime64; any other holds strings,
        NaN where a cell is empty.
    notes : tuple of str
        What was recognised or left out so far.
    decimal : str
        The decimal mark that was seen; empty if none was.
    first_line : int
        Line of the file or sheet, counted from 1, that is the first row.
    rows : Index, optional
        Which rows of the body these are, counted from 1; all of them by default.
    """

    names: tuple[str, ...]
    columns: tuple[pd.Series, ...]
    notes: tuple[str, ...]
    decimal: str = ""
    first_line: int = 0
    rows: pd.Index | None = None


def without_empty(sheet: RawSheet) -> RawSheet:
    """Leave out rows without any value, and columns without name and value.

    The other rows keep their numbers, so that they are found again in the file.

    Parameters
    ----------
    sheet : RawSheet
        Not modified.

    Returns
    -------
    RawSheet
        With a note for what was left out.
    """
    notes = list(sheet.notes)
    is_kept = [
        bool(name) or not bool(column.isna().all())
        for name, column in zip(sheet.names, sheet.columns, strict=True)
    ]
    names = tuple(np.compress(is_kept, np.array(sheet.names, dtype=object)).tolist())
    columns = [c for c, kept in zip(sheet.columns, is_kept, strict=True) if kept]
    if not all(is_kept):
        n_empty = is_kept.count(False)
        was = "was" if n_empty == 1 else "were"
        notes.append(
            f"{counted(n_empty, 'empty column')} without a name {was} left out."
        )
    is_empty, rows = _empty_rows(columns), sheet.rows
    if is_empty.any():
        columns = [column[~is_empty].reset_index(drop=True) for column in columns]
        columns = [_whole_again(column) for column in columns]
        if not is_empty.all():
            notes += _notes_on_rows(is_empty)
        rows = _numbers(~is_empty)
    return replace(
        sheet, names=names, columns=tuple(columns), notes=tuple(notes), rows=rows
    )


def _empty_rows(columns: list[pd.Series]) -> NDArray[np.bool_]:
    """Mark the rows in which every cell is empty."""
    if not columns:
        return np.zeros(0, dtype=bool)
    is_empty: NDArray[np.bool_] = columns[0].isna().to_numpy(copy=True)
    for column in columns[1:]:
        if not is_empty.any():
            break
        is_empty &= column.isna().to_numpy()
    return is_empty


def _whole_again(column: pd.Series) -> pd.Series:
    """Turn whole numbers back to integers when only empty rows had made them float.

    Text like 1.0 also comes back as an integer then; the value is the same.
    """
    if column.dtype.kind != "f" or column.empty:
        return column
    values: NDArray[Any] = column.to_numpy()
    if np.all(np.abs(values) < 2**53) and np.all(values == np.floor(values)):
        return column.astype("int64")
    return column


def _numbers(is_kept: NDArray[np.bool_]) -> pd.Index:
    """Number rows from 1, with gaps where some are not kept."""
    numbers = np.flatnonzero(is_kept) + 1
    if numbers.size and numbers[-1] - numbers[0] + 1 == numbers.size:
        return pd.RangeIndex(int(numbers[0]), int(numbers[-1]) + 1)
    return pd.Index(numbers.astype(np.int64))


def _notes_on_rows(is_empty: NDArray[np.bool_]) -> list[str]:
    """Say how many rows are empty, and which of those that are not at the end."""
    notes = []
    inside = np.flatnonzero(is_empty[: np.flatnonzero(~is_empty)[-1]]) + 1
    n_last = int(is_empty.sum()) - len(inside)
    if len(inside):
        named = [str(row) for row in inside[:_MOST_NAMED].tolist()]
        if len(inside) > _MOST_NAMED:
            named.append("...")
        was = "was" if len(inside) == 1 else "were"
        notes.append(
            f"{counted(len(inside), 'empty row')} {was} left out ({', '.join(named)}); "
            "the others keep their numbers."
        )
    if n_last:
        was = "was" if n_last == 1 else "were"
        notes.append(f"{counted(n_last, 'empty row')} at the end {was} left out.")
    return notes
