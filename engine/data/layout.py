"""Where the table is in a text file: delimiter, lines above the header, header."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.naming import are_numbers, numbered_names
from engine.data.numerals import decimal_mark
from engine.data.records import SPACES, Row, rows_of
from engine.data.wording import quoted
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAMPLE = 65536  # bytes
_FEWEST_LINES = 20  # the sample grows to hold these even if they are very long
_MOST_TITLES = 10  # lines above the header
# The rarer a mark is inside cells, the earlier it is believed.
_DELIMITERS = ("\t", ";", "|", ",")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_NAMES |= {SPACES: "spaces"}
_POINT = re.compile(r"[+−-]?\d+\.\d+$")
_EXCEL_HINT = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # Excel's own first line


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text file is laid out, found on a sample.

    Attributes
    ----------
    delimiter : str
        One character; `SPACES` stands for runs of blanks.
    names : tuple of str
        The header, trimmed.
    first_line : int
        The line after the header, counted from 0.
    width : int
        The most values that a row of the sample has; at least as many as names.
    decimal : str
        The decimal mark seen; empty if none was.
    notes : tuple of str
        What was recognised or left out.
    """

    delimiter: str
    names: tuple[str, ...]
    first_line: int
    width: int
    decimal: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One delimiter tried out: the rows it gives, and how well they agree."""

    delimiter: str
    titles: list[Row]
    header: Row
    body: list[Row]
    widest: int  # number of cells in a row
    score: float  # from 0 to 1


def find_layout(
    data: bytes, name: str, delimiter: str | None = None, decimal: str | None = None
) -> Layout:
    """Find out how a text file is laid out.

    Parameters
    ----------
    data : bytes
        UTF-8 with line feeds, as `engine.data.encoding.decode` gives it.
    name : str
        The file's name, for the messages.
    delimiter, decimal : str, optional
        The character between columns and the decimal mark, if the user knows them.

    Returns
    -------
    Layout

    Raises
    ------
    DataError
        If no delimiter gives at least two columns.
    """
    lines, is_whole = _sample_lines(data)
    start, notes = 0, []
    hint = _EXCEL_HINT.fullmatch(lines[0].rstrip("\n"))
    if hint:
        start = 1
        delimiter = delimiter or hint[1]
        notes.append(f"Line 1 names the separator ({quoted(hint[0])}) and is not data.")
    while start < len(lines) and (
        lines[start].startswith("#") or lines[start].isspace()
    ):
        start += 1
    attempt = _best_attempt(lines, start, is_whole, delimiter)
    if attempt is None:
        raise _one_column(name, delimiter)
    comments = [line for line in lines[:start] if line.startswith("#")]
    return _described(attempt, comments, decimal, notes)


def _sample_lines(data: bytes) -> tuple[list[str], bool]:
    """Take whole lines from the beginning; also whether they are the whole file."""
    size = _SAMPLE
    while size < len(data) and data.count(b"\n", 0, size) < _FEWEST_LINES:
        size *= 4
    is_whole = size >= len(data)
    sample = data if is_whole else data[: data.rindex(b"\n", 0, size) + 1]
    return list(io.StringIO(sample.decode("utf-8"), newline="\n")), is_whole


def _best_attempt(
    lines: Sequence[str], start: int, is_whole: bool, delimiter: str | None
) -> _Attempt | None:
    """Try the delimiters; None if none of them gives two columns."""

    def tried(mark: str) -> _Attempt | None:
        return _attempt(_sample_rows(lines, start, is_whole, mark), mark)

    if delimiter is not None:
        return tried(delimiter)
    attempts = [attempt for mark in _DELIMITERS if (attempt := tried(mark))]
    best = max(attempts, key=lambda attempt: attempt.score, default=None)
    if best is None or best.score <= 0.5 or best.titles:
        # blanks are inside cells so often that they come last
        spaced = tried(SPACES)
        if spaced and _is_better(spaced, best):
            return spaced
    return best


def _is_better(spaced: _Attempt, best: _Attempt | None) -> bool:
    """Whether blanks separate the columns, rather than what seemed best."""
    if best is None:
        return True
    if best.score <= 0.5:
        return spaced.score > best.score
    # a line above commas is a title, or a header above numbers with decimal commas
    has_number = any(are_numbers([cell]) for cell in _trimmed(spaced.header))
    return spaced.score == 1 and not has_number


def _sample_rows(
    lines: Sequence[str], start: int, is_whole: bool, delimiter: str
) -> list[Row]:
    rows: list[Row] = []
    with contextlib.suppress(csv.Error):  # a quotation mark that is never closed
        rows.extend(rows_of(lines[start:], delimiter, start))
    if not is_whole and len(rows) > 2:
        rows.pop()  # it may be cut inside quotes
    return rows


def _attempt(found: list[Row], delimiter: str) -> _Attempt | None:
    """Find titles, header and body; None if that gives fewer than two columns."""
    widest = max((len(row.cells) for row in found), default=0)
    rows = [row for row in found if row.is_filled()]
    n_titles = 0
    while n_titles < min(len(rows), _MOST_TITLES) and not rows[n_titles].is_filled(1):
        n_titles += 1
    if n_titles == len(rows) or len(rows[n_titles].cells) < 2:
        return None
    titles, header, body = rows[:n_titles], rows[n_titles], rows[n_titles + 1 :]
    if titles and are_numbers(_trimmed(header)):
        return None  # a column "mass" of 1,5 and 2,7 rather than a title
    n_header = len(header.cells)
    widths = Counter(len(row.cells) for row in body) or Counter([n_header])
    width = max(widths, key=lambda w: (widths[w], w))
    if width < 2:
        return None
    n_agreeing = widths[width] + (widths[n_header] if n_header != width else 0)
    score = n_agreeing / widths.total()
    if n_header not in (width, width - 1):
        score /= 2
    if titles:  # more likely a header that this delimiter does not cut
        score *= 0.9
    return _Attempt(delimiter, titles, header, body, widest, score)


def _described(
    attempt: _Attempt, comments: list[str], decimal: str | None, notes: list[str]
) -> Layout:
    """Settle names, first line and decimal mark, and put all of it into words."""
    names, first_line, remark = _names(attempt, comments)
    decimal = decimal or _decimal(attempt)
    notes = [_separation(attempt, decimal), *notes]
    if comments:
        start = "line at the top that starts with # was"
        if len(comments) > 1:
            start = f"{len(comments)} lines at the top that start with # were"
        notes.append(f"The {start} not read as data.")
    notes += [
        f"Line {row.line + 1} was taken as a title and left out: "
        f"{quoted(_trimmed(row)[0])}."
        for row in attempt.titles
    ]
    notes += [remark] if remark else []
    width = max(len(names), attempt.widest)
    return Layout(attempt.delimiter, names, first_line, width, decimal, tuple(notes))


def _decimal(attempt: _Attempt) -> str:
    """Find the decimal mark in the body; empty if nothing tells."""
    cells = [cell.strip() for row in attempt.body for cell in row.cells]
    decimal = decimal_mark(cells)
    if not decimal and attempt.delimiter == ";":
        # 1,234 is a decimal here: semicolons are used because commas are not free
        decimal = (
            "," if any(re.fullmatch(r"[+−-]?\d+,\d+", cell) for cell in cells) else ""
        )
    return decimal


def _names(
    attempt: _Attempt, comments: Sequence[str]
) -> tuple[tuple[str, ...], int, str]:
    """Find the names, the line after them, and a remark if they were not plain."""
    header = _trimmed(attempt.header)
    lengths = {len(row.cells) for row in attempt.body}
    if are_numbers(header):
        commented = _commented_header(attempt, comments)
        if commented:
            remark = (
                "The names of the columns were taken from the last line that starts "
                "with #."
            )
            return commented, attempt.header.line, remark
        names, remark = numbered_names(len(header))
        return names, attempt.header.line, remark
    if _is_from_r(attempt, header, lengths):
        remark = (
            "The header has one name less than the rows have values, as in files "
            "written by R; the first column holds the row names and is now called "
            "'row name'."
        )
        return ("row name", *header), attempt.header.next_line, remark
    return header, attempt.header.next_line, ""


def _is_from_r(attempt: _Attempt, header: Sequence[str], lengths: set[int]) -> bool:
    """Tell R's row names from a decimal comma, and from a delimiter that ends rows."""
    return (
        attempt.delimiter != ","
        and lengths == {len(header) + 1}
        and any(row.is_filled(len(header)) for row in attempt.body)
    )


def _commented_header(
    attempt: _Attempt, comments: Sequence[str]
) -> tuple[str, ...] | None:
    """Take the last comment as the header if it has as many cells, as numpy writes."""
    if not comments:
        return None
    text = comments[-1].lstrip("#").strip()
    rows = list(rows_of([text], attempt.delimiter))
    names = tuple(_trimmed(rows[0])) if rows else ()
    return names if len(names) == len(attempt.header.cells) else None


def _separation(attempt: _Attempt, decimal: str) -> str:
    marks = _NAMES.get(attempt.delimiter, quoted(attempt.delimiter))
    sentence = f"Columns are separated by {marks}"
    has_point = any(_POINT.match(cell) for row in attempt.body for cell in row.cells)
    if decimal or has_point:  # 1.234 alone decides nothing, but is read as it looks
        word = "comma" if decimal == "," else "point"
        sentence += f" and the decimal mark is a {word}"
    return sentence + "."


def _one_column(name: str, delimiter: str | None) -> DataError:
    if delimiter is not None:
        return DataError(
            f"With {_NAMES.get(delimiter, quoted(delimiter))} between columns, "
            f"{quoted(name)} has only one column.",
            "Choose another character between columns, or let it be recognised.",
        )
    return DataError(
        f"Only one column was found in {quoted(name)}.",
        "At least two are needed, separated by commas, semicolons, tabs, vertical bars "
        "or spaces; check how the file was saved.",
    )


def _trimmed(row: Row) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.cells)
