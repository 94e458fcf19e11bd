"""Factors and inverses by panels, and stopping between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.linalg import lapack

import engine
from engine.fitting import panels
from engine.progress import breathe, listening

if TYPE_CHECKING:
    from engine.progress import Step

FORMULA = "y ~ x + (1 | a) + (1 | b)"


@pytest.fixture
def small_panels(monkeypatch):
    monkeypatch.setattr(panels, "PANELS_FROM", 2)
    monkeypatch.setattr(panels, "PANEL", 16)
    monkeypatch.setattr(panels, "STRIP", 32)


def positive_definite(n, seed=1):
    root = np.random.default_rng(seed).normal(size=(n, n))
    return np.asfortranarray(root @ root.T / n + np.eye(n))


AROUND = [2, 15, 16, 17, 31, 32, 33, 49, 100]


@pytest.mark.parametrize("n", AROUND)
@pytest.mark.usefixtures("small_panels")
def test_that_the_factor_is_lapacks(n):
    S = positive_definite(n)
    wanted, _ = lapack.dpotrf(S, lower=1, clean=1)
    S[np.triu_indices(n, 1)] = np.nan  # is not read
    made = panels.cholesky_factor(S)
    assert np.shares_memory(made, S)
    np.testing.assert_allclose(np.tril(made), wanted, rtol=0, atol=1e-14)


@pytest.mark.parametrize(("kind", "atol"), [(float, 1e-14), (np.float32, 2e-6)])
@pytest.mark.parametrize("n", AROUND)
@pytest.mark.usefixtures("small_panels")
def test_that_the_inverse_is_lapacks(n, kind, atol):
    L, _ = lapack.dpotrf(positive_definite(n), lower=1)
    wanted, _ = lapack.dpotri(L, lower=1)
    own = L.astype(kind, order="F")
    own[np.triu_indices(n, 1)] = np.nan  # is not read
    made = panels.inverse_from_factor(own)
    assert made.dtype == kind
    assert np.shares_memory(made, own)
    np.testing.assert_allclose(np.tril(made), np.tril(wanted), rtol=0, atol=atol)


@pytest.mark.parametrize("n", [5, 40])
@pytest.mark.usefixtures("small_panels")
def test_that_a_matrix_that_is_not_positive_is_refused_in_any_panel(n):
    S = positive_definite(n)
    S[-1, -1] = -1.0
    with pytest.raises(np.linalg.LinAlgError):
        panels.cholesky_factor(S)


def test_that_panels_of_the_usual_size_are_lapacks_too(monkeypatch):
    monkeypatch.setattr(panels, "PANELS_FROM", 600)
    S = positive_definite(600)
    L, _ = lapack.dpotrf(S, lower=1)
    C, _ = lapack.dpotri(L, lower=1)
    made = panels.cholesky_factor(S.copy(order="F"))
    np.testing.assert_allclose(np.tril(made), L, rtol=0, atol=1e-13)
    made = panels.inverse_from_factor(made)
    np.testing.assert_allclose(np.tril(made), np.tril(C), rtol=0, atol=1e-13)


@pytest.mark.parametrize("kinds", [(float, float), (np.float32, float)])
def test_that_a_product_by_strips_is_the_product(kinds, monkeypatch):
    monkeypatch.setattr(panels, "PANELS_FROM", 2)
    monkeypatch.setattr(panels, "STRIP", 7)
    heard: list[Step] = []
    left = positive_definite(30).astype(kinds[0])
    right = np.random.default_rng(2).normal(size=(30, 11)).astype(kinds[1])
    with listening(heard.append):
        made = panels.product_by_strips(left, right)
    assert made.dtype == np.result_type(*kinds)
    np.testing.assert_allclose(made, left @ right, rtol=0, atol=1e-13)
    assert [(step.done, step.of) for step in heard] == [
        (i, 30) for i in range(0, 30, 7)
    ]
    parts = sparse.csr_array(np.eye(30))
    assert (panels.product_by_strips(parts, parts) != parts).nnz == 0


def crossed(n=1_500, n_a=120, n_b=70, seed=3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.integers(0, n_a, n), "b": rng.integers(0, n_b, n)})
    frame["x"] = rng.normal(size=n)
    effects = rng.normal(size=n_a)[frame["a"]] + rng.normal(size=n_b)[frame["b"]]
    frame["y"] = frame["x"] + effects + rng.normal(size=n)
    return frame


@pytest.mark.usefixtures("small_panels")
def test_that_a_fit_tells_where_it_is_within_a_step():
    steps: list[Step] = []
    frame = crossed()
    by_panels = engine.fit(FORMULA, frame, report=steps.append)
    inner = [step for step in steps if step.within is not None]
    assert {step.within.what for step in inner} >= {"Factorising", "Inverting"}
    told = {step.what for step in steps if step.within is None}
    assert {step.what for step in inner} <= told  # words that users know
    assert all(step.of is None and step.value is None for step in inner)
    assert all(0 <= step.within.done < step.within.of for step in inner)
    assert all(a.done <= b.done for a, b in pairwise(steps))
    at_once = engine.fit(FORMULA, frame, report=lambda step: None)
    assert by_panels.criterion == at_once.criterion


def test_that_panels_do_not_change_a_fit(monkeypatch):
    frame = crossed()
    alone = engine.fit(FORMULA, frame)
    monkeypatch.setattr(panels, "PANELS_FROM", 2)
    monkeypatch.setattr(panels, "PANEL", 16)
    by_panels = engine.fit(FORMULA, frame)
    assert by_panels.criterion == pytest.approx(alone.criterion, rel=1e-12)
    np.testing.assert_allclose(by_panels.theta, alone.theta, rtol=1e-6)


@pytest.mark.parametrize("within", ["Factorising", "Inverting", "Multiplying"])
@pytest.mark.usefixtures("small_panels")
def test_that_a_fit_stops_inside_a_large_step_and_nothing_is_broken(within):
    frame, seen = crossed(), []
    before = engine.fit(FORMULA, frame)

    def report(step: Step) -> None:
        seen.append(step)
        if step.within is not None and step.within.what == within and step.within.done:
            raise engine.Cancelled

    with pytest.raises(engine.Cancelled):
        engine.fit(FORMULA, frame, report=report)
    assert seen[-1].within.what == within  # not a step further
    n_seen = len(seen)
    after = engine.fit(FORMULA, frame)
    assert len(seen) == n_seen  # the listener has gone with its fit
    assert after.criterion == before.criterion
    assert (after.theta == before.theta).all()


def test_that_without_a_listener_breathing_does_nothing():
    heard: list[Step] = []
    breathe("Counting", 1, 2)
    with listening(heard.append):
        breathe("Counting", 1, 2)
        with pytest.raises(KeyError), listening(lambda step: {}[step]):
            breathe("Counting", 2, 2)
        breathe("Counting", 2)
    breathe("Counting", 3)
    assert [(step.done, step.of) for step in heard] == [(1, 2), (2, None)]
