"""How a table's columns share the room: gaps give way first, then words, numbers never.

Widths are whole pixels; nothing here knows a widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_LINES = 4
"""Lines that a heading is broken into at most."""
FURTHEST = 90
"""What a column is widened by at most: an eye must find its way from word to number."""
STEPS = ((10, 1), (7, 1), (9, 2), (6, 2), (4, 2), (4, 3), (3, 3))
"""Room at each side of a cell and lines of a heading, from roomy to narrow."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one column needs.

    Attributes
    ----------
    body : int
        Width of its widest cell.
    least : int
        Width below which its cells cannot go: for numbers that of the widest.
    heads : tuple of int
        Width of its heading in one line, in two, and so on.
    """

    body: int
    least: int
    heads: tuple[int, ...]

    def wanted(self, lines: int) -> int:
        """Width with which nothing is cut, without gaps."""
        return max(self.body, self.heads[lines - 1])

    def smallest(self, lines: int) -> int:
        """Width with which nothing but words is cut, without gaps."""
        return max(self.least, self.heads[lines - 1])


@dataclass(frozen=True, slots=True)
class Shares:
    """How the columns share the room.

    Attributes
    ----------
    widths : tuple of int
        With the gaps; their sum is more than the room where that is too small.
    gap : int
        Room at each side of a cell.
    lines : int
        Of the headings.
    """

    widths: tuple[int, ...]
    gap: int
    lines: int


def share(
    needs: Sequence[Need], room: int, px: Callable[[float], int] = round
) -> Shares:
    """Share a room among columns.

    Parameters
    ----------
    needs : sequence of Need
    room : int
    px : callable
        Scales a gap to the size of the type.

    Returns
    -------
    Shares
    """
    for step, lines in STEPS:
        gap = px(step)
        widths = [need.wanted(lines) + 2 * gap for need in needs]
        if sum(widths) <= room:
            return Shares(_spread(widths, room, px(FURTHEST)), gap, lines)
    gap = px(STEPS[-1][0])
    for lines in range(2, MOST_LINES + 1):
        least = [need.smallest(lines) + 2 * gap for need in needs]
        if sum(least) <= room:
            widths = [need.wanted(lines) + 2 * gap for need in needs]
            return Shares(_squeezed(widths, least, room), gap, lines)
    return Shares(tuple(least), gap, MOST_LINES)


def _spread(widths: list[int], room: int, most: int) -> tuple[int, ...]:
    """Give every column the same of what is left, so that none is far from the next."""
    if not widths:
        return ()
    each, rest = divmod(room - sum(widths), len(widths))
    if each >= most:
        return tuple(width + most for width in widths)
    return (widths[0] + each + rest, *(width + each for width in widths[1:]))


def _squeezed(widths: list[int], least: list[int], room: int) -> tuple[int, ...]:
    """Take from the columns that can give, from each in proportion to what it can."""
    can = [width - low for width, low in zip(widths, least, strict=True)]
    total, over = sum(can), sum(widths) - room
    taken = [own * over // total for own in can] if total else [0] * len(can)
    for place, own in enumerate(can):  # what was lost by rounding
        more = min(over - sum(taken), own - taken[place])
        taken[place] += max(more, 0)
    return tuple(width - own for width, own in zip(widths, taken, strict=True))


def fitted(
    text: str, lines: int, room: float, width: Callable[[str], float]
) -> tuple[str, ...]:
    """Break a heading into as few lines as fit a room.

    Parameters
    ----------
    text : str
    lines : int
        Most that there may be; so many are given where none fit.
    room : float
    width : callable
        Of a text.

    Returns
    -------
    tuple of str
    """
    tried: tuple[str, ...] = (text,)
    for count in range(1, lines + 1):
        tried = broken(text, count, width)
        if max(map(width, tried)) <= room:
            break
    return tried


def broken(text: str, lines: int, width: Callable[[str], float]) -> tuple[str, ...]:
    """Break a heading into lines so that the widest is as narrow as can be.

    Parameters
    ----------
    text : str
    lines : int
        Most that there may be.
    width : callable
        Of a text.

    Returns
    -------
    tuple of str
        As few lines as do as well.
    """
    words = text.replace(" %", "\u00a0%").split(" ")
    best: tuple[str, ...] = (text,)
    for count in range(2, min(lines, len(words)) + 1):
        for cuts in combinations(range(1, len(words)), count - 1):
            ends = (0, *cuts, len(words))
            tried = tuple(" ".join(words[begin:end]) for begin, end in pairwise(ends))
            if max(map(width, tried)) < max(map(width, best)):
                best = tried
    return best
