"""What is said of the reading of a file: what was guessed, which rows are where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.wording import counted
from engine.written_numbers import count

if TYPE_CHECKING:
    from engine.data.prepared import Prepared
    from engine.data.table import Table


def source_of_rows(prepared: Prepared | None, table: Table | None) -> tuple[str, int]:
    """Say where rows are found again by their numbers.

    Parameters
    ----------
    prepared : Prepared or None
    table : Table or None
        What it was made of.

    Returns
    -------
    name : str
        The file's.
    first_line : int
        Line that is row 1; 0 if rows have other numbers than in the file.
    """
    if prepared is None or table is None:
        return "", 0
    is_as_read = prepared.frame.index.equals(table.frame.index)
    return table.source, table.first_line if is_as_read else 0


def n_skipped(table: Table | None) -> int:
    """Count the empty rows of the file that were left out between others."""
    if table is None or table.frame.empty:
        return 0
    index = table.frame.index
    if index.dtype.kind != "i" or index[0] < 1 or not index.is_monotonic_increasing:
        return 0
    return max(0, int(index[-1]) - len(index))


def skipped_words(table: Table | None) -> str:
    """Say that rows were skipped; empty if none were."""
    number = n_skipped(table)
    if not number:
        return ""
    return (
        f"{counted(number, 'empty row')} of the file skipped; the others keep their "
        "numbers."
    )


def reading_words(table: Table) -> tuple[str, ...]:
    """Sentences on how a table was read."""
    notes = tuple(map(str, table.notes))
    if not table.first_line:
        return notes
    return (*notes, f"Row 1 is line {count(table.first_line)} of the file.")
