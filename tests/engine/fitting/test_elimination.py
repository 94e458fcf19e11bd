"""A sparse core is eliminated layer by layer: exact, wherever its inverse is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import engine
from engine.errors import FitError
from engine.fitting import elimination, memory
from engine.fitting.elimination import Eliminated, Elimination, plan_elimination
from tests.engine.fitting.same_fit import assert_same_fit

FORMULAS = [
    "y ~ x + (1 | animal) + (1 | station)",
    "y ~ x + (x | animal) + (1 | station)",
    "y ~ x + (1 | animal) + (x | station)",
    "y ~ x + (1 | animal) + (x || station) + (1 | year)",
    "y ~ 0 + (0 + x | animal) + (1 | station)",
]


def random_matrix(q: int, density: float, seed: int) -> sparse.csr_array:
    """A sparse positive definite matrix."""
    rng = np.random.default_rng(seed)
    B = sparse.random_array((2 * q, q), density=density, rng=rng, format="csr")
    return sparse.csr_array(B.T @ B + sparse.eye_array(q))


@pytest.fixture
def no_rest(monkeypatch):
    """Eliminate small matrices too, and nearly to the end."""
    monkeypatch.setattr(elimination, "FEW_COLUMNS", 2)
    monkeypatch.setattr(elimination, "FULL", 3.0)


@pytest.mark.usefixtures("no_rest")
@given(
    q=st.integers(1, 60), density=st.floats(0.0, 0.3), seed=st.integers(0, 2**32 - 1)
)
def test_that_the_inverse_is_exact_where_the_pattern_has_entries(q, density, seed):
    S = random_matrix(q, density, seed)
    whole = S.toarray()
    factored = Eliminated(plan_elimination(S), S)
    assert factored.log_det == pytest.approx(np.linalg.slogdet(whole)[1], rel=1e-10)
    right = np.random.default_rng(0).normal(size=(q, 3))
    np.testing.assert_allclose(whole @ factored.solve(right), right, atol=1e-10)
    selected, inverse = factored.selected_inverse().toarray(), np.linalg.inv(whole)
    is_entry = whole != 0
    np.testing.assert_allclose(selected[is_entry], inverse[is_entry], atol=1e-12)
    assert not selected[~is_entry].any()


@pytest.mark.usefixtures("no_rest")
def test_that_no_two_columns_of_a_layer_are_neighbours():
    S = random_matrix(80, 0.02, 5)
    plan = plan_elimination(S)
    assert len(plan.layers) > 1
    names = np.arange(80)
    for layer in plan.layers:
        own = S[names[layer.own]][:, names[layer.own]].toarray()
        assert not (own - np.diag(np.diag(own))).any()
        names = names[layer.rest]


@pytest.mark.usefixtures("no_rest")
@pytest.mark.parametrize("at", [0, 7, 19])
def test_that_a_matrix_that_is_not_positive_definite_is_refused(at):
    S = random_matrix(20, 0.1, 1).tolil()
    S[at, at] = -1.0
    with pytest.raises(np.linalg.LinAlgError):
        Eliminated(plan_elimination(S.tocsr()), S.tocsr())


def test_that_entries_that_the_plan_does_not_know_are_no_silent_error():
    plan = plan_elimination(random_matrix(20, 0.02, 1))
    with pytest.raises(ValueError, match="does not know"):
        Eliminated(plan, random_matrix(20, 0.5, 1))


def moving(n: int = 900, seed: int = 3) -> pd.DataFrame:
    """Animals that are seen at few stations each, and in every year."""
    rng = np.random.default_rng(seed)
    animal = rng.integers(0, 150, n)
    station = (animal // 3 + rng.integers(0, 3, n)) % 50
    year = rng.integers(0, 4, n)
    x = rng.normal(size=n)
    y = 1 + x * (1 + rng.normal(0, 0.5, 150)[animal] + rng.normal(0, 0.4, 50)[station])
    y += rng.normal(0, 1, 150)[animal] + rng.normal(0, 0.7, 50)[station]
    y += rng.normal(0, 0.5, 4)[year] + rng.normal(size=n)
    codes = {"animal": animal, "station": station, "year": year}
    return pd.DataFrame({"y": y, "x": x, **codes})


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_that_a_fit_with_an_eliminated_core_is_the_dense_fit(
    formula, estimation, request
):
    frame = moving()
    dense = engine.fit(formula, frame, estimation=estimation)
    request.getfixturevalue("eliminated")
    sparse_one = engine.fit(formula, frame, estimation=estimation)
    products = sparse_one.estimates.evaluation.products
    assert isinstance(products.core_parts, Elimination)
    assert_same_fit(sparse_one, dense, frame)
    ours, theirs = (m.estimates.leverage for m in (sparse_one, dense))
    np.testing.assert_allclose(ours, theirs, rtol=1e-7)
    unseen = frame.head(60).assign(station=np.arange(60) % 50)  # animals elsewhere
    for kind in ("group", "observation"):
        pd.testing.assert_frame_equal(
            sparse_one.predict(unseen, kind=kind),
            dense.predict(unseen, kind=kind),
            rtol=1e-6,
        )


def test_that_stations_without_variance_are_an_ordinary_point(eliminated):
    frame = moving()
    frame["station"] = np.random.default_rng(0).permutation(frame["station"])
    frame["y"] -= frame.groupby("station")["y"].transform("mean")
    model = engine.fit("y ~ x + (1 | animal) + (1 | station)", frame)
    assert isinstance(model.estimates.evaluation.products.core_parts, Elimination)
    assert model.convergence.verdict.value == "certified zero variance"
    without = engine.fit("y ~ x + (1 | animal)", frame)
    assert model.criterion == pytest.approx(without.criterion, rel=1e-10)


@pytest.mark.usefixtures("eliminated")
def test_that_stations_that_share_256_animals_are_known_to_meet():
    """Counts of animals in eight bits would be zero there, as if none were shared."""
    frame = moving()
    shared = pd.DataFrame({"animal": np.repeat(np.arange(1000, 1256), 2), "year": 0})
    shared["station"] = np.tile([100, 101], 256)
    shared[["x", "y"]] = np.random.default_rng(4).normal(size=(512, 2))
    both = pd.concat([frame, shared], ignore_index=True)
    model = engine.fit("y ~ x + (1 | animal) + (1 | station)", both)
    assert isinstance(model.estimates.evaluation.products.core_parts, Elimination)
    assert model.convergence.is_proved


def large() -> pd.DataFrame:
    """20 000 animals that seldom change between 13 000 stations."""
    rng = np.random.default_rng(1)
    n, n_animals, n_stations = 80_000, 20_000, 13_000
    animal = rng.integers(0, n_animals, n)
    home = rng.integers(0, n_stations, n_animals)[animal]
    station = np.where(rng.random(n) < 0.15, rng.integers(0, n_stations, n), home)
    y = rng.normal(0, 1, n_animals)[animal] + rng.normal(0, 1, n_stations)[station]
    y += rng.normal(size=n)
    return pd.DataFrame({"y": y, "animal": animal, "station": station})


def test_that_thirteen_thousand_crossed_levels_are_fitted():
    model = engine.fit("y ~ 1 + (1 | animal) + (1 | station)", large())
    assert model.convergence.is_proved
    sd = model.variance_components["sd"].to_numpy()
    np.testing.assert_allclose(sd, 1.0, atol=0.06)


def test_that_a_fit_can_be_stopped_while_levels_are_ordered():
    def report(step):
        if step.within is not None and step.within.what == elimination.PLANNING:
            raise engine.Cancelled

    with pytest.raises(engine.Cancelled):
        engine.fit("y ~ 1 + (1 | animal) + (1 | station)", large(), report=report)


def test_that_a_core_that_stays_large_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(memory, "LARGEST_CORE", 500)
    with pytest.raises(FitError, match="'station' beside those of 'animal'"):
        engine.fit("y ~ 1 + (1 | animal) + (1 | station)", large())
