"""How the groups enter the model, in a sentence for each grouping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.group_words import counted_groups, group_noun, sentence_case
from engine.data.wording import joined
from engine.model.columns import readable
from engine.model.language.expressions import parse_expression
from engine.model.spec import INTERCEPT, NoPooling
from engine.reporting.model_facts import (
    pooled_groupings,
    rows_per_level,
    span,
    unpooled_grouping,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.fitted_model import FittedModel
    from engine.model.design import RandomBlock
    from engine.model.levels import Grouping
    from engine.model.spec import Term


def term_name(term: Term) -> str:
    """A term of the specification as a user would read it: "x", "x × f"."""
    return " × ".join(map(_factor_name, term))


def term_names(model: FittedModel) -> dict[str, str]:
    """Terms of the fixed part as a user would read them, by the name in tests."""
    return {":".join(term): term_name(term) for term in model.spec.fixed}


def _factor_name(text: str) -> str:
    expression = parse_expression(text)
    if expression.functions == ("C",):
        return f"{expression.columns[0]} (as categories)"
    return readable(text)


def structure_sentences(model: FittedModel) -> tuple[str, ...]:
    """Say of each grouping what varies among its levels, or how it is not pooled.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of str
        Such as "Baselines and effects of log_length vary among 12 lakes and are
        correlated."; for least squares a sentence on pooling.
    """
    sentences = []
    unpooled = unpooled_grouping(model)
    if unpooled is not None:
        sentences.append(_unpooled(model, unpooled))
    for name, grouping in pooled_groupings(model).items():
        blocks = [b for b in model.design.blocks if b.grouping.name == name]
        sentences.append(_pooled(blocks, grouping))
    if not sentences and model.spec.grouping is not None:
        plural = group_noun(model.spec.grouping)[1]
        sentences.append(
            f"All rows are pooled completely: differences among {plural} are not "
            "modelled, and rows count as independent."
        )
    if not sentences:
        sentences.append("There are no groups: rows count as independent.")
    return tuple(sentences)


def arrangement_sentences(model: FittedModel) -> tuple[str, ...]:
    """Say of each pair of groupings whether they are nested or crossed.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of str
        One sentence a pair, none with less than two groupings.
    """
    groupings = list(pooled_groupings(model).values())
    return tuple(
        _arrangement(finer, coarser)
        for i, finer in enumerate(groupings)
        for coarser in groupings[i + 1 :]
    )


# ---- partial pooling ----------------------------------------------------------


def _pooled(blocks: Sequence[RandomBlock], grouping: Grouping) -> str:
    """What varies among the levels of one grouping."""
    parts = [varying for block in blocks for varying in _varying(block)]
    what = sentence_case(joined(_merged(parts)))
    among = f"among {counted_groups(len(grouping.levels), grouping.name)}"
    if len(blocks) == 1:
        correlated = " and are correlated" if len(blocks[0].terms) > 1 else ""
        return f"{what} vary {among}{correlated}."
    if all(len(block.terms) == 1 for block in blocks):
        return f"{what} vary {among}, independently of each other."
    sets = [
        joined(_merged(_varying(block)))
        + (" (correlated)" if len(block.terms) > 1 else "")
        for block in blocks
    ]
    return f"These vary {among}, independently of each other: {'; '.join(sets)}."


def _varying(block: RandomBlock) -> list[str]:
    """What a block lets vary, in the plural."""
    terms = block.encoder.terms
    if INTERCEPT in block.terms:
        return ["baselines", *(f"effects of {term_name(term)}" for term in terms)]
    categories = block.encoder.preparation.categories
    return [
        f"baselines of each level of {term_name(term)}"
        if all(factor in categories for factor in map(readable, term))
        else f"effects of {term_name(term)}"
        for term in terms
    ]


def _merged(parts: Iterable[str]) -> list[str]:
    """Say "effects of a and b" rather than "effects of a and effects of b"."""
    own = [part for part in parts if not part.startswith("effects of ")]
    effects = [p.removeprefix("effects of ") for p in parts if p not in own]
    return [*own, f"effects of {joined(effects)}"] if effects else own


def _arrangement(finer: Grouping, coarser: Grouping) -> str:
    """Compare two groupings by the pairs of levels that occur."""
    n_finer, n_coarser = len(finer.levels), len(coarser.levels)
    pairs = np.unique(finer.codes * n_coarser + coarser.codes)
    few, many = group_noun(coarser.name)[0], group_noun(finer.name)[1]
    if len(pairs) == n_finer:
        return f"{sentence_case(many)} are nested: each lies within one {few}."
    plural = group_noun(coarser.name)[1]
    if len(pairs) == n_finer * n_coarser:
        return f"{sentence_case(many)} and {plural} are crossed: every pair occurs."
    return (
        f"{sentence_case(many)} and {plural} are partly crossed: {len(pairs)} of "
        f"{n_finer * n_coarser} pairs occur."
    )


# ---- no pooling ---------------------------------------------------------------


def _unpooled(model: FittedModel, grouping: Grouping) -> str:
    """Which of the four ways of not pooling."""
    one = group_noun(grouping.name)[0]
    effects = joined([term_name(term) for term in model.spec.fixed])
    groups = counted_groups(len(grouping.levels), grouping.name)
    shared = "nothing is pooled but the residual SD"
    words = {
        NoPooling.MEANS: f"Each of {groups} has a mean of its own; {shared}.",
        NoPooling.INTERCEPTS: (
            f"Each of {groups} has a baseline of its own, not pooled; effects of "
            f"{effects} and the residual SD are common to all."
        ),
        NoPooling.SLOPES: (
            f"Each of {groups} has a regression on {effects} of its own; {shared}."
        ),
        NoPooling.SEPARATE: (
            f"Each of {groups} has a regression on {effects} of its own with its own "
            f"residual SD; nothing is pooled: the fit to one {one} does not know of "
            "the others."
        ),
    }
    way = model.spec.no_pooling
    assert way is not None
    return words[way]


def rows_words(grouping: Grouping) -> str:
    """Rows per level: "2 to 24 rows per lake"."""
    counts = rows_per_level(grouping)
    noun = "row" if int(counts.max()) == 1 else "rows"
    return f"{span(counts)} {noun} per {group_noun(grouping.name)[0]}"
