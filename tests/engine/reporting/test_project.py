"""Projects saved and opened again, with every cell and every setting."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Cancelled, Project, open_project, parse_formula, read_table
from engine import save_project as save
from engine.data.steps import (
    Centre,
    Exclude,
    Include,
    MergeLevels,
    Rename,
    SetKind,
    SetLevels,
    prepare,
)
from engine.data.table import Kind, Table
from engine.errors import DataError
from engine.model.spec import ModelSpec, NoPooling
from engine.reporting import project_data
from engine.reporting.version import VERSION
from tests.shared_data import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from engine.progress import Step

FISH = ROOT / "resources/examples/fish.csv"
STEPS = (
    Centre("log_length", 0.1 + 0.2),
    Exclude((3, 5, 8), "L09"),
    Include((5,)),
    Rename("lake", "See"),
    SetKind("See", Kind.LABEL),
    SetKind("See", Kind.CATEGORY),
    MergeLevels("See", (("L01", ("L02",)), ("Größe", ("L03", "L04")))),
)


def table(frame: pd.DataFrame, source: str = "data.csv") -> Table:
    return Table(
        frame,
        dict.fromkeys(frame.columns, Kind.LABEL),
        {name: f"Why {name}." for name in frame.columns},
        ("A note.", "Ein «Hinweis»."),
        source,
    )


def again(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    save(Project(table(frame)), path)
    return open_project(path).table.frame


def assert_same(found: pd.DataFrame, frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        found, frame, check_exact=True, check_index_type="exact", check_freq=False
    )
    for name in frame.columns:
        if frame[name].dtype.kind == "f" and isinstance(frame[name].dtype, np.dtype):
            one, other = found[name].to_numpy(), frame[name].to_numpy()
            assert one.tobytes() == other.tobytes()  # -0.0, and every sort of NaN


# ---- what comes back ----------------------------------------------------------


def test_that_a_project_comes_back_whole(tmp_path: Path) -> None:
    raw = read_table(FISH)
    view = {"page": "Größe", "lines": [1, 2], "zoom": {"x": [0.5, None]}, "on": True}
    spec = parse_formula("log_mass ~ log_length + (log_length | lake)")
    project = Project(raw, STEPS, spec, "ML", ("few_groups", "outlier:L09"), view)
    save(project, tmp_path / "fish.tarn")
    back = open_project(tmp_path / "fish.tarn")
    assert_same(back.table.frame, raw.frame)
    assert back.table.kinds == raw.kinds
    assert back.table.kind_reasons == raw.kind_reasons
    assert back.table.notes == raw.notes
    assert back.table.source == "fish.csv"
    assert (back.steps, back.spec, back.estimation) == (STEPS, spec, "ML")
    assert (back.dismissed, back.view) == (("few_groups", "outlier:L09"), view)
    one, other = prepare(raw, STEPS), prepare(back.table, back.steps)
    assert_same(one.used_frame, other.used_frame)
    back.table.frame.loc[1, "log_mass"] = 0.0  # its memory is its own


def test_that_a_table_alone_is_a_project(tmp_path: Path) -> None:
    save(Project(read_table(FISH)), tmp_path / "a.tarn")
    back = open_project(str(tmp_path / "a.tarn"))
    assert (back.steps, back.spec, back.estimation) == ((), None, "REML")
    assert (back.dismissed, back.view) == ((), {})


@pytest.mark.parametrize("way", NoPooling)
def test_that_every_way_of_not_pooling_comes_back(
    way: NoPooling, tmp_path: Path
) -> None:
    spec = ModelSpec(
        "log_mass", (("log_length",),), grouping="lake", no_pooling=way, offset=("x",)
    )
    save(Project(read_table(FISH), spec=spec), tmp_path / "a.tarn")
    assert open_project(tmp_path / "a.tarn").spec == spec


def test_that_levels_and_mixed_row_labels_in_steps_come_back(tmp_path: Path) -> None:
    steps = (SetLevels("lake", ("ä", "b\n", '"')), Exclude((1, 2.5, "x")))
    save(Project(read_table(FISH), steps), tmp_path / "a.tarn")
    back = open_project(tmp_path / "a.tarn").steps
    assert back == steps
    assert [type(row) for row in back[1].rows] == [int, float, str]


MOMENTS = np.array([0, -1, np.iinfo(np.int64).min, 2**55, 2**62 + 1])
COLUMNS: dict[str, Any] = {
    "float": np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    "float32": np.array([np.nan, np.inf, 0.1, -0.0, 1], dtype=np.float32),
    "int64": np.array([2**63 - 1, -(2**63), 0, 2**53 + 1, 1]),
    "uint64": np.array([2**64 - 1, 0, 1, 2, 3], dtype=np.uint64),
    "int8": np.array([-128, 127, 0, 1, 2], dtype=np.int8),
    "bool": np.array([True, False, True, True, False]),
    "str": pd.array(["", None, "a\0b", "Ü 𝄞", "NA"], dtype="str"),
    "string": pd.array(["", None, "x", "y", "NaN"], dtype="string"),
    "Int64": pd.array([2**62 + 1, None, 0, 1, -1], dtype="Int64"),
    "UInt8": pd.array([255, None, 0, 1, 2], dtype="UInt8"),
    "Float64": pd.array([0.1, None, np.inf, -0.0, 1], dtype="Float64"),
    "Float32": pd.array([0.5, None, 1, 2, 3], dtype="Float32"),
    "boolean": pd.array([True, None, False, True, None], dtype="boolean"),
    "s": MOMENTS.view("M8[s]"),
    "ms": MOMENTS.view("M8[ms]"),
    "us": MOMENTS.view("M8[us]"),
    "ns": MOMENTS.view("M8[ns]"),
    "texts": pd.Categorical(["b", None, "a", "b", "a"], ["c", "b", "a"], ordered=True),
    "floats": pd.Categorical([np.inf, 0.1, None, 0.1, 2], [0.1, np.inf, 2, 1e300]),
    "ints": pd.Categorical([3, 1, 3, None, 1]),
    "dates": pd.Categorical(MOMENTS[[0, 1, 0, 1, 3]].view("M8[us]")),
    "seconds": pd.Categorical(MOMENTS[[0, 1, 0, 1, 3]].view("M8[s]")),
    "truths": pd.Categorical([True, False, None, True, True]),
    "nullables": pd.Categorical(pd.array([3, 1, 3, None, 1], dtype="Int64")),
    "no levels": pd.Categorical([None] * 5, categories=pd.Index([], dtype="str")),
    "mixed": np.array([1, "1", None, True, 2.5], dtype=object),
    "missing": np.array([None, np.nan, pd.NA, "NA", "null"], dtype=object),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_that_a_column_comes_back_with_its_type(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({name: COLUMNS[name], "n": range(5)})
    found = again(frame, tmp_path / "a.tarn")
    assert_same(found, frame)
    if frame[name].dtype == object:
        pairs = zip(found[name], frame[name], strict=True)
        assert all(a is b or repr(a) == repr(b) for a, b in pairs)


@pytest.mark.parametrize("name", [n for n in COLUMNS if n != "missing"])
def test_that_row_labels_come_back_with_their_type(name: str, tmp_path: Path) -> None:
    index = pd.Index(COLUMNS[name], name="plot")
    frame = pd.DataFrame({"x": np.arange(5.0)}, index=index)
    found = again(frame, tmp_path / "a.tarn")
    assert_same(found, frame)
    assert list(map(type, found.index)) == list(map(type, frame.index))


@pytest.mark.parametrize("step", [1, 2, -3])
def test_that_counted_row_labels_stay_counted(step: int, tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.0, 2, 3]}, index=pd.RangeIndex(1, 1 + 3 * step, step))
    found = again(frame, tmp_path / "a.tarn")
    assert isinstance(found.index, pd.RangeIndex)
    assert_same(found, frame)


NAMES = st.text(max_size=8) | st.sampled_from(
    ["row_labels", "a.b", "a.list", "", " ", "\n", "name", "dtype", "é", "é"]
)
LABELS = st.one_of(
    st.lists(st.integers(-3, 3), min_size=0, max_size=6),
    st.lists(st.text(alphabet="ab \U0001d11e", max_size=2), max_size=6),
    st.lists(st.integers(0, 2) | st.sampled_from(["0", "x", 0.5]), max_size=6),
    st.lists(st.floats(), max_size=6),
)
CELLS = st.sampled_from(list(COLUMNS.values()))


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    labels = draw(LABELS)
    index = draw(st.sampled_from([pd.RangeIndex(1, len(labels) + 1), pd.Index(labels)]))
    columns = {}
    for name in draw(st.lists(NAMES, unique=True, max_size=4)):
        cells = pd.Series(draw(CELLS))
        columns[name] = cells.take(np.arange(len(labels)) % 5).set_axis(index)
    if not columns:
        return pd.DataFrame(index=index, columns=pd.Index([], dtype="str"))
    return pd.DataFrame({k: v.array for k, v in columns.items()}, index=index)


@given(frames())
def test_that_any_table_comes_back(
    tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.tarn"
    assert_same(again(frame, path), frame)


def test_that_many_chunks_of_rows_come_back_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_data, "ROWS_AT_ONCE", 7)
    frame = pd.DataFrame({"x": np.arange(100.0), "f": list("abcde") * 20})
    steps: list[Step] = []
    save(Project(table(frame)), tmp_path / "a.tarn", report=steps.append)
    assert [s.done for s in steps] == [*range(0, 100, 7), 100]
    steps.clear()
    back = open_project(tmp_path / "a.tarn", report=steps.append)
    assert_same(back.table.frame, frame)
    assert [s.done for s in steps] == list(range(0, 100, 7))
    assert {(s.what, s.of) for s in steps} == {("Opening", 100)}


# ---- numbers of rows ----------------------------------------------------------


def test_that_gaps_and_lines_of_the_file_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Fish\nmass,lake\n1,x\n\n2,y\n3,z\n")
    save(Project(read_table(path), (Exclude((3,)),)), tmp_path / "a.tarn")
    back = open_project(tmp_path / "a.tarn")
    assert back.table.frame["mass"].to_dict() == {1: 1, 3: 2, 4: 3}
    assert back.table.first_line == 3
    assert prepare(back.table, back.steps).used_frame["mass"].tolist() == [1, 3]


def test_that_a_project_of_before_keeps_the_numbers_it_has(tmp_path: Path) -> None:
    """Its rows were numbered on over empty ones of the file, and its steps say so."""
    frame = pd.DataFrame({"mass": [1, 2, 3]}, index=pd.RangeIndex(1, 4))
    save(Project(table(frame), (Exclude((2,), "wet"),)), tmp_path / "new.tarn")
    with zipfile.ZipFile(tmp_path / "new.tarn") as archive:
        head = json.loads(archive.read("project.json"))
        data = archive.read("data.parquet")
    del head["table"]["first_line"]
    with zipfile.ZipFile(tmp_path / "old.tarn", "w") as archive:
        archive.writestr("project.json", json.dumps(head))
        archive.writestr("data.parquet", data)
    back = open_project(tmp_path / "old.tarn")
    assert back.table.first_line == 0
    assert prepare(back.table, back.steps).used_frame["mass"].tolist() == [1, 3]


# ---- the file -----------------------------------------------------------------


def test_that_a_person_can_read_the_json(tmp_path: Path) -> None:
    spec = parse_formula("log_mass ~ log_length + (1 | lake)")
    steps = (Exclude(tuple(range(1, 200)), "Grünsee"),)
    save(Project(read_table(FISH), steps, spec), tmp_path / "a.tarn")
    with zipfile.ZipFile(tmp_path / "a.tarn") as archive:
        assert archive.namelist() == ["project.json", "data.parquet"]
        text = archive.read("project.json").decode("utf-8")
    written = json.loads(text)
    assert written["format"] == "Tarn project"
    assert written["format_version"] == 1
    assert written["program"] == f"Tarn {VERSION}"
    assert written["saved"].endswith("+00:00")
    assert written["table"]["columns"][1]["dtype"] == "float64"
    lines = text.splitlines()
    assert "    " + '"source": "fish.csv",' in lines
    assert any("Grünsee" in line for line in lines)
    assert len(lines) < 100  # the excluded rows stand on one


def test_that_other_programs_can_open_the_data(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"Länge": [1.5, np.nan], "lake": ["a", "b"], "day": np.array([0, 1], "M8[us]")},
        index=["p", "q"],
    )
    again(frame, tmp_path / "a.tarn")
    with zipfile.ZipFile(tmp_path / "a.tarn") as archive:
        archive.extract("data.parquet", tmp_path)
    found = pd.read_parquet(tmp_path / "data.parquet")
    wanted = frame.assign(row_labels=["p", "q"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, wanted)


def test_that_a_file_name_that_is_no_unicode_comes_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    save(Project(table(frame, "L\udce4nge.csv")), tmp_path / "a.tarn")
    assert open_project(tmp_path / "a.tarn").table.source == "L\udce4nge.csv"


def test_that_a_view_with_odd_numbers_does_not_keep_one_from_saving(
    tmp_path: Path,
) -> None:
    project = Project(read_table(FISH), view={"range": (-np.inf, 1.0)})
    save(project, tmp_path / "a.tarn")
    assert open_project(tmp_path / "a.tarn").view == {"range": [-np.inf, 1.0]}


def test_that_parquet_is_not_loaded_before_it_is_needed() -> None:
    code = "import engine, sys; print('pyarrow.parquet' in sys.modules)"
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


# ---- what cannot be saved -----------------------------------------------------

ONE = pd.DataFrame({"x": [1.0, 2.0]})


def refused(project: Project, folder: Path) -> DataError:
    path = folder / "refused.tarn"
    path.write_text("the old one")
    with pytest.raises(DataError) as caught:
        save(project, path)
    assert path.read_text() == "the old one"
    assert [entry.name for entry in folder.iterdir()] == ["refused.tarn"]
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"z": [1j]}), "Column 'z' cannot be saved"),
        (pd.DataFrame({"o": [object()]}), "Column 'o' cannot be saved"),
        (pd.DataFrame({"t": pd.date_range("2020", periods=2, tz="UTC")}), "Column 't'"),
        (pd.DataFrame({"x": [1]}, index=[(1, 2)]), "The row labels cannot be saved"),
        (pd.DataFrame({3: [1]}), "every column needs a name of its own"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "a name of its own"),
        (
            pd.DataFrame([[1]], columns=pd.Index(["\udc80"], dtype=object)),
            "characters that a file can hold",
        ),
    ],
)
def test_that_a_table_with_no_place_in_a_project_is_refused(
    frame: pd.DataFrame, words: str, tmp_path: Path
) -> None:
    assert words in refused(Project(table(frame)), tmp_path).message


@pytest.mark.parametrize(
    "change",
    [
        {"estimation": "MCMC"},
        {"view": {"widget": object()}},
        {"view": {("a", 1): 2}},
        {"spec": ModelSpec("y +")},
        {"spec": ModelSpec("log( y )")},
        {"table": Table(ONE, {"x": Kind.DATE}, {}, ())},
        {"table": Table(ONE, {}, {}, ())},
    ],
    ids=str,
)
def test_that_what_could_not_be_opened_again_is_not_saved(
    change: dict[str, Any], tmp_path: Path
) -> None:
    refused(replace(Project(table(ONE)), **change), tmp_path)


def test_that_limits_of_size_hold_when_saving_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_data, "MOST_CELLS", 1)
    assert "too large" in refused(Project(table(ONE)), tmp_path).message
    monkeypatch.undo()
    monkeypatch.setattr("engine.reporting.project_archive.MOST_BYTES_OF_HEAD", 99)
    assert "too long" in refused(Project(table(ONE)), tmp_path).message


@pytest.mark.parametrize("at", [0, 2])
def test_that_saving_can_be_cancelled(at: int, tmp_path: Path) -> None:
    path = tmp_path / "a.tarn"
    path.write_text("the old one")

    def cancel(step: Step) -> None:
        if step.done == at:
            raise Cancelled

    with pytest.raises(Cancelled):
        save(Project(table(ONE)), path, report=cancel)
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]
