"""The main job without a window, as a user at a terminal meets it."""

from __future__ import annotations

import csv
import html.parser
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from PySide6.QtGui import QImage

import engine
import main
from tests.engine.simulated import lakes

if TYPE_CHECKING:
    from pathlib import Path

FORMULA = "y ~ x + (x | lake) + (1 | year)"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "my lakes.csv"
    lakes().to_csv(path, index=False)
    return path


def run(*arguments: object) -> int:
    return main.main([str(argument) for argument in arguments])


def test_that_a_data_file_becomes_tables_pictures_and_a_summary(
    sheet, tmp_path, capsys
):
    out = tmp_path / "new" / "results"
    out.parent.mkdir()
    assert run(sheet, "--model", FORMULA, "--out", out) == 0
    model = engine.fit(FORMULA, lakes())
    with (out / "tables" / "fixed_effects.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert float(rows[2][1]) == pytest.approx(
        model.coefficients["estimate"].iloc[1], rel=1e-9
    )
    pictures = sorted(path.name for path in (out / "pictures").iterdir())
    for name in ("picture", "residuals_fitted", "qq_residuals", "residuals_by_lake"):
        assert {f"{name}.png", f"{name}.svg"} <= set(pictures)
    assert sum(name.startswith("qq_effects") for name in pictures) == 6
    for name in pictures:
        path = out / "pictures" / name
        if name.endswith("png"):
            image = QImage(str(path))
            assert image.width() > 900
        else:
            ET.fromstring(path.read_text(encoding="utf-8"))
    page = (out / "summary.html").read_text(encoding="utf-8")
    html.parser.HTMLParser().feed(page)
    assert "REML" in page
    assert "Methods" in page
    assert (out / "tables.xlsx").stat().st_size > 5000
    said = capsys.readouterr()
    assert "120 rows" in said.out
    assert said.err == ""


def test_that_a_model_without_covariate_shows_a_strip(sheet, tmp_path):
    out = tmp_path / "out"
    assert run(sheet, "--model", "y ~ 1 + (1 | lake)", "--out", out) == 0
    svg = (out / "pictures" / "picture.svg").read_text(encoding="utf-8")
    assert "partially pooled" in svg or "partial pooling" in svg


def test_that_least_squares_and_ml_work_too(sheet, tmp_path):
    out = tmp_path / "out"
    assert run(sheet, "--model", "y ~ x", "--out", out, "--estimation", "ML") == 0
    assert not list((out / "pictures").glob("qq_effects*"))
    assert (out / "pictures" / "picture.png").exists()


def test_that_results_are_replaced_and_other_files_kept(sheet, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "my notes.txt").write_text("keep me")
    for formula in ("y ~ x + (1 | lake)", "y ~ z + (1 | lake)"):
        assert run(sheet, "--model", formula, "--out", out) == 0
    assert (out / "my notes.txt").read_text() == "keep me"
    table = (out / "tables" / "fixed_effects.csv").read_text(encoding="utf-8-sig")
    assert "z" in table
    assert "\nx," not in table


def test_that_odd_names_reach_files_and_pages_unharmed(tmp_path):
    frame = lakes().rename(columns={"x": 'Länge <mm> & "so"', "lake": "=lake/1"})
    frame["=lake/1"] = "<b>" + frame["=lake/1"] + "</b>"
    path, out = tmp_path / "d.csv", tmp_path / "out"
    frame.to_csv(path, index=False)
    formula = 'y ~ `Länge <mm> & "so"` + (1 | `=lake/1`)'
    assert run(path, "--model", formula, "--out", out) == 0
    page = (out / "summary.html").read_text(encoding="utf-8")
    assert "<b>L1" not in page
    assert "Länge" in page


def write_text(text: str):
    return lambda path: path.write_text(text, encoding="utf-8")


def write_bytes(content: bytes):
    return lambda path: path.write_bytes(content)


def write_frame(**columns: object):
    return lambda path: lakes().assign(**columns).to_csv(path, index=False)


NOISE = bytes(np.random.default_rng(1).integers(0, 256, 4000, dtype=np.uint8))
BAD_FILES = {
    "empty": ("d.csv", write_text(""), "empty"),
    "one column": ("d.csv", write_text("y\n1\n2\n3\n"), "one column"),
    "one row": ("d.csv", write_text("y,x,lake\n1,2,a\n"), "one row"),
    "header only": ("d.csv", write_text("y,x,lake\n"), "no "),
    "ragged": ("d.csv", write_text("y,x,lake\n1,2,a\n3,4,b,9,9\n5,6,c\n"), "Line 3"),
    "noise as csv": ("d.csv", write_bytes(NOISE), "d.csv"),
    "noise as xlsx": ("d.xlsx", write_bytes(NOISE), "d.xlsx"),
    "a folder": ("d.csv", lambda path: path.mkdir(), "folder"),
    "absent": ("d.csv", lambda path: None, "d.csv"),
    "constant response": ("d.csv", write_frame(y=3), "nothing to explain"),
    "text response": ("d.csv", write_frame(y=lakes()["f"]), "holds text"),
    "empty column": ("d.csv", write_frame(x=np.nan), "empty"),
    "infinity": ("d.csv", write_frame(x=[np.inf] + [1.5, 2.5] * 59 + [1]), "finite"),
    "1e300": ("d.csv", write_frame(x=[1e300] + [1.5, 2.5] * 59 + [1]), "too large"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_that_bad_input_gives_one_sentence_and_leaves_nothing(name, tmp_path, capsys):
    file_name, write, words = BAD_FILES[name]
    path, out = tmp_path / file_name, tmp_path / "out"
    write(path)
    assert run(path, "--model", "y ~ x + (1 | lake)", "--out", out) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1, "one line, no traceback"
    assert "Error" not in said.err
    assert said.out == ""
    assert [p.name for p in tmp_path.iterdir() if p != path] == []


def test_that_more_parameters_than_rows_are_refused(tmp_path, capsys):
    path, out = tmp_path / "d.csv", tmp_path / "out"
    lakes().assign(id=[f"fish {i}" for i in range(120)]).to_csv(path, index=False)
    assert run(path, "--model", "y ~ id * x", "--out", out) == 2
    assert "coefficients" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ x + (1 | lakes)", "Did you mean 'lake'"),
        ("y ~ x + (1 | lake", "parenthesis"),
        ("y ~ x + __import__('os').system('true')", ""),
        ("", "formula"),
    ],
)
def test_that_a_bad_formula_gives_one_sentence(sheet, tmp_path, capsys, formula, words):
    assert run(sheet, "--model", formula, "--out", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_that_a_missing_model_is_asked_for_with_the_columns(sheet, capsys):
    assert run(sheet) == 2
    said = capsys.readouterr().err
    assert "--model" in said
    assert "lake" in said


@pytest.mark.parametrize("place", ["file in the way", "below a file"])
def test_that_an_unwritable_place_gives_one_sentence(sheet, tmp_path, capsys, place):
    blocker = tmp_path / "out"
    blocker.write_text("I am a file")
    out = blocker if place == "file in the way" else blocker / "results"
    assert run(sheet, "--model", "y ~ x + (1 | lake)", "--out", out) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert blocker.read_text() == "I am a file"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["my lakes.csv", "out"]


def test_that_a_failure_while_writing_leaves_the_old_results(
    sheet, tmp_path, capsys, monkeypatch
):
    out = tmp_path / "out"
    assert run(sheet, "--model", "y ~ x + (1 | lake)", "--out", out) == 0
    before = (out / "summary.html").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gui.headless.write_summary", full)
    assert run(sheet, "--model", "y ~ z + (1 | lake)", "--out", out) == 2
    assert "space" in capsys.readouterr().err
    assert (out / "summary.html").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["my lakes.csv", "out"]


@pytest.mark.parametrize(
    ("values", "words"), [([0, 1], "yes or no"), ([0, 0, 1, 2, 5], "counts")]
)
def test_that_counts_and_yes_no_are_fitted_with_advice(tmp_path, values, words):
    rng = np.random.default_rng(9)
    path, out = tmp_path / "d.csv", tmp_path / "out"
    lakes().assign(y=rng.choice(values, 120)).to_csv(path, index=False)
    assert run(path, "--model", "y ~ x + (1 | lake)", "--out", out) == 0
    assert words in (out / "summary.html").read_text(encoding="utf-8")


def test_that_repaired_column_names_are_said(tmp_path):
    path, out = tmp_path / "d.csv", tmp_path / "out"
    text = lakes()[["y", "x", "lake", "z"]].to_csv(index=False)
    path.write_text(text.replace("y,x,lake,z", "y,x,lake,x", 1))
    assert run(path, "--model", "y ~ x + (1 | lake)", "--out", out) == 0
    page = (out / "summary.html").read_text(encoding="utf-8")
    assert "x (2)" in page


def test_that_a_wrong_command_is_said_in_one_sentence(capsys):
    with pytest.raises(SystemExit) as end:
        run("d.csv", "--modle", "y ~ x")
    assert end.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_that_starting_without_a_display_shows_the_example(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert main.main([]) == 0
    assert capsys.readouterr().out.startswith("There is no display")
    assert (tmp_path / "results" / "summary.html").exists()


def test_that_the_example_is_what_its_script_makes(tmp_path):
    shutil.copy(main.EXAMPLE.parent / "make_examples.py", tmp_path)
    namespace: dict = {"__name__": "example", "__file__": str(tmp_path / "x.py")}
    exec((tmp_path / "make_examples.py").read_text(encoding="utf-8"), namespace)
    namespace["main"]()
    made = pd.read_csv(tmp_path / "fish.csv")
    pd.testing.assert_frame_equal(made, pd.read_csv(main.EXAMPLE))


def test_that_what_changes_the_result_is_said_at_the_terminal(tmp_path, capsys):
    frame = lakes()
    frame.loc[3, "x"] = np.nan
    path = tmp_path / "d.csv"
    frame.to_csv(path, index=False)
    formula = "y ~ x + (x | lake) + (z | year)"  # the year's slopes: singular
    assert run(path, "--model", formula, "--out", tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "1 of 120 rows was not used" in said
    assert "vary together perfectly" in said or "is zero" in said


@pytest.mark.parametrize(
    ("levels", "words"), [("L1", "only one level"), (range(120), "a single row")]
)
def test_that_groups_without_a_spread_are_left_out(tmp_path, capsys, levels, words):
    path, out = tmp_path / "d.csv", tmp_path / "out"
    write_frame(lake=levels)(path)
    assert run(path, "--model", "y ~ x + (1 | lake)", "--out", out) == 0
    assert words in capsys.readouterr().out
    page = (out / "summary.html").read_text("utf-8")
    assert "fitted without (1 | lake)" in page


def test_that_a_model_without_data_asks_for_the_file(capsys):
    assert run("--model", "y ~ x") == 2
    assert "no data file" in capsys.readouterr().err


def test_that_control_characters_in_names_do_not_break_pictures(tmp_path):
    frame = lakes()
    frame["lake"] = frame["lake"] + "\x1b[31m"
    path, out = tmp_path / "d.csv", tmp_path / "out"
    frame.to_csv(path, index=False)
    assert run(path, "--model", "y ~ x + (1 | lake)", "--out", out) == 0


def test_that_a_terminal_with_few_letters_still_gets_the_sentences(tmp_path):
    frame = lakes().assign(twice=lambda d: 3 - 2 * d["x"])  # the note has a true minus
    path = tmp_path / "d.csv"
    frame.to_csv(path, index=False)
    command = [sys.executable, str(main.__file__), str(path), "--model"]
    command += ["y ~ x + twice + (1 | lake)", "--out", str(tmp_path / "out")]
    settings = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(command, env=settings, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
    assert b"equals" in result.stdout
