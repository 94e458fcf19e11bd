"""Which columns are offered for the first model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.data.reading import read_table
from engine.data.role_words import Role, has_role, head_word
from engine.data.roles import suggest_roles
from engine.data.scan import guessed_kinds
from engine.data.table import Table


def names(parts):
    return [part.column for part in parts]


def suggested(**columns):
    frame = pd.DataFrame(columns)
    kinds = guessed_kinds(frame)
    return suggest_roles(Table(frame, kinds, dict.fromkeys(kinds, ""), ()))


@pytest.mark.parametrize(
    ("name", "response", "covariates", "groupings"),
    [
        ("fish", "log_mass", ["log_length"], ["lake"]),
        ("sleepstudy", "Reaction", ["Days"], ["Subject"]),
        ("oats", "yield", ["nitro", "Variety"], ["Block"]),
        ("pastes", "strength", [], ["sample", "batch"]),
        ("penicillin", "diameter", [], ["plate", "sample"]),
        ("seabirds", "index", ["t"], ["site", "year"]),
        ("orthodont", "distance", ["age", "Sex"], ["Subject"]),
        ("dyestuff", "Yield", [], ["Batch"]),
    ],
)
def test_that_the_first_model_of_known_studies_is_theirs(
    reference, name, response, covariates, groupings
):
    roles = suggest_roles(read_table(reference / "data" / f"{name}.csv"))
    assert roles.response.column == response
    assert names(roles.covariates) == covariates
    assert names(roles.groupings) == groupings
    for part in (roles.response, *roles.covariates, *roles.groupings):
        assert part.reason.endswith(".")


def test_that_a_wide_table_is_offered_no_model(reference):
    roles = suggest_roles(read_table(reference / "data" / "seabirds_wide.csv"))
    assert roles.response is None
    assert roles.groupings == roles.covariates == ()
    assert len(roles.side_by_side) == 9


def test_that_a_table_without_measurements_is_offered_no_response():
    roles = suggested(site=["a", "b"] * 5, sex=["f", "m"] * 5)
    assert roles.response is None


def test_that_identifiers_and_positions_are_not_explained():
    rng = np.random.default_rng(77120)
    roles = suggested(
        plot_id=np.repeat(np.arange(10), 4),
        latitude=rng.normal(50, 1, 40),
        depth=rng.normal(3, 1, 40),
        height=rng.normal(10, 1, 40),
        longitude=rng.normal(8, 1, 40),
    )
    assert roles.response.column == "height"
    assert names(roles.covariates) == ["depth"]
    assert names(roles.groupings) == ["plot_id"]


def test_that_without_telling_names_the_last_measurement_is_explained():
    rng = np.random.default_rng(77121)
    roles = suggested(
        gruppe=np.repeat(list("abcdefgh"), 5),
        aa=rng.normal(size=40),
        bb=rng.normal(size=40),
    )
    assert roles.response.column == "bb"
    assert "last column" in roles.response.reason
    assert names(roles.groupings) == ["gruppe"]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("log_mass_g", "mass"),
        ("LakeID", "lake"),
        ("plot number", "plot"),
        ("number_of_nests", "count"),
        ("leaf area", "area"),
        ("Days", "day"),
        ("Species", "species"),
        ("t", "t"),
        ("mm", "mm"),
        ("12", ""),
        ("batches", "batch"),
    ],
)
def test_that_the_telling_word_of_a_name_is_found(name, head):
    assert head_word(name) == head


def test_that_names_have_roles():
    assert has_role("SiteName", Role.PLACE)
    assert has_role("bird_id", Role.UNIT)
    assert not has_role("clutch_size", Role.UNIT)
    assert not has_role("", *Role)
