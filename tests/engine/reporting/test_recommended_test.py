"""Which test is recommended follows from groups, limits and agreement, in words."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from engine import fit
from engine.inference.f_tests import KENWARD_ROGER, SATTERTHWAITE
from engine.reporting.recommended_test import (
    BY_LIKELIHOOD,
    FEW,
    SIMULATED,
    recommended,
)
from tests.engine.reporting.models import fitted, singular

ALL = {SATTERTHWAITE: 0.03, KENWARD_ROGER: 0.03, BY_LIKELIHOOD: 0.02, SIMULATED: 0.03}


@cache
def model_of(m):
    """Rows of m lakes that differ."""
    rng = np.random.default_rng(20 + m)
    lake = np.repeat(np.arange(m), 6)
    x = rng.normal(size=len(lake))
    y = x + rng.normal(size=m)[lake] + rng.normal(size=len(lake))
    frame = pd.DataFrame({"y": y, "x": x, "lake": [f"L{i:02}" for i in lake]})
    return fit("y ~ x + (1 | lake)", frame)


def without(*methods):
    return {name: p for name, p in ALL.items() if name not in methods}


@pytest.mark.parametrize("m", [4, 9, FEW - 1])
def test_that_with_few_groups_the_simulated_test_is_recommended_and_they_are_named(m):
    found = recommended(model_of(m), ALL, is_variance=False)
    assert found.method == SIMULATED
    assert f"only {m} lakes" in found.why


def test_that_meanwhile_the_corrected_test_is_recommended_and_said_to_be():
    for is_whole in (False, True):
        found = recommended(
            model_of(9), without(SIMULATED), is_variance=False, is_whole=is_whole
        )
        assert found.method == KENWARD_ROGER
        assert ("not ready yet" in found.why) is not is_whole


@pytest.mark.parametrize("m", [FEW, 40])
def test_that_with_many_groups_the_usual_test_is_recommended(m):
    found = recommended(model_of(m), ALL, is_variance=False)
    assert found.method == SATTERTHWAITE
    assert f"{m} lakes" in found.why
    assert "agree" in found.why


def test_that_methods_that_disagree_are_settled_by_the_simulated_one():
    torn = ALL | {BY_LIKELIHOOD: 0.049, SATTERTHWAITE: 0.06}
    found = recommended(model_of(40), torn, is_variance=False)
    assert found.method == SIMULATED
    assert "disagree" in found.why


def test_that_a_variance_at_its_limit_is_a_reason():
    assert singular().is_singular
    rng = np.random.default_rng(3)
    lake = np.repeat(np.arange(30), 4)
    y = rng.normal(size=120)
    y -= pd.Series(y).groupby(lake).transform("mean").to_numpy()
    frame = pd.DataFrame({"y": y, "x": rng.normal(size=120), "lake": lake.astype(str)})
    model = fit("y ~ x + (1 | lake)", frame)
    assert model.is_singular
    found = recommended(model, ALL, is_variance=False)
    assert found.method == SIMULATED
    assert "at its limit" in found.why


def test_that_least_squares_need_nothing_but_t():
    found = recommended(fitted("mass ~ length"), ALL, is_variance=False)
    assert found.method == SATTERTHWAITE
    assert "exact" in found.why


def test_that_a_variance_is_never_tested_by_a_plain_chi_square():
    answers = {BY_LIKELIHOOD: 0.2, SIMULATED: 0.15}
    found = recommended(model_of(40), answers, is_variance=True)
    assert found.method == SIMULATED
    assert "cannot be below 0" in found.why
    alone = recommended(model_of(40), {BY_LIKELIHOOD: 0.2}, is_variance=True)
    assert alone.method == BY_LIKELIHOOD
    assert "mixture" in alone.why


def test_that_the_grouping_with_the_fewest_levels_counts():
    found = recommended(
        fitted("mass ~ length + (1 | lake) + (1 | year)"), ALL, is_variance=False
    )
    assert "only 5 years" in found.why


def test_that_nothing_is_recommended_without_an_answer():
    assert recommended(model_of(9), {}, is_variance=False) is None
