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


def joined(texts: Sequence[str], last: str = "and", most: int | None = None) -> str:
    """Join words as a sentence does: ``a``, ``a and b``, ``a, b and c``.

    Parameters
    ----------
    texts : sequence of str
    last : str
        The word before the last one.
    most : int, optional
        How many are named if there are more than that and one; the rest are counted:
        ``a, b and 9 more``.

    Returns
    -------
    str
    """
    parts = list(texts)
    if most is not None and len(parts) > most + 1:
        parts = [*parts[:most], f"{len(parts) - most} more"]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


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
    return joined(parts, last)
