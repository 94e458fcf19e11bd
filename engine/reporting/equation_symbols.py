"""Letters of the equations, and names, numbers and signs in LaTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.reporting.numbers import Kind, shown
from engine.written_numbers import INFINITY, MINUS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.model.spec import ModelSpec

_INDICES = "jklmnrstuvw"
_DEVIATIONS = "abcdfghrstuvw"  # not e, the residual; not x, y, z, nor a sum's p and q
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_ESCAPES = {
    " ": r"\ ",
    "\\": r"{\backslash}",
    "^": r"{\wedge}",
    "~": r"{\sim}",
    "-": "\u2010",  # a hyphen, which is not drawn as a minus
    "`": r"\text{`}",
    **{sign: rf"{{\{sign}}}" for sign in "_&%#${}"},
}


def indices(groupings: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Give each grouping its index: j, k, l and so on.

    Parameters
    ----------
    groupings : iterable of tuple of str
        Their columns.

    Returns
    -------
    dict of tuple of str to str
        By the columns, each grouping once.
    """
    known = dict.fromkeys(groupings)
    last = len(_INDICES) - 1
    return {
        own: _INDICES[i] if i <= last else f"{_INDICES[last]}{'′' * (i - last)}"
        for i, own in enumerate(known)
    }


def ordered_groupings(spec: ModelSpec) -> list[tuple[str, ...]]:
    """Groupings that the model distinguishes, that of the sentence first.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    list of tuple of str
        Their columns; none of groups that are completely pooled.
    """
    found = dict.fromkeys(term.group for term in spec.random)
    main = None if spec.grouping is None else (spec.grouping,)
    if main is not None and (spec.no_pooling is not None or main in found):
        found = {main: None} | found
    return list(found)


_SIGN = "{-}"  # else it would be drawn as between two numbers


class Letters:
    """Hands out the letters of deviations: a, b, c; later ones are numbered."""

    def __init__(self) -> None:
        self._n_given = 0

    def take(self) -> tuple[str, str]:
        """Return the next letter and its number, which is empty for the first ones."""
        given = self._n_given
        self._n_given += 1
        if given < len(_DEVIATIONS):
            return _DEVIATIONS[given], ""
        return "u", str(given - len(_DEVIATIONS) + 1)


def latex_name(text: str) -> str:
    r"""Write a name upright, with every sign escaped.

    Parameters
    ----------
    text : str
        A column, a level or an expression as a user would read it.

    Returns
    -------
    str
        Such as ``\mathrm{log{\_}mass}``.
    """
    return rf"\mathrm{{{''.join(map(_escaped, ' '.join(text.split())))}}}"


def latex_text(text: str) -> str:
    """Write some words of ours: letters, digits, commas and stops only."""
    return rf"\text{{{text}}}"


def latex_number(value: float, kind: Kind, error: object = None) -> str:
    r"""Write a number as the tables show it.

    Parameters
    ----------
    value : float
    kind : Kind
    error : object
        Standard error that sets the decimals of an estimate.

    Returns
    -------
    str
        Such as ``-1.38`` or ``2.3 \times 10^{-9}``; a question mark for nothing.
    """
    text = shown(float(value), kind, error, missing="?")
    text = text.replace(MINUS, "-").replace(INFINITY, r"\infty")
    text = text.replace(",", "{,}")  # a decimal comma, without the space of a list
    return re.sub(
        "×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
        lambda m: rf" \times 10^{{{m[1].translate(_SUPERSCRIPTS)}}}",
        text,
    )


def added(parts: Iterable[str]) -> str:
    """Add parts, some of which begin with a minus: ``1.2 - 0.3 x``."""
    text = ""
    for part in parts:
        if not text:
            text = f"{_SIGN}{part[1:]}" if part.startswith("-") else part
        elif part.startswith("-"):
            text += f" - {part[1:]}"
        else:
            text += f" + {part}"
    return text or "0"


def continued(text: str) -> str:
    """Write a sum as the rest of one: with its sign in front."""
    if text.startswith(_SIGN):
        return f"- {text.removeprefix(_SIGN)}"
    return f"+ {text}"


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isalnum() or sign == ".":
        return sign
    if not sign.isprintable():
        return r"\ "
    return f"{{{sign}}}" if sign.isascii() else sign
