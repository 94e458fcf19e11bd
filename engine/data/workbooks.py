"""Read a sheet of an XLSX, XLS or ODS workbook."""

from __future__ import annotations

import datetime as dt
import difflib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
import python_calamine as calamine

from engine.data.distinct import TEXT
from engine.data.naming import are_numbers, numbered_names
from engine.data.numerals import EXACT_INTEGER
from engine.data.opening import damaged, locked
from engine.data.raw import RawSheet
from engine.data.wording import counted, listed, quoted
from engine.data.workbook_xml import column_letters, look_into
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

Cell: TypeAlias = (
    int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
)
Grid: TypeAlias = list[list[Cell]]  # rectangular; an empty cell is ""

_MOST_TITLES = 10  # rows above the header


@dataclass(frozen=True, slots=True)
class _Area:
    """The filled part of a sheet."""

    sheet: str
    grid: Grid
    start: tuple[int, int]  # row and column of the first cell, from 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]]  # first and last cell
    notes: tuple[str, ...]


def read_workbook(data: bytes, name: str, sheet: str | None = None) -> RawSheet:
    """Read one sheet.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for the messages.
    sheet : str, optional
        The sheet; by default the first that holds a table.

    Returns
    -------
    RawSheet

    Raises
    ------
    DataError
        If the workbook is damaged, locked or empty, has no such sheet, or the sheet
        has no table in it.
    """
    notes = look_into(data, name)
    try:
        area = _area(data, name, sheet)
    except calamine.PasswordError as error:
        raise locked(name) from error
    except calamine.CalamineError as error:
        raise damaged(name, str(error)) from error
    except BaseException as error:
        # calamine's Rust code may panic on a broken file (python-calamine issues 111
        # and 139); the class of that exception cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(name, str(error)) from error
    return _table_in(area, name, notes)


def _area(data: bytes, name: str, wanted: str | None) -> _Area:
    """Load the wanted sheet, or the first that looks like a table."""
    with calamine.load_workbook(io.BytesIO(data)) as book:
        sheets = [
            (entry.visible is not calamine.SheetVisibleEnum.Visible, entry.name)
            for entry in book.sheets_metadata
            if entry.typ is calamine.SheetTypeEnum.WorkSheet
        ]
        names = [title for _, title in sorted(sheets, key=lambda pair: pair[0])]
        if wanted is not None:
            if wanted not in names:
                raise _no_such_sheet(name, wanted, names)
            return _loaded(book.get_sheet_by_name(wanted), ())
        filled = None
        for title in names:
            others = [other for other in names if other != title]
            area = _loaded(book.get_sheet_by_name(title), others)
            if len(area.grid) > 1 and len(area.grid[0]) > 1:
                return area
            if area.grid and filled is None:
                filled = area
    if filled is None:
        raise DataError(
            f"The workbook {quoted(name)} has no data in its sheets.",
            "Check that it is the right file and that it was saved.",
        )
    return filled


def _loaded(sheet: calamine.CalamineSheet, others: Sequence[str]) -> _Area:
    grid = [[_tidy(cell) for cell in row] for row in sheet.to_python()]
    notes = []
    if others:
        also = listed(others, "sheet")
        notes.append(
            f"Sheet {quoted(sheet.name)} was read; the workbook also has {also}."
        )
    return _Area(
        sheet.name,
        grid,
        sheet.start or (0, 0),
        sheet.merged_cell_ranges or [],
        tuple(notes),
    )


def _tidy(cell: Cell) -> Cell:
    return cell.strip() if isinstance(cell, str) else cell


def _no_such_sheet(name: str, wanted: str, names: Sequence[str]) -> DataError:
    remedy = "The workbook has no sheets with cells."
    if names:
        remedy = f"It has {listed(names, 'sheet')}."
    close = difflib.get_close_matches(wanted, names, n=1)
    if close:
        remedy = f"Did you mean {quoted(close[0])}?"
    return DataError(
        f"The workbook {quoted(name)} has no sheet {quoted(wanted)}.", remedy
    )


def _table_in(area: _Area, name: str, errors: Sequence[str]) -> RawSheet:
    """Find the header in a sheet and make columns of what is below it."""
    where = f"sheet {quoted(area.sheet)} of {quoted(name)}"
    if not area.grid:
        raise DataError(f"There is no data in {where}.", "Choose another sheet.")
    top = _header_row(area.grid, where)
    notes = [*area.notes]
    if area.start != (0, 0):
        corner = f"{column_letters(area.start[1] + 1)}{area.start[0] + 1}"
        notes.append(
            f"The cells begin at {corner}; the empty rows and columns "
            "before that were left out."
        )
    for i, row in enumerate(area.grid[:top]):
        title = next((_text(cell) for cell in row if cell != ""), "")
        if title:
            line = area.start[0] + i + 1
            notes.append(
                f"Row {line} of the sheet was taken as a title and left out: "
                f"{quoted(title)}."
            )
    names = tuple(_text(cell) for cell in area.grid[top])
    first = top + 1
    if are_numbers(names):
        first = top
        names, note = numbered_names(len(names))
        notes.append(note)
    notes += _fill_merged(area, first)
    body = area.grid[first:]
    if not body:
        raise DataError(
            f"There is a header but no data below it in {where}.",
            "Check that it is the right sheet.",
        )
    cells = list(zip(*body, strict=True))
    notes += [*errors, *_notes_on_times(names, cells)]
    first_line = area.start[0] + first + 1
    return RawSheet(
        names, tuple(map(_column, cells)), tuple(notes), first_line=first_line
    )


def _header_row(grid: Grid, where: str) -> int:
    """Find the first row with two filled cells, below empty ones and titles."""
    for i, row in enumerate(grid[: _MOST_TITLES + 1]):
        if sum(cell != "" for cell in row) > 1:
            return i
    raise DataError(
        f"Only one column was found in {where}.",
        "At least two are needed; check that it is the right sheet.",
    )


def _fill_merged(area: _Area, first: int) -> list[str]:
    """Repeat the value of an upright merged cell in all its rows, in place."""
    n_filled = n_others = 0
    for (top, left), (bottom, right) in area.merged:
        row, column = top - area.start[0], left - area.start[1]
        if left != right or row < first:
            n_others += 1
            continue
        n_filled += 1
        for below in area.grid[row + 1 : bottom - area.start[0] + 1]:
            below[column] = area.grid[row][column]
    notes = []
    if n_filled:
        start = "1 merged cell has its" if n_filled == 1 else "Each merged cell has its"
        notes.append(f"{start} value in every row that it spans.")
    if n_others:
        cells = counted(n_others, "merged cell")
        notes.append(
            f"In {cells} across columns or in the header, only the first place has "
            "the value."
        )
    return notes


def _notes_on_times(
    names: Sequence[str], columns: Sequence[Sequence[Cell]]
) -> list[str]:
    """Say which columns hold times of day or durations, which are kept as text."""
    found = [
        name
        for name, cells in zip(names, columns, strict=True)
        if any(isinstance(cell, (dt.time, dt.timedelta)) for cell in cells)
    ]
    if not found:
        return []
    return [f"Times of day and durations in {listed(found)} were kept as text."]


def _column(cells: Sequence[Cell]) -> pd.Series:
    """Make a column of numbers, of dates, or of text."""
    types = {type(cell) for cell in cells if cell != ""}
    if not types:
        return pd.Series([None] * len(cells), dtype=TEXT)
    if types <= {int, float}:
        return pd.Series(_numbers(cells))
    if types <= {dt.date, dt.datetime}:
        moments = [None if cell == "" else cell for cell in cells]
        return pd.Series(np.array(moments, dtype="datetime64[us]"))
    return pd.Series([None if c == "" else _text(c) for c in cells], dtype=TEXT)


def _numbers(cells: Sequence[Cell]) -> np.ndarray:
    """Make numbers: whole ones are int64, as the sheet does not tell 1 from 1.0."""
    values = np.array([np.nan if cell == "" else cell for cell in cells], dtype=float)
    if np.all(np.abs(values) < EXACT_INTEGER) and np.all(values == np.floor(values)):
        return values.astype(np.int64)
    return values


def _text(cell: Cell) -> str:
    """Write a cell as text, as the sheet shows it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_INTEGER:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}"
    return str(cell)
