from __future__ import annotations

import numpy as np
import pytest

from engine.inference.bootstrap import path_choice
from engine.inference.bootstrap import several_factors as module
from engine.inference.bootstrap.several_factors import several_factors
from engine.inference.bootstrap.variance_criterion import Data
from tests.engine.inference.bootstrap.rows import Rows, crossed, nested
from tests.engine.simulated import lakes

BALANCED = "y ~ x + (1 | plate) + (1 | sample)"
CASES = {
    "spectral": (BALANCED, crossed, "spectral"),
    "spectral, nested": ("y ~ visit + (1 | site) + (1 | plot)", nested, "spectral"),
    "spectral, slopes": (
        "y ~ visit + (visit || site) + (1 | plot)",
        nested,
        "spectral",
    ),
    "schur": ("y ~ x + (1 | lake) + (1 | year)", lakes, "schur"),
    "schur, three": ("y ~ f + (x || lake) + (1 | year) + (1 | net)", lakes, "schur"),
    "dense, three": ("y ~ f + (x || lake) + (1 | year) + (1 | net)", lakes, "dense"),
    "correlated": ("y ~ x + (x | lake) + (1 | year)", lakes, "dense"),
    "both correlated": ("y ~ x + (x | lake) + (z | year)", lakes, "dense"),
    "levels": ("y ~ x + (x | lake) + (1 | year)", lakes, "levels"),
    "levels, both correlated": ("y ~ x + (x | lake) + (z | year)", lakes, "levels"),
    "levels, three": (
        "y ~ f + (x || lake) + (1 | year) + (1 | net)",
        lakes,
        "levels",
    ),
    "levels, two blocks": (
        "y ~ x + (x | lake) + (0 + z | lake) + (1 | year)",
        lakes,
        "levels",
    ),
    "levels, nested": ("y ~ x + (x | lake:net) + (x | lake)", lakes, "levels"),
    "levels, balanced": ("y ~ visit + (visit | site) + (1 | plot)", nested, "levels"),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request):
    return request.param


@pytest.fixture(params=["REML", "ML"])
def estimation(request):
    return request.param


def random_s(model, seed):
    """Coordinates of random covariances, far from all bounds."""
    rng = np.random.default_rng(seed)
    sigmas = []
    for k in model.sizes:
        root = np.diag(rng.uniform(0.4, 1.2, k)) + np.tril(rng.normal(0, 0.3, (k, k)))
        sigmas.append(root @ root.T)
    s = model.packed(sigmas)
    return s, [x[:, :, 0] for x in model.sigmas(s[:, None])]


def data_of(resampler, draws):
    return Data(resampler.criterion.inner.rotate(draws["w"]), draws["rest"])


def test_that_the_criterion_is_that_of_dense_rows(case, estimation):
    formula, make, path = case
    rows = Rows(formula, make(), estimation=estimation)
    resampler = several_factors(rows.e, path)
    assert resampler.path == path
    for seed in (1, 2):
        s, sigmas = random_s(resampler.model, seed)
        y = rows.responses(sigmas, 1.0, 1, seed)
        found = resampler.criterion.value(
            s[:, None], data_of(resampler, rows.draws(resampler, y))
        )
        inverse = np.linalg.inv(rows.V(sigmas))
        information = rows.Q.T @ inverse @ rows.Q
        beta = np.linalg.solve(information, rows.Q.T @ inverse @ y)
        left = y - rows.Q @ beta
        r2, nu = float((left.T @ inverse @ left)[0, 0]), rows.e.nu
        expected = -np.linalg.slogdet(inverse)[1]
        expected += nu * (1 + np.log(2 * np.pi * r2 / nu))
        if estimation == "REML":
            expected += np.linalg.slogdet(information)[1]
        assert found.value[0] == pytest.approx(expected, abs=1e-8)
        assert found.r2[0] == pytest.approx(r2, rel=1e-10)


def test_that_slopes_and_curvatures_are_those_of_differences(case, estimation):
    formula, make, path = case
    rows = Rows(formula, make(), estimation=estimation)
    resampler = several_factors(rows.e, path)
    s, _ = random_s(resampler.model, 3)
    draws = resampler.draw(np.random.default_rng(2), 3)
    data, at = data_of(resampler, draws), np.repeat(s[:, None], 3, axis=1)
    criterion, step = resampler.criterion, 1e-5
    local = criterion.local(at, data)
    for i in range(len(s)):
        ahead, behind = at.copy(), at.copy()
        ahead[i] += step
        behind[i] -= step
        up, down = criterion.local(ahead, data), criterion.local(behind, data)
        slope = (up.criterion - down.criterion) / (2 * step)
        curvature = (up.gradient - down.gradient) / (2 * step)
        size = np.abs(local.gradient).max() + 1
        assert local.gradient[i] == pytest.approx(slope, rel=1e-5, abs=1e-6 * size)
        scale = np.abs(local.hessian).max()
        assert local.hessian[i] == pytest.approx(curvature, abs=1e-6 * scale)
        assert local.criterion == pytest.approx(
            criterion.value(at, data).value, abs=1e-9
        )


def test_that_the_data_refitted_are_the_fit(case, estimation):
    formula, make, path = case
    frame = make()
    frame["w"] = np.random.default_rng(8).uniform(0.5, 2.0, len(frame))
    weights = "w" if path != "spectral" else None
    rows = Rows(formula, frame, estimation=estimation, weights=weights)
    resampler = several_factors(rows.e, path)
    again = resampler.refit(resampler.data)
    assert again.is_settled[0]
    assert again.criterion[0] + rows.constant == pytest.approx(rows.e.value, abs=1e-6)
    assert again.s2[0] == pytest.approx(rows.e.r2 / rows.e.nu, rel=1e-4)
    beta = rows.e.beta + rows.products.y_coefficients / rows.products.y_scale
    assert again.beta[:, 0] == pytest.approx(beta, abs=1e-3)


def test_that_replicates_reach_the_optimum_of_the_engine(case, estimation):
    formula, make, path = case
    rows = Rows(formula, make(), estimation=estimation)
    resampler = several_factors(rows.e, path)
    n = 12
    Y = rows.responses(rows.e.V.sigmas, rows.e.r2 / rows.e.nu, n, seed=3)
    refits = resampler.refit(rows.draws(resampler, Y))
    assert refits.is_settled.all()
    for b in range(n):
        best = rows.fitted(Y[:, b], is_reml=estimation == "REML")
        above = refits.criterion[b] + rows.own_constant() - best.value
        assert above < 1e-6
        if above > -1e-6:
            scale = best.products.y_scale
            s2 = best.r2 / best.nu * scale**2
            assert refits.s2[b] == pytest.approx(s2, rel=2e-3)
            beta = scale * best.beta + best.products.y_coefficients
            assert refits.beta[:, b] == pytest.approx(beta, abs=2e-2 * np.sqrt(s2))


@pytest.mark.parametrize("make", [crossed, nested])
def test_that_all_paths_agree(make, estimation):
    formula = BALANCED if make is crossed else CASES["spectral, slopes"][0]
    rows = Rows(formula, make(), estimation=estimation)
    made = {
        path: several_factors(rows.e, path)
        for path in ("spectral", "schur", "levels", "dense")
    }
    Y = rows.responses(rows.e.V.sigmas, rows.e.r2 / rows.e.nu, 200, seed=6)
    refits = {name: r.refit(rows.draws(r, Y)) for name, r in made.items()}
    for other in ("schur", "levels", "dense"):
        apart = refits["spectral"].criterion - refits[other].criterion
        assert np.abs(apart).max() < 1e-7
        assert (refits["spectral"].is_singular == refits[other].is_singular).all()
        assert refits["spectral"].beta == pytest.approx(refits[other].beta, abs=1e-5)


CORRELATED = {
    "one factor": "y ~ x + (x | lake) + (1 | year)",
    "both": "y ~ x + (x | lake) + (z | year)",
    "no coefficients": "y ~ 0 + (x | lake) + (1 | year)",
    "three columns": "y ~ x + (x + z | lake) + (1 | year)",
    "two blocks": "y ~ x + (x | lake) + (0 + z | lake) + (1 | net)",
    "levels of one row": "y ~ x + (x | lake:net) + (1 | year)",
    "slope of the coarser factor": "y ~ x + (x | lake) + (1 | lake:net)",
}


@pytest.mark.parametrize("formula", CORRELATED.values(), ids=CORRELATED)
def test_that_levels_and_a_dense_matrix_fit_alike(formula, estimation):
    """Many replicates without one direction, and rows that weigh differently."""
    frame = lakes()
    frame["w"] = np.random.default_rng(8).uniform(0.5, 2.0, len(frame))
    rows = Rows(formula, frame, estimation=estimation, weights="w")
    levels, dense = (several_factors(rows.e, path) for path in ("levels", "dense"))
    draws = levels.draw(np.random.default_rng(6), 200)
    first, second = levels.refit(draws), dense.refit(draws)
    assert first.is_settled.all()
    assert (first.is_singular == second.is_singular).all()
    assert 0 < first.is_singular.mean() < 1
    assert first.criterion == pytest.approx(second.criterion, abs=1e-8)
    assert first.s2 == pytest.approx(second.s2, rel=1e-6)
    assert first.beta == pytest.approx(second.beta, abs=1e-6)
    s = levels.model.packed(rows.e.V.sigmas)
    shared = [
        own.criterion.inner.shared(s, own.criterion.inner.rotate(draws["w"]))
        for own in (levels, dense)
    ]
    assert shared[0] == pytest.approx(shared[1], rel=1e-10)


@pytest.mark.parametrize(
    ("formula", "path"),
    [
        ("y ~ x + (1 | lake) + (1 | year)", "schur"),
        ("y ~ x + (x | lake) + (1 | year)", "levels"),
        ("y ~ x + (x || lake) + (1 | year)", "levels"),
        ("y ~ x + (1 | lake) + (x | year)", "levels"),
    ],
)
def test_that_several_effects_of_one_factor_go_level_by_level(formula, path):
    assert several_factors(Rows(formula, lakes()).e).path == path


def test_that_a_balanced_design_has_the_estimates_of_its_table():
    """Mean squares of the two-way table, where all estimates are positive."""
    a, b = 6, 5
    rows = Rows("y ~ 1 + (1 | plate) + (1 | sample)", crossed(a, b))
    resampler = several_factors(rows.e)
    assert resampler.path == "spectral"
    Y = rows.responses(rows.e.V.sigmas, rows.e.r2 / rows.e.nu, 300, seed=7)
    refits = resampler.refit(rows.draws(resampler, Y))
    table = Y.reshape(a, b, -1)
    plate, sample = table.mean(axis=1), table.mean(axis=0)
    grand = table.mean(axis=(0, 1))
    left = table - plate[:, None] - sample[None] + grand
    mse = (left**2).sum(axis=(0, 1)) / ((a - 1) * (b - 1))
    parts = {
        "plate": (b * ((plate - grand) ** 2).sum(axis=0) / (a - 1) - mse) / b,
        "sample": (a * ((sample - grand) ** 2).sum(axis=0) / (b - 1) - mse) / a,
    }
    positive = (parts["plate"] > 1e-3) & (parts["sample"] > 1e-3)
    assert positive.sum() > 100
    assert refits.s2[positive] == pytest.approx(mse[positive], rel=1e-3)
    blocks = rows.design.blocks
    for factor, own in zip(rows.products.factors, refits.sigmas, strict=True):
        name = blocks[factor.block_indices[0]].grouping.name
        T = factor.transforms[0][0, 0]
        variance = own[0, 0] / T**2 * refits.s2
        expected = parts[name][positive]
        assert variance[positive] == pytest.approx(expected, rel=1e-2, abs=1e-3)


def test_that_drawn_replicates_are_fitted_as_simulated_rows_are(case):
    """The distribution of all estimates, drawn and simulated row by row."""
    from scipy.stats import ks_2samp  # noqa: PLC0415

    formula, make, path = case
    rows = Rows(formula, make())
    resampler = several_factors(rows.e, path)
    n = 300
    Y = rows.responses(rows.e.V.sigmas, rows.e.r2 / rows.e.nu, n, seed=9)
    by_rows = resampler.refit(rows.draws(resampler, Y))
    drawn = resampler.refit(resampler.draw(np.random.default_rng(10), n))
    pairs = [(by_rows.s2, drawn.s2), (by_rows.criterion, drawn.criterion)]
    pairs += list(zip(by_rows.beta, drawn.beta, strict=True))
    for one, other in zip(by_rows.sigmas, drawn.sigmas, strict=True):
        pairs += [(one[k, k], other[k, k]) for k in range(len(one))]
    for one, other in pairs:
        assert ks_2samp(one, other).pvalue > 1e-3


@pytest.mark.parametrize("path", ["spectral", "schur", "levels", "dense"])
def test_that_zero_variances_are_found_and_certified(path, estimation):
    """Nothing varies: about half of the replicates have a variance of zero."""
    rows = Rows(BALANCED, crossed(sd=(0.0, 0.0), seed=4), estimation=estimation)
    resampler = several_factors(rows.e, path)
    Y = rows.responses([np.zeros((1, 1))] * 2, 1.0, 300, seed=11)
    draws = rows.draws(resampler, Y)
    refits = resampler.refit(draws)
    s = np.array([own[0, 0] for own in refits.sigmas])
    assert 0.2 < refits.is_singular.mean() < 0.99
    assert (refits.is_singular == (s == 0).any(axis=0)).all()
    local = resampler.criterion.local(s, data_of(resampler, draws))
    curvature = np.abs(local.hessian[[0, 1], [0, 1]])
    rising = np.where(s == 0, local.gradient, 0.0)
    gain = np.where(rising < 0, rising**2 / (2 * curvature), 0.0)
    assert gain.max() < 1e-4
    assert np.abs(np.where(s > 0, local.gradient * s, 0.0)).max() < 1e-2


def test_that_a_chunk_does_not_matter():
    rows = Rows("y ~ x + (x | lake) + (1 | year)", lakes())
    resampler = several_factors(rows.e)
    draws = resampler.draw(np.random.default_rng(1), 40)
    whole = resampler.refit(draws)
    for part in (slice(0, 7), slice(7, 40)):
        own = resampler.refit({name: x[..., part] for name, x in draws.items()})
        assert own.criterion == pytest.approx(whole.criterion[part], abs=1e-8)
    assert resampler.width >= 16


def test_that_what_no_path_reaches_is_left_to_the_caller(monkeypatch):
    rows = Rows("y ~ x + (x | lake) + (1 | year)", lakes())
    monkeypatch.setattr(path_choice, "MOST_POOLED", 10)
    assert several_factors(rows.e).path == "dense"
    monkeypatch.setattr(path_choice, "MOST_DENSE", 10)
    assert several_factors(rows.e) is None
    monkeypatch.setattr(module, "MOST_COLUMNS", 10)
    assert several_factors(rows.e, "dense") is None
    assert several_factors(rows.e, "spectral") is None
