"""Read numbers as people write them: decimal commas, thousands marks, long minus."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.data.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_SPACES = " \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
_APOSTROPHES = "'’"
# The typographic minus, and the en dash and wide forms that stand in for it.
_LONG_MINUS = re.compile(r"^[−–﹣－](?=[\d.,])")
_LONGEST_INTEGER = 18  # digits that int64 always holds
EXACT_INTEGER = 2**53  # beyond this, float64 skips whole numbers


def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    return re.compile(
        rf"[+-]?(?=[\d{decimal}])(?=[^eE]*\d)"
        rf"(?:[1-9]\d{{0,2}}(?P<group>[{group}{_SPACES}{_APOSTROPHES}])\d{{3}}"
        rf"(?:(?P=group)\d{{3}})*|\d*)"
        rf"(?:{decimal}\d*)?(?:[eE][+-]?\d+)?",
        re.ASCII,
    )


_WITH = {".": _pattern(r"\.", ","), ",": _pattern(",", r"\.")}
_N_TRIED = 500
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numerals:
    """What distinct texts are as numbers.

    Attributes
    ----------
    values : ndarray of shape (n_texts,)
        int64 if all are whole numbers, else float64; NaN where a text is no number.
    is_number : ndarray of bool of shape (n_texts,)
    notes : tuple of str
        What was taken for what, as ends of sentences after "In column 'x', ".
    doubt : str
        Why the texts cannot be read, as the end of such a sentence.
    """

    values: NDArray[Any]
    is_number: NDArray[np.bool_]
    notes: tuple[str, ...] = ()
    doubt: str = ""


_AT_ONCE = 50_000
"""Cells that one call reads: a call of a million would hold up the other threads."""


def decimal_mark(texts: Iterable[str]) -> str:
    """Tell from a sample of cells which decimal mark is in use.

    Parameters
    ----------
    texts : iterable of str
        Cells of all kinds, trimmed.

    Returns
    -------
    str
        ``"."`` or ``","``; empty if no cell decides, as 1,234 does not.
    """
    points = commas = 0
    for text in texts:
        if "." not in text and "," not in text:
            continue
        is_point, is_comma = (bool(_WITH[mark].fullmatch(text)) for mark in ".,")
        points += is_point and not is_comma
        commas += is_comma and not is_point
    if points == commas:
        return ""
    return "." if points > commas else ","


def read_numerals(texts: Sequence[str], hint: str, forced: str | None) -> Numerals:
    """Read distinct texts as numbers, each one exactly or not at all.

    Parameters
    ----------
    texts : sequence of str
        Distinct cells of one column, trimmed, without missing ones.
    hint : str
        The decimal mark of the rest of the file, or empty.
    forced : str, optional
        The decimal mark the user asked for.

    Returns
    -------
    Numerals
    """
    if not any(map(_is_number, texts[:: len(texts) // _N_TRIED + 1])):
        # spare a million labels what follows
        return Numerals(np.full(len(texts), np.nan), np.zeros(len(texts), dtype=bool))
    quick = _quick(texts, forced or hint)
    if quick is not None:
        return quick
    plain = [_LONG_MINUS.sub("-", text) for text in texts]
    decimal = forced or decimal_mark(plain) or hint
    if not decimal:
        # 1,234 with nothing in the file to tell what its comma means
        doubtful = [t for t in plain if "," in t and _WITH["."].fullmatch(t)]
        if len(doubtful) > len(texts) / 2:
            return _doubtful(doubtful[0], len(texts))
        decimal = "."
    return _read(texts, plain, decimal, hint)


def _quick(texts: Sequence[str], decimal: str) -> Numerals | None:
    """Let pandas read a column that is wholly numeric; None if it is not that plain."""
    if decimal == "," and any("." in text for text in texts):
        return None
    parts = []
    for begin in range(0, len(texts), _AT_ONCE):
        cells = pd.Series(texts[begin : begin + _AT_ONCE], dtype=object)
        if decimal == ",":
            cells = cells.str.replace(",", ".", regex=False)
        numbers = pd.to_numeric(cells, errors="coerce")
        if numbers.dtype.kind not in "if" or bool(numbers.isna().any()):
            return None
        parts.append(numbers.to_numpy())
    values = np.concatenate(parts)
    if values.dtype.kind == "f" and _may_be_rounded(values):
        return None
    return Numerals(values, np.ones(len(texts), dtype=bool))


def _is_number(text: str) -> bool:
    """Whether a text is a number with one decimal mark or the other."""
    plain = _LONG_MINUS.sub("-", text)
    return any(_number(plain, mark) is not None for mark in ".,")


def _may_be_rounded(values: NDArray[Any]) -> bool:
    """Whether these could be long whole numbers which float64 has rounded."""
    return bool(
        np.all(values == np.floor(values)) and np.any(np.abs(values) >= EXACT_INTEGER)
    )


def _doubtful(cell: str, n_texts: int) -> Numerals:
    return Numerals(
        np.full(n_texts, np.nan),
        np.zeros(n_texts, dtype=bool),
        doubt=f"the comma in {quoted(cell)} could mark decimals or thousands, so the "
        "column was kept as text; choose the decimal mark to have it read as numbers",
    )


def _read(
    texts: Sequence[str], plain: Sequence[str], decimal: str, hint: str
) -> Numerals:
    """Read each text with one decimal mark and say what was not plain about it."""
    numbers = [_number(text, decimal) for text in plain]
    is_number = np.array([number is not None for number in numbers], dtype=bool)
    if all(isinstance(number, int) for number in numbers):
        values = np.array(numbers, dtype=np.int64)
    else:
        values = np.array(
            [np.nan if number is None else number for number in numbers], dtype=float
        )
    notes = []
    grouped = [
        i
        for i, text in enumerate(plain)
        if numbers[i] is not None and not _is_plain(text, decimal)
    ]
    if grouped:
        first = grouped[0]
        notes.append(
            f"marks between thousands were left out ({quoted(texts[first])} is read as "
            f"{numbers[first]})"
        )
    if hint and decimal != hint and any(decimal in text for text in plain):
        word = "comma" if decimal == "," else "point"
        notes.append(f"the decimal mark is a {word}, unlike in the rest of the file")
    n_minus = sum(a != b for a, b in zip(texts, plain, strict=True))
    if n_minus:
        notes.append("typographic minus signs and dashes were read as minus")
    return Numerals(values, is_number, tuple(notes))


def _number(text: str, decimal: str) -> int | float | None:
    """Read one text; None if it is no number or too long to be kept exactly."""
    match = _WITH[decimal].fullmatch(text)
    if match is None:
        return float(text) if _INFINITE.fullmatch(text) else None
    if match["group"]:
        text = text.replace(match["group"], "")
    text = text.replace(decimal, ".")
    digits = text.lstrip("+-")
    if not digits.isdecimal():
        return float(text)
    return int(text) if len(digits) <= _LONGEST_INTEGER else None


def _is_plain(text: str, decimal: str) -> bool:
    match = _WITH[decimal].fullmatch(text)
    return match is None or not match["group"]
