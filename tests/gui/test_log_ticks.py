"""Plain numbers on an axis of logarithms."""

from __future__ import annotations

import numpy as np
import pytest

from engine.diagnostics.prediction_scale import Scale
from gui.plots.log_ticks import log_ticks
from gui.plots.ticks import MAX_TICKS


def ticks(first, last, function="log", length=300.0):
    scale = Scale("", "", "", function)
    ends = scale.forth(first), scale.forth(last)
    found = log_ticks(*ends, length, lambda text: 18.0, scale)
    return found, scale


@pytest.mark.parametrize("function", ["log", "log2", "log10", "log1p"])
@pytest.mark.parametrize(
    ("first", "last"),
    [(0.2, 40.0), (3.0, 4.1), (1e-6, 1e9), (7.0, 700.0), (99.0, 101.0)],
)
def test_that_labels_are_the_numbers_at_their_places(function, first, last):
    found, scale = ticks(first, last, function)
    assert 2 <= len(found) <= MAX_TICKS
    for tick in found:
        number = float(scale.back(np.array(tick.value)))
        said = (
            float(tick.text.replace("\u2212", "-").replace("\u202f", ""))
            if ("×" not in tick.text)
            else number
        )
        assert said == pytest.approx(number, rel=1e-5, abs=1e-9)
        assert first * (1 - 1e-9) <= number <= last * (1 + 1e-9)


def test_that_round_numbers_are_written_plainly():
    found, _ = ticks(0.15, 60.0)
    assert [tick.text for tick in found] == [
        "0.2",
        "0.5",
        "1",
        "2",
        "5",
        "10",
        "20",
        "50",
    ]


def test_that_counts_plus_one_reach_zero():
    found, _ = ticks(0.0, 900.0, "log1p")
    assert found[0].text == "0"


@pytest.mark.parametrize("ends", [(1.0, 1.0), (5.0, 2.0)])
def test_that_an_empty_range_has_no_ticks(ends):
    assert ticks(*ends)[0] == ()


def test_that_a_low_picture_keeps_at_least_two_numbers():
    found, _ = ticks(0.03, 20_000.0, length=80.0)
    assert len(found) >= 2
    assert float(found[-1].text.replace("\u202f", "").replace("\u00a0", "")) >= 100
