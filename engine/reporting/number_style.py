"""How a reader wants numbers written: digits and decimal mark, while something is made.

A style holds inside a ``with`` and in its own thread, as a decimal context does: so
tables, sentences and equations that are made there agree, and nothing stays behind.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED_OR_POINT = re.compile(r"'[^']*'|(?<=\d)\.(?=\d)")


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are written.

    Attributes
    ----------
    digits : int or None
        Significant digits; None lets each kind of number decide, and an estimate end
        where the second digit of its standard error stands.
    mark : str
        What stands between whole and fraction.
    """

    digits: int | None = None
    mark: str = "."


_AUTOMATIC = NumberStyle()
_STYLE: ContextVar[NumberStyle] = ContextVar("number_style", default=_AUTOMATIC)


def current_style() -> NumberStyle:
    """The style that holds here; automatic digits and a point outside any ``with``."""
    return _STYLE.get()


@contextmanager
def written_in(style: NumberStyle) -> Iterator[None]:
    """Write the numbers of everything that is made inside in a style."""
    token = _STYLE.set(style)
    try:
        yield
    finally:
        _STYLE.reset(token)


def list_mark() -> str:
    """What parts the numbers of a list: a semicolon beside decimal commas."""
    return ";" if current_style().mark == "," else ","


def with_mark(sentence: str) -> str:
    """Give a sentence of ours that is already written the decimal mark that holds.

    Parameters
    ----------
    sentence : str
        Names of a user stand in single quotes in it; they are left alone.

    Returns
    -------
    str
    """
    mark = current_style().mark
    if mark == ".":
        return sentence
    return _QUOTED_OR_POINT.sub(
        lambda found: mark if found[0] == "." else found[0], sentence
    )
