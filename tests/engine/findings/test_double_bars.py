from __future__ import annotations

import numpy as np
import pytest

from engine.findings import Severity
from tests.engine.findings.cases import look, sites

FORMS = {
    "double bar": "(depth || site)",
    "two parentheses": "(1 | site) + (0 + depth | site)",
    "beside others": "(depth + slope || site)",
}


@pytest.mark.parametrize("form", FORMS)
def test_that_a_column_that_only_varies_is_named_with_its_distance(form):
    found = look(sites(), f"y ~ shade + {FORMS[form]}")
    finding = found.one("double_bar:depth")
    assert finding.severity is Severity.AMBER
    distance = sites()["depth"].mean() / sites()["depth"].std(ddof=0)
    assert f"{distance:.1f} SD above" in finding.sentence
    assert "among sites where depth is 0" in finding.sentence
    assert "another model" in finding.meaning
    after = found.pressed("double_bar:depth", "Centre depth")
    assert "depth_c" in str(after.spec)
    assert not any(key.startswith("double_bar") for key in after.keys)
    assert abs(after.model.criterion - found.model.criterion) > 1e-3


@pytest.mark.parametrize("form", FORMS)
def test_that_the_correlation_can_be_allowed_where_centring_changes_a_curve(form):
    found = look(sites(), f"y ~ log(depth) + {FORMS[form]}")
    assert found.labels("double_bar:depth")[0] == "Allow the correlation"
    after = found.pressed("double_bar:depth", "Allow the correlation")
    inside = "1 + depth + slope" if form == "beside others" else "depth"
    inside = inside.removeprefix("1 + ")
    assert str(after.spec) == f"y ~ log(depth) + ({inside} | site)"
    assert "double_bar:depth" not in after.keys


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ shade + (depth | site)",
        "y ~ shade + (slope || site)",
        "y ~ shade + (shade || site)",
        "y ~ depth + (depth || site)",  # said with what the zero means for the rest
        "y ~ shade + (1 | site)",
    ],
)
def test_that_nothing_is_said_where_the_zero_does_not_matter_or_is_said_already(
    formula,
):
    found = look(sites(), formula)
    assert not any(key.startswith("double_bar") for key in found.keys)
    is_far = any(key.startswith("intercept_outside") for key in found.keys)
    assert is_far == ("depth +" in formula)


def test_that_both_far_zeros_and_double_bars_say_what_else_would_do():
    finding = look(sites(), "y ~ depth + (depth || site)").one(
        "intercept_outside:depth"
    )
    assert "unless the correlation is allowed" in finding.meaning


def test_that_an_allowed_correlation_ends_the_dependence_on_the_zero():
    frame = sites()
    slopes = np.random.default_rng(2).normal(0, 2, 10)
    frame["y"] += slopes[frame["site"].str[1:].astype(int)] * (frame["depth"] - 10)
    moved = frame.assign(depth=frame["depth"] + 100)
    correlated, independent = (
        [
            look(own, f"y ~ depth + (depth {bar} site)").model.criterion
            for own in (frame, moved)
        ]
        for bar in ("|", "||")
    )
    assert np.isclose(*correlated, rtol=1e-8)
    assert not np.isclose(*independent, rtol=1e-5)
