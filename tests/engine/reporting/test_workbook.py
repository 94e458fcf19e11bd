from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from engine.errors import DataError
from engine.reporting.numbers import Kind
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.tables import result_tables
from engine.reporting.writers.workbook import HEADER_ROW, sheet_name, write_workbook
from tests.engine.reporting.models import EVERY_KIND, HOSTILE, every_kind, hostile

if TYPE_CHECKING:
    from pathlib import Path


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def one_sheet(frame: pd.DataFrame, path: Path, **formats: ColumnFormat) -> Any:
    write_workbook([ResultTable("one", "One", frame, (), formats)], path)
    return sheets(path)["One"][HEADER_ROW + 1 :]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_a_workbook_gives_the_tables_back_exactly(
    tmp_path: Path, kind: str
) -> None:
    tables = result_tables(every_kind()[kind])
    write_workbook(tables, tmp_path / "tables.xlsx")
    found = sheets(tmp_path / "tables.xlsx")
    assert len(found) == len(tables)
    for own, rows in zip(tables, found.values(), strict=True):
        assert rows[0][0] == own.title
        assert rows[HEADER_ROW] == list(own.frame.columns)
        for k, name in enumerate(own.frame):
            cells = [
                row[k] for row in rows[HEADER_ROW + 1 : HEADER_ROW + 1 + len(own.frame)]
            ]
            for cell, value in zip(cells, own.frame[name], strict=True):
                if isinstance(value, float) and np.isfinite(value):
                    assert cell == value
                    assert isinstance(cell, float)
                elif isinstance(value, str):
                    assert cell == value
        foot = [row[0] for row in rows[HEADER_ROW + 1 + len(own.frame) :]]
        assert tuple(cell for cell in foot if cell) == own.foot


def test_that_text_is_never_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "tables.xlsx"
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "http://x.org", "{=1}", "0123", ""]
    rows = one_sheet(pd.DataFrame({"=2+2": texts}), path)
    assert [row[0] for row in rows[: len(texts)]] == texts
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_that_what_is_no_number_is_empty_or_text(tmp_path: Path) -> None:
    values = [1.5, float("nan"), float("inf"), -float("inf"), None]
    frame = pd.DataFrame({"n": [1, 2, 3, 4, 5], "x": values})
    how = ColumnFormat(Kind.ESTIMATE)
    rows = one_sheet(frame, tmp_path / "a.xlsx", x=how)
    assert [row[1] for row in rows[:5]] == [1.5, "", "∞", "−∞", ""]
    told = ColumnFormat(Kind.ESTIMATE, missing="not estimable")
    rows = one_sheet(frame, tmp_path / "b.xlsx", x=told)
    assert rows[1][1] == rows[4][1] == "not estimable"


def test_that_extreme_numbers_survive(tmp_path: Path) -> None:
    values = [1e-300, 1e300, -0.0, 0.1 + 0.2, 1 / 3, 123456789.123456789]
    frame = pd.DataFrame({"x": values})
    rows = one_sheet(frame, tmp_path / "a.xlsx", x=ColumnFormat(Kind.VARIANCE))
    assert [row[0] for row in rows[:6]] == values


def test_that_long_and_odd_texts_survive(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": ["é\x01\n\t" + "y" * 40_000, "z" * 100]})
    rows = one_sheet(frame, tmp_path / "a.xlsx")
    assert rows[0][0].endswith("y")
    assert rows[1][0] == "z" * 100


def test_that_a_table_that_is_too_long_is_left_to_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.reporting.writers.workbook.MOST_ROWS", 3)
    rows = one_sheet(pd.DataFrame({"x": range(5)}), tmp_path / "a.xlsx")
    texts = [row[0] for row in rows if row[0]]
    assert texts == ["These 5 rows are too many for a workbook: see one.csv."]


def test_that_a_hostile_model_has_its_names_in_the_workbook(tmp_path: Path) -> None:
    write_workbook(result_tables(hostile()), tmp_path / "tables.xlsx")
    found = sheets(tmp_path / "tables.xlsx")
    levels = [row[0] for row in found["Group estimates script alert e"]]
    assert "=L01" in levels
    assert HOSTILE in found["Random effect variances"][HEADER_ROW + 1][0]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fixed effects", "Fixed effects"),
        ("a[b]:c*d?e/f\\g", "a b c d e f g"),
        ("'quoted'", "quoted"),
        ("", "Table"),
        ("''", "Table"),
        ("History", "History 2"),
        ("x" * 40, "x" * 31),
        ("x" * 30 + " y", "x" * 30),
    ],
)
def test_that_sheets_have_names_that_excel_takes(title: str, name: str) -> None:
    assert sheet_name(title, set()) == name


def test_that_sheet_names_differ_in_more_than_case() -> None:
    used: set[str] = set()
    names = [sheet_name(own, used) for own in ("A" * 31, "a" * 40, "A" * 35)]
    assert names == ["A" * 31, "a" * 29 + " 2", "A" * 29 + " 3"]


def test_that_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write_workbook(result_tables(hostile()), tmp_path / "nowhere" / "tables.xlsx")
