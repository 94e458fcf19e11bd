"""Terms that say the same twice, so that nothing is left for one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.data.group_words import group_noun, sentence_case
from engine.findings.finding import Change, Finding, Found, Severity
from engine.findings.remedies import with_random
from engine.findings.words import joined
from engine.model.columns import is_categorical, used_columns
from engine.model.language.expressions import parse_expression
from engine.model.sentence import term_text
from engine.model.sentence_edits import without_term

if TYPE_CHECKING:
    from engine.data.design_facts import DesignScan
    from engine.findings.case import Case
    from engine.model.spec import ModelSpec, Term

NOT_IDENTIFIED = "not_identified"
"""Key of what is said when variances cannot be told apart."""


def repeated_terms(case: Case) -> list[Found]:
    """Name random terms that say the same twice, and which of them is to go.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    found = []
    random = case.spec.random
    for j, later in enumerate(random):
        for i, earlier in enumerate(random[:j]):
            if {*earlier.group} == {*later.group}:
                found += _same_parts(case, i, j)
            elif are_same_groups(case.scan, earlier.group, later.group):
                found.append(_same_groups(case, i, j))
    return found


def are_same_groups(
    scan: DesignScan, one: tuple[str, ...], other: tuple[str, ...]
) -> bool:
    """Tell whether two groupings are the same groups under two names.

    Parameters
    ----------
    scan : DesignScan
    one, other : tuple of str
        Their columns.

    Returns
    -------
    bool
    """
    if len(one) > len(other):
        one, other = other, one
    if len(one) == len(other) == 1:
        return scan.is_nested(*one, *other) and scan.is_nested(*other, *one)
    if len(one) == 1 and len(other) == 2:
        return scan.same_as_combination(*other) == one[0]
    return False


def _same_parts(case: Case, i: int, j: int) -> list[Found]:
    """Two parentheses of one grouping that share a baseline or an effect."""
    first, second = case.spec.random[i], case.spec.random[j]
    own = {frozenset(term) for term in second.terms}
    shared = [term for term in first.terms if frozenset(term) in own]
    has_both_baselines = first.intercept and second.intercept
    if not shared and not has_both_baselines:
        return []
    parts = ["the baseline"] if has_both_baselines else []
    parts += [f"the effect of {term_text(term)}" for term in shared]
    what = joined(parts)
    texts = str(first), str(second)
    label, spec = _without_repeats(case, i, j, shared)
    finding = Finding(
        key=f"repeated:{case.group_key(first.group)}:{case.group_key(second.group)}",
        severity=Severity.RED,
        sentence=f"{what[0].upper()}{what[1:]} of {group_noun(first.group_name)[1]} "
        f"varies twice, in {texts[0]} and in {texts[1]}.",
        meaning="The two variances cannot be told apart: any split between them fits "
        "equally well.",
        actions=(Change(label, spec),),
        topic=NOT_IDENTIFIED,
        columns=first.group,
    )
    zero = f"zero:{case.group_key(second.group)}:"
    return [Found(finding, (NOT_IDENTIFIED, zero))]


def _without_repeats(
    case: Case, i: int, j: int, shared: list[Term]
) -> tuple[str, ModelSpec]:
    """Drop the parenthesis that the other contains, or what the later one repeats."""
    first, second = case.spec.random[i], case.spec.random[j]
    for place, inner, outer in ((j, second, first), (i, first, second)):
        has_more = inner.intercept and not outer.intercept
        if len(inner.terms) == len(shared) and not has_more:
            return f"Leave out {inner}", with_random(case.spec, place)
    gone = {frozenset(term) for term in shared}
    left = tuple(term for term in second.terms if frozenset(term) not in gone)
    is_baseline_left = second.intercept and not first.intercept
    changed = replace(second, intercept=is_baseline_left, terms=left)
    spec = with_random(case.spec, j, changed)
    return f"Write {changed}", spec


def _same_groups(case: Case, i: int, j: int) -> Found:
    """Two groupings that are one under two names."""
    first, second = case.spec.random[i], case.spec.random[j]
    names = first.group_name, second.group_name
    finding = Finding(
        key=f"same_groups:{':'.join(map(case.group_key, (first.group, second.group)))}",
        severity=Severity.RED,
        sentence=f"{names[0]} and {names[1]} are the same groups under two names.",
        meaning="Their variances cannot be told apart: any split between them fits "
        "equally well.",
        actions=(
            Change(f"Leave out {second}", with_random(case.spec, j)),
            Change(f"Leave out {first}", with_random(case.spec, i)),
        ),
        topic=NOT_IDENTIFIED,
        columns=(*first.group, *second.group),
    )
    return Found(finding, (NOT_IDENTIFIED,))


def fixed_and_random(case: Case) -> list[Found]:
    """Name groupings whose baselines vary although each level has its own mean.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        One for each parenthesis with a baseline for which a category of the fixed part
        leaves no room: the grouping itself, or what is finer.
    """
    found = []
    for place, own in enumerate(case.spec.random):
        if len(own.group) == 1 and own.intercept:
            (name,) = own.group
            finer = (term for term in case.fixed if _tells_apart(case, term, name))
            if (term := next(finer, None)) is not None:
                found.append(_fixed_and_random(case, place, term))
            elif _is_within_unpooled(case, name):
                found.append(_beside_unpooled(case, place))
    return found


def _tells_apart(case: Case, term: Term, grouping: str) -> bool:
    """Whether a main effect gives every level of a grouping a mean of its own."""
    if len(term) > 1:
        return False
    expression = parse_expression(term[0])
    column = expression.columns[0]
    is_category = expression.is_column and is_categorical(case.prepared.frame[column])
    if not (is_category or expression.functions == ("C",)):
        return False
    return column == grouping or case.scan.is_nested(column, grouping)


def _is_within_unpooled(case: Case, grouping: str) -> bool:
    """Whether groups that are not pooled tell the levels of another grouping apart."""
    own = case.spec.grouping
    if case.spec.no_pooling is None or own is None:
        return False
    return case.scan.is_nested(own, grouping)


def _fixed_and_random(case: Case, place: int, term: Term) -> Found:
    own, what = case.spec.random[place], term_text(term)
    columns = used_columns([term])
    sentence = f"{what} is in the model twice: as a fixed effect and as groups."
    if columns != own.group:
        many = group_noun(own.group_name)[1]
        sentence = f"{what} is a fixed effect and tells all {many} apart."
    other = Change(f"Leave out {what}", without_term(case.spec, term))
    return _no_room(case, place, sentence, columns, (other,))


def _beside_unpooled(case: Case, place: int) -> Found:
    grouping = case.spec.grouping or ""
    many = group_noun(case.spec.random[place].group_name)[1]
    groups = sentence_case(group_noun(grouping)[1])
    sentence = f"{groups} are not pooled, which tells all {many} apart."
    return _no_room(case, place, sentence, (grouping,))


def _no_room(
    case: Case,
    place: int,
    sentence: str,
    columns: tuple[str, ...],
    others: tuple[Change, ...] = (),
) -> Found:
    """Baselines that cannot vary beside fixed effects."""
    own = case.spec.random[place]
    many = group_noun(own.group_name)[1]
    left = replace(own, intercept=False)
    label, spec = f"Leave out {own}", with_random(case.spec, place)
    if own.terms:
        label, spec = f"Write {left}", with_random(case.spec, place, left)
    key = case.group_key(own.group)
    finding = Finding(
        key=f"fixed_and_random:{key}",
        severity=Severity.RED,
        sentence=sentence,
        meaning=f"The fixed effects leave nothing to vary among {many}: the spread of "
        "their baselines cannot be estimated.",
        actions=(Change(label, spec), *others),
        topic="fixed_and_random",
        columns=tuple(dict.fromkeys((*columns, *own.group))),
    )
    return Found(finding, (NOT_IDENTIFIED, f"zero:{key}:", f"few_groups:{key}"))
