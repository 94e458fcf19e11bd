"""Parameters of a model in plain words: what each is, and what is asked about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.data.group_words import group_noun
from engine.inference.parameter_names import coefficient_names
from engine.model.spec import INTERCEPT
from engine.reporting.model_facts import block_labels, fixed_labels, ordered_blocks
from engine.reporting.term_words import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.fitted_model import FittedModel
    from engine.model.design import RandomBlock
    from engine.reporting.term_words import TermLabel


@dataclass(frozen=True, slots=True)
class ParameterWords:
    """One parameter in words.

    Attributes
    ----------
    title, about : str
        Its name, and in a few words more what it is.
    topic : str
        Of the help texts.
    key : mapping of str to str
        Which one it is, for `explained_numbers`.
    question : str
        What a test of it answers; empty where nobody asks.
    """

    title: str
    about: str
    topic: str
    key: Mapping[str, str] = field(default_factory=dict)
    question: str = ""


def parameter_words(model: FittedModel) -> dict[str, ParameterWords]:
    """Say what each parameter is.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    dict of str to ParameterWords
        By the names that tables of bootstrap and profile have, in their order.
    """
    found: dict[str, ParameterWords] = {}
    for block in ordered_blocks(model):
        found |= dict(_of_block(block))
    found["sigma"] = ParameterWords("Residual SD", _residual(model), "residual")
    means = _means(model)
    names = coefficient_names(model.design)
    labels = zip(model.design.terms, fixed_labels(model), strict=True)
    for name, (term, label) in zip(names, labels, strict=True):
        found[name] = _of_term(term, label, means.get(term, ""))
    return found


def _of_block(block: RandomBlock) -> Iterator[tuple[str, ParameterWords]]:
    """SDs and correlations, as theta stands."""
    group, labels = block.grouping.name, block_labels(block)
    plural = group_noun(group)[1]
    for a, (term, label) in enumerate(zip(block.terms, labels, strict=True)):
        the = "" if label.text == INTERCEPT else "the "
        yield (
            f"sd({group}, {term})",
            ParameterWords(
                f"SD of {label.varying}",
                f"among {plural}",
                "standard_deviation",
                {"group": group, "term": label.varying},
                f"Do {plural} differ in {the}{label.varying}?",
            ),
        )
        for other, later in zip(block.terms[a + 1 :], labels[a + 1 :], strict=True):
            yield (
                f"cor({group}, {term}, {other})",
                ParameterWords(
                    f"Correlation among {plural}",
                    f"of {label.varying} and {later.varying}",
                    "correlation",
                    {"group": group, "term": later.varying, "with": label.varying},
                ),
            )


def _residual(model: FittedModel) -> str:
    if model.design.weights is not None:
        return "of a row with weight 1"
    if not model.is_mixed:
        return "of rows around the fit"
    names = {block.grouping.name for block in model.design.blocks}
    if len(names) > 1:
        return "among rows of the same groups"
    return f"among rows of one {group_noun(names.pop())[0]}"


def _means(model: FittedModel) -> dict[str, str]:
    """Which coefficients are means of coefficients that vary among groups."""
    varying: dict[str, list[str]] = {}
    for block in ordered_blocks(model):
        for term in block.terms:
            varying.setdefault(term, []).append(group_noun(block.grouping.name)[1])
    return {term: f"mean of {names[0]}" for term, names in varying.items()}


def _of_term(name: str, label: TermLabel, mean: str) -> ParameterWords:
    """One coefficient."""
    key, parts, text = {"term": label.text}, label.parts, label.text
    if name == INTERCEPT:
        return ParameterWords("Baseline", "intercept", "intercept", key)
    matters = f"Does {text} matter?"
    if len(parts) > 1:
        title = f"Effect of {text}"
        return ParameterWords(title, "interaction", "estimate", key, matters)
    if not parts:
        return ParameterWords(text, "coefficient", "estimate", key, matters)
    (part,) = parts
    if part.role is Role.NUMBER:
        about = f"slope, {mean}" if mean else "slope"
        return ParameterWords(f"Effect of {text}", about, "estimate", key, matters)
    if part.role is Role.LEVEL:
        return ParameterWords(text, mean or "baseline", "estimate", key)
    versus = f" {part.reference}" if part.reference else " the others"
    question = f"Does {part.level} ({part.name}) differ from{versus}?"
    about = f"difference from{versus}"
    return ParameterWords(text, about, "estimate", key, question)
