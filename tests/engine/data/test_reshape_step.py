"""From wide to long: what is stacked, what is repeated, what is refused."""

from __future__ import annotations

import json

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
    Lengthen,
    SetKind,
    SetLevels,
    StepError,
    prepare,
    step_from_dict,
)
from engine.data.table import Kind, Table
from engine.errors import DataError

NUMBER, CATEGORY, DATE, LABEL = Kind.NUMBER, Kind.CATEGORY, Kind.DATE, Kind.LABEL
YEARS = ("2001", "2002", "2003")


def read(tmp_path, text) -> Table:
    path = tmp_path / "wide.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path)


@pytest.fixture
def birds(tmp_path) -> Table:
    return read(
        tmp_path,
        "site,region,2001,2002,2003\n"
        "Ness,north,10,,12\n"
        "Holm,south,20,21,22\n"
        "Rock,south,30,31,\n"
        "Geo,north,40,41,42\n",
    )


def refusal(table, step) -> str:
    with pytest.raises(StepError) as caught:
        prepare(table, [step])
    assert caught.value.problem.endswith(".")
    return caught.value.problem


def numbers_called(columns, n_rows=2) -> Table:
    cells = {name: [float(i) for i in range(n_rows)] for name in columns}
    return table_of(cells, dict.fromkeys(columns, NUMBER))


def table_of(columns, kinds) -> Table:
    frame = pd.DataFrame(columns)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Table(frame, kinds, dict.fromkeys(kinds, "As read."), ())


# ---- what it makes ----------------------------------------------------------


def test_that_each_value_gets_its_own_row(birds):
    long = prepare(birds, [Lengthen(YEARS, "year", "count")])
    assert list(long.frame) == ["site", "region", "year", "count"]
    assert long.frame.index.tolist() == list(range(1, 13))
    assert long.frame["site"].tolist()[:4] == ["Ness", "Ness", "Ness", "Holm"]
    assert long.frame["region"].tolist()[:4] == ["north", "north", "north", "south"]
    assert long.frame["year"].tolist()[:4] == [2001, 2002, 2003, 2001]
    assert long.frame["count"].tolist()[3:6] == [20, 21, 22]
    assert long.frame["count"].isna().sum() == 2
    assert long.is_used.all()


def test_that_a_later_step_and_a_model_can_use_what_was_made(birds):
    steps = [
        Lengthen(YEARS, "year", "count"),
        Centre("year", 2002),
        SetKind("year", CATEGORY),
        Exclude((12,), "storm"),
    ]
    frame = prepare(birds, steps).used_frame
    assert frame["year_c"].tolist()[:3] == [-1, 0, 1]
    assert frame["year"].cat.categories.tolist() == list(YEARS)
    assert len(frame) == 11


def test_that_excluded_rows_stay_excluded_with_their_reason(birds):
    steps = [
        Exclude((2,), "goats"),
        Exclude((4,), "not counted"),
        Lengthen(YEARS, "year", "count"),
    ]
    long = prepare(birds, steps)
    reasons = long.excluded_rows["reason"]
    assert reasons.to_dict() == dict.fromkeys((4, 5, 6), "goats") | dict.fromkeys(
        (10, 11, 12), "not counted"
    )
    assert set(long.used_frame["site"]) == {"Ness", "Rock"}
    back = prepare(birds, [*steps, Include((5,))])
    assert len(back.excluded_rows) == 5


def test_that_only_some_columns_can_be_stacked(birds):
    long = prepare(birds, [Lengthen(("2003", "2001"), "year", "count")]).frame
    assert list(long) == ["site", "region", "2002", "year", "count"]
    assert long["year"].tolist()[:2] == [2003, 2001]
    assert long["2002"].isna().tolist()[:3] == [True, True, False]


def test_that_all_columns_can_be_stacked():
    table = table_of({"a": [1, 2], "b": [3, 4]}, {"a": NUMBER, "b": NUMBER})
    long = prepare(table, [Lengthen(("a", "b"), "side", "length")]).frame
    assert long["side"].tolist() == ["a", "b"] * 2
    assert long["length"].tolist() == [1, 3, 2, 4]
    assert long["length"].dtype == "int64"


def test_that_names_of_columns_that_go_are_free_again(birds):
    long = prepare(birds, [Lengthen(YEARS, "2001", "2002")]).frame
    assert list(long) == ["site", "region", "2001", "2002"]


def test_that_neither_the_table_nor_the_frame_before_changes(birds):
    before = birds.frame.copy()
    long = prepare(birds, [Lengthen(YEARS, "year", "count")]).frame
    long.loc[1, "site"] = "elsewhere"
    assert_frame_equal(birds.frame, before)


@st.composite
def wide_tables(draw):
    n_rows, n_columns = draw(st.integers(0, 6)), draw(st.integers(2, 6))
    cells = st.one_of(st.none(), st.floats(-1e9, 1e9), st.integers(-99, 99))
    columns = {"id": [f"r{i}" for i in range(n_rows)]}
    for i in range(n_columns):
        column = draw(st.lists(cells, min_size=n_rows, max_size=n_rows))
        columns[f"t{i}"] = np.array(column, dtype=float)
    kinds = {name: LABEL if name == "id" else NUMBER for name in columns}
    out = draw(st.sets(st.integers(1, n_rows)) if n_rows else st.just(set()))
    return table_of(columns, kinds), out


@given(wide_tables())
def test_that_no_value_is_lost_or_moved(sample):
    table, out = sample
    columns = [name for name in table.frame if name != "id"]
    steps = [Exclude(tuple(out), "x")] if out else []
    long = prepare(table, [*steps, Lengthen(columns, "t", "y")])
    cells = table.frame[columns].to_numpy(float)
    assert np.array_equal(
        long.frame["y"].to_numpy(float), cells.ravel(), equal_nan=True
    )
    assert long.frame["t"].tolist() == list(range(len(columns))) * len(table.frame)
    assert long.frame["id"].tolist() == [
        name for name in table.frame["id"] for _ in columns
    ]
    labels = {f"r{row - 1}" for row in out}
    assert (long.is_used == ~long.frame["id"].isin(labels).to_numpy()).all()


# ---- headings ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (("y2001", "y2002"), [2001, 2002]),
        (("1", "2", "10"), [1, 2, 10]),
        (("dose 0.25", "dose 0.5"), [0.25, 0.5]),
        (("week-1", "week-2"), [1, 2]),
        (("t-1", "t0", "t1"), [-1, 0, 1]),
        (("mass.1", "mass.2"), [1, 2]),
        (("day01", "day02"), [1, 2]),
        (("-2", "-1"), [-2, -1]),
    ],
)
def test_that_headings_with_numbers_become_numbers(columns, values):
    table = numbers_called(columns)
    long = prepare(table, [Lengthen(columns, "time", "y")])
    assert long.frame["time"].tolist() == values * 2
    assert long.kinds["time"] is NUMBER


@pytest.mark.parametrize(
    ("columns", "names_to"),
    [
        (("spring", "autumn"), "season"),
        (("S1", "S2"), "site"),  # a site is no number
        (("N_1", "S_1"), "name"),
        (("01", "02"), "code"),
        (("y1", "y01"), "time"),
        (("2001 (2)", "2001 (3)"), "time"),
    ],
)
def test_that_other_headings_become_categories_in_their_order(columns, names_to):
    table = numbers_called(columns, 3)
    long = prepare(table, [Lengthen(columns, names_to, "y")])
    assert long.frame[names_to].tolist() == list(columns) * 3
    assert long.frame[names_to].cat.categories.tolist() == list(columns)
    assert long.kinds[names_to] is CATEGORY


def test_that_headings_that_are_dates_become_dates():
    columns = ("2021-05-01", "2021-06-01")
    table = numbers_called(columns)
    long = prepare(table, [Lengthen(columns, "day", "y")])
    assert long.kinds["day"] is DATE
    assert long.frame["day"].dt.month.tolist() == [5, 6, 5, 6]


def test_that_the_prefix_can_be_chosen():
    columns = ("y1", "y2")
    table = numbers_called(columns)
    kept = prepare(table, [Lengthen(columns, "t", "v", prefix="")]).frame
    assert kept["t"].tolist() == ["y1", "y2"] * 2
    assert "begin with 'x'" in refusal(table, Lengthen(columns, "t", "v", prefix="x"))
    left = refusal(table, Lengthen(columns, "t", "v", prefix="y1"))
    assert "Nothing is left" in left or "begin with" in left


# ---- kinds ------------------------------------------------------------------


def test_that_repeated_labels_become_categories_with_a_reason(birds):
    assert birds.kinds["site"] is LABEL
    long = prepare(birds, [Lengthen(YEARS, "year", "count")])
    assert long.kinds == {
        "site": CATEGORY,
        "region": CATEGORY,
        "year": NUMBER,
        "count": NUMBER,
    }
    assert list(long.kind_reasons) == list(long.kinds) == list(long.frame)
    assert "4 different ones in 12 cells" in long.kind_reasons["site"]
    assert "headings of 3 columns" in long.kind_reasons["year"]
    assert "10 of 12 cells are numbers" in long.kind_reasons["count"]


def test_that_what_the_user_said_of_a_column_is_kept(birds):
    steps = [SetKind("region", LABEL), Lengthen(YEARS, "year", "count")]
    long = prepare(birds, steps)
    assert long.kinds["region"] is LABEL
    assert long.kind_reasons["region"].startswith("Set by you")


def test_that_dates_and_texts_are_stacked_as_such():
    table = table_of(
        {
            "d1": pd.to_datetime(["2021-05-01", None]),
            "d2": pd.to_datetime(["2021-06-01", "2021-07-01"]),
            "c1": ["a", "b"],
            "c2": ["b", None],
        },
        {"d1": DATE, "d2": DATE, "c1": CATEGORY, "c2": LABEL},
    )
    dates = prepare(table, [Lengthen(("d1", "d2"), "n", "day")])
    assert dates.kinds["day"] is DATE
    assert dates.frame["day"].isna().tolist() == [False, False, True, False]
    texts = prepare(table, [Lengthen(("c1", "c2"), "n", "state")])
    assert texts.kinds["state"] is CATEGORY
    assert texts.frame["state"].tolist()[:3] == ["a", "b", "b"]
    assert texts.frame["state"].isna().tolist() == [False, False, False, True]


def test_that_levels_put_in_order_stay_in_order():
    table = table_of(
        {"c1": ["low", "high"], "c2": ["mid", "low"], "x": [1, 2]},
        {"c1": CATEGORY, "c2": CATEGORY, "x": NUMBER},
    )
    steps = [SetLevels("c1", ("low", "high")), Lengthen(("c1", "c2"), "n", "state")]
    state = prepare(table, steps).frame["state"]
    assert state.cat.categories.tolist() == ["low", "high", "mid"]
    assert state.tolist() == ["low", "mid", "high", "low"]


def test_that_a_column_without_values_goes_with_any(tmp_path):
    table = read(tmp_path, "site,2001,2002,2003\na,1,,3\nb,4,,6\n")
    assert table.kinds["2002"] is LABEL
    long = prepare(table, [Lengthen(YEARS, "year", "n")])
    assert long.kinds["n"] is NUMBER
    assert long.frame["n"].isna().tolist() == [False, True, False] * 2
    nothing = table_of({"a": [None] * 2, "b": [None] * 2}, {"a": LABEL, "b": LABEL})
    empty = prepare(nothing, [Lengthen(("a", "b"), "n", "v")])
    assert empty.frame["v"].isna().all()
    assert empty.kinds["v"] is LABEL


# ---- what is refused --------------------------------------------------------


def test_that_impossible_steps_are_refused_in_words(birds):
    cases = {
        Lengthen(("2001", "1999", "1998"), "a", "b"): "no column '1999' or '1998'",
        Lengthen(("2001",), "a", "b"): "At least two columns",
        Lengthen((), "a", "b"): "At least two columns",
        Lengthen(("2001", "2001"), "a", "b"): "named twice",
        Lengthen(YEARS, "site", "b"): "already a column 'site'",
        Lengthen(YEARS, "a", "region"): "already a column 'region'",
        Lengthen(YEARS, "a", "a"): "already a column 'a'",
        Lengthen(YEARS, "", "b"): "needs a name",
        Lengthen(YEARS, "a", "b`"): "backticks",
        Lengthen(("2001", "region"), "a", "b"): (
            "'2001' holds numbers and 'region' holds texts"
        ),
    }
    for step, words in cases.items():
        assert words in refusal(birds, step)


def test_that_numbers_which_would_be_rounded_are_refused():
    big = 2**53 + 1
    table = table_of({"a": [big, 2], "b": [0.5, 1.5]}, {"a": NUMBER, "b": NUMBER})
    assert "too long" in refusal(table, Lengthen(("a", "b"), "n", "v"))
    table = table_of({"a": [big, 2], "b": [3, 4]}, {"a": NUMBER, "b": NUMBER})
    long = prepare(table, [Lengthen(("a", "b"), "n", "v")])
    assert long.frame["v"][1] == big


def test_that_the_step_is_said_in_words():
    step = Lengthen(YEARS, "year", "count")
    words = "3 columns from 2001 to 2003 stacked into count, by year"
    assert step.description == words
    pair = Lengthen(("left", "right"), "side", "wing")
    assert pair.description == "left and right stacked into wing, by side"


def test_that_the_step_survives_a_project_file():
    step = Lengthen(["y1", "y2"], "year", "count")
    written = json.loads(json.dumps(step.to_dict()))
    assert written == {
        "version": 1,
        "step": "lengthen",
        "columns": ["y1", "y2"],
        "names_to": "year",
        "values_to": "count",
        "prefix": "y",
    }
    assert step_from_dict(written) == step
    assert hash(step_from_dict(written)) == hash(step)


@pytest.mark.parametrize(
    "damage", [{"columns": "y1"}, {"columns": [1, 2]}, {"names_to": 1}, {"prefix": 2}]
)
def test_that_a_damaged_step_is_refused_in_words(damage):
    with pytest.raises(DataError, match="cannot be read"):
        step_from_dict({**Lengthen(YEARS, "year", "n").to_dict(), **damage})
