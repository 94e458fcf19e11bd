"""How a reader wants numbers written: digits and decimal mark, while something is made.

A style holds inside a ``with`` and in its own thread, as a decimal context does: so
tables, sentences and equations that are made there agree, and nothing stays behind.
The window's own thread takes one for good (`write_from_now_on`).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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


AUTOMATIC = NumberStyle()
"""Each kind of number decides its digits, and the decimal mark is a point."""
_STYLE: ContextVar[NumberStyle] = ContextVar("number_style", default=AUTOMATIC)


def current_style() -> NumberStyle:
    """The style that holds here; `AUTOMATIC` where nobody has asked for another."""
    return _STYLE.get()


@contextmanager
def written_in(style: NumberStyle) -> Iterator[None]:
    """Write the numbers of everything that is made inside in a style."""
    token = _STYLE.set(style)
    try:
        yield
    finally:
        _STYLE.reset(token)


def write_from_now_on(style: NumberStyle) -> None:
    """Write all numbers of this thread in a style, until another one is set."""
    _STYLE.set(style)


def list_mark() -> str:
    """What parts the numbers of a list: a semicolon beside decimal commas."""
    return ";" if current_style().mark == "," else ","
