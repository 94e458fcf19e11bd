"""Random terms that the data or the formula leave no room for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.data.design_hints import model_hints
from engine.data.group_words import group_noun
from engine.data.hints import HintKind
from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import with_random, without_slopes
from engine.findings.words import joined, one_for_all
from engine.model.columns import used_columns
from engine.model.sentence import term_text
from engine.model.spec import ModelSpec, RandomTerm

if TYPE_CHECKING:
    from engine.data.design_facts import DesignScan
    from engine.findings.case import Case
    from engine.model.spec import Term

NOT_IDENTIFIED = "not_identified"
"""Key of what is said when variances cannot be told apart."""


def effects_that_cannot_vary(case: Case) -> list[Found]:
    """Say which effects cannot be seen to differ among the groups they vary among.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    found = []
    for place, own in enumerate(case.spec.random):
        if len(own.group) > 1:
            continue
        for column in used_columns(own.terms):
            kind, sentence, meaning = _fact(case, column, own.group_name)
            if kind is not None:
                found.append(_cannot_vary(case, place, column, kind, sentence, meaning))
    return found


def _fact(case: Case, column: str, group: str) -> tuple[HintKind | None, str, str]:
    """What the scan says of an effect that is to vary."""
    for hint in model_hints(case.scan, groupings=[group], slopes={group: [column]}):
        if hint.kind in (HintKind.CONSTANT_WITHIN, HintKind.RARELY_VARIES):
            return hint.kind, hint.sentence, hint.meaning
    if column != group and case.scan.is_nested(group, column):  # a category
        one, many = group_noun(group)
        return (
            HintKind.CONSTANT_WITHIN,
            f"{column} never varies within any {one}: its effect cannot be seen to "
            f"differ among {many}.",
            f"Let the baseline alone vary among {many}.",
        )
    return None, "", ""


def _cannot_vary(
    case: Case, place: int, column: str, kind: HintKind, sentence: str, meaning: str
) -> Found:
    own = case.spec.random[place]
    gone = [term for term in own.terms if column in used_columns([term])]
    label = one_for_all(own.group_name)
    change = Change(label, without_slopes(case.spec, place, gone))
    is_hopeless = kind is HintKind.CONSTANT_WITHIN
    finding = Finding(
        key=f"slope:{own.group_name}:{column}",
        severity=Severity.RED if is_hopeless else Severity.AMBER,
        sentence=sentence,
        meaning=meaning,
        actions=(change, Dismiss()),
        topic="constant_within",
        columns=(column, *own.group),
    )
    if not is_hopeless:
        return Found(finding)
    texts = [":".join(term) for term in gone]
    lost = [f"{what}:{own.group_name}:" for what in ("together", "zero")]
    covers = [f"{lost[0]},{text}" for text in texts]
    covers += [f"{lost[1]}{term_text(term)}" for term in gone]
    return Found(finding, (NOT_IDENTIFIED, *covers))


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


def parenthesis(term: RandomTerm) -> str:
    """Write a random term as a formula has it: `(x | g)`."""
    text = str(ModelSpec("y", random=(term,)))
    return text[text.index(" + (") + 3 :]


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
    texts = parenthesis(first), parenthesis(second)
    label, spec = _without_repeats(case, i, j, shared)
    finding = Finding(
        key=f"repeated:{first.group_name}:{second.group_name}",
        severity=Severity.RED,
        sentence=f"{what[0].upper()}{what[1:]} of {group_noun(first.group_name)[1]} "
        f"varies twice, in {texts[0]} and in {texts[1]}.",
        meaning="The two variances cannot be told apart: any split between them fits "
        "equally well.",
        actions=(Change(label, spec),),
        topic=NOT_IDENTIFIED,
        columns=first.group,
    )
    return [Found(finding, (NOT_IDENTIFIED, f"zero:{second.group_name}:"))]


def _without_repeats(
    case: Case, i: int, j: int, shared: list[Term]
) -> tuple[str, ModelSpec]:
    """Drop the parenthesis that the other contains, or what the later one repeats."""
    first, second = case.spec.random[i], case.spec.random[j]
    for place, inner, outer in ((j, second, first), (i, first, second)):
        has_more = inner.intercept and not outer.intercept
        if len(inner.terms) == len(shared) and not has_more:
            return f"Leave out {parenthesis(inner)}", with_random(case.spec, place)
    gone = {frozenset(term) for term in shared}
    left = tuple(term for term in second.terms if frozenset(term) not in gone)
    is_baseline_left = second.intercept and not first.intercept
    changed = replace(second, intercept=is_baseline_left, terms=left)
    spec = with_random(case.spec, j, changed)
    return f"Write {parenthesis(changed)}", spec


def _same_groups(case: Case, i: int, j: int) -> Found:
    """Two groupings that are one under two names."""
    first, second = case.spec.random[i], case.spec.random[j]
    names = first.group_name, second.group_name
    finding = Finding(
        key=f"same_groups:{':'.join(names)}",
        severity=Severity.RED,
        sentence=f"{names[0]} and {names[1]} are the same groups under two names.",
        meaning="Their variances cannot be told apart: any split between them fits "
        "equally well.",
        actions=(
            Change(f"Leave out {parenthesis(second)}", with_random(case.spec, j)),
            Change(f"Leave out {parenthesis(first)}", with_random(case.spec, i)),
        ),
        topic=NOT_IDENTIFIED,
        columns=(*first.group, *second.group),
    )
    return Found(finding, (NOT_IDENTIFIED,))
