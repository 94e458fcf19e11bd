from __future__ import annotations

import numpy as np
import pytest

from engine.fitting import core_matrices
from engine.inference.bootstrap.crossproduct_matrix import crossproduct_matrix
from engine.inference.bootstrap.several_factors import several_factors
from engine.inference.bootstrap.symmetric_inverse import symmetric_inverse
from engine.inference.bootstrap.variance_model import rotated
from tests.engine.inference.bootstrap.rows import Rows, crossed
from tests.engine.simulated import lakes

FORMULAS = [
    "y ~ x + (1 | lake) + (1 | year)",
    "y ~ f + (x | lake) + (z | year)",
    "y ~ x + (x | lake / net)",
    "y ~ f * x + (x || lake) + (1 | year) + (1 | net)",
]


@pytest.fixture(params=["dense", "in parts"])
def cores(request, monkeypatch):
    """Keep the core's matrices dense, or in parts with a border."""
    if request.param == "in parts":
        monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
        monkeypatch.setattr(core_matrices, "LARGEST_SHARE", 2.0)


@pytest.mark.usefixtures("cores")
@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("formula", FORMULAS)
def test_that_the_whole_matrix_is_that_of_all_rows(formula, is_weighted):
    frame = lakes()
    if is_weighted:
        frame["w"] = np.random.default_rng(1).uniform(0.5, 2.0, len(frame))
    rows = Rows(formula, frame, weights="w" if is_weighted else None)
    sums = crossproduct_matrix(rows.products)
    Z = np.concatenate(rows.Z, axis=1)
    assert sums.ZZ == pytest.approx(Z.T @ Z, abs=1e-9)
    assert sums.ZQ == pytest.approx(Z.T @ rows.Q, abs=1e-9)


def test_that_effects_taken_out_of_the_sums_are_put_back():
    """Lakes that explain nearly all of y: their effects were taken out first."""
    frame = lakes()
    frame["y"] += 1e5 * frame["lake"].str[1:].astype(float)
    rows = Rows("y ~ x + (1 | lake) + (1 | year)", frame)
    assert rows.products.shift is not None
    sums = crossproduct_matrix(rows.products)
    Z = np.concatenate(rows.Z, axis=1)
    assert sums.ZQ == pytest.approx(Z.T @ rows.Q, abs=1e-9)
    assert sums.yy == pytest.approx(len(frame), rel=0.1)


@pytest.mark.parametrize("formula", FORMULAS)
def test_that_the_law_of_the_draws_is_that_of_rows(formula):
    """Var (w, y_x) against the dense covariance of the rows, turned by the same."""
    rows = Rows(formula, lakes())
    data = rotated(rows.products)
    model = data.model
    sigmas = [np.eye(k) * (1.0 + t) for t, k in enumerate(model.sizes)]
    resampler = several_factors(rows.e, "dense")
    n = len(rows.Q)
    turned = rows.draws(resampler, np.eye(n))
    A = np.concatenate([turned["w"], turned["yx"]])
    expected = A @ rows.V(sigmas) @ A.T
    assert model.covariance(model.packed(sigmas)) == pytest.approx(expected, abs=1e-8)
    assert pytest.approx(np.eye(len(A)), abs=1e-9) == A @ A.T
    rest = np.eye(n) - A.T @ A
    assert np.trace(rest) == pytest.approx(model.df_rest)
    assert rest @ np.concatenate(rows.Z, axis=1) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("path", ["spectral", "dense"])
def test_that_drawn_moments_are_those_of_the_law(path):
    rows = Rows("y ~ x + (1 | plate) + (1 | sample)", crossed())
    resampler = several_factors(rows.e, path)
    n = 20_000
    draws = resampler.draw(np.random.default_rng(4), n)
    Y = rows.responses(rows.e.V.sigmas, rows.e.r2 / rows.e.nu, n, seed=5)
    by_rows = rows.draws(resampler, Y)
    for name, own in draws.items():
        for power in (1, 2):
            a, b = own**power, by_rows[name] ** power
            error = np.sqrt((a.var(axis=-1) + b.var(axis=-1)) / n)
            apart = np.abs(a.mean(axis=-1) - b.mean(axis=-1)) / error
            assert apart.max() < 4.5


def test_that_halves_give_the_inverse_and_the_determinant():
    rng = np.random.default_rng(1)
    for q in (1, 2, 9, 33):
        X = rng.normal(size=(5, q, 2 * q))
        M = X @ X.transpose(0, 2, 1)
        inverse, log_det = symmetric_inverse(M)
        assert inverse == pytest.approx(np.linalg.inv(M), rel=1e-9, abs=1e-12)
        assert log_det == pytest.approx(np.linalg.slogdet(M).logabsdet, abs=1e-10)


def test_that_an_indefinite_matrix_has_no_determinant_and_leaves_others_alone():
    M = np.array([np.eye(20), 2 * np.eye(20)])
    M[0, 15, 15] = -1.0
    inverse, log_det = symmetric_inverse(M)
    assert np.isnan(log_det[0])
    assert log_det[1] == pytest.approx(20 * np.log(2))
    assert inverse[1] == pytest.approx(np.eye(20) / 2)
