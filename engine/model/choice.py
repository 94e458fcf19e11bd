"""One line of a menu: what can be chosen, or why not."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import FormulaError
from engine.model.language.expressions import quoted


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu.

    Attributes
    ----------
    value : object
        What the edit is given: a column, its columns, a term, two terms, a way of not
        pooling.
    text : str
        What is chosen.
    detail : str
        What is known of it; may be empty.
    is_possible : bool
    why_not : str
        The reason if it is not possible, one sentence.
    is_chosen : bool
        Whether it is so already.
    """

    value: object
    text: str
    detail: str = ""
    is_possible: bool = True
    why_not: str = ""
    is_chosen: bool = False


def choice(
    value: object,
    text: str,
    detail: str = "",
    why_not: str = "",
    *,
    is_chosen: bool = False,
) -> Choice:
    """Make a choice that is possible unless there is a reason against it."""
    return Choice(value, text, detail, not why_not, why_not, is_chosen)


def unwritable(column: str) -> str:
    """Say why a formula cannot have a column's name; empty if it can."""
    try:
        quoted(column)
    except FormulaError as problem:
        return f"{problem.message} {problem.remedy}"
    return ""


def possible_first(choices: list[Choice]) -> tuple[Choice, ...]:
    """Put what is not possible last."""
    return tuple(sorted(choices, key=lambda own: not own.is_possible))
