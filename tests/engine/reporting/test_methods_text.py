from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from engine.fitting.certificate import Verdict
from engine.model.spec import ModelSpec, NoPooling
from engine.reporting.methods_text import model_text
from engine.reporting.numbers import HARD_SPACE, MINUS
from engine.reporting.version import VERSION
from engine.workflow import fit
from tests.engine.reporting.models import (
    EVERY_KIND,
    completely_pooled,
    every_kind,
    fish,
    fitted,
    hostile,
    judged,
    singular,
    unpooled,
    with_lost_rows,
)

ADJECTIVES = re.compile(
    r"\b(substantial|significant|strong|weak|moderate|large|small|highly|clearly)",
    re.IGNORECASE,
)


def text_of(formula: str, estimation: str = "REML") -> str:
    return model_text(fitted(formula, estimation)).text


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_every_model_has_words(kind: str) -> None:
    text = model_text(every_kind()[kind])
    assert text.structure
    assert text.methods
    assert text.results
    paragraphs = [*text.structure, *text.methods, *text.results]
    assert all(paragraph.endswith(".") for paragraph in paragraphs)
    everything = " ".join(paragraphs)
    assert f"Tarn {VERSION}" in everything
    assert not ADJECTIVES.search(everything)
    assert not re.search(r"\bnan\b|None|<NA>|  |\.\.|p = 0\.000|no effect", everything)
    assert " -" not in everything.replace(every_kind()[kind].formula, "")


def test_that_a_mixed_model_is_described_from_its_fit() -> None:
    model = fitted("mass ~ length + (length | lake)")
    text = model_text(model)
    counts = fish()["lake"].value_counts()
    first, data, inference = text.methods
    assert first.startswith(
        f"We modelled mass with a linear mixed model in Tarn {VERSION}, fitted by "
        "restricted maximum likelihood (REML). The fixed part has an intercept and "
        "length. Baselines and effects of length vary among 9 lakes and are correlated."
    )
    assert model.formula in first
    assert data == (
        f"All 90 rows were used. There are {counts.min()} to {counts.max()} rows per "
        "lake."
    )
    assert "Satterthwaite's degrees of freedom (Kuznetsova et al. 2017)" in inference
    assert "The optimum was verified: there the gradient of the REML" in inference
    assert any(reference.startswith("Kuznetsova") for reference in text.references)


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
    assert "The slope of length" in results
    assert "the slope of length changes with z" in results
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


@pytest.mark.parametrize(
    ("random", "sentence"),
    [
        ("(1 | lake)", "Baselines vary among 9 lakes."),
        ("(0 + length | lake)", "Effects of length vary among 9 lakes."),
        (
            "(length | lake)",
            "Baselines and effects of length vary among 9 lakes and are correlated.",
        ),
        (
            "(length || lake)",
            "Baselines and effects of length vary among 9 lakes, independently of each "
            "other.",
        ),
        (
            "(0 + food | lake)",
            "Baselines of each level of food vary among 9 lakes and are correlated.",
        ),
        (
            "(food | lake)",
            "Baselines and effects of food vary among 9 lakes and are correlated.",
        ),
        (
            "(length | lake) + (0 + food | lake)",
            "These vary among 9 lakes, independently of each other: baselines and "
            "effects of length (correlated); baselines of each level of food "
            "(correlated).",
        ),
        (
            "(length + I(length ** 2) | lake)",
            "Baselines and effects of length and I(length ** 2) vary among 9 lakes and "
            "are correlated.",
        ),
    ],
)
def test_that_each_random_structure_is_a_sentence(random: str, sentence: str) -> None:
    model = fitted(f"mass ~ length + {random}")
    assert model_text(model).structure == (sentence,)


def test_that_crossed_and_nested_groupings_are_told_apart() -> None:
    nested = text_of("mass ~ length + (1 | lake / net)")
    assert (
        "Combinations of lake and net are nested: each lies within one lake." in nested
    )
    assert "partly crossed: " in text_of("mass ~ length + (1 | lake) + (1 | year)")
    frame = fish()
    frame["net"] = np.tile(["a", "b", "c"], 30)
    frame["site"] = np.repeat(["A", "B", "C", "D", "E"], 18)
    crossed = model_text(fit("mass ~ length + (1 | site) + (1 | net)", frame)).text
    assert "Sites and nets are crossed: every pair occurs." in crossed


def test_that_ml_is_called_ml() -> None:
    text = text_of("mass ~ length + (1 | lake)", "ML")
    assert "fitted by maximum likelihood (ML)." in text
    assert "the gradient of the deviance is zero" in text
    assert "restricted" not in text


def test_that_rows_not_used_are_counted_with_their_reasons() -> None:
    data = model_text(with_lost_rows()).methods[1]
    assert data.startswith(
        "86 of 90 rows were used; 4 were not: mass missing (3) and lake missing (1)."
    )


def test_that_a_repeated_term_is_not_interpreted() -> None:
    results = model_text(with_lost_rows()).results[0]
    assert (
        "The coefficient of twice could not be estimated: it repeats other" in results
    )


def test_that_a_zero_variance_is_explained_with_care() -> None:
    text = model_text(singular()).text
    assert "lies on the boundary of the parameter space" in text
    assert (
        "The fit is singular: the variance of the baseline among batches is estimated "
        "as zero." in text
    )
    assert "does not show that there is none" in text


def test_that_a_perfect_correlation_is_explained() -> None:
    frame = fish()
    rng = np.random.default_rng(5)
    shift = dict(zip(sorted(set(frame["lake"])), rng.normal(0, 1, 9), strict=True))
    lake = frame["lake"].map(shift)
    frame["mass"] = lake + (1 + lake) * frame["length"] + rng.normal(0, 0.1, 90)
    model = fit("mass ~ length + (length | lake)", frame)
    if model.convergence.verdict is not Verdict.PERFECT_CORRELATION:
        model = judged(model, Verdict.PERFECT_CORRELATION)
        model = type(model)(replace(model.estimates, is_singular=True))
    assert "vary together perfectly" in model_text(model).results[-1]


@pytest.mark.parametrize("verdict", [Verdict.STOPPED, Verdict.NOT_IDENTIFIED])
def test_that_an_unproved_optimum_is_admitted(verdict: Verdict) -> None:
    model = judged(fitted("mass ~ length + (1 | lake)"), verdict)
    inference = model_text(model).methods[-1]
    assert inference.endswith("The search stopped.")
    assert "verified" not in inference


def test_that_nearly_singular_is_said() -> None:
    model = fitted("mass ~ length + (1 | lake)")
    near = type(model)(replace(model.estimates, is_singular=True))
    assert "nearly singular" in model_text(near).results[-1]


def test_that_the_variance_partition_is_in_the_results() -> None:
    model = fitted("mass ~ length + (1 | lake)")
    parts = model.variance_partition
    variation = model_text(model).results[1].replace(HARD_SPACE, " ")
    for name in ("r2_marginal", "r2_conditional", "icc_adjusted"):
        assert f"{100 * parts[name]:.1f} %" in variation
    assert "averaged over the rows" not in variation
    slopes = model_text(fitted("mass ~ length + (length | lake)")).results[1]
    assert "averaged over the rows" in slopes


def test_that_without_covariates_only_the_groups_share_is_given() -> None:
    variation = model_text(fitted("mass ~ 1 + (1 | lake)")).results[1]
    assert "was among lakes (intraclass correlation)." in variation
    assert "Fixed effects accounted" not in variation


def test_that_complete_pooling_is_explained() -> None:
    text = model_text(completely_pooled())
    assert text.structure == (
        "All rows are pooled completely: differences among lakes are not modelled, and "
        "rows count as independent.",
    )
    assert "ordinary least squares" in text.methods[0]
    assert text.references == ()


def test_that_least_squares_without_groups_says_so() -> None:
    assert model_text(fitted("mass ~ length * food")).structure == (
        "There are no groups: rows count as independent.",
    )


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (NoPooling.MEANS, "Each of 9 lakes has a mean of its own"),
        (NoPooling.INTERCEPTS, "Each of 9 lakes has a baseline of its own"),
        (NoPooling.SLOPES, "Each of 9 lakes has a regression on length of its own;"),
        (NoPooling.SEPARATE, "of its own with its own residual SD"),
    ],
)
def test_that_each_way_of_no_pooling_is_explained(way: NoPooling, words: str) -> None:
    text = model_text(unpooled(way))
    assert words in text.structure[0]
    assert "ranged from" in text.results[0]
    assert "among 9 lakes" in text.results[0]


def test_that_the_range_names_the_levels_at_its_ends() -> None:
    model = unpooled(NoPooling.MEANS)
    means = model.group_coefficients["lake"]["Intercept"]
    results = model_text(model).results[0]
    assert f"({means.idxmin()}) to " in results
    assert f"({means.idxmax()}) among" in results


def test_that_common_effects_keep_their_sentence_without_pooling() -> None:
    results = model_text(unpooled(NoPooling.INTERCEPTS)).results[0]
    assert "mass was higher at larger length" in results


def test_that_levels_without_residual_sd_are_named() -> None:
    frame = fish()
    keep = (frame["lake"] != "L01") | (np.cumsum(frame["lake"] == "L01") <= 2)
    spec = ModelSpec(
        "mass", (("length",),), grouping="lake", no_pooling=NoPooling.SEPARATE
    )
    assert "Too few rows in 'L01'" in model_text(fit(spec, frame[keep])).results[1]


def test_that_weights_and_offset_are_mentioned() -> None:
    frame = fish().assign(effort=0.5)
    model = fit("mass ~ length + offset(effort)", frame, weights=np.arange(1.0, 91.0))
    text = model_text(model).text
    assert "weighted least squares" in text
    assert "Rows have prior weights from 1 to 90." in text
    assert "A known part of the response (effort) is an offset." in text


def test_that_categories_made_of_numbers_are_said_to_be() -> None:
    assert "year (as categories)" in model_text(fit("mass ~ C(year)", fish())).text


def test_that_names_with_braces_do_no_harm() -> None:
    frame = fish().rename(columns={"mass": "{mass}", "length": "{0}", "food": "{b}"})
    text = model_text(fit("`{mass}` ~ `{0}` * `{b}` + (1 | lake)", frame)).text
    assert "{mass} was higher at larger {0}" in text


def test_that_hostile_names_stay_as_they_are() -> None:
    assert "A&B 'x' \"y\"" in model_text(hostile()).text
