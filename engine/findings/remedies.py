"""Models that are a little different: what the buttons of findings set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.columns import used_columns
from engine.model.language.rewriting import renamed_expression
from engine.model.spec import NoPooling, RandomTerm
from engine.model.tidying import tidied, without_terms

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.model.spec import ModelSpec, Term


def with_random(spec: ModelSpec, place: int, *changed: RandomTerm) -> ModelSpec:
    """Replace one parenthesis of a model by others, or by none.

    Parameters
    ----------
    spec : ModelSpec
    place : int
        Its position in `spec.random`.
    *changed : RandomTerm

    Returns
    -------
    ModelSpec
    """
    random = (*spec.random[:place], *changed, *spec.random[place + 1 :])
    return tidied(replace(spec, random=random), spec)


def uncorrelated(spec: ModelSpec, place: int) -> ModelSpec:
    """Let what varies among groups vary independently.

    Parameters
    ----------
    spec : ModelSpec
    place : int
        Of the parenthesis.

    Returns
    -------
    ModelSpec
    """
    return with_random(spec, place, replace(spec.random[place], correlated=False))


def without_slopes(spec: ModelSpec, place: int, terms: Collection[Term]) -> ModelSpec:
    """Let fewer effects vary; the baseline does if nothing else is left.

    Parameters
    ----------
    spec : ModelSpec
    place : int
        Of the parenthesis.
    terms : collection of Term
        What is to vary no longer.

    Returns
    -------
    ModelSpec
    """
    own = spec.random[place]
    left = tuple(term for term in own.terms if term not in terms)
    is_there = any(
        term.intercept and set(term.group) == set(own.group)
        for i, term in enumerate(spec.random)
        if i != place
    )
    if not left and not own.intercept and is_there:
        return with_random(spec, place)
    changed = replace(own, terms=left, intercept=own.intercept or not left)
    return with_random(spec, place, changed)


def without_column(spec: ModelSpec, column: str) -> ModelSpec:
    """Take every term out that is computed from a column.

    Parameters
    ----------
    spec : ModelSpec
    column : str

    Returns
    -------
    ModelSpec
    """
    fewer = without_terms(spec, lambda term: column in used_columns([term]))
    return tidied(fewer, spec)


def with_grouping(spec: ModelSpec, columns: tuple[str, ...]) -> ModelSpec:
    """Pool the levels of one more grouping partially.

    Parameters
    ----------
    spec : ModelSpec
    columns : tuple of str
        Several for combinations.

    Returns
    -------
    ModelSpec
    """
    grouping = spec.grouping
    if not spec.random and spec.no_pooling is None and len(columns) == 1:
        grouping = columns[0]
    random = (*spec.random, RandomTerm(columns))
    return tidied(replace(spec, random=random, grouping=grouping), spec)


def partially_pooled(spec: ModelSpec, *, constant: Collection[Term] = ()) -> ModelSpec:
    """Pool the levels of the grouping that is not pooled.

    Effects that every level had for itself vary among them from then on.

    Parameters
    ----------
    spec : ModelSpec
        With `no_pooling`.
    constant : collection of Term
        Effects that cannot differ among the levels.

    Returns
    -------
    ModelSpec
    """
    assert spec.grouping is not None
    has_slopes = spec.no_pooling in (NoPooling.SLOPES, NoPooling.SEPARATE)
    varying = tuple(term for term in spec.fixed if term not in constant)
    own = RandomTerm((spec.grouping,), terms=varying if has_slopes else ())
    fixed = () if spec.no_pooling is NoPooling.MEANS else spec.fixed
    changed = replace(
        spec,
        fixed=fixed,
        intercept=True,
        random=(own, *spec.random),
        no_pooling=None,
    )
    return tidied(changed, spec)


def not_pooled(spec: ModelSpec, column: str) -> ModelSpec | None:
    """Let every level of a grouping be its own instead of pooling them partially.

    Parameters
    ----------
    spec : ModelSpec
    column : str
        The grouping.

    Returns
    -------
    ModelSpec or None
        None where the grouping cannot be said so: another one is not pooled, or some
        effects vary among its levels and others do not.
    """
    own = [term for term in spec.random if term.group == (column,)]
    rest = tuple(term for term in spec.random if term.group != (column,))
    varying = {frozenset(slope) for term in own for slope in term.terms}
    fixed = {frozenset(term) for term in spec.fixed}
    if spec.no_pooling is not None or not own or (varying and varying != fixed):
        return None
    way = NoPooling.INTERCEPTS if spec.fixed else NoPooling.MEANS
    if varying:
        way = NoPooling.SLOPES
    changed = replace(
        spec, intercept=True, random=rest, grouping=column, no_pooling=way
    )
    return tidied(changed, spec)


def recentred(spec: ModelSpec, names: Mapping[str, str]) -> ModelSpec:
    """Use centred columns in the place of others wherever effects are meant.

    Groups, the response and the offset keep the columns they have.

    Parameters
    ----------
    spec : ModelSpec
    names : mapping of str to str
        Centred column by column.

    Returns
    -------
    ModelSpec
    """
    fixed, random = spec.fixed, spec.random
    for old, new in names.items():
        fixed = tuple(_renamed(term, old, new) for term in fixed)
        random = tuple(
            replace(own, terms=tuple(_renamed(term, old, new) for term in own.terms))
            for own in random
        )
    return replace(spec, fixed=fixed, random=random)


def _renamed(term: Term, old: str, new: str) -> Term:
    return tuple(renamed_expression(factor, old, new) for factor in term)
