"""Single precision in large cores: fast where digits do not matter, gone at the end."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.fitting.criterion import derivatives, evaluate
from engine.fitting.newton import Minimiser
from tests.engine.fitting.test_criterion import inner_lambdas, prepared, random_roots
from tests.engine.simulated import STRUCTURES, lakes

WITH_CORE = [
    STRUCTURES[name]
    for name in ("crossed", "crossed vectors", "three factors", "nested vectors")
]


@pytest.mark.usefixtures("rough_cores")
@pytest.mark.parametrize("is_reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("formula", WITH_CORE[:3])
def test_that_rough_criteria_and_slopes_have_six_digits(formula, is_reml):
    design, products = prepared(formula)
    lambdas = inner_lambdas(design, products, random_roots(design, 3))
    exact = evaluate(products, lambdas, is_reml=is_reml)
    rough = evaluate(products, lambdas, is_reml=is_reml, is_rough=True)
    assert rough.is_rough
    assert not exact.is_rough
    assert rough.value == pytest.approx(exact.value, rel=1e-5)
    assert abs(rough.value - exact.value) < rough.rounding
    entries = products.layout.entries
    there, here = (derivatives(e, entries) for e in (rough, exact))
    size = np.abs(here.gradient).max()
    np.testing.assert_allclose(there.gradient, here.gradient, rtol=0, atol=2e-5 * size)


@pytest.mark.parametrize("formula", WITH_CORE)
def test_that_fits_that_begin_roughly_end_at_the_same_optimum(formula, request):
    exact = engine.fit(formula, lakes())
    request.getfixturevalue("rough_cores")
    steps = []
    rough = engine.fit(formula, lakes(), report=steps.append)
    assert rough.criterion == pytest.approx(exact.criterion, abs=1e-8)
    np.testing.assert_allclose(
        rough.variance_components["sd"],
        exact.variance_components["sd"],
        rtol=1e-6,
        atol=1e-6,
    )
    assert rough.convergence.is_proved
    assert rough.convergence.newton_decrement < 1e-10


@pytest.mark.usefixtures("rough_cores")
def test_that_the_point_at_which_the_search_ends_is_never_rough():
    _, products = prepared(STRUCTURES["crossed"])
    minimiser = Minimiser(products, is_reml=True, report=lambda _: None)
    first = minimiser.minimise(np.ones(2))
    again = minimiser.minimise(first.theta)  # nothing is left to gain from the start
    for path in (first, again):
        assert not path.evaluation.is_rough
        assert path.evaluation.value == pytest.approx(first.evaluation.value, abs=1e-6)


@pytest.mark.usefixtures("rough_cores")
def test_that_single_precision_is_not_used_where_its_digits_run_out():
    _, products = prepared("y ~ x + (1 | lake) + (1 | year) + (1 | net)")
    lambdas = products.layout.lambdas(np.array([1.0, 1e-3, 1e4]))
    asked = evaluate(products, lambdas, is_reml=True, is_rough=True)
    assert not asked.is_rough
    assert asked.value == evaluate(products, lambdas, is_reml=True).value


def test_that_small_cores_are_always_exact():
    _, products = prepared(STRUCTURES["crossed"])
    lambdas = products.layout.lambdas(np.ones(2))
    assert not evaluate(products, lambdas, is_reml=True, is_rough=True).is_rough
