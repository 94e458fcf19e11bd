"""Effects that are to vary among groups although no group shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.data.design_hints import model_hints
from engine.data.group_words import group_noun
from engine.data.hints import HintKind
from engine.data.wording import counted
from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import without_slopes
from engine.findings.repeats import NOT_IDENTIFIED
from engine.findings.words import joined, one_for_all
from engine.model.columns import used_columns
from engine.model.sentence import term_text

if TYPE_CHECKING:
    from engine.data.hints import Hint
    from engine.findings.case import Case
    from engine.model.spec import Term
    from engine.model.within import Unseen


def effects_that_cannot_vary(case: Case) -> list[Found]:
    """Say which effects cannot be seen to differ among the groups they vary among.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        One for each column that never varies within these groups, one for each other
        term that no group shows, and one for each column that few groups show.
    """
    found = []
    for place, own in enumerate(case.spec.random):
        unseen = _unseen(case, place)
        columns = dict.fromkeys(one.constant[0] for one in unseen if one.constant)
        found += [_constant(case, place, column, unseen) for column in columns]
        found += [
            _not_seen(case, place, one)
            for one in unseen
            if not one.constant and _is_last(case, place, one)
        ]
        gone = {one.term for one in unseen}
        left = [term for term in own.terms if term not in gone]
        if len(own.group) == 1:
            found += _rarely(case, place, used_columns(left))
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
    return bool(_unseen(case, place))


def _unseen(case: Case, place: int) -> list[Unseen]:
    """What no group shows of a parenthesis, in its order."""
    own = case.spec.random[place]
    known = {
        frozenset(one.term): one for one in case.unseen if {*one.group} == {*own.group}
    }
    return [
        replace(known[frozenset(term)], term=term)  # as it is written here
        for term in own.terms
        if frozenset(term) in known
    ]


def _is_last(case: Case, place: int, unseen: Unseen) -> bool:
    """Whether all that a term follows from stands before it: one of them is said."""
    own = case.spec.random[place]
    before = {*own.terms[: own.terms.index(unseen.term)]}
    for earlier in case.spec.random[:place]:
        if {*earlier.group} == {*own.group}:
            before |= {*earlier.terms}
    return unseen.is_of_parts or {*unseen.follows} <= before


def _constant(case: Case, place: int, column: str, unseen: list[Unseen]) -> Found:
    """Effects that would need a column to vary within groups."""
    own = case.spec.random[place]
    one, many = group_noun(own.group_name)
    gone = [u.term for u in unseen if u.constant and u.constant[0] == column]
    never = f"{column} never varies within any {one}"
    sentence = f"{never}: its effect cannot be seen to differ among {many}."
    if any(len(term) > 1 for term in gone):
        texts = joined([term_text(term) for term in gone])
        effects = "effect" if len(gone) == 1 else "effects"
        sentence = (
            f"The {effects} of {texts} cannot be seen to differ among {many}: {never}."
        )
    key = f"slope:{case.group_key(own.group)}:{case.source(column)}"
    return _found(case, place, gone, key, sentence, (column,))


def _not_seen(case: Case, place: int, unseen: Unseen) -> Found:
    """An effect that follows from others within every group, or a curve that does."""
    own = case.spec.random[place]
    one, many = group_noun(own.group_name)
    text = term_text(unseen.term)
    cannot = f"cannot be seen to differ among {many}"
    others = joined([term_text(term) for term in unseen.follows])
    if unseen.most_values:
        (name,) = used_columns([unseen.term])
        values = counted(unseen.most_values, "different value")
        why = f"no {one} has more than {values} of {name}"
        sentence = f"The curve of {name} {cannot}: {why}."
    else:
        sentence = (
            f"The effect of {text} {cannot} beside that of {others}: within each {one} "
            "it follows from it."
        )
        if len(unseen.follows) > 1:
            sentence = (
                f"The effect of {text} {cannot} beside those of {others}: within each "
                f"{one} it follows from them."
            )
    key = f"slope:{case.group_key(own.group)}:{case.term_key(unseen.term)}"
    columns = used_columns([unseen.term, *unseen.follows])
    return _found(case, place, [unseen.term], key, sentence, columns)


def _found(
    case: Case,
    place: int,
    gone: list[Term],
    key: str,
    sentence: str,
    columns: tuple[str, ...],
) -> Found:
    own = case.spec.random[place]
    many = group_noun(own.group_name)[1]
    label = one_for_all(own.group_name)
    meaning = f"Let the baseline alone vary among {many}."
    if len(gone) < len(own.terms):  # others may vary
        what = term_text(gone[0]) if len(gone) == 1 else columns[0]
        label = f"One effect of {what}"
        meaning = f"Let only what varies within {many} differ among them."
    finding = Finding(
        key=key,
        severity=Severity.RED,
        sentence=sentence,
        meaning=meaning,
        actions=(
            Change(label, without_slopes(case.spec, place, gone)),
            Dismiss(),
        ),
        topic="constant_within",
        columns=tuple(dict.fromkeys((*columns, *own.group))),
    )
    return Found(finding, (NOT_IDENTIFIED,))


def _rarely(case: Case, place: int, columns: tuple[str, ...]) -> list[Found]:
    """Columns that vary within few groups, which alone tell of their effects."""
    own = case.spec.random[place]
    (group,) = own.group
    return [
        _seen_by_few(case, place, column, hint)
        for column in columns
        for hint in model_hints(case.scan, groupings=[group], slopes={group: [column]})
        if hint.kind is HintKind.RARELY_VARIES
    ]


def _seen_by_few(case: Case, place: int, column: str, hint: Hint) -> Found:
    own = case.spec.random[place]
    gone = [term for term in own.terms if column in used_columns([term])]
    label = one_for_all(own.group_name)
    if len(gone) < len(own.terms):
        label = f"One effect of {column}"
    finding = Finding(
        key=f"slope:{case.group_key(own.group)}:{case.source(column)}",
        severity=Severity.AMBER,
        sentence=hint.sentence,
        meaning=hint.meaning,
        actions=(Change(label, without_slopes(case.spec, place, gone)), Dismiss()),
        topic="constant_within",
        columns=(column, *own.group),
    )
    return Found(finding)
