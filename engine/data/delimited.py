"""Read a text file in which a character separates the columns."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.encoding import decode
from engine.data.layout import find_layout
from engine.data.numerals import EXACT_INTEGER
from engine.data.raw import RawSheet
from engine.data.records import SPACES, rows_of
from engine.data.wording import counted, quoted
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.data.layout import Layout
    from engine.data.records import Row


_AT_ONCE = 2**20  # bytes


@dataclass(frozen=True, slots=True)
class _Body:
    """The lines below the header, and how to cut them."""

    name: str
    data: bytes
    layout: Layout

    @property
    def n_names(self) -> int:
        return len(self.layout.names)

    def rows(self) -> Iterator[Row]:
        """Go through the rows one by one: slow, for what pandas does not tell."""
        lines = io.TextIOWrapper(io.BytesIO(self.data), "utf-8", newline="\n")
        return rows_of(lines, self.layout.delimiter, self.layout.first_line)


def read_delimited(
    data: bytes,
    name: str,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
) -> RawSheet:
    """Read a text file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for the messages.
    delimiter, decimal, encoding : str, optional
        What the user knows; the rest is recognised.

    Returns
    -------
    RawSheet

    Raises
    ------
    DataError
        If it is not text, has only one column or no rows, has a row with more values
        than the header has names, or a quotation mark that is never closed.
    """
    text = decode(data, name, encoding)
    layout = find_layout(text.data, name, delimiter, decimal)
    body = _Body(name, _lines_from(text.data, layout.first_line), layout)
    if not body.data.strip():
        raise DataError(
            f"The file {quoted(name)} has a header but no data below it.",
            "Check that it was saved completely.",
        )
    columns = _columns(body)
    notes = [*text.notes, *layout.notes]
    if bool(columns[-1].isna().any()):
        notes += _notes_on_short_rows(body)
    return RawSheet(
        layout.names, columns, tuple(notes), layout.decimal, layout.first_line + 1
    )


def _lines_from(data: bytes, first_line: int) -> bytes:
    """Cut off the lines before `first_line`."""
    start = 0
    for _ in range(first_line):
        end = data.find(b"\n", start)
        if end < 0:
            return b""
        start = end + 1
    return data[start:]


def _columns(body: _Body) -> tuple[pd.Series, ...]:
    """Read all columns; those that pandas might have read too boldly, as text."""
    try:
        frame = _parsed(body, body.layout.width)
    except pd.errors.ParserError as error:
        frame = _parsed_anew(body, error)
    for i in range(body.n_names, frame.shape[1]):
        rest = frame[i].dropna().astype(str)
        if rest.str.strip().any():
            raise _first_long_row(body)
    columns = [frame[i] for i in range(body.n_names)]
    doubtful = [i for i, column in enumerate(columns) if _needs_text(column)]
    whole = [i for i, column in enumerate(columns) if _is_whole(column)]
    if whole and _has_padded_numbers(body):
        doubtful += whole
    if doubtful:
        texts = _parsed(body, frame.shape[1], sorted(set(doubtful)))
        for i in doubtful:
            is_padded = texts[i].str.fullmatch(r"\s*0\d+\s*", na=False).any()
            if i not in whole or is_padded or _needs_text(columns[i]):
                columns[i] = texts[i]
    return tuple(columns)


def _parsed(body: _Body, width: int, as_text: Sequence[int] = ()) -> pd.DataFrame:
    """Let pandas read the body, all columns with types or some of them as text.

    Columns are numbered from 0. There are `width` of them, which may be more than
    there are names: pandas checks no row against fewer.
    """
    delimiter, decimal = body.layout.delimiter, body.layout.decimal
    return pd.read_csv(
        io.BytesIO(body.data),
        sep=r"\s+" if delimiter == SPACES else delimiter,
        decimal=decimal if decimal and decimal != delimiter else ".",
        header=None,
        names=list(range(width)),
        index_col=False,
        # no usecols: with it pandas may take other columns, and checks rows less
        dtype=dict.fromkeys(as_text, str),
        skipinitialspace=True,
        skip_blank_lines=False,
        keep_default_na=False,  # the codes are judged, and counted, later
        na_values=[""],
        low_memory=False,
        encoding="utf-8",
        engine="c",
    )


def _parsed_anew(body: _Body, error: pd.errors.ParserError) -> pd.DataFrame:
    """Find out why pandas stopped; read again if rows only have more empty cells."""
    width = 0
    last_line = next_line = body.layout.first_line
    try:
        for row in body.rows():
            if row.is_filled(body.n_names):
                raise _too_long(body, row)
            width = max(width, len(row.cells))
            last_line, next_line = row.line, row.next_line
    except csv.Error:  # a cell without end
        last_line = next_line
    if "EOF inside string" in str(error):
        raise DataError(
            f"A quotation mark in line {last_line + 1} of {quoted(body.name)} is never "
            "closed.",
            "Close it or delete it.",
            details=str(error),
        ) from error
    try:
        return _parsed(body, width)
    except pd.errors.ParserError as second:
        raise _uncuttable(body, str(second)) from second


def _first_long_row(body: _Body) -> DataError:
    row = next((row for row in body.rows() if row.is_filled(body.n_names)), None)
    if row is None:  # the csv module and pandas differ about a tab before a quote
        return _uncuttable(body, "a row with too many values")
    return _too_long(body, row)


def _uncuttable(body: _Body, details: str) -> DataError:
    return DataError(
        f"The rows of {quoted(body.name)} cannot be cut into columns.",
        "Open it in a spreadsheet program, check it, and save it as XLSX.",
        details=details,
    )


def _too_long(body: _Body, row: Row) -> DataError:
    check = "Check that line for a stray separator or a missing quotation mark"
    if row.line == body.layout.first_line:
        check = "Delete the lines above the header if there are any"
    remedy = f"{check}."
    if body.layout.delimiter == ",":
        remedy = (
            f"{check}; if commas are the decimal marks, save the file with semicolons "
            "or tabs between columns."
        )
    if body.layout.delimiter == SPACES:
        remedy = "Put names and cells with spaces in quotation marks, or use tabs."
    return DataError(
        f"Line {row.line + 1} of {quoted(body.name)} has "
        f"{counted(len(row.cells), 'value')}, the header has {body.n_names}.",
        remedy,
    )


def _notes_on_short_rows(body: _Body) -> list[str]:
    """Count the rows that end before the header does."""
    n_short, first = 0, 0
    try:
        for row in body.rows():
            if len(row.cells) < body.n_names and row.is_filled():
                n_short += 1
                first = first or row.line + 1
    except csv.Error:
        return []
    if not n_short:
        return []
    if n_short == 1:
        return [
            f"Line {first} has fewer values than the header; its last ones were "
            "taken as missing."
        ]
    return [
        f"{n_short} lines have fewer values than the header, the first is line "
        f"{first}; their last values were taken as missing."
    ]


def _needs_text(column: pd.Series) -> bool:
    """Whether the text says more than what pandas made of it.

    So for truth values, numbers beyond int64, and whole numbers that were rounded
    because missing cells made the column float64.
    """
    kind = column.dtype.kind
    if kind == "i" or isinstance(column.dtype, pd.StringDtype):
        return False
    if kind == "O":
        return pd.api.types.infer_dtype(column, skipna=True) != "string"
    if kind != "f":
        return True
    values = column.to_numpy()
    is_big = np.abs(values) >= EXACT_INTEGER
    if not is_big.any():
        return False
    return bool(np.all(values[is_big] == np.floor(values[is_big]))) and _is_whole(
        column
    )


def _is_whole(column: pd.Series) -> bool:
    """Whether all numbers of the column are whole."""
    if column.dtype.kind == "i":
        return True
    if column.dtype.kind != "f":
        return False
    values = column.to_numpy()
    values = values[np.isfinite(values)]
    return values.size > 0 and bool(np.all(values == np.floor(values)))


def _has_padded_numbers(body: _Body) -> bool:
    """Whether 007 or the like may stand in a cell."""
    mark = re.escape(body.layout.delimiter.encode())
    # begins with a literal, which is six times faster to look for
    pattern = rb'0(?<=[%b\n" \t]0)\d+(?=[%b\n" \t]|$)' % (mark, mark)
    found = re.compile(pattern)
    return body.data.startswith(b"0") or any(
        found.search(body.data, *lines) for lines in _stretches(body.data)
    )


def _stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Cut into whole lines, of which a search holds up no other thread for long."""
    begin = 0
    while begin < len(data):
        end = data.find(b"\n", begin + _AT_ONCE) + 1 or len(data)
        yield max(begin - 1, 0), end  # with the line end before
        begin = end
