"""Sentences that are kept: words and numbers apart, put together when they are read.

A fit, a table as read or a message may be shown long after it was made, when its reader
has chosen another decimal mark; names among its words have points of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a sentence.

    Attributes
    ----------
    value : float
    digits : int
        Significant ones, at most.
    """

    value: float
    digits: int = 6

    def __str__(self) -> str:
        return general(self.value, self.digits)


@dataclass(frozen=True, slots=True, init=False)
class Sentence:
    """Words and numbers; ``str`` writes it in the style that holds.

    Parameters
    ----------
    *parts : str or Number or Sentence

    Attributes
    ----------
    parts : tuple of str or Number
    """

    parts: tuple[str | Number, ...]

    def __init__(self, *parts: str | Number | Sentence) -> None:
        flat: list[str | Number] = []
        for part in parts:
            flat += part.parts if isinstance(part, Sentence) else [part]
        object.__setattr__(self, "parts", tuple(flat))

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    @property
    def written(self) -> list[str | float]:
        """Words and numbers apart, as a project file keeps them."""
        return [p.value if isinstance(p, Number) else p for p in self.parts]

    @classmethod
    def read(cls, written: Iterable[str | float]) -> Sentence:
        """Take what `written` has kept."""
        return cls(*(p if isinstance(p, str) else Number(float(p)) for p in written))

    def __contains__(self, text: str) -> bool:
        return text in str(self)


Said = str | Sentence
"""A sentence with or without numbers that are kept apart."""
