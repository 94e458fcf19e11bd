"""The columns that can be groupings, each coded once by its levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.design_facts import GroupFacts
from engine.data.distinct import texts_of
from engine.data.level_names import level_names
from engine.data.role_words import Role, has_role, is_calendar
from engine.data.table import Kind

if TYPE_CHECKING:
    from engine.arrays import IntArray

FEWEST_GROUPS = 5
"""Levels below which a column is rather a treatment than a grouping."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column that can be a grouping.

    Attributes
    ----------
    column : str
    kind : Kind
    codes : ndarray of int, shape (n,)
        For each row the place of its level in `levels`; -1 where it is missing.
    levels : Series
        The different cells, as they came.
    counts : ndarray of int
        Rows per level.
    """

    column: str
    kind: Kind
    codes: IntArray
    levels: pd.Series
    counts: IntArray

    @property
    def has_gaps(self) -> bool:
        """Whether a row has no level."""
        return int(self.counts.sum()) < len(self.codes)

    def is_group_like(self) -> bool:
        """Whether kind or name tell that it is a grouping, not a measurement."""
        if self.kind in (Kind.CATEGORY, Kind.LABEL):
            return True
        return has_role(self.column, Role.PLACE, Role.UNIT, Role.TIME)

    def names(self) -> list[str]:
        """The levels as texts."""
        return level_names(self.levels)

    def facts(self) -> GroupFacts:
        """Count the rows of the levels."""
        return GroupFacts(
            column=self.column,
            kind=self.kind,
            n_levels=len(self.counts),
            rows_min=int(self.counts.min()),
            rows_median=median_count(self.counts),
            rows_max=int(self.counts.max()),
            n_single=int((self.counts == 1).sum()),
            n_missing=len(self.codes) - int(self.counts.sum()),
        )


def code_column(values: pd.Series, kind: Kind) -> Coded | None:
    """Code a column by its levels.

    Parameters
    ----------
    values : Series
    kind : Kind

    Returns
    -------
    Coded or None
        None if it cannot be a grouping: it has one level or a level for every row, or
        holds numbers that are not whole or hardly repeat.
    """
    is_measured = kind in (Kind.NUMBER, Kind.DATE)
    if kind is Kind.NUMBER and not _is_whole(values):
        return None
    codes, found = pd.factorize(values)
    n_present = int((codes >= 0).sum())
    if len(found) < 2 or len(found) > (n_present / 2 if is_measured else n_present - 1):
        return None
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    if is_measured:
        levels = pd.Series(found)
    else:
        levels = pd.Series(texts_of(found), dtype=object)
    return Coded(str(values.name), kind, codes, levels, counts)


def median_count(counts: IntArray) -> float:
    """Find the median of counts of rows.

    Parameters
    ----------
    counts : ndarray of int
        At least one, all positive.

    Returns
    -------
    float
    """
    # numpy's median takes 30 times as long for many equal numbers
    up_to = np.cumsum(np.bincount(counts))
    n = len(counts)
    low, high = np.searchsorted(up_to, [(n - 1) // 2, n // 2], side="right")
    return float(low + high) / 2


def likelihood(column: str, kind: Kind) -> int:
    """Rank how likely a column is a grouping: 0 is the likeliest.

    Parameters
    ----------
    column : str
    kind : Kind

    Returns
    -------
    int
    """
    if has_role(column, Role.PLACE, Role.UNIT):
        return 0
    if kind is Kind.CATEGORY:
        return 1
    if kind is Kind.LABEL:
        return 2
    return 3 if is_calendar(column) else 4


def grouping_score(group: GroupFacts) -> int:
    """Rate how much a column looks like the groups of a study.

    Parameters
    ----------
    group : GroupFacts

    Returns
    -------
    int
        0 if it does not: it is a treatment, has few levels, or they hardly repeat.
    """
    name = group.column
    is_few = group.n_levels < FEWEST_GROUPS
    if has_role(name, Role.TREATMENT) or group.rows_median < 2 or is_few:
        return 0
    if is_label(name):
        return 3
    if is_calendar(name):
        return 1
    is_named = group.kind in (Kind.CATEGORY, Kind.LABEL)
    return 2 if is_named and not has_role(name, Role.TIME) else 0


def is_label(name: str) -> bool:
    """Tell whether a name says which place or unit a row is of, whatever its kind.

    Parameters
    ----------
    name : str

    Returns
    -------
    bool
    """
    return has_role(name, Role.PLACE, Role.UNIT)


def _is_whole(values: pd.Series) -> bool:
    """Whether all numbers are whole, missing ones aside."""
    if values.dtype.kind in "iub" and not values.hasnans:
        return True
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.array_equal(numbers[:1000], np.floor(numbers[:1000]), equal_nan=True):
        return False  # spares most measurements the rest
    return np.array_equal(numbers, np.floor(numbers), equal_nan=True)
