"""What was put aside stays aside when a column gets another name or is centred."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.steps import Centre, Rename
from engine.model.formula import parse_formula
from engine.model.sentence_edits import renamed
from tests.engine.findings.cases import data, look, sites
from tests.engine.simulated import lakes


def test_that_a_perfect_correlation_put_aside_does_not_come_back_with_centring(
    reference,
):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (log_length | lake)")
    after = fish.pressed("intercept_outside:log_length", "Centre log_length")
    assert after.found[0].sentence == fish.found[0].sentence
    assert after.found[0].key == fish.found[0].key


def as_keys(formula, steps=(), frame=None):
    return set(look(sites() if frame is None else frame, formula, steps).keys)


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ warmth + depth + double + (warmth | site)",
        "y ~ poly(warmth, 2) + same + (1 | site) + (1 | site:plot)",
        "y ~ slope + (slope || plot)",
        "warmth ~ depth + (1 | plot)",
    ],
)
def test_that_names_of_columns_can_be_changed(formula):
    names = {old: f"the_{old}" for old in sites().columns}
    spec = parse_formula(formula)
    for old, new in names.items():
        spec = renamed(spec, old, new)
    steps = tuple(Rename(old, new) for old, new in names.items())
    assert as_keys(spec, steps) == as_keys(formula)


def test_that_a_twin_of_a_centred_column_is_a_term_of_its_own():
    steps = (Centre("depth", 10.0), Rename("depth_c", "own"))
    keys = as_keys("y ~ depth + double + own + (1 | site)", steps)
    effects = {key for key in keys if key.startswith("no_effect")}
    assert effects == {"no_effect:double", "no_effect:own"}


def test_that_a_zero_put_aside_does_not_come_back_with_centring():
    frame = lakes()
    frame["y"] = frame["z"] + np.tile([-0.5, 0.5], 60)  # lakes are all alike
    steps = (Centre("z", float(frame["z"].mean())),)
    plain = as_keys("y ~ z + (z || lake)", frame=frame)
    centred = as_keys("y ~ z_c + (z_c || lake)", steps, frame)
    assert {key for key in plain if key.startswith("zero")} == {"zero:lake:z"}
    assert plain == centred
