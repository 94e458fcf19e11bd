"""What the signs of a formula do to terms, as in R: `a*b`, `(a + b)^2`, `a/b - a:b`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.model.spec import RandomTerm, Term

MAX_TERMS = 500
MAX_ORDER = 10  # formulaic's work doubles with every further column of an interaction


class TooManyTermsError(Exception):
    """A few signs have multiplied out to more than anybody can mean."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a stretch of the right side of a formula stands for.

    Attributes
    ----------
    terms : tuple of Term
        In the order of their appearance, each once.
    intercept : bool or None
        True after `1`, False after `0`, None where neither is said.
    random : tuple of RandomTerm
        What varies among groups.
    offset : tuple of str
        Expressions taken as known.
    """

    terms: tuple[Term, ...] = ()
    intercept: bool | None = None
    random: tuple[RandomTerm, ...] = ()
    offset: tuple[str, ...] = ()

    @property
    def has_only_terms(self) -> bool:
        """Whether it can be multiplied and removed."""
        return self.intercept is None and not self.random and not self.offset


def added(left: Part, right: Part) -> Part:
    """Return `left + right`; what is said last of the intercept counts."""
    return Part(
        _unique(left.terms + right.terms),
        left.intercept if right.intercept is None else right.intercept,
        left.random + right.random,
        left.offset + right.offset,
    )


def removed(left: Part, right: Part) -> Part:
    """Return `left - right`; `b:a` removes `a:b`."""
    gone = {frozenset(term) for term in right.terms}
    terms = tuple(term for term in left.terms if frozenset(term) not in gone)
    intercept = left.intercept if right.intercept is None else not right.intercept
    return Part(terms, intercept, left.random, left.offset)


def interacted(left: Part, right: Part) -> Part:
    """Return `left:right`."""
    return Part(_products(left.terms, right.terms))


def crossed(left: Part, right: Part) -> Part:
    """Return `left*right`, which is `left + right + left:right`."""
    return added(added(left, right), interacted(left, right))


def within(inner: Part, outer: Part) -> Part:
    """Return `inner %in% outer`: the inner in every combination of the outer."""
    whole: Term = tuple(dict.fromkeys(name for term in outer.terms for name in term))
    return Part(_products((whole,), inner.terms))


def nested(left: Part, right: Part) -> Part:
    """Return `left/right`, which is `left + right %in% left`."""
    return added(left, within(right, left))


def powered(part: Part, order: int) -> Part:
    """Return `(part)^order`: all interactions of up to `order` of its terms."""
    result = part
    for _ in range(min(order, len(part.terms), MAX_ORDER + 1) - 1):
        result = interacted(result, part)  # a:a is a, so that lower orders stay
    return result


def by_degree(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Put main effects first, then interactions of two, and so on, as R does."""
    return tuple(sorted(terms, key=len))


def _products(left: tuple[Term, ...], right: tuple[Term, ...]) -> tuple[Term, ...]:
    """Multiply every term by every other, refusing an explosion before it happens."""
    if len(left) * len(right) > MAX_TERMS**2 // 10:
        raise TooManyTermsError
    return _unique(tuple(dict.fromkeys(one + other)) for one in left for other in right)


def _unique(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Drop terms that are there already, whatever the order of their columns."""
    first: dict[frozenset[str], Term] = {}
    for term in terms:
        first.setdefault(frozenset(term), term)
    if len(first) > MAX_TERMS or any(len(key) > MAX_ORDER for key in first):
        raise TooManyTermsError
    return tuple(first.values())
