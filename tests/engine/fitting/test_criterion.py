from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.fitting.criterion import derivatives, evaluate
from engine.fitting.crossproducts import CrossProducts, reduce_rows
from engine.fitting.hessian import profiled_hessian
from engine.model.covariance import lower_factor
from engine.model.formula import parse_formula
from engine.model.matrices import build_design
from tests.engine.facts import dyestuff
from tests.engine.simulated import STRUCTURES, dense_criterion, lakes

if TYPE_CHECKING:
    from engine.model.design import Design


def prepared(formula: str, **options: object) -> tuple[Design, CrossProducts]:
    design = build_design(parse_formula(formula), lakes(), **options)
    return design, reduce_rows(design)


def inner_lambdas(design: Design, products: CrossProducts, roots: list) -> list:
    """Translate the blocks' own covariance factors to whitened columns."""
    lambdas = []
    for factor in products.factors:
        Lambda = np.zeros((factor.n_columns, factor.n_columns))
        for where, index, T in zip(
            factor.blocks, factor.block_indices, factor.transforms, strict=True
        ):
            Lambda[where, where] = lower_factor(T @ roots[index])
        lambdas.append(Lambda)
    return lambdas


def random_roots(design: Design, seed: int) -> list:
    rng = np.random.default_rng(seed)
    return [
        np.tril(rng.normal(0, 0.6, (len(b.terms), len(b.terms)))) for b in design.blocks
    ]


@pytest.mark.usefixtures("all_cores")
@pytest.mark.parametrize("is_reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("formula", STRUCTURES.values(), ids=STRUCTURES)
def test_that_the_criterion_equals_dense_brute_force(formula, is_reml):
    design, products = prepared(formula)
    for seed in (1, 2):
        roots = random_roots(design, seed)
        lambdas = inner_lambdas(design, products, roots)
        value = evaluate(products, lambdas, is_reml=is_reml).value
        expected = dense_criterion(design, roots, is_reml=is_reml)
        assert value == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("formula", ["y ~ x + (x | lake)", "y ~ x + (1 | lake / net)"])
def test_that_weights_and_offset_enter_the_criterion_as_in_brute_force(formula):
    rng = np.random.default_rng(5)
    options = {"weights": rng.uniform(0.5, 3, 120), "offset": rng.normal(size=120)}
    design, products = prepared(formula, **options)
    roots = random_roots(design, 3)
    lambdas = inner_lambdas(design, products, roots)
    value = evaluate(products, lambdas, is_reml=True).value
    expected = dense_criterion(design, roots, is_reml=True)
    assert value == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("theta", "is_reml", "expected"),
    [
        (1.0, True, 319.792389042002),
        (0.0, True, 326.023232155879),
        (0.713, False, 327.34216280954615),
    ],
)
def test_that_dyestuff_has_its_published_criterion_at_fixed_theta(
    theta, is_reml, expected
):
    design = build_design(parse_formula("Yield ~ 1 + (1 | Batch)"), dyestuff())
    products = reduce_rows(design)
    value = evaluate(products, [np.array([[theta]])], is_reml=is_reml).value
    assert value == pytest.approx(expected, abs=1e-9)


def thetas(size: int) -> list[np.ndarray]:
    rng = np.random.default_rng(8)
    return [rng.normal(0, 0.7, size), -rng.uniform(0, 1, size), np.zeros(size)]


@pytest.mark.usefixtures("all_cores")
@pytest.mark.parametrize("is_reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("formula", STRUCTURES.values(), ids=STRUCTURES)
def test_that_the_gradient_is_the_slope_of_the_criterion(formula, is_reml):
    _, products = prepared(formula)
    layout = products.layout

    def criterion(theta):
        return evaluate(products, layout.lambdas(theta), is_reml=is_reml).value

    for theta in thetas(len(layout.entries)):
        here = evaluate(products, layout.lambdas(theta), is_reml=is_reml)
        gradient = derivatives(here, layout.entries).gradient
        slopes = [
            (criterion(theta + step) - criterion(theta - step)) / 2e-5
            for step in 1e-5 * np.eye(len(theta))
        ]
        np.testing.assert_allclose(gradient, slopes, atol=2e-6 * here.nu)


@pytest.mark.usefixtures("all_cores")
@pytest.mark.parametrize("is_reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("formula", STRUCTURES.values(), ids=STRUCTURES)
def test_that_the_hessian_is_the_slope_of_the_gradient(formula, is_reml):
    _, products = prepared(formula)
    layout = products.layout

    def gradient(theta):
        here = evaluate(products, layout.lambdas(theta), is_reml=is_reml)
        return derivatives(here, layout.entries).gradient

    for theta in thetas(len(layout.entries)):
        here = evaluate(products, layout.lambdas(theta), is_reml=is_reml)
        hessian = profiled_hessian(here, layout.entries)
        slopes = [
            (gradient(theta + step) - gradient(theta - step)) / 2e-5
            for step in 1e-5 * np.eye(len(theta))
        ]
        np.testing.assert_allclose(hessian, slopes, atol=2e-7 * np.abs(hessian).max())
