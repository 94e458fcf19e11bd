"""Columns that are one measurement written side by side, as 2001, 2002 ... 2019."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.data.role_words import Role, has_role, head_word
from engine.data.table import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

FEWEST_NUMBERED = 4
"""Numbered columns from which a table looks wide."""
FIRST_YEAR, LAST_YEAR = 1500, 2200
"""Whole numbers within these are taken for years."""

_SIGNS = ("+", "-", "−")
_NUMBER = re.compile(r"[+−-]?\d+(?:\.\d+)?", re.ASCII)


def side_by_side(
    kinds: Mapping[str, Kind], groupings: Iterable[str] = ()
) -> tuple[str, ...]:
    """Find columns that look like one measurement, which must be stacked.

    Parameters
    ----------
    kinds : mapping of str to Kind
        What each column holds.
    groupings : iterable of str
        Columns that look like groups which are measured repeatedly. Where there is
        one, the table is long already and bio1 ... bio19 are rather covariates; only
        columns called like years or like numbers are still taken for one measurement.

    Returns
    -------
    tuple of str
        Empty if it does not look so.
    """
    numbers = [name for name, kind in kinds.items() if kind is Kind.NUMBER]
    numbered = [name for name in numbers if re.search(r"\d$", name)]
    is_most = len(numbered) > len(numbers) / 2
    if not is_most or len(numbered) < FEWEST_NUMBERED:
        return ()
    # the counts of one year may repeat as labels do
    is_grouped = not set(groupings) <= set(numbered)
    if is_grouped and number_prefix(numbered) != "" and not are_years(numbered):
        return ()
    return tuple(numbered)


def number_prefix(names: Sequence[str]) -> str | None:
    """Find what stands before the numbers in names such as y2001, y2002.

    Parameters
    ----------
    names : sequence of str
        Different names.

    Returns
    -------
    str or None
        Empty if all names are numbers; None if they are not numbers, nor different
        ones, behind any beginning that they share.
    """
    # digits that all share belong to the numbers; the hyphen of week-1 does not
    prefix = re.sub(r"\d[\d.]*$", "", _shared_beginning(names))
    if prefix in _SIGNS:
        prefix = ""
    rests = [name[len(prefix) :] for name in names]
    if not all(_NUMBER.fullmatch(rest) for rest in rests):
        return None
    values = {float(rest.replace("−", "-")) for rest in rests}
    return prefix if len(values) == len(names) else None


def are_years(names: Sequence[str]) -> bool:
    """Tell whether names are years, with or without a shared beginning.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    bool
    """
    prefix = number_prefix(names)
    if prefix is None:
        return False
    rests = [name[len(prefix) :] for name in names]
    return all(
        re.fullmatch(r"\d{4}", rest) and FIRST_YEAR <= int(rest) <= LAST_YEAR
        for rest in rests
    )


def suggested_names(
    columns: Sequence[str], taken: Collection[str] = ()
) -> tuple[str, str]:
    """Name the two columns that come of stacking.

    Parameters
    ----------
    columns : sequence of str
        The columns to be stacked.
    taken : collection of str
        Names of the other columns.

    Returns
    -------
    names_to, values_to : str
        `year` and `value` for 2001, 2002 ...; `day` and `value` for day1, day2 ...;
        `occasion` and `mass` for mass_1, mass_2 ...; `name` where nothing tells.
    """
    shared = number_prefix(columns) or ""
    word = re.sub(r"\W+", "_", shared).strip("_")
    word = word if len(head_word(word)) > 1 else ""  # y is year as often as response
    is_measured = has_role(word, Role.RESPONSE)
    values_to = word if is_measured else "value"
    names_to = "occasion" if is_measured else word or "name"
    if are_years(columns):
        names_to = "year"
    names_to = _free(names_to, taken)
    return names_to, _free(values_to, {*taken, names_to})


def _shared_beginning(names: Sequence[str]) -> str:
    """The letters with which all names begin: those of the first and last in order."""
    first, last = min(names, default=""), max(names, default="")
    n_shared = 0
    while n_shared < min(len(first), len(last)) and first[n_shared] == last[n_shared]:
        n_shared += 1
    return first[:n_shared]


def _free(name: str, taken: Collection[str]) -> str:
    """Number a name until no other column has it."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}{number}"
    return free
