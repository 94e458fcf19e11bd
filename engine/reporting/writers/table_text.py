"""Tables as text to be pasted: HTML for documents and spreadsheets, and plain lines.

What a reader sees is rounded and has a true minus. Spreadsheets are told the number
behind it at full precision, in the attributes that Excel (``x:num``) and LibreOffice
(``sdval``) put on the clipboard themselves.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from numbers import Integral
from typing import TYPE_CHECKING, Any

from engine.reporting.numbers import excel_format, is_missing, is_number, shown
from engine.reporting.version import SOFTWARE, VERSION
from engine.reporting.writers.html_summary import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from engine.number_style import NumberStyle
    from engine.reporting.result_table import ColumnFormat, ResultTable

_THICK, _THIN = "1.5pt solid #000000", "0.75pt solid #000000"
_ENGLISH = "1033"
"""LibreOffice's number for the language that `sdval` is written in."""


def as_tsv(table: ResultTable, decimal_mark: str = ".") -> str:
    r"""Table with tabs between cells, a header first, and numbers at full precision.

    Parameters
    ----------
    table : ResultTable
    decimal_mark : str
        What stands between whole and fraction.

    Returns
    -------
    str
        Lines that end in ``\n``. Missing numbers are empty; tabs and ends of lines in
        a cell become spaces. Minus is ASCII, which every program takes for a number.
    """
    names = [str(name) for name in table.frame.columns]
    cells = [_plain_column(table.frame[name], decimal_mark) for name in names]
    rows = zip(*cells, strict=True)
    lines = ["\t".join(map(_flat, names)), *("\t".join(row) for row in rows)]
    return "".join(f"{line}\n" for line in lines)


def as_html(
    tables: Iterable[ResultTable], decimal_mark: str = ".", most: int | None = None
) -> str:
    """Return a page with the tables, each between three rules, all styles inline.

    Parameters
    ----------
    tables : iterable of ResultTable
    decimal_mark : str
        What stands between whole and fraction in what a reader sees.
    most : int, optional
        Rows of a table that are shown; a sentence says when there are more.

    Returns
    -------
    str
        With title, header, cells and foot of each table.
    """
    body = "\n".join(line for own in tables for line in _table(own, decimal_mark, most))
    return f"""<!DOCTYPE html>
<html lang="en" xmlns:x="urn:schemas-microsoft-com:office:excel">
<head>
<meta charset="utf-8"/>
<meta name="generator" content="{SOFTWARE} {VERSION}"/>
<title>Tables</title>
</head>
<body>
{body}
</body>
</html>
"""


def _plain_column(column: pd.Series[Any], decimal_mark: str) -> list[str]:
    """All cells of a column; numbers are quick, for there may be very many."""
    values = column.tolist()
    if column.dtype.kind != "f":
        return [_plain(value, decimal_mark) for value in values]
    texts = ("" if isnan(value) else repr(value) for value in values)
    return [text.replace(".", decimal_mark) for text in texts]


def _plain(value: object, decimal_mark: str) -> str:
    """A cell for a program: all digits, or words on one line."""
    if is_missing(value):
        return ""
    if isinstance(value, float):  # numpy's too, whose repr has more than digits
        return repr(float(value)).replace(".", decimal_mark)
    return _flat(str(value))


def _flat(text: str) -> str:
    return " ".join(text.split()) if any(c in text for c in "\t\r\n") else text


def _table(table: ResultTable, mark: str, most: int | None) -> Iterator[str]:
    """Title, cells between three rules, foot."""
    frame = table.frame if most is None else table.frame.head(most)
    names = [str(name) for name in frame.columns]
    formats = [table.format_of(name) for name in names]
    style = replace(table.style, mark=mark)
    yield f'<p style="margin:12pt 0 4pt 0"><b>{escaped(table.title)}</b></p>'
    yield '<table style="border-collapse:collapse">'
    yield f"<thead><tr>{_header(names, formats)}</tr></thead>"
    yield "<tbody>"
    values = [frame[name].tolist() for name in frame.columns]
    errors = [how.errors(frame) for how in formats]
    for row in range(len(frame)):
        is_last = row == len(frame) - 1
        cells = (
            _cell(
                column[row],
                replace(how, kind=how.kind_of(row)),
                error[row],
                style,
                is_last=is_last,
            )
            for column, how, error in zip(values, formats, errors, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"
    foot = list(table.foot)
    if len(frame) < len(table.frame):
        foot.insert(0, f"The first {len(frame)} of {len(table.frame)} rows.")
    for sentence in foot:
        yield f'<p style="margin:2pt 0;font-size:smaller">{escaped(sentence)}</p>'


def _header(names: Sequence[str], formats: Sequence[ColumnFormat]) -> str:
    """Cells of the header, between the thick rule and the thin one."""
    made = []
    for name, how in zip(names, formats, strict=True):
        side = "left" if how.starts_left else "right"
        rules = f"border-top:{_THICK};border-bottom:{_THIN}"
        words = f"<i>{name}</i>" if name in ("t", "p") else escaped(name)
        style = f"text-align:{side};vertical-align:bottom;padding:2pt 6pt;{rules}"
        made.append(f'<th style="{style}">{words}</th>')
    return "".join(made)


def _cell(
    value: object,
    how: ColumnFormat,
    error: object,
    style: NumberStyle,
    *,
    is_last: bool,
) -> str:
    """One cell; a spreadsheet gets the number itself, and words never as a formula."""
    text = shown(value, how.kind, error, how.missing, style)
    side = "left" if how.starts_left else "right"
    css = f"text-align:{side};vertical-align:top;padding:2pt 6pt"
    if is_last:
        css += f";border-bottom:{_THICK}"
    told = ""
    if is_number(value):
        code = escaped(excel_format(value, how.kind, error, style))
        is_whole = isinstance(value, Integral)
        number = f"{value}" if is_whole else repr(float(value))
        told = f' x:num="{number}" sdval="{number}" sdnum="{_ENGLISH};0;{code}"'
        css += f";white-space:nowrap;mso-number-format:'{_for_css(code)}'"
    else:
        css += ";mso-number-format:'\\@'"
    return f'<td{told} style="{escaped(css)}">{escaped(text)}</td>'


def _for_css(code: str) -> str:
    """Number format as Excel writes it into a style: its own signs are escaped."""
    signs = {'"': "\\0022", "%": "\\%", ".": "\\.", ";": "\\;", "[": "\\[", "]": "\\]"}
    return "".join(signs.get(sign, sign) for sign in code)
