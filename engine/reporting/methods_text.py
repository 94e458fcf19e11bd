"""The model in words: paragraphs for the Methods and the Results of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.wording import counted, joined, verb
from engine.fitting.certificate import Verdict
from engine.model.spec import INTERCEPT
from engine.reporting.effect_sentences import effect_sentences, has_directions
from engine.reporting.model_facts import (
    df_words,
    drop_reasons,
    estimation_words,
    is_separate,
    notes_of,
    percent,
    plain_message,
    pooled_groupings,
    unpooled_grouping,
)
from engine.reporting.numbers import HARD_SPACE
from engine.reporting.structure_words import (
    arrangement_sentences,
    rows_words,
    structure_sentences,
    term_name,
)
from engine.reporting.term_tables import has_term_tests, term_tests_words
from engine.reporting.variation_sentences import (
    singular_sentences,
    variation_sentences,
)
from engine.reporting.version import SOFTWARE, VERSION
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.fitted_model import FittedModel

_KUZNETSOVA = (
    "Kuznetsova A, Brockhoff PB, Christensen RHB (2017) lmerTest package: tests in "
    "linear mixed effects models. Journal of Statistical Software 82(13)."
)
_NAKAGAWA = (
    "Nakagawa S, Schielzeth H (2013) A general and simple method for obtaining R² from "
    "generalized linear mixed-effects models. Methods in Ecology and Evolution 4: "
    "133–142."
)
_JOHNSON = (
    "Johnson PCD (2014) Extension of Nakagawa & Schielzeth's R²GLMM to random slopes "
    "models. Methods in Ecology and Evolution 5: 944–946."
)
_KENWARD = (
    "Kenward MG, Roger JH (1997) Small sample inference for fixed effects from "
    "restricted maximum likelihood. Biometrics 53: 983–997."
)
_BOOKS = {
    "Kenward and Roger 1997": _KENWARD,
    "Kuznetsova et al. 2017": _KUZNETSOVA,
    "Nakagawa and Schielzeth 2013": _NAKAGAWA,
    "Johnson 2014": _JOHNSON,
}
"""References by the words with which a paragraph cites them."""
_CITED = {
    "satterthwaite": "Kuznetsova et al. 2017",
    "kenward-roger": "Kenward and Roger 1997",
}
"""What a method for degrees of freedom is cited by."""


@dataclass(frozen=True, slots=True)
class ModelText:
    """A model in words.

    Attributes
    ----------
    structure : tuple of str
        How the groups enter, a sentence each.
    methods, results : tuple of str
        Paragraphs.
    references : tuple of str
        What the paragraphs cite.
    """

    structure: tuple[str, ...]
    methods: tuple[str, ...]
    results: tuple[str, ...]
    references: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as plain text, for the clipboard."""
        parts = [
            ("Methods", self.methods),
            ("Results", self.results),
            ("References", self.references),
        ]
        return "\n\n".join(
            "\n\n".join([heading, *paragraphs])
            for heading, paragraphs in parts
            if paragraphs
        )


def model_text(model: FittedModel) -> ModelText:
    """Write a model's Methods and Results.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    ModelText
        Every number comes from the fit; nothing is judged by its size.
    """
    methods = (
        " ".join(_model_paragraph(model)),
        " ".join(_data_paragraph(model)),
        " ".join(_inference_paragraph(model)),
    )
    results = (
        " ".join(effect_sentences(model)),
        " ".join(variation_sentences(model)),
        " ".join(singular_sentences(model)),
    )
    said = " ".join((*methods, *results))
    references = tuple(book for name, book in _BOOKS.items() if name in said)
    return ModelText(
        structure_sentences(model),
        tuple(filter(None, methods)),
        tuple(filter(None, results)),
        references,
    )


# ---- methods ------------------------------------------------------------------


def _model_paragraph(model: FittedModel) -> Iterator[str]:
    kind = "linear mixed model" if model.is_mixed else "linear model"
    yield (
        f"We modelled {model.design.response_name} with a {kind} in {SOFTWARE} "
        f"{VERSION}, fitted by {estimation_words(model)}."
    )
    if unpooled_grouping(model) is None:
        yield _fixed_part(model)
    yield from structure_sentences(model)
    yield from arrangement_sentences(model)
    yield _assumptions(model)
    notation = " (notation of lme4)" if model.is_mixed else ""
    yield f"Its formula is {model.formula}{notation}."


def _assumptions(model: FittedModel) -> str:
    spread = " with one variance"
    if model.design.weights is not None:
        spread = " with variances inversely proportional to their weights"
    elif is_separate(model):
        spread = ""
    if not model.is_mixed:
        return f"Residuals are taken to be normal and independent{spread}."
    return (
        "Group effects and residuals are taken to be normal, and residuals to be "
        f"independent{spread}."
    )


def _fixed_part(model: FittedModel) -> str:
    terms = [term_name(term) for term in model.spec.fixed]
    parts = (["an intercept"] if INTERCEPT in model.design.terms else []) + terms
    if not parts:
        return "There are no fixed effects."
    return f"The fixed part has {joined(parts)}."


def _data_paragraph(model: FittedModel) -> Iterator[str]:
    n_lost = len(model.unused_rows)
    n_all = model.n_rows + n_lost
    if n_lost:
        reasons = [f"{reason} ({n})" for reason, n in drop_reasons(model)]
        yield (
            f"{model.n_rows} of {counted(n_all, 'row')} were used; {n_lost} "
            f"{verb(n_lost, 'was', 'were')} not: {joined(reasons)}."
        )
    else:
        yield f"All {counted(n_all, 'row')} were used."
    groupings = list(pooled_groupings(model).values())
    unpooled = unpooled_grouping(model)
    if unpooled is not None:
        groupings.append(unpooled)
    if groupings:
        yield f"There are {joined([rows_words(own) for own in groupings])}."
    weights = model.design.weights
    if weights is not None:
        ends = (float(weights.min()), float(weights.max()))
        low, high = map(general, ends)
        yield f"Rows have prior weights from {low} to {high}."
    if model.design.offset is not None:
        known = model.design.written.offset
        what = f" ({joined(known)})" if known else ""
        yield f"A known part of the response{what} is an offset."


def _inference_paragraph(model: FittedModel) -> Iterator[str]:
    own = model.inference
    cited = f" ({_CITED[own.df]})" if model.is_mixed else ""
    if model.design.terms:
        level = percent(own.level).replace(" ", HARD_SPACE)
        yield (
            f"Fixed effects were tested by two-sided t tests with "
            f"{df_words(model)}{cited}; intervals are {level} confidence "
            "intervals from the same t distributions."
        )
        yield from notes_of(model, model.coefficients)
    if has_term_tests(model):
        yield term_tests_words(model)
    if has_directions(model):
        yield "A direction is stated only where the interval excludes zero."
    if not model.is_mixed:
        return
    criterion = "REML criterion" if model.estimation == "REML" else "deviance"
    verdict = model.convergence.verdict
    if verdict is Verdict.INTERIOR:
        yield (
            f"The optimum was verified: there the gradient of the {criterion} is zero "
            "and its exact second derivatives are positive in every direction."
        )
    elif verdict in (Verdict.ZERO_VARIANCE, Verdict.PERFECT_CORRELATION):
        yield (
            "The optimum was verified; it lies on the boundary of the parameter space, "
            f"where adding the variation that is absent makes the {criterion} worse."
        )
    else:
        yield plain_message(model)
