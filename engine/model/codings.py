"""How each fixed term is coded: which columns, of which factors, by which contrasts.

Hypotheses about terms, such as those of type III, are about averages over levels. What
a coefficient says of levels depends on the coding, so that the coding is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.model.columns import readable
from engine.model.encoding import encode
from engine.model.language.expressions import parse_expression
from engine.model.plain_columns import PlainColumns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.model.design import Design
    from engine.model.spec import Term

Key = tuple[str, ...]
"""What a factor is: the column of levels, or the expression of numbers."""


@dataclass(frozen=True, slots=True)
class CodedFactor:
    """One factor of a term as its columns have it.

    Attributes
    ----------
    key : tuple of str
    is_categorical : bool
    coding : ndarray of shape (levels, columns)
        A row for each level; the identity for numbers, a column each.
    """

    key: Key
    is_categorical: bool
    coding: FloatArray


@dataclass(frozen=True)
class CodedPart:
    """Columns that are all products of one column of each of some factors.

    Attributes
    ----------
    factors : tuple of CodedFactor
        The columns of the first vary fastest.
    """

    factors: tuple[CodedFactor, ...]

    @cached_property
    def indices(self) -> dict[Key, IntArray]:
        """For each factor, which of its columns stands in each of the part's."""
        sizes = tuple(factor.coding.shape[1] for factor in self.factors)
        columns = np.unravel_index(np.arange(self.n_columns), sizes, order="F")
        pairs = zip(self.factors, columns, strict=True) if sizes else ()
        return {factor.key: own for factor, own in pairs}

    @property
    def n_columns(self) -> int:
        """Columns of X."""
        return int(np.prod([f.coding.shape[1] for f in self.factors], dtype=int))

    @property
    def full(self) -> CodedPart:
        """The same factors with a column for each level."""
        return CodedPart(
            tuple(
                CodedFactor(f.key, f.is_categorical, np.eye(len(f.coding)))
                for f in self.factors
            )
        )


@dataclass(frozen=True, slots=True)
class CodedTerm:
    """One term of the fixed part.

    Attributes
    ----------
    name : str
        As tables name it: `x`, `f`, `x:f`.
    term : Term
        Empty for the intercept.
    columns : tuple of int
        Its columns of X.
    parts : tuple of CodedPart
        What these are, in their order.
    whole : CodedPart
        All factors of the term with a column for each level.
    """

    name: str
    term: Term
    columns: tuple[int, ...]
    parts: tuple[CodedPart, ...]
    whole: CodedPart

    @property
    def numbers(self) -> frozenset[Key]:
        """Factors that are numbers."""
        return frozenset(f.key for f in self.whole.factors if not f.is_categorical)

    @property
    def keys(self) -> frozenset[Key]:
        """All factors."""
        return frozenset(f.key for f in self.whole.factors)

    def is_contained_in(self, other: CodedTerm) -> bool:
        """Whether the other lets this effect vary among further levels.

        Both are about the same numbers, and the other has more categories (Searle 1987,
        Linear Models for Unbalanced Data, chapter 12; so do SAS and lmerTest).
        """
        return self.keys < other.keys and self.numbers == other.numbers


def coded_terms(design: Design) -> tuple[CodedTerm, ...]:
    """Read the coding of all fixed terms.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of CodedTerm
        In the order of X's columns; the intercept, if there is one, is first.
    """
    encoder = design.encoder
    terms: list[Term] = [*encoder.terms]
    if design.has_intercept:
        terms.insert(0, ())
    parts: list[tuple[CodedPart, ...]]
    if isinstance(encoder.learned, PlainColumns):
        parts = [(_part_of_numbers(term),) for term in terms]
    else:
        reader = _Reader(design, encoder.learned)
        parts = [reader.parts(own) for own in encoder.learned.structure]
    return tuple(
        CodedTerm(
            name=":".join(map(readable, term)),
            term=term,
            columns=tuple(columns),
            parts=own,
            whole=_joined(own),
        )
        for term, columns, own in zip(terms, encoder.term_columns, parts, strict=True)
    )


def _numbers(text: str, n_columns: int) -> CodedFactor:
    """An expression of numbers, with a column or several."""
    return CodedFactor(("numbers", text), False, np.eye(n_columns))


def _part_of_numbers(term: Term) -> CodedPart:
    """A product of columns of numbers."""
    return CodedPart(tuple(_numbers(text, 1) for text in term))


def _joined(parts: Sequence[CodedPart]) -> CodedPart:
    """Every factor of any part, with a column for each level."""
    found = {factor.key: factor for part in parts for factor in part.full.factors}
    return CodedPart(tuple(found.values()))


class _Reader:
    """Reads what formulaic has remembered of its codings."""

    def __init__(self, design: Design, learned: Any) -> None:
        self._design, self._learned = design, learned
        self._texts = design.encoder.texts
        self._widths: dict[str, int] = {}

    def parts(self, structure: Any) -> tuple[CodedPart, ...]:
        """The parts of one term."""
        return tuple(
            CodedPart(tuple(self._factor(one) for one in scoped.factors))
            for scoped in structure.scoped_terms
        )

    def _factor(self, scoped: Any) -> CodedFactor:
        code = scoped.factor.expr
        text = self._texts[code]
        kind, state = self._learned.encoder_state[code]
        if kind.value != "categorical":
            return _numbers(text, self._width(text))
        contrasts = state["contrasts"]
        coding = contrasts.contrasts.get_coding_matrix(
            contrasts.levels, reduced_rank=scoped.reduced, sparse=False
        )
        columns = parse_expression(text).columns
        return CodedFactor(("levels", *columns), True, np.asarray(coding, dtype=float))

    def _width(self, text: str) -> int:
        """Columns that an expression of numbers makes."""
        if not parse_expression(text).gives_several:
            return 1
        if text not in self._widths:
            frame, preparation = self._design.frame, self._design.encoder.preparation
            made, _ = encode(frame, [(text,)], preparation, intercept=False)
            self._widths[text] = made.shape[1]
        return self._widths[text]
