"""Profile intervals; numbers of lme4 1.1-31 where none other is named."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

import engine
from engine.inference.likelihood_curve import LikelihoodCurve, parameters
from engine.inference.likelihood_ratio import likelihood_ratio_test
from engine.inference.profile import profile, profile_curve
from engine.inference.refitting import refitted
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.facts import dyestuff, dyestuff2
from tests.engine.inference.profiled_by_force import ByForce
from tests.engine.simulated import STRUCTURES, lakes

QUANTILE = 1.959963984540054


def curve_of(model, name):
    ml = refitted(model, "ML")
    found = {one.name: one for one in parameters(model.estimates, ml)}
    return LikelihoodCurve(ml, found[name])


def widths(table):
    return (table["upper"] - table["lower"]).to_numpy()


@pytest.mark.parametrize("name", ["profile_sleepstudy_ml", "profile_fish_intercept"])
def test_that_intervals_equal_lme4s(name, reference):
    text = (reference / "lme4_inference.json").read_text(encoding="utf-8")
    case = json.loads(text)[name]
    frame = pd.read_csv(reference / "data" / f"{case['data']}.csv")
    table = profile(engine.fit(case["formula"], frame))
    expected = pd.DataFrame(case["ci"])
    for ours, theirs in (("lower", "low"), ("upper", "high")):
        gap = np.abs(table[ours].to_numpy() - expected[theirs].to_numpy())
        assert (gap / widths(table)).max() < 1e-4  # lme4 interpolates by splines


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (
            dyestuff(),
            [(12.19853521, 84.06304671), (38.22998488, 67.65769624),
             (1486.45149997, 1568.54849437)],
        ),
        (
            dyestuff2(),
            [(0.0, 2.084043489), (2.892831020, 4.815832552),
             (4.312100217, 7.019092347)],
        ),
    ],
)  # fmt: skip
def test_that_intervals_of_dyestuff_equal_lme4s(frame, expected):
    table = profile(engine.fit("Yield ~ 1 + (1 | Batch)", frame))
    gap = np.abs(table[["lower", "upper"]].to_numpy() - expected)
    assert (gap / widths(table)[:, None]).max() < 4e-4


CASES = {
    "scalar": "y ~ x + (1 | lake)",
    "correlated": "y ~ x + (x | lake)",
    "uncorrelated": "y ~ x + (x || lake)",
    "crossed": "y ~ x + (1 | lake) + (1 | year)",
    "nested": "y ~ 1 + (1 | lake / net)",
    "no fixed part": "y ~ 0 + (1 | lake)",
}


@pytest.mark.parametrize("name", CASES)
def test_that_the_deviance_at_each_limit_is_what_brute_force_finds(name):
    """D(limit) - D_0 = q^2, or less where the limit is a bound."""
    check_limits(engine.fit(CASES[name], lakes(n=45)))


def test_that_weights_and_offsets_are_part_of_the_profile():
    frame = lakes(n=45)
    rng = np.random.default_rng(2)
    weights, offset = rng.uniform(0.5, 2, 45), rng.normal(0, 1, 45)
    model = engine.fit("y ~ x + (1 | lake)", frame, weights=weights, offset=offset)
    check_limits(model)


def check_limits(model, names=None):
    ml = engine.FittedModel(refitted(model, "ML"))
    force, table = ByForce(model.design), profile(model)
    target = QUANTILE**2 + ml.criterion
    roots = [block.root * ml.sigma for block in ml.estimates.blocks]
    assert force.deviance(roots, ml.sigma) == pytest.approx(ml.criterion)
    for name in names or table.index:
        for limit in table.loc[name, ["lower", "upper"]]:
            found = force.least(ml, name, limit)
            if limit == 0 or abs(limit) == 1:
                assert found < target
            else:
                assert found == pytest.approx(target, abs=2e-5), name


def test_that_a_correlation_within_its_bounds_is_exact():
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(12), 5)
    x = np.tile(np.arange(5.0), 12)
    a, b = rng.multivariate_normal([0, 0], [[4, 1.2], [1.2, 1]], 12).T
    y = 3 + a[g] + (1 + b[g]) * x + rng.normal(0, 0.7, 60)
    model = engine.fit("y ~ x + (x | g)", pd.DataFrame({"y": y, "x": x, "g": g}))
    table = profile(model)
    assert -1 < table.loc["cor(g, Intercept, x)", "lower"]
    assert table.loc["cor(g, Intercept, x)", "upper"] < 1
    check_limits(model, ["cor(g, Intercept, x)", "sd(g, x)"])


def test_that_correlations_among_three_effects_are_exact():
    rng = np.random.default_rng(9)
    g = np.repeat(np.arange(10), 6)
    x, z = rng.normal(0, 1, (2, 60))
    own = rng.multivariate_normal(np.zeros(3), np.eye(3) + 0.4, 10)[g].T
    y = own[0] + own[1] * x + own[2] * z + rng.normal(0, 0.4, 60)
    frame = pd.DataFrame({"y": y, "x": x, "z": z, "g": g})
    model = engine.fit("y ~ 1 + (x + z | g)", frame)
    check_limits(model, ["cor(g, x, z)", "cor(g, Intercept, z)"])


def test_that_a_singular_fit_has_intervals_that_end_at_their_bounds(reference):
    """The slopes' correlation is 1; lme4's splines miss these limits by up to 10 %."""
    frame = pd.read_csv(reference / "data" / "fish.csv")
    model = engine.fit("log_mass ~ log_length + (log_length | lake)", frame)
    assert model.is_singular
    table = profile(model)
    assert table.loc["sd(lake, Intercept)", "lower"] == 0
    assert tuple(table.loc["cor(lake, Intercept, log_length)"])[1:] == (-1, 1)
    assert np.isfinite(table.to_numpy()).all()
    ml = engine.FittedModel(refitted(model, "ML"))
    force, target = ByForce(model.design), QUANTILE**2 + ml.criterion
    for name, end in (("Intercept", "lower"), ("sd(lake, log_length)", "lower")):
        found = force.least(ml, name, table.loc[name, end])
        assert found == pytest.approx(target, abs=2e-5)


@pytest.mark.parametrize("structure", [s for s in STRUCTURES if s != "three factors"])
def test_that_a_coefficient_held_at_zero_is_a_likelihood_ratio_test(structure):
    formula = STRUCTURES[structure].replace("~ 0 +", "~ 0 + x +")
    full = engine.fit(formula, lakes(), estimation="ML")
    without = formula.replace("~ 0 + x +", "~ 0 +").replace("~ x +", "~ 1 +")
    null = engine.fit(without, lakes(), estimation="ML")
    zeta = curve_of(full, "x").zeta(0.0)
    statistic = likelihood_ratio_test(null, full).statistic
    assert zeta**2 == pytest.approx(statistic, abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "name", "without"),
    [
        ("y ~ x + (x | lake)", "sd(lake, x)", "y ~ x + (1 | lake)"),
        ("y ~ x + (x | lake)", "sd(lake, Intercept)", "y ~ x + (0 + x | lake)"),
        ("y ~ x + (x + z | lake)", "sd(lake, z)", "y ~ x + (x | lake)"),
        ("y ~ x + (1 | lake)", "sd(lake, Intercept)", "y ~ x"),
        (
            "y ~ x + (x | lake) + (1 | year) + (1 | net)",
            "sd(year, Intercept)",
            "y ~ x + (x | lake) + (1 | net)",
        ),
    ],
)
def test_that_a_standard_deviation_held_at_zero_is_the_model_without_it(
    formula, name, without
):
    full, null = (engine.fit(f, lakes(), estimation="ML") for f in (formula, without))
    zeta = curve_of(full, name).zeta(0.0)
    assert zeta**2 == pytest.approx(null.criterion - full.criterion, abs=1e-7)


def test_that_large_group_effects_leave_their_digits():
    frame = lakes()
    frame["y"] += 1e3 * pd.factorize(frame["lake"])[0]
    full, null = (
        engine.fit(f, frame, estimation="ML")
        for f in ("y ~ x + (1 | lake)", "y ~ 1 + (1 | lake)")
    )
    zeta = curve_of(full, "x").zeta(0.0)
    rounding = full.estimates.evaluation.rounding
    assert rounding < 1e-4
    expected = pytest.approx(null.criterion - full.criterion, abs=2 * rounding)
    assert zeta**2 == expected


def test_that_an_interval_ends_where_a_likelihood_ratio_test_has_its_p_value():
    full, null = (
        engine.fit(f, lakes()) for f in ("y ~ z + (x | lake)", "y ~ 1 + (x | lake)")
    )
    test = likelihood_ratio_test(null, full)
    ends = profile(full, level=1 - test.p_value).loc["z"]
    error = full.coefficients.loc["z", "std_error"]
    assert min(abs(ends["lower"]), abs(ends["upper"])) < 1e-6 * error


@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_least_squares_has_closed_forms(estimation):
    frame = lakes(n=40)
    model = engine.fit("y ~ x + z", frame, estimation=estimation)
    table = profile(model)
    X = np.column_stack([np.ones(40), frame["x"], frame["z"]])
    beta, rss = np.linalg.lstsq(X, frame["y"])[:2]
    spread = np.sqrt(np.diag(np.linalg.inv(X.T @ X)) * rss[0])
    half = spread * np.sqrt(np.expm1(QUANTILE**2 / 40))
    ours = table.loc[["Intercept", "x", "z"]]
    np.testing.assert_allclose(ours["lower"], beta - half, atol=1e-6 * spread.max())
    np.testing.assert_allclose(ours["upper"], beta + half, atol=1e-6 * spread.max())

    def rise(sigma):
        share = rss[0] / 40 / sigma**2
        return 40 * (share - 1 - np.log(share)) - QUANTILE**2

    best = np.sqrt(rss[0] / 40)
    limits = [brentq(rise, best / 3, best), brentq(rise, best, 3 * best)]
    assert tuple(table.loc["sigma"])[1:] == pytest.approx(limits, rel=1e-7)
    assert table.loc["sigma", "estimate"] == model.sigma


def test_that_units_and_origin_of_a_covariate_change_nothing_else():
    frame = lakes()
    plain = profile(engine.fit("y ~ x + (x | lake)", frame))
    scaled = profile(engine.fit("y ~ x + (x | lake)", frame.assign(x=1e6 * frame["x"])))
    units = np.where(plain.index.isin(["sd(lake, x)", "x"]), 1e-6, 1.0)
    ends = ["lower", "upper"]
    gap = np.abs(scaled[ends] - plain[ends] * units[:, None]).to_numpy()
    assert (gap / (widths(plain) * units)[:, None]).max() < 1e-6
    moved = profile(engine.fit("y ~ x + (x | lake)", frame.assign(x=frame["x"] + 2000)))
    same = ["sd(lake, x)", "sigma", "x"]
    gap = np.abs(moved.loc[same, ends] - plain.loc[same, ends]).to_numpy()
    assert (gap / widths(plain.loc[same])[:, None]).max() < 1e-5


def test_that_the_unit_of_the_response_only_scales_the_limits():
    frame = lakes()
    plain = profile(engine.fit("y ~ x + (1 | lake)", frame))
    scaled = profile(engine.fit("y ~ x + (1 | lake)", frame.assign(y=1e4 * frame["y"])))
    np.testing.assert_allclose(scaled, 1e4 * plain, rtol=1e-6)


def test_that_parameters_stand_in_the_order_of_the_tables():
    model = engine.fit("y ~ x + (x + z | lake) + (1 | year)", lakes())
    assert list(profile(model).index) == [
        "sd(lake, Intercept)",
        "cor(lake, Intercept, x)",
        "cor(lake, Intercept, z)",
        "sd(lake, x)",
        "cor(lake, x, z)",
        "sd(lake, z)",
        "sd(year, Intercept)",
        "sigma",
        "Intercept",
        "x",
    ]


def test_that_a_fit_by_reml_has_the_limits_of_ml_and_says_so():
    reml, ml = (
        engine.fit("y ~ x + (1 | lake)", lakes(), estimation=own)
        for own in ("REML", "ML")
    )
    ours, theirs = profile(reml), profile(ml)
    pd.testing.assert_frame_equal(ours[["lower", "upper"]], theirs[["lower", "upper"]])
    assert ours.loc["sigma", "estimate"] == reml.sigma
    assert ours.loc["x", "estimate"] == reml.coefficients.loc["x", "estimate"]
    assert "fitted by REML" in ours.attrs["note"]
    assert theirs.attrs["note"] == ""


def test_that_a_correlation_with_nothing_can_be_anything():
    rng = np.random.default_rng(11)
    g, x = np.repeat(np.arange(10), 6), np.tile(np.arange(6.0), 10) - 2.5
    y = rng.normal(0, 1, 60) + rng.normal(0, 2, 10)[g]
    slope = pd.Series(y * x).groupby(g).transform("sum").to_numpy() / 17.5
    frame = pd.DataFrame({"y": y - slope * x, "x": x, "g": g})
    model = engine.fit("y ~ 1 + (x | g)", frame)
    table = profile(model)
    assert table.loc["sd(g, x)", "estimate"] == pytest.approx(0, abs=1e-12)
    assert table.loc["sd(g, x)", "lower"] == 0 < table.loc["sd(g, x)", "upper"]
    own = table.loc["cor(g, Intercept, x)"]
    assert (own["lower"], own["upper"]) == (-1, 1)


def test_that_a_correlation_of_what_does_not_vary_is_said_to_be_undefined():
    rng = np.random.default_rng(11)
    g, x = np.repeat(np.arange(10), 6), np.tile(np.arange(6.0), 10) - 2.5
    y = pd.Series(rng.normal(0, 1, 60))
    y -= y.groupby(g).transform("mean")
    y -= (y * x).groupby(g).transform("sum") / 17.5 * x
    model = engine.fit("y ~ x + (x | g)", pd.DataFrame({"y": y, "x": x, "g": g}))
    table = profile(model)
    own = table.loc["cor(g, Intercept, x)"]
    assert np.isnan(own["estimate"])
    assert (own["lower"], own["upper"]) == (-1, 1)
    assert table.loc["sd(g, x)", "lower"] == 0 < table.loc["sd(g, x)", "upper"]
    assert "cor(g, Intercept, x) is not defined" in table.attrs["note"]


def test_that_the_only_coefficient_can_be_held():
    """The interval of a mean by ML: mean +- sd sqrt(expm1(q^2 / n))."""
    y = lakes()["y"].to_numpy()
    ends = profile(engine.fit("y ~ 1", lakes())).loc["Intercept"]
    half = y.std() * np.sqrt(np.expm1(QUANTILE**2 / len(y)))
    assert ends["lower"] == pytest.approx(y.mean() - half, rel=1e-7)
    assert ends["upper"] == pytest.approx(y.mean() + half, rel=1e-7)


def test_that_a_coefficient_without_estimate_has_no_limits():
    frame = lakes().assign(twice=lambda d: 2 * d["x"])
    model = engine.fit("y ~ x + twice + (1 | lake)", frame)
    table = profile(model)
    assert table.loc["twice"].isna().all()
    alone = profile(engine.fit("y ~ x + (1 | lake)", frame))
    np.testing.assert_allclose(table.drop("twice"), alone, rtol=1e-6)


def test_that_a_higher_level_widens_every_interval():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    narrow, wide = profile(model, level=0.8), profile(model, level=0.99)
    assert (wide["lower"] < narrow["lower"]).all()
    assert (wide["upper"] > narrow["upper"]).all()


def test_that_a_curve_rises_from_limit_to_limit_through_zero():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    for name in ("sd(lake, Intercept)", "sigma", "x"):
        curve = profile_curve(model, name, level=0.95)
        assert (curve["value"].diff()[1:] > 0).all()
        assert (curve["zeta"].diff()[1:] > 0).all()
        ends = profile(model).loc[name, ["lower", "upper"]]
        np.testing.assert_allclose(curve["value"].iloc[[0, -1]], ends, rtol=1e-9)
        np.testing.assert_allclose(
            curve["zeta"].iloc[[0, -1]], [-QUANTILE, QUANTILE], atol=1e-6
        )
        assert (curve["zeta"] == 0).any()
        assert len(curve) > 20


def test_that_the_profile_reports_each_point_and_can_be_stopped():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    steps = []
    profile(model, report=steps.append)
    own = [step for step in steps if step.of == 4]
    assert {step.done: step.within.what for step in own} == {
        0: "sd(lake, Intercept)",
        1: "sigma",
        2: "Intercept",
        3: "x",
    }
    assert len(own) > 20

    def stop(step):
        if step.of == 4 and step.done == 2:
            raise engine.Cancelled

    with pytest.raises(engine.Cancelled):
        profile(model, report=stop)


def test_that_what_cannot_be_profiled_is_refused():
    frame = lakes()
    model = engine.fit("y ~ x + (1 | lake)", frame)
    with pytest.raises(engine.EngineError, match="no coverage"):
        profile(model, level=1.0)
    with pytest.raises(engine.EngineError, match="'sigma'"):
        profile_curve(model, "z")
    spec = ModelSpec("y", (("x",),), grouping="lake", no_pooling=NoPooling.SEPARATE)
    with pytest.raises(engine.EngineError, match="residual standard deviation"):
        profile(engine.fit(spec, frame))
