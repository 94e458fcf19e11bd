"""How counts, names and cells are put into a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.written_numbers import count

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_QUOTE = 40
_LONGEST_LIST = 4


def counted(number: int, noun: str, plural: str = "") -> str:
    """Say how many: ``1 cell``, ``3 cells``, ``2 codes``.

    Parameters
    ----------
    number : int
        How many there are.
    noun, plural : str
        The word for one and for many; many is `noun` with an s unless given.

    Returns
    -------
    str
    """
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def verb(number: int, one: str = "is", many: str = "are") -> str:
    """Choose the form of a verb for so many: 1 of 96 rows is, 0 of 96 rows are.

    Parameters
    ----------
    number : int
    one, many : str

    Returns
    -------
    str
    """
    return one if number == 1 else many


def quoted(text: str) -> str:
    """Quote a cell or a name on one line, shortened when it is long.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
    """
    line = " ".join(text.split())
    if len(line) > _LONGEST_QUOTE:
        line = line[: _LONGEST_QUOTE - 3] + "..."
    return f"'{line}'"


def listed(texts: Sequence[str], noun: str = "column", last: str = "and") -> str:
    """Quote several texts: ``'a', 'b' and 'c'``; many end in ``7 more columns``.

    Parameters
    ----------
    texts : sequence of str
        At least one text.
    noun : str
        What the texts are, one word in the singular.
    last : str
        The word before the last one.

    Returns
    -------
    str
    """
    parts = [quoted(text) for text in texts]
    if len(parts) > _LONGEST_LIST + 1:
        n_more = len(parts) - _LONGEST_LIST
        parts = [*parts[:_LONGEST_LIST], counted(n_more, f"more {noun}")]
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
