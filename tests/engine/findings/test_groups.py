"""How many groups there are, what was measured repeatedly, and labels that mislead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.data.steps import SetKind
from engine.data.table import Kind
from engine.findings import Dismiss, Severity
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.facts import dyestuff
from tests.engine.findings.cases import data, look, look_before, sites

# ---- few groups -------------------------------------------------------------


def test_that_few_groups_can_be_left_unpooled():
    yields = look(dyestuff(), "Yield ~ 1 + (1 | Batch)")
    finding = yields.one("few_groups:Batch")
    assert finding.severity is Severity.AMBER
    assert finding.sentence.startswith("Only 6 batches")
    after = yields.pressed("few_groups:Batch", "Do not pool batches")
    assert after.spec.no_pooling is NoPooling.MEANS
    assert after.worst() == Severity.GREEN.rank


def test_that_other_groupings_stay_pooled(reference):
    plates = look(data(reference, "penicillin"), "diameter ~ 1+(1|plate)+(1|sample)")
    after = plates.pressed("few_groups:sample", "Do not pool samples")
    assert str(after.spec) == "diameter ~ 0 + sample + (1 | plate)"
    assert after.worst() == Severity.GREEN.rank
    assert after.one("few_groups:plate").sentence == (
        "24 plates: enough to estimate their spread."
    )


@pytest.mark.parametrize(
    ("formula", "way"),
    [
        ("y ~ depth + (1 | site)", NoPooling.INTERCEPTS),
        ("y ~ depth + (depth | site)", NoPooling.SLOPES),
    ],
)
def test_that_what_varied_is_each_sites_own_when_sites_are_not_pooled(formula, way):
    found = look(sites(n_sites=6), formula)
    label = "Do not pool sites"
    key = next(k for k in found.keys if label in found.labels(k))
    after = found.pressed(key, label)
    assert after.spec.no_pooling is way
    assert "few_groups:site" not in after.keys
    assert after.worst() >= Severity.AMBER.rank


def test_that_groups_which_a_covariate_belongs_to_must_stay_pooled():
    found = look(sites(n_sites=6), "y ~ warmth + (1 | site)")
    assert found.labels("few_groups:site") == ["Leave as is"]
    assert "fixed effect" not in found.one("few_groups:site").meaning


def test_that_groups_within_others_must_stay_pooled():
    frame = sites(n_sites=6).drop(columns="plot")
    frame["region"] = np.where(frame["site"] < "S03", "north", "south")
    found = look(frame, "y ~ depth + (1 | region) + (1 | site)")
    assert found.labels("few_groups:site") == ["Leave as is"]
    (key,) = [key for key in found.keys if "region" in key]
    after = found.pressed(key, "Do not pool regions")
    assert str(after.spec) == "y ~ 0 + region + depth + (1 | site)"
    assert not any("region" in name for name in after.keys)


def test_that_a_dozen_groups_are_enough_for_a_rough_spread(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (1 | lake)")
    finding = fish.one("few_groups:lake")
    assert finding.severity is Severity.GREEN
    assert finding.sentence == "12 lakes: enough to estimate their spread roughly."


# ---- rows of groups ---------------------------------------------------------


def test_that_a_name_for_every_row_is_no_grouping():
    frame = sites().assign(ring=[f"R{k}" for k in range(120)])
    found = look_before(frame, "y ~ depth + (1 | site) + (1 | ring)")
    finding = found.one("single_rows:ring")
    assert finding.severity is Severity.RED
    assert finding.sentence == "Each of 120 rings has one row only."
    after = found.pressed("single_rows:ring", "Leave out ring")
    assert str(after.spec) == "y ~ depth + (1 | site)"
    assert not any("ring" in key for key in after.keys)


def test_that_effects_should_not_vary_among_groups_of_one_row():
    frame = sites(n_sites=10)
    frame["nest"] = [f"N{k}" if k < 60 else f"M{k // 4}" for k in range(120)]
    found = look(frame, "y ~ slope + (slope || nest)")
    finding = found.one("single_rows:nest")
    assert finding.severity is Severity.AMBER
    assert finding.sentence.startswith("60 of 75 nests have one row")
    after = found.pressed("single_rows:nest", "Let the baseline alone vary")
    assert after.one("single_rows:nest").severity is Severity.NOTE


def test_that_one_group_is_no_group():
    frame = sites().assign(lake="Windermere")
    found = look_before(frame, "y ~ depth + (1 | site) + (1 | lake)")
    finding = found.one("one_level:lake")
    assert finding.severity is Severity.RED
    assert "Windermere" in finding.sentence
    after = found.pressed("one_level:lake", "Leave out lake")
    assert "one_level:lake" not in after.keys


# ---- units ------------------------------------------------------------------


def test_that_a_unit_that_is_left_out_can_be_pooled(reference):
    sleep = look(data(reference, "sleepstudy"), "Reaction ~ Days")
    finding = sleep.one("unused_unit:Subject")
    assert finding.severity is Severity.RED
    assert finding.sentence.startswith("18 subjects are measured 10 times each")
    after = sleep.pressed("unused_unit:Subject", "Pool subjects partially")
    assert str(after.spec) == "Reaction ~ Days + (1 | Subject)"
    assert after.spec.grouping in (None, "Subject")
    assert after.worst() == Severity.GREEN.rank


def test_that_only_the_finest_unit_is_asked_for_first(reference):
    pastes = look(data(reference, "pastes"), "strength ~ 1")
    units = [key for key in pastes.keys if key.startswith("unused_unit")]
    assert units == ["unused_unit:sample"]
    after = pastes.pressed("unused_unit:sample", "Pool samples partially")
    outer = after.one("unused_unit:batch")
    assert outer.severity is Severity.NOTE  # no effect belongs to samples
    assert outer.sentence == (
        "Samples lie within batches, but the model takes them for independent."
    )
    both = after.pressed("unused_unit:batch", "Pool batches partially")
    assert both.worst() == Severity.GREEN.rank


def test_that_what_contains_units_matters_where_an_effect_belongs_to_them():
    frame = sites(n_sites=20)
    frame["region"] = [f"R{int(name[1:]) // 4}" for name in frame["site"]]
    found = look(frame, "y ~ warmth + (1 | site)")
    finding = found.one("unused_unit:region")
    assert finding.severity is Severity.AMBER
    after = found.pressed("unused_unit:region", "Pool regions partially")
    assert "unused_unit:region" not in after.keys
    assert after.worst() >= Severity.AMBER.rank


def test_that_very_few_units_become_a_fixed_effect():
    frame = sites()
    frame["region"] = np.where(frame["site"] < "S05", "north", "south")
    found = look(frame.drop(columns="plot"), "y ~ warmth + (1 | site)")
    after = found.pressed("unused_unit:region", "Add region as a fixed effect")
    assert str(after.spec) == "y ~ warmth + region + (1 | site)"
    assert "unused_unit:region" not in after.keys
    assert after.worst() >= Severity.AMBER.rank


def test_that_a_handful_of_combinations_is_not_pooled():
    frame = sites(n_sites=2, n_rows=60)
    frame["plot"] = np.tile(np.repeat(["P1", "P2"], 30), 2)
    found = look(frame, "y ~ slope + (1 | plot)")
    assert not any(
        "Pool " in label for key in found.keys for label in found.labels(key)
    )


def test_that_few_groups_are_advised_in_what_can_be_done_here():
    for n_sites in (3, 6):
        found = look(sites(n_sites=n_sites).drop(columns="plot"), "y ~ 1 + (1 | site)")
        (finding,) = [f for f in found.found if f.topic in ("few_groups", "singular")]
        assert "bootstrap" not in finding.meaning


def test_that_sites_with_an_effect_each_speak_for_their_region():
    frame = sites()
    frame["region"] = np.where(frame["site"] < "S05", "north", "south")
    spec = ModelSpec(
        "y", (("depth",),), grouping="site", no_pooling=NoPooling.INTERCEPTS
    )
    assert "unused_unit:region" not in look(frame, spec).keys


def test_that_plots_1_2_3_of_every_site_can_be_told_apart():
    found = look(sites(), "y ~ depth + (1 | plot)")
    key = "reused_labels:site:plot"
    assert found.one(key).severity is Severity.AMBER
    assert Dismiss("They are the same") in found.one(key).actions
    after = found.pressed(key, "Group by site:plot")
    assert str(after.spec) == "y ~ depth + (1 | site:plot)"
    assert key not in after.keys
    assert not any(name.startswith("few_groups:plot") for name in after.keys)


def test_that_a_column_that_tells_casks_apart_is_preferred(reference):
    casks = look(data(reference, "pastes"), "strength ~ 1 + (1 | cask)")
    after = casks.pressed("reused_labels:sample", "Group by sample")
    assert str(after.spec) == "strength ~ 1 + (1 | sample)"
    assert "reused_labels:sample" not in after.keys


def test_that_numbers_of_sites_are_no_measurement():
    frame = sites()
    frame["site"] = [int(name[1:]) + 1 for name in frame["site"]]
    found = look(frame.drop(columns="plot"), "y ~ depth + site")
    key = "coded_number:site"
    assert found.one(key).severity is Severity.AMBER
    assert found.one(key).sentence.startswith(
        "10 sites, numbered 1, 2, 3, 4 and 6 more"
    )
    pooled = found.pressed(key, "Pool sites partially")
    assert str(pooled.spec) == "y ~ depth + (1 | site)"
    assert pooled.steps == (SetKind("site", Kind.CATEGORY),)
    names = found.pressed(key, "Take site as categories")
    assert len(names.model.design.terms) == 11
    for after in (pooled, names):
        assert key not in after.keys
        assert after.worst() >= Severity.AMBER.rank


@pytest.mark.parametrize("name", ["eggs", "year", "dose", "weight"])
def test_that_counts_times_and_doses_are_measurements(name):
    frame = sites()
    low = 2001 if name == "year" else 0
    frame[name] = low + np.tile([0, 1, 2, 3], 30)
    found = look(frame, f"y ~ depth + {name} + (1 | site)")
    assert f"coded_number:{name}" not in found.keys


def test_that_counts_are_no_units():
    rng = np.random.default_rng(0)
    frame = sites().assign(eggs=rng.poisson(2, 120))
    found = look(frame, "y ~ depth + (1 | site) + (1 | site:plot)")
    assert not any("eggs" in key for key in found.keys)


def test_that_a_table_without_groups_is_asked_for_none():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)})
    found = look(frame, "y ~ x")
    assert found.worst() == Severity.GREEN.rank
