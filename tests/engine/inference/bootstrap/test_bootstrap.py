"""The parametric bootstrap as it is called, by whatever way replicates are fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import EngineError
from engine.fitting.criterion import evaluate
from engine.inference.bootstrap.chunks import chunks
from engine.inference.bootstrap.least_squares import LeastSquares
from engine.inference.bootstrap.one_by_one import OneByOne
from engine.inference.bootstrap.replaced_response import InnerRows
from engine.inference.bootstrap.run import bootstrap
from engine.inference.bootstrap.user_scale import UserScale
from engine.progress import Cancelled
from tests.engine.simulated import STRUCTURES, dense_V, lakes

NESTED = "y ~ x + (1 | lake / net) + (1 | year)"
FEW = ["scalar", "vector", "crossed", "crossed vectors", "uncorrelated"]


@pytest.fixture(scope="module")
def scalar():
    return engine.fit(STRUCTURES["scalar"], lakes())


def heavy_groups():
    """Groups that explain nearly all: their effects are taken out before the sums."""
    frame = lakes()
    effects = dict(zip(sorted(set(frame["lake"])), range(10), strict=True))
    frame["y"] = 1e5 * frame["lake"].map(effects) + frame["y"]
    return frame


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize("formula", [*STRUCTURES.values(), NESTED])
def test_that_a_models_own_response_put_back_gives_its_own_criterion(
    formula, estimation
):
    frame = lakes()
    frame["w"] = np.linspace(0.5, 2.0, len(frame))
    model = engine.fit(formula, frame, weights="w", estimation=estimation)
    e, design = model.estimates.evaluation, model.design
    rest = design.y - design.X @ np.nan_to_num(model.estimates.beta)
    y = rest * np.sqrt(design.weights) / e.products.y_scale
    products = InnerRows(design, e.products).with_response(y)
    again = evaluate(products, e.lambdas, is_reml=e.is_reml)
    assert again.value == pytest.approx(e.value, abs=1e-8)
    np.testing.assert_allclose(again.beta, 0.0, atol=1e-9)  # it had been taken out


def test_that_effects_that_explain_nearly_all_are_taken_out_of_replicates_too():
    model = engine.fit("y ~ x + (1 | lake)", heavy_groups())
    e = model.estimates.evaluation
    assert e.products.shift is not None
    rest = model.design.y - model.design.X @ model.estimates.beta
    rows = InnerRows(model.design, e.products)
    products = rows.with_response(rest / e.products.y_scale)
    again = evaluate(products, e.lambdas, is_reml=True)
    assert again.value == pytest.approx(e.value, abs=e.rounding)


@pytest.mark.parametrize("name", FEW)
def test_that_simulated_responses_have_the_models_covariance(name):
    model = engine.fit(STRUCTURES[name], lakes(n=40))
    e = model.estimates.evaluation
    resampler = OneByOne(model.design, e)
    y = resampler.draw(np.random.default_rng(3), 20_000)["y"] * e.products.y_scale
    roots = [block.root for block in model.estimates.blocks]
    expected = model.sigma**2 * dense_V(model.design, roots)
    found = y @ y.T / y.shape[1]
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    # the largest of 820 correlations of which each has an SD of at most 0.01
    assert np.abs((found - expected) / size).max() < 0.05


def test_that_the_same_seed_gives_the_same_replicates_and_more_begin_with_them(scalar):
    few = bootstrap(scalar, 40, seed=5)
    again = bootstrap(scalar, 40, seed=5)
    more = bootstrap(scalar, 90, seed=5)
    other = bootstrap(scalar, 40, seed=6)
    pd.testing.assert_frame_equal(few.estimates, again.estimates)
    np.testing.assert_allclose(more.estimates[:40], few.estimates, rtol=1e-7)
    assert not np.allclose(other.estimates, few.estimates)
    assert few.seed == 5
    assert len(more.estimates) == more.n_replicates == 90


@pytest.mark.parametrize("width", [1, 7, 250, 400, 1000])
def test_that_chunks_hold_every_replicate_once_whatever_their_width(width):
    class Counting:
        def __init__(self):
            self.width = width

        def draw(self, rng, n):
            return {"u": rng.random(n)}

        def refit(self, draws):
            raise NotImplementedError

    parts = [draws["u"] for draws in chunks(Counting(), 1100, seed=2)]
    assert all(len(part) <= width for part in parts)
    assert all(len(part) > width - min(width, 250) for part in parts[:-1])
    streams = np.random.SeedSequence(2).spawn(5)
    whole = [np.random.Generator(np.random.SFC64(s)).random(250) for s in streams]
    np.testing.assert_array_equal(np.concatenate(parts), np.concatenate(whole)[:1100])


def test_that_estimates_are_named_and_ordered_as_in_profile_tables():
    model = engine.fit("y ~ x + (x | lake) + (1 | year)", lakes())
    found = bootstrap(model, 3)
    assert list(found.estimates) == [
        "sd(lake, Intercept)",
        "cor(lake, Intercept, x)",
        "sd(lake, x)",
        "sd(year, Intercept)",
        "sigma",
        "Intercept",
        "x",
    ]
    own = found.estimate
    table = model.variance_components
    assert own["sd(lake, x)"] == pytest.approx(table["sd"][1], rel=1e-10)
    assert own["cor(lake, Intercept, x)"] == pytest.approx(table["correlation"][2])
    assert own["sigma"] == pytest.approx(model.sigma, rel=1e-12)
    np.testing.assert_allclose(own[["Intercept", "x"]], model.coefficients["estimate"])


def test_that_the_models_own_partition_stands_beside_its_intervals():
    frame = lakes()
    frame["w"] = np.linspace(0.5, 2.0, len(frame))
    model = engine.fit("y ~ x * z + (x | lake) + (1 | year)", frame, weights="w")
    table = bootstrap(model, 3).intervals()
    for name, value in model.variance_partition.items():
        assert table.loc[name, "estimate"] == pytest.approx(value, rel=1e-10)


def test_that_failed_replicates_are_counted_and_left_out_of_quantiles_only(
    scalar, monkeypatch
):
    own, seen = OneByOne.optimum, []

    def optimum(self, y):
        seen.append(1)
        return None if len(seen) == 2 else own(self, y)

    monkeypatch.setattr(OneByOne, "optimum", optimum)
    monkeypatch.setattr(
        "engine.inference.bootstrap.run.resampler_of",
        lambda estimates: OneByOne(estimates.design, estimates.evaluation),
    )
    found = bootstrap(scalar, 10)
    assert found.n_failed == 1
    assert len(found.estimates) == 10
    assert found.estimates.isna().all(axis=1).sum() == 1
    assert (found.intervals()["n"] == 9).all()


def test_that_a_bootstrap_can_be_cancelled_and_shows_what_is_there(scalar):
    steps, parts = [], []

    def report(step):
        steps.append(step)
        if step.done >= 50:
            raise Cancelled

    e = scalar.estimates
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "engine.inference.bootstrap.run.resampler_of",
            lambda _: OneByOne(e.design, e.evaluation),
        )
        with pytest.raises(Cancelled):
            bootstrap(scalar, 1000, report=report)
        assert steps[-1].of == 1000
        found = bootstrap(scalar, 120, partial=parts.append)
    assert [part.n_replicates for part in parts] == [50, 100]
    pd.testing.assert_frame_equal(parts[1].estimates, found.estimates[:100])


def test_that_least_squares_are_drawn_from_their_exact_laws():
    model = engine.fit("y ~ x + f", lakes())
    found = bootstrap(model, 20_000)
    table, exact = found.intervals(), model.coefficients
    error = 4 / np.sqrt(2 * 20_000)
    spread = table.loc[exact.index, "std_error"] / exact["std_error"]
    np.testing.assert_allclose(spread, 1.0, atol=error)
    assert found.estimates["sigma"].pow(2).mean() == pytest.approx(
        model.sigma**2, rel=4 * np.sqrt(2 / model.estimates.residual_df[0] / 20_000)
    )
    assert isinstance(LeastSquares(model.estimates.evaluation), LeastSquares)


def test_that_what_cannot_be_simulated_is_refused_in_words(scalar):
    spec = engine.parse_formula("y ~ x + (1 | lake)")
    with pytest.raises(EngineError, match="cannot be 0 replicates"):
        bootstrap(scalar, 0)
    with pytest.raises(EngineError, match="no interval of kind 'best'"):
        bootstrap(scalar, 2).intervals(kind="best")
    with pytest.raises(EngineError, match="share of 95"):
        bootstrap(scalar, 2).intervals(level=95)
    assert spec


def test_that_coefficients_that_cannot_be_estimated_stay_unknown():
    frame = lakes()
    frame["twice"] = 2 * frame["x"]
    model = engine.fit("y ~ x + twice + (1 | lake)", frame)
    found = bootstrap(model, 5)
    assert found.estimates["twice"].isna().all()
    assert found.estimates["x"].notna().all()
    row = found.intervals(kind="bca").loc["twice"]
    assert np.isnan(row["lower"])
    assert row["n"] == 0


def test_that_the_user_scale_does_not_depend_on_the_unit_of_a_covariate():
    frame = lakes()
    model = engine.fit("y ~ x + (x | lake)", frame)
    scaled = engine.fit("y ~ x + (x | lake)", frame.assign(x=1000 * frame["x"]))
    found = [
        UserScale(m.estimates).parameters(bootstrap(m, 2)._own) for m in (model, scaled)
    ]
    assert found[0]["sd(lake, x)"] == pytest.approx(1000 * found[1]["sd(lake, x)"])
    name = "cor(lake, Intercept, x)"
    assert found[0][name] == pytest.approx(found[1][name], rel=1e-6)
