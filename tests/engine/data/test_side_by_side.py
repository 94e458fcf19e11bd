"""Wide tables: how they are recognised, and what is offered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.hints import HintKind, Severity
from engine.data.reading import read_table
from engine.data.roles import suggest_roles
from engine.data.scan import scan_design
from engine.data.side_by_side import (
    are_years,
    number_prefix,
    side_by_side,
    suggested_names,
)
from engine.data.steps import Lengthen, Rename, prepare
from engine.data.table import Kind

NUMBER, CATEGORY = Kind.NUMBER, Kind.CATEGORY
YEARS = ("2001", "2002", "2003", "2004")


@pytest.fixture
def birds(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(
        "site,region,2001,2002,2003,2004\n"
        "Ness,north,10,,12,1\n"
        "Holm,south,20,21,22,2\n"
        "Rock,south,30,31,,3\n"
        "Geo,north,40,41,42,4\n",
        encoding="utf-8",
    )
    return read_table(path)


def test_that_a_wide_table_is_offered_to_be_made_long(birds):
    hint = next(iter(scan_design(birds).hints))
    assert hint.kind is HintKind.SIDE_BY_SIDE
    assert hint.severity is Severity.AMBER
    assert hint.sentence == (
        "4 columns side by side look like one measurement ('2001' ... '2004')."
    )
    assert hint.columns == suggest_roles(birds).side_by_side == YEARS
    step = Lengthen.suggested(hint.columns, birds.kinds)
    assert (step.names_to, step.values_to) == ("year", "value")
    long = prepare(birds, [step])
    assert scan_design(long.frame, long.kinds).grouping("site").n_levels == 4


@pytest.mark.parametrize("name", ["fish", "seabirds", "sleepstudy", "oats", "pastes"])
def test_that_a_long_table_is_not(reference, name):
    hints = scan_design(read_table(reference / "data" / f"{name}.csv")).hints
    assert HintKind.SIDE_BY_SIDE not in [hint.kind for hint in hints]


def test_that_numbered_covariates_of_a_long_table_are_not():
    kinds = {"site": CATEGORY, **{f"bio{i}": NUMBER for i in range(19)}}
    assert side_by_side(kinds, ["site"]) == ()
    assert len(side_by_side(kinds)) == 19
    years = {"site": CATEGORY, **{f"y{i}": NUMBER for i in range(2001, 2006)}}
    assert len(side_by_side(years, ["site"])) == 5
    assert len(side_by_side(years, ["y2001"])) == 5  # its counts repeat


def test_that_a_step_can_be_offered_after_a_rename(birds):
    prepared = prepare(birds, [Rename("site", "year")])
    step = Lengthen.suggested(YEARS, prepared.kinds)
    assert step.names_to == "year2"
    assert step.validate(prepared) is None


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (("y2001", "y2002"), ("year", "value")),
        (("day1", "day2"), ("day", "value")),
        (("mass_1", "mass_2"), ("occasion", "mass")),
        (("mass_2001", "mass_2002"), ("year", "mass")),
        (("N_1", "S_1"), ("name", "value")),
        (("1", "2"), ("name", "value")),
    ],
)
def test_that_the_new_columns_get_telling_names(columns, names):
    assert suggested_names(columns) == names


def test_that_years_are_told_from_other_numbers():
    assert are_years(("1998", "1999"))
    assert are_years(("count_1998", "count_1999"))
    assert not are_years(("1", "2"))
    assert not are_years(("0120", "0130"))
    assert not are_years(("a", "b"))


@given(st.lists(st.text(min_size=1), min_size=2, unique=True))
def test_that_a_prefix_leaves_different_numbers(names):
    prefix = number_prefix(names)
    if prefix is not None:
        rests = [float(n.removeprefix(prefix).replace("−", "-")) for n in names]
        assert len(set(rests)) == len(names)
