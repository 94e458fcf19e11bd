from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.inference.contrasts import contrasts
from engine.inference.marginal_means import marginal_means
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.inference.emmeans_facts import (
    CONSECUTIVE_P,
    CONTROL_INTERVALS,
    CONTROL_P,
    HOLM_BY_VARIETY,
    PAIRS,
    PAIRS_INTERVALS,
    PAIRS_P,
    POLYNOMIALS,
    assert_means,
    oats_with_gaps,
)
from tests.engine.simulated import lakes

COLUMNS = ["estimate", "std_error", "df", "lower", "upper", "statistic", "p_value"]


@pytest.fixture(scope="module")
def doses():
    return {}


@pytest.fixture
def model(reference, doses):
    """The facts' model m."""
    if not doses:
        formula = "yield ~ dose * Variety + (1 | Block / Variety)"
        doses["m"] = engine.fit(formula, oats_with_gaps(reference))
    return doses["m"]


def said(table) -> str:
    return " ".join(map(str, table.attrs["notes"]))


def test_that_the_references_pairs_are_met(reference):
    results = json.loads((reference / "lme4_inference.json").read_text("utf-8"))
    expected = pd.DataFrame(results["emmeans_oats"]["pairs"])
    oats = pd.read_csv(reference / "data" / "oats.csv")
    model = engine.fit(results["emmeans_oats"]["formula"], oats)
    table = contrasts(model, "Variety")
    assert table.columns.tolist() == ["contrast", *COLUMNS]
    assert table["contrast"].tolist() == expected["contrast"].tolist()
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-8)
    np.testing.assert_allclose(table["std_error"], expected["SE"], rtol=1e-5)
    np.testing.assert_allclose(table["df"], 10.0, atol=1e-4)
    np.testing.assert_allclose(table["statistic"], expected["t.ratio"], rtol=1e-5)
    np.testing.assert_allclose(table["p_value"], expected["p.value"], rtol=1e-5)


@pytest.mark.parametrize("adjust", PAIRS_P)
def test_that_pairs_are_adjusted_as_asked(model, adjust):
    table = contrasts(model, "dose", adjust=adjust)
    assert table["contrast"].iloc[0] == "dose 0.0 - dose 0.2"
    assert_means(table, PAIRS)
    np.testing.assert_allclose(table["p_value"], PAIRS_P[adjust], rtol=2e-3, atol=1e-12)
    if adjust in PAIRS_INTERVALS:
        expected = PAIRS_INTERVALS[adjust]
        gaps = np.abs(table[["lower", "upper"]].to_numpy() - expected)
        assert (gaps <= 2e-4 * table[["std_error"]].to_numpy()).all()


def test_that_a_control_takes_dunnetts_distribution(model):
    table = contrasts(model, "dose", "control")
    assert table["contrast"].tolist()[0] == "dose 0.2 - dose 0.0"
    assert table["p_value"].iloc[0] == pytest.approx(CONTROL_P, rel=2e-3)
    gaps = np.abs(table[["lower", "upper"]].to_numpy() - CONTROL_INTERVALS)
    assert (gaps <= 4e-3 * table[["std_error"]].to_numpy()).all()
    other = contrasts(model, "dose", "control", control=0.4)
    assert other["contrast"].tolist()[-1] == "dose 0.6 - dose 0.4"


def test_that_neighbours_take_the_multivariate_t(model):
    table = contrasts(model, "dose", "consecutive")
    np.testing.assert_allclose(table["p_value"], CONSECUTIVE_P, atol=5e-5)
    assert table["contrast"].tolist() == [
        "dose 0.2 - dose 0.0",
        "dose 0.4 - dose 0.2",
        "dose 0.6 - dose 0.4",
    ]


def test_that_polynomials_have_the_textbooks_weights(model):
    table = contrasts(model, "dose", "polynomial")
    assert table["contrast"].tolist() == list(POLYNOMIALS)
    expected = np.array(list(POLYNOMIALS.values()))
    assert_means(table, expected[:, :3])
    np.testing.assert_allclose(table["statistic"], expected[:, 3], rtol=5e-5)
    np.testing.assert_allclose(table["p_value"], expected[:, 4], rtol=5e-3)
    means = marginal_means(model, "dose")["estimate"]
    linear, quadratic, cubic = table["estimate"]
    assert linear == pytest.approx(means @ [-3, -1, 1, 3])
    assert quadratic == pytest.approx(means @ [1, -1, -1, 1])
    assert cubic == pytest.approx(means @ [-1, 3, -3, 1])


def test_that_polynomials_go_along_values_that_are_not_even():
    frame = lakes()
    model = engine.fit("y ~ x + I(x**2) + (1 | lake)", frame)
    table = contrasts(model, "x", "polynomial", at={"x": [1.0, 2.0, 4.0, 8.0]})
    assert "not evenly spaced" in said(table)
    # a parabola has no cubic part, wherever it is looked at
    assert table["estimate"].iloc[2] == pytest.approx(0.0, abs=1e-9)
    straight = engine.fit("y ~ x + (1 | lake)", frame)
    table = contrasts(straight, "x", "polynomial", at={"x": [1.0, 2.0, 4.0, 8.0]})
    np.testing.assert_allclose(table["estimate"].iloc[1:], 0.0, atol=1e-9)


def test_that_families_are_held_apart(model):
    table = contrasts(model, "dose", adjust="holm", by="Variety")
    assert table.columns.tolist() == ["Variety", "contrast", *COLUMNS]
    for variety, own in table.groupby("Variety"):
        expected = HOLM_BY_VARIETY[variety]
        np.testing.assert_allclose(own["p_value"], expected, rtol=2e-3)
    assert "each level of 'Variety'" in said(table)
    assert table.attrs["intervals"] == "simultaneous (Bonferroni)"
    half = stats.t.ppf(1 - 0.025 / 6, table["df"]) * table["std_error"]
    np.testing.assert_allclose(table["upper"] - table["estimate"], half, rtol=1e-9)


def test_that_weights_can_be_given_by_hand(model):
    means = marginal_means(model, "dose")["estimate"].to_numpy()
    asked = {"some or none": [-1, 1 / 3, 1 / 3, 1 / 3], "level": [0.25] * 4}
    table = contrasts(model, "dose", asked)
    assert table["contrast"].tolist() == list(asked)
    expected = np.array(list(asked.values())) @ means
    np.testing.assert_allclose(table["estimate"], expected)
    assert "'level' do not sum to zero" in said(table)
    assert "not adjusted" in said(table)
    again = contrasts(model, "dose", np.array([1, 0, -0.5, -0.5]))
    assert again["contrast"].tolist() == ["dose 0.0 - 0.5 dose 0.4 - 0.5 dose 0.6"]


def test_that_the_covariance_of_means_is_used():
    frame = lakes()
    model = engine.fit("y ~ f * x + (x | lake)", frame)
    table = contrasts(model, "f", at={"x": 4.0}).set_index("contrast")
    grid = pd.DataFrame({"f": ["high", "low", "mid"], "x": 4.0})
    X = model.design.encoder.encode(grid)
    for name, L in {"high - low": X[0] - X[1], "low - mid": X[1] - X[2]}.items():
        variance = L @ model.covariance.to_numpy() @ L
        row = table.loc[name]
        assert row["std_error"] == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_that_neither_coding_nor_the_order_of_levels_matters():
    frame = lakes()
    plain = contrasts(engine.fit("y ~ f * x + (x | lake)", frame), "f")
    turned = frame.assign(f=pd.Categorical(frame["f"], ["mid", "low", "high"]))
    table = contrasts(engine.fit("y ~ 0 + f + f:x + (x | lake)", turned), "f")
    first = plain.set_index("contrast").loc["high - low"]
    second = table.set_index("contrast").loc["low - high"]
    assert first["estimate"] == pytest.approx(-second["estimate"], rel=1e-6)
    for name in ("std_error", "df", "p_value"):
        assert first[name] == pytest.approx(second[name], rel=1e-5)


def test_that_two_levels_are_a_t_test():
    frame = lakes()
    frame = frame[frame["f"] != "mid"]
    model = engine.fit("y ~ f", frame)
    for kind in ("pairwise", "control", "consecutive"):
        row = contrasts(model, "f", kind).iloc[0]
        parts = [own["y"] for _, own in frame.groupby("f")]
        expected = stats.ttest_ind(*parts)
        assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)
        assert row["df"] == len(frame) - 2


def test_that_separate_regressions_are_compared_by_welch():
    frame = lakes()
    frame = frame[frame["lake"].isin(["L1", "L2"])]
    spec = ModelSpec("y", (), grouping="lake", no_pooling=NoPooling.SEPARATE)
    row = contrasts(engine.fit(spec, frame), "lake").iloc[0]
    parts = [own["y"] for _, own in frame.groupby("lake")]
    expected = stats.ttest_ind(*parts, equal_var=False)
    assert row["df"] == pytest.approx(expected.df, rel=1e-9)
    assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)
    ends = expected.confidence_interval()
    np.testing.assert_allclose([row["lower"], row["upper"]], [*ends], rtol=1e-9)


def test_that_a_comparison_without_rows_is_left_out_of_the_family():
    frame = lakes()
    frame = frame[(frame["f"] != "low") | (frame["year"] != 2001)]
    model = engine.fit("y ~ f * C(year) + (1 | lake)", frame)
    table = contrasts(model, "f", adjust="holm").set_index("contrast")
    assert table.loc["high - low"].isna().all()
    known = table.loc["high - mid"]
    alone = contrasts(model, "f", adjust="none").set_index("contrast")
    assert known["p_value"] == pytest.approx(alone.loc["high - mid", "p_value"])
    assert "Not estimated: 'high - low'" in said(contrasts(model, "f"))


def test_that_a_difference_may_be_known_where_means_are_not():
    """With lakes as fixed terms and regions beside them, regions have no mean."""
    frame = lakes().assign(twice=lambda d: 2 * d["x"])
    model = engine.fit("y ~ x + twice + f", frame)
    at = {"x": [2.0, 3.0], "twice": 9.0}
    assert marginal_means(model, "f", at=at)["estimate"].isna().all()
    table = contrasts(model, "f", at=at)
    assert table["estimate"].notna().all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "all"}, "no kind of contrast"),
        ({"kind": [1, -1]}, "there are 3 means"),
        ({"kind": {"a": [0, 0, 0]}}, "only zeros"),
        ({"kind": "control", "adjust": "tukey"}, "made for all pairs"),
        ({"adjust": "scheffe"}, "no adjustment"),
        ({"kind": "control", "control": "huge"}, "no mean of 'huge'"),
        ({"by": "f"}, "both compared and held"),
        ({"terms": []}, "No term is named"),
        ({"terms": "x"}, "only one mean"),
        ({"df": "guess"}, "not available"),
    ],
)
def test_that_a_question_without_sense_is_refused_in_words(options, words):
    model = engine.fit("y ~ f + x + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError, match=words):
        contrasts(model, **{"terms": "f", **options})


def test_that_tukeys_intervals_all_cover_as_often_as_they_say():
    """Four equal means of 6 rows each: 2000 families, 95 % within 3 errors."""
    rng = np.random.default_rng(271828)
    y = rng.normal(size=(2000, 4, 6))
    means, s2 = y.mean(axis=2), y.var(axis=2, ddof=1).mean(axis=1)
    frame = pd.DataFrame({"y": y[0].ravel(), "f": np.repeat(list("abcd"), 6)})
    table = contrasts(engine.fit("y ~ f", frame), "f")
    factor = (table["upper"] - table["estimate"]) / table["std_error"]
    largest = np.ptp(means, axis=1) / np.sqrt(s2 / 3)
    assert abs((largest <= factor.iloc[0]).mean() - 0.95) < 0.015
