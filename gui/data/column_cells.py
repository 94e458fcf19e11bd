"""The cells of one column as texts, each made when it is looked at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.level_names import level_names
from engine.data.table import Kind
from engine.number_style import AUTOMATIC, current_style, written_in
from engine.reporting.numbers import LARGEST_PLAIN, is_missing, shown
from engine.reporting.numbers import Kind as NumberKind
from engine.written_numbers import MINUS, fixed, in_full

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import AnyArray

_SIGNIFICANT = 4
_LONGEST = 300  # characters that are laid out; a cell may hold a whole book
_LOOKED_AT = 1000  # cells that decide how many decimals a column is shown with


class ColumnCells:
    """One column: values by position, and how they are shown.

    Numbers of a column have the same decimals, so that their points stand below each
    other; a number that would lose its digits by that is shown with its own.

    Parameters
    ----------
    values : Series
        Not modified.
    kind : Kind
        What it holds.
    """

    def __init__(self, values: pd.Series, kind: Kind) -> None:
        self._cells = values.array
        self.kind = kind
        self.is_number = kind is Kind.NUMBER
        self.is_text = bool(pd.api.types.is_string_dtype(values.dtype))
        self._is_float = pd.api.types.is_float_dtype(values.dtype)
        self._decimals = _decimals(values) if self.is_number and self._is_float else 0

    def value(self, row: int) -> object:
        """Cell as a plain Python value; None where it is missing."""
        cell: object = self._cells[row]
        if is_missing(cell):
            return None
        return cell.item() if isinstance(cell, np.generic) else cell

    def text(self, row: int) -> str:
        """Cell as a reader sees it: a number with four digits, a date as 2019-04-30."""
        text = self._text(self.value(row))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def full_text(self, row: int) -> str:
        """Cell with every digit, for a reader."""
        cell = self.value(row)
        if isinstance(cell, float) and self.is_number:
            is_whole = cell.is_integer() and abs(cell) < LARGEST_PLAIN
            return fixed(cell, 0) if is_whole else in_full(cell)
        return self._full_text(cell)

    def copied_text(self, row: int) -> str:
        """Cell for the clipboard: every digit, a minus that a spreadsheet knows."""
        cell = self.value(row)
        text = self._full_text(cell)
        is_fraction = isinstance(cell, float) and self.is_number
        return text.replace(".", current_style().mark) if is_fraction else text

    def level(self, row: int) -> str:
        """Name of the level that a cell is, as tables of groups write it."""
        cell = self.value(row)
        return "" if cell is None else level_names(pd.Series([cell]))[0]

    def finder(self, wanted: str) -> Callable[[int, int], AnyArray]:
        """Make what finds the cells of a stretch of rows that contain a text.

        Parameters
        ----------
        wanted : str
            In lower case; a minus may be written either way, and the decimal mark of a
            number as a point or as it is shown.

        Returns
        -------
        callable
            Given the first position and the one after the last, it returns the
            positions found.
        """
        plain = wanted.replace(MINUS, "-")
        if self.is_number:
            plain = plain.replace(current_style().mark, ".")
        if self.is_text:
            return lambda begin, end: self._find_texts(wanted, begin, end)
        return lambda begin, end: self._find_shown(plain, begin, end)

    def _find_texts(self, wanted: str, begin: int, end: int) -> AnyArray:
        part = pd.Series(self._cells[begin:end])
        has = part.str.lower().str.contains(wanted, regex=False, na=False)
        return begin + np.flatnonzero(has.to_numpy(dtype=bool))

    def _find_shown(self, wanted: str, begin: int, end: int) -> AnyArray:
        found = [
            begin + place
            for place, cell in enumerate(self._cells[begin:end])
            if not is_missing(cell)
            and (wanted in self._full_text(cell).lower() or wanted in self._plain(cell))
        ]
        return np.array(found, dtype=np.intp)

    def _plain(self, cell: object) -> str:
        with written_in(AUTOMATIC):
            return self._text(cell).replace(MINUS, "-").lower()

    def _text(self, cell: object) -> str:
        if cell is None:
            return ""
        if self.is_number and isinstance(cell, float) and math.isfinite(cell):
            text = fixed(cell, self._decimals)
            is_faithful = text.strip("0.,") or cell == 0
            if is_faithful and abs(cell) < LARGEST_PLAIN:
                return text
            return shown(cell, NumberKind.VALUE)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            text = shown(cell, NumberKind.VALUE)
            return text if self.is_number else level_names(pd.Series([cell]))[0]
        return _plain_text(cell)

    def _full_text(self, cell: object) -> str:
        if cell is None:
            return ""
        if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST_PLAIN:
            return str(int(cell))
        return repr(cell) if isinstance(cell, float) else _plain_text(cell)


def _plain_text(cell: object) -> str:
    if isinstance(cell, pd.Timestamp):
        is_day = cell == cell.normalize()
        return cell.strftime("%Y-%m-%d") if is_day else cell.isoformat(sep=" ")
    return str(cell)


def _decimals(values: pd.Series) -> int:
    """Decimals with which the usual number of a column has four digits; no idle 0s."""
    some = values.iloc[:_LOOKED_AT].to_numpy(dtype=np.float64, na_value=np.nan)
    some = some[np.isfinite(some) & (some != 0)]
    if some.size == 0:
        return 0
    # halves: the mean of two numbers near the largest there is would overflow
    size = 2 * float(np.median(np.abs(some) / 2)) or float(np.abs(some).min())
    wanted = _SIGNIFICANT - 1 - math.floor(math.log10(size))
    most = min(max(wanted, 0), 6)
    for decimals in range(most):
        if np.array_equal(np.round(some, decimals), some):
            return decimals
    return most
