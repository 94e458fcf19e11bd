"""What one bootstrap feeds besides parameters: group effects and marginal means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import EngineError
from tests.engine.simulated import lakes

NUMBERS = ["estimate", "std_error", "lower", "upper"]


def test_that_effects_are_the_models_own_with_wider_spread():
    model = engine.fit("y ~ x + (x | lake) + (1 | year)", lakes())
    tables = engine.bootstrap(model, 200, seed=1).group_effects()
    assert list(tables) == list(model.group_effects)
    for name, table in tables.items():
        wide = table.pivot(index="level", columns="term", values="estimate")
        own = model.group_effects[name]
        np.testing.assert_allclose(wide.loc[own.index, own.columns], own, atol=1e-10)
        sd = table.pivot(index="level", columns="term", values="std_error")
        known = model.group_effects_sd[name]
        assert (
            sd.loc[own.index, own.columns].to_numpy() > known.to_numpy()
        ).mean() > 0.9
        assert (table["lower"] < table["estimate"]).all()
        assert (table["upper"] > table["estimate"]).all()


def test_that_without_a_fixed_part_an_effect_is_what_is_predicted():
    frame = lakes().assign(y=lambda d: d["y"] - d["y"].mean())
    model = engine.fit("y ~ 0 + (1 | lake)", frame)
    found = engine.bootstrap(model, 100, seed=2)
    effects = found.group_effects(0.9)["lake"]
    predicted = found.predict(pd.DataFrame({"lake": effects["level"]}), "group", 0.9)
    np.testing.assert_allclose(effects[NUMBERS], predicted[NUMBERS], rtol=1e-9)


def test_that_an_effect_of_a_covariate_is_the_difference_of_two_predictions():
    frame = lakes().assign(y=lambda d: d["y"] - d["y"].mean(), x=lambda d: d["x"] - 5)
    model = engine.fit("y ~ 0 + (0 + x | lake) + (1 | year)", frame)
    found = engine.bootstrap(model, 60, seed=2)
    effects = found.group_effects()["lake"]
    assert effects["term"].unique().tolist() == ["x"]
    np.testing.assert_allclose(effects["estimate"], model.group_effects["lake"]["x"])


def test_that_a_mean_that_is_a_coefficient_has_its_interval():
    model = engine.fit("y ~ 0 + f + (1 | lake)", lakes())
    found = engine.bootstrap(model, 300, seed=3)
    for kind in ("percentile", "basic"):
        means = found.marginal_means("f", kind=kind)
        expected = found.intervals(kind=kind).loc[[f"f[{v}]" for v in means["f"]]]
        np.testing.assert_allclose(means[NUMBERS], expected[NUMBERS], rtol=1e-10)


def test_that_means_and_slopes_are_near_those_by_student():
    model = engine.fit("y ~ f * x + (1 | lake)", lakes())
    found = engine.bootstrap(model, 1000, seed=4)
    for made, by_t in (
        (found.marginal_means("f"), engine.marginal_means(model, "f")),
        (
            found.marginal_means("f", slope_of="x"),
            engine.marginal_slopes(model, "x", "f"),
        ),
    ):
        np.testing.assert_allclose(made["estimate"], by_t["estimate"], rtol=1e-9)
        np.testing.assert_allclose(made["std_error"], by_t["std_error"], rtol=0.12)


def test_that_what_cannot_be_told_has_no_interval():
    frame = lakes()
    frame = frame[~((frame["f"] == "low") & (frame["net"] == "N0"))]
    model = engine.fit("y ~ f * net + (1 | lake)", frame)
    means = engine.bootstrap(model, 40, seed=1).marginal_means("f")
    assert means.loc[means["estimate"].isna(), "f"].tolist() == ["low"]
    assert means.loc[means["lower"].isna(), "f"].tolist() == ["low"]


@pytest.mark.parametrize("asked", [{"kind": "bca"}, {"level": 95}])
def test_that_senseless_questions_are_refused(asked):
    model = engine.fit("y ~ f + (1 | lake)", lakes())
    with pytest.raises(EngineError):
        engine.bootstrap(model, 20, seed=1).marginal_means("f", **asked)
