"""Slopes a short step away from where the curvature is known."""

from __future__ import annotations

import numpy as np
import pytest

from engine.fitting.criterion import evaluate
from engine.fitting.level_squares import level_squares
from engine.fitting.nearby import nearby_sums
from engine.fitting.second_order import second_order
from tests.engine.fitting.test_criterion import inner_lambdas, prepared, random_roots
from tests.engine.simulated import STRUCTURES

FORMULAS = [STRUCTURES[n] for n in ("crossed", "crossed vectors", "three factors")]


def two_points(formula, is_reml, size):
    design, products = prepared(formula)
    roots = [root + np.eye(len(root)) for root in random_roots(design, 5)]
    moved = [
        root + size * step
        for root, step in zip(roots, random_roots(design, 6), strict=True)
    ]
    return [
        evaluate(products, inner_lambdas(design, products, at), is_reml=is_reml)
        for at in (roots, moved)
    ]


@pytest.mark.parametrize("is_reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("size", [1e-2, 1e-3, 1e-4])
def test_that_what_sums_nearby_leave_out_is_within_its_bounds(formula, is_reml, size):
    here, there = two_points(formula, is_reml, size)
    sums, rests = nearby_sums(there, here, level_squares(here))
    for exact, made, most in zip(there.diagonal_sums, sums, rests, strict=True):
        least = -1e-12 * np.abs(exact).max()
        assert np.linalg.eigvalsh(exact - made).min() > least
        assert np.linalg.eigvalsh(most - (exact - made)).min() > least


@pytest.mark.parametrize("formula", FORMULAS)
def test_that_what_is_left_out_is_of_second_order(formula):
    worst = []
    for size in (1e-2, 1e-3):
        here, there = two_points(formula, True, size)
        sums, _ = nearby_sums(there, here, level_squares(here))
        pairs = zip(there.diagonal_sums, sums, strict=True)
        worst.append(max(np.abs(exact - made).max() for exact, made in pairs))
    assert worst[1] < worst[0] / 80


def test_that_sums_are_worthless_where_a_variance_doubles():
    here, there = two_points(STRUCTURES["crossed"], True, 5.0)
    _, rests = nearby_sums(there, here, level_squares(here))
    assert all(np.isinf(rest).any() for rest in rests)


@pytest.mark.usefixtures("rough_cores")
@pytest.mark.parametrize("step", [1e-6, 1e-5, 1e-2])
def test_that_the_decrement_nearby_is_the_one_that_is_worked_out_anew(step):
    here, _ = two_points(STRUCTURES["crossed"], True, 0.0)
    second = second_order(here)
    assert second.squares is not None
    total = np.full(2, step)
    theta = second.theta(total)
    there = evaluate(here.products, here.products.layout.lambdas(theta), is_reml=True)
    found = second.newton_at(there, total)
    exact = second.newton(second._slopes(there.scores, second.roots(total)))
    np.testing.assert_allclose(found[0], exact[0], rtol=1e-4)
    assert found[1] == pytest.approx(exact[1], rel=1e-4)
