from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from engine.data.scan import guessed_kinds, scan_design
from engine.data.steps import Lengthen, prepare
from engine.data.table import Kind, Table
from engine.model.choices import (
    Choice,
    covariate_choices,
    first_model,
    further_choices,
    grouping_choices,
    interaction_choices,
    no_pooling_choices,
    response_choices,
    varying_choices,
)
from engine.model.formula import parse_formula
from engine.model.sentence import read_sentence
from engine.model.sentence_edits import with_interaction, with_pooling
from engine.model.spec import INTERCEPT, ModelSpec, NoPooling, Pooling
from engine.workflow import fit
from tests.engine.reporting.models import fish

if TYPE_CHECKING:
    from engine.data.design_facts import DesignScan


@cache
def lakes() -> pd.DataFrame:
    """Fish in lakes: depth is one number a lake, basin one name a lake."""
    frame = fish()
    number = frame["lake"].str[1:].astype(int)
    frame["depth"] = number * 1.5
    frame["basin"] = np.where(number > 4, "north", "south")
    frame["pond"] = "P" + frame["lake"]
    frame["remark"] = [f"fish no {i}" for i in range(len(frame))]
    frame["bad`name"] = frame["mass"]
    return frame


@cache
def scan() -> DesignScan:
    return scan_design(lakes())


@cache
def kinds() -> dict[str, Kind]:
    return guessed_kinds(lakes())


def by_value(choices: tuple[Choice, ...]) -> dict[object, Choice]:
    return {own.value: own for own in choices}


def varying(formula: str) -> dict[object, Choice]:
    spec = parse_formula(formula)
    clause = read_sentence(spec).main
    assert clause is not None
    return by_value(varying_choices(spec, clause, scan(), kinds()))


def test_that_what_is_impossible_has_a_reason_and_nothing_else_has() -> None:
    spec = parse_formula("mass ~ length + depth + food + (length | lake) + (1 | year)")
    main = read_sentence(spec).main
    assert main is not None
    menus = (
        response_choices(kinds(), spec),
        covariate_choices(kinds(), spec),
        grouping_choices(scan(), spec),
        further_choices(scan(), spec),
        varying_choices(spec, main, scan(), kinds()),
        no_pooling_choices(spec, scan()),
        interaction_choices(spec),
    )
    for menu in menus:
        assert menu
        assert len(by_value(menu)) == len(menu)
        for own in menu:
            assert own.is_possible == (not own.why_not)
            assert own.text
            assert own.why_not[-1:] in ("", ".")


def test_that_only_numbers_can_be_explained() -> None:
    found = by_value(response_choices(kinds(), parse_formula("mass ~ length")))
    assert found["mass"].is_chosen
    assert found["depth"].is_possible
    assert "elsewhere in the model" in found["length"].detail
    assert "names" in found["lake"].why_not
    assert "backtick" in found["bad`name"].why_not
    assert not found["remark"].is_possible


def test_that_possible_choices_come_first() -> None:
    possible = [own.is_possible for own in response_choices(kinds(), None)]
    assert possible == sorted(possible, reverse=True)


def test_that_a_covariate_is_not_offered_twice() -> None:
    spec = parse_formula("mass ~ poly(length, 2) + (1 | lake) + (1 | year)")
    found = by_value(covariate_choices(kinds(), spec))
    assert found["length"].is_chosen
    assert not found["length"].is_possible
    assert "explained" in found["mass"].why_not
    assert "vary among lakes" in found["lake"].why_not
    assert not found["remark"].is_possible
    # the years may have a trend and vary around it
    assert found["year"].is_possible
    assert found["food"].is_possible


def test_that_groupings_say_how_many_and_how_large() -> None:
    found = by_value(
        grouping_choices(scan(), parse_formula("mass ~ food + (1 | lake)"))
    )
    counts = lakes()["lake"].value_counts()
    size = f"{counts.min()} to {counts.max()} rows each"
    assert found["lake"].detail == f"9 lakes with {size}"
    assert found["lake"].is_chosen
    assert "now a covariate" in found["food"].detail


def test_that_further_groupings_say_how_they_stand_to_the_main_one() -> None:
    found = by_value(further_choices(scan(), parse_formula("mass ~ 1 + (1 | lake)")))
    assert "crossed" in found[("year",)].detail
    assert "nested" in found[("basin",)].detail
    assert "same groups as lake" in found[("pond",)].why_not
    assert found[("lake", "year")].is_possible
    assert ("lake",) not in found
    # nested ones have no combinations of their own
    assert ("lake", "basin") not in found


def test_that_what_is_constant_within_groups_cannot_vary_among_them() -> None:
    found = varying("mass ~ length + depth + basin + food + (length | lake)")
    assert found[INTERCEPT].is_chosen
    assert found[("length",)].is_chosen
    assert found[("length",)].is_possible
    assert found[("food",)].is_possible
    assert "depth is the same" in found[("depth",)].why_not
    assert "basin is the same" in found[("basin",)].why_not


def test_that_what_is_constant_in_lakes_is_so_in_their_years() -> None:
    found = varying("mass ~ length + depth + (1 | lake:year)")
    assert not found[("depth",)].is_possible


def test_that_an_interaction_with_something_constant_cannot_vary() -> None:
    own = varying("mass ~ length * depth + (1 | lake)")[("length", "depth")]
    assert not own.is_possible
    assert own.why_not == (
        "Within each lake, depth is the same in every row, so no effect of length × "
        "depth can be seen there to differ among lakes."
    )


def test_that_what_varies_already_can_be_taken_back_whatever_the_data_say() -> None:
    found = varying("mass ~ length * depth + (length * depth | lake)")
    for term in (("length",), ("depth",), ("length", "depth")):
        assert found[term].is_chosen
        assert found[term].is_possible
    assert "depth is the same" in found["depth",].detail


def test_that_of_a_curve_its_line_can_vary_too() -> None:
    found = varying("mass ~ poly(length, 2) + food + (1 | lake)")
    assert found["length",].text == "effect of length (straight line)"
    assert found["poly(length, 2)",].text == "effect of length (quadratic)"
    assert list(found).index(("length",)) < list(found).index(("poly(length, 2)",))
    found = varying("mass ~ poly(length, 2) + (length | lake)")
    assert found["length",].is_chosen
    assert not found["poly(length, 2)",].is_chosen
    assert varying("mass ~ length + (1 | lake)")["length",].text == "effect of length"


def test_that_no_more_effects_are_offered_than_rows_allow() -> None:
    frame = pd.DataFrame(
        {
            "y": np.arange(20.0),
            "x": np.tile([1.0, 2.0], 10) + np.arange(20) / 7,
            "plot": [f"p{i // 2}" for i in range(20)],
        }
    )
    spec = parse_formula("y ~ x + (1 | plot)")
    clause = read_sentence(spec).main
    assert clause is not None
    own = scan_design(frame)
    found = by_value(varying_choices(spec, clause, own, guessed_kinds(frame)))
    assert "20 rows" in found[("x",)].why_not


def test_that_ways_of_not_pooling_need_a_covariate() -> None:
    found = by_value(no_pooling_choices(parse_formula("mass ~ 1 + (1 | lake)"), scan()))
    assert [way for way in NoPooling if found[way].is_possible] == [NoPooling.MEANS]
    assert no_pooling_choices(parse_formula("mass ~ length"), scan()) == ()


def test_that_regressions_need_a_covariate_that_varies_within_groups() -> None:
    spec = ModelSpec("mass", (("depth",),), grouping="lake")
    found = by_value(no_pooling_choices(spec, scan()))
    assert not any(found[way].is_possible for way in list(NoPooling)[1:])
    spec = ModelSpec("mass", (("length",), ("depth",)), grouping="lake")
    found = by_value(no_pooling_choices(spec, scan()))
    assert found[NoPooling.INTERCEPTS].is_possible
    assert "depth is the same" in found[NoPooling.SLOPES].why_not


def test_that_separate_regressions_share_no_further_grouping() -> None:
    spec = parse_formula("mass ~ length + (1 | lake) + (1 | year)")
    found = by_value(no_pooling_choices(spec, scan()))
    assert "among years" in found[NoPooling.SEPARATE].why_not
    assert found[NoPooling.SLOPES].is_possible


@pytest.mark.parametrize("way", list(NoPooling))
def test_that_a_way_that_is_offered_can_be_fitted(way: NoPooling) -> None:
    spec = parse_formula("mass ~ length + (1 | lake)")
    assert by_value(no_pooling_choices(spec, scan()))[way].is_possible
    chosen = with_pooling(spec, Pooling.NONE, way)
    assert chosen.no_pooling is way
    assert fit(chosen, lakes()).n_rows == len(lakes())
    again = by_value(no_pooling_choices(chosen, scan()))
    assert [own for own in NoPooling if again[own].is_chosen] == [way]


def test_that_interactions_are_of_different_columns() -> None:
    spec = parse_formula("mass ~ length + log(length) + food + length:food")
    found = by_value(interaction_choices(spec))
    assert list(found) == [
        (("length",), ("food",)),
        (("log(length)",), ("food",)),
    ]
    assert found[("length",), ("food",)].is_chosen
    added = with_interaction(spec, ("log(length)",), ("food",))
    assert not any(own.is_possible for own in interaction_choices(added))


def test_that_a_first_model_can_be_fitted() -> None:
    frame = fish()
    table = Table(frame, guessed_kinds(frame), {}, ())
    spec = first_model(table, scan_design(table))
    assert spec is not None
    assert spec.response == "mass"
    assert spec.grouping == "lake"
    assert 1 <= len(spec.fixed) <= 2
    assert all(term.intercept and not term.terms for term in spec.random)
    assert fit(spec, frame).is_mixed


def test_that_no_model_is_offered_without_a_measurement() -> None:
    frame = pd.DataFrame({"lake": ["a", "b"] * 5, "net": ["p", "q", "p", "p", "q"] * 2})
    table = Table(frame, guessed_kinds(frame), {}, ())
    assert first_model(table, scan_design(table)) is None


@cache
def plots() -> pd.DataFrame:
    """Sites with plots 1 to 4 each, whose labels begin anew."""
    rng = np.random.default_rng(8)
    site = np.repeat(np.arange(8), 12)
    plot = np.tile(np.repeat(np.arange(4), 3), 8)
    own = rng.normal(size=8)[site] + rng.normal(size=(8, 4))[site, plot]
    return pd.DataFrame(
        {
            "site": [f"S{k}" for k in site],
            "plot": [f"{k + 1}" for k in plot],
            "rain": rng.normal(size=96),
            "biomass": own + rng.normal(size=96),
        }
    )


def test_that_a_first_model_tells_plots_1_to_4_of_every_site_apart() -> None:
    table = Table(plots(), guessed_kinds(plots()), {}, ())
    spec = first_model(table, scan_design(table))
    assert str(spec) == "biomass ~ rain + (1 | site) + (1 | site:plot)"
    assert spec is not None
    assert spec.grouping == "site"
    three = plots()[plots()["site"].isin(["S0", "S1", "S2"])]
    table = Table(three, guessed_kinds(three), {}, ())
    few = first_model(table, scan_design(table))
    assert str(few) == "biomass ~ rain + (1 | site:plot)"


def test_that_a_first_model_of_rows_made_long_is_theirs() -> None:
    columns = {str(year): np.arange(9.0) + year % 7 for year in range(2001, 2009)}
    frame = pd.DataFrame({"site": [f"S{k}" for k in range(9)], **columns})
    wide = Table(frame, guessed_kinds(frame), dict.fromkeys(frame, ""), ())
    assert first_model(wide, scan_design(wide)) is None
    long = prepare(wide, [Lengthen(tuple(columns), "year", "count")])
    scan = scan_design(long.used_frame, long.kinds)
    spec = first_model(long, scan)
    assert spec is not None
    assert spec.response == "count"


@pytest.mark.parametrize("main", ["site", "plot"])
def test_that_combinations_come_before_labels_that_begin_anew(main: str) -> None:
    spec = parse_formula(f"biomass ~ rain + (1 | {main})")
    first, *others = further_choices(scan_design(plots()), spec)
    assert first.value == ("site", "plot")
    assert first.text == "site:plot"
    assert first.is_possible
    assert [own.value for own in others] == [("plot" if main == "site" else "site",)]
