"""Levels written as one: what becomes of them, and what never changes."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from engine.data.conversion import NAMED
from engine.data.kinds import text_kind
from engine.data.reading import read_table
from engine.data.steps import (
    Centre,
    Exclude,
    Lengthen,
    MergeLevels,
    Rename,
    SetKind,
    SetLevels,
    StepError,
    prepare,
    step_from_dict,
)
from engine.data.summaries import summarise_column
from engine.data.table import Kind, Table
from engine.errors import DataError

MESSY = MergeLevels("lake", (("Lake 1", ("lake 1", "Lake1")),))


def table_of(lakes, **columns) -> Table:
    frame = pd.DataFrame({"lake": pd.Series(lakes, dtype="str"), **columns})
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    kinds = dict.fromkeys(frame, Kind.NUMBER) | {"lake": Kind.CATEGORY}
    return Table(frame, kinds, dict.fromkeys(frame, "As read."), ())


@pytest.fixture
def lakes() -> Table:
    names = ["lake 1", "Lake 2", None, "Lake1", "Lake 1", "Lake 1", "Lake 3"]
    return table_of(names, x=np.arange(7.0))


def levels(prepared, column="lake"):
    return prepared.frame[column].cat.categories.tolist()


def refusal(table: Table, *steps) -> str:
    with pytest.raises(StepError) as caught:
        prepare(table, steps)
    assert caught.value.problem.endswith(".")
    return caught.value.problem


# ---- what it does -----------------------------------------------------------


def test_that_levels_become_one_and_other_cells_stay(lakes):
    prepared = prepare(lakes, [MESSY])
    cells = prepared.frame["lake"]
    expected = ["Lake 1", "Lake 2", None, "Lake 1", "Lake 1", "Lake 1", "Lake 3"]
    assert [None if pd.isna(cell) else cell for cell in cells] == expected
    assert levels(prepared) == ["Lake 1", "Lake 2", "Lake 3"]
    assert prepared.kinds["lake"] is Kind.CATEGORY


def test_that_the_one_name_stands_where_the_first_spelling_stood(lakes):
    order = ("Lake 3", "lake 1", "Lake 2", "Lake1", "Lake 1")
    prepared = prepare(lakes, [SetLevels("lake", order), MESSY])
    assert levels(prepared) == ["Lake 3", "Lake 1", "Lake 2"]
    # a new name too
    step = MergeLevels("lake", (("Zell", ("Lake 1", "lake 1", "Lake1")),))
    assert levels(prepare(lakes, [step])) == ["Zell", "Lake 2", "Lake 3"]


def test_that_several_levels_are_mended_at_once():
    table = table_of(["A", "a", "B", "b", "B", "c"])
    step = MergeLevels("lake", (("A", ("a",)), ("B", ("b",))))
    prepared = prepare(table, [step])
    assert prepared.frame["lake"].tolist() == ["A", "A", "B", "B", "B", "c"]


def test_that_the_most_frequent_spelling_is_suggested():
    table = table_of(["Lake 1", "lake1", "lake1", "B", "b"])
    summary = summarise_column(table.frame, "lake", Kind.CATEGORY)
    step = MergeLevels.suggested("lake", summary.alike)
    assert dict(step.names) == {"lake1": ("Lake 1",), "B": ("b",)}
    frame = prepare(table, [step]).frame
    assert summarise_column(frame, "lake", Kind.CATEGORY).alike == ()


def test_that_numbers_taken_as_categories_can_be_one_too():
    table = table_of(["a"] * 4, year=[2001, 2001, 2010, 201])
    steps = [SetKind("year", Kind.CATEGORY), MergeLevels("year", (("2001", ("201",)),))]
    assert prepare(table, steps).frame["year"].tolist() == ["2001"] * 2 + [
        "2010",
        "2001",
    ]


def test_that_what_is_said_of_the_kind_counts_the_levels_that_are_left():
    names = [f"{word} {k}" for k in range(8) for word in ("Lake", "lake")]
    table = table_of(names * 3)
    kind, reason = text_kind(names, 48)
    table = Table(table.frame, {"lake": kind}, {"lake": reason}, ())
    step = MergeLevels("lake", tuple((f"Lake {k}", (f"lake {k}",)) for k in range(8)))
    after = prepare(table, [step]).kind_reasons["lake"]
    assert "16 different" in reason
    assert after == reason.replace("16", "8")
    said = SetKind("lake", Kind.CATEGORY)
    assert "Set by you" in prepare(table, [said, step]).kind_reasons["lake"]


def test_that_a_wide_table_mended_and_made_long_has_categories(tmp_path):
    rows = [f"Isle {k},{k},{k + 1},{k + 2}" for k in range(9)] + ["isle 8,1,2,3"]
    path = tmp_path / "wide.csv"
    path.write_text("site,2001,2002,2003\n" + "\n".join(rows))
    table = read_table(path)
    assert table.kinds["site"] is Kind.LABEL
    mend = MergeLevels("site", (("Isle 8", ("isle 8",)),))
    long = Lengthen(("2001", "2002", "2003"), "year", "n")
    prepared = prepare(table, [mend, long])
    assert prepared.kinds["site"] is Kind.CATEGORY
    assert prepared.frame["site"].nunique() == 9


def test_that_the_step_is_said_in_words():
    assert MESSY.description == "lake 1 and Lake1 of lake written as Lake 1"
    assert MESSY.offer == "Write them as Lake 1"
    many = MergeLevels("site", tuple((f"S{k}", (f"s{k}",)) for k in range(7)))
    assert many.description == (
        "7 levels of site each written in one way: S0, S1, S2, S3 and 3 more"
    )
    assert many.offer == "Mend all 7"
    long = MergeLevels("note", (("y" * 300, ("z\n" * 200,)),))
    assert len(long.offer) < 40
    assert len(long.description) < 120
    assert "\n" not in long.description


# ---- what it refuses --------------------------------------------------------


def test_that_what_cannot_be_merged_is_said(lakes):
    def problem(*names, column="lake"):
        return refusal(lakes, MergeLevels(column, names))

    assert problem(("A", ("B",)), column="pond") == "There is no column 'pond'."
    assert "make it a category" in problem(("1", ("2",)), column="x")
    assert problem() == "No level of 'lake' is chosen."
    assert problem(("Lake 1", ("Lake 1",))) == "No level of 'lake' is chosen."
    assert problem(("Lake 1", ("Lake 9", "Lake1", "L"))) == (
        "Column 'lake' has no level 'Lake 9' or 'L'."
    )
    assert "empty name" in problem((" ", ("Lake1",)))
    assert problem(("A", ("Lake1",)), ("B", ("Lake1",))) == (
        "Level 'Lake1' of 'lake' is named twice."
    )
    assert "twice" in problem(("A", ("Lake1",)), ("B", ("A",)))
    assert "no level 'lake 1'" in refusal(lakes, MESSY, MESSY)


def test_that_it_survives_a_project_file():
    step = MergeLevels("lake", (("ä 1", ("a\n1", "A1")), ("B", ("b",))))
    written = json.loads(json.dumps(step.to_dict()))
    assert written == {
        "version": 1,
        "step": "merge_levels",
        "column": "lake",
        "names": {"ä 1": ["a\n1", "A1"], "B": ["b"]},
    }
    assert step_from_dict(written) == step
    assert hash(step_from_dict(written)) == hash(step)


@pytest.mark.parametrize(
    "damage",
    [
        {"names": None},
        {"names": [["Lake 1", ["lake 1"]]]},
        {"names": {"Lake 1": "lake 1"}},
        {"names": {"Lake 1": [1]}},
        {"names": {"Lake 1": None}},
        {"column": ["lake"]},
        {"to": "Lake 1"},
    ],
)
def test_that_a_damaged_one_is_refused_in_words(damage):
    with pytest.raises(DataError) as caught:
        step_from_dict({**MESSY.to_dict(), **damage})
    assert "cannot be read" in caught.value.message
    assert "damaged" in caught.value.remedy


# ---- what always holds ------------------------------------------------------

NAMES = st.sampled_from(["Lake 1", "lake 1", "Lake1", "L2", "l2", "é", "e\u0301", " "])


@st.composite
def tables_and_steps(draw):
    cells = draw(st.lists(st.none() | NAMES, min_size=1, max_size=15))
    table = table_of(cells, x=np.arange(float(len(cells))))
    present = sorted({cell for cell in cells if cell is not None})
    old = draw(st.lists(st.sampled_from(present), unique=True)) if present else []
    half = draw(st.integers(0, len(old)))
    names = (("one", tuple(old[:half])), ("other", tuple(old[half:])))
    as_categories = draw(st.booleans())
    order = draw(st.permutations(present))
    steps = [SetLevels("lake", tuple(order))] if as_categories and order else []
    return table, steps, MergeLevels("lake", names)


@given(tables_and_steps())
def test_that_only_the_named_cells_of_one_column_change(case):
    table, before, step = case
    so_far = prepare(table, before)
    if step.validate(so_far):
        assert step.names == ()
        return
    once = step.apply(so_far)
    new_name = {name: to for to, old in step.names for name in old}
    for was, now in zip(so_far.frame["lake"], once.frame["lake"], strict=True):
        assert (pd.isna(was) and pd.isna(now)) or new_name.get(was, was) == now
    assert_frame_equal(once.frame[["x"]], so_far.frame[["x"]])
    assert once.frame.index.equals(so_far.frame.index)
    assert once.kinds["lake"] in NAMED
    assert set(new_name).isdisjoint(levels(once))
    twice = step.apply(once)  # finds nothing more to do
    assert_frame_equal(twice.frame, once.frame)
    assert_frame_equal(prepare(table, [*before, step]).frame, once.frame)


OTHERS = [
    Exclude((1, 4), "a"),
    Centre("x", 1.0),
    Rename("x", "depth"),
    MergeLevels("lake", (("Lake 2", ("Lake 3",)),)),
]


@given(
    st.permutations([MESSY, *OTHERS]).filter(
        lambda s: s.index(OTHERS[1]) < s.index(OTHERS[2])
    )
)
def test_that_the_order_of_other_steps_does_not_matter(steps):
    names = ["lake 1", "Lake 2", None, "Lake1", "Lake 1", "Lake 1", "Lake 3"]
    table = table_of(names, x=np.arange(7.0))
    one, other = prepare(table, steps), prepare(table, [MESSY, *OTHERS])
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.excluded_rows, other.excluded_rows)
    assert one.kinds == other.kinds


def test_that_it_goes_with_steps_of_the_same_column(lakes):
    renamed = prepare(lakes, [Rename("lake", "See"), MergeLevels("See", MESSY.names)])
    first = prepare(lakes, [MESSY, Rename("lake", "See")])
    assert_frame_equal(renamed.frame, first.frame)
    assert renamed.source("See") == first.source("See") == "lake"
    as_label = [SetKind("lake", Kind.LABEL), MESSY]
    assert prepare(lakes, as_label).kinds["lake"] is Kind.LABEL
    back = prepare(lakes, [*as_label, SetKind("lake", Kind.CATEGORY)])
    assert_series_equal(back.frame["lake"], first.frame["See"], check_names=False)
    ordered = prepare(lakes, [MESSY, SetLevels("lake", ("Lake 2",))])
    assert levels(ordered) == ["Lake 2", "Lake 1", "Lake 3"]
    assert "no level 'lake 1'" in refusal(lakes, MESSY, SetLevels("lake", ("lake 1",)))


def test_that_a_mended_number_can_be_read_as_a_number():
    table = table_of(["1.5", "1,5x", "2"])
    mend = MergeLevels("lake", (("1.5", ("1,5x",)),))
    prepared = prepare(table, [mend, SetKind("lake", Kind.NUMBER)])
    assert prepared.frame["lake"].tolist() == [1.5, 1.5, 2.0]


def test_that_the_table_itself_stays_as_it_was(lakes):
    before = lakes.frame.copy()
    frame = prepare(lakes, [MESSY]).frame
    assert_frame_equal(lakes.frame, before)
    assert np.shares_memory(frame["x"].to_numpy(), lakes.frame["x"].to_numpy())
