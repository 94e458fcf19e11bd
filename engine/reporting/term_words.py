"""What the columns of a model matrix mean, so that tables and sentences can say it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from engine.model.columns import readable
from engine.model.language.expressions import parse_expression
from engine.model.spec import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.model.encoding import Encoder
    from engine.model.preparation import Preparation
    from engine.model.spec import Term

MOST_COMBINATIONS = 50_000
"""Names that are tried per term; wider interactions keep the names of the matrix."""


class Role(StrEnum):
    """What a factor of a term contributes.

    Attributes
    ----------
    NUMBER
        A slope, per unit.
    DIFFERENCE
        A level's difference from the reference level.
    LEVEL
        A level's own value.
    """

    NUMBER = "number"
    DIFFERENCE = "difference"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Part:
    """One factor of a term.

    Attributes
    ----------
    name : str
        Column or expression as a user would read it.
    role : Role
    level : str
        For categories.
    reference : str
        The level that `level` is compared with.
    unit : str
        What one unit of a number is called.
    """

    name: str
    role: Role = Role.NUMBER
    level: str = ""
    reference: str = ""
    unit: str = "unit"

    @property
    def text(self) -> str:
        """The factor in a table: `log_length`, `Variety: Victory`."""
        return self.name if self.role is Role.NUMBER else f"{self.name}: {self.level}"


@dataclass(frozen=True, slots=True)
class TermLabel:
    """A column of a model matrix in words.

    Attributes
    ----------
    text : str
        Its name in tables; different for different columns.
    parts : tuple of Part
        What it multiplies; empty for the intercept and for columns that are not
        understood, such as those of poly().
    """

    text: str
    parts: tuple[Part, ...] = ()

    @property
    def varying(self) -> str:
        """What varies when this column's coefficient varies among groups."""
        if self.text == INTERCEPT:
            return "baseline"
        if self.parts and all(part.role is Role.LEVEL for part in self.parts):
            return f"baseline of {self.text}"
        return f"effect of {self.text}"


def term_labels(encoder: Encoder) -> dict[str, TermLabel]:
    """Say what each column of a matrix means.

    Parameters
    ----------
    encoder : Encoder
        Of the fixed part or of a block of the random part.

    Returns
    -------
    dict of str to TermLabel
        By the names of the columns, in their order.
    """
    meanings: dict[str, tuple[Part, ...]] = {INTERCEPT: ()}
    for term in encoder.terms:
        meanings |= _meanings(term, encoder.preparation)
    found = {name: meanings.get(name, ()) for name in encoder.names}
    references = _references(found.values(), encoder.preparation)
    labels = {name: _label(name, parts, references) for name, parts in found.items()}
    uses = Counter(label.text for label in labels.values())
    return {  # two codings of one column would have one text
        name: label if uses[label.text] == 1 else TermLabel(name)
        for name, label in labels.items()
    }


def _meanings(term: Term, preparation: Preparation) -> dict[str, tuple[Part, ...]]:
    """Every name that a column of a term can have, and what it would mean."""
    choices = [_choices(factor, preparation) for factor in term]
    if prod(map(len, choices)) > MOST_COMBINATIONS:
        return {}
    return {
        ":".join(names): tuple(
            own[name] for own, name in zip(choices, names, strict=True)
        )
        for names in product(*choices)
    }


def _choices(factor: str, preparation: Preparation) -> dict[str, Part]:
    """Texts that a factor can have in a column's name."""
    expression, shown = parse_expression(factor), readable(factor)
    column = expression.columns[0]
    is_category = expression.is_column or expression.functions[0] == "C"
    if not (is_category and column in preparation.levels):
        is_date = expression.is_column and column in preparation.origins
        unit = "day" if is_date else "unit"
        return {} if expression.gives_several else {shown: Part(shown, unit=unit)}
    choices = {}
    for level in preparation.levels[column]:
        choices[f"{shown}[T.{level}]"] = Part(column, Role.DIFFERENCE, str(level))
        choices[f"{shown}[{level}]"] = Part(column, Role.LEVEL, str(level))
    return choices


def _references(
    found: Iterable[tuple[Part, ...]], preparation: Preparation
) -> dict[str, str]:
    """The level of each column that is compared with and so has no difference."""
    compared: dict[str, set[str]] = {}
    for part in (part for parts in found for part in parts):
        if part.role is Role.DIFFERENCE:
            compared.setdefault(part.name, set()).add(part.level)
    left = {
        name: [str(v) for v in preparation.levels[name] if str(v) not in levels]
        for name, levels in compared.items()
    }
    return {name: levels[0] for name, levels in left.items() if len(levels) == 1}


def _label(
    name: str, parts: tuple[Part, ...], references: Mapping[str, str]
) -> TermLabel:
    known = tuple(
        replace(part, reference=references.get(part.name, ""))
        if part.role is Role.DIFFERENCE
        else part
        for part in parts
    )
    return TermLabel(" × ".join(part.text for part in known) or name, known)
