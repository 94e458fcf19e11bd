from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.fitting.fit import estimate
from engine.model.reduced import with_columns, without_blocks
from tests.engine.simulated import lakes


@pytest.mark.parametrize(
    ("formula", "gone", "rest"),
    [
        ("y ~ x + (1 | lake)", [0], "y ~ x"),
        ("y ~ x + (x | lake) + (1 | year)", [0], "y ~ x + (1 | year)"),
        ("y ~ x + (x || lake)", [0], "y ~ x + (0 + x || lake)"),
        ("y ~ x + (x || lake) + (1 | year)", [1], "y ~ x + (1 || lake) + (1 | year)"),
        ("y ~ x + (x + z || lake)", [0, 2], "y ~ x + (0 + x || lake)"),
        ("y ~ x + (1 | lake / net)", [1], "y ~ x + (1 | lake)"),
    ],
)
@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_a_design_without_blocks_is_that_of_the_shorter_formula(
    formula, gone, rest, estimation
):
    frame = lakes().assign(w=np.linspace(1, 3, 120), o=np.linspace(0, 5, 120))
    frame.loc[3, ["x", "z", "net", "year"]] = None
    given = {"estimation": estimation, "weights": "w", "offset": "o"}
    whole = engine.fit(formula, frame, **given)
    reduced = without_blocks(whole.design, gone)
    # rows that only the whole model cannot use are not used by either
    shorter = engine.fit(rest, frame.loc[whole.design.rows], **given)
    found = estimate(reduced, estimation=estimation)
    assert found.criterion == pytest.approx(shorter.criterion, abs=1e-8)
    np.testing.assert_allclose(found.theta, shorter.theta, rtol=1e-5, atol=1e-7)
    assert reduced.written == shorter.design.written
    assert reduced.places == shorter.design.places


def test_that_a_model_of_groups_alone_leaves_the_response_as_residual():
    frame = lakes()
    model = engine.fit("y ~ 0 + (1 | lake)", frame, estimation="ML")
    found = estimate(without_blocks(model.design, [0]), estimation="ML")
    expected = 120 * (1 + np.log(2 * np.pi * np.mean(frame["y"] ** 2)))
    assert found.criterion == pytest.approx(expected, abs=1e-8)


def test_that_nothing_left_out_is_the_same_fit():
    model = engine.fit("y ~ x + (x || lake) + (1 | year)", lakes())
    same = without_blocks(model.design, [])
    assert same.written == model.design.written
    assert estimate(same).criterion == model.criterion


@pytest.mark.parametrize(
    ("formula", "kept", "rest"),
    [
        ("y ~ x + z + (x | lake)", [0, 1], "y ~ x + (x | lake)"),
        ("y ~ x + z + (x | lake)", [0, 2], "y ~ z + (x | lake)"),
        ("y ~ x + z + (x | lake)", [1, 2], "y ~ 0 + x + z + (x | lake)"),
        ("y ~ x + z + (1 | lake)", [], "y ~ 0 + (1 | lake)"),
    ],
)
def test_that_fewer_columns_of_x_are_those_of_the_shorter_formula(formula, kept, rest):
    whole, shorter = engine.fit(formula, lakes()), engine.fit(rest, lakes())
    reduced = with_columns(whole.design, kept)
    assert reduced.terms == tuple(whole.design.terms[i] for i in kept)
    found = estimate(reduced)
    assert found.criterion == pytest.approx(shorter.criterion, abs=1e-8)
