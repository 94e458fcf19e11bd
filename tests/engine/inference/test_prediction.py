from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.inference import prediction
from engine.inference.prediction import KINDS
from engine.model.spec import ModelSpec, NoPooling
from tests.engine.simulated import dense_Z, lakes

FORMULAS = [
    "y ~ x + (1 | lake)",
    "y ~ x + z + (x | lake)",
    "y ~ x + (x || lake) + (1 | year)",
    "y ~ f * x + (x | lake) + (z | year)",
    "y ~ x + (1 | lake / net)",
]


def joint_variance(model: engine.FittedModel) -> np.ndarray:
    """Var(x beta_hat + z b_hat - z b) of each row from n x n matrices.

    Also defined where Henderson's equations are not, at variances of zero.
    """
    design = model.design
    X, G_Zt = design.X, np.zeros((0, len(design.y)))
    for Z, own in zip(dense_Z(design), model.estimates.blocks, strict=True):
        J = Z.shape[1] // len(own.covariance)
        G_Zt = np.vstack([G_Zt, np.kron(np.eye(J), own.covariance) @ Z.T])
    Z = np.column_stack([np.zeros((len(X), 0)), *dense_Z(design)])
    V_inverse = np.linalg.inv(Z @ G_Zt + model.sigma**2 * np.eye(len(X)))
    a = X - Z @ G_Zt @ V_inverse @ X
    effects = Z @ (G_Zt - G_Zt @ V_inverse @ Z @ G_Zt)
    return np.einsum("ia,ab,ib->i", a, model.covariance, a) + np.diag(effects)


@pytest.mark.parametrize("formula", FORMULAS)
def test_that_known_groups_have_the_joint_uncertainty_of_both_parts(formula):
    frame = lakes()
    model = engine.fit(formula, frame)
    expected = np.sqrt(joint_variance(model))
    table = model.predict(frame, kind="group")
    np.testing.assert_allclose(table["estimate"], model.fitted, rtol=1e-9)
    np.testing.assert_allclose(table["std_error"], expected, rtol=1e-7)
    rows = model.predict(frame, kind="observation")
    np.testing.assert_allclose(
        rows["std_error"], np.hypot(expected, model.sigma), rtol=1e-7
    )


@pytest.mark.parametrize("formula", FORMULAS)
def test_that_new_groups_add_the_variance_of_their_effects(formula):
    frame = lakes()
    model = engine.fit(formula, frame)
    X = model.design.X
    fixed = np.einsum("ia,ab,ib->i", X, model.covariance.to_numpy(), X)
    random = sum(
        np.einsum("ia,ab,ib->i", block.Z, own.covariance, block.Z)
        for block, own in zip(model.design.blocks, model.estimates.blocks, strict=True)
    )
    expected = {
        "population": fixed,
        "new_group": fixed + random,
        "new_observation": fixed + random + model.sigma**2,
    }
    for kind, variance in expected.items():
        table = model.predict(frame, kind=kind)
        np.testing.assert_allclose(
            table["estimate"], X @ model.coefficients["estimate"], rtol=1e-9
        )
        np.testing.assert_allclose(table["std_error"], np.sqrt(variance), rtol=1e-7)
        assert (table["lower"] < table["estimate"]).all()
        assert (table["upper"] > table["estimate"]).all()


def test_that_the_population_interval_has_the_coefficients_degrees_of_freedom():
    model = engine.fit("y ~ x + (x | lake)", lakes())
    at_zero = model.predict(pd.DataFrame({"x": [0.0]}))
    intercept = model.coefficients.loc["Intercept"]
    assert at_zero["lower"].iloc[0] == pytest.approx(intercept["lower"], rel=1e-9)
    assert at_zero["upper"].iloc[0] == pytest.approx(intercept["upper"], rel=1e-9)


def test_that_a_level_not_seen_is_predicted_as_a_new_group():
    model = engine.fit("y ~ x + (x | lake)", lakes())
    rows = pd.DataFrame({"x": [4.0, 6.0], "lake": ["L1", "a new lake"]})
    known, new = model.predict(rows, "group"), model.predict(rows, "new_group")
    pd.testing.assert_series_equal(known.loc[1], new.loc[1])
    assert known.loc[0, "std_error"] < new.loc[0, "std_error"]


def test_that_rows_with_missing_cells_get_no_prediction():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    rows = pd.DataFrame(
        {"x": [4.0, np.nan, 5.0], "lake": ["L1", "L1", None]}, index=[7, 7, 9]
    )
    table = model.predict(rows, "group")
    assert table["estimate"].notna().tolist() == [True, False, False]
    assert table.index.tolist() == [7, 7, 9]
    assert model.predict(rows)["estimate"].notna().tolist() == [True, False, True]


def test_that_transformed_terms_are_computed_as_in_the_fit():
    frame = lakes()
    model = engine.fit("y ~ poly(x, 2) + np.log(x) + C(year) + (1 | lake)", frame)
    part = frame.iloc[[5, 80, 11]]
    np.testing.assert_allclose(
        model.predict(part, "group")["estimate"], model.fitted.loc[part.index]
    )


def test_that_a_model_without_fixed_part_predicts_its_groups():
    frame = lakes()
    model = engine.fit("y ~ 0 + (1 | lake)", frame)
    assert model.coefficients.empty
    np.testing.assert_allclose(model.predict(frame, "group")["estimate"], model.fitted)
    assert (model.predict(frame)[["estimate", "std_error"]] == 0).all(axis=None)


@pytest.mark.parametrize("kind", NoPooling)
def test_that_models_without_pooling_predict_their_own_rows(kind):
    frame = lakes()
    fixed = () if kind is NoPooling.MEANS else (("x",),)
    model = engine.fit(ModelSpec("y", fixed, grouping="lake", no_pooling=kind), frame)
    for question in KINDS:
        table = model.predict(frame, question)
        np.testing.assert_allclose(table["estimate"], model.fitted, rtol=1e-9)
        assert (table["std_error"] > 0).all()


def test_that_least_squares_intervals_are_the_textbooks():
    frame = lakes()
    model = engine.fit("y ~ x", frame)
    x = frame["x"] - frame["x"].mean()
    expected = model.sigma * np.sqrt(1 / len(x) + x**2 / (x**2).sum())
    table = model.predict(frame)
    np.testing.assert_allclose(table["std_error"], expected, rtol=1e-9)
    half = 1.980272 * expected  # t with 118 df
    np.testing.assert_allclose(table["upper"] - table["estimate"], half, rtol=1e-6)


def test_that_offsets_are_part_of_predictions_where_they_are_columns():
    frame = lakes()
    plain = engine.fit("y ~ x + (1 | lake)", frame.assign(y=lambda d: d["y"] - d["z"]))
    by_formula = engine.fit("y ~ x + offset(z) + (1 | lake)", frame)
    by_column = engine.fit("y ~ x + (1 | lake)", frame, offset="z")
    for model in (by_formula, by_column):
        np.testing.assert_allclose(
            model.coefficients["estimate"], plain.coefficients["estimate"], rtol=1e-8
        )
        np.testing.assert_allclose(
            model.predict(frame, "group")["estimate"], model.fitted, rtol=1e-8
        )


def test_that_intervals_cover_what_they_promise():
    """200 simulated data sets; each question asked once of each."""
    rng = np.random.default_rng(31)
    hits = dict.fromkeys(KINDS, 0)
    n_sets, J, per = 200, 15, 6
    group = np.repeat(np.arange(J), per)
    for _ in range(n_sets):
        x = rng.normal(0, 1, J * per)
        effects = rng.multivariate_normal([0, 0], [[1, 0.2], [0.2, 0.25]], J)
        mean = 1 + effects[group, 0] + (2 + effects[group, 1]) * x
        frame = pd.DataFrame({"y": mean + rng.normal(0, 0.7, J * per), "x": x})
        model = engine.fit("y ~ x + (x | g)", frame.assign(g=group))
        new = rng.multivariate_normal([0, 0], [[1, 0.2], [0.2, 0.25]])
        at = pd.DataFrame({"x": [0.5], "g": [3]})
        known = 1 + effects[3, 0] + (2 + effects[3, 1]) * 0.5
        unseen = 1 + new[0] + (2 + new[1]) * 0.5
        truths = {
            "population": 2.0,
            "group": known,
            "observation": known + rng.normal(0, 0.7),
            "new_group": unseen,
            "new_observation": unseen + rng.normal(0, 0.7),
        }
        for kind, truth in truths.items():
            row = model.predict(at, kind).iloc[0]
            hits[kind] += row["lower"] <= truth <= row["upper"]
    for kind, count in hits.items():
        assert 0.90 <= count / n_sets <= 0.99, (kind, count / n_sets)


def test_that_the_references_predictions_are_met(reference):
    results = json.loads((reference / "lme4_inference.json").read_text("utf-8"))
    expected = results["predict_fish"]
    fish = pd.read_csv(reference / "data" / "fish.csv")
    model = engine.fit(expected["formula"], fish)
    rows = pd.DataFrame(expected["newdata"])
    for kind, name in (("group", "conditional"), ("population", "population")):
        ours = model.predict(rows, kind)["estimate"]
        np.testing.assert_allclose(ours, expected[name], rtol=1e-7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "mean"}, "no kind of prediction"),
        ({"level": 95}, "no coverage"),
        ({"frame": pd.DataFrame({"z": [1.0]})}, "no column 'x'"),
        ({"frame": pd.DataFrame({"x": ["a"]})}, "holds text"),
    ],
)
def test_that_a_question_without_sense_is_refused_in_words(options, words):
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError, match=words):
        model.predict(**{"frame": lakes(), **options})


def test_that_an_unknown_level_of_a_fixed_term_is_named():
    model = engine.fit("y ~ f + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError, match="'huge' is no level of 'f'"):
        model.predict(pd.DataFrame({"f": ["huge"]}))


def test_that_a_new_row_in_an_unseen_group_is_the_same_by_either_name():
    model = engine.fit("y ~ x + (x | lake)", lakes())
    rows = pd.DataFrame({"x": [4.0], "lake": ["unseen"]})
    pd.testing.assert_frame_equal(
        model.predict(rows, "observation"), model.predict(rows, "new_observation")
    )


def test_that_combinations_which_cannot_be_estimated_get_no_number():
    frame = lakes().assign(twice=lambda d: 2 * d["x"] + 1)
    for formula in ("y ~ x + twice", "y ~ x + twice + (1 | lake)"):
        model = engine.fit(formula, frame)
        rows = pd.DataFrame({"x": [4.0, 4.0], "twice": [9.0, 50.0], "lake": "L1"})
        table = model.predict(rows)
        assert table.iloc[0].notna().all()
        assert table.iloc[1].isna().all()


@pytest.mark.parametrize("bars", ["", " + (1 | year)"])
def test_that_sites_within_regions_are_predicted_where_both_are_fixed(bars):
    """What gives way has weights of zero up to rounding, alone in reference rows."""
    frame = lakes().assign(
        region=lambda d: d["lake"].map(lambda lake: f"R{int(lake[1:]) % 3}")
    )
    both = engine.fit(f"y ~ x + region + lake{bars}", frame).predict(frame)
    alone = engine.fit(f"y ~ x + lake{bars}", frame).predict(frame)
    pd.testing.assert_frame_equal(both, alone, rtol=1e-8)


def test_that_no_rows_have_no_predictions():
    model = engine.fit("y ~ x + f + (x | lake) + (1 | year)", lakes())
    for kind in KINDS:
        assert model.predict(lakes().iloc[:0], kind).empty


def test_that_colons_in_level_names_do_not_confuse_nested_groups():
    frame = lakes()
    frame["lake"] = np.where(frame["lake"] < "L5", "p", "p:q")
    frame["net"] = np.where(frame["lake"] == "p", "q:r", "r")
    frame["net"] = frame["net"].where(frame["z"] > 0, "s")
    model = engine.fit("y ~ x + (1 | lake:net)", frame)
    assert model.n_levels == {"lake:net": 4}
    np.testing.assert_allclose(model.predict(frame, "group")["estimate"], model.fitted)


@pytest.mark.parametrize("formula", [*FORMULAS, "y ~ f * x"])
def test_that_kinds_asked_together_are_those_asked_alone(formula):
    frame = lakes()
    model = engine.fit(formula, frame)
    kinds = KINDS if model.is_mixed else ("population", "observation")
    rows = frame.head(12).copy()
    rows.loc[rows.index[3:6], "lake"] = "a lake without rows"
    together = model.predictor.predict_kinds(rows, kinds, 0.9)
    for kind in kinds:
        alone = engine.fit(formula, frame).predict(rows, kind, 0.9)
        pd.testing.assert_frame_equal(together[kind], alone, rtol=1e-12)


def test_that_later_predictions_do_not_work_out_the_model_again(monkeypatch):
    made = []
    own = prediction.Satterthwaite

    def counted(evaluation):
        made.append(evaluation)
        return own(evaluation)

    monkeypatch.setattr(prediction, "Satterthwaite", counted)
    model = engine.fit("y ~ x + (x | lake)", lakes())
    for kind in KINDS:
        model.predict(lakes().head(3), kind)
    assert len(made) == 1


def test_that_a_nearly_zero_variance_does_not_make_intervals_endless():
    rng = np.random.default_rng(149)
    scatter = rng.normal(size=30)
    effects = 0.3 * rng.normal(size=6)
    frame = pd.DataFrame(
        {"g": np.repeat(list("abcdef"), 5), "y": scatter + effects.repeat(5)}
    )
    model = engine.fit("y ~ 1 + (1 | g)", frame)
    assert 0 < model.theta[0] < 0.05
    for kind in ("new_group", "group"):
        found = model.predict(pd.DataFrame({"g": ["unseen"]}), kind).iloc[0]
        half = (found["upper"] - found["lower"]) / 2
        assert half == pytest.approx(stats.t.ppf(0.975, 1) * found["std_error"])
