"""Where long words may be broken, and texts that are shortened."""

from __future__ import annotations

import re

LONGEST = 20
"""Letters of a word that is never broken."""
NAME_LETTERS = 18
"""Room for a name where several stand side by side."""
_PIECE = 8
_MARK = "\u200b"  # no letter and no room: a place where a line may end
_WORD = re.compile(rf"\S{{{LONGEST + 1},}}")
_PART = re.compile(r"[^_.\-/\\:,;]+[_.\-/\\:,;]*|[_.\-/\\:,;]+")


def breakable(text: str) -> str:
    """Let long words, such as names of columns, end a line within.

    Parameters
    ----------
    text : str
        Plain text.

    Returns
    -------
    str
        The same to the eye; `unbroken` gives the text back.
    """
    return _WORD.sub(_pieces, text)


def unbroken(text: str) -> str:
    """Take the places for breaks out again."""
    return text.replace(_MARK, "")


def shortened(text: str, longest: int = NAME_LETTERS) -> str:
    """Write a text on one line, with dots in its middle if it is too long.

    Parameters
    ----------
    text : str
    longest : int
        Letters that there is room for.

    Returns
    -------
    str
    """
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    half = (longest - 1) // 2
    return f"{line[: longest - 1 - half].rstrip()}…{line[-half:].lstrip()}"


def _pieces(word: re.Match[str]) -> str:
    """Break behind marks such as _ and, where there are none, anywhere."""
    parts = _PART.findall(word[0])
    cut = [
        _MARK.join(part[n : n + _PIECE] for n in range(0, len(part), _PIECE))
        if len(part) > LONGEST
        else part
        for part in parts
    ]
    return _MARK.join(cut)
