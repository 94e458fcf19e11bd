"""The shipped examples: made again, opened as their cards open them, and fitted."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

import engine
from engine.data.hints import HintKind
from engine.data.scan import scan_design
from engine.data.steps import Lengthen, prepare, step_from_dict
from tests.shared_data import ROOT

FOLDER = ROOT / "resources" / "examples"
CARDS = json.loads((FOLDER / "examples.json").read_text(encoding="utf-8"))
MADE = ["fish.csv", "seabirds_wide.csv", "seabirds.csv", "split_plot.csv", "growth.csv"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the script defines, and the folder into which it wrote everything again."""
    folder = tmp_path_factory.mktemp("examples")
    script = shutil.copy(FOLDER / "make_examples.py", folder)
    namespace = {"__name__": "example", "__file__": str(script)}
    exec((folder / "make_examples.py").read_text(encoding="utf-8"), namespace)
    namespace["main"]()
    return namespace, folder


def opened(card):
    """The rows as they are when a card has been clicked."""
    table = engine.read_table(FOLDER / card["file"])
    return prepare(table, [step_from_dict(step) for step in card["steps"]])


def fitted(card):
    return engine.fit(card["formula"], opened(card).used_frame)


@pytest.fixture(scope="module")
def fits():
    return {card["key"]: fitted(card) for card in CARDS}


@pytest.mark.parametrize("name", [*MADE, "examples.json"])
def test_that_each_file_is_what_the_script_makes(made, name):
    assert (made[1] / name).read_bytes() == (FOLDER / name).read_bytes()


def test_that_every_file_made_is_kept(made):
    files = {path.name for path in made[1].iterdir()} | {"README.md"}
    assert files == {path.name for path in FOLDER.iterdir() if path.is_file()}


def test_that_the_cards_are_the_four_of_the_welcome_page():
    assert [card["title"] for card in CARDS] == [
        "Fish in lakes",
        "Sites and years",
        "Split plot",
        "Repeated measures",
    ]
    for card in CARDS:
        assert card["question"].endswith("?")
        assert len(card["question"]) < 90  # two lines on the card


def test_that_the_facts_are_those_of_the_fit(fits):
    levels = {
        "fish": ["lake"],
        "seabirds": ["site", "year"],
        "split_plot": ["block"],
        "growth": ["animal", "litter"],
    }
    for card in CARDS:
        model = fits[card["key"]]
        counts = [model.n_levels[group] for group in levels[card["key"]]]
        said = [int(number) for number in re.findall(r"\d+", card["facts"])]
        assert said == [model.n_rows, *counts]


def test_that_the_words_on_structure_are_true():
    facts = {card["key"]: card["facts"] for card in CARDS}
    frames = {card["key"]: opened(card).frame for card in CARDS}
    assert facts["fish"].endswith("random slopes")
    assert facts["seabirds"].endswith("crossed")
    birds = scan_design(frames["seabirds"]).pair("site", "year")
    assert birds.relation == "crossed"
    assert facts["split_plot"].endswith("nested")
    plots = frames["split_plot"].groupby(["block", "variety"])["nitrogen"]
    assert plots.nunique().tolist() == [4] * 18
    assert scan_design(frames["growth"]).is_nested("animal", "litter")


@pytest.mark.parametrize("key", [card["key"] for card in CARDS])
def test_that_the_fit_finds_what_was_simulated(made, fits, key):
    truth, model = made[0]["TRUTH"][key], fits[key]
    found = model.coefficients
    assert list(found.index) == list(truth["coefficients"])
    for term, value in truth["coefficients"].items():
        assert abs(found.loc[term, "estimate"] - value) < 3 * found["std_error"][term]
    parts = model.variance_components
    for name, sd in truth["sds"].items():
        group, _, term = name.partition(", ")
        rows = parts[(parts["group"] == group) & parts["term2"].isna()]
        estimate = rows[rows["term"] == term] if term else rows
        # the fish's two SDs cannot be told apart, which is their lesson
        n_groups = model.n_levels.get(group, model.n_rows) if key != "fish" else 5
        assert abs(estimate["sd"].item() / sd - 1) < 3 / np.sqrt(2 * (n_groups - 1))


def test_that_only_the_fish_are_singular(fits):
    assert [key for key, model in fits.items() if model.is_singular] == ["fish"]
    assert all(model.convergence.is_proved for model in fits.values())


def test_that_years_shared_by_all_sites_make_the_trend_uncertain(fits):
    rows = opened(CARDS[1]).used_frame
    naive = engine.fit("log(count) ~ year_c + region + (1 | site)", rows)
    assert naive.coefficients.loc["year_c", "p_value"] < 1e-4
    assert fits["seabirds"].coefficients.loc["year_c", "p_value"] > 0.05


def test_that_the_wide_sheet_made_long_is_the_long_file():
    wide = engine.read_table(FOLDER / "seabirds_wide.csv")
    long = prepare(wide, [step_from_dict(CARDS[1]["steps"][0])])
    expected = engine.read_table(FOLDER / "seabirds.csv")
    assert_frame_equal(long.frame, expected.frame, check_index_type=False)
    assert long.kinds == expected.kinds


def test_that_the_wide_sheet_is_offered_its_step():
    wide = engine.read_table(FOLDER / "seabirds_wide.csv")
    hints = scan_design(wide).hints
    hint = next(hint for hint in hints if hint.kind is HintKind.SIDE_BY_SIDE)
    assert "19 columns" in hint.sentence
    step = Lengthen.suggested(hint.columns, wide.kinds)
    kept = step_from_dict(CARDS[1]["steps"][0])
    assert (step.columns, step.names_to) == (kept.columns, kept.names_to)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card["key"])
def test_that_steps_and_pictures_are_well_formed(card):
    assert [step_from_dict(step).to_dict() for step in card["steps"]] == card["steps"]
    picture = card["picture"]
    assert 0 <= picture["highlighted"] < len(picture["lines"])
    points = [*picture.get("points", []), *picture.get("marked", [])]
    every = np.array([*points, *(point for line in picture["lines"] for point in line)])
    assert every.min(axis=0).tolist() == [0, 0]
    assert every.max(axis=0).tolist() == [1, 1]
