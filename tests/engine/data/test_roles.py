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
from tests.shared_data import ROOT


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


def sheet(**columns):
    """Numbers of 60 rows in twelve lakes, before the response."""
    rng = np.random.default_rng(77122)
    lake = np.repeat([f"L{k}" for k in range(12)], 5)
    return suggested(lake=lake, **columns, biomass=rng.normal(size=60))


MEASURED = np.random.default_rng(77123).normal(12, 2, 60).round(2)
PER_LAKE = np.repeat(np.random.default_rng(77124).normal(5, 1, 12), 5)
YEARS = np.tile([2019, 2020, 2021, 2022], 15)


@pytest.mark.parametrize(
    "columns",
    [
        {"year": YEARS, "oxygen": MEASURED},
        {"anno_2": YEARS, "oxygen": MEASURED},  # a year by its values
        {"week": np.tile(np.arange(5), 12), "oxygen": MEASURED},
        {"nr": np.arange(1, 61), "oxygen": MEASURED},
        {"Elevation": MEASURED[::-1], "oxygen": MEASURED},
        {"blank": np.full(60, 3.0), "oxygen": MEASURED},
        {"depth": PER_LAKE, "oxygen": MEASURED},
        {"shade": np.tile([0, 1, 2], 20), "oxygen": MEASURED},
        {"oxygen": MEASURED, "salt": MEASURED[::-1]},
    ],
)
def test_that_what_was_measured_within_the_groups_is_the_first_covariate(columns):
    assert names(sheet(**columns).covariates) == ["oxygen"]


def test_that_a_dose_comes_before_what_was_measured_beside_it():
    roles = sheet(oxygen=MEASURED, dose=np.tile([0, 10, 20], 20))
    assert names(roles.covariates) == ["dose"]


def test_that_times_are_taken_where_there_is_nothing_else():
    roles = sheet(year=YEARS, week=np.tile(np.arange(5), 12))
    assert names(roles.covariates) == ["week"]
    assert names(sheet(year=YEARS).covariates) == ["year"]


def test_that_a_logarithm_is_explained_by_a_logarithm():
    rng = np.random.default_rng(77125)
    roles = suggested(
        lake=np.repeat(list("abcdefgh"), 5),
        girth=rng.normal(size=40),
        log_length=rng.normal(size=40),
        log_mass=rng.normal(size=40),
    )
    assert names(roles.covariates) == ["log_length"]


def test_that_row_numbers_explain_nothing():
    assert sheet(nr=np.arange(1, 61)).covariates == ()


def test_that_the_covariate_is_not_chosen_by_the_response():
    rng = np.random.default_rng(77126)
    lake = np.repeat(list("abcdefgh"), 5)
    oxygen, salt = rng.normal(size=40), rng.normal(size=40)
    for explained in (oxygen, salt, -salt):
        roles = suggested(
            lake=lake, oxygen=oxygen, salt=salt, biomass=explained + oxygen / 9
        )
        assert names(roles.covariates) == ["oxygen"]


@pytest.mark.parametrize(
    ("file", "response", "covariates", "groupings"),
    [
        ("fish", "log_mass", ["log_length"], ["lake"]),
        ("growth", "mass", ["week", "sex"], ["animal", "litter"]),
        ("seabirds", "count", [], ["site", "year"]),
        ("split_plot", "grain_yield", ["nitrogen", "variety"], ["block"]),
    ],
)
def test_that_the_first_model_of_the_examples_is_sensible(
    file, response, covariates, groupings
):
    path = ROOT / "resources" / "examples" / f"{file}.csv"
    roles = suggest_roles(read_table(path))
    assert roles.response.column == response
    assert names(roles.covariates) == covariates
    assert names(roles.groupings) == groupings


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
