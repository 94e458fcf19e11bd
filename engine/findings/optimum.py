"""Whether the estimates are the optimum, and which variances the data cannot tell."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from engine.data.group_words import group_noun
from engine.data.wording import counted
from engine.findings.finding import Action, Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import uncorrelated, with_random, without_slopes
from engine.findings.repeats import NOT_IDENTIFIED
from engine.findings.words import joined
from engine.fitting.certificate import Verdict
from engine.model.spec import INTERCEPT

if TYPE_CHECKING:
    from engine.findings.case import Case
    from engine.fitting.certificate import Convergence

_NAMED = re.compile(r"'([^']+)' among levels of '([^']+)'")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def optimum(case: Case) -> list[Found]:
    """Say what is proved of the estimates.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        One with a fit.
    """
    if case.model is None:
        return []
    convergence = case.model.convergence
    if convergence.is_proved:
        return [Found(_verified(convergence))]
    if convergence.has_rival:
        return [Found(_several(case, convergence))]
    if convergence.verdict is Verdict.NOT_IDENTIFIED:
        return [Found(_not_identified(case, convergence))]
    return [Found(_stopped(case, convergence))]


def _verified(convergence: Convergence) -> Finding:
    if convergence.verdict is Verdict.CLOSED_FORM:
        sentence = "The estimates are exact: least squares has a closed form."
        meaning = "There is no search that could have stopped too early."
    else:
        gain = convergence.newton_decrement / 2
        sentence = (
            f"The optimum is verified: the deviance can fall by {_power(gain)} at most."
        )
        meaning = "No other values of the variances close by fit better."
    return Finding(
        "optimum", Severity.GREEN, sentence, meaning, (), "optimum", convergence.message
    )


def _power(value: float) -> str:
    """The next power of ten above a small number."""
    if value <= 0:
        return "0"
    exponent = max(math.ceil(math.log10(value)), -15)
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def _stopped(case: Case, convergence: Convergence) -> Finding:
    return Finding(
        key="stopped",
        severity=Severity.RED,
        sentence=f"The optimum is not verified: the search ended after "
        f"{counted(convergence.n_evaluations, 'try', 'tries')} at a point that may "
        "not be it.",
        meaning="Take all numbers as provisional. A model with fewer random effects "
        "usually settles it.",
        actions=(*_simpler(case), Dismiss()),
        topic="not_certified",
        details=convergence.message,
    )


def _several(case: Case, convergence: Convergence) -> Finding:
    return Finding(
        key="several_optima",
        severity=Severity.AMBER,
        sentence="Two different sets of variances fit nearly equally well; the better "
        "one is shown.",
        meaning="Where random terms compete for the same variation, these data cannot "
        "say which of them has it. A model with fewer random effects usually settles "
        "it.",
        actions=(*_simpler(case), Dismiss()),
        topic="several_optima",
        details=convergence.message,
    )


def _simpler(case: Case) -> tuple[Action, ...]:
    """Offer the random part one step simpler, if it has anything to spare."""
    spec = case.spec
    for place, own in enumerate(spec.random):
        if own.terms and own.intercept and own.correlated:
            return (Change("Drop the correlation", uncorrelated(spec, place)),)
    for place, own in enumerate(spec.random):
        if own.terms:
            fewer = without_slopes(spec, place, own.terms)
            return (Change("Let the baseline alone vary", fewer),)
    return ()


def _not_identified(case: Case, convergence: Convergence) -> Finding:
    named = _NAMED.findall(convergence.message)
    what = joined([_variance(term, group) for term, group in named])
    groups = {group for _, group in named}
    actions: tuple[Action, ...] = (Dismiss(),)
    places = [i for i, t in enumerate(case.spec.random) if t.group_name in groups]
    if len(places) == 1 and len(named) < 2:
        text = case.spec.random[places[0]]
        change = Change(f"Leave out {text}", with_random(case.spec, places[0]))
        actions = (change, Dismiss())
    elif len(places) > 1:  # the smallest is the one that the others can do without
        place = min(places, key=lambda i: (len(case.spec.random[i].terms), -i))
        text = case.spec.random[place]
        change = Change(f"Leave out {text}", with_random(case.spec, place))
        actions = (change, Dismiss())
    sentence = f"The data cannot tell apart how much vary {what}."
    meaning = "Any split between these variances fits equally well: remove a random "
    meaning += "term that repeats another."
    if len(named) < 2:
        what = what or "what is meant to vary"
        sentence = f"The data cannot tell how much {what} vary."
        meaning = "Any size of this variance fits equally well: look for an effect of "
        meaning += "the fixed part that says the same, or leave the random term out."
    return Finding(
        key=NOT_IDENTIFIED,
        severity=Severity.RED,
        sentence=sentence,
        meaning=meaning,
        actions=actions,
        topic=NOT_IDENTIFIED,
        details=convergence.message,
        columns=tuple(
            dict.fromkeys(c for i in places for c in case.spec.random[i].group)
        ),
    )


def _variance(term: str, group: str) -> str:
    many = group_noun(group)[1]
    if term == INTERCEPT:
        return f"the baselines of {many}"
    return f"the effects of {term} among {many}"
