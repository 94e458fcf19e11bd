"""Small files for the tests of reading."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from engine.data.reading import read_table
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.data.table import Table

PLAIN = "lake,mass,n\nA,1.5,1\nA,2.5,2\nB,3.5,3\n"

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def write_text(folder: Path, text: str, name: str = "fish.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read_text(folder: Path, text: str, name="fish.csv", encoding="utf-8", **options):
    return read_table(write_text(folder, text, name, encoding), **options)


def read_column(folder: Path, *cells: str, **options) -> Table:
    """Read a column x from semicolon-separated text, beside a column of text."""
    lines = [f"{cell};word{i % 2}" for i, cell in enumerate(cells)]
    path = write_text(folder, "x;other\n" + "\n".join(lines) + "\n")
    return read_table(path, delimiter=";", **options)


def refusal(folder: Path, text: str, name="fish.csv", **options) -> DataError:
    path = write_text(folder, text, name)
    with pytest.raises(DataError) as caught:
        read_table(path, **options)
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith((".", "?"))
    return caught.value


def notes_of(table: Table) -> str:
    return " ".join(map(str, table.notes))


def write_xlsx(folder: Path, sheets: dict[str, Sequence[Sequence[object]]]):
    """Write sheets from the first cell on; None leaves a cell empty."""
    path = folder / "fish.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return path


def write_ods(
    folder: Path, rows: Sequence[Sequence[str | float]], end="</table:table>"
):
    """Write an ODS with one sheet; `end` can be left out to break it."""
    xml = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"
        for row in rows
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body>'
        f'<office:spreadsheet><table:table table:name="catch">{xml}{end}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = folder / "fish.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def _ods_cell(value: str | float) -> str:
    if isinstance(value, str):
        kind = 'office:value-type="string"'
    else:
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"


def write_xls(folder: Path, rows: Sequence[Sequence[str | float]]):
    """Write the least XLS (BIFF8 in OLE2) that holds these cells."""
    path = folder / "fish.xls"
    book = _biff(rows)
    n_sectors = len(book) // _SECTOR
    fat = [_FAT, _END, *range(3, n_sectors + 2), _END]
    fat += [_FREE] * (_SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0)
    header += struct.pack("<10I", 0, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    folders = _entry("Root Entry", 5, 1, _END, 0) + _entry(
        "Workbook", 2, _FREE, 2, len(book)
    )
    folders += _entry("", 0, _FREE, 0, 0) * 2
    path.write_bytes(header + struct.pack("<128I", *fat) + folders + book)
    return path


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    title = f"{name}\0".encode("utf-16-le")
    head = struct.pack("<HBB3I", len(title), kind, 1, _FREE, _FREE, child)
    return title.ljust(64, b"\0") + head + bytes(36) + struct.pack("<IQ", start, size)


def _biff(rows: Sequence[Sequence[str | float]]) -> bytes:
    cells = b""
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            place = struct.pack("<3H", i, j, 0)
            if isinstance(value, str):
                text = value.encode("latin-1")
                cells += _record(0x204, place + struct.pack("<HB", len(text), 0) + text)
            else:
                cells += _record(0x203, place + struct.pack("<d", value))
    size = struct.pack("<2I3H", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = _begin(0x10) + _record(0x200, size) + cells + _record(0x0A)
    head = _begin(0x05) + _record(0x42, struct.pack("<H", 1200))
    start = len(head) + 4 + 8 + 5 + 4
    head += _record(0x85, struct.pack("<I4B", start, 0, 0, 5, 0) + b"catch")
    book = head + _record(0x0A) + sheet
    return book.ljust(max(4096, -(-len(book) // _SECTOR) * _SECTOR), b"\0")


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<4H2I", 0x600, kind, 0, 0, 0, 0x600))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(content)) + content
