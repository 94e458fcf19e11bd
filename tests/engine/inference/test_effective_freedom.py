from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.fitting.fit import estimate
from engine.inference.null_spectrum import null_spectrum
from engine.model.reduced import without_blocks
from tests.engine.simulated import dense_V, dense_Z, lakes


def spectrum_of(model, index):
    null = estimate(without_blocks(model.design, [index]), estimation=model.estimation)
    return null, null_spectrum(model.estimates, null, index)


def balanced():
    """Five sites of two plots of eight visits."""
    rng = np.random.default_rng(0)
    site, plot = np.repeat(np.arange(5), 16), np.repeat(np.arange(10), 8)
    y = rng.normal(size=80) + rng.normal(size=10)[plot]
    visit = np.tile(np.arange(16), 5)
    return pd.DataFrame({"y": y, "site": site, "plot": plot, "visit": visit})


@pytest.mark.parametrize(
    ("formula", "between", "within"),
    [
        ("y ~ 1 + (1 | site)", 4, 75),
        # sites against the plots within them
        ("y ~ 1 + (1 | site) + (1 | plot)", 4, 5),
        # sites against their interaction with visits
        ("y ~ 1 + (1 | site) + (1 | visit)", 4, 60),
    ],
)
def test_that_balanced_designs_have_the_freedom_of_the_analysis_of_variance(
    formula, between, within
):
    _, spectrum = spectrum_of(engine.fit(formula, balanced()), 0)
    assert spectrum.counts.tolist() == [between]
    assert spectrum.rest == pytest.approx(within, abs=1e-8)


@pytest.mark.parametrize(
    ("formula", "index"),
    [
        ("y ~ x + (1 | lake) + (1 | year)", 0),
        ("y ~ x + (1 | lake) + (1 | year)", 1),
        ("y ~ x + (1 | lake / net)", 0),
        ("y ~ x + (x || lake)", 1),
        ("y ~ f + (1 | year) + (x | lake)", 0),
    ],
)
def test_that_the_score_has_the_variance_of_n_by_n_matrices(formula, index):
    """Both sides of the equation that defines nu, the inner products taken densely."""
    frame = lakes().assign(w=np.random.default_rng(1).uniform(0.5, 3, 120))
    model = engine.fit(formula, frame, weights="w")
    null, spectrum = spectrum_of(model, index)
    design = model.design
    V = dense_V(null.design, [block.root for block in null.blocks])
    inverse = np.linalg.inv(V)
    XV = design.X.T @ inverse
    P = inverse - XV.T @ np.linalg.solve(XV @ design.X, XV)
    others = [V]
    for block, Z in zip(design.blocks, dense_Z(design), strict=True):
        k = len(block.terms)
        if block is design.blocks[index]:
            ZZ = Z @ Z.T
            continue
        for a in range(k):
            for b in range(a + 1):
                cross = Z[:, a::k] @ Z[:, b::k].T
                others.append(cross + cross.T)
    products = np.array([[np.sum((P @ A) * (B @ P)) for A in others] for B in others])
    right = np.array([np.sum((P @ A) * (ZZ @ P)) for A in others])
    projected = right @ np.linalg.solve(products, right)
    freedom = spectrum.rest + spectrum.counts.sum()
    assert freedom == pytest.approx(right[0] ** 2 / projected, rel=1e-6)
    assert freedom < 120 - len(design.terms)
