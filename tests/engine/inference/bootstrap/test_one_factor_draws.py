from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.inference.bootstrap import one_factor_draws
from engine.inference.bootstrap.one_factor import OneFactor
from engine.inference.bootstrap.one_factor_draws import (
    draw_parts,
    draw_statistics,
    draws_classes,
    pooled,
)
from engine.inference.bootstrap.packed import packing
from engine.inference.bootstrap.signatures import pool_levels
from tests.engine.inference.bootstrap.cases import (
    balanced_slopes,
    evaluation_of,
    fitted,
    rows_of,
)

N_DRAWS = 4000
UNLIKELY = 1e-4
"""Smallest p value of any comparison: of a few hundred, one in 40 runs is smaller."""


def sums_of_rows(model, Y):
    """The same sums from rows, by their definitions: columns of Y are replicates."""
    signatures = pool_levels(evaluation_of(model).products)
    Q, Z = rows_of(model)
    Z = Z[signatures.order] / np.sqrt(signatures.ratio)
    k, p, S = signatures.k, signatures.p, signatures.n_signatures
    YY, XY = np.zeros((k, k, S, Y.shape[1])), np.zeros((p, k, k, S, Y.shape[1]))
    P = np.zeros((len(Q), len(Q)))
    for z, s in zip(Z, signatures.of_level, strict=True):
        b, Phi = np.linalg.pinv(z.T) @ Y, np.linalg.pinv(z.T) @ Q
        P += z.T @ np.linalg.pinv(z.T)
        YY[:, :, s] += b[:, None] * b
        cross = np.einsum("ap,cb->pacb", Phi, b)
        XY[:, :, :, s] += 0.5 * (cross + cross.transpose(0, 2, 1, 3))
    left = Y - P @ Y
    return {
        "YY": packing(k).pack(YY),
        "XY": np.array([packing(k).pack(own) for own in XY]).reshape(
            p, packing(k).m, S, Y.shape[1]
        ),
        "xq": Q.T @ left,
        "R0": (left**2).sum(axis=0),
    }


def simulated_rows(model, rng, n):
    """Rows of new data with all coefficients zero, one column a replicate."""
    e = evaluation_of(model)
    Z = rows_of(model)[1]
    J, k, n_rows = Z.shape
    sd = np.sqrt(e.r2 / e.nu)
    w, V = np.linalg.eigh(e.V.sigmas[0])
    root = V * np.sqrt(w.clip(0))
    effects = sd * root @ rng.standard_normal((n, J, k, 1))
    noise = sd * rng.standard_normal((n_rows, n))
    return np.einsum("jkr,njk->rn", Z, effects[..., 0], optimize=True) + noise


def assert_same_law(one, other):
    """Each statistic, and each product of two, has one distribution in both."""
    assert one.keys() == other.keys()
    rows = [
        np.concatenate([own.reshape(-1, own.shape[-1]) for own in draws.values()])
        for draws in (one, other)
    ]
    for a, b in zip(*rows, strict=True):
        if max(np.ptp(a), np.ptp(b)) > 1e-9:
            assert stats.ks_2samp(a, b).pvalue > UNLIKELY
    # joint law: random combinations agree as well
    weights = np.random.default_rng(8).normal(size=(30, len(rows[0])))
    size = rows[1].std(axis=1)
    weights /= np.where(size > 1e-9, size, np.inf)
    for weight in weights:
        assert stats.ks_2samp(weight @ rows[0], weight @ rows[1]).pvalue > UNLIKELY


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("name", ["intercept", "slope", "two terms"])
def test_that_draws_have_the_law_of_simulated_rows(name, is_weighted):
    model = fitted(name, "REML", is_weighted=is_weighted)
    rng = np.random.default_rng(31)
    rows = sums_of_rows(model, simulated_rows(model, rng, N_DRAWS))
    draws = OneFactor(evaluation_of(model)).draw(rng, N_DRAWS)
    assert_same_law(draws, rows)


def groups_of_unequal_size():
    """Many levels alike, some of one row only, two with covariates of their own."""
    rng = np.random.default_rng(7)
    sizes = np.repeat([6, 4, 1], [40, 25, 9])
    level = np.repeat(np.arange(len(sizes)), sizes)
    x = np.concatenate([np.arange(float(size)) for size in sizes])
    treated = (level % 2).astype(float)
    level = np.concatenate([level, [90, 90, 90, 91, 91]])
    x = np.concatenate([x, [0.3, 2.2, 4.1, 1.0, 1.7]])
    treated = np.concatenate([treated, np.zeros(5)])
    y = x + rng.normal(0, 1, 100)[level] + rng.normal(0, 0.3, 100)[level] * x
    y += rng.normal(0, 1, len(x))
    return pd.DataFrame({"y": y, "x": x, "treated": treated, "g": level})


def test_that_drawing_classes_has_the_law_of_drawing_levels(monkeypatch):
    model = engine.fit("y ~ x * treated + (x | g)", groups_of_unequal_size())
    e = evaluation_of(model)
    signatures = pool_levels(e.products)
    assert draws_classes(signatures)
    Sigma, rng = signatures.ratio * e.V.sigmas[0], np.random.default_rng(9)
    arguments = signatures, Sigma, 0.7, rng, N_DRAWS
    classes = draw_statistics(*arguments)
    monkeypatch.setattr(one_factor_draws, "MANY_LEVELS", 1000)
    assert_same_law(classes, draw_statistics(*arguments))


def test_that_few_or_different_levels_are_drawn_one_by_one():
    for model in (fitted("slope", "ML"), engine.fit("y~x+(x|g)", balanced_slopes())):
        assert not draws_classes(pool_levels(evaluation_of(model).products))


@pytest.mark.parametrize("name", ["no fixed part", "intercept", "three columns"])
def test_that_rows_made_of_the_parts_have_their_sums(name):
    model = fitted(name, "REML")
    e = evaluation_of(model)
    signatures, rng = pool_levels(e.products), np.random.default_rng(2)
    parts = draw_parts(signatures, signatures.ratio * e.V.sigmas[0], 1.0, rng, 3)
    draws = pooled(signatures, parts)
    Y = rows_from(model, parts, rng)
    again = sums_of_rows(model, Y)
    np.testing.assert_allclose(again["YY"], draws["YY"], atol=1e-8)
    np.testing.assert_allclose(again["R0"], draws["R0"], rtol=1e-9)


def rows_from(model, parts, rng):
    """Rows that have given sufficient statistics: the rest is any other direction."""
    e = evaluation_of(model)
    signatures = pool_levels(e.products)
    Q, Z = rows_of(model)
    Z = Z[signatures.order] / np.sqrt(signatures.ratio)
    explained = np.einsum("jkn,kjb->nb", Z, parts.b)
    beside = Q - np.einsum("jkn,kpj->np", Z, signatures.Phi)
    explained += beside @ np.linalg.pinv(signatures.rest_root).T @ parts.xi
    basis = np.column_stack([Q, Z.reshape(-1, len(Q)).T])
    rest = rng.standard_normal(explained.shape)
    rest -= basis @ np.linalg.lstsq(basis, rest, rcond=1e-10)[0]
    return explained + np.sqrt(parts.rest / (rest**2).sum(axis=0)) * rest


def test_that_the_same_seed_gives_the_same_replicates():
    model = OneFactor(evaluation_of(fitted("slope", "REML")))
    one, other = (model.draw(np.random.default_rng(4), 20) for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)
