"""Fits that cannot fit in memory are refused in words, before they are tried."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import engine
from engine import free_memory
from engine.errors import DesignError, FitError
from engine.fitting import memory, row_columns
from engine.fitting.crossproducts import reduce_rows
from engine.model.formula import parse_formula
from engine.model.matrices import build_design
from engine.number_style import NumberStyle, written_in

CROSSED = "y ~ x + (1 | plant) + (1 | visitor)"


def visits(n_plants=400, n_visitors=300, n=3_000, seed=5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "plant": rng.permutation(np.arange(n) % n_plants),
            "visitor": rng.permutation(np.arange(n) % n_visitors),
            "x": rng.normal(size=n),
        }
    )
    frame["y"] = frame["x"] * (1 + rng.normal(0, 0.4, n_plants)[frame["plant"]])
    frame["y"] += rng.normal(size=n_plants)[frame["plant"]]
    frame["y"] += rng.normal(size=n_visitors)[frame["visitor"]]
    frame["y"] += frame["x"] * rng.normal(0, 0.4, n_visitors)[frame["visitor"]]
    frame["y"] += rng.normal(size=n)
    return frame


def has_free(monkeypatch, n_bytes):
    monkeypatch.setattr(free_memory, "free_bytes", lambda: n_bytes)
    monkeypatch.setattr(free_memory, "LITTLE", 0)


def design_of(formula, frame):
    return build_design(parse_formula(formula, tuple(frame.columns)), frame)


def test_that_a_core_too_large_for_memory_is_refused_with_groupings_and_sizes(
    monkeypatch,
):
    design = design_of(CROSSED, visits())
    has_free(monkeypatch, 2_000_000)
    with pytest.raises(FitError) as caught:
        reduce_rows(design)
    assert caught.value.message == (
        "The model has 300 random effects of 'visitor' beside those of 'plant'. "
        "That takes about 0.003 GB of memory, and this computer can give 0.002 GB."
    )
    assert caught.value.remedy == (
        "Nest a grouping in another, or leave the least important grouping out, "
        "or close other programs."
    )


def test_that_numbers_of_a_refusal_follow_the_style_that_holds(monkeypatch):
    design = design_of(CROSSED, visits())
    has_free(monkeypatch, 2_000_000)
    with pytest.raises(FitError) as caught:
        reduce_rows(design)
    with written_in(NumberStyle(mark=",")):
        assert "0,002 GB" in caught.value.message


def test_that_rows_too_many_for_memory_are_refused_before_they_are_copied(monkeypatch):
    design = design_of(CROSSED, visits())
    has_free(monkeypatch, 100_000)
    monkeypatch.setattr(row_columns, "row_columns", None)
    with pytest.raises(FitError, match="4 columns of effects for 3\u202f000 rows"):
        reduce_rows(design)


@pytest.mark.parametrize("free", [None, 10**9])
def test_that_a_fit_with_room_or_unknown_room_is_tried(free, monkeypatch):
    frame = visits()
    wanted = engine.fit(CROSSED, frame).criterion
    has_free(monkeypatch, free)
    assert engine.fit(CROSSED, frame).criterion == wanted


def test_that_a_core_that_would_take_hours_is_refused_however_much_room_there_is(
    monkeypatch,
):
    has_free(monkeypatch, 10**15)
    monkeypatch.setattr(memory, "LARGEST_CORE", 250)
    with pytest.raises(FitError, match="beyond 250 a fit takes hours") as caught:
        engine.fit("y ~ x + (1 | plant) + (1 | visitor)", visits())
    assert "leave the least important grouping out" in caught.value.remedy
    many = visits()
    many["observer"] = np.arange(len(many)) % 7
    with pytest.raises(
        FitError, match="300 random effects of 'visitor' and 7 of 'observer' beside"
    ):
        engine.fit("y ~ x + (1 | plant) + (1 | visitor) + (1 | observer)", many)


def test_that_a_core_in_parts_is_not_refused_for_its_columns(monkeypatch):
    monkeypatch.setattr(memory, "LARGEST_CORE", 250)
    plot = np.repeat(np.arange(900), 3)
    frame = pd.DataFrame({"site": plot // 3, "plot": plot})
    rng = np.random.default_rng(6)
    frame["y"] = rng.normal(size=300)[frame["site"]] + rng.normal(size=900)[plot]
    frame["y"] += rng.normal(size=len(frame))
    assert engine.fit("y ~ 1 + (1 | site) + (1 | plot)", frame).convergence.verdict


@pytest.mark.parametrize("n_levels", [40, 200])
def test_that_a_fixed_category_too_wide_for_memory_is_refused_before_it_is_made(
    n_levels, monkeypatch
):
    frame = visits()
    frame["site"] = [f"s{i % n_levels}" for i in range(len(frame))]
    has_free(monkeypatch, 28 * len(frame) * 100)
    formula = "y ~ x + site + (1 | plant)"
    if n_levels < 100:
        assert engine.fit(formula, frame).criterion
        return
    with pytest.raises(DesignError) as caught:
        engine.fit(formula, frame)
    assert "201 columns for 3\u202f000 rows" in caught.value.message
    assert caught.value.message.endswith("GB. 'site' alone has 200 levels.")
    assert "partially pooled" in caught.value.remedy


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + (1 | plant) + (1 | visitor)",
        "y ~ x + (x | plant) + (1 | visitor)",
        "y ~ x + (1 | plant) + (x | visitor)",
        "y ~ x + (x | plant) + (x | visitor)",
    ],
)
def test_that_the_estimate_is_near_what_a_fit_takes(formula, monkeypatch):
    """So near that little of what fits is refused, and of what does not is tried."""
    seen = []

    def core_bytes(*given):
        seen.append(own(*given))
        return seen[-1]

    own = memory.core_bytes
    monkeypatch.setattr(memory, "core_bytes", core_bytes)
    frame = visits(n_plants=1_000, n_visitors=800 if "x | v" not in formula else 400)
    tracemalloc.start()
    engine.fit(formula, frame)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.7 * peak < seen[-1] < 2 * peak
