"""Spreads of zero and perfect correlations, and what the buttons make of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.findings import Severity
from tests.engine.facts import dyestuff2
from tests.engine.findings.cases import data, look
from tests.engine.simulated import lakes

TOGETHER = "together:lake:,log_length"


def test_that_a_perfect_correlation_is_red_with_its_number(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (log_length | lake)")
    finding = fish.found[0]
    assert finding.key == TOGETHER
    assert finding.severity is Severity.RED
    assert finding.sentence == (
        "Baseline and effect move together perfectly (correlation 1.00)."
    )
    assert finding.meaning.startswith("Your 12 lakes cannot tell the two apart.")
    assert finding.topic == "perfect_correlation"
    assert "few_groups:lake" not in fish.keys


def test_that_dropping_the_correlation_of_an_uncentred_covariate_centres_it(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (log_length | lake)")
    label = "Centre log_length, drop the correlation"
    after = fish.pressed(TOGETHER, label)
    assert str(after.spec) == ("log_mass ~ log_length_c + (log_length_c || lake)")
    assert not after.model.is_singular
    assert after.worst() == Severity.GREEN.rank


def test_that_one_effect_for_all_lakes_ends_the_perfect_correlation(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (log_length | lake)")
    after = fish.pressed(TOGETHER, "One effect for all lakes")
    assert str(after.spec) == "log_mass ~ log_length + (1 | lake)"
    assert not after.model.is_singular
    assert after.worst() == Severity.AMBER.rank  # the zero far away, as before


def test_that_a_centred_covariate_needs_no_further_step(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (log_length | lake)")
    centred = fish.pressed("intercept_outside:log_length", "Centre log_length")
    assert centred.one(TOGETHER).severity is Severity.RED  # the same model
    assert centred.labels(TOGETHER) == [
        "Drop the correlation",
        "One effect for all lakes",
    ]
    after = centred.pressed(TOGETHER, "Drop the correlation")
    assert after.steps == centred.steps
    assert after.worst() == Severity.GREEN.rank


def test_that_a_spread_of_zero_speaks_for_its_few_groups():
    yields = look(dyestuff2(), "Yield ~ 1 + (1 | Batch)")
    finding = yields.found[0]
    assert finding.key == "zero:Batch:"
    assert finding.severity is Severity.AMBER
    assert finding.sentence == "The spread between batches is estimated as 0."
    assert finding.topic == "singular"
    assert "The 6 batches" in finding.meaning
    assert "So few can also hide a true spread." in finding.meaning
    assert "few_groups:Batch" not in yields.keys
    after = yields.pressed("zero:Batch:", "Do not pool batches")
    assert not after.model.is_mixed
    assert after.worst() == Severity.GREEN.rank


def test_that_a_unit_of_the_design_is_not_suggested_to_be_left_out():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"plot": np.repeat([f"P{k}" for k in range(30)], 4)})
    within = np.tile([-1.0, -0.4, 0.5, 0.9], 30)
    frame["y"] = within + rng.normal(0, 0.01, 120)
    plots = look(frame, "y ~ 1 + (1 | plot)")
    assert plots.labels("zero:plot:") == ["Leave as is"]


def test_that_an_effect_that_does_not_differ_can_be_made_one():
    frame = lakes()
    rng = np.random.default_rng(3)
    baselines = {lake: rng.normal() for lake in frame["lake"].unique()}
    noise = np.tile([-1.0, 1.0], 60) * 0.5
    frame["y"] = frame["lake"].map(baselines) + frame["z"] + noise
    found = look(frame, "y ~ z + (z || lake)")
    key = "zero:lake:z"
    assert found.one(key).sentence == (
        "The effect of z does not differ among lakes: the spread is estimated as 0."
    )
    after = found.pressed(key, "One effect for all lakes")
    assert str(after.spec) == "y ~ z + (1 | lake)"
    assert not any(name.startswith("zero") for name in after.keys)
    assert after.model.criterion == pytest.approx(found.model.criterion, abs=1e-6)


def lines_that_meet(x, seed):
    """Lines of lakes that are all alike where x is zero."""
    rng = np.random.default_rng(seed)
    lake = np.repeat(np.arange(12), 10)
    slopes = 1 + 0.5 * rng.normal(size=12)
    y = 2 + slopes[lake] * x + 0.2 * rng.normal(size=120)
    return pd.DataFrame({"lake": [f"L{k:02d}" for k in lake], "x": x, "y": y})


def test_that_a_zero_baseline_beside_slopes_is_mended_by_centring_never_dropped():
    x = np.tile(np.linspace(3, 6, 10), 12)
    found = look(lines_that_meet(x, seed=3), "y ~ x + (x || lake)")
    finding = found.one("zero:lake:")
    assert finding.sentence == "At x = 0 the spread between lakes is estimated as 0."
    assert found.labels("zero:lake:") == ["Centre x", "Leave as is"]
    assert "intercept_outside:x" not in found.keys  # one cause
    after = found.pressed("zero:lake:", "Centre x")
    assert str(after.spec) == "y ~ x_c + (x_c || lake)"
    assert "zero:lake:" not in after.keys
    assert after.worst() == Severity.GREEN.rank


def test_that_lines_which_meet_inside_the_data_are_left_alone():
    x = np.tile(np.linspace(-1, 1, 10), 12)
    found = look(lines_that_meet(x, seed=2), "y ~ x + (x || lake)")
    assert found.model.is_singular
    assert found.labels("zero:lake:") == ["Leave as is"]


def test_that_three_which_depend_on_each_other_are_not_called_a_pair():
    rng = np.random.default_rng(4)
    lake = np.repeat(np.arange(8), 15)
    x, z = rng.normal(size=(2, 120))
    frame = pd.DataFrame({"lake": [f"L{k}" for k in lake], "x": x, "z": z})
    a, b = rng.normal(size=(2, 8))
    frame["y"] = a[lake] + b[lake] * x + (a + b)[lake] * z + rng.normal(0, 0.3, 120)
    found = look(frame, "y ~ x + z + (x + z | lake)")
    (finding,) = [f for f in found.found if f.key.startswith("together:lake")]
    assert finding.sentence.startswith("Baselines and effects of x and z follow from")
    assert found.labels(finding.key)[0] == "Drop the correlation"
    after = found.pressed(finding.key, "Drop the correlation")
    assert after.worst() >= Severity.AMBER.rank


def test_that_levels_of_a_category_get_no_double_bar():
    frame = lakes(n=200)
    rng = np.random.default_rng(1)
    size = {lake: rng.normal() for lake in frame["lake"].unique()}
    is_high = frame["f"] == "high"
    frame["y"] = frame["lake"].map(size) * (1 + is_high) + rng.normal(0, 0.5, 200)
    found = look(frame, "y ~ f + (f | lake)")
    (finding,) = [f for f in found.found if f.key.startswith("together:lake")]
    labels = found.labels(finding.key)
    assert labels == ["One effect for all lakes", "Leave as is"]
    after = found.pressed(finding.key, labels[0])
    assert str(after.spec) == "y ~ f + (1 | lake)"
    assert after.worst() >= Severity.AMBER.rank


def test_that_a_sound_fit_has_nothing_singular(reference):
    sleep = look(data(reference, "sleepstudy"), "Reaction ~ Days + (Days | Subject)")
    topics = {finding.topic for finding in sleep.found}
    assert topics.isdisjoint({"singular", "perfect_correlation"})
    assert sleep.worst() == Severity.GREEN.rank
