"""Terms of the fixed part that cannot have an effect of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.design_hints import TOO_FEW
from engine.data.group_words import group_noun
from engine.data.level_names import level_names
from engine.findings.case import column_terms
from engine.findings.finding import (
    MOST_ACTIONS,
    Action,
    Change,
    Dismiss,
    Finding,
    Found,
    Severity,
)
from engine.findings.remedies import partially_pooled, without_column
from engine.findings.words import joined, short_plural
from engine.fitting.fit import NEGLIGIBLE_PART
from engine.model.columns import used_columns
from engine.model.sentence import term_text
from engine.model.sentence_edits import without_term

if TYPE_CHECKING:
    from engine.findings.case import Case
    from engine.fitted_model import FittedModel
    from engine.model.spec import Term


def constant_columns(case: Case) -> list[Found]:
    """Say which columns of the fixed part have one value in all rows used.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    found = []
    for name in case.constants:
        values = case.frame[name]
        (only,) = level_names(values.iloc[:1])
        finding = Finding(
            key=f"constant:{case.source(name)}",
            severity=Severity.AMBER,
            sentence=f"{name} is {only} in all {len(values)} rows used.",
            meaning="What never varies explains nothing, and has no effect here.",
            actions=(Change(f"Leave out {name}", without_column(case.spec, name)),),
            topic="constant_column",
            columns=(name,),
        )
        found.append(Found(finding))
    return found


def no_effect_key(case: Case, term: Term) -> str:
    """Key of what is said on a term without an effect of its own."""
    return f"no_effect:{case.term_key(term)}"


def effects_without_value(case: Case) -> list[Found]:
    """Say which effects cannot be told from others, and from which.

    Parameters
    ----------
    case : Case
        With a fit.

    Returns
    -------
    list of Found
        One for each term of which a coefficient has no value.
    """
    model = case.model
    if model is None or not np.isnan(model.estimates.beta).any():
        return []
    owners = column_terms(
        model.design.encoder, intercept=model.design.written.intercept
    )
    is_lost = np.isnan(model.estimates.beta)
    found = []
    for term in dict.fromkeys(owners):
        own = np.array([owner == term for owner in owners])
        n_lost, n_all = int((own & is_lost).sum()), int(own.sum())
        if not n_lost or any(name in case.constants for name in used_columns([term])):
            continue
        twins = _twins(model, owners, term)
        if case.spec.no_pooling is not None and _is_of_group(case, (*twins, term)):
            found.append(_unpooled(case, term, n_lost, n_all))
        elif len(term) > 1 and all({*twin} < {*term} for twin in twins):
            found.append(_empty_cells(case, term, n_lost, n_all))
        else:
            found.append(_repeated(case, term, twins, n_lost, n_all))
    return found


def _is_of_group(case: Case, terms: tuple[Term, ...]) -> bool:
    """Whether groups that are not pooled have to do with it."""
    is_separate = case.model is not None and case.model.estimates.evaluation is None
    return is_separate or case.spec.grouping in used_columns(terms)


def _twins(model: FittedModel, owners: list[Term], term: Term) -> list[Term]:
    """The other terms from which one follows."""
    evaluation = model.estimates.evaluation
    if evaluation is None:
        return []
    products, sizes = evaluation.products, np.abs(model.design.X).max(axis=0)
    twins: dict[Term, None] = {}
    for column, weights in products.dependencies.items():
        if owners[column] != term:
            continue
        parts = np.abs(weights * sizes[list(products.kept)])
        notable = parts > NEGLIGIBLE_PART * parts.max(initial=0.0)
        for place in np.flatnonzero(notable):
            twins[owners[products.kept[place]]] = None
    return [twin for twin in twins if twin and twin != term]


def _repeated(
    case: Case, term: Term, twins: list[Term], n_lost: int, n_all: int
) -> Found:
    """A term that follows from others, or partly does."""
    name, others = term_text(term), joined([term_text(twin) for twin in twins])
    if n_lost == n_all:
        sentence = f"{name} has no effect of its own: it follows exactly from {others}."
    else:
        have, follow = ("has", "it follows") if n_lost == 1 else ("have", "they follow")
        sentence = (
            f"{n_lost} of {n_all} coefficients of {name} {have} no value: {follow} "
            f"exactly from {others}."
        )
    kept = "one of the two" if len(twins) == 1 else "fewer of them"
    meaning = f"The data cannot tell their effects apart: keep {kept}."
    if not others:
        sentence = f"{name} has no effect of its own in these rows."
        meaning = "The rows used say nothing on it beyond the other terms."
    choices = [term, *twins]
    offered = choices
    if len(twins) == 1 and n_lost < n_all:
        offered = twins  # sites tell the regions apart, regions not the sites
    actions: list[Action] = [
        Change(f"Leave out {term_text(one)}", without_term(case.spec, one))
        for one in offered
    ]
    finding = Finding(
        key=no_effect_key(case, term),
        severity=Severity.RED if n_lost == n_all else Severity.AMBER,
        sentence=sentence,
        meaning=meaning,
        actions=(*actions, Dismiss())[:MOST_ACTIONS],
        topic="collinear",
        details=_notes(case, name),
        columns=used_columns([term, *twins]),
    )
    return Found(finding)


def _empty_cells(case: Case, term: Term, n_lost: int, n_all: int) -> Found:
    """An interaction with combinations that do not occur."""
    name = term_text(term)
    spec = without_term(case.spec, term)
    finding = Finding(
        key=no_effect_key(case, term),
        severity=Severity.AMBER,
        sentence=f"{n_lost} of {n_all} coefficients of {name} "
        f"{'has' if n_lost == 1 else 'have'} no value: some combinations have no rows.",
        meaning="Nothing can be said on these combinations; the others are estimated.",
        actions=(Change(f"Leave out {name}", spec), Dismiss()),
        topic="empty_cells",
        details=_notes(case, name),
        columns=used_columns([term]),
    )
    return Found(finding)


def _unpooled(case: Case, term: Term, n_lost: int, n_all: int) -> Found:
    """Effects that groups which are not pooled leave no room for."""
    group = case.spec.grouping or ""
    one, many = group_noun(group)
    rest = tuple(factor for factor in term if group not in used_columns([(factor,)]))
    is_same = len(rest) == len(term) or (bool(rest) and n_lost == n_all)
    spec = partially_pooled(case.spec, constant=(rest,) if is_same else ())
    change = Change(f"Pool {short_plural(group)} partially", spec)
    facts = case.scan.grouping(group)
    is_few = facts is not None and facts.n_levels < TOO_FEW
    if is_few:
        gone = rest or term
        spec = without_term(case.spec, gone)
        change = Change(f"Leave out {term_text(gone)}", spec)
    if is_same:
        sentence = f"{term_text(rest)} is the same within every {one}."
        meaning = (
            f"As {many} are not pooled, its effect cannot be told from theirs: it has "
            "no value."
        )
        severity = Severity.RED
    else:
        what = f"effect of {term_text(rest)}" if rest else "value"
        have = "has no" if n_lost == 1 else "have no"
        its = "its own" if n_lost == 1 else "their own"
        sentence = f"{n_lost} of {n_all} {many} {have} {what} of {its}."
        meaning = f"Too few different rows for {many} that are not pooled."
        if not is_few:
            meaning = f"{meaning[:-1]}; partial pooling lends them what the others say."
        severity = Severity.AMBER
    finding = Finding(
        key=no_effect_key(case, term),
        severity=severity,
        sentence=sentence,
        meaning=meaning,
        actions=(change, Dismiss()),
        topic="no_pooling",
        details=_notes(case, term_text(term)),
        columns=used_columns([term]),
    )
    return Found(finding)


def _notes(case: Case, name: str) -> str:
    """What the fit noted of coefficients with this name."""
    notes = () if case.model is None else case.model.estimates.notes
    word = name.split(" ", maxsplit=1)[0]
    return " ".join(str(note) for note in notes if word in note)
