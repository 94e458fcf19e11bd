"""Matrices over the core: in parts they say what dense ones say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.fitting import core_inverse, core_matrices
from engine.fitting.core_inverse import inverse_in_parts
from engine.fitting.core_matrices import find_parts
from tests.engine.fitting.same_fit import assert_same_fit

NESTED = "y ~ x + (1 | forest / stand / plot)"
SLOPES = "y ~ x + (x | forest) + (1 | forest:stand)"
BESIDE = "y ~ x + (x | stand_in_all) + (1 | plot_in_all)"


def forests(n_forests: int = 60, seed: int = 7) -> pd.DataFrame:
    """Plots in stands in forests, of unequal numbers."""
    rng = np.random.default_rng(seed)
    rows = []
    for forest in range(n_forests):
        for stand in range(rng.integers(1, 5)):
            for plot in range(rng.integers(1, 4)):
                rows += [(forest, stand, plot)] * int(rng.integers(1, 5))
    frame = pd.DataFrame(rows, columns=["forest", "stand", "plot"])
    frame["stand_in_all"] = frame.groupby(["forest", "stand"]).ngroup()
    frame["plot_in_all"] = frame.groupby(["forest", "stand", "plot"]).ngroup()
    frame["x"] = rng.normal(size=len(frame))
    effects = [
        rng.normal(0, sd, 4 * len(frame))[frame[name]]
        for name, sd in (("forest", 1.0), ("stand_in_all", 0.7), ("plot_in_all", 0.4))
    ]
    slope = 1 + rng.normal(0, 0.5, len(frame))[frame["forest"]]
    frame["y"] = slope * frame["x"] + sum(effects) + rng.normal(size=len(frame))
    return frame


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize("formula", [NESTED, SLOPES, BESIDE])
def test_that_a_fit_in_parts_is_the_dense_fit(formula, estimation, monkeypatch):
    frame = forests()
    monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 10**6)
    dense = engine.fit(formula, frame, estimation=estimation)
    assert dense.estimates.evaluation.products.core_parts is None
    monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
    parts = engine.fit(formula, frame, estimation=estimation)
    assert parts.estimates.evaluation.products.core_parts is not None
    assert_same_fit(parts, dense, frame)


def test_that_parts_are_columns_that_share_a_leaf_level():
    leaf = np.array([0, 0, 1, 2, 3, 4])
    one, other = np.array([0, 1, 1, 2, 2, 3]), np.array([0, 0, 0, 1, 1, 2])
    found = find_parts_of_any_size(leaf, [one, other], [(4, 2), (3, 1)])
    parts = {frozenset(part.tolist()) for own in found.columns for part in own}
    assert parts == {
        frozenset({0, 1, 2, 3, 8}),  # levels 0 and 1 of the first, 0 of the other
        frozenset({4, 5, 9}),
        frozenset({6, 7, 10}),
    }


def find_parts_of_any_size(leaf, codes, sizes):
    """Find parts as if no core were too small, or its parts too large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
        patch.setattr(core_matrices, "LARGEST_SHARE", 2.0)
        return find_parts(leaf, codes, sizes)


def test_that_one_part_is_kept_dense():
    rng = np.random.default_rng(1)
    leaf, core = rng.integers(0, 900, 9_000), rng.integers(0, 300, 9_000)
    assert find_parts(leaf, [core], [(300, 1)]) is None


def test_that_an_inverse_in_parts_is_the_inverse():
    rng = np.random.default_rng(2)
    leaf = np.arange(300)
    found = find_parts(
        leaf, [leaf // 3, leaf // 2 * 0 + leaf // 3], [(100, 2), (100, 1)]
    )
    q = 300
    S = np.zeros((q, q))
    for own in found.columns:
        for columns in own:
            root = rng.normal(size=(len(columns), len(columns)))
            S[np.ix_(columns, columns)] = root @ root.T + np.eye(len(columns))
    log_det, inverted = inverse_in_parts(core_matrices.sparse.csr_array(S), found)
    assert log_det == pytest.approx(np.linalg.slogdet(S).logabsdet, rel=1e-12)
    np.testing.assert_allclose(inverted.toarray(), np.linalg.inv(S), atol=1e-10)
    with pytest.raises(np.linalg.LinAlgError):
        inverse_in_parts(core_matrices.sparse.csr_array(-S), found)


CROSSED = ["y ~ x + (1 | a) + (1 | b)", "y ~ x + (x | a) + (x | b)"]


@pytest.mark.parametrize("formula", CROSSED)
def test_that_sums_in_single_precision_leave_the_fit_as_it_is(formula, monkeypatch):
    rng = np.random.default_rng(11)
    n = 2_000
    frame = pd.DataFrame({"a": rng.integers(0, 60, n), "b": rng.integers(0, 25, n)})
    frame["x"] = rng.normal(size=n)
    slopes = 1 + rng.normal(0, 0.4, 60)[frame["a"]] + rng.normal(0, 0.3, 25)[frame["b"]]
    effects = rng.normal(0, 1, 60)[frame["a"]] + rng.normal(0, 0.5, 25)[frame["b"]]
    frame["y"] = slopes * frame["x"] + effects + rng.normal(size=n)
    double = engine.fit(formula, frame)
    monkeypatch.setattr(core_inverse, "SINGLE_FROM", 0)
    single = engine.fit(formula, frame)
    assert single.criterion == pytest.approx(double.criterion, rel=1e-12)
    assert single.convergence.verdict == double.convergence.verdict
    pd.testing.assert_frame_equal(
        single.coefficient_table(), double.coefficient_table(), rtol=1e-6
    )
    pd.testing.assert_frame_equal(
        single.variance_components, double.variance_components, rtol=1e-6
    )


def test_that_the_rough_inverse_has_seven_digits_and_the_full_one_all(monkeypatch):
    monkeypatch.setattr(core_inverse, "SINGLE_FROM", 0)
    rng = np.random.default_rng(12)
    root = rng.normal(size=(50, 50))
    S = root @ root.T + 10 * np.eye(50)
    scaler = core_matrices.BlockScaler((np.array([[0.7]]),), (slice(0, 50),))
    wanted = 0.49 * np.linalg.inv(S)
    made = core_inverse.CoreInverse(S.copy(), scaler, None)
    assert made.log_det == pytest.approx(np.linalg.slogdet(S).logabsdet, rel=1e-12)
    rough = made.rough
    assert rough.dtype == np.float32
    np.testing.assert_allclose(rough, wanted, atol=1e-6 * np.abs(wanted).max())
    np.testing.assert_allclose(made.full, wanted, atol=1e-14)
    vectors = rng.normal(size=(50, 3))
    np.testing.assert_allclose(made.times(vectors), wanted @ vectors, atol=1e-12)
    with pytest.raises(np.linalg.LinAlgError):
        core_inverse.CoreInverse(-S, scaler, None)
