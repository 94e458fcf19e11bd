"""A specification as the sentence that a window shows and edits."""

from __future__ import annotations

from dataclasses import dataclass

from engine.data.group_words import group_noun
from engine.model.columns import readable, used_columns
from engine.model.language.expressions import parse_expression
from engine.model.language.rewriting import polynomial
from engine.model.spec import ModelSpec, NoPooling, Pooling, Term

_DEGREES = {2: "quadratic", 3: "cubic"}


@dataclass(frozen=True, slots=True)
class FixedTerm:
    """A term of the fixed part.

    Attributes
    ----------
    term : Term
        What the edits are given.
    text : str
        As a user would read it: `log_length`, `length (quadratic)`, `length × food`.
    columns : tuple of str
        The columns it is computed from.
    is_interaction : bool
    degree : int
        Of a polynomial of one column; 1 for everything else.
    """

    term: Term
    text: str
    columns: tuple[str, ...]
    is_interaction: bool = False
    degree: int = 1


@dataclass(frozen=True, slots=True)
class GroupClause:
    """What is said of one grouping: a line of the sentence.

    Attributes
    ----------
    columns : tuple of str
        More than one for combinations, as in `a:b`.
    name : str
        As tables name it: `a` or `a:b`.
    pooling : Pooling
    no_pooling : NoPooling or None
        In which way the groups are not pooled, if they are not.
    has_baseline : bool
        Whether baselines vary among the groups, if they are partially pooled.
    varying : tuple of Term
        Which effects vary, if they are partially pooled.
    is_correlated : bool
        False for a double bar.
    place : int or None
        Position of its parenthesis in `ModelSpec.random`; None without one.
    """

    columns: tuple[str, ...]
    name: str
    pooling: Pooling
    no_pooling: NoPooling | None = None
    has_baseline: bool = False
    varying: tuple[Term, ...] = ()
    is_correlated: bool = True
    place: int | None = None

    @property
    def plural(self) -> str:
        """The groups in words: "lakes"."""
        return group_noun(self.name)[1]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A model in the parts of a sentence.

    Attributes
    ----------
    response : str
        As a user would read it.
    response_columns : tuple of str
        The columns it is computed from.
    terms : tuple of FixedTerm
        What the response depends on, in the user's order.
    has_intercept : bool
        As the formula says it; a model that is not pooled has a baseline per group.
    main : GroupClause or None
        The grouping that the three ways of pooling are about.
    further : tuple of GroupClause
        One for each other parenthesis of the formula, in its order; a second
        parenthesis of the main grouping is among them.
    offset : tuple of str
        Expressions taken as known.
    set_aside : tuple of FixedTerm
        Kept in the specification, but not in the model, because every group has only
        a mean.
    """

    response: str
    response_columns: tuple[str, ...]
    terms: tuple[FixedTerm, ...]
    has_intercept: bool
    main: GroupClause | None
    further: tuple[GroupClause, ...]
    offset: tuple[str, ...] = ()
    set_aside: tuple[FixedTerm, ...] = ()


def read_sentence(spec: ModelSpec) -> Sentence:
    """Take a specification apart.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    Sentence
    """
    main = _main(spec)
    place = None if main is None else main.place
    terms = tuple(fixed_term(term) for term in spec.fixed)
    has_means_only = spec.no_pooling is NoPooling.MEANS and spec.grouping is not None
    return Sentence(
        response=readable(spec.response),
        response_columns=parse_expression(spec.response).columns,
        terms=() if has_means_only else terms,
        has_intercept=spec.intercept,
        main=main,
        further=tuple(
            _parenthesis(spec, i) for i in range(len(spec.random)) if i != place
        ),
        offset=spec.offset,
        set_aside=terms if has_means_only else (),
    )


def main_columns(spec: ModelSpec) -> tuple[str, ...]:
    """Find the grouping that the three ways of pooling are about.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    tuple of str
        Its columns, several for combinations; empty without any grouping.
    """
    if spec.grouping is not None:
        return (spec.grouping,)
    return spec.random[0].group if spec.random else ()


def fixed_term(term: Term) -> FixedTerm:
    """Describe a term of the fixed part.

    Parameters
    ----------
    term : Term

    Returns
    -------
    FixedTerm
    """
    found = polynomial(term[0]) if len(term) == 1 else None
    return FixedTerm(
        term=term,
        text=term_text(term),
        columns=used_columns([term]),
        is_interaction=len(term) > 1,
        degree=1 if found is None else found[1],
    )


def term_text(term: Term) -> str:
    """Write a term as a user would read it.

    Parameters
    ----------
    term : Term

    Returns
    -------
    str
        `log_length`, `length (quadratic)`, `year (as categories)`, `length × food`.
    """
    return " × ".join(map(_factor_text, term))


def _factor_text(text: str) -> str:
    expression = parse_expression(text)
    found = polynomial(text)
    if found is not None and found[1] > 1:
        column, degree = found
        return f"{column} ({_DEGREES.get(degree, f'degree {degree}')})"
    if expression.functions == ("C",):
        return f"{expression.columns[0]} (as categories)"
    return readable(text)


def _main(spec: ModelSpec) -> GroupClause | None:
    columns = main_columns(spec)
    if not columns:
        return None
    name = ":".join(columns)
    if spec.no_pooling is not None and spec.grouping is not None:
        return GroupClause(columns, name, Pooling.NONE, spec.no_pooling)
    for place, term in enumerate(spec.random):
        if term.group == columns:
            return _parenthesis(spec, place)
    return GroupClause(columns, name, Pooling.COMPLETE)


def _parenthesis(spec: ModelSpec, place: int) -> GroupClause:
    term = spec.random[place]
    return GroupClause(
        columns=term.group,
        name=term.group_name,
        pooling=Pooling.PARTIAL,
        has_baseline=term.intercept,
        varying=term.terms,
        is_correlated=term.correlated,
        place=place,
    )
