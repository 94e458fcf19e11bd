"""Tables and words say how effects were tested, with the numbers of that method."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import engine
from engine.inference.choice import USUAL, InferenceChoice
from engine.reporting.explained_cells import topic_of_cell
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.methods_text import model_text
from engine.reporting.tables import result_tables
from tests.engine.reporting.models import EVERY_KIND, every_kind, fitted

CROSSED = "mass ~ food * length + (1 | lake) + (1 | year)"
SLOPES = "mass ~ length + (length | lake)"
ROGER = InferenceChoice(df="kenward-roger")
RATIO = InferenceChoice(terms_by="likelihood-ratio")
CHOICES = [
    USUAL,
    ROGER,
    RATIO,
    InferenceChoice(kind=1),
    InferenceChoice(df="kenward-roger", kind=2, level=0.9),
    InferenceChoice(terms_by="likelihood-ratio", kind=1, level=0.99),
]


def tables(model, choice=USUAL):
    return {own.name: own for own in result_tables(model.with_inference(choice))}


def foot(table):
    return " ".join(table.foot)


@pytest.mark.parametrize("choice", CHOICES, ids=str)
@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_terms_have_the_numbers_of_the_engine_by_the_method_chosen(
    choice, estimation
):
    model = fitted(CROSSED, estimation)
    own = tables(model, choice)["tests_of_terms"].frame
    method = choice.df if choice.terms_by == "F" else "likelihood-ratio"
    wanted = engine.anova(model, type=choice.kind, df=method)
    assert own["Term"].tolist() == ["food", "length", "food × length"]
    np.testing.assert_array_equal(own["df"], wanted["df"])
    np.testing.assert_allclose(own["p"], wanted["p_value"])
    symbol = "F" if choice.terms_by == "F" else "χ²"
    np.testing.assert_allclose(own[symbol], wanted["statistic"])
    if symbol == "F":
        np.testing.assert_allclose(own["Denominator df"], wanted["df2"])
    else:
        assert "Denominator df" not in own


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger"])
def test_that_fixed_effects_have_the_df_and_the_level_chosen(df, level):
    model = fitted(SLOPES)
    choice = InferenceChoice(df=df, level=level)
    own = tables(model, choice)["fixed_effects"]
    wanted = model.coefficient_table(df, level)
    name = f"{round(100 * level)} %"
    for column, of in {
        "SE": "std_error",
        "df": "df",
        "t": "statistic",
        "p": "p_value",
        f"{name} lower": "lower",
        f"{name} upper": "upper",
    }.items():
        np.testing.assert_array_equal(own.frame[column], wanted[of])
    assert f"{name} confidence intervals" in foot(own)
    assert ("Kenward and Roger" in foot(own)) == (df == "kenward-roger")
    text = model_text(model.with_inference(choice)).text.replace("\u00a0", " ")
    assert f"({name} CI" in text
    assert f"{name} confidence intervals" in text


def test_that_kenward_and_roger_of_penicillin_are_the_published_ones(reference):
    frame = pd.read_csv(reference / "data" / "penicillin.csv")
    model = engine.fit("diameter ~ 1 + (1 | plate) + (1 | sample)", frame)
    row = tables(model, ROGER)["fixed_effects"].frame.iloc[0]
    assert row["SE"] == pytest.approx(0.8085734, abs=2e-6)
    assert row["df"] == pytest.approx(5.4870923, abs=2e-5)


def test_that_tests_of_terms_of_oats_are_those_of_other_programs(reference):
    results = json.loads((reference / "lme4_inference.json").read_text("utf-8"))
    frame = pd.read_csv(reference / "data" / "oats.csv")
    for name, choice in {
        "anova_oats_type1": InferenceChoice(kind=1),
        "anova_oats_type2": InferenceChoice(kind=2),
        "anova_oats_type3": USUAL,
        "anova_oats_kr": ROGER,
    }.items():
        case = results[name]
        model = engine.fit(case["formula"], frame)
        own = tables(model, choice)["tests_of_terms"].frame
        wanted = pd.DataFrame(case["table"])
        # as near as that fit is to its optimum: see test_anova
        np.testing.assert_allclose(own["F"], wanted["F value"], rtol=1e-5)
        np.testing.assert_allclose(own["Denominator df"], wanted["DenDF"], rtol=1e-5)
        np.testing.assert_allclose(own["p"], wanted["Pr(>F)"], rtol=1e-4)


def test_that_a_refit_by_reml_is_told_and_its_estimates_are_shown():
    model = fitted(SLOPES, "ML")
    own = tables(model, ROGER)["fixed_effects"]
    refit = fitted(SLOPES, "REML").coefficient_table("kenward-roger")
    np.testing.assert_allclose(own.frame["Estimate"], refit["estimate"], rtol=1e-6)
    np.testing.assert_allclose(own.frame["SE"], refit["std_error"], rtol=1e-5)
    assert "The model is fitted by maximum likelihood (ML)." in foot(own)
    assert "refitted by REML" in foot(own)
    assert "refitted by REML" in " ".join(
        model_text(model.with_inference(ROGER)).methods
    )
    assert "refitted" not in foot(tables(model)["fixed_effects"])


def test_that_the_fit_itself_stays_as_it_was_and_the_work_is_done_once():
    model = fitted(SLOPES)
    before = model.coefficients
    told = model.with_inference(ROGER)
    assert told.estimates is model.estimates
    assert not told.coefficients.equals(before)
    assert model.coefficients is before
    assert model.inference == USUAL
    first = told.term_tests()
    assert model.with_inference(ROGER).term_tests() is first


def test_that_each_type_is_told_in_a_sentence_of_its_own():
    model = fitted(CROSSED)
    said = {}
    for kind in (1, 2, 3):
        own = tables(model, InferenceChoice(kind=kind))["tests_of_terms"]
        said[kind] = own.foot[0]
        assert own.foot[0].startswith(f"Type {'I' * kind}:")
        text = " ".join(
            model_text(model.with_inference(InferenceChoice(kind=kind))).methods
        )
        assert f"F tests of type {'I' * kind}," in text


def test_that_a_factor_tested_at_zero_of_a_number_is_told_where_it_is_so():
    at_zero = "where that number is 0"
    model = fitted(CROSSED)
    told = {
        kind: tables(model, InferenceChoice(kind=kind))["tests_of_terms"]
        for kind in (1, 2, 3)
    }
    p_values = {kind: own.frame["p"].iloc[0] for kind, own in told.items()}
    assert p_values[2] == pytest.approx(p_values[3])  # lmerTest's type II, too
    assert [at_zero in foot(told[kind]) for kind in (1, 2, 3)] == [False, True, True]
    plain = tables(fitted("mass ~ food + (1 | lake)"))["tests_of_terms"]
    assert at_zero not in foot(plain)


def test_that_likelihood_ratios_do_not_claim_to_be_of_type_three():
    own = tables(fitted(CROSSED), RATIO)["tests_of_terms"]
    assert "Type III" not in foot(own)
    assert "That is type II" in foot(own)
    assert "refitted by ML" in foot(own)


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("choice", [ROGER, RATIO], ids=["Kenward-Roger", "ratio"])
def test_that_every_kind_of_model_has_tables_by_every_method(kind, choice):
    model = every_kind()[kind].with_inference(choice)
    for own in result_tables(model):
        for column in map(str, own.frame.columns):
            for row in range(min(len(own.frame), 4)):
                topic, key = topic_of_cell(own, row, column)
                explained_numbers(model, topic, key)
    names = {own.name for own in result_tables(model)}
    has_terms = bool(model.spec.fixed) and kind != "not pooled: separate"
    assert ("tests_of_terms" in names) == has_terms


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_that_an_explanation_has_the_numbers_of_the_cell_it_explains(choice):
    model = fitted(CROSSED)
    for name in ("fixed_effects", "tests_of_terms"):
        own = tables(model, choice)[name]
        for row, texts in enumerate(own.texts()):
            for column, text in list(zip(own.frame, texts, strict=True))[1:]:
                topic, key = topic_of_cell(own, row, column)
                values = explained_numbers(model, topic, key)
                said = " ".join(values.values())
                assert text in said, (topic, column)


def test_that_nothing_slow_is_computed_for_an_explanation():
    model = engine.fit(SLOPES, fitted(SLOPES).design.source)
    key = {"term": "length", "df": "kenward-roger"}
    assert "df" not in explained_numbers(model, "kenward_roger", key)
    model.with_inference(ROGER).coefficients  # noqa: B018 - what the page has made
    assert "df" in explained_numbers(model, "kenward_roger", key)
    asked = {"tested": "length", "kind": "3", "by": "likelihood-ratio"}
    assert "chi_square" not in explained_numbers(model, "likelihood_ratio", asked)
