"""Predictions with uncertain variances, and with a logarithm of the response undone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine import bootstrap, fit
from engine.diagnostics.predicted import predicted
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.diagnostics.prediction_scale import MEASURED, scale_of, scales_of
from engine.diagnostics.prediction_settings import UNCERTAIN, PredictionSettings
from engine.inference.bootstrap.mixture import Mixture
from engine.inference.prediction import KINDS
from engine.reporting.explained_cells import topic_of_cell
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.prediction_table import prediction_table
from tests.engine.reporting.models import fish, fitted

AT = {"values": {"length": 4.5}, "groups": {"lake": "L03"}}
ROW = pd.DataFrame({"length": [4.5], "lake": ["L03"]})
INVERSE = {
    "log": np.exp,
    "log10": lambda v: 10**v,
    "log2": lambda v: 2**v,
    "log1p": np.expm1,
}


def measured() -> pd.DataFrame:
    return fish().assign(count=lambda own: np.exp(own["mass"] / 2))


def asked(model, mixture=None, **settings):
    wanted = PredictionSettings(**{**AT, **settings})
    return predicted(model, prediction_inputs(model), wanted, mixture)


def told(model, mixture=None, **settings):
    found = asked(model, mixture, **settings)
    return found, prediction_table(model, prediction_inputs(model), found)


def test_that_uncertain_variances_give_what_the_bootstrap_predicts():
    model = fitted("mass ~ length + (1 | lake)")
    found = bootstrap(model, 60)
    said, table = told(model, Mixture(found), variances=UNCERTAIN, level=0.9)
    for kind, answer in zip(KINDS, said.answers, strict=True):
        expected = found.predict(ROW, kind, 0.9).iloc[0]
        got = (answer.estimate, answer.std_error, answer.lower, answer.upper)
        np.testing.assert_allclose(got, expected.to_numpy(), rtol=1e-9)
        band = said.data.bands[kind]
        along = ROW.loc[[0] * len(said.data.points)].assign(length=said.data.points)
        np.testing.assert_allclose(
            band.lower, found.predict(along, kind, 0.9)["lower"], rtol=1e-7
        )
    assert "60 refits" in table.foot[0]
    assert "seed 1" in table.foot[0]


def test_that_few_refits_are_said_to_be_noisy():
    model = fitted("mass ~ length + (1 | lake)")
    found = Mixture(bootstrap(model, 12))
    said, table = told(model, found, variances=UNCERTAIN)
    assert said.refits is not None
    assert said.refits.noise > 0.02
    assert "would move an end" in table.foot[0]


def test_that_variances_count_as_known_until_there_are_refits():
    model = fitted("mass ~ length + (1 | lake)")
    plain = asked(model)
    said, table = told(model, variances=UNCERTAIN)
    assert said.answers == plain.answers
    assert said.refits is None
    assert "are not there" in table.foot[0]


def test_that_least_squares_is_exact_already():
    said, table = told(fitted("mass ~ length"), variances=UNCERTAIN)
    assert said.refits is None
    assert "exact" in table.foot[0]


@pytest.mark.parametrize("function", list(INVERSE))
def test_that_a_logarithm_of_the_formula_is_taken_back(function):
    model = fit(f"{function}(count) ~ length + (1 | lake)", measured())
    plain, back = asked(model), asked(model, scale=MEASURED)
    inverse = INVERSE[function]
    for before, after in zip(plain.answers, back.answers, strict=True):
        for part in ("estimate", "lower", "upper"):
            expected = inverse(getattr(before, part))
            assert getattr(after, part) == pytest.approx(expected, rel=1e-12)
        step = 1e-6  # the delta method by differences
        slope = (inverse(before.estimate + step) - inverse(before.estimate)) / step
        assert after.std_error == pytest.approx(slope * before.std_error, rel=1e-5)
    assert back.data.y_name == "count"
    np.testing.assert_allclose(inverse(back.data.y), measured()["count"])
    np.testing.assert_allclose(
        back.data.chosen_places, plain.data.chosen_places, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("response", "functions"),
    [
        ("log(count)", ["log"]),
        ("np.log10(count)", ["log10"]),
        ("log(count + 1)", ["log"]),
        ("log_count", ["log", "log10"]),
        ("log10_count", ["log10"]),
        ("ln_count", ["log"]),
        ("sqrt(count)", []),
        ("count", []),
        ("logger", []),
        ("I(log(count) * log(count + 2))", []),
    ],
)
def test_that_only_logarithms_offer_another_scale(response, functions):
    frame = measured()
    for name in ("log_count", "log10_count", "ln_count", "logger"):
        frame[name] = frame["count"]
    model = fit(f"{response} ~ length + (1 | lake)", frame)
    assert [own.function for own in scales_of(model)] == ["", *functions]
    assert scales_of(model)[0].key == ""


def test_that_a_choice_made_for_a_column_of_logs_is_none_for_a_formula():
    model = fit("log(count) ~ length + (1 | lake)", measured())
    assert scale_of(model, "log10").function == ""
    assert asked(model, scale="log10").settings.scale == ""


def test_that_medians_are_called_so_everywhere():
    model = fit("log(count) ~ length + (1 | lake)", measured())
    _, table = told(model, scale=MEASURED)
    asked_of = table.frame["Question"].tolist()
    assert asked_of[0] == "The median count over all lakes"
    assert asked_of[2] == "A single new count in lake L03"
    assert table.title.startswith("Predicted count when")
    assert any("is a median of count" in line for line in table.foot)


@pytest.mark.parametrize("scale", ["", MEASURED])
def test_that_an_explanation_follows_what_was_chosen(scale):
    model = fit("log(count) ~ length + (1 | lake)", measured())
    plain, before = told(model)
    _, table = told(model, scale=scale)
    topic, key = topic_of_cell(table, 0, "Estimate")
    values = explained_numbers(model, topic, key)
    assert values["lower"] == table.text(0, "95 % lower")
    assert ("inverse" in values) == bool(scale)
    if scale:
        assert values["log_lower"] == before.text(0, "95 % lower")
        assert values["log_upper"] == before.text(0, "95 % upper")
    mixture = Mixture(bootstrap(model, 20))
    _, mixed = told(model, mixture, variances=UNCERTAIN, scale=scale)
    values = explained_numbers(model, *topic_of_cell(mixed, 0, "Estimate"))
    assert values["n_refits"] == "20 refits"
    assert "critical" not in values
    assert plain.answers[0].why_not is None
