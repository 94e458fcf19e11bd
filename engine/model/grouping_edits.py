"""What one click does to the groupings of a model: each a new specification."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.columns import used_columns
from engine.model.sentence import main_columns
from engine.model.spec import ModelSpec, NoPooling, Pooling, RandomTerm, Term
from engine.model.tidying import response_columns, shape, tidied, without_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

Clause = int | tuple[str, ...]
"""Which line of the sentence: its place in `ModelSpec.random`, or its columns."""


def with_grouping(spec: ModelSpec, column: str | None) -> ModelSpec:
    """Name another grouping in the sentence, pooled as the one before.

    Terms of the fixed part that use the column are taken out: it is moved. Without a
    grouping before, baselines vary among the new one.

    Parameters
    ----------
    spec : ModelSpec
    column : str or None
        None takes the grouping out, with all that varies among it; the next one of
        the sentence takes its place.

    Returns
    -------
    ModelSpec
        The same one if the column is what is explained.
    """
    old = main_columns(spec)
    if column is None:
        rest = tuple(term for term in spec.random if term.group != old)
        changed = replace(spec, random=rest, grouping=None, no_pooling=None)
        return tidied(changed, changed)
    new = (column,)
    if new == old or column in response_columns(spec):
        return spec
    moved = without_terms(spec, lambda term: column in used_columns([term]))
    if not old:
        random = (*moved.random, RandomTerm(new))
        return tidied(replace(moved, random=random, grouping=column), spec)
    is_partial = any(term.group == old for term in moved.random)
    replaced = (
        replace(term, group=new) if term.group == old else term
        for term in moved.random
        if term.group != new or not (is_partial or spec.no_pooling)
    )
    return tidied(replace(moved, random=tuple(replaced), grouping=column), spec)


def with_pooling(
    spec: ModelSpec,
    pooling: Pooling,
    no_pooling: NoPooling | None = None,
    earlier: tuple[RandomTerm, ...] = (),
) -> ModelSpec:
    """Pool the groups of the sentence completely, partially or not at all.

    Parameters
    ----------
    spec : ModelSpec
    pooling : Pooling
        Complete pooling keeps the grouping named, so that one can switch back.
    no_pooling : NoPooling, optional
        In which way they are not pooled; by default a baseline per group with common
        slopes, or a mean per group without covariates. What the rest of the model
        does not allow becomes the nearest way that it does.
    earlier : tuple of RandomTerm
        What varied before partial pooling was left, to be restored as far as it is
        about the same groups and about effects that are still there.

    Returns
    -------
    ModelSpec
        The same one without a grouping, and where combinations of columns are not to
        be pooled, which a specification cannot say.
    """
    main = main_columns(spec)
    if not main or (pooling is Pooling.NONE and len(main) > 1):
        return spec
    own = tuple(term for term in spec.random if term.group == main)
    others = tuple(term for term in spec.random if term.group != main)
    if pooling is Pooling.COMPLETE:
        changed = replace(spec, random=others, grouping=main[0], no_pooling=None)
    elif pooling is Pooling.NONE:
        way = no_pooling or (NoPooling.INTERCEPTS if spec.fixed else NoPooling.MEANS)
        changed = replace(spec, random=others, grouping=main[0], no_pooling=way)
    elif own:
        return spec
    else:
        random = (*_restored(spec, earlier), *others)
        # combinations can be the grouping of the sentence only by standing first
        name = spec.grouping if random[0].group == main else None
        return _partial(replace(spec, random=random, grouping=name, no_pooling=None))
    return tidied(changed, spec)


def with_varying(
    spec: ModelSpec,
    clause: Clause,
    *,
    baseline: bool,
    terms: Iterable[Term],
    correlated: bool = True,
) -> ModelSpec:
    """Choose what varies among the groups of one line of the sentence.

    Parameters
    ----------
    spec : ModelSpec
    clause : int or tuple of str
        The place of a parenthesis; or columns, for their first parenthesis or a new
        one.
    baseline : bool
    terms : iterable of Term
        Effects that vary. A line replaces a curve of the same column that varied
        before, and a curve a line, as the curve has the line in it.
    correlated : bool
        False for a double bar.

    Returns
    -------
    ModelSpec
        Without the parenthesis if nothing varies.

    Raises
    ------
    IndexError
        If there is no parenthesis at the place.
    """
    columns = spec.random[clause].group if isinstance(clause, int) else clause
    group = tuple(columns)
    place = clause if isinstance(clause, int) else _place(spec, group)
    before = () if place is None else spec.random[place].terms
    own = RandomTerm(group, baseline, _one_degree(terms, before), correlated)
    new = (own,) if baseline or own.terms else ()
    if place is None:
        is_main = own.group == main_columns(spec)
        random = (*new, *spec.random) if is_main else (*spec.random, *new)
    else:
        random = (*spec.random[:place], *new, *spec.random[place + 1 :])
    is_unpooled = new and own.group == (spec.grouping,)
    way = None if is_unpooled else spec.no_pooling
    return tidied(replace(spec, random=random, no_pooling=way), spec)


def _one_degree(terms: Iterable[Term], before: tuple[Term, ...]) -> tuple[Term, ...]:
    """Effects of which those that are new replace others of the same columns."""
    chosen = tuple(terms)
    newest = {shape(term): term for term in chosen if term not in before}
    return tuple(term for term in chosen if newest.get(shape(term), term) == term)


def with_further_grouping(spec: ModelSpec, columns: tuple[str, ...]) -> ModelSpec:
    """Let baselines vary among further groups.

    Parameters
    ----------
    spec : ModelSpec
    columns : tuple of str
        One column, crossed or nested as the data are; several for combinations.

    Returns
    -------
    ModelSpec
        The same one if these groups are in the sentence already.
    """
    wanted = tuple(dict.fromkeys(columns))
    known = [set(term.group) for term in spec.random] + [set(main_columns(spec))]
    if not wanted or set(wanted) in known:
        return spec
    return tidied(replace(spec, random=(*spec.random, RandomTerm(wanted))), spec)


def without_further(spec: ModelSpec, clause: Clause) -> ModelSpec:
    """Take a further grouping out of the sentence.

    Parameters
    ----------
    spec : ModelSpec
    clause : int or tuple of str
        The place of one parenthesis; or columns, for all parentheses that are about
        them but the first one of the main grouping.

    Returns
    -------
    ModelSpec
    """
    if isinstance(clause, int):
        gone = {clause}
    else:
        gone = {i for i, t in enumerate(spec.random) if set(t.group) == set(clause)}
        main = main_columns(spec)
        if set(clause) == set(main):
            gone.discard(_place(spec, main))
    random = tuple(term for i, term in enumerate(spec.random) if i not in gone)
    return tidied(replace(spec, random=random), spec)


def _place(spec: ModelSpec, columns: tuple[str, ...]) -> int | None:
    """Position of the first parenthesis about some groups."""
    for place, term in enumerate(spec.random):
        if term.group == columns:
            return place
    return None


def _partial(spec: ModelSpec) -> ModelSpec:
    """A specification whose main grouping is settled by what it now holds."""
    return tidied(spec, spec)


def _restored(
    spec: ModelSpec, earlier: tuple[RandomTerm, ...]
) -> tuple[RandomTerm, ...]:
    """What varied among the main groups, without effects that are gone since."""
    main, known = main_columns(spec), set(used_columns(spec.fixed))
    taken = {term.group for term in spec.random}
    groups = [term.group for term in earlier]
    group = main
    if main not in groups:  # combinations leave their outer column as the grouping
        combined = [g for g in groups if g[0] == main[0] and g not in taken]
        group = combined[0] if combined else main
    found = []
    for term in earlier:
        varying = tuple(t for t in term.terms if known.issuperset(used_columns([t])))
        if term.group == group and (term.intercept or varying):
            found.append(replace(term, terms=varying))
    return tuple(found) or (RandomTerm(main),)
