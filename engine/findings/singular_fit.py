"""Say what a spread of zero or a perfect correlation means, and what can be done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.data.design_hints import FEW
from engine.data.group_words import counted_groups, group_noun, sentence_case
from engine.findings.finding import (
    MOST_ACTIONS,
    Action,
    Change,
    Dismiss,
    Finding,
    Found,
    Severity,
)
from engine.findings.groups import few_key, not_pooled_change
from engine.findings.origin import (
    centre_change,
    centring,
    far_key,
    independent_at_zero,
)
from engine.findings.remedies import uncorrelated, with_random, without_slopes
from engine.findings.singular import degenerate_groupings
from engine.findings.slopes import has_hopeless_slope
from engine.findings.units import is_asked_for
from engine.findings.words import joined, one_for_all
from engine.fitting.certificate import Verdict
from engine.model.columns import is_categorical, spec_columns, used_columns
from engine.model.language.names import quoted
from engine.model.sentence import term_text
from engine.written_numbers import fixed

if TYPE_CHECKING:
    from engine.findings.case import Case
    from engine.findings.singular import Degenerate, Together
    from engine.model.spec import Term

SHOWN_AS_ONE = 0.995
"""Correlation from which two are the same; of three, none need be so close."""


def singular(case: Case) -> list[Found]:
    """Say what does not vary, or varies only together with something else.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    if case.model is None or case.model.convergence.verdict is Verdict.STOPPED:
        return []  # nothing is known of the optimum
    found = []
    for lost in map(partial(_without_hopeless, case), degenerate_groupings(case)):
        if lost.zero:
            found.append(_zero(case, lost))
        found += [_together(case, lost, pair) for pair in lost.together]
    return found


def _without_hopeless(case: Case, lost: Degenerate) -> Degenerate:
    """Set aside what follows from an effect that cannot vary: that is said already."""
    places = range(len(case.spec.random))
    gone = {place for place in places if has_hopeless_slope(case, place)}
    return replace(
        lost,
        zero=tuple(own for own in lost.zero if own[0] not in gone),
        alive=tuple(own for own in lost.alive if own[0] not in gone),
        together=tuple(pair for pair in lost.together if pair.place not in gone),
    )


# ---- zero variances -----------------------------------------------------------


def _zero(case: Case, lost: Degenerate) -> Found:
    if () in lost.zero_terms and lost.alive_slopes:
        return _zero_baseline_beside_slopes(case, lost)
    if lost.zero_terms == ((),):
        return _zero_spread(case, lost)
    return _zero_slopes(case, lost)


def _zero_spread(case: Case, lost: Degenerate) -> Found:
    """Groups that do not differ at all, as far as the data can tell."""
    many = group_noun(lost.name)[1]
    groups = counted_groups(lost.n_levels, lost.name)
    meaning = f"The {groups} differ no more than rows of one would by chance."
    if lost.n_levels < FEW:
        meaning += " So few can also hide a true spread."
    meaning += " The other estimates stay valid."
    actions: list[Action] = []
    if lost.n_levels < FEW:
        actions += _some(not_pooled_change(case, lost.name))
    if not actions:
        actions += _some(_left_out(case, lost))
    return _found(
        case,
        lost,
        _zero_key(case, lost),
        f"The spread between {many} is estimated as 0.",
        meaning,
        actions,
        covers=(few_key(case, lost.name),),
    )


def _zero_key(case: Case, lost: Degenerate) -> str:
    """Key of spreads of zero: of nothing else, or of effects."""
    effects = (case.term_key(term) for term in lost.zero_terms if term)
    return f"zero:{case.group_key(case.groupings[lost.name])}:{','.join(effects)}"


def _left_out(case: Case, lost: Degenerate) -> Change | None:
    """Leave a grouping out, unless the design asks for it."""
    (place, _), *_ = lost.zero
    spec = with_random(case.spec, place)
    own = case.spec.random[place].group
    if any(is_asked_for(case, spec_columns(spec), name) for name in own):
        return None
    return Change(f"Leave out {lost.name}", spec)


def _zero_baseline_beside_slopes(case: Case, lost: Degenerate) -> Found:
    """Lines that all meet at zero of the covariate.

    The baseline stays, whatever its spread: without it the model would depend on where
    the covariate has its zero.
    """
    many = group_noun(lost.name)[1]
    slopes = used_columns(lost.alive_slopes)
    far = tuple(name for name in case.far if name in slopes)
    zeros = joined([f"{name} = 0" for name in slopes])
    actions: list[Action] = []
    covers: tuple[str, ...] = ()
    meaning = "All lines meet there. The other estimates stay valid."
    if far and any(lost.name in independent_at_zero(case, name) for name in far):
        actions.append(centre_change(case, far))
        meaning = (
            "No row is near that zero: with centred columns the baseline lies where "
            "the data are, and can vary there."
        )
        covers = (far_key(case, case.far),)
    return _found(
        case,
        lost,
        _zero_key(case, lost),
        f"At {zeros} the spread between {many} is estimated as 0.",
        meaning,
        actions,
        covers=covers,
    )


def _zero_slopes(case: Case, lost: Degenerate) -> Found:
    """Effects that are the same in all groups, with or without their baselines."""
    one, many = group_noun(lost.name)
    effects = joined([term_text(term) for term in lost.zero_terms if term])
    is_one = sum(map(bool, lost.zero_terms)) == 1
    if () in lost.zero_terms:
        sentence = (
            f"Neither baselines nor effects of {effects} differ among {many}: their "
            "spreads are estimated as 0."
        )
    else:
        effect, spread = (
            ("effect", "spread is") if is_one else ("effects", "spreads are")
        )
        does = "does" if is_one else "do"
        sentence = (
            f"The {effect} of {effects} {does} not differ among {many}: the {spread} "
            "estimated as 0."
        )
    label = one_for_all(lost.name)
    spec = case.spec
    for place in sorted({place for place, term in lost.zero if term}, reverse=True):
        own = spec.random[place]
        gone = [
            other
            for other in own.terms
            if any(p == place and term and {*term} <= {*other} for p, term in lost.zero)
        ]
        spec = without_slopes(spec, place, gone)
    return _found(
        case,
        lost,
        _zero_key(case, lost),
        sentence,
        f"No {one} needs an effect of its own. The other estimates stay valid.",
        [Change(label, spec)],
    )


# ---- perfect correlations -----------------------------------------------------


def _together(case: Case, lost: Degenerate, pair: Together) -> Found:
    groups = counted_groups(lost.n_levels, lost.name)
    exactly = "perfectly" if pair.is_perfect else "almost perfectly"
    number = fixed(pair.correlation, 2 if pair.is_perfect else 3)
    sentence = (
        f"{_pair_words(case, pair)} move together {exactly} (correlation {number})."
    )
    what = "the two"
    if pair.is_perfect and abs(pair.correlation) < SHOWN_AS_ONE:
        sentence, what = _all_words(case, lost, pair), "them"
    meaning = f"Your {groups} cannot tell {what} apart. The fixed effects stay valid."
    is_enough = lost.n_levels >= FEW
    names = map(case.term_key, (pair.first, pair.second))
    is_pair = what == "the two"
    return _found(
        case,
        lost,
        f"together:{case.group_key(case.groupings[lost.name])}:{','.join(names)}",
        sentence,
        meaning,
        [*_uncorrelated(case, pair), *_fewer(case, lost, pair)],
        covers=(few_key(case, lost.name),) if is_enough else (),
        severity=Severity.RED if pair.is_perfect else Severity.AMBER,
        topic="perfect_correlation" if is_pair else "singular",
    )


def _pair_words(case: Case, pair: Together) -> str:
    if pair.first == pair.second:
        columns = used_columns([pair.first])
        if not any(is_categorical(case.frame[name]) for name in columns):
            return f"The parts of the curve of {joined(columns)}"
        return f"Effects of the levels of {term_text(pair.first)}"
    n_slopes = len(case.spec.random[pair.place].terms)
    words = [
        "baseline"
        if not term
        else ("effect" if n_slopes == 1 else f"effect of {term_text(term)}")
        for term in (pair.first, pair.second)
    ]
    return sentence_case(" and ".join(words))


def _all_words(case: Case, lost: Degenerate, pair: Together) -> str:
    """Three or more that depend on each other, none of them on a single other."""
    own = case.spec.random[pair.place]
    parts = ["baselines"] if own.intercept else []
    parts.append(f"effects of {joined([term_text(term) for term in own.terms])}")
    what, many = sentence_case(joined(parts)), group_noun(lost.name)[1]
    return f"{what} follow from each other among {many} (a perfect correlation)."


def _uncorrelated(case: Case, pair: Together) -> list[Action]:
    """Drop the correlation; where that depends on the zero, centre first."""
    own = case.spec.random[pair.place]
    if any(is_categorical(case.frame[c]) for c in used_columns(own.terms)):
        return []  # levels of a category stay correlated behind a double bar
    far = tuple(name for name in case.far if (quoted(name),) in own.terms)
    label, spec = "Drop the correlation", case.spec
    if not far or not own.intercept:
        return [Change(label, uncorrelated(spec, pair.place))]
    spec, steps = centring(case, far)
    label = f"Centre {joined(far)}, drop the correlation"
    return [Change(label, uncorrelated(spec, pair.place), steps)]


def _fewer(case: Case, lost: Degenerate, pair: Together) -> list[Action]:
    """Let the later of the two vary no longer, nor what interacts with it."""
    own = case.spec.random[pair.place]
    gone = _with_interactions(own.terms, pair.second or pair.first)
    label = one_for_all(lost.name)
    if len(own.terms) > len(gone):
        label = f"One effect of {term_text(pair.second or pair.first)}"
    return [Change(label, without_slopes(case.spec, pair.place, gone))]


def _with_interactions(terms: tuple[Term, ...], term: Term) -> list[Term]:
    return [other for other in terms if {*term} <= {*other}]


# ---- both ---------------------------------------------------------------------


def _found(
    case: Case,
    lost: Degenerate,
    key: str,
    sentence: str,
    meaning: str,
    actions: list[Action],
    *,
    covers: tuple[str, ...] = (),
    severity: Severity = Severity.AMBER,
    topic: str = "singular",
) -> Found:
    buttons = (*actions, Dismiss())[:MOST_ACTIONS]
    assert case.model is not None
    finding = Finding(
        key=key,
        severity=severity,
        sentence=sentence,
        meaning=meaning,
        actions=buttons,
        topic=topic,
        details=case.model.convergence.message,
        columns=case.groupings[lost.name],
    )
    return Found(finding, covers)


def _some(change: Change | None) -> list[Action]:
    return [] if change is None else [change]
