"""Predictions in words, as a table and explained."""

from __future__ import annotations

import pytest

from engine import fit
from engine.diagnostics.predicted import predicted
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.diagnostics.prediction_settings import PredictionSettings
from engine.number_style import NumberStyle, written_in
from engine.reporting.explained_cells import topic_of_cell
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.prediction_table import prediction_table
from engine.reporting.prediction_words import PredictionWords, prediction_sentences
from tests.engine.reporting.models import every_kind, fish, fitted


def told(model, **settings):
    inputs = prediction_inputs(model)
    found = predicted(model, inputs, PredictionSettings(**settings))
    words = PredictionWords(model, inputs, found)
    return words, found, prediction_table(model, inputs, found)


def questions(table):
    return table.frame["Question"].tolist()


def test_that_the_five_questions_name_the_columns():
    model = fitted("mass ~ length + (1 | lake)")
    words, found, table = told(model, values={"length": 5.2}, groups={"lake": "L05"})
    assert questions(table) == [
        "The mean mass over all lakes",
        "The mean mass in lake L05",
        "A single new mass in lake L05",
        "The mean mass of a new lake",
        "A single new mass in a new lake",
    ]
    assert table.title == "Predicted mass when length = 5.2"
    first = words.sentence(found.answers[0])
    assert first.startswith("The mean mass over all lakes when length = 5.2 is ")
    assert table.text(0, "95 % lower") in first


def test_that_a_question_without_an_answer_says_why():
    _, _, table = told(fitted("mass ~ length + (1 | lake)"))
    assert (
        questions(table)[1] == "The mean mass in a known lake: choose one to ask this"
    )
    assert table.texts()[1][1:] == ["–"] * 4
    _, _, table = told(fitted("mass ~ length * food"))
    assert "no groups" in questions(table)[3]
    assert questions(table)[0] == "The mean mass"


def test_that_a_combination_without_rows_is_told_and_has_no_number():
    frame = fish()
    is_empty = (frame["food"] == "algae") & (frame["net"] == "N0")
    model = fit("mass ~ food * net + (1 | lake)", frame[~is_empty])
    _, _, table = told(model, values={"food": "algae", "net": "N0"})
    assert "cannot be estimated" in questions(table)[0]
    assert table.texts()[0][1] == "–"


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_that_the_level_is_in_headings_foot_and_sentence(level):
    words, found, table = told(fitted("mass ~ length + (1 | lake)"), level=level)
    percent = f"{100 * level:.0f}"
    assert f"{percent} % lower" in table.frame
    assert table.foot[0].startswith(f"{percent} % intervals")
    assert f"({percent}\u00a0% interval" in words.sentence(found.answers[0])


def test_that_what_lies_beyond_the_rows_is_called_extrapolated():
    words, _, table = told(
        fitted("mass ~ length + (1 | lake)"), values={"length": 12.0}
    )
    assert any(line.startswith("Extrapolated") for line in table.foot)
    assert "length from" in words.outside("length")


@pytest.mark.parametrize("response", ["log(count)", "log_count", "logger"])
def test_that_a_logarithm_is_said_to_be_one(response):
    frame = fish().assign(count=lambda own: 10 + own["mass"].abs())
    frame["log_count"] = frame["logger"] = frame["count"]
    _, _, table = told(fit(f"{response} ~ length + (1 | lake)", frame))
    is_said = any("log scale" in line for line in table.foot)
    assert is_said == (response != "logger")


def test_that_many_covariates_stand_in_the_foot():
    frame = fish()
    for name in "abcd":
        frame[name] = frame["length"].sample(frac=1, random_state=ord(name)).to_numpy()
    _, _, table = told(fit("mass ~ length + a + b + c + d + (1 | lake)", frame))
    assert "2 more" in table.title
    assert any(line.startswith("Set: length = ") for line in table.foot)


@pytest.mark.parametrize("name", every_kind())
def test_that_every_answer_is_a_sentence_and_has_its_explanation(name):
    model = every_kind()[name]
    inputs = prediction_inputs(model)
    found = predicted(model, inputs, PredictionSettings())
    for sentence in prediction_sentences(model, inputs, found):
        assert sentence[0] in "TA"
        assert sentence.endswith(".")
        assert "nan" not in sentence
    table = prediction_table(model, inputs, found)
    for row, answer in enumerate(found.answers):
        topic, key = topic_of_cell(table, row, "Estimate")
        assert topic == f"predict_{answer.kind}"
        values = explained_numbers(model, topic, key)
        if answer.why_not is None and answer.std_error > 0:
            assert values["lower"] == table.text(row, "95 % lower")
            assert values["upper"] == table.text(row, "95 % upper")
    assert topic_of_cell(table, -1, "Estimate")[1] == {}


def test_that_one_answer_can_be_copied_alone():
    _, _, table = told(fitted("mass ~ length + (1 | lake)"))
    assert questions(table.only(3)) == [questions(table)[3]]


def test_that_numbers_follow_the_decimal_mark():
    model = fitted("mass ~ length + (1 | lake)")
    with written_in(NumberStyle(mark=",")):
        words, found, table = told(model, values={"length": 4.5})
        assert "length = 4,5 is" in words.sentence(found.answers[0])
        assert "." not in table.texts()[0][1]
