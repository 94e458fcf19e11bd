from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.reporting.model_facts import block_labels, fixed_labels
from engine.reporting.term_words import Part, Role
from engine.workflow import fit
from tests.engine.reporting.models import fish, fitted

FOOD_EFFECTS = ["effect of food: insects", "effect of food: snails"]


def labels(formula: str, frame: pd.DataFrame | None = None) -> list[str]:
    model = fit(formula, fish() if frame is None else frame)
    return [label.text for label in fixed_labels(model)]


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("length", ["Intercept", "length"]),
        ("food", ["Intercept", "food: insects", "food: snails"]),
        ("0 + food", ["food: algae", "food: insects", "food: snails"]),
        (
            "length:food",
            [
                "Intercept",
                "length × food: algae",
                "length × food: insects",
                "length × food: snails",
            ],
        ),
        ("log(length)", ["Intercept", "log(length)"]),
        (
            "C(food, contr.sum)",
            [
                "Intercept",
                "C(food, contr.sum)[S.algae]",
                "C(food, contr.sum)[S.insects]",
            ],
        ),
    ],
)
def test_that_terms_are_named_for_a_reader(right: str, expected: list[str]) -> None:
    assert labels(f"mass ~ {right}") == expected


def test_that_columns_of_a_polynomial_keep_their_names() -> None:
    found = fixed_labels(fitted("mass ~ poly(length, 2) + (1 | lake)"))
    assert [label.text for label in found[1:]] == [
        "poly(length, 2)[1]",
        "poly(length, 2)[2]",
    ]
    assert not any(label.parts for label in found)


def test_that_the_reference_is_the_level_without_a_column() -> None:
    model = fit("mass ~ C(food, contr.treatment('snails'))", fish())
    parts = [label.parts for label in fixed_labels(model)]
    assert parts[1] == (Part("food", Role.DIFFERENCE, "algae", "snails"),)


def test_that_two_codings_of_one_column_are_told_apart() -> None:
    found = labels("mass ~ food + C(food, contr.treatment('snails'))")
    assert len(set(found)) == len(found)


def test_that_names_with_brackets_and_colons_are_understood() -> None:
    frame = fish()
    frame["a:b [cm]"] = frame["length"]
    frame["f]:"] = np.where(np.arange(len(frame)) % 2, "x:1]", "y[T.")
    found = labels("mass ~ `a:b [cm]` * `f]:`", frame)
    assert found == ["Intercept", "a:b [cm]", "f]:: y[T.", "a:b [cm] × f]:: y[T."]


def test_that_dates_are_counted_in_days() -> None:
    frame = fish()
    frame["day"] = pd.Timestamp("2020-05-01") + pd.to_timedelta(frame.index, unit="D")
    model = fit("mass ~ day", frame)
    assert fixed_labels(model)[1].parts == (Part("day", unit="day"),)


@pytest.mark.parametrize(
    ("bar", "expected"),
    [
        ("length | lake", ["baseline", "effect of length"]),
        (
            "food | lake",
            ["baseline", "effect of food: insects", "effect of food: snails"],
        ),
        (
            "0 + food | lake",
            [
                "baseline of food: algae",
                "baseline of food: insects",
                "baseline of food: snails",
            ],
        ),
    ],
)
def test_that_what_varies_is_said_in_words(bar: str, expected: list[str]) -> None:
    block = fitted(f"mass ~ length + ({bar})").design.blocks[0]
    assert [label.varying for label in block_labels(block)] == expected
