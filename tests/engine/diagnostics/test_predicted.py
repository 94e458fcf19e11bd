"""What is predicted on a page: the model's own predictions, at what was asked."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from engine.diagnostics.predicted import predicted
from engine.diagnostics.prediction_answers import NotAsked
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.diagnostics.prediction_settings import (
    NEW,
    PredictionSettings,
    offered_levels,
    resolved,
)
from engine.errors import EngineError
from engine.inference.prediction import KINDS
from engine.workflow import fit
from tests.engine.reporting.models import every_kind, fish, fitted

SLOPES = "mass ~ length + (length | lake)"
CROSSED = "mass ~ food * length + (1 | lake) + (1 | year)"
NESTED = "mass ~ length + (1 | lake / net)"


def asked(model, **settings):
    return predicted(model, prediction_inputs(model), PredictionSettings(**settings))


def answers(found):
    return {answer.kind: answer for answer in found.answers}


def test_that_the_answers_are_the_models_predictions():
    model = fitted(CROSSED)
    values = {"length": 4.5, "food": "snails"}
    found = asked(
        model, values=values, groups={"lake": "L03", "year": "2002"}, level=0.9
    )
    row = pd.DataFrame({"length": [4.5], "food": "snails", "lake": "L03", "year": 2002})
    for kind, answer in answers(found).items():
        expected = model.predict(row, kind, 0.9).iloc[0]
        got = (answer.estimate, answer.std_error, answer.lower, answer.upper)
        np.testing.assert_allclose(got, expected.to_numpy(), rtol=1e-12)
    assert list(answers(found)) == list(KINDS)


def test_that_the_band_goes_through_the_answer():
    found = asked(fitted(SLOPES), values={"length": 4.2}, groups={"lake": "L02"})
    data = found.data
    for kind, answer in answers(found).items():
        band = data.bands[kind]
        at = np.interp(4.2, data.points, band.estimate)
        assert at == pytest.approx(answer.estimate, abs=1e-9)
        low = np.interp(4.2, data.points, band.lower)
        assert low == pytest.approx(answer.lower, abs=1e-2)


def test_that_intervals_widen_from_mean_to_group_to_row():
    own = answers(asked(fitted(SLOPES)))
    width = {kind: own[kind].upper - own[kind].lower for kind in own}
    assert width["population"] < width["new_group"] < width["new_observation"]


def test_that_questions_of_a_known_group_wait_for_one():
    model = fitted(CROSSED)
    waiting = answers(asked(model))
    assert waiting["group"].why_not is NotAsked.NO_GROUP_CHOSEN
    assert np.isnan(waiting["observation"].estimate)
    one = answers(asked(model, groups={"year": "2001"}))
    assert one["group"].why_not is None
    assert one["observation"].why_not is None


def test_that_least_squares_is_asked_for_the_mean_and_a_row():
    found = asked(fitted("mass ~ length * food"), values={"length": 4.0})
    why = {kind: answer.why_not for kind, answer in answers(found).items()}
    assert why["population"] is None
    assert why["observation"] is None
    for kind in ("group", "new_group", "new_observation"):
        assert why[kind] is NotAsked.NO_GROUPS
    assert set(found.data.bands) == {"population", "observation"}


@pytest.mark.parametrize("name", every_kind())
def test_that_every_kind_of_model_can_be_asked_over_every_axis(name):
    model = every_kind()[name]
    inputs = prediction_inputs(model)
    for axis in (*inputs.axes, "no such column"):
        found = predicted(model, inputs, PredictionSettings(axis=axis))
        population = found.answers[0]
        assert np.isfinite(population.estimate)
        assert found.data.bands
        assert len(found.data.y) == model.n_rows
        assert found.settings.axis in inputs.axes or not inputs.axes


def test_that_settings_of_another_model_are_made_to_fit():
    model = fitted(SLOPES)
    wanted = PredictionSettings(
        {"length": 5.0, "food": "snails", "lost": 3.0},
        {"lake": "L99", "site": "S1"},
        axis="lost",
    )
    settings = resolved(model, prediction_inputs(model), wanted)
    assert settings.values == {"length": 5.0}
    assert settings.groups == {"lake": NEW}
    assert settings.axis == "length"


def test_that_a_number_beyond_the_rows_is_told_and_reached_by_the_line():
    found = asked(fitted(SLOPES), values={"length": 9.0})
    assert found.outside == ("length",)
    assert found.data.points[-1] == 9.0
    assert asked(fitted(SLOPES)).outside == ()


def test_that_a_value_at_which_the_model_has_no_meaning_is_refused():
    model = fitted("mass ~ np.log(length) + (1 | lake)")
    with pytest.raises(EngineError, match="log"):
        asked(model, values={"length": -1.0})


def test_that_levels_within_others_are_offered_where_they_occur():
    frame = fish()
    frame["net"] = frame["lake"] + frame["net"]
    model = fit(NESTED, frame)
    inputs = prediction_inputs(model)
    net = inputs.groups["net"]
    assert net.within == ("lake",)
    own = offered_levels(model, inputs, net, {}, {"lake": "L02"})
    assert own
    assert all(level.startswith("L02") for level in own)
    assert offered_levels(model, inputs, net, {}, {"lake": NEW}) == ()
    chosen = {"lake": "L02", "net": own[0]}
    assert resolved(model, inputs, PredictionSettings(groups=chosen)).groups == chosen
    moved = PredictionSettings(groups={"lake": "L03", "net": own[0]})
    assert resolved(model, inputs, moved).groups == {"lake": "L03", "net": NEW}


def test_that_a_combination_that_was_not_observed_is_told():
    frame = fish()
    frame["net"] = frame["net"].where(frame["lake"] != "L01", "N0")
    model = fit("mass ~ length + (1 | lake) + (1 | net) + (1 | lake:net)", frame)
    found = asked(model, groups={"lake": "L01", "net": "N2"})
    assert found.unseen == ("lake:net",)
    assert asked(model, groups={"lake": "L02", "net": "N2"}).unseen == ()


def ponds() -> pd.DataFrame:
    """Ponds with a depth of their own, animals that live in one pond each."""
    rng = np.random.default_rng(5)
    animal = np.repeat(np.arange(24), 5)
    pond = animal // 3
    x = rng.normal(size=120)
    y = x + rng.normal(size=8)[pond] + rng.normal(size=24)[animal]
    return pd.DataFrame(
        {
            "y": y + rng.normal(size=120),
            "x": x,
            "pond": [f"P{i}" for i in pond],
            "animal": [f"A{i:02}" for i in animal],
            "depth": 1.5 + pond,
            "shore": np.where(pond % 2, "sand", "reed"),
        }
    )


def test_that_choosing_a_group_brings_what_belongs_to_it():
    model = fit("y ~ x + depth + shore + (1 | pond) + (1 | animal)", ponds())
    inputs = prediction_inputs(model)
    wanted = PredictionSettings(groups={"animal": "A10"}, follow="animal")
    settings = resolved(model, inputs, wanted)
    assert settings.groups == {"pond": "P3", "animal": "A10"}
    assert settings.values["depth"] == 4.5
    assert settings.values["shore"] == "sand"
    moved = PredictionSettings(
        settings.values, {**settings.groups, "pond": "P0"}, follow="pond"
    )
    again = resolved(model, inputs, moved)
    assert again.groups == {"pond": "P0", "animal": NEW}
    assert again.values["depth"] == 1.5


def test_that_a_covariate_set_away_from_its_group_is_told():
    model = fit("y ~ x + depth + (1 | pond)", ponds())
    found = asked(model, values={"depth": 7.0}, groups={"pond": "P1"})
    assert found.elsewhere == (("depth", "pond", "2.5"),)
    found = asked(model, values={"depth": 2.5}, groups={"pond": "P1"})
    assert found.elsewhere == ()


def test_that_rows_of_the_chosen_groups_are_known():
    frame = ponds()
    model = fit("y ~ x + (1 | pond)", frame)
    own = asked(model, groups={"pond": "P2"}).data.is_own
    assert own is not None
    np.testing.assert_array_equal(own, frame["pond"] == "P2")
    assert asked(model).data.is_own is None


def test_that_a_year_that_is_number_and_group_is_asked_where_it_occurs():
    frame = fish().assign(mass=lambda own: own["mass"] + own["year"] / 10)
    model = fit("mass ~ year + (1 | year) + (1 | lake)", frame)
    inputs = prediction_inputs(model)
    assert list(inputs.groups) == ["lake"]
    found = predicted(model, inputs, PredictionSettings({"year": 2001.0}))
    np.testing.assert_array_equal(found.data.points, np.arange(2000.0, 2005.0))
    assert answers(found)["group"].why_not is None


def test_that_dates_are_set_and_read_as_dates():
    frame = ponds()
    frame["day"] = pd.Timestamp("2021-05-01") + pd.to_timedelta(
        np.arange(len(frame)) % 30, unit="D"
    )
    model = fit("y ~ day + (1 | pond)", frame)
    day = prediction_inputs(model).numbers["day"]
    assert day.written(2.0) == "2021-05-03"
    assert day.read("2021-05-03") == 2.0
    assert day.read("soon") is None
    found = asked(model, values={"day": 10.0})
    row = pd.DataFrame({"day": [pd.Timestamp("2021-05-11")]})
    expected = model.predict(row).loc[0, "estimate"]
    assert found.answers[0].estimate == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", ["5.25", "5,25", " 5.25 ", "5.250"])
def test_that_a_typed_number_may_have_either_mark(text):
    length = prediction_inputs(fitted(SLOPES)).numbers["length"]
    assert length.read(text) == 5.25
    assert length.read(f"-{text.strip()}") == -5.25


@pytest.mark.parametrize("text", ["", "five", "nan", "inf", "1e999", "1.2.3"])
def test_that_what_is_no_number_is_not_read(text):
    assert prediction_inputs(fitted(SLOPES)).numbers["length"].read(text) is None


@pytest.mark.parametrize("scale", [1e-7, 1.0, 3e4, 1e12])
def test_that_a_slider_has_fine_steps_in_any_unit(scale):
    frame = fish()
    frame["length"] *= scale
    number = prediction_inputs(fit(SLOPES, frame)).numbers["length"]
    assert 90 <= number.n_steps <= 1100
    for step in (0, number.n_steps // 3, number.n_steps):
        value = number.at(step)
        assert number.is_within(value)
        assert number.place(value) == step
        assert number.read(number.written(value)) == pytest.approx(value, rel=1e-9)
    assert number.at(number.place(number.mean)) == number.mean


def test_that_a_slider_of_whole_numbers_moves_by_them():
    frame = fish()
    number = prediction_inputs(fit("mass ~ year + (1 | lake)", frame)).numbers["year"]
    assert [number.at(k) for k in range(number.n_steps + 1)] == [*range(2000, 2005)]


def test_that_a_hundred_thousand_rows_are_answered_while_a_slider_moves():
    rng = np.random.default_rng(3)
    n = 100_000
    g, x = rng.integers(0, 2000, n), rng.normal(size=n)
    y = x + rng.normal(size=2000)[g] + rng.normal(size=n)
    frame = pd.DataFrame({"y": y, "x": x, "g": [f"G{i}" for i in g]})
    model = fit("y ~ x + (1 | g)", frame)
    inputs = prediction_inputs(model)
    settings = PredictionSettings(groups={"g": "G7"})
    predicted(model, inputs, settings)  # what is kept for the model is computed
    start = time.perf_counter()
    predicted(model, inputs, settings)
    assert time.perf_counter() - start < 1.0
