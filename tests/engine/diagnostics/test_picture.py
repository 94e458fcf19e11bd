from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.diagnostics.groups import residuals_by_group
from engine.diagnostics.picture import picture
from engine.diagnostics.plotdata import FittedLinesData, StripData
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.simulated import lakes


def test_that_lines_are_those_of_the_three_ways_of_pooling():
    frame = lakes()
    model = engine.fit("y ~ x + (x | lake)", frame)
    data = picture(model)
    assert isinstance(data, FittedLinesData)
    (whole,) = data.complete
    fit = np.polynomial.Polynomial.fit(frame["x"], frame["y"], 1)
    np.testing.assert_allclose(whole.y, fit(whole.x), rtol=1e-9)
    assert len(data.none) == len(data.partial) == 10
    for line in data.none:
        own = frame[frame["lake"] == line.level]
        fit = np.polynomial.Polynomial.fit(own["x"], own["y"], 1)
        np.testing.assert_allclose(line.y, fit(line.x), rtol=1e-7)
    for line in data.partial:
        own = model.group_coefficients["lake"].loc[line.level]
        np.testing.assert_allclose(line.y, own["Intercept"] + own["x"] * line.x)
        x = frame.loc[frame["lake"] == line.level, "x"]
        margin = 0.03 * (x.max() - x.min())
        assert line.x[[0, -1]].tolist() == pytest.approx(
            [x.min() - margin, x.max() + margin]
        )


def test_that_other_covariates_and_groupings_are_held():
    frame = lakes()
    model = engine.fit("y ~ x + z + f + year + (1 | lake) + (1 | year)", frame)
    data = picture(model)
    beta = model.coefficients["estimate"]
    common = frame["f"].mode()[0]
    held = beta["z"] * frame["z"].mean() + beta["year"] * frame["year"].mean()
    held += 0.0 if common == "high" else beta[f"f[T.{common}]"]
    for line in data.partial:
        lake = model.group_effects["lake"].loc[line.level, "Intercept"]
        expected = beta["Intercept"] + lake + held + beta["x"] * line.x
        np.testing.assert_allclose(line.y, expected, rtol=1e-8)


def test_that_curves_are_curves():
    model = engine.fit("y ~ poly(x, 2) + (1 | lake)", lakes())
    (whole,) = picture(model).complete
    assert np.abs(np.diff(whole.y, 2)).max() > 1e-6


def test_that_a_model_without_covariate_shows_a_strip_of_groups():
    frame = lakes()
    model = engine.fit("y ~ 1 + (1 | lake)", frame)
    data = picture(model)
    assert isinstance(data, StripData)
    means = frame.groupby("lake")["y"].mean()
    np.testing.assert_allclose(data.group_means, means[list(data.levels)])
    assert (np.diff(data.group_means) >= 0).all()
    grand = model.coefficients["estimate"].iloc[0]
    assert data.grand_mean == pytest.approx(grand)
    own = grand + model.group_effects["lake"]["Intercept"][list(data.levels)]
    np.testing.assert_allclose(data.pooled_means, own)
    counts = frame["lake"].value_counts()
    assert data.counts.tolist() == counts[list(data.levels)].tolist()
    np.testing.assert_array_equal(np.array(data.levels)[data.positions], frame["lake"])


def test_that_least_squares_without_groups_has_a_single_line():
    data = picture(engine.fit("y ~ x", lakes()))
    assert len(data.complete) == 1
    assert data.none == data.partial == ()


def test_that_nothing_to_show_is_said():
    assert picture(engine.fit("y ~ 1", lakes())) is None
    assert picture(engine.fit("y ~ f", lakes())) is None


def test_that_groups_without_spread_in_the_covariate_have_no_line():
    frame = lakes()
    frame.loc[frame["lake"] == "L7", "x"] = 5.0
    data = picture(engine.fit("y ~ x + (1 | lake)", frame))
    assert "L7" not in [line.level for line in data.partial]
    assert "L7" not in [line.level for line in data.none]


def test_that_complete_pooling_shows_the_groups_it_ignores():
    spec = ModelSpec("y", (("x",),), grouping="lake")
    model = engine.fit(spec, lakes())
    data = picture(model)
    assert len(data.none) == 10
    assert data.partial == ()
    levels = data.row_levels
    assert levels.name == "lake"
    assert [levels.level_of(i) for i in range(120)] == list(lakes()["lake"])
    assert [plot.group_name for plot in residuals_by_group(model)] == ["lake"]
    assert "lake" not in model.formula


@pytest.mark.parametrize("how", ["formula", "column", "numbers"])
def test_that_an_offset_is_part_of_every_line(how):
    frame = lakes().assign(off=lambda d: 3 + d["z"])
    formula = "y ~ x + (1 | lake)"
    if how == "formula":
        model = engine.fit("y ~ x + offset(off) + (1 | lake)", frame)
    else:
        off = "off" if how == "column" else frame["off"].to_numpy()
        model = engine.fit(formula, frame, offset=off)
    data = picture(model)
    plain = picture(engine.fit(formula, frame.assign(y=frame["y"] - frame["off"])))
    raised = frame["off"].mean()
    for ours, theirs in (
        (data.complete, plain.complete),
        (data.none, plain.none),
        (data.partial, plain.partial),
    ):
        assert len(ours) == len(theirs) > 0
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.y, other.y + raised, rtol=1e-7)


def test_that_a_strip_has_the_means_of_weighted_least_squares():
    frame = lakes()
    weights = np.linspace(0.5, 4, 120)
    spec = ModelSpec("y", grouping="lake", no_pooling=NoPooling.MEANS)
    model = engine.fit(spec, frame, weights=weights)
    data = picture(model)
    own = model.group_coefficients["lake"]["Intercept"]
    np.testing.assert_allclose(data.group_means, own[list(data.levels)])
    pooled = engine.fit("y ~ 1", frame, weights=weights).coefficients["estimate"]
    assert data.grand_mean == pytest.approx(pooled.iloc[0])


def test_that_lines_stay_where_a_logarithm_exists():
    frame = lakes().assign(w=np.geomspace(0.001, 100, 120))
    data = picture(engine.fit("y ~ log(w) + (1 | lake)", frame))
    assert data.complete[0].x.min() == pytest.approx(0.001)


def test_that_no_pooling_is_a_regression_per_group_however_many():
    rng = np.random.default_rng(12)
    group = np.repeat(np.arange(900), 6)
    frame = pd.DataFrame({"x": rng.normal(size=5400), "g": group})
    frame["y"] = frame["x"] * rng.normal(size=900)[group] + rng.normal(size=5400)
    data = picture(engine.fit("y ~ x + (x | g)", frame))
    assert len(data.none) == len(data.partial) == 300
    assert "lines for 300" in data.caption
    for line in data.none[::50]:
        own = frame[frame["g"] == int(line.level)]
        fit = np.polynomial.Polynomial.fit(own["x"], own["y"], 1)
        np.testing.assert_allclose(line.y, fit(line.x), rtol=1e-6, atol=1e-9)


def test_that_a_covariate_of_the_group_is_held_at_its_own_value():
    frame = lakes()
    depth = dict(zip(sorted(frame["lake"].unique()), range(10), strict=True))
    frame["depth"] = frame["lake"].map(depth)
    frame["kind"] = np.where(frame["depth"] > 4, "deep", "shallow")
    model = engine.fit("y ~ x * kind + depth + (x | lake)", frame)
    data = picture(model)
    assert "kind as in each lake" in data.caption
    for line in data.partial:
        own = frame["lake"] == line.level
        fit = np.polynomial.Polynomial.fit(frame.loc[own, "x"], model.fitted[own], 1)
        np.testing.assert_allclose(line.y, fit(line.x), rtol=1e-6)


def test_that_dates_are_an_axis_of_days():
    frame = lakes()
    start = pd.Timestamp("2021-04-01")
    frame["day"] = start + pd.to_timedelta(np.arange(120) % 50, "D")
    data = picture(engine.fit("y ~ day * f + (day | lake)", frame))
    assert "2021-04-01" in data.x_name
    assert data.x.max() == 49
    assert len(data.partial) == 10


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ C(year) * f + (1 | lake)",
        "y ~ bs(x, df=4) + (1 | lake)",
        "y ~ log(w) * f + (1 | lake)",
        "y ~ I(w ** 0.5) + (1 | lake)",
        "y ~ x + (1 | year) + (1 | lake / net)",
    ],
)
def test_that_every_model_that_can_be_fitted_has_its_picture(formula):
    frame = lakes().assign(w=np.geomspace(0.001, 100, 120))
    assert picture(engine.fit(formula, frame)) is not None


def test_that_a_strip_of_nested_groups_shows_the_outer_groups_own_effect():
    model = engine.fit("y ~ 1 + (1 | lake / net)", lakes())
    data = picture(model)
    effects = model.group_effects["lake"]["Intercept"]
    expected = model.coefficients["estimate"].iloc[0] + effects[list(data.levels)]
    np.testing.assert_allclose(data.pooled_means, expected)


def test_that_lines_of_nested_groups_are_the_fitted_values_of_their_rows():
    rng = np.random.default_rng(4)
    litter = np.repeat(np.arange(6), 20)
    animal = np.repeat(np.arange(30), 4)
    x = np.tile(np.arange(4.0), 30)
    y = (
        10 * rng.normal(size=6)[litter]
        + 2 * rng.normal(size=30)[animal]
        + 3 * x
        + rng.normal(size=120)
    )
    names = {
        "animal": [f"A{k:02d}" for k in animal],
        "litter": [f"B{k}" for k in litter],
    }
    frame = pd.DataFrame({"y": y, "x": x, **names})
    model = engine.fit("y ~ x + (x | animal) + (1 | litter)", frame)
    data = picture(model)
    assert data.group_name == "animal"
    for line in data.partial:
        rows = frame["animal"] == line.level
        on_line = np.interp(frame["x"][rows], line.x, line.y)
        assert on_line == pytest.approx(model.fitted[rows].to_numpy(), rel=1e-9)
    assert "litter" not in data.caption


def test_that_a_centred_covariate_is_held_at_zero_and_a_small_one_at_its_mean():
    frame = lakes()
    frame["z"] = frame["x"] - frame["x"].mean() + 3e-17
    frame["w"] = 1e-9 * (1 + 0.001 * frame["x"])
    caption = picture(engine.fit("y ~ x + z:x + w + (1 | lake)", frame)).caption
    assert caption.endswith("; lines hold w at 1×10⁻⁹, z at 0")


def test_that_the_caption_says_what_crossed_groups_are_held_at():
    frame = lakes()
    caption = picture(engine.fit("y ~ x + (1 | lake) + (1 | year)", frame)).caption
    assert "effects of year at zero" in caption


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (None, "a regression for each lake"),
        (NoPooling.INTERCEPTS, "a baseline for each lake"),
        (NoPooling.SLOPES, "a regression for each lake"),
        (NoPooling.SEPARATE, "a separate regression for each lake"),
    ],
)
def test_that_the_picture_says_which_kind_of_no_pooling_it_shows(way, words):
    model: str | ModelSpec = "y ~ x + (1 | lake)"
    if way is not None:
        model = ModelSpec("y", (("x",),), grouping="lake", no_pooling=way)
    data = picture(engine.fit(model, lakes()))
    slopes = {
        round(float(np.diff(line.y)[0] / np.diff(line.x)[0]), 9) for line in data.none
    }
    assert (len(slopes) == 1) is (way is NoPooling.INTERCEPTS)
    assert data.none_words == words
    assert data.caption.startswith(f"{len(data.x)} rows in 10 lakes; no pooling: ")
    assert words in data.caption
