"""Give every column a name of its own that a formula can quote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.data.numerals import decimal_mark, read_numerals
from engine.data.wording import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
_MOST_NOTES = 5  # notes about renamed columns, before they are only counted


def repaired_names(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Repair empty, repeated and awkward names.

    Parameters
    ----------
    names : sequence of str
        As written in the header.

    Returns
    -------
    names : tuple of str
        All different, none empty, without backticks and line breaks, trimmed.
    notes : tuple of str
        One sentence for each name that changed; many are summed up.
    """
    notes: list[str] = []
    plain = [_plain(name) for name in names]
    taken = set(plain)
    seen: set[str] = set()
    repaired: list[str] = []
    for i, name in enumerate(plain):
        if not name:
            new = _free(f"column {i + 1}", taken)
            notes.append(f"Column {i + 1} has no name; it is now {quoted(new)}.")
        elif name in seen:
            new = _free(name, taken, start=2)
            notes.append(_note_on_repeat(plain, i, new))
        else:
            new = name
            if name != names[i].strip():
                notes.append(
                    f"Column {quoted(names[i])} is now {quoted(new)}: a name cannot "
                    "have backticks, line breaks and the like."
                )
        taken.add(new)
        seen.add(name)
        repaired.append(new)
    if len(notes) > _MOST_NOTES + 1:
        n_more = len(notes) - _MOST_NOTES
        notes = notes[:_MOST_NOTES]
        notes.append(f"{counted(n_more, 'more column')} were renamed likewise.")
    return tuple(repaired), tuple(notes)


def problem_with_name(name: str, taken: Collection[str]) -> str | None:
    """Say why a new column cannot be called so.

    Parameters
    ----------
    name : str
    taken : collection of str
        Names that other columns have.

    Returns
    -------
    str or None
        One sentence; None if it can.
    """
    if name in taken:
        return f"There is already a column {quoted(name)}."
    if not name:
        return "A column needs a name."
    if repaired_names((name,))[0] != (name,) or name.endswith("\\"):
        return (
            f"A column cannot be called {quoted(name)}: backticks, line breaks, and "
            "spaces or backslashes at the end cannot be written in a formula."
        )
    return None


def are_numbers(names: Sequence[str]) -> bool:
    """Tell whether a header is really a row of data, every cell being a number.

    Parameters
    ----------
    names : sequence of str
        The cells of the header, trimmed.

    Returns
    -------
    bool
    """
    texts = list(dict.fromkeys(name for name in names if name))
    if not texts:
        return False
    return bool(read_numerals(texts, decimal_mark(texts), None).is_number.all())


def numbered_names(n_columns: int) -> tuple[tuple[str, ...], str]:
    """Name the columns of a file whose header is a row of data.

    Parameters
    ----------
    n_columns : int

    Returns
    -------
    names : tuple of str
    note : str
    """
    return tuple(f"column {i + 1}" for i in range(n_columns)), (
        "The first line holds only numbers, so it was read as data and the columns are "
        "numbered; if these are names, put a letter before them."
    )


def _plain(name: str) -> str:
    """Drop what a formula cannot quote or a heading cannot show."""
    one_line = re.sub(r"\s*[^\S ]\s*", " ", name.strip().replace("`", "'"))
    return "".join(letter for letter in one_line if letter.isprintable())


def _free(name: str, taken: set[str], start: int = 1) -> str:
    """Number a name until nobody else has it."""
    number = start
    candidate = name if start == 1 else f"{name} ({start})"
    while candidate in taken:
        number += 1
        candidate = f"{name} ({number})"
    return candidate


def _note_on_repeat(names: Sequence[str], place: int, new: str) -> str:
    name = names[place]
    total, which = names.count(name), names[: place + 1].count(name)
    how_many = {2: "Two", 3: "Three", 4: "Four"}.get(total, str(total))
    ordinal = _ORDINALS[which - 1] if which <= len(_ORDINALS) else f"{which}th"
    return (
        f"{how_many} columns are called {quoted(name)}; the {ordinal} is now "
        f"{quoted(new)}."
    )
