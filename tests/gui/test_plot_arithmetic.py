import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from engine.diagnostics.plotdata import RowGroups
from gui.plots.geometry import clipped_runs, inside
from gui.plots.jitter import offsets
from gui.plots.labels import push_apart
from gui.plots.level_axis import arrange
from gui.plots.numbers import fixed_text, number_text, power_text
from gui.plots.ranges import opened, padded, span_of
from gui.plots.rows import Rows, row_name
from gui.plots.ticks import MAX_TICKS, are_whole, common_prefix, linear_ticks

VIEW = QRectF(0, 0, 100, 50)


def six_a_letter(text: str) -> float:
    return 6.0 * len(text)


def texts(low: float, high: float, length: float = 600) -> list[str]:
    ticks = linear_ticks(low, high, length, lambda text: six_a_letter(text) + 18)
    return [tick.text for tick in ticks]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.6341, "−0.6341"),
        (5.31557838, "5.316"),
        (2010, "2010"),
        (123456.7, "123\u202f457"),
        (1e-9, "1×10⁻⁹"),
        (-2.5e12, "−2.5×10¹²"),
        (0.00012345, "0.0001234"),
        (-1e-300, "−1×10⁻³⁰⁰"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "not a number"),
    ],
)
def test_that_numbers_are_written_for_people(value, text):
    assert number_text(value) == text


def test_that_a_rounded_zero_has_no_sign():
    assert fixed_text(-0.001, 2) == "0.00"
    assert power_text(0, 12, 1) == "0"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-3, 7, ["−2", "0", "2", "4", "6"]),
        (2.3, 6.2, ["2.5", "3.0", "3.5", "4.0", "4.5", "5.0", "5.5", "6.0"]),
        (1990, 2012, ["1990", "1995", "2000", "2005", "2010"]),
        (0, 60_000, ["0", *(f"{k}0\u202f000" for k in range(1, 7))]),
        (1e-9, 3e-9, [f"{m}×10⁻⁹" for m in ("1.0", "1.5", "2.0", "2.5", "3.0")]),
        (-1e12, 1e12, ["−1.0×10¹²", "−5.0×10¹¹", "0", "5.0×10¹¹", "1.0×10¹²"]),
    ],
)
def test_that_ticks_are_round_numbers_of_one_form(low, high, expected):
    found = texts(low, high)
    if low == -1e12:  # one exponent for the whole axis
        expected = ["−1.0×10¹²", "−0.5×10¹²", "0", "0.5×10¹²", "1.0×10¹²"]
    assert found == expected


@given(
    middle=st.floats(-1e15, 1e15),
    exponent=st.floats(-12, 12),
    length=st.floats(20, 2000),
)
def test_that_labels_never_touch_and_never_exceed_eight(middle, exponent, length):
    span = max(10**exponent, abs(middle) * 1e-9)
    low, high = middle - span / 2, middle + span / 2
    ticks = linear_ticks(low, high, length, six_a_letter)
    assert len(ticks) <= MAX_TICKS
    places = [(tick.value - low) / (high - low) * length for tick in ticks]
    widest = max((six_a_letter(tick.text) for tick in ticks), default=0)
    assert all(b - a >= widest * 0.999 for a, b in pairwise(places))
    assert len({tick.text for tick in ticks}) == len(ticks)


def test_that_years_have_no_tick_in_the_middle_of_one():
    years = np.array([2016.0, 2017.0, 2019.0])
    assert are_whole(years)
    for length in (200, 600, 2000):
        ticks = linear_ticks(2015.8, 2019.2, length, six_a_letter, is_whole=True)
        assert ticks
        assert all(tick.value == round(tick.value) for tick in ticks)
        assert all(tick.text.isdigit() for tick in ticks)
    # looked at very closely, the axis is still not bare
    assert linear_ticks(2016.2, 2016.8, 600, six_a_letter, is_whole=True)


@pytest.mark.parametrize("values", [[], [1, 2, 3], [0, 2.5, 9], [1] * 200 + [4.5]])
def test_that_few_or_broken_numbers_are_not_held_for_whole_ones(values):
    assert not are_whole(np.array(values, dtype=float))


@pytest.mark.parametrize("limits", [(1, 1), (2, 1), (math.nan, 1), (0, math.inf)])
def test_that_no_range_has_no_ticks(limits):
    assert linear_ticks(*limits, 100, six_a_letter) == ()


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["L01", "L12"], "L"),
        (["L1", "L12"], "L"),
        (["north", "northeast"], ""),
        (["site_A", "site_B"], "site_"),
        (["Lake Huron", "Lake Erie"], "Lake "),
        (["12", "13"], ""),
        (["only"], ""),
        ([], ""),
        (["same", "same"], ""),
    ],
)
def test_that_a_common_prefix_never_cuts_a_word(names, prefix):
    assert common_prefix(names) == prefix


def arranged(names, slot, room=0.0, first_choice=()):
    def elide(text: str, width: float) -> str:
        return (
            text if six_a_letter(text) <= width else text[: int(width // 6) - 1] + "…"
        )

    return arrange(names, slot, room, 13, six_a_letter, elide, first_choice)


def test_that_names_with_room_are_written_in_full():
    assert arranged(["L01", "L02"], 40).texts == {0: "L01", 1: "L02"}


def test_that_names_without_room_lose_their_prefix_and_the_title_says_so():
    found = arranged(["Lake 1", "Lake 2"], 40)
    assert found.texts == {0: "1", 1: "2"}
    assert found.note == "Lake …"


def test_that_names_stand_upright_where_there_is_height():
    found = arranged(["alpha", "beta", "gamma"], 20, room=60)
    assert found.is_upright
    assert list(found.texts) == [0, 1, 2]


def test_that_only_some_of_many_names_are_written_but_always_the_chosen():
    names = [f"station {i:03d}" for i in range(300)]
    found = arranged(names, 2, first_choice=[17])
    assert found.texts[17] == "017"
    assert 3 <= len(found.texts) < 100
    assert found.note == "station …, 300 groups"
    places = sorted(found.texts)
    assert all((b - a) * 2 >= 18 for a, b in pairwise(places))


@given(
    st.lists(
        st.tuples(st.floats(0, 300), st.floats(10, 100), st.floats(0, 200)),
        min_size=1,
        max_size=12,
    )
)
def test_that_pushed_labels_keep_their_distance(labels):
    left, width, middle = (np.array(part) for part in zip(*labels, strict=True))
    left[:] = 0.0  # all in one column: the hardest case
    places = np.sort(push_apart(left, width, middle, 13.0))
    assert (np.diff(places) > 13 - 3).all()


def test_that_labels_with_room_stay_where_they_are():
    middle = np.array([10.0, 40.0, 80.0])
    zeros = np.zeros(3)
    assert push_apart(zeros, zeros + 20, middle, 13).tolist() == middle.tolist()


def test_that_labels_side_by_side_do_not_push():
    left, middle = np.array([0.0, 200.0]), np.array([10.0, 12.0])
    assert push_apart(left, np.array([30.0, 30.0]), middle, 13).tolist() == [10, 12]


def test_that_a_line_is_cut_at_the_edges_of_the_view():
    (run,) = clipped_runs(np.array([-50.0, 150.0]), np.array([25.0, 25.0]), VIEW)
    assert [(p.x(), p.y()) for p in run.toList()] == [(0, 25), (100, 25)]


def test_that_a_nan_and_a_way_outside_part_a_line():
    x = np.array([10.0, 20, np.nan, 30, 40, 50, 60])
    y = np.array([10.0, 10, np.nan, 10, 999, 10, 10])
    runs = clipped_runs(x, y, VIEW)
    assert [len(run.toList()) for run in runs] == [2, 2, 3]


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), max_size=20))
def test_that_nothing_drawn_leaves_the_view(points):
    x, y = (
        (np.array(part, dtype=float) for part in zip(*points, strict=True))
        if (points)
        else (np.zeros(0), np.zeros(0))
    )
    for run in clipped_runs(x, y, VIEW):
        for point in run.toList():
            assert VIEW.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(point)


def test_that_points_near_the_edge_still_count_as_inside():
    x, y = np.array([-2.0, -5.0, 50.0]), np.array([10.0, 10.0, 25.0])
    assert inside(x, y, VIEW, 3).tolist() == [True, False, True]


def test_that_jitter_is_the_same_every_time_and_stays_in_its_slot():
    rng = np.random.default_rng(3)
    positions, y = rng.integers(0, 5, 400), rng.normal(size=400)
    found = offsets(positions, y)
    assert np.array_equal(found, offsets(positions, y))
    assert np.abs(found).max() <= 1


def test_that_a_lonely_point_is_not_moved():
    assert offsets(np.array([0, 1]), np.array([1.0, 1.0])).tolist() == [0, 0]


def test_that_equal_values_are_spread():
    found = offsets(np.zeros(9, dtype=int), np.ones(9))
    assert len(set(found.tolist())) == 9


def test_that_ranges_open_around_a_constant():
    assert opened((5.0, 5.0)) == (4.5, 5.5)
    assert opened((0.0, 0.0)) == (-1.0, 1.0)
    low, high = opened((1e12, 1e12))
    assert low < 1e12 < high


def test_that_padding_is_a_number_of_pixels():
    low, high = padded((0.0, 10.0), 124, 12, 12)
    assert (low, high) == pytest.approx((-1.2, 11.2))


def test_that_the_span_ignores_what_has_no_place():
    assert span_of(np.array([np.nan, 2.0]), np.array([[-1.0, np.inf]])) == (-1.0, 2.0)
    assert span_of(np.array([np.nan])) == (0.0, 0.0)


def test_that_rows_without_a_place_are_dropped_with_their_names():
    x, y = np.array([1.0, np.nan, 3.0]), np.array([1.0, 2.0, np.inf])
    groups = RowGroups("g", ("a", "b", "c"), np.arange(3))
    rows = Rows.finite(x, y, np.array([7, 8, 9]), groups)
    assert (rows.label(0), rows.level(0), rows.n_dropped) == (7, "a", 2)
    assert rows.of(np.array([4.0, 5.0, 6.0])).tolist() == [4.0]
    assert rows.dropped_sentence().startswith("2 rows")


def test_that_row_labels_are_python_objects():
    rows = Rows.finite(np.ones(1), np.ones(1), np.array([7]), None)
    assert type(rows.label(0)) is int
    assert row_name(rows.label(0)) == "Row 7"
    assert row_name("L09") == "L09"
