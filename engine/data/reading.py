"""Read a table from a file, saying what was recognised and what was changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from engine.data.columns import Column, Rules, understand
from engine.data.delimited import read_delimited
from engine.data.missing import MissingCodes, given_codes
from engine.data.naming import repaired_names
from engine.data.opening import Container, has_workbook_name, read_bytes, recognise
from engine.data.raw import RawSheet, without_empty
from engine.data.table import Table
from engine.data.wording import counted, listed, quoted
from engine.data.workbooks import read_workbook
from engine.errors import DataError

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Mapping

    from engine.sentences import Said


def read_table(
    path: str | os.PathLike[str],
    *,
    sheet: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    na_values: Collection[str] | None = None,
) -> Table:
    """Read a table from a text file (CSV, TSV, TXT ...) or a workbook (XLSX, XLS, ODS).

    What the options leave open is recognised, and everything that was recognised,
    changed or left out is told in `Table.notes`.

    Parameters
    ----------
    path : str or path-like
        The file. Its content decides how it is read, not its extension.
    sheet : str, optional
        The sheet of a workbook; by default the first that holds a table.
    delimiter : str, optional
        The character between the columns of a text file; a space stands for runs of
        spaces and tabs.
    decimal : {".", ","}, optional
        The decimal mark.
    encoding : str, optional
        The encoding of a text file, such as ``"utf-8"`` or ``"cp1252"``.
    na_values : collection of str, optional
        The codes for missing values, instead of the usual ones; codes that are numbers
        match equal numbers. Empty cells are always missing.

    Returns
    -------
    Table
        Its rows have their numbers in the file's body, from 1: empty ones are left
        out, and the others keep theirs. Texts have the dtype that
        pandas gives to text (``str`` since pandas 3), with NaN where missing.

    Raises
    ------
    DataError
        If the file cannot be read, or has not at least two columns and two rows.
    """
    _check_options(delimiter, decimal)
    path = Path(path)
    try:
        sheet_read = _read(path, sheet, delimiter, decimal, encoding)
        codes = MissingCodes() if na_values is None else given_codes(na_values)
        filled = without_empty(sheet_read)
        rules = Rules(codes, sheet_read.decimal, decimal, filled.rows)
        return _as_table(filled, rules, path.name)
    except MemoryError as error:
        raise DataError(
            f"The file {quoted(path.name)} is too large for this computer's memory.",
            "Close other programs, or open a part of the file.",
        ) from error


def _check_options(delimiter: str | None, decimal: str | None) -> None:
    if decimal not in (None, ".", ","):
        raise DataError(
            f"{quoted(decimal)} is not a decimal mark.", "Choose a point or a comma."
        )
    if delimiter is None:
        return
    is_usable = (
        len(delimiter) == 1 and delimiter.isascii() and delimiter not in '"\r\n\0'
    )
    if not is_usable or delimiter.isalnum():
        raise DataError(
            f"{quoted(delimiter)} cannot separate columns.",
            "Choose one character, such as a comma, a semicolon or a tab.",
        )
    if delimiter == decimal:
        raise DataError(
            f"{quoted(delimiter)} cannot be both the decimal mark and the separator.",
            "Choose two different characters.",
        )


def _read(
    path: Path,
    sheet: str | None,
    delimiter: str | None,
    decimal: str | None,
    encoding: str | None,
) -> RawSheet:
    """Read the cells with what fits the file's content; note a misleading name."""
    data = read_bytes(path)
    is_called_so = has_workbook_name(path.name)
    if recognise(data, path.name) is Container.WORKBOOK:
        note = "" if is_called_so else "The file is a workbook, despite its name."
        found = read_workbook(data, path.name, sheet)
    else:
        if sheet is not None:
            raise DataError(
                f"The file {quoted(path.name)} is a text file and has no sheets.",
                "Leave the sheet out.",
            )
        note = "The file is text, despite its name." if is_called_so else ""
        found = read_delimited(data, path.name, delimiter, decimal, encoding)
    notes = (note, *found.notes) if note else found.notes
    return replace(found, notes=notes)


def _as_table(sheet: RawSheet, rules: Rules, source: str) -> Table:
    """Name and understand the columns."""
    _check_shape(sheet, source)
    names, renamed = repaired_names(sheet.names)
    columns = {
        name: understand(name, cells, rules)
        for name, cells in zip(names, sheet.columns, strict=True)
    }
    frame = pd.DataFrame({name: column.values for name, column in columns.items()})
    every = pd.RangeIndex(1, len(frame) + 1)
    frame.index = every if sheet.rows is None else sheet.rows
    return Table(
        frame=frame,
        kinds={name: column.kind for name, column in columns.items()},
        kind_reasons={name: column.reason for name, column in columns.items()},
        notes=(*sheet.notes, *renamed, *_notes_on_columns(columns)),
        source=source,
        first_line=sheet.first_line,
    )


def _check_shape(sheet: RawSheet, source: str) -> None:
    n_rows = len(sheet.columns[0]) if sheet.columns else 0
    if n_rows == 0:
        raise DataError(
            f"The file {quoted(source)} has a header but no data below it.",
            "Check that it was saved completely.",
        )
    if len(sheet.columns) < 2:
        raise DataError(
            f"Only one column was found in {quoted(source)}.",
            "At least two are needed: one to explain, and one to explain it with.",
        )
    if n_rows == 1:
        raise DataError(
            f"The file {quoted(source)} has only one row of data.",
            "A model needs many rows: one for each measurement.",
        )


def _notes_on_columns(columns: Mapping[str, Column]) -> list[Said]:
    """Tell first what was read as missing, then what concerns single columns."""
    where: dict[str, list[str]] = {}
    total: Counter[str] = Counter()
    for name, column in columns.items():
        total += column.missing
        for code in column.missing:
            where.setdefault(code, []).append(name)
    notes: list[Said] = []
    for code, names in where.items():
        says = "says" if total[code] == 1 else "say"
        was = "was" if total[code] == 1 else "were"
        notes.append(
            f"{counted(total[code], 'cell')} that {says} {quoted(code)} {was} read as "
            f"missing, in {listed(names)}."
        )
    trimmed = [name for name, column in columns.items() if column.is_trimmed]
    if trimmed:
        notes.append(f"Spaces around the texts in {listed(trimmed)} were removed.")
    for column in columns.values():
        notes += column.notes
    return notes
