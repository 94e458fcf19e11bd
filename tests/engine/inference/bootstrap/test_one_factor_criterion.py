from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_triangular

import engine
from engine.fitting.criterion import evaluate
from engine.inference.bootstrap.faces import faces_of
from engine.inference.bootstrap.one_factor import OneFactor
from engine.inference.bootstrap.one_factor_criterion import OneFactorCriterion
from engine.inference.bootstrap.one_factor_draws import observed
from engine.inference.bootstrap.packed import packing
from engine.inference.bootstrap.signatures import pool_levels
from tests.engine.inference.bootstrap.cases import (
    CASES,
    FORMULAS,
    evaluation_of,
    fitted,
)
from tests.engine.simulated import dense_criterion, lakes


def criterion_of(model, draws_at=None):
    """The criterion of a model, and the sums of its data."""
    e = evaluation_of(model)
    signatures = pool_levels(e.products)
    k = signatures.k
    identity = np.eye(k)
    blocks = tuple(identity[:, own] for own in e.products.factors[0].blocks)
    criterion = OneFactorCriterion(
        signatures, faces_of(k, blocks), nu=e.nu, is_reml=e.is_reml
    )
    return criterion, observed(signatures, np.zeros(signatures.p))


def random_points(criterion, n=4, seed=2):
    """Free elements of random covariances, one of them without full rank."""
    rng = np.random.default_rng(seed)
    parts = []
    for r in criterion.faces.sizes:
        roots = rng.normal(0, 0.7, (n, r, r))
        roots[0, :, -1] = 0.0
        whole = roots @ roots.transpose(0, 2, 1)
        parts.append(packing(r).pack(whole.transpose(1, 2, 0)))
    return np.concatenate(parts)


def repeated(draws, n):
    return {name: np.repeat(own, n, axis=-1) for name, own in draws.items()}


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize(("name", "estimation"), CASES)
def test_that_the_criterion_is_that_of_dense_matrices(name, estimation, is_weighted):
    model = fitted(name, estimation, is_weighted=is_weighted)
    criterion, draws = criterion_of(model)
    points = random_points(criterion)
    values = criterion.values(points, repeated(draws, points.shape[1]))
    e = evaluation_of(model)
    products, factor = e.products, e.products.factors[0]
    constant = 2 * e.nu * np.log(products.y_scale) - products.log_weights
    if e.is_reml:
        constant += 2 * np.log(products.R.diagonal()).sum()
    Sigmas = packing(factor.n_columns).unpack(criterion.faces.sigma(points))
    Sigmas = Sigmas * factor.n_levels / products.n
    for i, Sigma in enumerate(Sigmas.transpose(2, 0, 1)):
        roots = []
        for own, T in zip(factor.blocks, factor.transforms, strict=True):
            w, V = np.linalg.eigh(Sigma[own, own])
            roots.append(solve_triangular(T, V * np.sqrt(w.clip(0))))
        design = model.estimates.design
        expected = dense_criterion(design, roots, is_reml=e.is_reml)
        assert values.criterion[i] + constant == pytest.approx(expected, abs=1e-8)
        whole = np.zeros_like(Sigma)
        for own in factor.blocks:
            w, V = np.linalg.eigh(Sigma[own, own])
            whole[own, own] = V * np.sqrt(w.clip(0))
        there = evaluate(products, [whole], is_reml=e.is_reml)
        assert values.r2[i] == pytest.approx(there.r2, rel=1e-9)
        np.testing.assert_allclose(values.beta[:, i], there.beta, atol=1e-9)


@pytest.mark.parametrize(("name", "estimation"), CASES)
def test_that_slopes_and_hessian_are_those_of_differences(name, estimation):
    criterion, draws = criterion_of(fitted(name, estimation))
    point = random_points(criterion)[:, 1:2]
    steps = 1e-5 * np.eye(len(point))
    here = criterion.slopes(point, draws)
    both = [
        [criterion.slopes(point + s * step[:, None], draws) for s in (1, -1)]
        for step in steps
    ]
    gradient = [(up.criterion - down.criterion)[0] / 2e-5 for up, down in both]
    hessian = [(up.gradient - down.gradient)[:, 0] / 2e-5 for up, down in both]
    size = np.abs(gradient).max()
    np.testing.assert_allclose(here.gradient[:, 0], gradient, atol=1e-7 * size)
    size = np.abs(hessian).max()
    np.testing.assert_allclose(here.hessian[:, :, 0], hessian, atol=1e-7 * size)


@pytest.mark.parametrize(("name", "estimation"), CASES)
def test_that_shared_points_give_every_replicate_its_own_value(name, estimation):
    model = fitted(name, estimation)
    criterion, _ = criterion_of(model)
    draws = OneFactor(evaluation_of(model)).draw(np.random.default_rng(3), 3)
    points = random_points(criterion)
    expected = [
        criterion.values(np.repeat(point[:, None], 3, axis=1), draws).criterion
        for point in points.T
    ]
    np.testing.assert_allclose(criterion.shared(points, draws), expected, atol=1e-9)


@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_a_face_has_the_criterion_of_the_smaller_model(estimation):
    """(1 | lake) inside (x | lake): one whitened direction, T e_1, has variance."""
    large = OneFactor(evaluation_of(fitted("slope", estimation)))
    e = evaluation_of(fitted("slope", estimation))
    T = e.products.factors[0].transforms[0]
    small = engine.fit("y ~ x + z + (1 | lake)", lakes(), estimation=estimation)
    found = large.null(blocks=[T[:, :1]]).refit(large.observed())
    inner = evaluation_of(small)
    constant = 2 * e.nu * np.log(e.products.y_scale)
    if e.is_reml:
        constant += 2 * np.log(e.products.R.diagonal()).sum()
    assert found.criterion[0] + constant == pytest.approx(inner.value, abs=1e-8)
    assert found.s2[0] == pytest.approx(inner.r2 / inner.nu, rel=1e-4)
    assert np.linalg.matrix_rank(found.sigmas[0][..., 0], tol=1e-10) == 1


@pytest.mark.parametrize("formula", ["y ~ x + (x | lake)", "y ~ 0 + x + (x | lake)"])
def test_that_fewer_coefficients_have_the_criterion_of_the_smaller_model(formula):
    model = fitted("slope", "ML")
    e = evaluation_of(model)
    small = engine.fit(formula, lakes(), estimation="ML")
    X, X0 = model.estimates.design.X, small.estimates.design.X
    Q = X @ np.linalg.inv(e.products.R)
    large = OneFactor(e)
    found = large.null(columns=Q.T @ np.linalg.qr(X0)[0]).refit(large.observed())
    constant = 2 * e.nu * np.log(e.products.y_scale)
    value = evaluation_of(small).value
    assert found.criterion[0] + constant == pytest.approx(value, abs=1e-7)
    fixed = Q @ found.beta[:, 0] * e.products.y_scale
    expected = X0 @ small.coefficients["estimate"].to_numpy()
    np.testing.assert_allclose(fixed, expected, rtol=1e-4)


def test_that_all_effects_can_be_absent():
    model = fitted("slope", "ML")
    e = evaluation_of(model)
    pooled = engine.fit("y ~ x + z", lakes(), estimation="ML")
    large = OneFactor(e)
    found = large.null(blocks=[]).refit(large.observed())
    constant = 2 * e.nu * np.log(e.products.y_scale)
    assert found.criterion[0] + constant == pytest.approx(pooled.criterion, abs=1e-8)
    assert found.is_settled.all()
    assert not found.sigmas[0].any()


def test_that_restricted_likelihoods_of_different_fixed_parts_are_refused():
    model = OneFactor(evaluation_of(fitted("slope", "REML")))
    with pytest.raises(ValueError, match="REML"):
        model.null(columns=np.eye(3)[:, :2])


@pytest.mark.parametrize("name", FORMULAS)
def test_that_the_data_are_refitted_to_the_fit(name):
    e = evaluation_of(fitted(name, "REML"))
    model = OneFactor(e)
    found = model.refit(model.observed())
    np.testing.assert_allclose(found.sigmas[0][..., 0], e.V.sigmas[0], atol=1e-5)
    assert found.s2[0] == pytest.approx(e.r2 / e.nu, rel=1e-6)
