"""Which effects the rows can show to differ among groups: those seen within groups.

An effect differs among groups as far as each group shows one of its own. A term shows
none if in every group its columns follow from the baseline, from what it is made of
(`week` and `sex` of `week:sex`) and from the other effects that vary there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError
from engine.model.columns import spec_columns, used_columns
from engine.model.encoding import encode
from engine.model.language.names import quoted
from engine.model.language.rewriting import polynomial
from engine.model.preparation import learn
from engine.model.tidying import shape, unique
from engine.model.within_groups import WithinGroups

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from engine.arrays import FloatArray, IntArray
    from engine.model.preparation import Preparation
    from engine.model.spec import ModelSpec, Term

MOST_COLUMNS = 60
"""Columns in one question; beyond, as with many levels, it is left open."""
_ROWS_AT_FIRST = 20_000
"""Rows of the first groups, which nearly always answer for all."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """An effect that no group shows beyond others, so that it cannot differ there.

    Attributes
    ----------
    group : tuple of str
        Columns of the grouping.
    term : Term
    constant : tuple of str
        Columns it is made of that are the same in every row of each group; may be
        empty.
    most_values : int
        Of a curve: the most different values of its column in one group; else 0.
    follows : tuple of Term
        Otherwise: the terms from which it follows within every group.
    """

    group: tuple[str, ...]
    term: Term
    constant: tuple[str, ...] = ()
    most_values: int = 0
    follows: tuple[Term, ...] = ()

    @property
    def is_of_parts(self) -> bool:
        """Whether it follows from what it is made of, whatever else varies."""
        return {*self.follows} <= {(factor,) for factor in self.term}


def with_lines(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Put the straight line before each curve: it can vary by itself.

    Parameters
    ----------
    terms : iterable of Term
        Of the fixed part.

    Returns
    -------
    tuple of Term
    """
    found: list[Term] = []
    for term in terms:
        power = polynomial(term[0]) if len(term) == 1 else None
        if power is not None and power[1] > 1:
            found.append((quoted(power[0]),))
        found.append(term)
    return tuple(found)


def unseen_effects(spec: ModelSpec, frame: pd.DataFrame) -> tuple[Unseen, ...]:
    """Find the effects that cannot differ among the groups of a model.

    Parameters
    ----------
    spec : ModelSpec
        Those of its fixed part are looked at, and those that vary already, in each of
        the groupings that are partially pooled.
    frame : DataFrame
        The rows used; those with a missing cell are set aside. Not modified.

    Returns
    -------
    tuple of Unseen
        None for a term that cannot be computed from these rows.
    """
    names = spec_columns(spec)
    if not spec.random or not {*names} <= {*map(str, frame.columns)}:
        return ()
    used = frame[list(names)].dropna()
    if used.empty:
        return ()
    found: list[Unseen] = []
    for columns in dict.fromkeys(own.group for own in spec.random):
        varying = varying_terms(spec, columns)
        offered = unique((*with_lines(spec.fixed), *varying))
        groups = _Groups(used, columns, offered)
        judged = (groups.judge(term, varying) for term in offered)
        found += [unseen for unseen in judged if unseen is not None]
    return tuple(found)


def varying_terms(spec: ModelSpec, columns: tuple[str, ...]) -> tuple[Term, ...]:
    """Effects that vary among some groups, in whichever parenthesis.

    Parameters
    ----------
    spec : ModelSpec
    columns : tuple of str
        Of the grouping.

    Returns
    -------
    tuple of Term
    """
    own = [one.terms for one in spec.random if {*one.group} == {*columns}]
    return unique(term for terms in own for term in terms)


class _Groups:
    """The rows of a frame in their groups: the first ones, and all if need be."""

    def __init__(
        self, used: pd.DataFrame, columns: tuple[str, ...], terms: tuple[Term, ...]
    ) -> None:
        self._columns = columns
        # in the order in which groups are met, so that the first are the smallest codes
        met = used.groupby(list(columns), sort=False, observed=True)
        codes: IntArray = np.asarray(met.ngroup(), dtype=np.intp)
        read = used_columns(terms)
        preparation = learn(used, read, terms)
        n_rows: IntArray = np.bincount(codes).cumsum().astype(np.intp)
        n_first = int(np.searchsorted(n_rows, _ROWS_AT_FIRST)) + 1
        self._parts = [_Rows(used, codes, preparation)]
        if n_first < len(n_rows):
            few = codes < n_first
            self._parts.insert(0, _Rows(used[few], codes[few], preparation))

    def judge(self, term: Term, varying: tuple[Term, ...]) -> Unseen | None:
        """Say why a term cannot be seen; None if it can, or nobody knows."""
        try:
            constant = self._constant(term)
            if constant:
                return Unseen(self._columns, term, constant)
            if not self._is_seen(term, ()):
                return self._within_its_parts(term)
            others = [t for t in varying if not shape(term) <= shape(t)]
            if not others or self._is_seen(term, others):
                return None
            return Unseen(self._columns, term, follows=self._needed(term, others))
        except EngineError:
            return None

    def _constant(self, term: Term) -> tuple[str, ...]:
        gone = [f for f in term if all(part.is_constant(f) for part in self._parts)]
        return used_columns([tuple(gone)])

    def _is_seen(self, term: Term, others: Iterable[Term]) -> bool:
        return any(part.is_seen(term, others) for part in self._parts)

    def _within_its_parts(self, term: Term) -> Unseen:
        power = polynomial(term[0]) if len(term) == 1 else None
        if power is not None and power[1] > 1:
            most = self._parts[-1].most_values(quoted(power[0]))
            return Unseen(self._columns, term, most_values=most)
        parts = tuple((factor,) for factor in term)
        return Unseen(self._columns, term, follows=parts)

    def _needed(self, term: Term, others: list[Term]) -> tuple[Term, ...]:
        """The other terms without which it would be seen; all if it takes none."""
        needed = [
            one
            for one in others
            if self._is_seen(term, [t for t in others if t != one])
        ]
        return tuple(needed or others)


class _Rows:
    """Columns of terms for some rows, and whether groups tell them apart."""

    def __init__(
        self, frame: pd.DataFrame, codes: IntArray, preparation: Preparation
    ) -> None:
        self._frame = frame
        self._groups = WithinGroups(codes)
        self._preparation = preparation
        self._known: dict[str, FloatArray] = {}

    def is_constant(self, factor: str) -> bool:
        """Whether a factor has one value within each group."""
        return not self._groups.vary(self._factor(_base(factor)))

    def most_values(self, factor: str) -> int:
        """The most different values that a factor has in one group."""
        return self._groups.most_values(self._factor(factor)[:, 0])

    def is_seen(self, term: Term, others: Iterable[Term]) -> bool:
        """Whether some group shows a term beyond its parts and other terms."""
        *parts, own = self._powers(term)
        beside = [*parts, *(part for other in others for part in self._powers(other))]
        n_columns = own.shape[1] + sum(part.shape[1] for part in beside)
        if n_columns > MOST_COLUMNS:
            return True
        return self._groups.are_seen(own, beside)

    def _powers(self, term: Term) -> list[FloatArray]:
        """Columns of everything that a term is made of, itself last.

        Of `x:z` these are x, z and their product; of `poly(x, 2)` x and its square.
        """
        bases, degrees = [], []
        for factor in term:
            power = polynomial(factor)
            bases.append(self._factor(_base(factor)))
            degrees.append(1 if power is None else power[1])
        found: list[FloatArray] = []
        for powers in product(*(range(degree + 1) for degree in degrees)):
            if not any(powers):
                continue
            column: FloatArray = np.ones((len(self._frame), 1))
            for base, exponent in zip(bases, powers, strict=True):
                if exponent:
                    column = _multiplied(column, base**exponent)
            found.append(column)
        return found

    def _factor(self, factor: str) -> FloatArray:
        """Columns of one expression, centred and of unit spread where they vary."""
        if factor not in self._known:
            made, _ = encode(
                self._frame, [(factor,)], self._preparation, intercept=True
            )
            values = made.whole
            own = values[:, 1:] - values[:, 1:].mean(axis=0)
            spread = own.std(axis=0)
            self._known[factor] = own / np.where(spread > 0, spread, 1.0)
        return self._known[factor]


def _base(factor: str) -> str:
    """What a factor is a power of: the column of a polynomial, else itself."""
    power = polynomial(factor)
    return factor if power is None else quoted(power[0])


def _multiplied(one: FloatArray, other: FloatArray) -> FloatArray:
    """Each column of the one times each of the other."""
    pairs: FloatArray = (one[:, :, None] * other[:, None, :]).reshape(len(one), -1)
    return pairs
