"""Recognise labels that begin anew within each level of another grouping.

Plots 1, 2, 3 in every site are crossed with the sites as far as the table can tell, and
usually nested in truth. Only names can make one suspect it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from engine.data.coded import FEWEST_GROUPS, median_count
from engine.data.role_words import Role, has_role, head_word
from engine.data.table import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import IntArray
    from engine.data.coded import Coded

MOST_LEVELS = 2000
"""Levels beyond which nobody numbers plots anew in every site."""

_TRAITS = ("gender", "morph", "sex")
_INDIVIDUALS = """
    animal badger bat beaver bee beetle bird calf chick child cow deer dog donor ewe
    father female finch fish fox frog horse id ident individual larva male mother mouse
    offspring operator participant patient penguin person pig pup rabbit ram rat ringnr
    salmon seal sheep sow squirrel student subject teacher trout turtle vole whale
    worker
"""

_ENDS_IN_NUMBER = re.compile(r"(.*?)(\d+)")
_ENDS_IN_LETTER = re.compile(r"(.*?)([A-Za-z])")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


def reused_grouping(
    one: Coded,
    other: Coded,
    in_one: IntArray,
    in_other: IntArray,
    counts: IntArray,
) -> Coded | None:
    """Find which of two crossed groupings seems to reuse its labels.

    Parameters
    ----------
    one, other : Coded
        In the order of the columns: people write the larger unit first.
    in_one, in_other : ndarray of int, shape (n_cells,)
        The levels of each combination that occurs.
    counts : ndarray of int, shape (n_cells,)
        Its rows.

    Returns
    -------
    Coded or None
        One of the two, or none. With one row a combination nothing is asked: there,
        nesting could not be told from the residuals.
    """
    if median_count(counts) < 2:
        return None
    found = []
    if _may_restart(other, one, in_other, in_one):
        found.append(other)
    if _may_restart(one, other, in_one, in_other):
        found.append(one)
    found.sort(key=lambda group: not has_role(group.column, Role.UNIT))
    return found[0] if found else None


def _may_restart(child: Coded, parent: Coded, inner: IntArray, outer: IntArray) -> bool:
    """Whether the child's labels could begin anew within each level of the parent."""
    if not _can_be_parent(parent) or not _can_be_child(child):
        return False
    ranks = serial_ranks(child.names())
    if ranks is None:
        return False
    if has_role(child.column, Role.UNIT):
        return not _is_treatment(parent) or _may_restart_in_treatment(
            child, parent, len(inner)
        )
    if has_role(parent.column, Role.TREATMENT):
        return False  # blocks that hold every treatment
    is_place = has_role(parent.column, Role.PLACE, Role.UNIT)
    has_few = len(child.counts) <= len(parent.counts)
    return (is_place and has_few) or _is_ragged(ranks, inner, outer, parent)


def _is_treatment(group: Coded) -> bool:
    """Whether a column is what was done to units, or a trait, not where they are."""
    if has_role(group.column, Role.PLACE, Role.UNIT):
        return False
    is_few = len(group.counts) < FEWEST_GROUPS
    return is_few or has_role(group.column, Role.TREATMENT)


def _may_restart_in_treatment(child: Coded, parent: Coded, n_cells: int) -> bool:
    """Whether units are numbered anew within each treatment, or get several of them.

    An animal has one sex, so that animal 1 of either is another one, while a nest has
    chicks of both. Individuals that all occur in every treatment have had them all, as
    subjects under each condition; pots 1 to 5 of each treatment are rather other pots.
    """
    is_individual = head_word(child.column) in _INDIVIDUALS.split()
    if head_word(parent.column) in _TRAITS:
        return is_individual
    is_complete = n_cells == len(child.counts) * len(parent.counts)
    return not (is_individual and is_complete)


def _can_be_parent(group: Coded) -> bool:
    if has_role(group.column, Role.TIME) or group.kind is Kind.DATE:
        return False
    is_named = group.kind in (Kind.CATEGORY, Kind.LABEL)
    return is_named or has_role(group.column, Role.PLACE, Role.UNIT)


def _can_be_child(group: Coded) -> bool:
    if has_role(group.column, Role.TREATMENT) or len(group.counts) > MOST_LEVELS:
        return False
    return _can_be_parent(group)


def _is_ragged(
    ranks: IntArray, inner: IntArray, outer: IntArray, parent: Coded
) -> bool:
    """Whether each parent has the labels 1 to its own number, not all the same."""
    n_parents = len(parent.counts)
    n_labels = np.bincount(outer, minlength=n_parents)
    highest = np.zeros(n_parents, dtype=np.intp)
    np.maximum.at(highest, outer, ranks[inner])
    is_complete = n_labels == highest
    return bool(is_complete.all()) and len(np.unique(n_labels[n_labels > 0])) > 1


def serial_ranks(names: Sequence[str]) -> IntArray | None:
    """Read labels such as 1, 2, 3; a, b, c; P1, P2, P3; I, II, III as a series.

    Parameters
    ----------
    names : sequence of str
        Different labels.

    Returns
    -------
    ndarray of int or None
        Each label's place in the series, from 1; None if they are no series without
        gaps.
    """
    for read in (_numbers, _letters, _romans):
        values = read(names)
        if values is None:
            continue
        low, high = min(values), max(values)
        is_gapless = len(set(values)) == len(values) == high - low + 1
        if is_gapless and low <= 1:
            return np.array(values, dtype=np.intp) - low + 1
    return None


def _numbers(names: Sequence[str]) -> list[int] | None:
    ends = _ends(names, _ENDS_IN_NUMBER)
    if ends is None or any(len(end) > 9 for end in ends):
        return None
    return [int(end) for end in ends]


def _letters(names: Sequence[str]) -> list[int] | None:
    ends = _ends(names, _ENDS_IN_LETTER)
    return None if ends is None else [ord(end.lower()) - ord("a") + 1 for end in ends]


def _ends(names: Sequence[str], pattern: re.Pattern[str]) -> list[str] | None:
    """Cut off a beginning that all names share."""
    matches = [pattern.fullmatch(name) for name in names]
    stems = {match and match[1].strip().lower() for match in matches}
    if None in stems or len(stems) != 1:
        return None
    return [match[2] for match in matches if match]


def _romans(names: Sequence[str]) -> list[int] | None:
    values = []
    for name in names:
        digits = [_ROMAN.get(letter, 0) for letter in name.lower()]
        if 0 in digits or not digits:
            return None
        following = [*digits[1:], 0]
        values.append(
            sum(-d if d < f else d for d, f in zip(digits, following, strict=True))
        )
    return values
