"""How many groups there are to estimate a spread from, and how many rows they have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.data.design_hints import (
    ENOUGH,
    FEW,
    MANY_SINGLE,
    few_groups,
    kept_words,
)
from engine.data.group_words import counted_groups, group_noun, sentence_case
from engine.data.wording import counted
from engine.findings.finding import (
    Action,
    Change,
    Dismiss,
    Finding,
    Found,
    Severity,
)
from engine.findings.left_out import left_out_key
from engine.findings.remedies import not_pooled, with_random, without_slopes
from engine.findings.words import short_plural

if TYPE_CHECKING:
    from engine.findings.case import Case


def numbers_of_groups(case: Case) -> list[Found]:
    """Say of each grouping whether its levels are enough to estimate a spread.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    found = []
    for name in case.groupings:
        n_levels = case.n_levels.get(name, 0)
        if n_levels >= FEW:
            found.append(_enough(case, name, n_levels))
        elif n_levels > 1:
            found.append(_few(case, name, n_levels))
    return found


def few_key(case: Case, name: str) -> str:
    """Key of what is said on the number of levels of a grouping of the model."""
    return f"few_groups:{case.group_key(case.groupings[name])}"


def _enough(case: Case, name: str, n_levels: int) -> Found:
    roughly = "" if n_levels >= ENOUGH else " roughly"
    meaning = (
        "Their spread, and what follows from it, can be relied on."
        if n_levels >= ENOUGH
        else "Look at the interval of the spread; means and effects are not concerned."
    )
    finding = Finding(
        key=few_key(case, name),
        severity=Severity.GREEN,
        sentence=f"{counted_groups(n_levels, name)}: enough to estimate their spread"
        f"{roughly}.",
        meaning=meaning,
        actions=(),
        topic="few_groups",
        columns=case.groupings[name],
    )
    return Found(finding)


def _few(case: Case, name: str, n_levels: int) -> Found:
    (hint,) = few_groups(name, n_levels)
    change, meaning = not_pooled_change(case, name), hint.meaning
    if change is None:
        meaning = sentence_case(kept_words(n_levels))
    finding = Finding(
        key=few_key(case, name),
        severity=Severity(hint.severity.value),
        sentence=hint.sentence,
        meaning=meaning,
        actions=(Dismiss(),) if change is None else (change, Dismiss()),
        topic="few_groups",
        columns=hint.columns,
    )
    return Found(finding)


def not_pooled_change(case: Case, name: str) -> Change | None:
    """Offer not to pool the levels of a grouping, where that is a sensible model.

    It is not where a covariate or another grouping tells the levels apart: its effect
    could then not be told from theirs.

    Parameters
    ----------
    case : Case
    name : str
        The grouping.

    Returns
    -------
    Change or None
    """
    columns = case.groupings[name]
    if len(columns) != 1 or name in case.covariates:
        return None
    others = {column for own in case.groupings.values() for column in own} - {name}
    if any(case.scan.is_nested(name, column) for column in (*others, *case.covariates)):
        return None
    slopes = (case.scan.slope(column, name) for column in case.covariates)
    if any(slope is not None and slope.is_constant for slope in slopes):
        return None
    spec = not_pooled(case.spec, name)
    if spec is None:
        return None
    return Change(f"Do not pool {short_plural(name)}", spec)


def rows_of_groups(case: Case) -> list[Found]:
    """Say of each grouping whether its levels have enough rows each.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    found = []
    n_rows = len(case.frame)
    for name, columns in case.groupings.items():
        if len(columns) > 1:
            continue
        group = case.scan.grouping(name)
        if group is not None:
            if group.n_single >= MANY_SINGLE * group.n_levels:
                found.append(_single(case, name, group.n_single, group.n_levels))
            continue
        n_levels = int(case.frame[name].nunique())
        if n_levels == n_rows > 0:
            found.append(_single(case, name, n_levels, n_levels))
        elif n_levels == 1:
            found.append(_alone(case, name))
    return found


def _single(case: Case, name: str, n_single: int, n_levels: int) -> Found:
    one, many = group_noun(name)
    source, topic = case.source(name), "single_rows"
    key = f"single_rows:{source}"
    if n_single == n_levels:
        finding = Finding(
            key,
            Severity.RED,
            f"Each of {counted_groups(n_levels, name)} has one row only.",
            f"Their spread cannot be told from the residual spread: a {one} must be "
            "measured several times to be a group.",
            (_removed(case, name),),
            topic,
            columns=(name,),
        )
        covered = (few_key(case, name), f"unused_unit:{source}")
        return Found(finding, (*covered, left_out_key(case, (name,))))
    slopes = [
        (place, own)
        for place, own in enumerate(case.spec.random)
        if own.group == (name,) and own.terms
    ]
    actions: tuple[Action, ...] = (Dismiss(),)
    meaning = f"That is fine where only the baseline varies among {many}."
    if slopes:
        place, own = slopes[0]
        spec = without_slopes(case.spec, place, own.terms)
        actions = (Change("Let the baseline alone vary", spec), Dismiss())
        meaning += " Effects that vary among them rest on the others only."
    finding = Finding(
        key,
        Severity.AMBER if slopes else Severity.NOTE,
        f"{n_single} of {counted_groups(n_levels, name)} have one row: no information "
        "on the spread within them.",
        meaning,
        actions,
        topic,
        columns=(name,),
    )
    return Found(finding)


def _alone(case: Case, name: str) -> Found:
    level = str(case.frame[name].iloc[0])
    one = group_noun(name)[0]
    finding = Finding(
        f"one_level:{case.source(name)}",
        Severity.RED,
        f"All {counted(len(case.frame), 'row')} that can be used are of one {one}: "
        f"{level}.",
        "There is no spread among groups to estimate from a single one.",
        (_removed(case, name),),
        "few_groups",
        columns=(name,),
    )
    return Found(finding, (few_key(case, name), left_out_key(case, (name,))))


def _removed(case: Case, name: str) -> Change:
    """Take a grouping out of the model."""
    spec = case.spec
    while any(own.group == (name,) for own in spec.random):
        place = [own.group for own in spec.random].index((name,))
        spec = with_random(spec, place)
    if spec.grouping == name:  # nothing to switch back to
        spec = replace(spec, grouping=None)
    return Change(f"Leave out {name}", spec)
