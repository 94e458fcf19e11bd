"""Files that are no tables and no projects, and tables that are hard to show."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from typing import TYPE_CHECKING

import xlsxwriter

from engine import Project, read_table, save_project
from tests.engine.data.files import write_ods, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.errors import EngineError

_NOISE = random.Random(1).randbytes(3000)

NO_TABLES: Mapping[str, bytes] = {
    "nothing.csv": b"",
    "blank.csv": b" \n\n\t\n",
    "heading only.csv": b"lake,mass,n\n",
    "one column.csv": b"mass\n1\n2\n3\n",
    "one row.csv": b"lake,mass\nA,1\n",
    "ragged.csv": b"lake,mass\nA,1,2\nB,3\n",
    "open quote.csv": b'lake,mass\nA,1\nB,"2\nC,3\n',
    "nul.csv": b"lake,mass\nA\0,1\nB,2\n",
    "noise.csv": _NOISE,
    "noise.xlsx": _NOISE,
    "noise.ods": _NOISE[:400],
    "noise.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _NOISE,
    "noise.tarn": _NOISE,
    "columns.parquet": b"PAR1" + _NOISE[:400] + b"PAR1",
    "saved by R.rds": gzip.compress(b"X\n"),
    "from SPSS.dat": b"$FL2@" + _NOISE[:90],
    "report.pdf": b"%PDF-1.4" + _NOISE[:90],
    "page.xls": b"<html><table><tr><td>lake</td></tr></table>",
    "program.exe": b"MZ" + _NOISE[:500],
    "list.json": b'[{"lake": "A", "mass": 1}, {"lake": "B", "mass": 2}]',
    "empty.tarn": b"",
    "table.tarn": b"lake,mass\nA,1\nB,2\n",
    "&amp; %s {} ünï 漢字.csv": b"mass\n1\n2\n",
}
"""Contents by name, none of which can be opened."""

TABLES: Mapping[str, bytes] = {
    "comma.csv": b"lake;mass\nA;1,5\nB;2,5\nA;3,1\n",
    "wide.csv": "lake,mass\nÅ,1.5\nB,2.5\n".encode("utf-16"),
    "latin.csv": "lake,mass\nÅsjön,1.5\nB,2.5\n".encode("latin-1"),
    "marked.csv": "lake,mass\nA,1.5\nB,2.5\n".encode("utf-8-sig"),
    "repeated.csv": b"a,a,,a,\n1,2,3,4,5\n6,7,8,9,1\n",
    "odd names.csv": '"a""b","c\nd",😀,עברית,e`f,<b>g</b>,&h,%s{}\n'.encode()
    + b"1,2,3,4,5,6,7,8\n2,3,4,5,6,7,8,9\n",
    "mixed.csv": b"a,b\n1,x\ntwo,3\n3.5,2020-01-01\n",
    "codes.csv": b"a,b,c\nNA,1,x\n.,-999,y\n3,-999,z\n4,2,NA\n",
    "missing.csv": b"a,b\n,1\n,2\n,3\n",
    "infinite.csv": b"y,x\n1,inf\n2,-inf\n3,1e400\n4,2\n",
    "long name.csv": b"x" * 20_000 + b",b\n1,2\n3,4\n",
    "same rows.csv": b"a,b\n" + b"1,2\n" * 30,
    "turned.csv": "a\u202eb,c\u200bd\n1,2\n3,4\n".encode(),
}
"""Contents by name, all of which can be opened, seen and chosen."""


def write_no_tables(folder: Path) -> list[Path]:
    """Write everything that cannot be opened, and name what is not even a file."""
    paths = []
    for name, content in NO_TABLES.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    (folder / "a folder.csv").mkdir()
    (folder / "a folder.tarn").mkdir()
    (folder / "empty archive.tarn").write_bytes(_archive({}))
    (folder / "archive.xlsx").write_bytes(_archive({"word/document.xml": b"x"}))
    (folder / "no sheets.xlsx").write_bytes(_archive({"xl/workbook.xml": b"<x/>"}))
    whole = write_xlsx(folder, {"S": [["a", "b"], [1, 2], [3, 4]]})
    (folder / "cut off.xlsx").write_bytes(whole.read_bytes()[:2000])
    whole.unlink()
    write_xlsx(folder, {"S": []}).rename(folder / "no cells.xlsx")
    write_ods(folder, [["a", "b"], [1, 2]], end="").rename(folder / "cut off.ods")
    with xlsxwriter.Workbook(folder / "far.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write(1_048_575, 16_383, 1)
    names = (
        *("a folder.csv", "a folder.tarn", "empty archive.tarn", "archive.xlsx"),
        *("no sheets.xlsx", "cut off.xlsx", "no cells.xlsx", "cut off.ods", "far.xlsx"),
        *("gone.csv", "gone.tarn", "x" * 300 + ".csv"),
    )
    return [*paths, *(folder / name for name in names)]


def write_bad_projects(folder: Path, table: Path) -> list[Path]:
    """Write projects of a table that are damaged, hostile or newer."""
    good = folder / "good.tarn"
    save_project(Project(read_table(table)), good)
    with zipfile.ZipFile(good) as archive:
        head = json.loads(archive.read("project.json"))
        data = archive.read("data.parquet")
    good.unlink()
    heads = {
        "newer": {**head, "format_version": 99},
        "wrong types": {**head, "dismissed": [1, None]},
        "no list": {**head, "view": [1]},
        "estimation": {**head, "estimation": "XX"},
        "weights": {**head, "view": {"weights": {"a": 1}}},
        "weights nan": {**head, "view": {"weights": float("nan")}},
        "model": {**head, "model": {"formula": "y ~ x"}},
        "steps": {**head, "steps": [{"step": "explode", "version": 1}]},
        "kinds": {**head, "table": {**head["table"], "columns": []}},
    }
    members = {
        name: {"project.json": json.dumps(one).encode(), "data.parquet": data}
        for name, one in heads.items()
    }
    whole = {"project.json": json.dumps(head).encode(), "data.parquet": data}
    members |= {
        "no data": {"project.json": whole["project.json"]},
        "no head": {"data.parquet": data},
        "no json": {**whole, "project.json": b"{"},
        "cells": {**whole, "data.parquet": data[: len(data) // 2]},
        "paths": {"../../evil.txt": b"x", "data.parquet": data},
        "bomb": {**whole, "data.parquet": bytes(60_000_000)},
    }
    paths = []
    for name, parts in members.items():
        paths.append(folder / f"{name}.tarn")
        paths[-1].write_bytes(_archive(parts))
    return paths


def _archive(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def is_plain(error: EngineError) -> bool:
    """Whether an error is a sentence with a remedy, without a word of programmers."""
    said = f"{error.message} {error.remedy}"
    words = ("Traceback", "Error", "Exception", "Errno", "None", "0x", "\n", "\0")
    return (
        error.message.endswith(".")
        and error.remedy.endswith((".", "?"))
        and not any(word in said for word in words)
    )
