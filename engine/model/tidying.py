"""What every edit of a model leaves behind: a specification that a formula can say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.columns import used_columns
from engine.model.language.expressions import parse_expression
from engine.model.language.names import quoted
from engine.model.language.rewriting import polynomial
from engine.model.language.terms import by_degree
from engine.model.sentence import main_columns
from engine.model.spec import ModelSpec, NoPooling, RandomTerm, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


def tidied(spec: ModelSpec, before: ModelSpec) -> ModelSpec:
    """Bring an edited specification into the form that a formula would give it.

    Main effects come first, nothing is said twice, the response explains nothing, and
    the grouping of the sentence stays named when its last random term has gone.

    Parameters
    ----------
    spec : ModelSpec
        As edited.
    before : ModelSpec
        As it was: whose grouping the sentence is about.

    Returns
    -------
    ModelSpec
    """
    explained = response_columns(spec)
    fixed = [t for t in spec.fixed if not _explains(t, spec.response, explained)]
    if spec.no_pooling is not None and spec.grouping is not None:
        # constant within each group, which has a baseline of its own
        fixed = [term for term in fixed if spec.grouping not in used_columns([term])]
    random = (_tidied_random(term, spec.response, explained) for term in spec.random)
    kept = tuple(dict.fromkeys(term for term in random if term is not None))
    if spec.no_pooling is not None:
        kept = tuple(term for term in kept if term.group != (spec.grouping,))
    tidy = replace(
        spec,
        fixed=by_degree(unique(fixed)),
        intercept=spec.intercept or not (fixed or kept),
        random=kept,
        grouping=_grouping(spec, before, kept, explained),
        offset=tuple(
            text
            for text in spec.offset
            if not _explains((text,), spec.response, explained)
        ),
    )
    return replace(tidy, no_pooling=_no_pooling(tidy))


def response_columns(spec: ModelSpec) -> tuple[str, ...]:
    """Columns that can stand nowhere else: the response's, if it has a single one.

    A difference of two columns may be explained by one of them.
    """
    columns = parse_expression(spec.response).columns
    return columns if len(columns) == 1 else ()


def unique(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms without those that are there already, in whatever order of factors."""
    first: dict[frozenset[str], Term] = {}
    for term in terms:
        first.setdefault(frozenset(term), tuple(dict.fromkeys(term)))
    return tuple(first.values())


def shape(term: Term) -> frozenset[str]:
    """Say what a term is about, whatever its degree: `x` and `poly(x, 2)` alike.

    Parameters
    ----------
    term : Term

    Returns
    -------
    frozenset of str
        Its factors, with polynomials as their columns.
    """
    found = ((text, polynomial(text)) for text in term)
    return frozenset(quoted(own[0]) if own else text for text, own in found)


def without_terms(spec: ModelSpec, is_gone: Callable[[Term], bool]) -> ModelSpec:
    """Take terms out of the fixed part and of what varies; not yet tidied.

    A parenthesis in which nothing varies any more goes too. If nothing is left of the
    fixed part, it has an intercept.

    Parameters
    ----------
    spec : ModelSpec
    is_gone : callable
        Tells of a term whether it is to go.

    Returns
    -------
    ModelSpec
    """
    fixed = tuple(term for term in spec.fixed if not is_gone(term))
    random = (
        replace(r, terms=tuple(term for term in r.terms if not is_gone(term)))
        for r in spec.random
    )
    has_lost_all = bool(spec.fixed) and not fixed
    return replace(
        spec,
        fixed=fixed,
        intercept=spec.intercept or has_lost_all,
        random=tuple(r for r in random if r.intercept or r.terms),
    )


def _explains(term: Term, response: str, explained: Collection[str]) -> bool:
    """Whether a term would explain the response by itself."""
    return response in term or any(name in explained for name in used_columns([term]))


def _tidied_random(
    term: RandomTerm, response: str, explained: Collection[str]
) -> RandomTerm | None:
    """A parenthesis as a formula would give it; None if nothing is left to vary."""
    if any(name in explained for name in term.group):
        return None
    varying = [t for t in term.terms if not _explains(t, response, explained)]
    if not (term.intercept or varying):
        return None
    return RandomTerm(
        group=tuple(dict.fromkeys(term.group)),
        intercept=term.intercept,
        terms=by_degree(unique(varying)),
        correlated=term.correlated or not varying,  # (1 || g) is (1 | g)
    )


def _grouping(
    spec: ModelSpec,
    before: ModelSpec,
    random: tuple[RandomTerm, ...],
    explained: Collection[str],
) -> str | None:
    """The grouping of the sentence, by name where a name can say it."""
    name = spec.grouping
    if name is None and (columns := main_columns(before)):
        is_said = any(term.group == columns for term in random)
        if len(columns) == 1:
            name = columns[0]
        elif not (is_said and random[0].group == columns):
            name = columns[0]  # of combinations only the outer column can be kept
    return None if name in explained else name


def _no_pooling(spec: ModelSpec) -> NoPooling | None:
    """The way of not pooling that the rest of the model leaves."""
    way = spec.no_pooling
    if way is None or spec.grouping is None:
        return None
    if not spec.fixed:
        return NoPooling.MEANS
    # random effects of other groupings need one residual SD
    return NoPooling.SLOPES if way is NoPooling.SEPARATE and spec.random else way
