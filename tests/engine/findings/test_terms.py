"""Terms that cannot have an effect of their own, and random terms without room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.findings import Severity
from engine.model.formula import parse_formula
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.findings.cases import data, look, look_before, sites
from tests.engine.simulated import lakes


@pytest.mark.parametrize("left_out", ["double", "depth"])
def test_that_of_two_that_say_the_same_either_can_go(left_out):
    found = look(sites(), "y ~ depth + double + (1 | site)")
    finding = found.one("no_effect:double")
    assert finding.severity is Severity.RED
    assert finding.sentence == (
        "double has no effect of its own: it follows exactly from depth."
    )
    after = found.pressed("no_effect:double", f"Leave out {left_out}")
    assert len(after.spec.fixed) == 1
    assert not np.isnan(after.model.estimates.beta).any()
    assert "no_effect:double" not in after.keys


def test_that_an_interaction_goes_with_its_main_effect():
    found = look(sites(), "y ~ depth + double + double:shade + shade + (1 | site)")
    after = found.pressed("no_effect:double", "Leave out double")
    assert str(after.spec) == "y ~ depth + shade + (1 | site)"


def test_that_regions_give_way_to_their_sites():
    frame = sites()
    frame["region"] = np.where(frame["site"] < "S05", "north", "south")
    found = look(frame, "y ~ depth + region + site")
    finding = found.one("no_effect:site")
    assert finding.sentence.startswith("1 of 9 coefficients of site has no value")
    assert found.labels("no_effect:site") == ["Leave out region", "Leave as is"]
    after = found.pressed("no_effect:site", "Leave out region")
    assert not np.isnan(after.model.estimates.beta).any()
    assert after.worst() >= Severity.AMBER.rank


def test_that_combinations_without_rows_are_named():
    frame = sites()
    frame["sun"] = np.where(frame["shade"] == "low", "none", "some")
    frame.loc[frame.index % 4 == 0, "sun"] = "full"
    found = look(frame, "y ~ shade * sun + (1 | site)")
    key = "no_effect:shade:sun"
    assert found.one(key).severity is Severity.AMBER
    assert "some combinations have no rows" in found.one(key).sentence
    after = found.pressed(key, "Leave out shade × sun")
    assert key not in after.keys


@pytest.mark.parametrize("way", [NoPooling.INTERCEPTS, NoPooling.SLOPES])
def test_that_effects_of_what_belongs_to_sites_need_pooled_sites(way):
    spec = ModelSpec("y", (("depth",), ("warmth",)), grouping="site", no_pooling=way)
    found = look(sites(), spec)
    (key,) = [key for key in found.keys if key.startswith("no_effect")]
    assert found.one(key).severity is Severity.RED
    assert found.one(key).sentence == "warmth is the same within every site."
    after = found.pressed(key, "Pool sites partially")
    assert after.spec.no_pooling is None
    assert not np.isnan(after.model.estimates.beta).any()
    assert not any(name.startswith(("no_effect", "slope")) for name in after.keys)


def test_that_sites_with_one_value_only_can_borrow_from_the_others():
    frame = sites()
    frame.loc[frame["site"] == "S03", "slope"] = 0.5
    spec = ModelSpec("y", (("slope",),), grouping="site", no_pooling=NoPooling.SEPARATE)
    found = look(frame, spec)
    (key,) = [key for key in found.keys if key.startswith("no_effect")]
    assert found.one(key).sentence == (
        "1 of 10 sites has no effect of slope of its own."
    )
    after = found.pressed(key, "Pool sites partially")
    assert str(after.spec) == "y ~ slope + (slope | site)"
    assert key not in after.keys


@pytest.mark.parametrize("formula", ["y ~ depth + same + (1 | site)", "y ~ same"])
def test_that_what_never_varies_explains_nothing(formula):
    found = look(sites(), formula)
    finding = found.one("constant:same")
    assert finding.severity is Severity.AMBER
    assert finding.sentence == "same is 7 in all 120 rows used."
    assert not any(key.startswith("no_effect") for key in found.keys)
    after = found.pressed("constant:same", "Leave out same")
    assert "constant:same" not in after.keys


def test_that_a_category_of_one_level_is_found_before_a_fit():
    frame = sites().assign(river="Wye")
    found = look_before(frame, "y ~ river + (1 | site)")
    assert found.one("constant:river").sentence == "river is Wye in all 120 rows used."


# ---- random terms -----------------------------------------------------------


@pytest.mark.parametrize("formula", ["(warmth | site)", "(0 + warmth | site)"])
def test_that_an_effect_cannot_differ_where_nothing_varies(formula):
    found = look(sites(), f"y ~ warmth + depth + {formula}")
    key = "slope:site:warmth"
    assert found.one(key).severity is Severity.RED
    assert found.one(key).sentence.startswith("warmth never varies within any site")
    assert not any(name.startswith(("together", "zero")) for name in found.keys)
    after = found.pressed(key, "One effect for all sites")
    assert str(after.spec) == "y ~ warmth + depth + (1 | site)"
    assert key not in after.keys


def test_that_a_category_cannot_differ_in_its_effect_either(reference):
    found = look(data(reference, "orthodont"), "distance ~ Sex + (Sex | Subject)")
    assert found.one("slope:Subject:Sex").severity is Severity.RED
    assert "not_identified" not in found.keys  # one cause
    after = found.pressed("slope:Subject:Sex", "One effect for all subjects")
    assert str(after.spec) == "distance ~ Sex + (1 | Subject)"
    assert after.worst() == Severity.GREEN.rank


def weighed():
    """Animals of either sex, weighed in the same weeks."""
    rng = np.random.default_rng(5)
    animal, week = np.divmod(np.arange(120), 5)
    sex = np.where(animal % 2, "male", "female")
    own = rng.normal(0, 3, 24)[animal] + rng.normal(0, 1, 24)[animal] * week
    mass = 20 + own + 4 * week + rng.normal(0, 1, 120)
    return pd.DataFrame(
        {
            "animal": [f"A{k:02d}" for k in animal],
            "litter": [f"L{k // 3}" for k in animal],
            "sex": sex,
            "week": week * 1.0,
            "day": week * 7.0 + animal % 3,
            "mass": mass,
        }
    )


def test_that_an_interaction_that_cannot_vary_is_said_once_and_taken_out():
    found = look(weighed(), "mass ~ week * sex + (week + week:sex | animal)")
    assert "not_identified" not in found.keys
    (key,) = [key for key in found.keys if key.startswith("slope:")]
    finding = found.one(key)
    assert finding.severity is Severity.RED
    assert finding.sentence == (
        "The effect of week × sex cannot be seen to differ among animals: sex never "
        "varies within any animal."
    )
    assert not any(name.startswith(("together", "zero")) for name in found.keys)
    after = found.pressed(key, "One effect of week × sex")
    assert str(after.spec) == "mass ~ week + sex + week:sex + (week | animal)"
    assert after.model.convergence.is_proved
    assert key not in after.keys


@pytest.mark.parametrize(
    "random", ["(week + day | animal)", "(week | animal) + (0 + day | animal)"]
)
def test_that_of_two_effects_that_move_together_the_later_one_is_said(random):
    found = look_before(weighed(), f"mass ~ week + day + {random}")
    (key,) = [key for key in found.keys if key.startswith("slope:")]
    assert found.one(key).sentence == (
        "The effect of day cannot be seen to differ among animals beside that of week: "
        "within each animal it follows from it."
    )
    (change, _) = found.one(key).actions
    assert "day" not in str(change.spec).partition("(")[2]


def test_that_a_curve_that_no_group_shows_is_said():
    frame = weighed()
    frame["phase"] = frame["week"] % 2 + (frame["animal"] > "A11")
    found = look_before(frame, "mass ~ poly(phase, 2) + (poly(phase, 2) | animal)")
    (key,) = [key for key in found.keys if key.startswith("slope:")]
    assert found.one(key).sentence == (
        "The curve of phase cannot be seen to differ among animals: no animal has more "
        "than 2 different values of phase."
    )


@pytest.mark.parametrize(
    ("random", "left"),
    [
        ("(1 | lake:net) + (1 | net:lake)", "(1 | lake:net)"),
        ("(1 | lake) + (z | lake)", "(z | lake)"),
        ("(z | lake) + (1 | lake)", "(z | lake)"),
        ("(x | lake) + (z | lake)", "(x | lake) + (0 + z | lake)"),
        ("(x || lake) + (0 + x | lake)", "(x || lake)"),
    ],
)
def test_that_what_is_said_twice_is_said_once(random, left):
    found = look_before(lakes(), f"y ~ x + z + {random}")
    (key,) = [key for key in found.keys if key.startswith("repeated")]
    finding = found.one(key)
    assert finding.severity is Severity.RED
    assert finding.topic == "not_identified"
    assert "twice" in finding.sentence
    (button,) = finding.actions
    after = found.pressed(key, button.label)
    assert str(after.spec) == f"y ~ x + z + {left}"
    assert not any(name.startswith("repeated") for name in after.keys)
    assert "not_identified" not in after.keys


def test_that_a_fit_that_repeats_a_term_is_said_once():
    found = look(lakes(), "y ~ x + (1 | lake:net) + (1 | net:lake)")
    assert not found.model.convergence.is_proved
    assert [key for key in found.keys if "identified" in key] == []


def test_that_one_grouping_under_two_names_is_recognised(reference):
    found = look(
        data(reference, "seabirds"), "index ~ 1 + (1 | site) + (1 | year) + (1 | t)"
    )
    (key,) = [key for key in found.keys if key.startswith("same_groups")]
    assert found.one(key).severity is Severity.RED
    for label in found.labels(key):
        after = found.pressed(key, label)
        assert len(after.spec.random) == 2
        assert after.model.convergence.is_proved
        assert key not in after.keys


def test_that_a_column_of_combinations_is_recognised(reference):
    found = look(
        data(reference, "pastes"), "strength ~ 1 + (1 | batch:cask) + (1 | sample)"
    )
    key = "same_groups:batch:cask:sample"
    assert "not_identified" not in found.keys
    after = found.pressed(key, "Leave out (1 | sample)")
    assert after.worst() == Severity.GREEN.rank


# ---- one cause, one finding ---------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "label"),
    [
        ("y ~ warmth + slope + (warmth + slope || site)", "One effect of warmth"),
        ("y ~ warmth + depth + (depth + warmth | site)", "One effect of warmth"),
        ("y ~ zone * slope + (zone * slope | site)", "One effect of zone"),
        ("y ~ poly(warmth, 2) + (poly(warmth, 2) | site)", "One effect for all sites"),
    ],
)
def test_that_what_follows_from_an_effect_that_cannot_vary_is_not_said_again(
    formula, label
):
    frame = sites()
    frame["zone"] = np.where(frame["site"] < "S05", "north", "south")
    found = look(frame, formula)
    lost = [key for key in found.keys if key.startswith(("zero", "together"))]
    assert lost == []
    (key,) = [key for key in found.keys if key.startswith("slope:")]
    after = found.pressed(key, label)
    assert key not in after.keys


@pytest.mark.parametrize(
    ("formula", "sentence", "buttons"),
    [
        (
            "y ~ zone + depth + (1 | zone) + (1 | site)",
            "zone is in the model twice: as a fixed effect and as groups.",
            ["Leave out (1 | zone)", "Leave out zone"],
        ),
        (
            "y ~ site + depth + (1 | zone)",
            "site is a fixed effect and tells all zones apart.",
            ["Leave out (1 | zone)", "Leave out site"],
        ),
        (
            "y ~ site + slope + (slope | site)",
            "site is in the model twice: as a fixed effect and as groups.",
            ["Write (0 + slope | site)", "Leave out site"],
        ),
    ],
)
def test_that_a_grouping_beside_its_own_fixed_effects_is_said_once(
    formula, sentence, buttons
):
    frame = sites().drop(columns="plot")
    frame["zone"] = np.where(frame["site"] < "S05", "north", "south")
    found = look(frame, formula)
    (key,) = [key for key in found.keys if key.startswith("fixed_and_random")]
    assert found.one(key).sentence == sentence
    assert found.labels(key) == buttons
    assert "not_identified" not in found.keys
    for label in buttons:
        after = found.pressed(key, label)
        assert key not in after.keys
        assert after.model.convergence.is_proved


def test_that_years_may_have_a_trend_and_vary_around_it(reference):
    found = look(data(reference, "seabirds"), "index ~ t + (1 | site) + (1 | t)")
    assert not any(key.startswith("fixed_and_random") for key in found.keys)


def test_that_groups_around_others_that_are_not_pooled_have_no_room():
    frame = sites().drop(columns="plot")
    frame["zone"] = np.where(frame["site"] < "S05", "north", "south")
    spec = replace(
        parse_formula("y ~ depth + (1 | zone)"),
        grouping="site",
        no_pooling=NoPooling.INTERCEPTS,
    )
    found = look(frame, spec)
    finding = found.one("fixed_and_random:zone")
    assert finding.sentence == ("Sites are not pooled, which tells all zones apart.")
    after = found.pressed(finding.key, "Leave out (1 | zone)")
    assert finding.key not in after.keys


@pytest.mark.parametrize("n_sites", [3, 6])
def test_that_few_groups_are_never_offered_to_be_pooled(n_sites):
    frame = sites(n_sites=n_sites).drop(columns="plot")
    spec = ModelSpec(
        "y",
        (("depth",), ("warmth",)),
        grouping="site",
        no_pooling=NoPooling.INTERCEPTS,
    )
    found = look(frame, spec)
    (key,) = [key for key in found.keys if key.startswith("no_effect")]
    label = "Leave out warmth" if n_sites == 3 else "Pool sites partially"
    assert found.labels(key) == [label, "Leave as is"]
    after = found.pressed(key, label)
    assert key not in after.keys


def test_that_combinations_without_rows_have_a_text_of_their_own():
    frame = sites()
    frame["sun"] = np.where(frame["shade"] == "low", "none", "some")
    frame.loc[frame.index % 4 == 0, "sun"] = "full"
    found = look(frame, "y ~ shade * sun + same + (1 | site)")
    assert found.one("no_effect:shade:sun").topic == "empty_cells"
    assert found.one("constant:same").topic == "constant_column"
