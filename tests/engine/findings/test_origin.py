"""Zero of a covariate far outside the data, and what centring does."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine.data.steps import Centre
from engine.findings import Change, Dismiss, Severity
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.findings.cases import data, look, look_before, sites


def test_that_a_far_zero_is_named_with_its_distance_and_the_intercept(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (1 | lake)")
    finding = fish.one("intercept_outside:log_length")
    assert finding.severity is Severity.AMBER
    assert finding.sentence == (
        "A log_length of 0 lies outside your data, 5.4 SD below the mean."
    )
    assert finding.meaning == (
        "So the intercept (−3.46) describes no row you could meet. The slope is not "
        "affected."
    )
    assert isinstance(finding.actions[0], Change)
    assert isinstance(finding.actions[1], Dismiss)


def test_that_centring_adds_a_column_and_keeps_the_fit(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (log_length | lake)")
    after = fish.pressed("intercept_outside:log_length", "Centre log_length")
    (step,) = after.steps
    assert isinstance(step, Centre)
    assert step.to == "log_length_c"
    assert str(after.spec) == "log_mass ~ log_length_c + (log_length_c | lake)"
    assert after.model.criterion == pytest.approx(fish.model.criterion, abs=1e-6)
    assert not any(key.startswith("intercept_outside") for key in after.keys)
    assert after.worst() == fish.worst()


def test_that_a_centred_column_that_is_there_is_used_again(reference):
    table = data(reference, "fish")
    step = Centre("log_length", 4.0)
    fish = look(table, "log_mass ~ log_length + (1 | lake)", (step,))
    after = fish.pressed("intercept_outside:log_length", "Centre log_length")
    assert after.steps == (step,)
    assert str(after.spec) == "log_mass ~ log_length_c + (1 | lake)"


def test_that_a_column_of_that_name_with_other_numbers_is_not_taken(reference):
    table = data(reference, "fish")
    step = Centre("log_mass", 1.0, "log_length_c")
    fish = look(table, "log_mass ~ log_length + (1 | lake)", (step,))
    after = fish.pressed("intercept_outside:log_length", "Centre log_length")
    assert str(after.spec) == "log_mass ~ log_length_c2 + (1 | lake)"


def test_that_a_double_bar_depends_on_where_the_zero_is(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (log_length || lake)")
    finding = fish.one("intercept_outside:log_length")
    assert "of lakes are taken as uncorrelated" in finding.meaning
    assert "another zero is another model" in finding.meaning
    after = fish.pressed("intercept_outside:log_length", "Centre log_length")
    assert abs(after.model.criterion - fish.model.criterion) > 1  # it is
    assert after.worst() == Severity.GREEN.rank


def test_that_powers_and_interactions_are_centred_with_the_column():
    found = look(sites(), "y ~ depth * shade + I(depth ** 2) + (1 | site)")
    finding = found.one("intercept_outside:depth")
    assert re.fullmatch(
        r"So the intercept \(\S+\), the main effect of shade and the slope of depth "
        "describe no row you could meet.",
        finding.meaning,
    )
    after = found.pressed("intercept_outside:depth", "Centre depth")
    assert str(after.spec) == (
        "y ~ depth_c + shade + I(depth_c ** 2) + depth_c:shade + (1 | site)"
    )
    assert after.model.fitted.to_numpy() == pytest.approx(
        found.model.fitted.to_numpy(), abs=1e-6
    )


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ log(depth) + depth + (1 | site)",
        "y ~ depth + depth:shade + (1 | site)",
        "y ~ 0 + depth",
        "y ~ slope + (1 | site)",
        "y ~ warmth + (1 | site)",
    ],
)
def test_that_nothing_is_said_where_centring_changes_the_curve_or_zero_is_near(formula):
    found = look(sites(), formula)
    assert not any(key.startswith("intercept_outside") for key in found.keys)


def test_that_several_covariates_are_one_finding():
    frame = sites().assign(other=np.random.default_rng(9).normal(50, 3, 120))
    found = look(frame, "y ~ depth + other + (1 | site)")
    key = "intercept_outside:depth,other"
    assert "depth" in found.one(key).sentence
    after = found.pressed(key, "Centre them")
    assert str(after.spec) == "y ~ depth_c + other_c + (1 | site)"
    assert len(after.steps) == 2


def test_that_odd_names_can_be_centred():
    frame = sites().rename(columns={"depth": "depth (m)"})
    found = look(frame, "y ~ `depth (m)` + (`depth (m)` || site)")
    after = found.pressed("intercept_outside:depth (m)", "Centre depth (m)")
    assert str(after.spec) == "y ~ depth_m_c + (depth_m_c || site)"


def test_that_baselines_of_unpooled_groups_lie_at_zero_too():
    spec = ModelSpec(
        "y", (("depth",),), grouping="site", no_pooling=NoPooling.INTERCEPTS
    )
    found = look(sites(), spec)
    finding = found.one("intercept_outside:depth")
    assert finding.meaning.startswith("So the baselines of sites describe no row")
    after = found.pressed("intercept_outside:depth", "Centre depth")
    assert after.spec.no_pooling is NoPooling.INTERCEPTS
    assert "intercept_outside:depth" not in after.keys


def test_that_a_grouping_by_the_same_column_keeps_it(reference):
    found = look(data(reference, "seabirds"), "index ~ year + (1 | site) + (1 | year)")
    after = found.pressed("intercept_outside:year", "Centre year")
    assert str(after.spec) == "index ~ year_c + (1 | site) + (1 | year)"


def test_that_a_far_zero_is_found_before_a_fit():
    found = look_before(sites(), "y ~ depth + (1 | site)")
    assert found.one("intercept_outside:depth").meaning.startswith(
        "So the intercept describes no row"
    )


def test_that_slopes_of_an_interaction_of_two_far_columns_are_at_zero_too():
    frame = sites().assign(other=np.random.default_rng(9).normal(50, 3, 120))
    found = look(frame, "y ~ depth * other + (1 | site)")
    finding = found.one("intercept_outside:depth,other")
    assert re.fullmatch(
        r"Zero lies outside your data for depth \(\S+ to \S+\) and other "
        r"\(\S+ to \S+\)\.",
        finding.sentence,
    )
    assert re.fullmatch(
        r"So the intercept \(\S+\) and the slopes of depth and other describe no row "
        "you could meet.",
        finding.meaning,
    )
    after = found.pressed(finding.key, "Centre them")
    assert str(after.spec) == "y ~ depth_c + other_c + depth_c:other_c + (1 | site)"


def test_that_a_slope_outside_the_interaction_is_not_affected():
    rng = np.random.default_rng(9)
    frame = sites().assign(one=rng.normal(50, 3, 120), two=rng.normal(9, 1, 120))
    found = look_before(frame, "y ~ depth * one + two + (1 | site)")
    (finding,) = [f for f in found.found if f.key.startswith("intercept_outside")]
    assert finding.meaning == (
        "So the intercept and the slopes of depth and one describe no row you could "
        "meet. The slope of two is not affected."
    )


def test_that_the_year_0_is_said_in_words(reference):
    found = look(data(reference, "seabirds"), "index ~ year + (1 | site)")
    finding = found.one("intercept_outside:year")
    assert re.fullmatch(
        r"Year 0 means nothing here: your data are from \d{4} to \d{4}\.",
        finding.sentence,
    )
    assert "Centre year" in found.labels(finding.key)
    assert "SD" not in finding.sentence


def test_that_a_zero_very_far_away_is_told_by_the_range():
    rng = np.random.default_rng(3)
    frame = sites().assign(pressure=rng.normal(1013, 2, 120))
    frame["year"] = 7.0 + np.arange(120) % 3
    found = look_before(frame, "y ~ pressure + (1 | site)")
    assert re.fullmatch(
        "A pressure of 0 lies far outside your data, which run from "
        r"10\d\d to 10\d\d\.",
        found.one("intercept_outside:pressure").sentence,
    )
    finding = look_before(frame, "y ~ year + (1 | site)").one("intercept_outside:year")
    assert finding.sentence.startswith("A year of 0 lies outside")
