"""Means and comparisons as tables, in words and explained."""

from __future__ import annotations

import numpy as np
import pytest

from engine.diagnostics.compared import compared
from engine.diagnostics.compared_inputs import Quantity, compared_inputs
from engine.diagnostics.compared_settings import ComparedSettings, comparison
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.diagnostics.prediction_scale import MEASURED
from engine.inference.back_transformation import back_transformed
from engine.inference.choice import InferenceChoice
from engine.inference.contrasts import contrasts
from engine.inference.marginal_means import marginal_means
from engine.reporting.compared_tables import differences_table, means_table
from engine.reporting.compared_words import ComparedWords
from engine.reporting.explained_cells import topic_of_cell
from engine.reporting.explained_numbers import explained_numbers
from engine.workflow import fit
from tests.engine.reporting.models import fish, fitted

MODEL = "mass ~ food + length + (1 | lake)"
CROSSED = "mass ~ food * length + (1 | lake) + (1 | year)"


def tables(model, **settings):
    inputs = compared_inputs(model, prediction_inputs(model))
    found = compared(model, inputs, comparison(inputs, ComparedSettings(**settings)))
    words = ComparedWords(model, found)
    means, differences = (
        make(model, inputs, found) for make in (means_table, differences_table)
    )
    return means, differences, words


def test_that_the_tables_hold_the_engines_numbers():
    means, differences, _ = tables(fitted(MODEL))
    assert list(means.frame.columns)[:4] == ["food", "Mean", "SE", "df"]
    assert means.frame["food"].tolist() == ["algae", "insects", "snails"]
    assert differences.frame["Comparison"].tolist() == [
        "algae − insects",
        "algae − snails",
        "insects − snails",
    ]
    gap = means.frame["Mean"].iloc[0] - means.frame["Mean"].iloc[1]
    assert differences.frame["Difference"].iloc[0] == pytest.approx(gap)


def test_that_the_clearest_comparison_is_the_answer():
    _, differences, words = tables(fitted(MODEL))
    clearest = differences.frame.loc[differences.frame["t"].abs().idxmax()]
    assert str(clearest["Comparison"]) in words.answer
    assert words.answer.startswith("The clearest of 3 comparisons")


def test_that_a_family_says_where_it_was_compared():
    means, differences, words = tables(
        fitted(CROSSED), quantity=Quantity(("food",)), by="length"
    )
    assert list(differences.frame.columns)[:2] == ["length", "Comparison"]
    stands = differences.frame["length"].tolist()
    assert stands == sorted(stands, key=float)
    assert len(means.frame) == len(differences.frame) == 9
    row = differences.frame.loc[differences.frame["t"].abs().idxmax()]
    assert f"at length {row['length']} =" in words.answer


def test_that_the_foot_says_what_was_held_adjusted_and_how():
    means, differences, _ = tables(fitted(CROSSED))
    foot = " ".join(means.foot)
    assert "'length' is held at its mean" in foot
    assert "depends on 'length'" in foot
    assert "Satterthwaite" in foot
    assert "Tukey" in " ".join(differences.foot)
    plain = tables(fitted("mass ~ food + length"))[0]
    assert "exact degrees of freedom of least squares" in " ".join(plain.foot)


def test_that_kenward_roger_is_named_where_it_is_used():
    choice = InferenceChoice(df="kenward-roger")
    means, _, _ = tables(fitted(MODEL).with_inference(choice))
    expected = marginal_means(fitted(MODEL), "food", df="kenward-roger")
    np.testing.assert_array_equal(means.frame["SE"], expected["std_error"])
    assert "Kenward–Roger" in " ".join(means.foot)


def test_that_a_single_slope_is_a_sentence():
    means, differences, words = tables(fitted(MODEL), quantity=Quantity((), "length"))
    assert differences is None
    assert words.answer.startswith("Change of mass per unit of length is ")
    assert len(means.frame) == 1


def test_that_a_column_named_like_a_number_keeps_its_own_name():
    frame = fish().rename(columns={"food": "SE", "length": "Comparison"})
    model = fit("mass ~ SE * Comparison + (1 | lake)", frame)
    means, differences, _ = tables(model, quantity=Quantity(("SE",)), by="Comparison")
    assert list(means.frame.columns)[:2] == ["SE (column)", "Comparison"]
    assert list(differences.frame.columns)[:2] == ["Comparison (column)", "Comparison"]
    assert means.frame["SE (column)"].iloc[0] == "algae"


@pytest.mark.parametrize("which", [0, 1])
def test_that_every_number_is_explained_with_its_own_row(which):
    model = fitted(MODEL)
    own = tables(model)[which]
    for column in own.frame.columns:
        topic, key = topic_of_cell(own, 1, str(column))
        values = explained_numbers(model, topic, key)
        row = own.texts()[1]
        names = list(map(str, own.frame.columns))
        assert values["lower"] == row[names.index("95 % lower")]
        assert values["df"] == row[names.index("df")]
        product = float(values["critical"]) * float(values["fine_se"])
        low = float(values["fine_estimate"].replace("−", "-")) - product
        shown = float(values["lower"].replace("−", "-"))
        assert low == pytest.approx(shown, abs=0.005)


def test_that_what_cannot_be_estimated_is_a_dash_and_named():
    frame = fish()
    frame = frame[~((frame["food"] == "algae") & (frame["net"] == "N0"))]
    model = fit("mass ~ food * net + (1 | lake)", frame)
    means, differences, words = tables(model, quantity=Quantity(("food",)))
    assert means.texts()[0][1] == "–"
    assert any("Not estimated: 'algae'" in line for line in means.foot)
    assert np.isnan(differences.frame["p"].iloc[0])
    assert "insects − snails" in words.answer


def test_that_a_logarithm_is_taken_back_as_medians_and_ratios():
    frame = fish().assign(count=lambda own: np.exp(own["mass"]))
    model = fit("log(count) ~ food + length + (1 | lake)", frame)
    means, differences, words = tables(model, scale=MEASURED)
    expected = back_transformed(marginal_means(model, "food"), model)
    np.testing.assert_array_equal(means.frame["Median"], expected["estimate"])
    ratios = back_transformed(contrasts(model, "food"), model)
    np.testing.assert_array_equal(differences.frame["Ratio"], ratios["estimate"])
    assert differences.frame["Comparison"].iloc[0] == "algae / insects"
    assert means.title == "Median count by food"
    assert "medians" in " ".join(means.foot)
    assert "ratios of medians" in " ".join(differences.foot)
    assert " / " in words.answer


def test_that_a_slope_of_a_logarithm_stays_as_it_is():
    frame = fish().assign(count=lambda own: np.exp(own["mass"]))
    model = fit("log(count) ~ food + length + (1 | lake)", frame)
    means, _, _ = tables(model, quantity=Quantity((), "length"), scale=MEASURED)
    assert means.title == "Change of log(count) per unit of length"
