"""What one click does to a model: each edit is a new specification.

The edits of the groupings are in `engine.model.grouping_edits`; both are offered here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.columns import spec_columns
from engine.model.columns import used_columns as term_columns
from engine.model.grouping_edits import (
    Clause,
    with_further_grouping,
    with_grouping,
    with_pooling,
    with_varying,
    without_further,
)
from engine.model.language.expressions import parse_expression, quoted
from engine.model.language.rewriting import (
    polynomial,
    renamed_expression,
    with_polynomial,
)
from engine.model.spec import ModelSpec, NoPooling, Term
from engine.model.tidying import response_columns, shape, tidied, without_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = [
    "Clause",
    "renamed",
    "used_columns",
    "with_covariate",
    "with_degree",
    "with_further_grouping",
    "with_grouping",
    "with_interaction",
    "with_pooling",
    "with_response",
    "with_varying",
    "without_columns",
    "without_further",
    "without_term",
]


def with_response(spec: ModelSpec, column: str) -> ModelSpec:
    """Explain another column, which goes from wherever else it stands.

    Parameters
    ----------
    spec : ModelSpec
    column : str
        Its name in the table.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
        If no formula can have the column's name.
    """
    freed = without_terms(spec, lambda term: column in term_columns([term]))
    return tidied(replace(freed, response=quoted(column)), spec)


def with_covariate(spec: ModelSpec, column: str) -> ModelSpec:
    """Let the response depend on one more column.

    Groups that have only means get baselines and a common effect.

    Parameters
    ----------
    spec : ModelSpec
    column : str
        Its name in the table.

    Returns
    -------
    ModelSpec
        The same one if the column is the response, or is in the model as itself or as
        a polynomial, or if its groups are not pooled.

    Raises
    ------
    FormulaError
        If no formula can have the column's name.
    """
    is_unpooled = spec.no_pooling is not None and spec.grouping == column
    if column in response_columns(spec) or is_unpooled:
        return spec
    own = _with_effects(spec)
    known = [polynomial(term[0]) for term in own.fixed if len(term) == 1]
    if any(found is not None and found[0] == column for found in known):
        return spec
    return tidied(replace(own, fixed=(*own.fixed, (quoted(column),))), spec)


def without_term(spec: ModelSpec, term: Term) -> ModelSpec:
    """Take a term out, with its interactions and with its effect's variation.

    A curve goes with the straight lines that vary around it, and a line with curves:
    what varies without a common effect would be taken to vary around none. They stay
    where another term of the fixed part is a line or curve of the same column.

    Parameters
    ----------
    spec : ModelSpec
    term : Term

    Returns
    -------
    ModelSpec
    """
    rest, own = without_terms(spec, set(term).issubset), shape(term)
    if own not in map(shape, rest.fixed):
        rest = without_terms(rest, lambda other: own <= shape(other))
    return tidied(rest, spec)


def with_interaction(spec: ModelSpec, one: Term, other: Term) -> ModelSpec:
    """Let the effect of one term depend on another; both stay in the model.

    Parameters
    ----------
    spec : ModelSpec
    one, other : Term
        Main effects, or interactions for higher ones. They are added if missing.

    Returns
    -------
    ModelSpec
    """
    own = _with_effects(spec)
    return tidied(replace(own, fixed=(*own.fixed, one, other, one + other)), spec)


def with_degree(spec: ModelSpec, column: str, degree: int) -> ModelSpec:
    """Let a column act as a polynomial wherever it has a common effect.

    That is in the fixed part. Lines that vary among groups stay straight when the
    common one is bent: a curve for each group has several more variances and
    correlations, which few data can tell, and is to be asked for by itself. But groups
    are never left with a higher degree than what they vary around.

    Parameters
    ----------
    spec : ModelSpec
    column : str
        Its name in the table.
    degree : int
        1 for a straight line.

    Returns
    -------
    ModelSpec

    Raises
    ------
    ValueError
        If the degree is not positive.
    """
    if degree < 1:
        raise ValueError(f"a polynomial of degree {degree}")
    fixed = tuple(
        tuple(with_polynomial(text, column, degree) for text in term)
        for term in spec.fixed
    )
    if column not in {own[0] for term in fixed for own in map(polynomial, term) if own}:
        return spec
    random = tuple(
        replace(
            own,
            terms=tuple(
                tuple(_lowered(text, column, degree) for text in term)
                for term in own.terms
            ),
        )
        for own in spec.random
    )
    return tidied(replace(spec, fixed=fixed, random=random), spec)


def _lowered(text: str, column: str, degree: int) -> str:
    """A polynomial of a column with at most some degree; others stay as they are."""
    found = polynomial(text)
    is_lower = found is not None and found[0] == column and found[1] <= degree
    return text if is_lower else with_polynomial(text, column, degree)


def renamed(spec: ModelSpec, old: str, new: str) -> ModelSpec:
    """Follow the renaming of a column.

    Parameters
    ----------
    spec : ModelSpec
    old, new : str
        Names in the table; `new` is the name of no other column.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
        If the new name cannot stand where the old one did.
    """
    changed = _rewritten(spec, lambda text: renamed_expression(text, old, new))
    random = tuple(
        replace(term, group=tuple(new if name == old else name for name in term.group))
        for term in changed.random
    )
    grouping = new if spec.grouping == old else spec.grouping
    return replace(changed, random=random, grouping=grouping)


def without_columns(spec: ModelSpec, columns: Collection[str]) -> ModelSpec | None:
    """Follow the removal of columns: what reads them goes.

    Parameters
    ----------
    spec : ModelSpec
    columns : collection of str
        Names that are no longer in the table.

    Returns
    -------
    ModelSpec or None
        None if the response is gone, so that nothing is explained any more.
    """
    gone = set(columns)
    if not gone.isdisjoint(parse_expression(spec.response).columns):
        return None
    if gone.isdisjoint(used_columns(spec)):
        return spec
    rest = without_terms(spec, lambda term: not gone.isdisjoint(term_columns([term])))
    is_ungrouped = spec.grouping in gone
    changed = replace(
        rest,
        random=tuple(term for term in rest.random if gone.isdisjoint(term.group)),
        offset=tuple(t for t in spec.offset if gone.isdisjoint(term_columns([(t,)]))),
        grouping=None if is_ungrouped else spec.grouping,
        no_pooling=None if is_ungrouped else spec.no_pooling,
    )
    # without its main grouping, the sentence is about the next one
    is_main_gone = is_ungrouped or not gone.isdisjoint(_first_group(spec))
    return tidied(changed, changed if is_main_gone else spec)


def used_columns(spec: ModelSpec) -> tuple[str, ...]:
    """Every column that a specification names, the kept grouping among them.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    tuple of str
        Each once.
    """
    kept = () if spec.grouping is None else (spec.grouping,)
    return tuple(dict.fromkeys([*spec_columns(spec), *kept]))


def _first_group(spec: ModelSpec) -> tuple[str, ...]:
    return spec.random[0].group if spec.random and spec.grouping is None else ()


def _with_effects(spec: ModelSpec) -> ModelSpec:
    """Give groups that have only means common effects: those that are to come.

    Terms that were set aside are not brought back: nobody sees them.
    """
    if spec.no_pooling is not NoPooling.MEANS:
        return spec
    return replace(spec, no_pooling=NoPooling.INTERCEPTS, fixed=())


def _rewritten(spec: ModelSpec, rewrite: Callable[[str], str]) -> ModelSpec:
    """A specification with each of its expressions rewritten; groups stay."""
    random = (
        replace(term, terms=tuple(tuple(map(rewrite, t)) for t in term.terms))
        for term in spec.random
    )
    return replace(
        spec,
        response=rewrite(spec.response),
        fixed=tuple(tuple(map(rewrite, term)) for term in spec.fixed),
        random=tuple(random),
        offset=tuple(map(rewrite, spec.offset)),
    )
