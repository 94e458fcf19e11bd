from __future__ import annotations

import re

import numpy as np

from engine.model.spec import NoPooling
from engine.reporting.methods_text import model_text
from engine.reporting.numbers import HARD_SPACE, MINUS
from engine.workflow import fit
from tests.engine.reporting.models import fish, fitted, unpooled, with_lost_rows


def text_of(formula: str) -> str:
    return model_text(fitted(formula)).text


def test_that_a_slope_is_a_sentence_with_interval_and_test() -> None:
    model = fitted("mass ~ length + (1 | lake)")
    row = model.coefficients.loc["length"]
    results = model_text(model).results[0].replace(HARD_SPACE, " ")
    found = re.search(
        r"mass was higher at larger length: ([\d.]+) per unit \(95 % CI ([\d.]+) to "
        r"([\d.]+); t\(([\d.]+)\) = ([\d.]+), p < 0.001\)\.",
        results,
    )
    assert found
    expected = row[["estimate", "lower", "upper", "df", "statistic"]].to_numpy(float)
    np.testing.assert_allclose(
        [float(part) for part in found.groups()], expected, atol=0.05
    )


def test_that_the_intercept_says_where_it_holds() -> None:
    results = text_of("mass ~ food * length + (1 | lake) + (1 | year)")
    assert "The intercept, the expected mass for food algae and at length = 0, was" in (
        results
    )
    assert "The expected mass was" in text_of("mass ~ 1 + (1 | lake)")


def test_that_main_effects_of_an_interaction_say_where_they_hold() -> None:
    results = text_of("mass ~ food * length + (1 | lake) + (1 | year)")
    assert "At length = 0, " in results
    assert "For food algae, mass was higher at larger length" in results
    assert "the slope of length differs between food insects and algae" in results


def test_that_no_direction_is_claimed_without_evidence() -> None:
    frame = fish().assign(noise=np.random.default_rng(3).normal(size=90))
    model = fit("mass ~ noise + food + (1 | lake)", frame)
    row = model.coefficients.loc["noise"]
    assert row["lower"] < 0 < row["upper"]
    results = model_text(model).results[0]
    assert "The data do not show whether mass is higher or lower at larger noise: " in (
        results
    )
    assert f"p = {row['p_value']:.3f}" in results


def test_that_a_lower_value_is_said_to_be_lower() -> None:
    frame = fish().assign(length=lambda own: -own["length"])
    results = model_text(fit("mass ~ length + (1 | lake)", frame)).results[0]
    assert f"mass was lower at larger length: {MINUS}1." in results


def test_that_differences_name_both_levels() -> None:
    frame = fish()
    frame["mass"] += 5.0 * (frame["food"] == "snails")
    results = model_text(fit("mass ~ food + (1 | lake)", frame)).results[0]
    assert "mass was higher for food snails than for algae: difference 5." in results


def test_that_levels_without_intercept_have_expected_values() -> None:
    results = model_text(fit("mass ~ 0 + food + (1 | lake)", fish())).results[0]
    assert "The expected mass for food insects was" in results


def test_that_three_factors_have_a_coefficient_only() -> None:
    frame = fish().assign(z=np.arange(90.0) % 7)
    results = model_text(fit("mass ~ length * z * food", frame)).results[0]
    assert "At z = 0, the data do not show whether the slope of length differs" in (
        results
    )
    assert "For food algae, " in results
    assert "the slope of length " in results
    assert "The coefficient of length × z × food: insects was" in results


def test_that_dates_are_per_day() -> None:
    frame = fish()
    start = np.datetime64("2020-05-01", "s")
    frame["day"] = start + (frame["length"] * 86400 * 10).astype("timedelta64[s]")
    assert "at larger day: 0.1" in model_text(fit("mass ~ day", frame)).results[0]
    assert " per day (" in model_text(fit("mass ~ day", frame)).results[0]


def test_that_many_effects_are_left_to_the_table() -> None:
    frame = fish(n=400)
    frame["level"] = [f"F{i % 40:02}" for i in range(400)]
    results = model_text(fit("mass ~ level", frame)).results[0]
    assert results.endswith("The table of fixed effects has 10 more.")


def test_that_a_repeated_term_is_not_interpreted() -> None:
    results = model_text(with_lost_rows()).results[0]
    assert (
        "The coefficient of twice could not be estimated: it repeats other" in results
    )


def test_that_the_range_names_the_levels_at_its_ends() -> None:
    model = unpooled(NoPooling.MEANS)
    means = model.group_coefficients["lake"]["Intercept"]
    results = model_text(model).results[0]
    assert f"({means.idxmin()}) to " in results
    assert f"({means.idxmax()}) among" in results


def test_that_common_effects_keep_their_sentence_without_pooling() -> None:
    results = model_text(unpooled(NoPooling.INTERCEPTS)).results[0]
    assert "mass was higher at larger length" in results


def test_that_names_with_braces_do_no_harm() -> None:
    frame = fish().rename(columns={"mass": "{mass}", "length": "{0}", "food": "{b}"})
    text = model_text(fit("`{mass}` ~ `{0}` * `{b}` + (1 | lake)", frame)).text
    assert "{mass} was higher at larger {0}" in text
