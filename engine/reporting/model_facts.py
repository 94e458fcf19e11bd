"""What the tables and the text say alike of one fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.inference.choice import USUAL
from engine.model.levels import make_grouping
from engine.model.spec import NoPooling
from engine.reporting.numbers import Kind
from engine.reporting.term_words import term_labels
from engine.written_numbers import general

if TYPE_CHECKING:
    import pandas as pd

    from engine.arrays import IntArray
    from engine.fitted_model import FittedModel
    from engine.model.design import RandomBlock
    from engine.model.levels import Grouping
    from engine.reporting.term_words import TermLabel


DF_WORDS = {
    "satterthwaite": "Satterthwaite's degrees of freedom",
    "kenward-roger": "standard errors and degrees of freedom by Kenward and Roger",
}
"""Methods for degrees of freedom, after "with"."""


def percent(level: float) -> str:
    """A level of coverage: "95 %"."""
    return f"{general(100 * level, 4)} %"


def fixed_labels(model: FittedModel) -> tuple[TermLabel, ...]:
    """The columns of the fixed part in words."""
    return tuple(term_labels(model.design.encoder).values())


def ordered_blocks(model: FittedModel) -> list[RandomBlock]:
    """Blocks of the random part as the tables order them: most levels first."""
    return [model.design.blocks[i] for i in model.estimates.block_order]


def block_labels(block: RandomBlock) -> tuple[TermLabel, ...]:
    """The columns of a block of the random part in words."""
    return tuple(term_labels(block.encoder).values())


def pooled_groupings(model: FittedModel) -> dict[str, Grouping]:
    """Groupings of the random part by name, most levels first."""
    return {block.grouping.name: block.grouping for block in ordered_blocks(model)}


def unpooled_grouping(model: FittedModel) -> Grouping | None:
    """The grouping whose levels are each their own, if there is one."""
    name = model.spec.grouping
    if name is None or model.spec.no_pooling is None:
        return None
    return make_grouping(model.design.frame, (name,))


def rows_per_level(grouping: Grouping) -> IntArray:
    """Rows used of each level."""
    counts: IntArray = np.bincount(grouping.codes, minlength=len(grouping.levels))
    return counts


def span(counts: IntArray) -> str:
    """Smallest to largest of some counts: "2 to 24", or "5" where all are equal."""
    low, high = int(counts.min()), int(counts.max())
    return f"{low}" if low == high else f"{low} to {high}"


def rows_each(grouping: Grouping) -> str:
    """Rows of each level, in words: "2 to 24 rows", "1 row"."""
    counts = rows_per_level(grouping)
    return f"{span(counts)} {'row' if counts.max() == 1 else 'rows'}"


def is_separate(model: FittedModel) -> bool:
    """Whether every level has a regression and a residual SD of its own."""
    return model.spec.no_pooling is NoPooling.SEPARATE


def has_likelihood(model: FittedModel) -> bool:
    """Whether criteria exist: not where a level is reproduced exactly."""
    return bool(np.isfinite(model.criterion))


def estimation_words(model: FittedModel) -> str:
    """How the model was estimated, spelled out."""
    if model.is_mixed:
        return {
            "REML": "restricted maximum likelihood (REML)",
            "ML": "maximum likelihood (ML)",
        }[model.estimation]
    is_weighted = model.design.weights is not None
    return f"{'weighted' if is_weighted else 'ordinary'} least squares"


def df_words(model: FittedModel) -> str:
    """Which degrees of freedom the t tests have."""
    if model.is_mixed:
        return DF_WORDS[model.inference.df]
    if is_separate(model):
        grouping = model.spec.grouping
        return f"the residual degrees of freedom of each level of {grouping}"
    return "the residual degrees of freedom"


def df_kind(model: FittedModel) -> Kind:
    """How degrees of freedom are shown: whole where they are exact."""
    return Kind.DF if model.is_mixed else Kind.COUNT


def inference_key(model: FittedModel) -> dict[str, str]:
    """What an explanation must know of how effects were tested; empty if as usual."""
    own = model.inference
    key: dict[str, str] = {}
    if model.is_mixed and own.df != USUAL.df:
        key["df"] = own.df
    if own.level != USUAL.level:
        key["level"] = repr(own.level)
    return key


def notes_of(model: FittedModel, tests: pd.DataFrame) -> tuple[str, ...]:
    """What was refitted, held or left out for some tests, a sentence each."""
    return tuple(_in_plain(model, str(note)) for note in tests.attrs["notes"])


def drop_reasons(model: FittedModel) -> list[tuple[str, int]]:
    """Why rows were not used and how many for each reason, most frequent first."""
    reasons: pd.Series = model.unused_rows["reason"]
    return [(str(reason), int(n)) for reason, n in reasons.value_counts().items()]


def plain_notes(model: FittedModel) -> tuple[str, ...]:
    """The model's notes, with terms called as the tables call them."""
    return tuple(_in_plain(model, str(note)) for note in model.notes)


def plain_message(model: FittedModel) -> str:
    """What is said of the optimum, with terms called as the tables call them."""
    return _in_plain(model, model.convergence.message)


def _in_plain(model: FittedModel, text: str) -> str:
    labels = [*zip(model.design.terms, fixed_labels(model), strict=True)]
    for block in model.design.blocks:
        labels += zip(block.terms, block_labels(block), strict=True)
    renamed = {f"'{n}'": f"'{own.text}'" for n, own in labels if n != own.text}
    for name, label in renamed.items():
        text = text.replace(name, label)
    return text
