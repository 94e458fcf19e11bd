"""Names as the sentences of findings have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data import wording
from engine.data.group_words import group_noun

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_NAMES = 4


def joined(texts: Sequence[str]) -> str:
    """Join words as a sentence does: "a and b"; of many "a, b, c, d and 9 more".

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    str
    """
    return wording.joined(texts, most=_MOST_NAMES)


def short_plural(group: str) -> str:
    """Name many levels of a grouping on a button: "lakes", or the column itself.

    Parameters
    ----------
    group : str
        As tables name it.

    Returns
    -------
    str
    """
    plural = group_noun(group)[1]
    return group if " of " in plural else plural


def one_for_all(group: str) -> str:
    """Label of the button that lets an effect vary no longer.

    Parameters
    ----------
    group : str
        As tables name it.

    Returns
    -------
    str
    """
    plural = group_noun(group)[1]
    return f"One effect for all {'groups' if ' of ' in plural else plural}"
