"""All tables in one Excel workbook: typed numbers, nothing that Excel could run."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from engine.data.group_words import sentence_case
from engine.reporting.folder import writing_to
from engine.reporting.numbers import excel_format, is_missing, is_number, shown
from engine.reporting.version import SOFTWARE, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from engine.reporting.result_table import ResultTable

LONGEST_SHEET_NAME = 31
LONGEST_TEXT = 32_767
MOST_ROWS = 100_000
"""Longer tables take long to write and to open, and past a million rows do not fit."""
HEADER_ROW = 2
WIDEST, NARROWEST = 60, 8
"""Width of a column, in characters."""
SAMPLE = 200
"""Rows that decide how wide a column is."""
LINE_HEIGHT = 15.0
"""Of a line of text, in points."""
A4 = 9
"""Excel's number for the paper."""
_SECOND = "#46555F"


def write_workbook(tables: Iterable[ResultTable], path: Path) -> None:
    """Write a workbook with a sheet per table.

    Each sheet has the title, a header that stays in view, numbers at full precision
    shown with sensible decimals, and the sentences of the foot.

    Parameters
    ----------
    tables : iterable of ResultTable
    path : Path
        The file, which is replaced if it exists.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"comments": f"{SOFTWARE} {VERSION}"})
    styles, used = _Styles(book), set[str]()
    for table in tables:
        words = table.name.replace("_", " ")
        sheet = book.add_worksheet(sheet_name(sentence_case(words), used))
        _fill(sheet, table, styles)
    with writing_to(path):
        try:
            book.close()
        except XlsxWriterException as error:
            raise OSError(0, "the file cannot be made", str(path)) from error


def sheet_name(title: str, used: set[str]) -> str:
    r"""Make a name that Excel takes, and remember it.

    Parameters
    ----------
    title : str
        What the sheet is about.
    used : set of str
        Names taken, in lower case; the new one is added.

    Returns
    -------
    str
        At most 31 characters, none of []:*?/\\, no apostrophe at an end, different
        from all others.
    """
    plain = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).split())
    plain = plain[:LONGEST_SHEET_NAME].strip(" '") or "Table"
    taken = used | {"history"}  # Excel keeps this one for itself
    number, name = 1, plain
    while name.lower() in taken:
        number += 1
        tail = f" {number}"
        name = plain[: LONGEST_SHEET_NAME - len(tail)].rstrip(" '") + tail
    used.add(name.lower())
    return name


class _Full(float):
    """A number that is written with all its digits; XlsxWriter would write 16."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


class _Styles:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.title = self._format(bold=True, font_size=14)
        self.foot = self._format(font_color=_SECOND, italic=True)
        self.rule = self._format(top=1)

    def header(self, column: int, *, starts_left: bool) -> Format:
        """Format of a column's title."""
        side = self._side(column, starts_left=starts_left)
        return self._format(bold=True, top=1, bottom=1, text_wrap=True, **side)

    def words(self, column: int, *, starts_left: bool) -> Format:
        """Format of text."""
        side = self._side(column, starts_left=starts_left)
        return self._format(text_wrap=True, valign="top", **side)

    def number(self, column: int, code: str, *, starts_left: bool) -> Format:
        """Format of numbers with a number format's code."""
        side = self._side(column, starts_left=starts_left)
        return self._format(num_format=code, valign="top", **side)

    @staticmethod
    def _side(column: int, *, starts_left: bool) -> dict[str, object]:
        """Words keep away from the numbers that end before them."""
        if starts_left:
            return {"align": "left", "indent": min(column, 1)}
        return {"align": "right"}

    def _format(self, **properties: object) -> Format:
        key = repr(properties)
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def _fill(sheet: Worksheet, table: ResultTable, styles: _Styles) -> None:
    """Write title, header, cells and foot of one table."""
    names = [str(name) for name in table.frame.columns]
    n_rows = len(table.frame) if len(table.frame) <= MOST_ROWS else 0
    foot = table.foot
    if n_rows < len(table.frame):
        many = f"These {len(table.frame)} rows are too many for a workbook"
        foot = (f"{many}: see {table.name}.csv.", *foot)
    widths = [_width(table, name) for name in names]
    _lay_out(sheet, table, widths, n_rows)
    sheet.write_string(0, 0, table.title, styles.title)
    last = HEADER_ROW + n_rows + 1
    for column, name in enumerate(names):
        left = table.format_of(name).starts_left
        style = styles.header(column, starts_left=left)
        sheet.write_string(HEADER_ROW, column, name, style)
        if n_rows:
            _write_column(sheet, table, column, styles)
        sheet.write_blank(last, column, None, styles.rule)
    for number, sentence in enumerate(foot, start=last + 1):
        sheet.write_string(number, 0, sentence, styles.foot)


def _lay_out(
    sheet: Worksheet, table: ResultTable, widths: list[float], n_rows: int
) -> None:
    """Set widths, the heights of rows with long texts, and how it is printed."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    names = [str(name) for name in table.frame.columns]
    sheet.set_row(HEADER_ROW, LINE_HEIGHT * _n_lines(names, widths))
    wide = [i for i, width in enumerate(widths) if width == WIDEST]
    texts = table.frame.iloc[:n_rows, wide].astype("object")
    for row, cells in enumerate(texts.to_numpy().tolist(), start=HEADER_ROW + 1):
        n_lines = _n_lines(map(str, cells), [WIDEST] * len(cells))
        if n_lines > 1:
            sheet.set_row(row, LINE_HEIGHT * n_lines)
    sheet.hide_gridlines(2)
    sheet.freeze_panes(HEADER_ROW + 1, 1 if len(widths) > 2 else 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _n_lines(texts: Iterable[str], widths: Iterable[float]) -> int:
    """Lines of the longest of some texts in columns of these widths."""
    wrapped = [
        textwrap.wrap(text, max(int(width) - 3, 1))
        for text, width in zip(texts, widths, strict=True)
    ]
    return max([1, *map(len, wrapped)])


def _write_column(
    sheet: Worksheet, table: ResultTable, column: int, styles: _Styles
) -> None:
    """Write the cells of one column, each by its type."""
    name = str(table.frame.columns[column])
    how = table.format_of(name)
    left = how.starts_left
    words = styles.words(column, starts_left=left)
    numbers: dict[str, Format] = {}
    values = table.frame[name].tolist()
    cells = zip(values, how.errors(table.frame), strict=True)
    for number, (value, error) in enumerate(cells):
        row, kind = number + HEADER_ROW + 1, how.kind_of(number)
        if is_number(value):
            code = excel_format(value, kind, error, table.style)
            if code not in numbers:
                numbers[code] = styles.number(column, code, starts_left=left)
            sheet.write_number(row, column, _Full(value), numbers[code])
        elif not is_missing(value) or how.missing:
            # write() would take "=1+1" for a formula
            text = shown(value, kind, error, how.missing, table.style)
            sheet.write_string(row, column, text[:LONGEST_TEXT], words)


def _width(table: ResultTable, name: str) -> float:
    """Width that shows the cells; long headers are wrapped."""
    how = table.format_of(name)
    sample = table.frame.head(SAMPLE)
    cells = zip(sample[name].tolist(), how.errors(sample), strict=True)
    texts = [
        shown(value, how.kind_of(row), error, how.missing, table.style)
        for row, (value, error) in enumerate(cells)
    ]
    longest = max([len(text) for text in texts], default=0)
    words = max([len(word) for word in name.split()], default=0)
    header = min(len(name), max(words, 14)) + 2  # bold letters are wider
    return float(min(max(longest, header, NARROWEST) + 2, WIDEST))
