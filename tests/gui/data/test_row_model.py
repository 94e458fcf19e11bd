"""The rows as Qt sees them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.data.prepared import Prepared
from engine.data.steps import Exclude, prepare
from engine.data.table import Kind, Table
from gui.data.row_model import RowModel

ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def table(frame: pd.DataFrame, **kinds: Kind) -> Table:
    return Table(frame, kinds, dict.fromkeys(kinds, "Because."), ())


@pytest.fixture
def birds() -> Table:
    frame = pd.DataFrame(
        {
            "site": pd.Series(["North", None, "South"], dtype="str"),
            "mass": [-1.23456, 20.0, np.nan],
            "eggs": [12, 123456, 3],
            "day": pd.to_datetime(["2019-04-30 00:00", None, "2019-05-01 06:30"]),
        }
    )
    frame.index = pd.Index([1, 2, 3])
    return table(
        frame,
        site=Kind.CATEGORY,
        mass=Kind.NUMBER,
        eggs=Kind.NUMBER,
        day=Kind.DATE,
    )


@pytest.fixture
def model(birds: Table) -> RowModel:
    made = RowModel()
    made.set_prepared(Prepared.untouched(birds))
    return made


def texts(model: RowModel, role: int = Qt.ItemDataRole.DisplayRole) -> list[list[str]]:
    return [
        [model.index(row, column).data(role) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_that_the_model_keeps_the_rules_of_qt(model, birds):
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    model.set_prepared(prepare(birds, [Exclude((2,))]))
    model.set_prepared(None)
    assert tester.model() is model


def test_that_cells_read_as_a_biologist_would_write_them(model):
    assert texts(model) == [
        ["North", "−1.23", "12", "2019-04-30"],
        ["", "20.00", "123456", ""],
        ["South", "", "3", "2019-05-01 06:30:00"],
    ]


def test_that_the_tooltip_has_every_digit_and_says_what_is_missing(model):
    tips = texts(model, Qt.ItemDataRole.ToolTipRole)
    assert tips[0][1] == "−1.23456"
    assert tips[1][0] == "missing"


def test_that_a_number_is_never_rounded_to_nothing():
    frame = pd.DataFrame({"dose": [250.5, 310.25, 0.00071, 0.0, 2.5e12]})
    model = RowModel()
    model.set_prepared(Prepared.untouched(table(frame, dose=Kind.NUMBER)))
    shown = [row[0] for row in texts(model)]
    assert shown == ["250.5", "310.2", "7.100×10⁻⁴", "0.0", "2.500×10¹²"]


def test_that_cells_are_plain_python_values(model):
    for role in ROLES:
        for row in texts(model, role):
            assert {type(cell) for cell in row} == {str}
    assert type(model.cells(2).value(0)) is int
    assert type(model.cells(1).value(0)) is float


def test_that_rows_go_by_their_labels(model):
    header = [model.headerData(row, Qt.Orientation.Vertical) for row in range(3)]
    assert header == ["1", "2", "3"]
    assert model.set_selected([3, 1, 99]).tolist() == [0, 2]
    assert model.labels(np.flatnonzero(model.is_selected)) == [1, 3]


def test_that_an_excluded_row_says_so_and_why(birds):
    model = RowModel()
    model.set_prepared(prepare(birds, [Exclude((2,), "escaped")]))
    assert "escaped" in model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    spoken = model.index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "mass 20.00, excluded"


def test_that_copied_rows_have_names_and_full_numbers(model):
    assert model.copied_text(np.array([0, 1])) == (
        "site\tmass\teggs\tday\nNorth\t-1.23456\t12\t2019-04-30\n\t20\t123456\t\n"
    )


def test_that_a_million_rows_are_shown_by_position():
    rows = 1_000_000
    frame = pd.DataFrame(
        {"x": np.arange(rows) / 8, "site": pd.Series(["A", "B"] * (rows // 2))}
    )
    model = RowModel()
    model.set_prepared(
        Prepared.untouched(table(frame, x=Kind.NUMBER, site=Kind.CATEGORY))
    )
    assert model.rowCount() == rows
    assert model.index(rows - 1, 0).data() == "124999.88"
    assert model.index(rows - 1, 1).data() == "B"
    assert model.set_selected(range(0, rows, 2)).size == rows // 2


def test_that_cells_are_found_whatever_their_case_and_minus(model):
    assert model.cells(0).finder("north")(0, 3).tolist() == [0]
    assert model.cells(1).finder("−1.2")(0, 3).tolist() == [0]
    assert model.cells(1).finder("1.23456")(0, 3).tolist() == [0]
    assert model.cells(3).finder("2019-05")(0, 3).tolist() == [2]
    assert model.cells(0).finder("south")(0, 2).tolist() == []
