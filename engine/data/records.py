"""Cut lines of text into cells."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SPACES = " "  # as a delimiter, stands for runs of spaces and tabs


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a text file.

    Attributes
    ----------
    cells : list of str
        As written, without quotes.
    line, next_line : int
        Where it begins and where the next one does, counted from 0.
    """

    cells: list[str]
    line: int
    next_line: int

    def is_filled(self, start: int = 0) -> bool:
        """Tell whether a cell is not blank.

        Parameters
        ----------
        start : int
            The first cell that counts.

        Returns
        -------
        bool
        """
        return any(cell.strip() for cell in self.cells[start:])


def rows_of(lines: Iterable[str], delimiter: str, first_line: int = 0) -> Iterator[Row]:
    """Cut lines into cells, minding quotes.

    Parameters
    ----------
    lines : iterable of str
        With their line ends.
    delimiter : str
        One character, or `SPACES`.
    first_line : int
        The number of the first line.

    Yields
    ------
    Row

    Raises
    ------
    csv.Error
        If a cell is absurdly long.
    """
    if delimiter == SPACES:
        lines = (line.replace("\t", " ").rstrip() + "\n" for line in lines)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    line = 0
    for cells in reader:
        yield Row(cells, first_line + line, first_line + reader.line_num)
        line = reader.line_num
