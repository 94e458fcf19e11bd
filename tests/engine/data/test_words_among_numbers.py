"""A few words among numbers can be read as missing, if one says which."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from engine.data.conversion import words_among_numbers
from engine.data.steps import SetKind, StepError, prepare, step_from_dict
from engine.data.table import Kind, Table
from engine.errors import DataError

STEP = SetKind("mass", Kind.NUMBER, ("g",))


def table_of(cells):
    frame = pd.DataFrame({"mass": pd.Series(cells, dtype="str")})
    return Table(frame, {"mass": Kind.LABEL}, {"mass": "Texts."}, (), "data.csv")


def problem(cells, step):
    with pytest.raises(StepError) as caught:
        prepare(table_of(cells), [step])
    return caught.value.problem


def test_that_a_unit_becomes_missing_and_all_else_numbers():
    prepared = prepare(table_of([" g", "1.5", "2", None, "−3"]), [STEP])
    assert prepared.kinds["mass"] is Kind.NUMBER
    assert prepared.frame["mass"].dtype.kind == "f"
    assert prepared.frame["mass"].dropna().to_dict() == {1: 1.5, 2: 2.0, 4: -3.0}


def test_that_only_the_texts_that_are_named_become_missing():
    cells = ["g", "?", *map(str, range(60))]
    assert "'?'" in problem(cells, STEP)
    assert "'g'" in problem(["g", "1", "2", "3"], SetKind("mass", Kind.NUMBER))
    both = SetKind("mass", Kind.NUMBER, ("g", "?"))
    assert prepare(table_of(cells), [both]).frame["mass"].isna().sum() == 2


def test_that_a_text_that_does_not_occur_changes_nothing():
    assert prepare(table_of(["1", "2"]), [STEP]).frame["mass"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cells", "missing", "words"),
    [
        (["g", "g", *map(str, range(30))], ("g",), "5%"),
        (["g", "1", "2"], ("g",), "fewer than 3"),
        (["7", "1", "2", "3"], ("7",), "could be numbers"),
        (["1.5", "1,5", "2,5", "3,5"], ("1.5",), "could be numbers"),
        (["9" * 20, "1", "2", "3"], ("9" * 20,), "could be numbers"),
        (["g", str(2**53 + 1), "1", "2"], ("g",), "of this size"),
    ],
)
def test_that_no_number_and_no_large_part_of_a_column_is_lost(cells, missing, words):
    assert words in problem(cells, SetKind("mass", Kind.NUMBER, missing))


def test_that_texts_are_missing_among_numbers_only():
    step = SetKind("mass", Kind.CATEGORY, ("g",))
    assert "numbers" in problem(["g", "1", "2", "3"], step)


def test_that_the_words_that_stand_in_the_way_are_found():
    numbers = [f"{k}.5" for k in range(97)]
    assert words_among_numbers(pd.Series(["g", *numbers])) == {"g": 1}
    many = ["12.5?", "x", "x", *numbers]
    assert words_among_numbers(pd.Series(many)) == {"x": 2, "12.5?": 1}
    assert list(words_among_numbers(pd.Series(many))) == ["x", "12.5?"]


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [None, None],
        ["a", "b", "c"],
        ["1", "2", "3", "4"],
        ["g", "g", *map(str, range(20))],
        ["g", "1", "2"],
        ["1.5", "1,5", "2,5", "3,5"],
    ],
)
def test_that_other_columns_are_left_alone(cells):
    assert words_among_numbers(pd.Series(cells, dtype="str")) == {}


def test_that_the_step_says_what_is_missing():
    assert STEP.description == "mass taken as numbers; 'g' is read as missing"
    two = SetKind("mass", Kind.NUMBER, ("g", "?"))
    assert two.description.endswith("'g' and '?' are read as missing")


def test_that_the_step_survives_a_project_file():
    written = json.loads(json.dumps(STEP.to_dict()))
    assert step_from_dict(written) == STEP
    assert hash(step_from_dict(written)) == hash(STEP)
    old = {"version": 1, "step": "set_kind", "column": "mass", "kind": "number"}
    assert SetKind("mass", Kind.NUMBER).to_dict() == old
    assert step_from_dict(old) == SetKind("mass", Kind.NUMBER)


@pytest.mark.parametrize("missing", [{"g": ["1"]}, "g", [1], 5, None])
def test_that_damaged_missing_texts_are_refused(missing):
    step = SetKind("mass", Kind.NUMBER).to_dict()
    with pytest.raises(DataError):
        step_from_dict(step | {"missing": missing})
