"""Predictions on unbalanced rows: Henderson's equations, and how often intervals hold.

The variance parameters are taken as estimated, so that intervals for known groups with
slopes of their own are a little short: 0.93 in place of 0.95 with twelve groups.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.inference.prediction import KINDS
from tests.engine.simulated import dense_Z, lakes

SIZES = np.array([2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 12])
SIGMA = 0.7


@pytest.mark.parametrize(
    "formula", ["y ~ x + (1 | lake)", "y ~ f + x + (0 + x | lake) + (1 | year)"]
)
def test_that_known_groups_have_the_covariance_of_hendersons_equations(formula):
    """Cov(beta_hat, b_hat - b) = sigma^2 [X'X X'Z; Z'X Z'Z + G^-1 sigma^2]^-1."""
    frame = lakes(6)
    model = engine.fit(formula, frame)
    assert not model.is_singular  # G has an inverse
    X, Z = model.design.X, np.column_stack(dense_Z(model.design))
    W = np.column_stack([X, Z])
    left, at = W.T @ W, X.shape[1]
    for own, block in zip(model.estimates.blocks, model.design.blocks, strict=True):
        J = len(block.grouping.levels)
        inverse = np.kron(np.eye(J), np.linalg.inv(own.covariance))
        part = slice(at, at + len(inverse))
        left[part, part] += model.sigma**2 * inverse
        at += len(inverse)
    joint = model.sigma**2 * np.linalg.inv(left)
    expected = np.sqrt(np.einsum("ia,ab,ib->i", W, joint, W))
    table = model.predict(frame, "group")
    np.testing.assert_allclose(table["std_error"], expected, rtol=1e-7)


def test_that_each_question_is_answered_as_often_as_promised():
    """200 sets of twelve unequal groups: within three Monte-Carlo errors of 0.95."""
    rng = np.random.default_rng(161803)
    n_sets, J = 200, len(SIZES)
    group = np.repeat(np.arange(J), SIZES)
    rows = pd.DataFrame({"x": np.full(J, 0.5), "g": np.arange(J)})
    covered = {kind: np.zeros(n_sets) for kind in KINDS}
    for i in range(n_sets):
        x = rng.normal(size=len(group))
        effects, unseen = rng.normal(size=(2, J))
        y = 1 + effects[group] + 2 * x + rng.normal(0, SIGMA, len(group))
        model = engine.fit(
            "y ~ x + (1 | g)", pd.DataFrame({"y": y, "x": x, "g": group})
        )
        noise = rng.normal(0, SIGMA, (2, J))
        truths = {
            "population": np.full(J, 2.0),
            "group": 2 + effects,
            "observation": 2 + effects + noise[0],
            "new_group": 2 + unseen,
            "new_observation": 2 + unseen + noise[1],
        }
        for kind, truth in truths.items():
            table = model.predict(rows, kind)
            within = (table["lower"] <= truth) & (truth <= table["upper"])
            covered[kind][i] = within.mean()
    for kind, shares in covered.items():
        # the population's mean is one truth for a set; others are twelve that depend
        sd = np.sqrt(0.95 * 0.05) if kind == "population" else shares.std(ddof=1)
        error = sd / np.sqrt(n_sets)
        assert abs(shares.mean() - 0.95) < 3 * error, (kind, shares.mean(), error)
