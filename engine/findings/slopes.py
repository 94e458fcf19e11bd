"""Random terms that the data or the formula leave no room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.design_hints import model_hints
from engine.data.group_words import group_noun
from engine.data.hints import HintKind
from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import without_slopes
from engine.findings.repeats import NOT_IDENTIFIED
from engine.findings.words import one_for_all
from engine.model.columns import used_columns

if TYPE_CHECKING:
    from engine.findings.case import Case


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


def has_hopeless_slope(case: Case, place: int) -> bool:
    """Tell whether some effect of a parenthesis cannot be seen to vary at all.

    What the fit makes of such a parenthesis, zeros and perfect correlations, has this
    one cause and is not to be said again.

    Parameters
    ----------
    case : Case
    place : int
        Of the parenthesis.

    Returns
    -------
    bool
    """
    own = case.spec.random[place]
    if len(own.group) > 1:
        return False
    facts = (_fact(case, name, own.group_name) for name in used_columns(own.terms))
    return any(kind is HintKind.CONSTANT_WITHIN for kind, _, _ in facts)


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
    is_hopeless = kind is HintKind.CONSTANT_WITHIN
    if len(gone) < len(own.terms):  # others may vary
        label = f"One effect of {column}"
        if is_hopeless:
            meaning = f"Let only what varies within {group_noun(own.group_name)[1]} "
            meaning += "differ among them."
    change = Change(label, without_slopes(case.spec, place, gone))
    finding = Finding(
        key=f"slope:{case.group_key(own.group)}:{case.source(column)}",
        severity=Severity.RED if is_hopeless else Severity.AMBER,
        sentence=sentence,
        meaning=meaning,
        actions=(change, Dismiss()),
        topic="constant_within",
        columns=(column, *own.group),
    )
    return Found(finding, (NOT_IDENTIFIED,) if is_hopeless else ())
