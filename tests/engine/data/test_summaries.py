"""The summary of one column for the data table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.data.summaries import (
    MOST_BARS,
    MOST_LEVELS,
    count_in_bars,
    summarise_column,
)
from engine.data.table import Kind
from engine.errors import DataError

NUMBER, CATEGORY, DATE = Kind.NUMBER, Kind.CATEGORY, Kind.DATE


def summary_of(values, kind):
    return summarise_column(pd.DataFrame({"x": values}), "x", kind)


def test_that_numbers_are_summed_up():
    summary = summary_of([1.0, 2.5, np.nan, 4.0, 8.5], NUMBER)
    assert (summary.n_rows, summary.n_missing, summary.n_different) == (5, 1, 4)
    assert (summary.minimum, summary.median, summary.maximum) == (1.0, 3.25, 8.5)
    assert summary.mean == pytest.approx(4.0)
    assert summary.sd == pytest.approx(np.std([1, 2.5, 4, 8.5], ddof=1))
    assert sum(summary.bar_counts) == 4
    assert summary.bar_edges[0] == 1.0
    assert summary.bar_edges[-1] == 8.5


def test_that_few_whole_numbers_have_a_bar_each():
    summary = summary_of([2001, 2003, 2003], NUMBER)
    assert summary.bar_counts == (1, 0, 2)
    assert summary.bar_edges == (2000.5, 2001.5, 2002.5, 2003.5)


@pytest.mark.parametrize(
    "values", [[3.5], [3.5, 3.5], [1e17, 1e17 + 16], [1e308, -1e308], [5e-324, 0.0]]
)
def test_that_awkward_numbers_are_summed_up(values):
    summary = summary_of(values, NUMBER)
    assert sum(summary.bar_counts) == len(values)
    assert summary.mean == pytest.approx(np.mean(np.array(values) / 4) * 4)
    assert (summary.sd is None) == (len(values) == 1)


def test_that_infinity_is_counted_apart():
    summary = summary_of([1.5, 2.5, np.inf, -np.inf], NUMBER)
    assert (summary.maximum, summary.n_infinite) == (2.5, 2)
    assert summary_of([np.inf], NUMBER).bar_counts == ()


@example([5.242033914064621e-30] * 3)
@given(
    st.lists(st.floats(allow_infinity=True) | st.integers(-5, 5).map(float), min_size=1)
)
def test_that_every_finite_number_is_in_a_bar(values):
    summary = summary_of(values, NUMBER)
    n_finite = int(np.isfinite(values).sum())
    assert sum(summary.bar_counts) == n_finite
    assert len(summary.bar_counts) <= MOST_BARS
    assert summary.n_missing == int(np.isnan(values).sum())
    if n_finite:
        edges = list(summary.bar_edges)
        assert edges == sorted(edges)
        assert len(edges) == len(summary.bar_counts) + 1
        assert summary.minimum <= summary.mean <= summary.maximum


def test_that_levels_are_counted_in_their_order():
    values = pd.Categorical(["b", "a", "b", None], categories=["c", "b", "a"])
    summary = summary_of(values, CATEGORY)
    assert summary.levels == (("b", 2), ("a", 1))
    assert (summary.bar_names, summary.bar_counts) == (("b", "a"), (2, 1))
    assert (summary.rows_min, summary.rows_max, summary.n_missing) == (1, 2, 1)


def test_that_of_many_levels_the_most_frequent_are_shown():
    values = [f"L{i:04}" for i in range(2000)] + ["often"] * 5
    summary = summary_of(values, CATEGORY)
    assert summary.n_different == 2001
    assert len(summary.levels) == MOST_LEVELS
    assert len(summary.bar_counts) == MOST_BARS
    assert summary.bar_names[0] == "often"


def test_that_dates_are_summed_up():
    days = pd.to_datetime(["2021-05-01", "2021-05-03", None, "2021-05-11"])
    summary = summary_of(days, DATE)
    assert (summary.minimum, summary.maximum) == (days[0], days[3])
    assert summary.median == days[1]
    assert sum(summary.bar_counts) == 3
    assert summary.bar_edges[0] == days[0]


def test_that_an_empty_column_has_no_bars():
    for kind in Kind:
        summary = summary_of(pd.Series([None, None], dtype="float64"), kind)
        assert (summary.n_missing, summary.bar_counts, summary.levels) == (2, (), ())
        assert count_in_bars(summary, pd.Series([], dtype="float64")).size == 0


def test_that_a_column_that_is_not_there_is_named():
    with pytest.raises(DataError, match="no column 'y'"):
        summarise_column(pd.DataFrame({"x": [1]}), "y", NUMBER)


COLUMNS = {
    NUMBER: st.floats(-1e6, 1e6) | st.just(float("nan")),
    CATEGORY: st.sampled_from([f"L{i}" for i in range(40)]) | st.none(),
    DATE: st.datetimes(pd.Timestamp("1900-01-01"), pd.Timestamp("2100-01-01")).map(
        pd.Timestamp
    ),
}


@pytest.mark.parametrize("kind", COLUMNS)
@given(data=st.data())
def test_that_selected_rows_are_counted_in_the_same_bars(kind, data):
    cells = data.draw(st.lists(COLUMNS[kind], min_size=1, max_size=60))
    values = pd.Series(cells, dtype=object if kind is CATEGORY else None)
    summary = summary_of(values, kind)
    assert tuple(count_in_bars(summary, values)) == summary.bar_counts
    is_selected = np.array(data.draw(st.lists(st.booleans(), min_size=len(cells))))
    part = values[is_selected[: len(cells)]]
    if summary.bar_counts and len(part):
        assert (count_in_bars(summary, part) <= summary.bar_counts).all()


def test_that_levels_written_in_several_ways_are_named_with_their_rows():
    values = ["lake 1 ", *["Lake 1"] * 3, *["Lake1"] * 2, "Lake 2", "Lake 12", None]
    summary = summary_of(pd.Series(values, dtype="str"), CATEGORY)
    assert summary.alike == ((("Lake 1", 3), ("Lake1", 2), ("lake 1 ", 1)),)
    assert summary_of(pd.Series(["a", "b"] * 3, dtype="str"), CATEGORY).alike == ()
    assert summary_of([1.0, 2.0], NUMBER).alike == ()


def test_that_rare_levels_beyond_the_list_are_compared_too():
    names = [f"Nest {k:05d}" for k in range(2 * MOST_LEVELS)]
    values = pd.Series([*names, *names, "NEST-1999"], dtype="str")
    summary = summary_of(values, CATEGORY)
    assert len(summary.levels) == MOST_LEVELS
    assert summary.alike == ((("Nest 01999", 2), ("NEST-1999", 1)),)
