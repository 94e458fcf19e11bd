"""A model as an equation: one line for the model pane; LaTeX for a fitted model.

In the line, one x stands for a category or a spline too, though these have several
columns, and a polynomial is written in powers, which span the same curves. The LaTeX is
in `engine.reporting.latex_equations` and names every column.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from engine.model.language.rewriting import polynomial
from engine.model.sentence import read_sentence
from engine.model.spec import NoPooling
from engine.reporting.equation_symbols import Letters, indices, ordered_groupings
from engine.reporting.latex_equations import general, with_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.model.spec import ModelSpec, RandomTerm, Term

__all__ = ["general", "general_line", "with_numbers"]

MOST_EFFECTS = 3
"""From more effects than these the line has a sum."""

Monomial = tuple[tuple[str, int], ...]
"""What an effect multiplies: expressions with their powers."""


def general_line(spec: ModelSpec) -> str:
    """Write a model as an equation on one line, for any data.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    str
        Rich text with no tags but `<i>`, `<sub>` and `<sup>`, and nothing of a user's:
        row i, groups j, k ...; y is the response whatever it is called.
    """
    return _Line(spec).text()


class _Line:
    """The parts of one equation."""

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._groups = indices(ordered_groupings(spec))
        self._index = _italic("i" + "".join(self._groups.values()))
        self._letters = Letters()
        sentence = read_sentence(spec)
        self._is_unpooled = spec.no_pooling is not None and spec.grouping is not None
        self._fixed = _monomials(own.term for own in sentence.terms)
        self._is_sum = len(self._fixed) > MOST_EFFECTS
        varying = [m for term in spec.random for m in _monomials(term.terms)]
        self._all = list(dict.fromkeys([*self._fixed, *varying]))
        self._names = list(dict.fromkeys(name for m in self._all for name, _ in m))

    def text(self) -> str:
        """The whole line."""
        sums, fixed_sum = [], []
        effects: dict[Monomial, list[str]] = {}
        if self._is_sum:
            slope = _symbol("β", "", "p" + self._own_index())
            fixed_sum.append(
                f"{_sum('p')} {slope} {_symbol('x', '', 'p', self._index)}"
            )
        else:
            for i, monomial in enumerate(self._fixed, start=1):
                coefficient = _symbol("β", str(i), self._own_index())
                effects[monomial] = [coefficient]
        baselines = self._baselines()
        for term in self._spec.random:
            own_baseline, own_sum = self._deviations(term, effects)
            baselines += own_baseline
            sums += own_sum
        baselines += fixed_sum
        parts = [*baselines, *(self._effect(*item) for item in effects.items()), *sums]
        if self._spec.offset:
            parts.append(_symbol("o", "", self._index))
        residual = _symbol("e", "", self._index)
        y = _symbol("y", "", self._index)
        line = f"{y} = {' + '.join([*parts, residual])}"
        if self._is_unpooled and self._spec.no_pooling is NoPooling.SEPARATE:
            spread = _symbol("σ", "", self._main_index())
            line += f", {residual} ∼ N(0, {spread}<sup>2</sup>)"
        return line

    def _baselines(self) -> list[str]:
        if self._is_unpooled:
            return [_symbol("α", "", self._main_index())]
        return [_symbol("β", "0")] if self._spec.intercept else []

    def _deviations(
        self, term: RandomTerm, effects: dict[Monomial, list[str]]
    ) -> tuple[list[str], list[str]]:
        """What one parenthesis adds: to the baseline, to effects, or as a sum."""
        group = self._groups[term.group]
        baseline = [self._deviation(group)] if term.intercept else []
        varying = _monomials(term.terms)
        if len(varying) > MOST_EFFECTS:
            columns = _symbol("z", "", "q", self._index)
            letter, number = self._letters.take()
            deviation = _symbol(letter, number, "q", _italic(group))
            return baseline, [f"{_sum('q')} {deviation} {columns}"]
        for monomial in varying:
            effects.setdefault(monomial, []).append(self._deviation(group))
        return baseline, []

    def _deviation(self, group: str) -> str:
        letter, number = self._letters.take()
        return _symbol(letter, number, group)

    def _main_index(self) -> str:
        grouping = self._spec.grouping
        return "" if grouping is None else self._groups[(grouping,)]

    def _own_index(self) -> str:
        """Index of slopes that each group has for itself."""
        ways = (NoPooling.SLOPES, NoPooling.SEPARATE)
        is_own = self._is_unpooled and self._spec.no_pooling in ways
        return self._main_index() if is_own else ""

    def _effect(self, monomial: Monomial, coefficients: list[str]) -> str:
        sum_of = " + ".join(coefficients)
        factor = f"({sum_of})" if len(coefficients) > 1 else sum_of
        return f"{factor} {self._columns(monomial)}"

    def _columns(self, monomial: Monomial) -> str:
        if self._is_sum:  # there x has the number of its effect
            return _symbol("x", str(self._all.index(monomial) + 1), self._index)
        parts = []
        for name, power in monomial:
            number = str(self._names.index(name) + 1) if len(self._names) > 1 else ""
            raised = f"<sup>{power}</sup>" if power > 1 else ""
            parts.append(_symbol("x", number, self._index) + raised)
        return " ".join(parts)


def _monomials(terms: Iterable[Term]) -> list[Monomial]:
    """What the effects of some terms multiply, each once."""
    found: dict[Monomial, None] = {}
    for term in terms:
        factors = [_powers(text) for text in term]
        found |= dict.fromkeys(product(*factors))
    return list(found)


def _powers(text: str) -> list[tuple[str, int]]:
    """A factor as powers of what it is computed from."""
    known = polynomial(text)
    if known is None:
        return [(text, 1)]
    column, degree = known
    return [(f"column {column}", power) for power in range(1, degree + 1)]


def _sum(index: str) -> str:
    return f"Σ<sub>{_italic(index)}</sub>"


def _symbol(letter: str, number: str, *index: str) -> str:
    """A letter with what stands below it."""
    below = number + "".join(i if i.startswith("<") else _italic(i) for i in index if i)
    return _italic(letter) + (f"<sub>{below}</sub>" if below else "")


def _italic(text: str) -> str:
    return f"<i>{text}</i>" if text else ""
