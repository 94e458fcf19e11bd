"""Look into the XML of an XLSX workbook for what calamine does not tell.

calamine gives cells with errors as empty ones, and lays a sheet out as one rectangle:
a stray cell in the far corner would need more memory than there is, which ends the
whole program.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from engine.data.opening import UNZIP_ERRORS
from engine.data.wording import quoted
from engine.errors import DataError

_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_FAR_CELL = re.compile(rb'<c r="(?:[A-Z]{3}|[A-Z]+\d{7})')
_FILLED_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*(?<!/)>')
_ERROR_CELL = b' t="e"'
_SAFE_AREA = 20_000_000  # cells; a few hundred megabytes at most
_SPARSE = 20  # area per filled cell


@dataclass(frozen=True, slots=True)
class _Extent:
    """How far the filled cells of a sheet reach."""

    n_rows: int
    n_columns: int
    n_filled: int
    farthest: str

    def is_sparse(self) -> bool:
        """Whether there is far more emptiness than data."""
        area = self.n_rows * self.n_columns
        return area > _SAFE_AREA and area > _SPARSE * self.n_filled


def look_into(data: bytes, name: str) -> tuple[str, ...]:
    """Look into a workbook before calamine does.

    Parameters
    ----------
    data : bytes
        The whole file; any format but XLSX is let pass.
    name : str
        The file's name, for the messages.

    Returns
    -------
    tuple of str
        A note if there are cells with errors.

    Raises
    ------
    DataError
        If a cell lies so far from the others that the sheet cannot be laid out.
    """
    has_errors = False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member):
                    xml = archive.read(member)
                    _check_extent(xml, name)
                    has_errors = has_errors or _ERROR_CELL in xml
    except UNZIP_ERRORS:
        return ()  # an XLS workbook; or calamine will say what is wrong
    if not has_errors:
        return ()
    return ("Cells with errors such as #N/A or #DIV/0! were read as missing.",)


def _check_extent(xml: bytes, name: str) -> None:
    """Refuse a sheet that cannot be laid out; look closely only if it may be one."""
    dimension = _DIMENSION.search(xml, 0, 10_000)
    if dimension and not _FAR_CELL.search(xml):
        area = int(dimension[2]) * column_number(dimension[1].decode())
        if area <= _SAFE_AREA:
            return
    # the dimension may be missing, false, or count cells that are only formatted
    extent = _extent(xml)
    if extent.is_sparse():
        raise DataError(
            f"A sheet of {quoted(name)} has a cell at {extent.farthest}, too far from "
            "the others to be read.",
            "Delete the stray rows or columns, or copy the table to a new workbook.",
        )


def _extent(xml: bytes) -> _Extent:
    """Find the extent of the cells that are not just formatted."""
    bottom = right = n_filled = 0
    columns: dict[bytes, int] = {}
    for match in _FILLED_CELL.finditer(xml):
        letters, row = match[1], int(match[2])
        if letters not in columns:
            columns[letters] = column_number(letters.decode())
        bottom, right = max(bottom, row), max(right, columns[letters])
        n_filled += 1
    return _Extent(bottom, right, n_filled, f"{column_letters(right)}{bottom}")


def column_number(letters: str) -> int:
    """Number a column of a spreadsheet: A is 1, AA is 27.

    Parameters
    ----------
    letters : str
        Capital letters.

    Returns
    -------
    int
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Name a column of a spreadsheet: 1 is A, 27 is AA.

    Parameters
    ----------
    number : int
        Counted from 1.

    Returns
    -------
    str
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
