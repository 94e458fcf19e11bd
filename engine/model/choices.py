"""What a menu of the model sentence offers: each choice with the reason for or against.

The menus of the groupings are in `engine.model.grouping_choices`, what varies in
`engine.model.varying_choices`; all are offered here.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from engine.data.group_words import group_noun
from engine.data.roles import suggest_roles
from engine.data.table import Kind
from engine.model.choice import Choice, choice, possible_first, unwritable
from engine.model.grouping_choices import (
    further_choices,
    grouping_choices,
    no_pooling_choices,
)
from engine.model.language.expressions import quoted
from engine.model.language.rewriting import polynomial
from engine.model.sentence import read_sentence
from engine.model.sentence_edits import used_columns
from engine.model.spec import ModelSpec, Pooling, RandomTerm
from engine.model.tidying import response_columns
from engine.model.varying_choices import varying_choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.data.table import Table

__all__ = [
    "Choice",
    "covariate_choices",
    "first_model",
    "further_choices",
    "grouping_choices",
    "interaction_choices",
    "no_pooling_choices",
    "response_choices",
    "varying_choices",
]

_NOT_NUMBERS = {
    Kind.CATEGORY: "It holds names, and a linear model explains numbers.",
    Kind.DATE: "It holds dates, and a linear model explains numbers.",
    Kind.LABEL: "It holds labels or remarks, and a linear model explains numbers.",
}
_HOLDS = {
    Kind.NUMBER: "numbers",
    Kind.CATEGORY: "categories",
    Kind.DATE: "dates, counted in days",
    Kind.LABEL: "labels or remarks",
}


def response_choices(
    kinds: Mapping[str, Kind], spec: ModelSpec | None
) -> tuple[Choice, ...]:
    """Columns that could be explained.

    Parameters
    ----------
    kinds : mapping of str to Kind
        What the columns hold, in their order.
    spec : ModelSpec or None
        The model as it is, if there is one.

    Returns
    -------
    tuple of Choice
        By column; those that are possible first.
    """
    response = () if spec is None else response_columns(spec)
    used = () if spec is None else used_columns(spec)
    found = []
    for column, kind in kinds.items():
        detail = _HOLDS[kind]
        if column in used and column not in response:
            detail += "; now elsewhere in the model, from where it would go"
        why_not = _NOT_NUMBERS.get(kind, "") or unwritable(column)
        is_chosen = column in response
        found.append(choice(column, column, detail, why_not, is_chosen=is_chosen))
    return possible_first(found)


def covariate_choices(kinds: Mapping[str, Kind], spec: ModelSpec) -> tuple[Choice, ...]:
    """Columns on which the response could depend.

    Parameters
    ----------
    kinds : mapping of str to Kind
        What the columns hold, in their order.
    spec : ModelSpec

    Returns
    -------
    tuple of Choice
        By column; those that are possible first.
    """
    found = []
    for column, kind in kinds.items():
        why_not = _against_covariate(column, kind, spec)
        is_grouping = any(term.group == (column,) for term in spec.random)
        detail = _HOLDS[kind]
        if is_grouping and not why_not:
            detail += f"; a trend over its {group_noun(column)[1]}"
        is_chosen = column in _covariates(spec)
        found.append(choice(column, column, detail, why_not, is_chosen=is_chosen))
    return possible_first(found)


def interaction_choices(spec: ModelSpec) -> tuple[Choice, ...]:
    """Pairs of effects that could depend on each other.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    tuple of Choice
        By the two terms that `with_interaction` takes.
    """
    sentence = read_sentence(spec)
    known = {frozenset(own.term) for own in sentence.terms}
    mains = [own for own in sentence.terms if not own.is_interaction]
    found = []
    for one, other in combinations(mains, 2):
        if not set(one.columns).isdisjoint(other.columns):
            continue
        is_known = frozenset(one.term + other.term) in known
        why_not = "It is in the model already." if is_known else ""
        text = f"{one.text} × {other.text}"
        detail = f"the effect of {one.text} depends on {other.text}"
        value = (one.term, other.term)
        found.append(choice(value, text, detail, why_not, is_chosen=is_known))
    return tuple(found)


def first_model(table: Table | Prepared, scan: DesignScan) -> ModelSpec | None:
    """Offer a model to begin with: baselines that vary among the likeliest groups.

    Plots 1, 2, 3 of every site are taken for other plots in each: sites and site:plot.

    Parameters
    ----------
    table : Table or Prepared
        With preparation steps, such as that which makes a wide table long, the latter.
    scan : DesignScan
        Of the same table.

    Returns
    -------
    ModelSpec or None
        None if no column looks like a measurement, or nothing could explain it.
    """
    roles = suggest_roles(table, scan)
    if roles.response is None or unwritable(roles.response.column):
        return None
    covariates = [p.column for p in roles.covariates if not unwritable(p.column)]
    groupings = [p.column for p in roles.groupings if not unwritable(p.column)]
    anew = [pair for pair in scan.begun_anew() if not any(map(unwritable, pair))]
    labels = {inner for _, inner in anew}
    covariates = [column for column in covariates if column not in labels]
    groups = [*((column,) for column in groupings if column not in labels), *anew]
    if not covariates and not groups:
        return None
    return ModelSpec(
        response=quoted(roles.response.column),
        fixed=tuple((quoted(column),) for column in covariates),
        random=tuple(RandomTerm(columns) for columns in groups),
        grouping=groupings[0] if groupings else None,
    )


def _covariates(spec: ModelSpec) -> set[str]:
    """Columns that are in the model as themselves or as polynomials."""
    single = [own.term[0] for own in read_sentence(spec).terms if len(own.term) == 1]
    return {found[0] for text in single if (found := polynomial(text)) is not None}


def _against_covariate(column: str, kind: Kind, spec: ModelSpec) -> str:
    """Why the response cannot depend on one more column; empty if it can."""
    if column in response_columns(spec):
        return "It is what is explained."
    if column in _covariates(spec):
        return "It is in the model already."
    if kind is Kind.LABEL:
        return "Nearly every row has a text of its own, which explains nothing."
    if reason := unwritable(column):
        return reason
    plural = group_noun(column)[1]
    main = read_sentence(spec).main
    is_main = main is not None and main.columns == (column,)
    if is_main and main is not None and main.pooling is Pooling.NONE:
        return f"The {plural} have baselines of their own already."
    is_grouping = any(term.group == (column,) for term in spec.random)
    if is_grouping and kind is Kind.CATEGORY:
        return (
            f"Baselines vary among {plural} already; as a covariate it would leave "
            "nothing to vary."
        )
    return ""
