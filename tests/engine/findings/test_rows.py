"""Rows that are not used, and responses that no normal distribution describes."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.steps import Exclude, Include
from engine.findings import Change, Severity, Show
from engine.findings.finding import HERE
from tests.engine.findings.cases import data, look, look_before, sites


def with_gaps(share):
    frame = sites()
    rng = np.random.default_rng(6)
    frame["rain"] = np.where(rng.random(120) < share, np.nan, rng.normal(size=120))
    return frame


def test_that_all_rows_used_is_green(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (1 | lake)")
    assert fish.one("all_rows_used").sentence == "All 150 rows are used."


def test_that_missing_cells_are_counted_by_column_and_shown():
    frame = with_gaps(0.02)
    frame.loc[frame.index[5], "depth"] = np.nan
    found = look(frame, "y ~ depth + rain + (1 | site)")
    n_gaps = int(frame["rain"].isna().sum())
    finding = found.one("rows_not_used")
    assert finding.severity is Severity.NOTE
    assert finding.sentence == (
        f"{n_gaps + 1} of 120 rows are not used: rain is missing in {n_gaps} and depth "
        "in 1."
    )
    show = finding.actions[0]
    assert isinstance(show, Show)
    assert (show.page, show.item) == (HERE, "")
    assert set(show.rows) == set(found.model.dropped_rows.index)
    assert all(type(row) is int for row in show.rows)
    assert "all_rows_used" not in found.keys


@pytest.mark.parametrize(
    ("share", "severity"), [(0.2, Severity.AMBER), (0.7, Severity.RED)]
)
def test_that_a_covariate_that_costs_many_rows_can_be_left_out(share, severity):
    found = look(with_gaps(share), "y ~ depth + rain + (1 | site)")
    assert found.one("rows_not_used").severity is severity
    after = found.pressed("rows_not_used", "Leave out rain")
    assert str(after.spec) == "y ~ depth + (1 | site)"
    assert "rows_not_used" not in after.keys
    assert "all_rows_used" in after.keys


def test_that_the_response_is_never_suggested_to_be_left_out():
    frame = with_gaps(0.5)
    found = look(frame, "rain ~ depth + (1 | site)")
    actions = found.one("rows_not_used").actions
    assert not any(isinstance(action, Change) for action in actions)


def test_that_rows_without_a_weight_are_counted():
    frame = sites().assign(n=1.0)
    frame.loc[frame.index[:3], "n"] = np.nan
    found = look(frame, "y ~ depth + (1 | site)", weights="n")
    assert found.one("rows_not_used").sentence == (
        "3 of 120 rows are not used: they have no weight or offset."
    )


def test_that_gaps_are_found_before_a_fit():
    found = look_before(with_gaps(0.2), "y ~ depth + rain + (1 | site)")
    assert found.one("rows_not_used").severity is Severity.AMBER


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ((Exclude(range(1, 13), "S00"),), "12 rows are excluded: S00."),
        ((Exclude((7,)),), "1 row is excluded, without a reason."),
        (
            (Exclude(range(1, 13), "S00"), Exclude((50,))),
            "13 rows are excluded: S00 (12) and no reason given (1).",
        ),
        (
            (Exclude(range(1, 13), "S00"), Include(range(1, 12))),
            "1 row is excluded: S00.",
        ),
    ],
)
def test_that_excluded_rows_are_named_with_the_reason(steps, sentence):
    found = look(sites(), "y ~ depth + (1 | site)", steps)
    finding = found.one("rows_excluded")
    assert finding.severity is Severity.NOTE
    assert finding.sentence == sentence
    show = finding.actions[0]
    assert isinstance(show, Show)
    assert len(show.rows) == int(sentence.split()[0])
    assert "all_rows_used" not in found.keys


def test_that_excluded_rows_are_named_without_a_model():
    found = look_before(sites(), None, (Exclude((1,), "slip"),))
    assert found.keys == ["rows_excluded"]


# ---- the response -----------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "key", "severity"),
    [
        (lambda rng: rng.integers(0, 2, 120), "response_yes_no:y", Severity.RED),
        (lambda rng: rng.poisson(2, 120), "response_counts:y", Severity.AMBER),
        (lambda rng: rng.integers(1, 6, 120), "response_ratings:y", Severity.AMBER),
        (
            lambda rng: rng.normal(0.3, 0.3, 120).clip(0, 1),
            "response_proportion:y",
            Severity.AMBER,
        ),
    ],
)
def test_that_the_kind_of_response_is_recognised(values, key, severity):
    frame = sites().assign(y=values(np.random.default_rng(2)))
    for found in (look, look_before):
        finding = found(frame, "y ~ depth + (1 | site)").one(key)
        assert finding.severity is severity
        assert finding.topic == key.removesuffix(":y")
        assert finding.sentence.startswith("y ")
        shows = [a for a in finding.actions if isinstance(a, Show)]
        assert [a.item for a in shows] == ["residuals_fitted"][
            : key != "response_yes_no:y"
        ]


def test_that_measurements_are_just_that():
    found = look(sites(), "y ~ depth + (1 | site)")
    assert not any(key.startswith("response") for key in found.keys)
