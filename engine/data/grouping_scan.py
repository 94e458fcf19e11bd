"""Compare groupings with each other, and with columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.coded import median_count
from engine.data.design_facts import PairFacts, Relation, SlopeFacts
from engine.data.level_names import level_names
from engine.data.reused_labels import reused_grouping

if TYPE_CHECKING:
    from engine.arrays import AnyArray, BoolArray, FloatArray, IntArray
    from engine.data.coded import Coded

MOSTLY = 0.5
"""Share of levels that must occur in several of another column to look reused."""
MOST_ROWS = 2 / 3
"""Share of a level's rows that are right if the others are a slip."""
FEW_TO_BE_NESTED = 5
"""Levels from which one that is split looks like a slip and not like crossing."""


def compare(one: Coded, other: Coded) -> PairFacts | None:
    """Find how two groupings stand to each other.

    Parameters
    ----------
    one, other : Coded
        In the order of the columns.

    Returns
    -------
    PairFacts or None
        None if no row has both.
    """
    cells, counts = _cells(one, other)
    if cells.size == 0:
        return None
    in_one, in_other = np.divmod(cells, len(other.counts))
    first = _side(one, in_one, counts)
    second = _side(other, in_other, counts)
    if first.n_split and not second.n_split:
        first, second = second, first
    reused, nearly, example = _doubts(first, second)
    n_possible = first.n_present * second.n_present
    return PairFacts(
        first=first.group.column,
        second=second.group.column,
        relation=_relation(first.n_split, second.n_split),
        n_cells=len(cells),
        n_possible=n_possible,
        rows_median=median_count(counts),
        is_balanced=len(cells) == n_possible and bool((counts == counts[0]).all()),
        n_split_first=first.n_split,
        n_split_second=second.n_split,
        reused=reused,
        nearly=nearly,
        example=example,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One of two groupings that are compared.

    `in_cells` is the level in each combination that occurs, `counts` its rows,
    `n_others` the levels of the other grouping with which each level occurs.
    """

    group: Coded
    in_cells: IntArray
    counts: IntArray
    n_others: IntArray

    @property
    def n_present(self) -> int:
        return int((self.n_others > 0).sum())

    @property
    def n_split(self) -> int:
        return int((self.n_others > 1).sum())


def _side(group: Coded, in_cells: IntArray, counts: IntArray) -> _Side:
    n_others = np.bincount(in_cells, minlength=len(group.counts))
    return _Side(group, in_cells, counts, n_others)


def slope_facts(
    column: str, numbers: FloatArray, is_missing: BoolArray | None, group: Coded
) -> SlopeFacts:
    """Find in how many levels of a grouping a column of numbers varies.

    Parameters
    ----------
    column : str
        The column of numbers.
    numbers : ndarray of shape (n,)
        Its values.
    is_missing : ndarray of bool, shape (n,), or None
        Where it has none; None if it has all.
    group : Coded

    Returns
    -------
    SlopeFacts
    """
    codes = group.codes
    if is_missing is not None or group.has_gaps:
        is_present = codes >= 0
        if is_missing is not None:
            is_present &= ~is_missing
        codes, numbers = codes[is_present], numbers[is_present]
    n_levels = len(group.counts)
    some: AnyArray = np.full(n_levels, np.nan)
    some[codes] = numbers  # of each level any one value: the last
    is_varying = np.zeros(n_levels, dtype=bool)
    is_varying[codes[some[codes] != numbers]] = True
    n_present = int((~np.isnan(some)).sum())
    return SlopeFacts(column, group.column, n_present, int(is_varying.sum()))


def _cells(one: Coded, other: Coded) -> tuple[IntArray, IntArray]:
    """Combinations that occur, as one number each, and their rows."""
    first, second = one.codes, other.codes
    if one.has_gaps or other.has_gaps:
        has_both = (first >= 0) & (second >= 0)
        first, second = first[has_both], second[has_both]
    combined = first * len(other.counts) + second
    if len(one.counts) * len(other.counts) <= 4 * len(combined) + 1000:
        counts = np.bincount(combined)
        cells = np.flatnonzero(counts)
        return cells, counts[cells]
    codes, found = pd.factorize(combined)
    return found, np.bincount(codes)


def _relation(split_one: int, split_other: int) -> Relation:
    if split_one and split_other:
        return Relation.CROSSED
    return Relation.NESTED if split_other else Relation.SAME


def _doubts(first: _Side, second: _Side) -> tuple[str, str, str]:
    """Name the column that reuses labels, or is nearly nested, and a level of it."""
    if not (first.n_split and second.n_split):
        return "", "", ""
    if first.group.is_group_like() and second.group.is_group_like():
        for side in (first, second):
            if _is_nearly_nested(side):
                return "", side.group.column, _most_split(side)
    reused = None
    if all(side.n_split >= MOSTLY * side.n_present for side in (first, second)):
        reused = reused_grouping(
            first.group, second.group, first.in_cells, second.in_cells, first.counts
        )
    if reused is None:
        return "", "", ""
    return reused.column, "", _most_split(first if reused is first.group else second)


def _is_nearly_nested(side: _Side) -> bool:
    """Whether few rows of one level alone occur with another level of the other."""
    if side.n_present < FEW_TO_BE_NESTED or side.n_split != 1:
        return False
    own = side.counts[side.in_cells == side.n_others.argmax()]
    return bool(own.max() >= MOST_ROWS * own.sum())


def _most_split(side: _Side) -> str:
    """Name the level that occurs with most levels of the other grouping."""
    return level_names(side.group.levels.iloc[[int(side.n_others.argmax())]])[0]
