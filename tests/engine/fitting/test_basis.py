"""Large bases by Cholesky's factor are those of Householder's reflections."""

from __future__ import annotations

import numpy as np
import pytest

from engine.fitting import basis
from engine.fitting.basis import orthogonal_basis

N = 3_000


def columns_of(kind: str) -> np.ndarray:
    rng = np.random.default_rng(4)
    ones, x, z = np.ones(N), rng.normal(size=N), rng.normal(size=N)
    year = 2000 + rng.integers(0, 20, N)
    made = {
        "plain": [ones, x, z],
        "far from zero": [ones, year, 1e6 + x],
        "of other sizes": [ones, 1e-150 * x, 1e150 * z],
        "nearly dependent": [ones, x, x + 1e-6 * z],
        "dependent": [ones, x, 2 * x - 3, z],
        "without a constant": [x, z],
        "one constant": [ones],
        "none": [],
    }[kind]
    return np.column_stack(made) if made else np.zeros((N, 0))


KINDS = [
    *("plain", "far from zero", "of other sizes", "nearly dependent", "dependent"),
    *("without a constant", "one constant", "none"),
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_that_both_ways_to_a_basis_agree(kind, weighted, monkeypatch):
    matrix = columns_of(kind)
    roots = np.random.default_rng(5).uniform(0.5, 2, N) if weighted else None
    slow = orthogonal_basis(matrix, roots)
    monkeypatch.setattr(basis, "_MANY_ROWS", 10)
    fast = orthogonal_basis(matrix, roots)
    assert fast.kept == slow.kept
    rank = len(slow.kept)
    np.testing.assert_allclose(fast.Q.T @ fast.Q, np.eye(rank), atol=1e-13)
    sizes = np.abs(slow.R).max(axis=0, initial=1e-300)
    np.testing.assert_allclose(fast.R / sizes, slow.R / sizes, atol=1e-9)
    weights = 1.0 if roots is None else roots[:, None]
    scales = np.abs(matrix).max(axis=0, initial=1e-300)
    rebuilt = fast.Q @ fast.R / scales[list(fast.kept)]
    wanted = (weights * matrix)[:, list(fast.kept)] / scales[list(fast.kept)]
    np.testing.assert_allclose(rebuilt, wanted, atol=1e-12)
    for column, combination in slow.dependencies.items():
        np.testing.assert_allclose(fast.dependencies[column], combination, rtol=1e-9)


def test_that_very_many_rows_are_fitted_as_few_are(monkeypatch):
    matrix = columns_of("plain")
    calls = []
    real = np.linalg.qr
    monkeypatch.setattr(np.linalg, "qr", lambda *a: calls.append(1) or real(*a))
    orthogonal_basis(np.tile(matrix, (7, 1)), None)
    assert not calls  # 21 000 rows
    orthogonal_basis(matrix, None)
    assert calls
