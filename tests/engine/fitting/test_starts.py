"""From wherever the search begins, it ends at the optimum that the fit shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine.fitting.boundary import distance, settle
from engine.fitting.crossproducts import reduce_rows
from engine.fitting.newton import Minimiser
from engine.model.formula import parse_formula
from engine.model.matrices import build_design
from engine.progress import ignore
from tests.engine.fitting.test_reference import case_names, data, fitted, results
from tests.engine.simulated import STRUCTURES, lakes
from tests.shared_data import shared_folder

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.fitting.newton import Path


def settled(
    products: CrossProducts, theta: FloatArray, *, is_reml: bool = True
) -> Path:
    """Where a search from theta ends."""
    minimiser = Minimiser(products, is_reml=is_reml, report=ignore)
    return settle(minimiser, minimiser.minimise(theta))[0]


def difficult_starts(products: CrossProducts) -> dict[str, FloatArray]:
    """False zeros, in all blocks and in each, rank one, both signs, and far away."""
    layout = products.layout
    unit = [np.eye(k) for k in layout.sizes]
    starts = {
        "zero": layout.theta([0 * x for x in unit]),
        "huge": layout.theta([1e4 * x for x in unit]),
        "minute": layout.theta([1e-4 * x for x in unit]),
        "negative": layout.theta([-x for x in unit]),
    }
    for t, factor in enumerate(products.factors):
        for columns in factor.blocks:
            lambdas = [x.copy() for x in unit]
            lambdas[t][columns, columns] = 0.0
            starts[f"zero in {t}, {columns.start}"] = layout.theta(lambdas)
            k = columns.stop - columns.start
            for sign in (1.0, -1.0):
                rank_one = np.zeros((k, k))
                rank_one[:, 0] = sign ** np.arange(k)
                lambdas = [x.copy() for x in unit]
                lambdas[t][columns, columns] = rank_one
                starts[f"rank one in {t}, {columns.start}, {sign}"] = layout.theta(
                    lambdas
                )
    return starts


@pytest.mark.parametrize("formula", STRUCTURES.values(), ids=STRUCTURES)
def test_that_every_difficult_start_is_left_for_the_optimum(formula):
    model = engine.fit(formula, lakes())
    products = reduce_rows(model.design)
    for name, start in difficult_starts(products).items():
        path = settled(products, start)
        assert path.evaluation.value == pytest.approx(model.criterion, abs=1e-6), name
        assert path.is_stationary, name


@pytest.mark.parametrize("name", case_names())
def test_that_the_reference_cases_are_reached_from_every_difficult_start(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    design = build_design(
        parse_formula(case["formula"]), data(case["data"], case["levels"])
    )
    products = reduce_rows(design)
    for start_name, start in difficult_starts(products).items():
        path = settled(products, start, is_reml=case["reml"])
        gap = path.evaluation.value - model.criterion
        assert abs(gap) < 1e-6, start_name


@pytest.mark.parametrize("name", case_names())
def test_that_reference_cases_take_few_evaluations(name):
    shared_folder()
    assert fitted(name).convergence.n_evaluations <= 15


FORMULAS = (
    "y ~ x + (1 | g)",
    "y ~ x + (x | g)",
    "y ~ x + (x || g)",
    "y ~ x + (1 | g) + (1 | h)",
    "y ~ x + (x | g) + (1 | h)",
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from(FORMULAS), st.integers(3, 9))
def test_that_no_difficult_start_beats_the_fit_of_a_small_design(seed, formula, J):
    rng = np.random.default_rng(seed)
    n = 6 * J
    g, h, x = rng.integers(0, J, n), rng.integers(0, 5, n), rng.normal(size=n)
    size = rng.choice([0.0, 0.3, 3.0], 3)
    y = size[0] * rng.normal(size=J)[g] + size[1] * rng.normal(size=J)[g] * x
    y += size[2] * rng.normal(size=5)[h] + rng.normal(size=n)
    model = engine.fit(formula, pd.DataFrame({"y": y, "x": x, "g": g, "h": h}))
    products = reduce_rows(model.design)
    for name, start in difficult_starts(products).items():
        path = settled(products, start)
        assert path.evaluation.value > model.criterion - 1e-6, name


# ---- not identified -----------------------------------------------------------


def doubled() -> pd.DataFrame:
    frame = lakes()
    return frame.assign(
        twin="T" + frame["lake"],
        step=np.where(frame["lake"].isin(["L0", "L1"]), frame["x"] > 5, 0.0) * 1.0,
    )


@pytest.mark.parametrize(
    ("formula", "named"),
    [
        ("y ~ x + (1 | lake) + (1 | twin)", ["levels of 'lake'", "levels of 'twin'"]),
        ("y ~ x + (1 | lake:net) + (1 | net:lake)", ["'Intercept' among levels of"]),
        ("y ~ x + (x || lake) + (1 | lake)", ["'Intercept' among levels of 'lake'"]),
        ("y ~ x + (1 | year) + (0 + x | lake) + (0 + x | twin)", ["'x' among levels"]),
    ],
)
def test_that_a_flat_direction_is_named_and_confirmed_by_moving_along_it(
    formula, named
):
    model = engine.fit(formula, doubled())
    assert model.convergence.verdict.value == "not identified"
    assert all(words in model.convergence.message for words in named)
    products = reduce_rows(model.design)
    rng = np.random.default_rng(2)
    ends = [
        settled(products, rng.uniform(0.2, 2, len(products.layout.entries)))
        for _ in range(6)
    ]
    for end in ends:
        assert end.evaluation.value == pytest.approx(model.criterion, abs=1e-6)
    assert max(distance(ends[0].evaluation, end.evaluation) for end in ends) > 0.1


def test_that_a_slope_seen_in_two_groups_only_raises_no_alarm():
    """The data say little of its variance, but not nothing: the criterion rises."""
    model = engine.fit("y ~ x + (1 | lake) + (0 + step | lake)", doubled())
    assert model.convergence.is_proved


def test_that_hardly_any_noise_raises_no_alarm():
    """One direction is known so well that others seem flat beside it."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(20), 6)
        effect = rng.normal(0, 1, 20)[group]
        x = rng.uniform(2, 6, 120)
        y = effect + (1 + effect) * x + rng.normal(0, 1e-4, 120)
        frame = pd.DataFrame({"y": y, "x": x, "g": group})
        assert engine.fit("y ~ x + (x | g)", frame).convergence.is_proved, seed


def test_that_a_minute_variance_raises_no_alarm():
    """Neither zero nor clearly more: bounded above all the same."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        group, x = np.repeat(np.arange(4), 48), rng.normal(size=192)
        y = rng.normal(0, 1, 4)[group] + 0.02 * rng.normal(size=4)[group] * x
        frame = pd.DataFrame({"y": y + rng.normal(size=192), "x": x, "g": group})
        assert engine.fit("y ~ x + (x || g)", frame).convergence.is_proved, seed
