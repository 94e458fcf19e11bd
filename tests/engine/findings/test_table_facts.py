"""What is said of the table itself, also before there is a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.data.reading import read_table
from engine.data.steps import Exclude, Lengthen, SetKind, prepare
from engine.data.table import Kind
from engine.findings import Change, Severity, Show
from tests.engine.findings.cases import look, look_before, sites
from tests.shared_data import ROOT


@pytest.fixture(scope="module")
def wide():
    return read_table(ROOT / "resources" / "examples" / "seabirds_wide.csv")


# ---- side by side -----------------------------------------------------------


def test_that_a_wide_table_is_offered_to_be_made_long_before_any_model(wide):
    found = look_before(wide, None)
    assert found.keys == ["side_by_side"]
    finding = found.one("side_by_side")
    assert finding.severity is Severity.AMBER
    assert finding.sentence == (
        "19 columns, 2001 to 2019, look like one measurement in different years."
    )
    assert "year and value" in finding.meaning
    change = finding.actions[0]
    assert isinstance(change, Change)
    assert change.spec is None
    (step,) = change.steps
    assert isinstance(step, Lengthen)
    assert look_before(wide, None, change.steps).keys == []


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("`2001` ~ region", "value ~ region"),
        ("log(`2001`) ~ `2002` + region + (1 | region)", "log(value) ~ region"),
        ("I(`2002` - `2001`) ~ region", "value ~ region"),
    ],
)
def test_that_a_model_of_one_year_is_about_all_of_them_in_the_long_table(
    wide, formula, after
):
    found = look_before(wide, formula)
    pressed = found.pressed("side_by_side", "Make the table long")
    assert str(pressed.spec).startswith(after)
    assert "side_by_side" not in pressed.keys
    assert pressed.model.n_rows > 100


def test_that_numbered_covariates_of_a_model_are_left_alone():
    rng = np.random.default_rng(2)
    climate = {f"bio{k}": rng.normal(size=40) for k in range(1, 7)}
    frame = pd.DataFrame({"richness": rng.normal(30, 4, 40), **climate})
    assert "side_by_side" in look_before(frame, None).keys
    assert "side_by_side" not in look(frame, "richness ~ bio1 + bio5").keys


# ---- names that are probably one --------------------------------------------


def test_that_levels_written_in_two_ways_are_named_before_any_model():
    frame = sites()
    frame.loc[frame.index[:2], "site"] = "s00 "
    found = look_before(frame, None)
    assert found.keys == ["like_names:site"]
    finding = found.one("like_names:site")
    assert finding.severity is Severity.AMBER
    assert finding.sentence == (
        "'S00' and 's00' in site differ only in case, spaces, accents or the like."
    )
    assert found.labels("like_names:site") == ["Write them as S00", "Leave as is"]
    assert found.pressed_before("like_names:site", "Write them as S00").keys == []


def test_that_many_levels_written_in_two_ways_are_one_finding():
    frame = sites()
    frame.loc[frame.index[::5], "site"] = frame["site"].str.lower()
    finding = look_before(frame, None).one("like_names:site")
    assert finding.sentence.startswith("10 levels of site seem to be written in")
    assert finding.sentence.endswith("'S02' = 's02' and 7 more.")
    assert look_before(frame, None).labels("like_names:site")[0] == "Mend all 10"
    mended = look_before(frame, None).pressed_before("like_names:site", "Mend all 10")
    assert mended.keys == []
    assert len(mended.steps) == 1


def test_that_the_most_frequent_spelling_is_the_one_that_stays():
    frame = sites()
    rows = frame.index[frame["site"] == "S00"]
    frame.loc[rows[:7], "site"] = "s00"
    frame.loc[rows[7:9], "site"] = "S 00"
    found = look_before(frame, None)
    assert found.labels("like_names:site") == ["Write them as s00", "Leave as is"]
    prepared = prepare(found.table, found.one("like_names:site").actions[0].steps)
    levels = prepared.frame["site"].cat.categories.tolist()
    assert levels == ["s00", *(f"S{k:02d}" for k in range(1, 10))]
    # whatever the order of the rows, of equals the first of the alphabet is taken
    frame = sites()
    rows = frame.index[frame["site"] == "S00"]
    frame.loc[rows[:6], "site"] = "s00"
    for table in (frame, frame[::-1]):
        labels = look_before(table, None).labels("like_names:site")
        assert labels[0] == "Write them as S00"


def test_that_names_written_as_one_leave_the_model_as_it_is():
    frame = sites()
    frame.loc[frame.index[:2], "site"] = "s00"
    found = look(frame, "y ~ depth + (1 | site)")
    pressed = found.pressed("like_names:site", "Write them as S00")
    assert pressed.spec == found.spec
    assert "like_names:site" not in pressed.keys
    mended = look(sites(), "y ~ depth + (1 | site)").model
    assert pressed.model.loglik == pytest.approx(mended.loglik, rel=1e-12)


def test_that_a_slip_of_the_pen_is_a_note():
    frame = sites(n_rows=24).assign(species="Parus major")
    frame.loc[frame.index[::2], "species"] = "Sitta europaea"
    frame.loc[frame.index[5], "species"] = "Parus mojor"
    finding = look_before(frame, None).one("like_names:species")
    assert finding.severity is Severity.NOTE
    assert finding.sentence == (
        "'Parus mojor' (1 row) in species looks like 'Parus major' (119 rows), "
        "mistyped."
    )
    found = look_before(frame, None)
    assert found.labels(finding.key) == ["Write it as Parus major", "Leave as is"]
    assert found.pressed_before(finding.key, "Write it as Parus major").keys == []


def test_that_of_several_slips_each_is_judged_by_itself():
    frame = sites(n_rows=24).assign(species="Parus major")
    frame.loc[frame.index[::2], "species"] = "Sitta europaea"
    frame.loc[frame.index[5], "species"] = "Parus mojor"
    frame.loc[frame.index[6], "species"] = "Sitta europea"
    found = look_before(frame, None)
    key = "like_names:species"
    assert found.one(key).sentence.endswith("mistyped; so does 1 more.")
    once = found.pressed_before(key, found.labels(key)[0])
    assert once.one(key).sentence.endswith("mistyped.")
    assert once.labels(key) != found.labels(key)
    assert once.pressed_before(key, once.labels(key)[0]).keys == []


def test_that_with_a_model_only_the_names_of_its_columns_matter():
    frame = sites()
    frame.loc[frame.index[:2], "site"] = "s00 "
    assert "like_names:site" in look(frame, "y ~ depth + (1 | site)").keys
    assert "like_names:site" not in look(frame, "y ~ depth").keys


# ---- slips and codes --------------------------------------------------------


def test_that_one_slip_in_a_nested_design_is_shown():
    frame = sites().drop(columns="plot")
    frame["region"] = np.where(frame["site"] < "S05", "north", "south")
    frame.loc[frame.index[3], "region"] = "south"
    for found in (
        look_before(frame, None),
        look(frame, "y ~ region + depth + (1 | site)"),
    ):
        finding = found.one("nearly_nested:region:site")
        assert finding.sentence == (
            "Site S00 occurs in several regions, each of the other 9 sites in one "
            "region."
        )
        assert isinstance(finding.actions[0], Show)
    assert "nearly_nested:region:site" not in look(frame, "y ~ (1 | site)").keys


def test_that_numbered_groups_can_become_categories_before_any_model():
    frame = sites()
    frame["site"] = [int(name[1:]) + 1 for name in frame["site"]]
    found = look_before(frame, None)
    finding = found.one("numbered_names")
    assert finding.severity is Severity.NOTE
    assert finding.sentence == "10 sites are numbered 1, 2, 3, 4 and 6 more."
    change = finding.actions[0]
    assert isinstance(change, Change)
    assert change.steps == (SetKind("site", Kind.CATEGORY),)
    assert "numbered_names" not in look_before(frame, None, change.steps).keys


def test_that_several_numbered_columns_are_one_finding():
    frame = sites()
    frame["site"] = [int(name[1:]) + 1 for name in frame["site"]]
    frame["plot"] = [int(name[1:]) for name in frame["plot"]]
    finding = look_before(frame, None).one("numbered_names")
    assert finding.sentence == "The groups in site and plot are numbered."
    assert len(finding.actions[0].steps) == 2


@pytest.mark.parametrize("name", ["fish", "seabirds", "split_plot", "growth"])
def test_that_a_sound_table_is_left_in_peace(name):
    table = read_table(ROOT / "resources" / "examples" / f"{name}.csv")
    assert look_before(table, None).keys == []


# ---- words among numbers ----------------------------------------------------


def with_a_unit():
    frame = sites()
    frame["mass"] = [f"{k}.5" for k in range(len(frame))]
    frame.loc[frame.index[0], "mass"] = "g"
    return frame


def test_that_a_unit_among_numbers_is_named_and_can_be_read_as_missing():
    frame = with_a_unit()
    found = look_before(frame, None)
    finding = found.one("words_among_numbers:mass")
    assert finding.severity is Severity.AMBER
    assert finding.sentence == f"1 of {len(frame)} cells of mass is not a number: 'g'."
    assert found.labels(finding.key) == ["Read as missing", "Leave as is"]
    change = finding.actions[0]
    assert isinstance(change, Change)
    assert change.steps == (SetKind("mass", Kind.NUMBER, ("g",)),)
    assert found.pressed_before(finding.key, "Read as missing").keys == []


def test_that_excluding_the_row_of_a_unit_does_not_hide_it():
    frame = with_a_unit()
    steps = (Exclude((1,)),)
    assert "words_among_numbers:mass" in look_before(frame, None, steps).keys


def test_that_a_category_of_numbers_is_no_column_with_words():
    frame = sites()
    frame["mass"] = [f"{k}.5" for k in range(len(frame))]
    assert not any("words" in key for key in look_before(frame, None).keys)


def test_that_names_of_groups_may_be_numbers_and_a_few_words():
    frame = sites()
    frame["block"] = [str(k // 4) for k in range(len(frame))]
    frame.loc[frame["block"] == "3", "block"] = "3b"
    key = "words_among_numbers:block"
    assert look_before(frame, None).one(key).severity is Severity.NOTE
    assert key in look_before(frame, "y ~ block").keys
    assert key not in look_before(frame, "y ~ depth").keys
    assert key not in look_before(frame, "y ~ depth + (1 | block)").keys


def test_that_a_model_of_a_column_with_a_unit_is_told_of_it():
    found = look_before(with_a_unit(), "mass ~ depth")
    key = "words_among_numbers:mass"
    assert key in found.keys
    assert key not in found.pressed_before(key, "Read as missing").keys
