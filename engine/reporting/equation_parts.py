"""What a fitted model's equations are made of: columns, coefficients, deviations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.model.language.names import quoted
from engine.model.levels import make_grouping
from engine.model.spec import INTERCEPT
from engine.reporting.equation_symbols import (
    Letters,
    indices,
    latex_name,
    ordered_groupings,
)
from engine.reporting.model_facts import block_labels, fixed_labels
from engine.reporting.term_words import Role, TermLabel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel
    from engine.reporting.term_words import Part

Key = tuple[str, ...]
"""What tells the columns of a matrix apart, whatever group has them; () for ones."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A column, or the constant one, with all that multiplies it.

    Attributes
    ----------
    key : tuple of str
        LaTeX of its factors without an index, each with a place for it; empty for the
        baseline.
    number : int
        Of its coefficient; 0 for the baseline.
    place : int or None
        Position of the coefficient that all groups share.
    places : tuple of (int, int)
        Level and position of the coefficients that each group has for itself.
    deviations : tuple of str
        Symbols of the random effects.
    """

    key: Key
    number: int = 0
    place: int | None = None
    places: tuple[tuple[int, int], ...] = ()
    deviations: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether it has a coefficient, rather than deviations only."""
        return self.place is not None or bool(self.places)

    def columns(self, index: str) -> str:
        """What is multiplied, for rows of an index; empty for the baseline."""
        return r"\,".join(
            factor.replace(_INDEX, f"_{{{index}}}") for factor in self.key
        )


@dataclass(frozen=True, slots=True)
class RandomPart:
    """One block of the random part.

    Attributes
    ----------
    symbols : tuple of str
        Of its effects, with the index: `a_{j}`.
    letters : tuple of str
        The same without the index, as their variances have them.
    covariance : ndarray of shape (k, k)
    """

    symbols: tuple[str, ...]
    letters: tuple[str, ...]
    covariance: FloatArray


@dataclass(frozen=True, slots=True)
class EquationParts:
    """All of a model's equations but their layout.

    Attributes
    ----------
    response : str
        LaTeX without an index.
    index : str
        Of a row: `ij`.
    effects : tuple of Effect
        The baseline first.
    random : tuple of RandomPart
        In the order of the formula.
    unpooled : str
        Index of the groups that are not pooled; empty if there are none.
    levels : tuple of str
        Their names.
    """

    response: str
    index: str
    effects: tuple[Effect, ...]
    random: tuple[RandomPart, ...]
    unpooled: str = ""
    levels: tuple[str, ...] = ()


def equation_parts(model: FittedModel) -> EquationParts:
    """Take a fitted model apart.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    EquationParts
    """
    spec = model.spec
    groups = indices(ordered_groupings(spec))
    unpooled = ""
    levels: tuple[str, ...] = ()
    if spec.no_pooling is not None and spec.grouping is not None:
        unpooled = groups[(spec.grouping,)]
        grouping = make_grouping(model.design.frame, (spec.grouping,))
        levels = tuple(map(str, grouping.levels))
    collected = _Effects()
    owner = _Owner(spec.grouping or "", levels)
    for place, label in enumerate(fixed_labels(model)):
        level, key = owner.split(label, model.design.terms[place])
        collected.add_fixed(key, level, place)
    random, letters = [], Letters()
    for block, own in zip(model.design.blocks, model.estimates.blocks, strict=True):
        index = groups[block.grouping.columns]
        given = [letters.take() for _ in block.terms]
        symbols = tuple(f"{letter}_{{{number}{index}}}" for letter, number in given)
        for label, symbol in zip(block_labels(block), symbols, strict=True):
            collected.add_deviation(_key(label), symbol)
        names = tuple("".join(pair) for pair in given)
        random.append(RandomPart(symbols, names, own.covariance))
    return EquationParts(
        response=latex_name(model.design.response_name),
        index="i" + "".join(groups.values()),
        effects=collected.numbered(),
        random=tuple(random),
        unpooled=unpooled,
        levels=levels,
    )


@dataclass
class _Effects:
    """Collects what multiplies each column."""

    found: dict[Key, Effect] = field(default_factory=dict)

    def add_fixed(self, key: Key, level: int | None, place: int) -> None:
        effect = self.found.get(key, Effect(key))
        if level is None:
            effect = replace(effect, place=place)
        else:
            effect = replace(effect, places=(*effect.places, (level, place)))
        self.found[key] = effect

    def add_deviation(self, key: Key, symbol: str) -> None:
        effect = self.found.get(key, Effect(key))
        self.found[key] = replace(effect, deviations=(*effect.deviations, symbol))

    def numbered(self) -> tuple[Effect, ...]:
        baseline = [self.found[()]] if () in self.found else []
        others = [effect for key, effect in self.found.items() if key]
        return (
            *baseline,
            *(replace(effect, number=i) for i, effect in enumerate(others, start=1)),
        )


class _Owner:
    """Tells to which level of the unpooled grouping a coefficient belongs."""

    def __init__(self, grouping: str, levels: Sequence[str]) -> None:
        self._grouping = grouping
        self._levels = {level: i for i, level in enumerate(levels)}

    def split(self, label: TermLabel, name: str) -> tuple[int | None, Key]:
        """The position of the level, if there is one, and the rest of the column."""
        if not self._levels:
            return None, _key(label)
        for part in label.parts:
            if part.role is Role.LEVEL and part.name == self._grouping:
                rest = tuple(own for own in label.parts if own is not part)
                return self._levels[part.level], _factors(rest)
        if not label.parts:  # such as g[1]:poly(x, 2)[1], which has no words
            for level, i in self._levels.items():
                for column in (self._grouping, f"C({quoted(self._grouping)})"):
                    prefix = f"{column}[{level}]:"
                    if name.startswith(prefix):
                        return i, (_with_index(name.removeprefix(prefix)),)
        return None, _key(label)


_INDEX = "\0"
"""Where the index of a row goes."""


def _key(label: TermLabel) -> Key:
    if label.parts:
        return _factors(label.parts)
    return () if label.text == INTERCEPT else (_with_index(label.text),)


def _factors(parts: Iterable[Part]) -> Key:
    return tuple(map(_factor, parts))


def _factor(part: Part) -> str:
    """A number by its name; a level as 1 where a row has it and 0 elsewhere."""
    if part.role is Role.NUMBER:
        return _with_index(part.name)
    return f"[{_with_index(part.name)} = {latex_name(part.level)}]"


def _with_index(name: str) -> str:
    return latex_name(name) + _INDEX
