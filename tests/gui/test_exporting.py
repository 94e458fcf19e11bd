"""What leaves the program: on the clipboard in several forms, as files of each kind."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from PySide6.QtGui import QGuiApplication, QImage

from engine.data.reading import read_table
from engine.errors import EngineError
from engine.reporting.numbers import Kind
from engine.reporting.result_table import ColumnFormat, ResultTable
from gui import exporting
from gui.plots.residuals_fitted import ResidualsFittedPlot
from tests.gui.plot_samples import residuals_fitted
from tests.shared_data import ROOT

COPYING = """
from gui.application import application
from gui.exporting import table_forms, table_mime
application(offscreen=True).clipboard().setMimeData(table_mime(table_forms([])))
"""


def one(name="fixed_effects", n=2):
    frame = pd.DataFrame({"Term": ["a"] * n, "Value": [-1.25] * n})
    formats = {"Value": ColumnFormat(Kind.VALUE)}
    return ResultTable(name, name.replace("_", " "), frame, ("Foot.",), formats)


@pytest.fixture
def tables():
    return (one(), one("variances"))


@pytest.fixture
def plot(qtbot):
    made = ResidualsFittedPlot()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.set_data(residuals_fitted())
    return made


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_that_the_clipboard_has_a_page_and_lines(tables):
    mime = exporting.table_mime(exporting.table_forms(tables, ","))
    assert "−1,25" in mime.html()
    assert mime.html().count("<table") == 2
    assert mime.text().startswith("fixed effects\nTerm\tValue\na\t-1,25\n")
    assert "\n\nvariances\n" in mime.text()


def test_that_a_program_that_copied_ends_in_peace():
    run = subprocess.run(
        [sys.executable, "-c", COPYING], cwd=ROOT, capture_output=True, check=False
    )
    assert run.returncode == 0


def test_that_one_table_is_copied_without_a_line_that_is_no_row(tables):
    text = exporting.table_forms(tables[:1]).text
    assert text.startswith("Term\tValue\na\t-1.25\n")


def test_that_a_long_table_is_copied_whole_as_lines():
    n = exporting.MOST_PASTED_ROWS + 5
    mime = exporting.table_mime(exporting.table_forms([one(n=n)]))
    assert mime.text().count("\n") == n + 1
    assert f"of {n} rows" in mime.html()


def test_that_a_workbook_holds_all_tables(tables, tmp_path):
    made = exporting.save_tables(tables, tmp_path / "Results.XLSX")
    assert made == tmp_path / "Results.XLSX"
    assert pd.read_excel(made, sheet_name=None, engine="calamine").keys() == {
        "Fixed effects",
        "Variances",
    }


def test_that_one_table_is_one_csv_file(tables, tmp_path):
    made = exporting.save_tables(tables[:1], tmp_path / "own name.csv")
    assert read_table(made).frame["Value"].tolist() == [-1.25, -1.25]
    assert names_in(tmp_path) == ["own name.csv"]


def test_that_several_tables_are_a_folder_of_csv_files(tables, tmp_path):
    made = exporting.save_tables(tables, tmp_path / "all.csv")
    assert made == tmp_path / "all"
    assert {"fixed_effects.csv", "variances.csv"} <= set(names_in(made))
    assert exporting.save_tables(tables, tmp_path / "all.csv") == made


def test_that_a_page_is_saved_and_no_ending_means_a_workbook(tables, tmp_path):
    page = exporting.save_tables(tables, tmp_path / "page.html", ",")
    assert "−1,25" in page.read_text("utf-8")
    assert exporting.save_tables(tables, tmp_path / "fish 1.2").name == "fish 1.2.xlsx"


@pytest.mark.parametrize("name", ["a.docx", "missing/a.xlsx", "folder.xlsx", "a\0.csv"])
def test_that_tables_that_cannot_be_saved_there_are_a_sentence(tables, tmp_path, name):
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(EngineError) as told:
        exporting.save_tables(tables, tmp_path / name)
    assert told.value.message.endswith(".")
    assert told.value.remedy
    assert names_in(tmp_path) == ["folder.xlsx"]


def test_that_nothing_to_save_is_a_sentence(tmp_path):
    with pytest.raises(EngineError, match="no table"):
        exporting.save_tables((), tmp_path / "a.xlsx")


def test_that_a_file_that_stands_in_the_way_of_a_folder_is_a_sentence(tables, tmp_path):
    (tmp_path / "all").write_text("mine", "utf-8")
    with pytest.raises(EngineError, match="is a file"):
        exporting.save_tables(tables, tmp_path / "all.csv")
    assert (tmp_path / "all").read_text("utf-8") == "mine"


def test_that_a_failure_leaves_the_old_file(tables, tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "write_workbook", full)
    with pytest.raises(EngineError, match="no space left"):
        exporting.save_tables(tables, path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.png", b"\x89PNG"),
        ("a.svg", b"<?xml"),
        ("a.PDF", b"%PDF"),
        ("a", b"\x89PNG"),
    ],
)
def test_that_a_picture_is_saved_as_its_ending_says(plot, tmp_path, name, start):
    made = exporting.save_picture(plot, tmp_path / name, 85, 60)
    assert made.read_bytes().startswith(start)
    assert made.suffix.lower() in exporting.PICTURE_ENDINGS
    assert names_in(tmp_path) == [made.name]


def test_that_a_picture_has_the_dots_asked_for(plot, tmp_path):
    made = exporting.save_picture(plot, tmp_path / "a.png", 85, 60, 600)
    image = QImage(str(made))
    assert image.width() == round(85 / 25.4 * 600)


@pytest.mark.parametrize("name", ["a.jpeg", "missing/a.png"])
def test_that_a_picture_that_cannot_be_saved_is_a_sentence(plot, tmp_path, name):
    with pytest.raises(EngineError) as told:
        exporting.save_picture(plot, tmp_path / name, 85, 60)
    assert told.value.remedy


def test_that_a_picture_too_large_is_a_sentence(plot, tmp_path):
    with pytest.raises(EngineError, match="too large"):
        exporting.save_picture(plot, tmp_path / "a.png", 20_000, 20_000, 1200)
    assert names_in(tmp_path) == []


def test_that_a_picture_that_is_gone_is_a_sentence(tmp_path, qapp):
    plot = ResidualsFittedPlot()
    plot.deleteLater()
    qapp.sendPostedEvents(plot, 52)  # the deletion that waits
    with pytest.raises(EngineError, match="no longer shown"):
        exporting.save_picture(plot, tmp_path / "a.png", 85, 60)


def test_that_a_picture_is_copied_sharp_and_as_shapes(plot):
    exporting.copy_picture(plot)
    mime = QGuiApplication.clipboard().mimeData()
    image = mime.imageData()
    assert abs(image.width() - 2 * plot.width()) <= 6
    assert abs(image.height() - 2 * plot.height()) <= 6
    svg = bytes(mime.data(exporting.SVG_KIND).data())
    assert b"<svg" in svg
