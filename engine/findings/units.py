"""What was measured repeatedly, and whether the model knows: pseudoreplication."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.data.design_hints import TOO_FEW, unused_units
from engine.data.group_words import counted_groups, group_noun, sentence_case
from engine.data.hints import HintKind
from engine.data.role_words import Role, has_role
from engine.data.steps import SetKind
from engine.data.table import Kind
from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import with_grouping, with_random, without_column
from engine.findings.words import joined, short_plural
from engine.model.language.names import quoted
from engine.model.tidying import tidied
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.data.design_facts import GroupFacts, PairFacts
    from engine.data.hints import Hint
    from engine.findings.case import Case
    from engine.model.spec import ModelSpec, Term


def units_left_out(case: Case) -> list[Found]:
    """Name the units that are measured repeatedly but are not in the model.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    hints = unused_units(case.scan, case.columns)
    return [_unused(case, hint) for hint in _first_to_take(case, hints)]


def _first_to_take(case: Case, hints: Iterable[Hint]) -> list[Hint]:
    """Leave out what is counted rather than named, and what can wait.

    What contains another unit can: it comes when that one is in the model. So can
    combinations with one, and of several for the same labels one is enough.
    """
    named = [
        hint
        for hint in hints
        if not any(_is_count(case, name) for name in hint.columns)
        and not _is_said_by_fixed(case, hint.columns)
    ]
    single = [hint for hint in named if len(hint.columns) == 1]
    columns = [hint.columns[0] for hint in single]
    kept = [
        hint for hint in single if not _contains_another(case, hint.columns[0], columns)
    ]
    both = [hint for hint in named if len(hint.columns) == 2]
    places = [*case.groupings, *case.columns]
    both.sort(key=lambda hint: [*places, hint.columns[1]].index(hint.columns[1]))
    seen = set(columns)
    for hint in both:
        inner, outer = hint.columns
        if inner not in seen and outer not in columns:
            seen.add(inner)
            kept.append(hint)
    return kept


def _contains_another(case: Case, column: str, columns: list[str]) -> bool:
    """Whether another unit is nested in one, or is the same and comes before."""
    scan, place = case.scan, columns.index(column)
    return any(
        scan.is_nested(other, column)
        and (i < place or not scan.is_nested(column, other))
        for i, other in enumerate(columns)
        if other != column
    )


def _is_said_by_fixed(case: Case, columns: tuple[str, ...]) -> bool:
    """Whether finer groups have an effect each, which holds that of the unit."""
    fixed = {*case.covariates}.difference(case.numbers)
    if case.spec.no_pooling is not None and case.spec.grouping is not None:
        fixed.add(case.spec.grouping)
    outer = columns[0] if len(columns) == 1 else ""
    return any(case.scan.is_nested(name, outer) for name in fixed)


def _is_count(case: Case, column: str) -> bool:
    """Whether numbers count something: names of groups seldom begin with 0."""
    if case.prepared.kinds.get(column) is not Kind.NUMBER:
        return False
    return float(case.prepared.frame[column].min()) == 0


def is_asked_for(case: Case, columns: tuple[str, ...], name: str) -> bool:
    """Tell whether a model of these columns would be said to leave out a unit.

    Parameters
    ----------
    case : Case
    columns : tuple of str
        Every column of that model.
    name : str

    Returns
    -------
    bool
    """
    return any(name in hint.columns for hint in unused_units(case.scan, columns))


def _unused(case: Case, hint: Hint) -> Found:
    columns = tuple(reversed(hint.columns))  # the outer first, as in site:plot
    name = ":".join(columns)
    sentence, meaning = hint.sentence, hint.meaning
    severity = Severity(hint.severity.value)
    inner = _grouping_within(case, columns)
    if inner is not None:
        sentence, meaning = _words_of_outer(name, inner)
        if not any(_belongs_to(case, own, inner) for own in case.covariates):
            severity = Severity.NOTE
    change = Change(
        f"Pool {short_plural(name)} partially", with_grouping(case.spec, columns)
    )
    n_levels = _n_groups(case, columns)
    if n_levels < TOO_FEW:
        first = meaning.split(". ", maxsplit=1)[0]
        few = counted_groups(n_levels, name)
        meaning = f"{first}. Only {few}: better taken as a fixed effect."
        change = Change(f"Add {name} as a fixed effect", _with_fixed(case, columns))
    finding = Finding(
        key=_unused_key(case, columns),
        severity=severity,
        sentence=sentence,
        meaning=meaning,
        actions=(change, Dismiss()),
        topic="unused_unit",
        columns=hint.columns,
    )
    return Found(finding)


def _unused_key(case: Case, columns: Iterable[str]) -> str:
    return f"unused_unit:{case.group_key(columns)}"


def _n_groups(case: Case, columns: tuple[str, ...]) -> int:
    """How many groups one or two columns make."""
    if len(columns) == 2:
        pair = case.scan.pair(*columns)
        return 0 if pair is None else pair.n_cells
    group = case.scan.grouping(columns[0])
    return 0 if group is None else group.n_levels


def _grouping_within(case: Case, columns: tuple[str, ...]) -> str | None:
    """A grouping of the model whose levels each lie within one of a unit."""
    if len(columns) > 1:
        return None
    names = (name for name, own in case.groupings.items() if len(own) == 1)
    return next((n for n in names if case.scan.is_nested(n, columns[0])), None)


def _words_of_outer(name: str, inner: str) -> tuple[str, str]:
    """What is wrong where the model has the inner units only."""
    one, many = group_noun(name)
    inners = group_noun(inner)[1]
    return (
        f"{sentence_case(inners)} lie within {many}, but the model takes them for "
        "independent.",
        f"If those of one {one} are alike, effects of what belongs to {inners} look "
        f"too sure. Let the baseline vary among {many} too.",
    )


def _belongs_to(case: Case, covariate: str, grouping: str) -> bool:
    """Whether a covariate is the same within every level of a grouping."""
    slope = case.scan.slope(covariate, grouping)
    is_constant = slope is not None and slope.is_constant
    return is_constant or case.scan.is_nested(grouping, covariate)


def _with_fixed(case: Case, columns: tuple[str, ...]) -> ModelSpec:
    """Add a category, or all combinations of several, to the fixed part."""
    factors = [
        f"C({quoted(name)})"
        if case.prepared.kinds.get(name) is Kind.NUMBER
        else quoted(name)
        for name in columns
    ]
    terms: list[Term] = [(factor,) for factor in factors]
    if len(factors) > 1:
        terms.append(tuple(factors))
    return tidied(replace(case.spec, fixed=(*case.fixed, *terms)), case.spec)


def reused_labels(case: Case) -> list[Found]:
    """Ask whether groups of one name are the same group in every other grouping.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    found = []
    for place, own in enumerate(case.spec.random):
        pairs = [
            pair
            for pair in case.scan.pairs
            if pair.reused and own.group == (pair.reused,)
            if not any(_is_count(case, column) for column in pair.columns)
        ]
        if pairs:  # the finest outer grouping: plots of sites rather than of regions
            found.append(_reused(case, place, max(pairs, key=lambda p: p.n_cells)))
    return found


def _reused(case: Case, place: int, pair: PairFacts) -> Found:
    inner = pair.reused
    outer = pair.second if inner == pair.first else pair.first
    explicit = case.scan.same_as_combination(inner, outer)
    columns = (outer, inner) if explicit is None else (explicit,)
    name = ":".join(columns)
    hint = next(
        hint
        for hint in case.scan.hints
        if hint.kind is HintKind.REUSED_LABELS and hint.columns == (inner, outer)
    )
    is_there = any({*own.group} == {*columns} for own in case.spec.random)
    changed = replace(case.spec.random[place], group=columns)
    spec = with_random(case.spec, place, *(() if is_there else (changed,)))
    finding = Finding(
        key=f"reused_labels:{case.group_key(columns)}",
        severity=Severity.AMBER,
        sentence=hint.sentence,
        meaning=hint.meaning,
        actions=(Change(f"Group by {name}", spec), Dismiss("They are the same")),
        topic="reused_labels",
        columns=hint.columns,
    )
    others = (p for p in case.scan.pairs if p.reused == inner)
    named = [{*p.columns}.difference({inner}).pop() for p in others]
    covers = [_unused_key(case, (other, inner)) for other in named]
    return Found(finding, (*covers, _unused_key(case, columns)))


def numbers_for_names(case: Case) -> list[Found]:
    """Say that numbers which name groups are taken as a measurement.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    groups = [case.scan.grouping(name) for name in case.coded_names]
    return [_coded(case, group) for group in groups if group is not None]


def _coded(case: Case, group: GroupFacts) -> Found:
    name = group.column
    codes = [general(v) for v in np.unique(case.frame[name].to_numpy(np.float64))]
    step = SetKind(name, Kind.CATEGORY)
    as_names = Change(f"Take {name} as categories", None, (step,))
    actions: tuple[Change | Dismiss, ...] = (as_names, Dismiss())
    if has_role(name, Role.PLACE, Role.UNIT) and group.n_levels >= TOO_FEW:
        fewer = without_column(case.spec, name)
        spec = with_grouping(fewer, (name,))
        pooled = Change(f"Pool {short_plural(name)} partially", spec, (step,))
        actions = (pooled, as_names)
    finding = Finding(
        key=f"coded_number:{case.source(name)}",
        severity=Severity.AMBER,
        sentence=f"{counted_groups(group.n_levels, name)}, numbered {joined(codes)}, "
        "are taken as a measurement.",
        meaning=f"The model says that the response rises evenly from {name} "
        f"{codes[0]} to {codes[-1]}. If these are names, make them categories.",
        actions=actions,
        topic="number_coded",
        columns=(name,),
    )
    return Found(finding)
