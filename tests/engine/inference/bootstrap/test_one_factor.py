from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.fitting.boundary import settle
from engine.fitting.newton import Minimiser
from engine.inference.bootstrap.one_factor import OneFactor
from engine.inference.bootstrap.one_factor_draws import draw_parts, pooled
from engine.inference.bootstrap.packed import packing
from engine.inference.bootstrap.refits import joined_refits
from engine.inference.bootstrap.signatures import pool_levels
from engine.progress import ignore
from tests.engine.inference.bootstrap.cases import (
    CASES,
    FORMULAS,
    balanced_slopes,
    evaluation_of,
    fitted,
    without_variance,
)
from tests.engine.inference.bootstrap.test_one_factor_draws import rows_from
from tests.engine.simulated import lakes

N_COMPARED, N_OF_FOUR_COLUMNS = 16, 4
"""Replicates that are compared; those of four columns take the engine long."""


@pytest.mark.parametrize(
    ("name", "estimation", "is_weighted"),
    [
        *((*case, False) for case in CASES),
        ("slope", "REML", True),
        ("three columns", "ML", True),
    ],
)
def test_that_each_refit_is_the_best_of_several_fits(name, estimation, is_weighted):
    """Rows are made of the statistics and fitted by the engine, from four starts."""
    model = fitted(name, estimation, is_weighted=is_weighted)
    e, rng = evaluation_of(model), np.random.default_rng(12)
    signatures, s2 = pool_levels(e.products), e.r2 / e.nu
    Sigma = signatures.ratio * e.V.sigmas[0]
    n = N_OF_FOUR_COLUMNS if name == "four columns" else N_COMPARED
    parts = draw_parts(signatures, Sigma, s2, rng, n)
    found = OneFactor(e).refit(pooled(signatures, parts))
    assert found.is_settled.all()
    weights = model.estimates.design.weights
    rows = rows_from(model, parts, rng)
    if weights is not None:
        rows = rows / np.sqrt(weights)[:, None]
    constant = -e.products.log_weights
    if e.is_reml:
        constant += 2 * np.log(e.products.R.diagonal()).sum()
    for i, y in enumerate(rows.T):
        again = engine.fit(
            FORMULAS[name], lakes().assign(y=y), estimation=estimation, weights=weights
        )
        best = min([again.criterion, *other_optima(again, rng)])
        excess = found.criterion[i] + constant - best
        assert excess < 1e-6
        assert excess > -1e-6  # on these data neither search misses the best


def other_optima(model, rng):
    """Criteria of optima that the engine finds from random starts."""
    e = evaluation_of(model)
    minimiser = Minimiser(e.products, is_reml=e.is_reml, report=ignore)
    layout = minimiser.layout
    for size in (0.1, 0.5, 1.5):
        roots = [
            size * np.tril(rng.standard_normal((k, k))) + size * np.eye(k)
            for k in layout.sizes
        ]
        path = minimiser.minimise(layout.theta(roots))
        yield settle(minimiser, path)[0].evaluation.value


def best_balanced(model, draws):
    """Closed form of balanced data with X = Z, by REML.

    With w the eigenvalues of the scatter of root b_l about their mean and r of them
    above what noise explains, s2_r = (R0 + sum of the others) / (nu - (J - 1) r) and
    d = (J - 1) sum log(w / ((J - 1) s2_r)) + nu log s2_r; the least feasible counts.

    Returns
    -------
    criterion up to a constant, and its r
    """
    e = evaluation_of(model)
    signatures = pool_levels(e.products)
    J, k, Phi = signatures.n_levels, signatures.k, signatures.Phi[:, :, 0]
    assert signatures.n_signatures == 1
    # sum of b from the sums symmetric in Phi and b
    pairs, B = packing(k).pairs, len(draws["R0"])
    map_ = np.zeros((signatures.p, len(pairs), k))
    for i, (a, c) in enumerate(pairs):
        map_[:, i, c] += 0.5 * Phi[a]
        map_[:, i, a] += 0.5 * Phi[c]
    right = draws["XY"][:, :, 0].reshape(-1, B)
    total = np.linalg.lstsq(map_.reshape(-1, k), right, rcond=None)[0]
    scatter = packing(k).unpack(draws["YY"][:, 0]) - total[:, None] * total / J
    root = signatures.root[:, :, 0]
    inner = np.einsum("ab,bcz,cd->zad", root, scatter, root)
    w = np.linalg.eigvalsh(inner)[:, ::-1].T
    best, rank = np.full(B, np.inf), np.zeros(B, dtype=int)
    for r in range(k + 1):
        s2 = (draws["R0"] + w[r:].sum(axis=0)) / (e.nu - (J - 1) * r)
        ratio = w[:r] / ((J - 1) * s2)
        d = (J - 1) * np.log(ratio).sum(axis=0) + e.nu * np.log(s2)
        is_better = (ratio >= 1).all(axis=0) & (d < best)
        best, rank = np.where(is_better, d, best), np.where(is_better, r, rank)
    return best, rank


@pytest.mark.parametrize("columns", ["x", "x + I(x**2)"])
def test_that_balanced_slopes_have_the_closed_form(columns):
    """All replicates: correlated slopes and, for three columns, two lost directions."""
    model = engine.fit(f"y ~ {columns} + ({columns} | g)", balanced_slopes())
    resampler = OneFactor(evaluation_of(model))
    draws = resampler.draw(np.random.default_rng(10), 10_000)
    found = resampler.refit(draws)
    best, rank = best_balanced(model, draws)
    excess = found.criterion - best
    excess -= np.median(excess)
    assert found.is_settled.all()
    assert np.abs(excess).max() < 1e-6
    k = resampler.refit(resampler.observed()).sigmas[0].shape[0]
    assert np.mean(found.is_singular != (rank < k)) < 1e-3
    assert found.is_singular.any()
    assert not found.is_singular.all()


def test_that_a_scalar_variance_has_the_closed_form_of_analysis_of_variance():
    model = without_variance()
    resampler = OneFactor(evaluation_of(model))
    draws = resampler.draw(np.random.default_rng(1), 10_000)
    found = resampler.refit(draws)
    best, rank = best_balanced(model, draws)
    excess = found.criterion - best
    assert np.abs(excess - np.median(excess)).max() < 1e-6
    assert np.mean(found.is_singular != (rank == 0)) < 1e-3
    assert np.array_equal(found.is_singular, found.sigmas[0][0, 0] == 0)
    assert 0.5 < found.is_singular.mean() < 0.62
    assert found.is_settled.all()


@pytest.mark.parametrize("name", FORMULAS)
def test_that_chunks_of_any_width_give_the_same_refits(name):
    resampler = OneFactor(evaluation_of(fitted(name, "REML")))
    draws = resampler.draw(np.random.default_rng(14), 300)
    whole = resampler.refit(draws)
    cuts = [slice(0, 7), slice(7, 60), slice(60, 300)]
    parts = joined_refits(
        [
            resampler.refit({name: own[..., cut] for name, own in draws.items()})
            for cut in cuts
        ]
    )
    np.testing.assert_allclose(parts.criterion, whole.criterion, rtol=0, atol=1e-9)
    np.testing.assert_allclose(parts.sigmas[0], whole.sigmas[0], atol=1e-6)
    assert np.array_equal(parts.is_singular, whole.is_singular)


@pytest.mark.parametrize(("name", "estimation"), CASES)
def test_that_singular_refits_are_covariances_of_lost_rank(name, estimation):
    resampler = OneFactor(evaluation_of(fitted(name, estimation)))
    found = resampler.refit(resampler.draw(np.random.default_rng(15), 200))
    Sigma = found.sigmas[0].transpose(2, 0, 1)
    np.testing.assert_array_equal(Sigma, Sigma.transpose(0, 2, 1))
    values = np.linalg.eigvalsh(Sigma)
    assert (values > -1e-12).all()
    smallest = values[:, 0] / values[:, -1].clip(1.0)
    assert (smallest[found.is_singular] < 1e-12).all()
    assert (smallest[~found.is_singular] > 1e-9).all()
    assert found.beta.shape == (
        resampler.refit(resampler.observed()).beta.shape[0],
        200,
    )


def test_that_likelihood_ratios_of_nulls_are_never_negative():
    model = fitted("slope", "ML")
    e = evaluation_of(model)
    large = OneFactor(e)
    T = e.products.factors[0].transforms[0]
    rng = np.random.default_rng(16)
    nulls = [
        large.null(columns=np.eye(3)[:, :2]),
        large.null(blocks=[T[:, :1]]),
        large.null(blocks=[T[:, :1], T[:, 1:]]),
        large.null(kept=[True, False]),
        large.null(blocks=[]),
        large.null(columns=np.eye(3)[:, :1], blocks=[T[:, 1:]]),
    ]
    for null in nulls:
        at = null.refit(large.observed())
        truth = null.at(at.sigmas[0][..., 0], float(at.s2[0]))
        draws = truth.draw(rng, 500)
        smaller, larger = truth.refit(draws), large.refit(draws)
        ratio = smaller.criterion - larger.criterion
        assert ratio.min() > -1e-6
        assert np.median(ratio) > 1e-3
        assert smaller.is_settled.all()
        assert larger.is_settled.all()


def test_that_a_null_keeps_the_directions_it_was_given():
    e = evaluation_of(fitted("slope", "ML"))
    large = OneFactor(e)
    draws = large.draw(np.random.default_rng(18), 50)
    kept = large.null(kept=[True, False]).refit(draws).sigmas[0]
    assert kept[0, 0].any()
    assert not kept[1].any()
    T = e.products.factors[0].transforms[0]
    found = large.null(blocks=[T[:, :1], T[:, 1:]]).refit(draws).sigmas[0]
    inverse = np.linalg.inv(T)
    user = np.einsum("ab,bcz,dc->adz", inverse, found, inverse)
    assert np.abs(user[0, 1]).max() < 1e-10 * user[0, 0].max()


@pytest.mark.parametrize("n_levels", [40, 400])
def test_that_estimates_scatter_about_the_truth(n_levels):
    """Means over replicates: REML is nearly unbiased in balanced data."""
    model = engine.fit("y ~ x + (x | g)", balanced_slopes(n_levels, 10, seed=5))
    e = evaluation_of(model)
    resampler = OneFactor(e)
    found = resampler.refit(resampler.draw(np.random.default_rng(17), 4000))
    s2 = e.r2 / e.nu
    spread = found.s2.std() / np.sqrt(4000)
    assert abs(found.s2.mean() - s2) < 5 * spread
    truth = s2 * e.V.sigmas[0]
    covariance = found.s2 * found.sigmas[0]
    error = covariance.std(axis=2) / np.sqrt(4000)
    assert (
        np.abs(covariance.mean(axis=2) - truth) < 5 * error + 0.01 * truth.max()
    ).all()
    beta = found.beta
    np.testing.assert_allclose(beta.mean(axis=1), 0, atol=5 * beta.std() / 60)
    np.testing.assert_allclose(np.cov(beta), s2 * e.C, rtol=0.12, atol=0.03 * s2)


def test_that_the_width_is_decided_by_the_model():
    e = evaluation_of(fitted("slope", "REML"))
    few = OneFactor(evaluation_of(engine.fit("y ~ x + (x|g)", balanced_slopes())))
    assert few.width == 10_000
    assert OneFactor(e).width == 180_000 // (10 * 3)


def test_that_groups_that_explain_nearly_all_are_refitted_to_the_last_digits():
    frame = balanced_slopes()
    rng = np.random.default_rng(19)
    frame["y"] += 1e4 * rng.normal(size=18)[frame["g"]]
    frame["y"] += 1e3 * rng.normal(size=18)[frame["g"]] * frame["x"]
    e = evaluation_of(engine.fit("y ~ x + (x | g)", frame))
    assert e.products.shift is not None
    resampler = OneFactor(e)
    again = resampler.refit(resampler.observed())
    np.testing.assert_allclose(again.sigmas[0][..., 0], e.V.sigmas[0], rtol=1e-8)
    assert again.s2[0] == pytest.approx(e.r2 / e.nu, rel=1e-9)
    found = resampler.refit(resampler.draw(rng, 1000))
    assert found.is_settled.all()
    assert found.s2.mean() == pytest.approx(e.r2 / e.nu, rel=0.02)
