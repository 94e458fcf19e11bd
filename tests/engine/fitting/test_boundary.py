from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.fitting.boundary import settle
from engine.fitting.certificate import Verdict
from engine.fitting.crossproducts import reduce_rows
from engine.fitting.newton import Minimiser
from engine.model.formula import parse_formula
from engine.model.matrices import build_design
from engine.progress import ignore
from tests.engine.facts import dyestuff, dyestuff2
from tests.engine.simulated import STRUCTURES, lakes


def test_that_a_zero_variance_is_reached_exactly_and_certified():
    model = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff2())
    assert model.theta.tolist() == [0.0]
    assert model.is_singular
    assert model.convergence.verdict is Verdict.ZERO_VARIANCE
    assert model.convergence.boundary_eigenvalue == pytest.approx(9.904862, abs=1e-5)
    assert "Batch" in model.convergence.message
    assert model.criterion == pytest.approx(161.828277812288, abs=1e-8)
    assert model.sigma == pytest.approx(dyestuff2()["Yield"].std(), rel=1e-12)
    assert (model.group_effects["Batch"] == 0).all(axis=None)
    assert (model.group_effects_sd["Batch"] == 0).all(axis=None)
    assert model.variance_partition["icc_adjusted"] == 0


def test_that_an_interior_optimum_is_certified_as_such():
    model = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff())
    assert not model.is_singular
    assert model.convergence.verdict is Verdict.INTERIOR
    assert model.convergence.newton_decrement < 1e-9
    assert model.convergence.hessian_min_eigenvalue > 0
    assert np.isnan(model.convergence.boundary_eigenvalue)


def test_that_a_perfect_correlation_is_said_and_every_result_is_still_there():
    model = engine.fit("y ~ x + (x | g)", perfectly_correlated())
    assert model.is_singular
    assert model.convergence.verdict is Verdict.PERFECT_CORRELATION
    assert "vary together perfectly" in model.convergence.message
    components = model.variance_components
    assert abs(components["correlation"].iloc[2]) == pytest.approx(1, abs=1e-12)
    assert np.isfinite(model.coefficients).all(axis=None)
    assert np.isfinite(model.group_effects["g"]).all(axis=None)
    assert np.isfinite(model.fitted).all()
    assert 0 < model.variance_partition["r2_conditional"] < 1


def perfectly_correlated() -> pd.DataFrame:
    """Lines that all meet at x = 0, where no point lies."""
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(10), 12)
    x = rng.uniform(2, 6, len(group))
    y = (1 + rng.normal(0, 0.4, 10)[group]) * (x + 1) + rng.normal(0, 0.3, len(group))
    return pd.DataFrame({"y": y, "x": x, "g": [f"g{i}" for i in group]})


@pytest.mark.parametrize("formula", STRUCTURES.values(), ids=STRUCTURES)
def test_that_a_false_zero_is_left(formula):
    design = build_design(parse_formula(formula), lakes())
    products = reduce_rows(design)
    best = engine.fit(formula, lakes()).criterion
    minimiser = Minimiser(products, is_reml=True, report=ignore)
    stuck = minimiser.minimise(np.zeros(len(products.layout.entries)))
    assert stuck.n_evaluations == 1, "zero is stationary, whatever the data"
    freed, _ = settle(minimiser, stuck)
    assert freed.evaluation.value == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("formula", STRUCTURES.values(), ids=STRUCTURES)
def test_that_random_starts_find_nothing_better(formula):
    products = reduce_rows(build_design(parse_formula(formula), lakes()))
    best = engine.fit(formula, lakes()).criterion
    rng = np.random.default_rng(6)
    for _ in range(5):
        minimiser = Minimiser(products, is_reml=True, report=ignore)
        start = rng.normal(0, 1, len(products.layout.entries))
        path, _ = settle(minimiser, minimiser.minimise(start))
        assert path.evaluation.value > best - 1e-7


def test_that_a_term_given_twice_is_not_identified():
    model = engine.fit("y ~ x + (1 | lake) + (1 | twin)", lakes().assign(twin=twin))
    assert model.convergence.verdict is Verdict.NOT_IDENTIFIED
    assert "levels of 'lake'" in model.convergence.message
    assert "levels of 'twin'" in model.convergence.message
    assert np.isfinite(model.fitted).all()


def twin(frame: pd.DataFrame) -> pd.Series:
    return "T" + frame["lake"]


def test_that_an_optimum_hidden_by_rounding_is_still_proved():
    """Nearly all of y is explained: the criterion has few digits, the slope has all."""
    for seed in range(8):
        model = engine.fit("y ~ x + (x | g)", nearly_explained(seed, 0.01))
        assert model.convergence.verdict is not Verdict.STOPPED
        assert model.convergence.newton_decrement < 1e-6


def nearly_explained(seed: int, noise: float) -> pd.DataFrame:
    """Lines that meet in a point, with hardly any noise around them."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(9), 10)
    effect = rng.normal(0, 1, 9)[group]
    x = rng.uniform(2, 6, 90)
    y = effect + (1 + effect) * x + rng.normal(0, noise, 90)
    return pd.DataFrame({"y": y, "x": x, "g": group})


@pytest.mark.parametrize("noise", [1e-4, 1e-6, 1e-9])
def test_that_a_vanishing_residual_is_an_answer_and_no_crash(noise):
    model = engine.fit("y ~ x + (x | g)", nearly_explained(1, noise))
    assert np.isfinite(model.criterion)
    assert np.isfinite(model.coefficients["estimate"]).all()
    assert model.sigma < 1e-2


def test_that_the_better_of_two_optima_is_found():
    """With a double bar and x far from zero, either block can explain the groups."""
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(6), 8)
    x = rng.normal(10, 1, 48)
    y = rng.normal(0, 1, 6)[group] * (x - 10) + rng.normal(0, 0.1, 48)
    model = engine.fit("y ~ x + (x || g)", pd.DataFrame({"y": y, "x": x, "g": group}))
    products = reduce_rows(model.design)
    for start in np.random.default_rng(4).uniform(0, 20, (12, 2)):
        minimiser = Minimiser(products, is_reml=True, report=ignore)
        path, _ = settle(minimiser, minimiser.minimise(start))
        assert path.evaluation.value > model.criterion - 1e-6


@pytest.mark.parametrize("spread", [1e2, 1e3, 1e5])
def test_that_a_large_spread_of_baselines_hides_no_identified_slope(spread):
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(30), 20)
    x = np.tile(np.linspace(-1.5, 1.5, 20), 30)
    slopes = 1 + 0.5 * rng.normal(size=30)
    y = spread * rng.normal(size=30)[group] + slopes[group] * x
    frame = pd.DataFrame({"y": y + rng.normal(size=600), "x": x, "g": group})
    model = engine.fit("y ~ x + (x | g)", frame)
    assert model.convergence.verdict is Verdict.INTERIOR
    assert not model.is_singular


def test_that_a_response_measured_once_per_group_is_refused_in_words():
    frame = lakes()
    frame["depth"] = frame["lake"].str.removeprefix("L").astype(float) ** 2
    with pytest.raises(engine.EngineError, match="groups reproduce every value"):
        engine.fit("depth ~ 1 + (1 | lake)", frame)


def test_that_a_grouping_that_the_fixed_part_has_already_is_named_alone():
    model = engine.fit("y ~ x + lake + (1 | lake)", lakes())
    assert model.convergence.verdict is Verdict.NOT_IDENTIFIED
    assert "cannot tell the variance of 'Intercept' among levels of 'lake'" in (
        model.convergence.message
    )
    assert "what the fixed part has of it" in model.convergence.message
