"""Projects that are cut off, damaged, hostile or newer: a sentence, never a crash."""

from __future__ import annotations

import copy
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine import Project, open_project, parse_formula, save_project
from engine.data.steps import Centre, Exclude, MergeLevels
from engine.data.table import Kind, Table
from engine.errors import DataError, EngineError

FRAME = pd.DataFrame(
    {
        "mass": [1.5, 2.5, np.nan, 4.0],
        "lake": pd.Categorical(["a", "b", "a", None]),
        "day": np.array([0, 1, 2, 3], "M8[us]"),
        "note": ["p", None, "q", "r"],
    },
    index=["i", "j", "k", "l"],
)
KINDS = dict(
    zip(FRAME, (Kind.NUMBER, Kind.CATEGORY, Kind.DATE, Kind.LABEL), strict=True)
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the bytes of a good project."""
    path = tmp_path_factory.mktemp("whole") / "a.tarn"
    project = Project(
        Table(FRAME, KINDS, dict.fromkeys(FRAME, "Why."), ("A note.",), "a.csv"),
        (
            Centre("mass", 2.0),
            Exclude(("j",), "wet"),
            MergeLevels("lake", (("a", ("b",)),)),
        ),
        parse_formula("mass ~ day + (1 | lake)"),
        view={"page": "Data"},
    )
    save_project(project, path)
    return path.read_bytes()


def members(whole: bytes) -> tuple[dict[str, Any], bytes]:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return json.loads(archive.read("project.json")), archive.read("data.parquet")


def put(path: Path, head: object = None, data: bytes | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if head is not None:
            text = head if isinstance(head, str | bytes) else json.dumps(head)
            archive.writestr("project.json", text)
        if data is not None:
            archive.writestr("data.parquet", data)
    return path


def refusal(path: Path) -> EngineError:
    with pytest.raises(EngineError) as caught:
        open_project(path)
    error = caught.value
    assert error.message.endswith(".")
    assert error.remedy.endswith((".", "?"))
    for word in ("Traceback", "pyarrow", "Arrow", "zip", "JSON", "Error"):
        assert word not in str(error)
    return error


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return sink.getvalue().to_pybytes()


# ---- files that are something else --------------------------------------------


def test_that_a_missing_file_is_not_there_and_a_like_name_is_offered(
    tmp_path: Path, whole: bytes
) -> None:
    (tmp_path / "fish.tarn").write_bytes(whole)
    error = refusal(tmp_path / "fisch.tarn")
    assert "There is no file 'fisch.tarn'" in error.message
    assert "Did you mean 'fish.tarn'?" in error.remedy


def test_that_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path).message


def test_that_a_name_with_a_null_character_is_refused() -> None:
    assert "could not be read" in refusal(Path("a\0b.tarn")).message


def test_that_a_file_without_rights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    (tmp_path / "a.tarn").touch()
    assert "may not be read" in refusal(tmp_path / "a.tarn").message


@pytest.mark.parametrize(
    "content", [b"", b"lake,mass\na,1\n", b"PK", b"%PDF-1.7", b"PK\x05\x06" + bytes(18)]
)
def test_that_a_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.tarn").write_bytes(content)
    words = "is not a Tarn project" if content else "is empty"
    assert words in refusal(tmp_path / "a.tarn").message


def test_that_an_archive_of_other_things_is_refused(
    tmp_path: Path, whole: bytes
) -> None:
    head, data = members(whole)
    assert "not a Tarn project" in refusal(put(tmp_path / "a", None, data)).message
    assert "damaged or incomplete" in refusal(put(tmp_path / "b", head)).message
    for other in ({}, {"format": "Turn project"}, [], "{}", "null"):
        path = put(tmp_path / "c", other, data)
        assert "not a Tarn project" in refusal(path).message


def test_that_a_project_zipped_by_hand_opens(tmp_path: Path, whole: bytes) -> None:
    project = open_project(put(tmp_path / "a", *members(whole)))
    pd.testing.assert_frame_equal(project.table.frame, FRAME)


# ---- damage -------------------------------------------------------------------


def test_that_a_file_cut_off_anywhere_is_refused(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "a.tarn"
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        refusal(path)


@given(st.data())
def test_that_a_changed_byte_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("flip") / "a.tarn"
    place = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.integers(0, 255))
    path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
    try:
        project = open_project(path)
    except EngineError:
        return
    pd.testing.assert_frame_equal(project.table.frame, FRAME)


@given(st.data())
def test_that_damaged_parquet_is_refused_whatever_the_checksum_says(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    head, good = members(whole)
    place = data.draw(st.integers(0, len(good) - 1))
    value = data.draw(st.integers(0, 255))
    bad = good[:place] + bytes([value]) + good[place + 1 :]
    path = put(tmp_path_factory.mktemp("flip") / "a.tarn", head, bad)
    try:
        open_project(path)
    except EngineError as error:
        assert "damaged" in error.message or "larger" in error.message  # noqa: PT017


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + bytes(50) + b"PAR1"])
def test_that_what_is_no_parquet_is_refused(
    data: bytes, tmp_path: Path, whole: bytes
) -> None:
    head, _ = members(whole)
    error = refusal(put(tmp_path / "a", head, data))
    assert "'a' is damaged or incomplete" in error.message
    assert "data.parquet" in error.details


@pytest.mark.parametrize(
    "text",
    ["", "{", "nonsense", b"\xff\xfe", "[" * 100_000, '{"format": "Tarn project"}'],
)
def test_that_damaged_json_is_refused(
    text: str | bytes, tmp_path: Path, whole: bytes
) -> None:
    error = refusal(put(tmp_path / "a", text, members(whole)[1]))
    assert "damaged or incomplete" in error.message


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner),
    max_leaves=3,
)


@given(st.data(), VALUES)
@example(None, 10**400)
@example(None, "category")
@example(None, {"dtype": "category", "values": []})
def test_that_any_wrong_value_anywhere_is_refused_or_a_value_like_any_other(
    tmp_path_factory: pytest.TempPathFactory,
    whole: bytes,
    data: st.DataObject | None,
    value: object,
) -> None:
    head, cells = members(whole)
    places = list(places_in(head))
    chosen = places if data is None else [data.draw(st.sampled_from(places))]
    path = tmp_path_factory.mktemp("wrong") / "a.tarn"
    for place in chosen:
        broken = copy.deepcopy(head)
        inside: Any = broken
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = value
        try:
            open_project(put(path, broken, cells))
        except EngineError as error:
            assert error.remedy  # noqa: PT017


def places_in(value: Any, before: tuple[Any, ...] = ()) -> Any:
    """Every place in a tree of JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        yield (*before, key)
        if isinstance(one, dict | list):
            yield from places_in(one, (*before, key))


@pytest.mark.parametrize(
    ("path", "value", "details"),
    [
        (("table", "rows"), 3, "3"),
        (("table", "rows"), -1, "-1"),
        (("table", "columns", 0, "dtype"), "int64", "column 1 is double, not int64"),
        (("table", "columns", 0, "dtype"), "evil", "no type evil"),
        (("table", "columns", 0, "kind"), "date", "float64, not date"),
        (("table", "columns", 3, "kind"), "number", "str, not number"),
        (("table", "columns", 0, "name"), "lake", "the same name"),
        (("table", "columns", 0, "colour"), "red", "colour"),
        (("table", "columns", 1, "categories", "values"), ["a"], ""),
        (("table", "columns", 1, "categories", "values"), ["a", "a"], ""),
        (("table", "row_labels"), {"name": None, "from": 1, "step": 0}, ""),
        (("estimation",), "MCMC", "MCMC"),
        (("view",), [], "project.view"),
        (("dismissed",), [1], "project.dismissed[0]"),
        (("saved",), None, "project.saved"),
        (("future",), 1, "future"),
        (("format_version",), 0, "version 0"),
    ],
)
def test_that_what_does_not_fit_is_named_in_the_details(
    path: tuple[Any, ...], value: object, details: str, tmp_path: Path, whole: bytes
) -> None:
    head, data = members(whole)
    place: Any = head
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    error = refusal(put(tmp_path / "a", head, data))
    assert error.message == "The project 'a' is damaged or incomplete."
    assert details in error.details


def test_that_a_damaged_step_or_model_says_so(tmp_path: Path, whole: bytes) -> None:
    head, data = members(whole)
    broken = {**head, "steps": [{"version": 1, "step": "centre", "column": 1, "at": 2}]}
    assert "preparation step" in refusal(put(tmp_path / "a", broken, data)).message
    for names in ([["a", ["b"]]], {"a": "b"}, {"a": [None]}, None):
        broken = {**head, "steps": [{**head["steps"][-1], "names": names}]}
        assert "preparation step" in refusal(put(tmp_path / "a", broken, data)).message
    broken = {**head, "model": {**head["model"], "response": "open('x')"}}
    said = refusal(put(tmp_path / "b", broken, data)).message
    assert said == "'b' cannot be opened: the model in the project cannot be read."


def test_that_a_newer_format_names_the_version_to_open_it_with(
    tmp_path: Path, whole: bytes
) -> None:
    head, data = members(whole)
    newer = {
        **head,
        "format_version": 2,
        "program": "Tarn 3.1",
        "results": [],
        "table": 1,
    }
    error = refusal(put(tmp_path / "a", newer, data))
    assert "newer version of Tarn (Tarn 3.1)" in error.message
    assert isinstance(error, DataError)


# ---- hostile files ------------------------------------------------------------


def with_declared_size(path: Path, member: bytes, size: int) -> None:
    """Change what the archive's directory declares of a member."""
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(member))
    struct.pack_into("<I", content, entry + 24, size)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("member", "size"), [(b"project.json", 2**27), (b"data.parquet", 2**31)]
)
def test_that_a_huge_declared_size_is_refused_unread(
    member: bytes, size: int, tmp_path: Path, whole: bytes
) -> None:
    path = put(tmp_path / "a", *members(whole))
    with_declared_size(path, member, size)
    error = refusal(path)
    assert "larger than" in error.message
    assert str(size) in error.details


def test_that_a_member_longer_than_declared_is_not_read_on(
    tmp_path: Path, whole: bytes
) -> None:
    head, data = members(whole)
    path = put(tmp_path / "a", json.dumps(head) + " " * 10**6, data)
    with_declared_size(path, b"project.json", 500)
    assert "damaged" in refusal(path).message


def test_that_a_bomb_is_not_unpacked(tmp_path: Path, whole: bytes) -> None:
    path = put(tmp_path / "a", members(whole)[0], bytes(2**26))
    assert "larger than" in refusal(path).message


def test_that_data_with_more_cells_than_a_project_may_have_is_refused(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.reporting.project_data.MOST_CELLS", 10)
    error = refusal(put(tmp_path / "a", *members(whole)))
    assert "damaged" in error.message
    assert "4 x 5 cells" in error.details


@pytest.mark.parametrize("most", [1, 250])
def test_that_data_that_grow_when_read_are_refused(
    most: int, tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.reporting.project_data.MOST_BYTES", most)
    error = refusal(put(tmp_path / "a", *members(whole)))
    assert "too large" in error.details


def test_that_data_of_another_shape_are_refused(tmp_path: Path, whole: bytes) -> None:
    head, _ = members(whole)
    for table in (
        pa.table({"x": [1.0] * 4}),
        pa.table({str(i): [1.0] * 4 for i in range(5)}),
        pa.table({str(i): [[1.0]] * 4 for i in range(5)}),
        pa.table({str(i): [{"a": 1, "b": 2}] * 4 for i in range(5)}),
    ):
        error = refusal(put(tmp_path / "a", head, parquet(table)))
        assert "damaged" in error.message


def test_that_too_little_memory_is_said(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("engine.reporting.project.read_frame", fail)
    path = tmp_path / "a.tarn"
    path.write_bytes(whole)
    assert "larger than this computer" in refusal(path).message


def test_that_members_with_paths_are_never_unpacked(
    tmp_path: Path, whole: bytes
) -> None:
    path = put(tmp_path / "a.tarn", *members(whole))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../outside.txt", "x")
    open_project(path)
    assert list(tmp_path.iterdir()) == [path]
    assert not (tmp_path.parent / "outside.txt").exists()
