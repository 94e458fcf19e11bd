"""Columns share the room: gaps give way first, then words, numbers never."""

from __future__ import annotations

import pytest

from gui.tables.column_widths import STEPS, Need, broken, fitted, share

WORDS = Need(body=200, least=96, heads=(40, 40, 40, 40))
NUMBERS = Need(body=50, least=50, heads=(120, 70, 45, 45))


def test_that_a_roomy_table_has_one_line_headings_and_wide_gaps():
    made = share([WORDS, NUMBERS], 500)
    assert (made.gap, made.lines) == STEPS[0]
    assert sum(made.widths) <= 500


def test_that_headings_break_before_words_are_cut():
    made = share([WORDS, NUMBERS], 310)
    assert made.lines == 2
    assert made.widths[0] - 2 * made.gap >= WORDS.body


@pytest.mark.parametrize("room", range(150, 700, 13))
def test_that_numbers_and_headings_always_fit_and_room_is_kept_where_it_can_be(room):
    needs = [WORDS, NUMBERS, NUMBERS]
    made = share(needs, room)
    for need, width in zip(needs, made.widths, strict=True):
        assert width - 2 * made.gap >= need.least
        assert width - 2 * made.gap >= need.heads[made.lines - 1]
    least = sum(need.smallest(4) + 2 * STEPS[-1][0] for need in needs)
    assert (sum(made.widths) <= room) == (least <= room)


def test_that_no_column_is_far_from_the_next_in_a_very_wide_room():
    made = share([NUMBERS, NUMBERS], 3000)
    assert sum(made.widths) < 600


def test_that_a_heading_is_broken_evenly_and_numbers_stay_with_their_per_cent():
    assert broken("Correlation with baseline", 2, len) == (
        "Correlation",
        "with baseline",
    )
    assert broken("95 % lower", 2, len) == ("95\u00a0%", "lower")
    assert broken("SD", 3, len) == ("SD",)


def test_that_a_heading_has_no_more_lines_than_it_needs():
    assert fitted("Varies in", 3, 20, len) == ("Varies in",)
    assert fitted("Varies in", 3, 6, len) == ("Varies", "in")
