"""Models written as JSON and read again, whole or damaged."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError
from engine.model.formula import parse_formula
from engine.model.spec import ModelSpec, NoPooling, RandomTerm
from engine.model.spec_json import SPEC_VERSION, spec_from_dict, spec_to_dict

NAMES = st.sampled_from(["x", "lake", "`lake area`", "`50 %`", "`µg/l`", "log(x)"])
TERMS = st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple)
RANDOM = st.builds(
    RandomTerm,
    group=st.lists(st.text(min_size=1), min_size=1, max_size=2).map(tuple),
    intercept=st.booleans(),
    terms=st.lists(TERMS, max_size=2).map(tuple),
    correlated=st.booleans(),
)
SPECS = st.builds(
    ModelSpec,
    response=st.sampled_from(["y", "`dry mass`"]),
    fixed=st.lists(TERMS, max_size=4).map(tuple),
    intercept=st.booleans(),
    random=st.lists(RANDOM, max_size=2).map(tuple),
    grouping=st.none() | st.text(),
    no_pooling=st.none() | st.sampled_from(NoPooling),
    offset=st.lists(NAMES, max_size=2).map(tuple),
)

FORMULAS = [
    "y ~ 1",
    "y ~ 0 + x",
    "log(y) ~ scale(x) * f + (1 + x | g)",
    "y - base ~ base + poly(x, 2) + I(x ** 2) + (x || g) + (1 | a/b)",
    "`dry mass` ~ C(year) + bs(x, df=4) + offset(log(effort)) + (1 | `lake no.`)",
    "y ~ np.power(x, 3) + (0 + x | g) + offset(a) + offset(b)",
]


def through_json(spec: ModelSpec) -> ModelSpec:
    return spec_from_dict(json.loads(json.dumps(spec_to_dict(spec))))


@pytest.mark.parametrize("formula", FORMULAS)
def test_that_a_formula_comes_back_from_json(formula: str) -> None:
    spec = parse_formula(formula)
    assert through_json(spec) == spec
    assert str(through_json(spec)) == str(spec)


@pytest.mark.parametrize("way", NoPooling)
def test_that_every_way_of_not_pooling_comes_back(way: NoPooling) -> None:
    spec = ModelSpec("y", (("x",),), grouping="lake no.", no_pooling=way)
    back = through_json(spec)
    assert back == spec
    assert back.no_pooling is way


@given(SPECS)
def test_that_every_specification_comes_back(spec: ModelSpec) -> None:
    assert through_json(spec) == spec


WHOLE = spec_to_dict(
    ModelSpec(
        "y",
        (("x",), ("x", "f")),
        random=(RandomTerm(("g",), True, (("x",),)),),
        grouping="g",
        no_pooling=NoPooling.SLOPES,
        offset=("z",),
    )
)


def damaged(*path: Any, to: object) -> dict[str, Any]:
    broken = copy.deepcopy(WHOLE)
    place: Any = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return broken


@pytest.mark.parametrize(
    ("path", "to", "where"),
    [
        (("response",), 1, "model.response is no text"),
        (("response",), "", "model.response"),
        (("fixed",), "x", "model.fixed is no list"),
        (("fixed", 0), "x", "model.fixed[0] is no list"),
        (("fixed", 0), [], "model.fixed[0] is empty"),
        (("fixed", 1, 0), None, "model.fixed[1][0] is no text"),
        (("fixed", 1, 0), "x +", "model.fixed[1][0]"),
        (("intercept",), 1, "model.intercept is neither true nor false"),
        (("random",), {}, "model.random is no list"),
        (("random", 0), [], "model.random[0] is no object"),
        (("random", 0, "group"), [], "model.random[0].group is empty"),
        (("random", 0, "group"), ["a", 2], "model.random[0].group[1] is no text"),
        (("random", 0, "correlated"), "yes", "model.random[0].correlated"),
        (("random", 0, "colour"), "red", "colour"),
        (("grouping",), 3, "model.grouping is no text"),
        (("no_pooling",), "some", "model.no_pooling is none of"),
        (("offset",), [True], "model.offset[0] is no text"),
        (("version",), True, "model.version is no whole number"),
        (("version",), 0, "model.version is 0"),
        (("version",), 10**30, "model.version is too large"),
        (("surplus",), 1, "surplus"),
    ],
)
def test_that_a_damaged_value_is_refused_and_named_in_the_details(
    path: tuple[Any, ...], to: object, where: str
) -> None:
    with pytest.raises(DataError) as caught:
        spec_from_dict(damaged(*path, to=to))
    assert caught.value.message == "The model in the project cannot be read."
    assert "earlier copy" in caught.value.remedy
    assert where in caught.value.details


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_that_a_missing_value_is_refused(name: str) -> None:
    broken = {key: value for key, value in WHOLE.items() if key != name}
    with pytest.raises(DataError) as caught:
        spec_from_dict(broken)
    assert f"has no {name}" in caught.value.details


@pytest.mark.parametrize("value", [None, [], "y ~ x", 3])
def test_that_what_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        spec_from_dict(value)


def test_that_a_model_of_a_newer_version_says_so() -> None:
    newer = {"version": SPEC_VERSION + 1, "distribution": "gamma"}
    with pytest.raises(DataError, match="newer version of Tarn") as caught:
        spec_from_dict(newer)
    assert "newer version" in caught.value.remedy


@pytest.mark.parametrize(
    "expression",
    ["__import__('os').system('x')", "open('f')", "x.__class__", "9**9**9"],
)
@pytest.mark.parametrize("place", ["response", "fixed", "random", "offset"])
def test_that_code_in_a_file_does_not_get_through(expression: str, place: str) -> None:
    path = {
        "response": ("response",),
        "fixed": ("fixed", 0, 0),
        "random": ("random", 0, "terms", 0, 0),
        "offset": ("offset", 0),
    }[place]
    with pytest.raises(DataError, match="cannot be read"):
        spec_from_dict(damaged(*path, to=expression))
