"""What a table offers a mixed model: groupings, their relations, slopes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.data.group_words import counted_groups, group_noun
from engine.data.wording import counted
from engine.written_numbers import general

if TYPE_CHECKING:
    from engine.data.hints import Hint
    from engine.data.table import Kind


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A column whose levels could be groups.

    Attributes
    ----------
    column : str
    kind : Kind
    n_levels : int
        At least 2.
    rows_min, rows_median, rows_max : int, float, int
        Rows per level.
    n_single : int
        Levels with one row.
    n_missing : int
        Rows without a level.
    """

    column: str
    kind: Kind
    n_levels: int
    rows_min: int
    rows_median: float
    rows_max: int
    n_single: int
    n_missing: int

    def __str__(self) -> str:
        rows = counted(self.rows_max, "row")
        if self.rows_min < self.rows_max:
            rows = f"{self.rows_min} to {rows} (median {general(self.rows_median)})"
        text = f"{counted_groups(self.n_levels, self.column)} with {rows} each"
        if self.n_missing:
            text += f"; {counted(self.n_missing, 'row')} without one"
        return text


class Relation(StrEnum):
    """How two groupings stand to each other."""

    SAME = "same"
    NESTED = "nested"
    CROSSED = "crossed"


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Two groupings, over the rows that have both.

    Attributes
    ----------
    first, second : str
        The columns; the inner one first if one is nested in the other, else as in the
        table.
    relation : Relation
        SAME if they are one grouping under two names, NESTED if each level of the
        first occurs within one level of the second, else CROSSED.
    n_cells : int
        Combinations that occur.
    n_possible : int
        Combinations of the levels that occur.
    rows_median : float
        Rows per combination that occurs.
    is_balanced : bool
        Whether all possible combinations occur equally often.
    n_split_first, n_split_second : int
        Levels of the one that occur in several levels of the other.
    reused : str
        The column of the two whose labels seem to begin anew within each level of the
        other, as plots 1, 2, 3 in every site; empty if none.
    nearly : str
        The column of the two that would be nested in the other but for one level;
        empty if none.
    example : str
        The level that is split most, if one of these two is said.
    """

    first: str
    second: str
    relation: Relation
    n_cells: int
    n_possible: int
    rows_median: float
    is_balanced: bool
    n_split_first: int
    n_split_second: int
    reused: str = ""
    nearly: str = ""
    example: str = ""

    @property
    def filled(self) -> float:
        """Share of the possible combinations that occur."""
        return self.n_cells / self.n_possible

    @property
    def columns(self) -> tuple[str, str]:
        """Both columns."""
        return self.first, self.second

    @property
    def outer(self) -> str:
        """The other column where the labels of one seem to begin anew; else empty."""
        if not self.reused:
            return ""
        return self.second if self.reused == self.first else self.first

    def __str__(self) -> str:
        first, firsts = group_noun(self.first)
        second, seconds = group_noun(self.second)
        if self.relation is Relation.SAME:
            return f"{self.first} and {self.second} are the same groups"
        if self.relation is Relation.NESTED:
            return f"{firsts} are nested in {seconds}: each {first} is in one {second}"
        text = f"{firsts} and {seconds} are crossed: "
        if self.is_balanced:
            rows = counted(int(self.rows_median), "row")
            return f"{text}each combination has {rows}"
        if self.n_cells == self.n_possible:
            return f"{text}every combination occurs, but not equally often"
        share = f"{max(0.01, min(self.filled, 0.99)):.0%}"
        return f"{text}{self.n_cells} of {self.n_possible} combinations ({share}) occur"


@dataclass(frozen=True, slots=True)
class SlopeFacts:
    """Whether the effect of a column of numbers can vary among groups.

    Attributes
    ----------
    column : str
        The column of numbers.
    grouping : str
    n_levels : int
        Levels in which the column has a value.
    n_varying : int
        Levels in which it has at least two different values: only these tell anything
        about slopes.
    """

    column: str
    grouping: str
    n_levels: int
    n_varying: int

    @property
    def is_constant(self) -> bool:
        """Whether it never varies within a level, so that no slope can be estimated."""
        return self.n_varying == 0


@dataclass(frozen=True, slots=True)
class DesignScan:
    """What a table offers a mixed model.

    Attributes
    ----------
    n_rows : int
    groupings : tuple of GroupFacts
        In the order of the columns.
    pairs : tuple of PairFacts
        Of the likeliest groupings.
    slopes : tuple of SlopeFacts
    hints : tuple of Hint
        What the table says about itself, whatever the model.
    left_out : tuple of str
        What was not looked at because the table is so wide, one sentence each.
    """

    n_rows: int
    groupings: tuple[GroupFacts, ...]
    pairs: tuple[PairFacts, ...]
    slopes: tuple[SlopeFacts, ...]
    hints: tuple[Hint, ...] = ()
    left_out: tuple[str, ...] = ()

    def grouping(self, column: str) -> GroupFacts | None:
        """Find what is known of a column as a grouping; None if it cannot be one."""
        return next((g for g in self.groupings if g.column == column), None)

    def pair(self, one: str, other: str) -> PairFacts | None:
        """Find how two groupings stand to each other, in whichever order."""
        return next((p for p in self.pairs if {*p.columns} == {one, other}), None)

    def slope(self, column: str, grouping: str) -> SlopeFacts | None:
        """Find whether the effect of a column can vary among the levels of another."""
        for slope in self.slopes:
            if slope.column == column and slope.grouping == grouping:
                return slope
        return None

    def is_nested(self, inner: str, outer: str) -> bool:
        """Tell whether each level of one grouping is within one level of another."""
        pair = self.pair(inner, outer)
        if pair is None or pair.relation is Relation.CROSSED:
            return False
        return pair.relation is Relation.SAME or pair.first == inner

    def begun_anew(self) -> tuple[tuple[str, str], ...]:
        """Find labels that seem to begin anew within each level of another grouping.

        Returns
        -------
        tuple of (str, str)
            The outer column and that of the labels, as in site:plot, once for each
            column of labels: with the finest outer one. Not where a column tells these
            groups apart already, nor where the outer labels begin anew themselves.
        """
        finest: dict[str, PairFacts] = {}
        for pair in self.pairs:
            known = finest.get(pair.reused)
            if pair.reused and (known is None or pair.n_cells > known.n_cells):
                finest[pair.reused] = pair
        return tuple(
            (pair.outer, inner)
            for inner, pair in finest.items()
            if pair.outer not in finest
            and self.same_as_combination(*pair.columns) is None
        )

    def same_as_combination(self, one: str, other: str) -> str | None:
        """Find a column whose levels are the combinations of two other groupings."""
        pair = self.pair(one, other)
        if pair is None or pair.relation is not Relation.CROSSED:
            return None
        for group in self.groupings:
            is_inside = self.is_nested(group.column, one) and self.is_nested(
                group.column, other
            )
            if is_inside and group.n_levels == pair.n_cells:
                return group.column
        return None
