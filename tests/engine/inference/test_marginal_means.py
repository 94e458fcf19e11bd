from __future__ import annotations

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest

import engine
from engine.inference.marginal_means import marginal_means
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.inference.emmeans_facts import (
    OVERALL,
    SEXES,
    SEXES_AT_AGES,
    VARIETIES,
    assert_means,
    oats_with_gaps,
)
from tests.engine.simulated import lakes

NUMBERS = ["estimate", "std_error", "df", "lower", "upper"]


def said(table) -> str:
    return " ".join(map(str, table.attrs["notes"]))


def test_that_the_references_means_are_met(reference):
    results = json.loads((reference / "lme4_inference.json").read_text("utf-8"))
    expected = pd.DataFrame(results["emmeans_oats"]["emmeans"])
    oats = pd.read_csv(reference / "data" / "oats.csv")
    model = engine.fit(results["emmeans_oats"]["formula"], oats)
    table = marginal_means(model, "Variety")
    assert table.columns.tolist() == ["Variety", *NUMBERS]
    assert table["Variety"].tolist() == expected["Variety"].tolist()
    np.testing.assert_allclose(table["estimate"], expected["emmean"], rtol=1e-8)
    np.testing.assert_allclose(table["std_error"], expected["SE"], rtol=1e-5)
    np.testing.assert_allclose(table["df"], expected["df"], rtol=1e-3)
    np.testing.assert_allclose(table["lower"], expected["lower.CL"], rtol=1e-5)
    np.testing.assert_allclose(table["upper"], expected["upper.CL"], rtol=1e-5)


@pytest.mark.parametrize("weights", VARIETIES)
def test_that_other_factors_are_averaged_with_the_weights_asked(reference, weights):
    model = engine.fit(
        "yield ~ dose * Variety + (1 | Block / Variety)", oats_with_gaps(reference)
    )
    table = marginal_means(model, "Variety", weights=weights)
    assert_means(table, VARIETIES[weights])
    assert "Averaged over the levels of 'dose'" in said(table)
    assert "The effect of 'Variety' depends on 'dose'" in said(table)


def test_that_derived_covariates_follow_their_column(reference):
    o = pd.read_csv(reference / "data" / "orthodont.csv")
    model = engine.fit("log(distance) ~ I(age^2) + age * Sex + (age | Subject)", o)
    table = marginal_means(model, "Sex")
    assert_means(table, SEXES)
    assert "'age' is held at its mean, 11." in said(table)
    at = marginal_means(model, ["Sex", "age"], at={"age": [8, 14]})
    assert at["age"].tolist() == [8, 8, 14, 14]
    assert_means(at, SEXES_AT_AGES)


def test_that_numbers_with_two_values_are_averaged_as_two_levels(reference):
    o = pd.read_csv(reference / "data" / "orthodont.csv")
    o["f"] = (o["Sex"] == "Male").astype(int)
    model = engine.fit("distance ~ log(age) + f + (1 | Subject)", o)
    table = marginal_means(model, [])
    assert_means(table, [OVERALL])
    assert "taken as two levels" in said(table)
    assert marginal_means(model, "f")["f"].tolist() == [0, 1]


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ f * x + C(year) + (x | lake)",
        "y ~ f + poly(x, 2) * z + (1 | lake) + (1 | net)",
        "y ~ 0 + f:x + np.log(x) + C(year)",
    ],
)
def test_that_a_mean_is_the_average_of_predictions_over_the_grid(formula):
    frame = lakes()
    model = engine.fit(formula, frame)
    table = marginal_means(model, "f")
    years = sorted(frame["year"].unique())
    for _, row in table.iterrows():
        grid = pd.DataFrame(
            [(row["f"], year) for year in years], columns=["f", "year"]
        ).assign(x=frame["x"].mean(), z=frame["z"].mean())
        expected = model.predict(grid)["estimate"].mean()
        assert row["estimate"] == pytest.approx(expected, rel=1e-10)


def test_that_the_standard_error_is_that_of_the_averaged_row():
    frame = lakes()
    model = engine.fit("y ~ f * x + C(year) + (x | lake)", frame)
    table = marginal_means(model, "f", at={"x": [3.0, 6.0]})
    for _, row in table.iterrows():
        grid = pd.DataFrame(
            product([row["f"]], [3.0, 6.0], frame["year"].unique()),
            columns=["f", "x", "year"],
        )
        L = model.design.encoder.encode(grid).mean(axis=0)
        variance = L @ model.covariance.to_numpy() @ L
        assert row["std_error"] == pytest.approx(np.sqrt(variance), rel=1e-10)


def test_that_neither_coding_nor_the_order_of_levels_matters():
    frame = lakes()
    plain = marginal_means(engine.fit("y ~ f * x + (x | lake)", frame), "f")
    turned = frame.assign(
        f=pd.Categorical(frame["f"], categories=["mid", "high", "low"])
    ).sample(frac=1, random_state=3)
    for formula in ("y ~ f * x + (x | lake)", "y ~ 0 + f + f:x + (x | lake)"):
        table = marginal_means(engine.fit(formula, turned), "f")
        assert table["f"].tolist() == ["mid", "high", "low"]
        again = table.set_index(table["f"].astype(str)).loc[plain["f"], NUMBERS]
        np.testing.assert_allclose(again, plain[NUMBERS], rtol=1e-5)


def test_that_rescaling_a_covariate_leaves_the_means():
    frame = lakes()
    plain = marginal_means(engine.fit("y ~ f * x + (x | lake)", frame), "f")
    other = frame.assign(x=lambda d: 1000 * d["x"] - 7)
    again = marginal_means(engine.fit("y ~ f * x + (x | lake)", other), "f")
    np.testing.assert_allclose(again[NUMBERS], plain[NUMBERS], rtol=1e-6)


def test_that_means_without_rows_are_not_estimated_and_said():
    frame = lakes()
    frame = frame[(frame["f"] != "low") | (frame["year"] != 2001)]
    model = engine.fit("y ~ f * C(year) + (1 | lake)", frame)
    table = marginal_means(model, "f").set_index("f")
    assert table.loc["low"].isna().all()
    assert table.drop(index="low").notna().all(axis=None)
    notes = said(marginal_means(model, "f"))
    assert "Not estimated: 'low'" in notes
    cells = marginal_means(model, "f", weights="cells").set_index("f")
    low = frame[frame["f"] == "low"]
    rows = model.predict(low)["estimate"]
    assert cells.loc["low", "estimate"] == pytest.approx(rows.mean(), rel=1e-9)


def test_that_columns_which_repeat_others_do_no_harm():
    frame = lakes().assign(twice=lambda d: 2 * d["x"] + 1)
    plain = marginal_means(engine.fit("y ~ x + f + (1 | lake)", frame), "f")
    model = engine.fit("y ~ x + twice + f + (1 | lake)", frame)
    again = marginal_means(model, "f")
    np.testing.assert_allclose(again[NUMBERS], plain[NUMBERS], rtol=1e-8)
    elsewhere = marginal_means(model, "f", at={"x": 2.0})
    assert elsewhere[NUMBERS].isna().all(axis=None)


def test_that_least_squares_has_the_residual_df():
    frame = lakes()
    table = marginal_means(engine.fit("y ~ f", frame), "f")
    expected = frame.groupby("f")["y"].mean()
    np.testing.assert_allclose(table["estimate"], expected.loc[table["f"]])
    assert (table["df"] == len(frame) - 3).all()


def test_that_a_model_without_covariates_has_one_mean():
    model = engine.fit("y ~ 1 + (x | lake) + (f | year)", lakes())
    row, expected = marginal_means(model, []).iloc[0], model.coefficients.iloc[0]
    for name in NUMBERS:
        assert row[name] == pytest.approx(expected[name], rel=1e-9)
    alone = marginal_means(engine.fit("y ~ 1 + (1 | lake)", lakes()), [])
    assert len(alone) == 1
    nothing = marginal_means(engine.fit("y ~ 0 + (1 | lake)", lakes()), [])
    assert nothing["estimate"].tolist() == [0.0]


def test_that_true_and_false_are_levels_and_a_level_can_be_held():
    """The labels of rows need not be unique."""
    frame = lakes().assign(deep=lambda d: d["z"] > 0)
    frame.index = [0] * len(frame)
    model = engine.fit("y ~ f * deep + (1 | lake)", frame)
    assert marginal_means(model, "deep")["deep"].tolist() == [False, True]
    table = marginal_means(model, "deep", at={"f": "low"})
    expected = model.predict(pd.DataFrame({"f": "low", "deep": [False, True]}))
    np.testing.assert_allclose(table["estimate"], expected["estimate"])
    assert "these results hold at 'f' = low only" in said(table)


def test_that_separate_regressions_keep_their_own_df():
    frame = lakes()
    spec = ModelSpec("y", (("x",),), grouping="lake", no_pooling=NoPooling.SEPARATE)
    model = engine.fit(spec, frame)
    table = marginal_means(model, "lake").set_index("lake")
    for lake, rows in frame.groupby("lake"):
        own = engine.fit("y ~ x", rows)
        alone = marginal_means(own, [], at={"x": frame["x"].mean()}).iloc[0]
        np.testing.assert_allclose(
            table.loc[lake, NUMBERS].to_numpy(float), alone[NUMBERS], rtol=1e-8
        )


def test_that_an_offset_stands_at_its_mean_too():
    frame = lakes()
    lifted = frame.assign(y=frame["y"] + 2 * frame["z"], known=2 * frame["z"])
    plain = marginal_means(engine.fit("y ~ f + (1 | lake)", frame), "f")
    shift = lifted["known"].mean()
    for model in (
        engine.fit("y ~ f + offset(known) + (1 | lake)", lifted),
        engine.fit("y ~ f + (1 | lake)", lifted, offset=lifted["known"]),
    ):
        table = marginal_means(model, "f")
        np.testing.assert_allclose(table["estimate"] - shift, plain["estimate"])


def test_that_means_can_be_asked_at_dates_and_numbers_as_levels():
    frame = lakes()
    frame["day"] = pd.Timestamp("2020-05-01") + pd.to_timedelta(frame["z"], unit="D")
    model = engine.fit("y ~ day + C(year) + (1 | lake)", frame)
    table = marginal_means(model, ["year", "day"], at={"day": "2020-05-02"})
    assert table["year"].tolist() == sorted(frame["year"].unique())
    assert (table["day"] == pd.Timestamp("2020-05-02")).all()
    assert table[NUMBERS].notna().all(axis=None)
    some = marginal_means(model, "year", at={"year": [2003, 2001]})
    assert some["year"].tolist() == [2003, 2001]
    assert "'day' is held at its mean, 2020-0" in said(some)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"terms": "lake"}, "not in the fixed part"),
        ({"weights": "some"}, "no way to weight"),
        ({"df": "guess"}, "'guess' are not available"),
        ({"level": 95}, "no coverage"),
        ({"at": {"net": 1}}, "no covariate or factor"),
        ({"at": {"f": "huge"}}, "'huge' is no level of 'f'"),
        ({"at": {"x": "far"}}, "no list of numbers"),
        ({"at": {"x": []}}, "no list of numbers"),
    ],
)
def test_that_a_question_without_sense_is_refused_in_words(options, words):
    model = engine.fit("y ~ f + x + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError, match=words):
        marginal_means(model, **{"terms": "f", **options})


def test_that_prior_weights_count_in_proportional_means():
    """As in emmeans, a combination counts by the weights of its rows."""
    frame = lakes()
    weights = np.where(frame["year"] == 2003, 5.0, 1.0)
    model = engine.fit("y ~ f * C(year) + (1 | lake)", frame, weights=weights)
    cells = marginal_means(model, ["f", "year"]).pivot_table(
        index="f", columns="year", values="estimate"
    )
    share = pd.Series(weights).groupby(frame["year"]).sum()
    expected = cells @ (share / share.sum())
    table = marginal_means(model, "f", weights="proportional")
    np.testing.assert_allclose(table["estimate"], expected.loc[table["f"]])
