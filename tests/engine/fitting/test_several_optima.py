"""Designs with more than one optimum, found by trial, checked on a grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

import engine
from engine.fitting.certificate import Verdict
from engine.fitting.search import HARDLY_PREFERRED
from tests.engine.simulated import dense_criterion

EXAMPLES = Path(__file__).resolve().parents[3] / "resources" / "examples"


def far_from_zero(seed: int) -> pd.DataFrame:
    """A slope without a fixed effect: a small one does what a baseline would do."""
    rng = np.random.default_rng(seed)
    group, x = rng.integers(0, 4, 16), rng.normal(10, 1, 16)
    y = rng.normal(0, 1, 4)[group] * (x - 10) + rng.normal(0, 1, 16)
    return pd.DataFrame({"y": y, "x": x, "g": [f"g{i}" for i in group]})


def tiny_crossed(seed: int) -> pd.DataFrame:
    """Thirteen rows in two crossed groupings."""
    rng = np.random.default_rng(seed)
    g, h = rng.integers(0, 6, 13), rng.integers(0, 4, 13)
    y = rng.normal(0, 1.5, 6)[g] + rng.normal(0, 1.5, 4)[h] + rng.normal(0, 0.7, 13)
    return pd.DataFrame({"y": y, "g": [f"g{i}" for i in g], "h": [f"h{i}" for i in h]})


SLOPE, CROSSED = "y ~ 1 + (0 + x | g)", "y ~ 1 + (1 | g) + (1 | h)"
CASES = [
    (SLOPE, far_from_zero, 49),
    (SLOPE, far_from_zero, 176),
    (CROSSED, tiny_crossed, 57),
    (CROSSED, tiny_crossed, 305),
]


def minima_on_grid(model: engine.FittedModel) -> list[float]:
    """Values at the points of a grid of theta that no neighbour undercuts."""
    axis = np.concatenate([[0.0], np.geomspace(0.01, 30, 36)])
    k = len(model.theta)
    values = np.empty((len(axis),) * k)
    for index in np.ndindex(values.shape):
        roots = [np.array([[axis[i]]]) for i in index]
        values[index] = dense_criterion(model.design, roots, is_reml=True)
    padded = np.pad(values, 1, constant_values=np.inf)
    shifts = [s for s in np.ndindex((3,) * k) if s != (1,) * k]
    around = [padded[tuple(slice(a, a + len(axis)) for a in shift)] for shift in shifts]
    return sorted(values[values < np.min(around, axis=0)].tolist())


@pytest.mark.parametrize(("formula", "rows", "seed"), CASES)
def test_that_two_optima_nearly_as_good_are_both_told(formula, rows, seed):
    model = engine.fit(formula, rows(seed))
    best, second = minima_on_grid(model)[:2]
    assert second - best < HARDLY_PREFERRED
    assert model.criterion <= best + 1e-9
    assert model.convergence.verdict is Verdict.SEVERAL_OPTIMA
    assert not model.convergence.is_proved
    assert model.convergence.has_rival
    assert "Two optima are proved" in model.convergence.message


def test_that_the_term_is_named_whose_variance_is_zero_at_one_of_them():
    message = engine.fit(CROSSED, tiny_crossed(305)).convergence.message
    assert (
        "the standard deviation of 'Intercept' among levels of 'g' is zero" in message
    )
    assert "but 0.691 at the other" in message


def test_that_an_optimum_that_is_clearly_worse_is_not_spoken_of():
    """With a double bar and x far from zero there are two; the data prefer one."""
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(6), 8)
    x = rng.normal(10, 1, 48)
    y = rng.normal(0, 1, 6)[group] * (x - 10) + rng.normal(0, 0.1, 48)
    model = engine.fit("y ~ x + (x || g)", pd.DataFrame({"y": y, "x": x, "g": group}))
    assert model.convergence.is_proved


def test_that_neither_units_nor_order_of_rows_change_what_is_found():
    rows = far_from_zero(49)
    model = engine.fit(SLOPE, rows)
    mixed = rows.sample(frac=1, random_state=1)
    other = engine.fit(SLOPE, mixed.assign(y=1e3 * mixed["y"], x=1e-3 * mixed["x"]))
    assert other.convergence.verdict is Verdict.SEVERAL_OPTIMA
    assert other.sigma == pytest.approx(1e3 * model.sigma, rel=1e-6)


@pytest.mark.parametrize("n", [200, 2000])
def test_that_a_clear_optimum_costs_no_other_start(n):
    steps: list[engine.Step] = []
    rng = np.random.default_rng(1)
    g, h, x = rng.integers(0, 15, n), rng.integers(0, 8, n), rng.normal(size=n)
    y = rng.normal(size=15)[g] * x + rng.normal(size=15)[g] + rng.normal(size=8)[h]
    frame = pd.DataFrame({"y": y + rng.normal(size=n), "x": x, "g": g, "h": h})
    engine.fit("y ~ x + (x | g) + (1 | h)", frame, report=steps.append)
    values = [step for step in steps if step.value is not None]
    assert len(values) <= 15
    assert "Trying other starting values" not in [step.what for step in steps]


@pytest.mark.parametrize("seed", [0, 4])
def test_that_random_effects_that_can_reproduce_every_row_are_named(seed):
    """As many random effects as rows: the criterion falls without end."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "y": rng.normal(size=8),
            "x": rng.normal(size=8),
            "g": list("aaabbccc"),
            "h": list("abcdabcd"),
        }
    )
    convergence = engine.fit("y ~ x + (x | g) + (1 | h)", frame).convergence
    assert convergence.verdict is Verdict.STOPPED
    assert "let less vary among groups" in convergence.message


@pytest.mark.parametrize("is_reml", [True, False], ids=["REML", "ML"])
def test_that_groups_all_alike_in_an_effect_without_a_mean_are_seen(is_reml):
    """Then a perfect correlation fits far better than what is found first."""
    frame = pd.read_csv(EXAMPLES / "fish.csv")
    estimation = "REML" if is_reml else "ML"
    formula = "log_mass ~ 1 + (log_length | lake)"
    model = engine.fit(formula, frame, estimation=estimation)

    def criterion(theta: np.ndarray) -> float:
        root = np.array([[theta[0], 0.0], [theta[1], theta[2]]])
        return dense_criterion(model.design, [root], is_reml=is_reml)

    starts = [(7.0, -1.5, 1.0), (20.0, 3.0, 0.1), (1.0, 1.0, 1.0), (5.0, 5.0, 0.1)]
    found = [
        optimize.minimize(criterion, start, method="Nelder-Mead").fun
        for start in starts
    ]
    assert model.criterion < min(found) + 1e-3
    assert model.convergence.is_proved
