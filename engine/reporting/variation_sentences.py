"""What varies among groups and how much, in sentences for a Results section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.group_words import counted_groups, group_noun
from engine.data.wording import joined
from engine.fitting.certificate import Verdict
from engine.model.spec import INTERCEPT
from engine.reporting.explained_parts import correlations_of
from engine.reporting.model_facts import (
    block_labels,
    is_separate,
    ordered_blocks,
    pooled_groupings,
)
from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.fitted_model import FittedModel

_PERFECT = 0.9999


def variation_sentences(model: FittedModel) -> Iterator[str]:
    """SDs among groups and of the residuals, and what the model accounts for."""
    if model.is_mixed:
        for name in pooled_groupings(model):
            yield _group_spread(model, name)
    pooled = ", pooled over the regressions," if is_separate(model) else ""
    yield f"The residual SD{pooled} was {shown(model.sigma, Kind.VARIANCE)}."
    yield from _explained(model)
    if is_separate(model):
        yield from map(str, model.estimates.notes)


def _group_spread(model: FittedModel, name: str) -> str:
    """SDs and correlations among the levels of one grouping."""
    components = model.variance_components
    rows = components[components["group"] == name]
    labels = {
        term: label.varying
        for block in ordered_blocks(model)
        if block.grouping.name == name
        for term, label in zip(block.terms, block_labels(block), strict=True)
    }
    sds, correlations = [], []
    columns = (rows[name] for name in ("term", "term2", "sd", "correlation"))
    for term, term2, sd, correlation in zip(*columns, strict=True):
        if term2 in labels:
            value = shown(correlation, Kind.CORRELATION, missing="not defined")
            pair = f"the {labels[term]} and the {labels[term2]}"
            correlations.append(f"the correlation between {pair} was {value}")
        else:
            sds.append(f"{shown(sd, Kind.VARIANCE)} for the {labels[term]}")
    groups = counted_groups(model.n_levels[name], name)
    tail = "".join(f"; {text}" for text in correlations)
    return f"The SD among {groups} was {joined(sds)}{tail}."


def _explained(model: FittedModel) -> Iterator[str]:
    parts = model.variance_partition
    marginal, conditional, icc = (
        shown(parts[name], Kind.SHARE)
        for name in ("r2_marginal", "r2_conditional", "icc_adjusted")
    )
    y = model.design.response_name
    is_constant = set(model.design.terms) <= {INTERCEPT}
    if not model.is_mixed:
        if is_constant:
            return
        yield f"The model accounted for {marginal} of the variance of {y}."
        return
    plurals = [group_noun(name)[1] for name in pooled_groupings(model)]
    groups = joined(plurals[::-1])
    if is_constant:
        yield (
            f"Of the variance of {y}, {icc} was among {groups} (intraclass "
            "correlation)."
        )
        return
    slopes = any(set(block.terms) != {INTERCEPT} for block in model.design.blocks)
    cited = "Nakagawa and Schielzeth 2013" + (", Johnson 2014" if slopes else "")
    yield (
        f"Fixed effects accounted for {marginal} of the variance of {y} (marginal R²), "
        f"fixed effects and groups together for {conditional} (conditional R²; "
        f"{cited})."
    )
    averaged = ", averaged over the rows" if slopes else ""
    yield (
        f"Of the variance that the fixed effects leave, {icc} was among {groups} "
        f"(adjusted intraclass correlation{averaged})."
    )


def singular_sentences(model: FittedModel) -> Iterator[str]:
    """What a zero variance or a perfect correlation means."""
    verdict = model.convergence.verdict
    unproved = verdict in (Verdict.STOPPED, Verdict.NOT_IDENTIFIED)
    if not model.is_mixed or not model.is_singular or unproved:
        return
    has_zero = model.convergence.has_rival and bool(_zero_variances(model))
    if verdict is Verdict.ZERO_VARIANCE or has_zero:
        yield (
            f"The fit is singular: {_lost(model)} is estimated as zero. The data "
            "support no variation there beyond that within groups, which does not show "
            "that there is none."
        )
    elif verdict is Verdict.PERFECT_CORRELATION or model.convergence.has_rival:
        is_pair = any(abs(r) > _PERFECT for _, _, r in correlations_of(model))
        how = (
            "what varies among groups is estimated to vary together perfectly, so that "
            "the data cannot tell its parts apart"
            if is_pair
            else "of the parts that vary among groups, one is estimated to be an exact "
            "mixture of the others"
        )
        yield f"The fit is singular: {how}."
    else:
        yield "The fit is nearly singular: some variance among groups is minute."
    yield "Tests and intervals of the fixed effects treat this as known."


def _lost(model: FittedModel) -> str:
    """Name the variances that are zero."""
    return joined(_zero_variances(model)) or "a variance among groups"


def _zero_variances(model: FittedModel) -> list[str]:
    """The variances that are exactly zero."""
    return [
        f"the variance of the {label.varying} among "
        f"{group_noun(block.grouping.name)[1]}"
        for index, block in enumerate(model.design.blocks)
        for k, label in enumerate(block_labels(block))
        if model.estimates.blocks[index].covariance[k, k] == 0
    ]
