from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from engine.fitting.certificate import Verdict
from engine.model.spec import ModelSpec, NoPooling
from engine.reporting.methods_text import model_text
from engine.reporting.numbers import HARD_SPACE
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
    r"\b(substantial|significant|strong|weak|moderate|large|small|highly|clearly)\b",
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
    rng = np.random.default_rng(8)
    shift = dict(zip(sorted(set(frame["lake"])), rng.normal(0, 1, 9), strict=True))
    lake = frame["lake"].map(shift)
    frame["mass"] = lake + (1 + lake) * frame["length"] + rng.normal(0, 1.0, 90)
    model = fit("mass ~ length + (length | lake)", frame)
    assert model.convergence.verdict is Verdict.PERFECT_CORRELATION
    assert "vary together perfectly" in model_text(model).results[-1]


@pytest.mark.parametrize("verdict", [Verdict.STOPPED, Verdict.NOT_IDENTIFIED])
def test_that_an_unproved_optimum_is_admitted(verdict: Verdict) -> None:
    model = judged(fitted("mass ~ length + (1 | lake)"), verdict)
    lost = type(model)(replace(model.estimates, is_singular=True))
    assert not any("singular" in own for own in model_text(lost).results)
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


def test_that_levels_without_residual_sd_are_named() -> None:
    frame = fish()
    keep = (frame["lake"] != "L01") | (np.cumsum(frame["lake"] == "L01") <= 2)
    spec = ModelSpec(
        "mass", (("length",),), grouping="lake", no_pooling=NoPooling.SEPARATE
    )
    said = model_text(fit(spec, frame[keep])).results[1]
    assert "The regression in 'L01' reproduces its rows exactly" in said


def test_that_weights_and_offset_are_mentioned() -> None:
    frame = fish().assign(effort=0.5)
    model = fit("mass ~ length + offset(effort)", frame, weights=np.arange(1.0, 91.0))
    text = model_text(model).text
    assert "weighted least squares" in text
    assert "Rows have prior weights from 1 to 90." in text
    assert "A known part of the response (effort) is an offset." in text


def test_that_categories_made_of_numbers_are_said_to_be() -> None:
    assert "year (as categories)" in model_text(fit("mass ~ C(year)", fish())).text


def test_that_hostile_names_stay_as_they_are() -> None:
    assert "A&B 'x' \"y\"" in model_text(hostile()).text
