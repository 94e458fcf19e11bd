"""Preparation steps: what they do, what they refuse, and what always holds."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from engine.data.reading import read_table
from engine.data.steps import (
    Centre,
    Exclude,
    Include,
    Prepared,
    Rename,
    SetKind,
    SetLevels,
    StepError,
    centred_name,
    prepare,
    step_from_dict,
)
from engine.data.table import Kind, Table
from engine.errors import DataError

NUMBER, CATEGORY, DATE, LABEL = Kind.NUMBER, Kind.CATEGORY, Kind.DATE, Kind.LABEL


def table_of(columns, kinds, index=None) -> Table:
    frame = pd.DataFrame(columns)
    frame.index = pd.RangeIndex(1, len(frame) + 1) if index is None else index
    return Table(frame, kinds, dict.fromkeys(kinds, "As read."), ())


def fish_table() -> Table:
    return table_of(
        {
            "lake": ["L1", "L1", "L2", None, "L3"],
            "length": [1.0, 2.0, 3.0, np.nan, 6.0],
            "year": [2003, 2001, 2001, 2010, 2003],
            "caught": pd.to_datetime(
                ["2021-05-02", "2021-05-01", None, "2021-05-01", "2021-06-01"]
            ),
            "count": ["3", "10", "10", "n.d.", "7"],
        },
        {
            "lake": CATEGORY,
            "length": NUMBER,
            "year": NUMBER,
            "caught": DATE,
            "count": LABEL,
        },
    )


@pytest.fixture
def fish() -> Table:
    return fish_table()


def refusal(table: Table, *steps) -> StepError:
    with pytest.raises(StepError) as caught:
        prepare(table, steps)
    assert caught.value.problem.endswith(".")
    assert caught.value.remedy
    return caught.value


# ---- rows -------------------------------------------------------------------


def test_that_excluded_rows_stay_in_the_table_with_their_reason(fish):
    prepared = prepare(fish, [Exclude((2, 5), "typing errors")])
    assert_frame_equal(prepared.frame, fish.frame)
    assert prepared.is_used.tolist() == [True, False, True, True, False]
    assert prepared.excluded_rows["reason"].to_dict() == {
        2: "typing errors",
        5: "typing errors",
    }
    assert prepared.used_frame.index.tolist() == [1, 3, 4]
    assert prepared.reason_at(1) == "typing errors"
    assert prepared.reason_at(0) == ""


def test_that_a_row_excluded_twice_keeps_its_first_reason(fish):
    prepared = prepare(fish, [Exclude((2,), "first"), Exclude((1, 2), "second")])
    assert prepared.excluded_rows["reason"].to_dict() == {1: "second", 2: "first"}
    prepared = prepare(fish, [Exclude((1, 2), "second")])
    assert prepared.reason_at(1) == "second"


def test_that_include_brings_back_rows_and_leaves_the_others(fish):
    prepared = prepare(fish, [Exclude((1, 2, 3), "L1"), Include((2, 5))])
    assert prepared.excluded_rows.index.tolist() == [1, 3]


def test_that_rows_which_are_not_there_are_named(fish):
    error = refusal(fish, Exclude((1,)), Exclude((2, 77, 99), "lasso"))
    assert error.place == 1
    assert error.problem == "The table has no row '77' or '99'."
    assert error.message == (
        "Preparation step 2 (3 rows excluded: lasso) cannot be done: the table has no "
        "row '77' or '99'."
    )
    assert refusal(fish, Include(())).problem == "No rows are chosen."


def test_that_the_steps_of_rows_are_said_in_words():
    assert Exclude(range(18), "L09").description == "18 rows excluded: L09"
    assert Exclude((105,)).description == "Row 105 excluded"
    assert Include((1, 2)).description == "2 rows brought back"
    assert Exclude((1, 2), "x").inverted == Include((2, 1))


def test_that_equal_steps_compare_equal_however_the_rows_were_given():
    given_as = [
        (3, 1, 2),
        [1, 2, 3, 3],
        np.array([2, 1, 3]),
        pd.RangeIndex(1, 4),
        (1.0, np.int64(2), 3),
    ]
    steps = {Exclude(rows, "x") for rows in given_as}
    assert len(steps) == 1
    assert Exclude(("1",)) != Exclude((1,))


@pytest.mark.parametrize("label", [None, float("nan"), float("inf"), (1, 2), True])
def test_that_what_is_no_label_is_refused(label):
    with pytest.raises(DataError):
        Exclude((label,))


LABELS = (
    st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["1", 1, "é", "e\u0301", "", " ", "\ud800", 2**63, -1, 0.5])
)


@st.composite
def labelled_tables(draw):
    labels = draw(st.lists(LABELS, min_size=1, max_size=12))
    index = pd.Index(labels, dtype=object)
    if not any(isinstance(label, str) for label in labels):
        index = pd.Index(labels)
    return table_of({"x": np.arange(float(len(labels)))}, {"x": NUMBER}, index)


@given(labelled_tables(), st.data())
def test_that_exclude_then_include_is_identity_with_wild_labels(table, data):
    labels = table.frame.index.tolist()
    rows = tuple(data.draw(st.lists(st.sampled_from(labels), min_size=1)))
    exclude = Exclude(rows, "wild")
    out = prepare(table, [exclude])
    expected = [label not in rows for label in labels]
    assert out.is_used.tolist() == expected
    assert len(out.excluded_rows) == expected.count(False)
    back = prepare(table, [exclude, exclude.inverted])
    assert back.is_used.all()
    assert back.used_frame.equals(table.frame)
    assert step_from_dict(json.loads(json.dumps(exclude.to_dict()))) == exclude


@given(labelled_tables(), st.lists(LABELS, min_size=1, max_size=5))
def test_that_rows_are_found_exactly_or_not_at_all(table, rows):
    labels = table.frame.index.tolist()
    problem = Exclude(tuple(rows)).validate(prepare(table, []))
    assert (problem is None) == all(row in labels for row in rows)


# ---- columns ----------------------------------------------------------------


def test_that_a_centred_column_stands_beside_the_old_one(fish):
    prepared = prepare(fish, [Centre("length", 3)])
    assert list(prepared.frame)[:3] == ["lake", "length", "length_c"]
    assert prepared.frame["length_c"].tolist()[:3] == [-2, -1, 0]
    assert prepared.frame["length_c"].isna().sum() == 1
    assert prepared.kinds["length_c"] is NUMBER
    assert str(prepared.kind_reasons["length_c"]) == "It is 'length' less 3."


def test_that_centring_at_the_mean_keeps_the_number_when_rows_go(fish):
    step = Centre.at_mean("length", prepare(fish, [Exclude((5,))]))
    assert step == Centre("length", 2.0, "length_c")
    assert step.description == "length centred at 2, as length_c"
    again = Centre.at_mean("length", prepare(fish, [step]))
    assert again.to == "length_c2"


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("log_length", "log_length_c"),
        ("wing (mm)", "wing_mm_c"),
        ("2nd year", "x2nd_year_c"),
        ("Größe", "Größe_c"),
        ("área m²", "área_m2_c"),
        ("---", "x_c"),
    ],
)
def test_that_centred_names_are_plain_words(column, name):
    assert centred_name(column) == name
    assert name.isidentifier()


@given(st.text(), st.integers(0, 3))
def test_that_any_name_gives_a_free_plain_word(column, n_taken):
    taken = set()
    for _ in range(n_taken):
        taken.add(centred_name(column, taken))
    name = centred_name(column, taken)
    assert len(taken) == n_taken
    assert name not in taken
    assert name.isidentifier()
    assert re.fullmatch(r"\w+", name)


def test_that_columns_that_cannot_be_centred_are_refused(fish):
    assert "no column 'mass'" in refusal(fish, Centre("mass", 1)).problem
    assert "numbers" in refusal(fish, Centre("lake", 1)).problem
    assert "already" in refusal(fish, Centre("length", 1, "year")).problem
    assert "number" in refusal(fish, Centre("length", float("nan"))).problem
    assert "backticks" in refusal(fish, Centre("length", 1, "a`b")).problem


def test_that_a_renamed_column_keeps_all_but_its_name(fish):
    prepared = prepare(fish, [Rename("lake", "pond"), SetLevels("pond", ("L2",))])
    assert list(prepared.frame) == ["pond", "length", "year", "caught", "count"]
    assert list(prepared.kinds) == list(prepared.frame)
    assert prepared.kind_reasons["pond"] == "As read."
    assert (
        "no column 'lake'"
        in refusal(fish, Rename("lake", "a"), Rename("lake", "b")).problem
    )


@pytest.mark.parametrize("name", ["", "year", "a`b", "a\nb", " a", "a\\", "a\x00"])
def test_that_names_which_a_formula_cannot_hold_are_refused(fish, name):
    assert refusal(fish, Rename("lake", name))


def test_that_numbers_become_levels_in_their_own_order(fish):
    prepared = prepare(fish, [SetKind("year", CATEGORY)])
    year = prepared.frame["year"]
    assert year.cat.categories.tolist() == ["2001", "2003", "2010"]
    assert year.tolist() == ["2003", "2001", "2001", "2010", "2003"]
    assert prepared.kinds["year"] is CATEGORY
    assert (
        prepared.kind_reasons["year"] == "Set by you; before, it was taken as numbers."
    )
    back = prepare(fish, [SetKind("year", CATEGORY), SetKind("year", NUMBER)])
    assert back.frame["year"].tolist() == fish.frame["year"].tolist()


def test_that_missing_cells_stay_missing_whatever_the_kind(fish):
    steps = [SetKind("length", LABEL), SetKind("caught", CATEGORY)]
    frame = prepare(fish, steps).frame
    assert frame["length"].isna().tolist() == fish.frame["length"].isna().tolist()
    assert frame["caught"].tolist()[:2] == ["2021-05-02", "2021-05-01"]
    again = [*steps, SetKind("length", NUMBER), SetKind("caught", DATE)]
    assert_frame_equal(
        prepare(fish, again).frame, fish.frame, check_dtype=False, check_freq=False
    )


def test_that_texts_which_are_no_numbers_are_named(fish):
    error = refusal(fish, SetKind("count", NUMBER))
    assert error.problem == "One cell of 'count' says 'n.d.': no numbers."
    assert "dates" in refusal(fish, SetKind("lake", DATE)).problem
    assert "numbers" in refusal(fish, SetKind("caught", NUMBER)).problem
    assert "dates" in refusal(fish, SetKind("year", DATE)).problem


def test_that_doubtful_and_empty_texts_are_not_converted():
    table = table_of(
        {
            "comma": ["1,234", "5,678"],
            "day": ["3/4/2021", "5/4/2021"],
            "no": [None] * 2,
        },
        {"comma": LABEL, "day": LABEL, "no": LABEL},
    )
    assert "decimals or thousands" in refusal(table, SetKind("comma", NUMBER)).problem
    assert "could be" in refusal(table, SetKind("day", DATE)).problem
    assert "empty" in refusal(table, SetKind("no", NUMBER)).problem


def test_that_numbers_with_gaps_are_exact_or_refused():
    big = str(2**53 + 1)
    table = table_of({"id": [big, "2", None]}, {"id": LABEL})
    assert big in refusal(table, SetKind("id", NUMBER)).problem
    table = table_of({"id": [big, "2"]}, {"id": LABEL})
    assert prepare(table, [SetKind("id", "number")]).frame["id"][1] == int(big)


def test_that_the_first_level_is_the_one_that_was_asked_for(fish):
    prepared = prepare(fish, [SetLevels("lake", ("L3",))])
    assert prepared.frame["lake"].cat.categories.tolist() == ["L3", "L1", "L2"]
    assert prepared.frame["lake"].isna().tolist() == [False] * 3 + [True, False]
    prepared = prepare(
        fish, [SetLevels("lake", ("L3",)), SetLevels("lake", ("L2", "L3"))]
    )
    assert prepared.frame["lake"].cat.categories.tolist() == ["L2", "L3", "L1"]
    assert prepared.frame["lake"].dropna().tolist() == ["L1", "L1", "L2", "L3"]


def test_that_levels_which_are_not_there_are_named(fish):
    assert refusal(fish, SetLevels("lake", ("L9", "L1"))).problem == (
        "Column 'lake' has no level 'L9'."
    )
    assert "twice" in refusal(fish, SetLevels("lake", ("L1", "L1"))).problem
    assert "category" in refusal(fish, SetLevels("year", ("2001",))).problem
    assert "No level" in refusal(fish, SetLevels("lake", ())).problem


def test_that_the_steps_of_columns_are_said_in_words():
    assert Rename("m", "mass").description == "m renamed mass"
    assert SetKind("year", CATEGORY).description == "year taken as categories"
    assert Centre("t", -1.23456).description == "t centred at −1.235, as t_c"
    order = ("control", "low", "high")
    assert SetLevels("diet", order).description == (
        "levels of diet: control first, then low, high"
    )
    assert SetLevels("diet", tuple("abcdefg")).description == (
        "levels of diet: a first, then b, c, d, 3 more levels"
    )


# ---- all of them ------------------------------------------------------------

STEPS = [
    Exclude((1, "b", 2.5), "L09"),
    Include((4,)),
    Centre("length", 1.5),
    Rename("year", "jahr"),
    SetKind("year", CATEGORY),
    SetLevels("lake", ("L2", "L1")),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_that_steps_survive_a_project_file(step):
    written = json.loads(json.dumps(step.to_dict()))
    assert written["version"] == 1
    assert step_from_dict(written) == step
    assert hash(step_from_dict(written)) == hash(step)


@pytest.mark.parametrize(
    "damage",
    [
        {"step": "pivot"},
        {"version": 2},
    ],
)
def test_that_steps_of_a_newer_version_are_refused_in_words(damage):
    with pytest.raises(DataError) as caught:
        step_from_dict({**STEPS[2].to_dict(), **damage})
    assert "newer version" in caught.value.remedy


@pytest.mark.parametrize(
    "damage",
    [
        {"step": None},
        {"version": "one"},
        {"at": "many"},
        {"at": float("nan")},
        {"at": True},
        {"column": 3},
        {"rows": [1]},
        {"unheard": 1},
    ],
)
def test_that_damaged_steps_are_refused_in_words(damage):
    with pytest.raises(DataError) as caught:
        step_from_dict({**STEPS[2].to_dict(), **damage})
    assert "damaged" in caught.value.remedy


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"step": "exclude", "version": 1, "rows": 5},
        {"step": "exclude", "version": 1, "rows": [[1]]},
        {"step": "rename", "version": 1, "column": "a"},
        {"step": "set_kind", "version": 1, "column": "a", "kind": "colour"},
        {"step": "set_levels", "version": 1, "column": "a", "order": [1]},
    ],
)
def test_that_what_is_no_step_is_refused(written):
    with pytest.raises(DataError):
        step_from_dict(written)


def independent_steps():
    """Steps of which none reads what another changes."""
    return st.lists(
        st.sampled_from(
            [
                Exclude((1, 2), "a"),
                Exclude((2, 3), "a"),
                Centre("length", 1.0),
                SetKind("year", CATEGORY),
                SetLevels("lake", ("L3", "L1")),
                Rename("count", "n"),
            ]
        ),
        unique=True,
    )


def assert_same(one, other):
    assert_frame_equal(one.frame, other.frame)
    assert one.kinds == other.kinds
    assert one.kind_reasons == other.kind_reasons
    assert_frame_equal(one.excluded_rows, other.excluded_rows)


@given(steps=independent_steps(), data=st.data())
def test_that_order_matters_only_where_it_must(steps, data):
    table = fish_table()
    shuffled = data.draw(st.permutations(steps))
    assert_same(prepare(table, shuffled), prepare(table, steps))
    assert_frame_equal(table.frame, fish_table().frame)


def test_that_order_matters_where_a_step_undoes_another(fish):
    out, back = Exclude((1,), "x"), Include((1,))
    assert prepare(fish, [out, back]).is_used.all()
    assert not prepare(fish, [back, out]).is_used.all()


def test_that_neither_the_table_nor_a_result_changes_with_another(fish):
    before = fish.frame.copy()
    prepared = prepare(fish, [Centre("length", 1.0)])
    later = prepared.frame
    later.loc[1, "length"] = 99.0
    assert_frame_equal(fish.frame, before)
    with pytest.raises(ValueError, match="read-only"):
        prepared.is_used[0] = False


def test_that_untouched_columns_are_not_copied(fish):
    steps = [
        Exclude((1,), "x"),
        Centre("length", 1.0),
        Rename("count", "n"),
        SetKind("caught", CATEGORY),
    ]
    frame = prepare(fish, steps).frame
    for column in ("length", "year"):
        assert np.shares_memory(frame[column].to_numpy(), fish.frame[column].to_numpy())


def test_that_a_column_may_have_any_name():
    for name in ("self", "frame", "rows", "0", "é"):
        table = table_of({name: ["a", "b", "a"]}, {name: CATEGORY})
        prepared = prepare(table, [SetLevels(name, ("b",))])
        assert prepared.frame[name].cat.categories.tolist() == ["b", "a"]


def test_that_steps_work_on_a_table_as_read(reference):
    table = read_table(reference / "data" / "fish.csv")
    rows = table.frame.index[table.frame["lake"] == "L09"]
    prepared = prepare(
        table,
        [Exclude(rows, "L09"), Centre("log_length", 4), SetLevels("lake", ["L02"])],
    )
    assert int(prepared.is_used.sum()) == 150 - len(rows) == 132
    assert set(prepared.excluded_rows["reason"]) == {"L09"}


def test_that_a_column_is_followed_to_the_one_it_was_in_the_file():
    steps = (Rename("length", "mm"), Centre("mm", 3.0), Rename("mm_c", "own"))
    prepared = prepare(fish_table(), steps)
    assert prepared.source("own") == prepared.source("mm") == "length"
    assert prepared.source("lake") == "lake"
    assert prepare(fish_table(), (*steps, Rename("mm", "length"))).source("own") == (
        "length"
    )
    again = prepare(fish_table(), (*steps, Exclude((1,))))
    assert again.sources == prepared.sources


def test_that_half_of_many_rows_are_found_by_their_numbers_or_not_at_all():
    n = 120_000
    frame = pd.DataFrame({"x": np.arange(n)}, index=np.arange(1, 2 * n, 2))
    so_far = Prepared.untouched(Table(frame, {"x": NUMBER}, {}, ()))
    rows = tuple(range(1, n, 4))
    places, unknown = so_far.positions((*rows, 2, 2 * n + 5))
    assert frame.index[places].tolist() == list(rows)
    assert unknown == [2, 2 * n + 5]
    step = Exclude(frame.index[places])
    assert step.rows == rows
    assert Exclude((5, 3, 3, 1)).rows == Exclude(np.array([1, 3, 5])).rows == (1, 3, 5)
