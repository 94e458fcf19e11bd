"""What a table becomes by its preparation steps, and what every step can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from engine.data.table import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.arrays import BoolArray, IntArray
    from engine.data.table import Table
    from engine.sentences import Said

RowLabel = int | float | str
"""What a row is called: its number in the file, or a text or number of its own."""

STEP_VERSION = 1
"""Version of the form in which steps are written into a project."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A table after preparation steps; never changed afterwards.

    Attributes
    ----------
    frame : DataFrame
        All rows, also those that are excluded. Cells are as in `Table`, but a column
        whose levels were put in order, or whose numbers became levels, is
        categorical.
    kinds : mapping of str to Kind
        What each column holds.
    kind_reasons : mapping of str to str or Sentence
        Why, one sentence a column.
    is_used : ndarray of bool, shape (n,)
        Which rows are not excluded; read-only.
    why : ndarray of int, shape (n,)
        For each excluded row its reason's place in `reasons`, else -1; read-only.
    reasons : tuple of str
        What was given as reasons, in the order of the steps.
    sources : mapping of str to str
        For columns that have been renamed or centred, which column they were.
    """

    frame: pd.DataFrame
    kinds: Mapping[str, Kind]
    kind_reasons: Mapping[str, Said]
    is_used: BoolArray
    why: IntArray
    reasons: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def untouched(cls, table: Table) -> Prepared:
        """Begin with a table as it was read.

        Parameters
        ----------
        table : Table

        Returns
        -------
        Prepared
            With all rows used. It shares the table's memory (pandas copies what one
            of two frames changes, when it changes).
        """
        frame = table.frame.copy(deep=False)
        why = np.full(len(frame), -1, dtype=np.intp)
        return cls(frame, dict(table.kinds), dict(table.kind_reasons), *_marks(why))

    @property
    def used_frame(self) -> pd.DataFrame:
        """The rows that are not excluded: what a model is fitted to."""
        return self.frame if self.is_used.all() else self.frame[self.is_used]

    @property
    def excluded_rows(self) -> pd.DataFrame:
        """Excluded rows (index: row label), with column `reason`."""
        out = self.why[~self.is_used]
        reasons = np.array([*self.reasons, ""], dtype=object)[out]
        index = self.frame.index[~self.is_used]
        return pd.DataFrame({"reason": reasons}, index=index, dtype="str")

    def source(self, column: str) -> str:
        """Name what a column was before it was renamed or centred.

        Parameters
        ----------
        column : str

        Returns
        -------
        str
            The column itself if it is as it was read.
        """
        return self.sources.get(column, column)

    def reason_at(self, position: int) -> str:
        """Say why the row at a position is excluded; empty if it is used.

        Parameters
        ----------
        position : int
            Counted from 0.

        Returns
        -------
        str
        """
        place = int(self.why[position])
        return self.reasons[place] if place >= 0 else ""

    def positions(self, rows: Sequence[RowLabel]) -> tuple[IntArray, list[RowLabel]]:
        """Find rows by their labels.

        Parameters
        ----------
        rows : sequence of int, float or str
            Different labels.

        Returns
        -------
        positions : ndarray of int
            Where they are; more than one for a label that several rows have.
        unknown : list of int, float or str
            Labels that no row has.
        """
        index, wanted = self.frame.index, _as_index(rows)
        if _are_in_order(index) and _are_in_order(wanted):
            return _places_in_order(index, wanted)
        if index.is_unique:
            found = index.get_indexer(wanted)
            unknown = [rows[i] for i in np.flatnonzero(found < 0).tolist()]
            return found[found >= 0], unknown
        places = wanted.get_indexer(index)
        is_known = np.zeros(len(wanted) + 1, dtype=bool)
        is_known[places] = True
        unknown = [rows[i] for i in np.flatnonzero(~is_known[:-1]).tolist()]
        return np.flatnonzero(places >= 0), unknown

    def with_reasons(self, why: IntArray, reasons: tuple[str, ...]) -> Prepared:
        """Return the same table with other rows excluded.

        Parameters
        ----------
        why : ndarray of int, shape (n,)
        reasons : tuple of str
            See the attributes.

        Returns
        -------
        Prepared
        """
        is_used, why = _marks(why)
        return replace(self, is_used=is_used, why=why, reasons=reasons)


_AT_ONCE = 50_000


def _as_index(rows: Sequence[RowLabel]) -> pd.Index:
    """Make an index of labels: of texts as objects, so that 1 and "1" stay different.

    A part at a time: one call for a million would hold up the other threads.
    """
    if len(rows) <= _AT_ONCE or any(isinstance(row, str) for row in rows):
        has_texts = any(isinstance(row, str) for row in rows)
        return pd.Index(list(rows), dtype=object if has_texts else None)
    first, *others = [
        pd.Index(list(rows[begin : begin + _AT_ONCE]))
        for begin in range(0, len(rows), _AT_ONCE)
    ]
    return first.append(others)


def _are_in_order(labels: pd.Index) -> bool:
    """Whether labels are different whole numbers, each larger than the one before."""
    is_whole = labels.dtype.kind == "i"
    return is_whole and bool(labels.is_monotonic_increasing and labels.is_unique)


def _places_in_order(
    index: pd.Index, wanted: pd.Index
) -> tuple[IntArray, list[RowLabel]]:
    """Find numbers among numbers by halving: no table of a million is made for it."""
    have, want = index.to_numpy(), wanted.to_numpy()
    found: IntArray = np.searchsorted(have, want)
    is_known = found < len(have)
    is_known[is_known] = have[found[is_known]] == want[is_known]
    return found[is_known], want[~is_known].tolist()


def _marks(why: IntArray) -> tuple[BoolArray, IntArray]:
    """Make the two arrays that say which rows are used, both read-only."""
    is_used: BoolArray = why < 0
    is_used.flags.writeable = False
    why.flags.writeable = False
    return is_used, why


class Step(ABC):
    """One preparation step, as data: a frozen dataclass of its settings.

    Attributes
    ----------
    name : str
        What a project calls this sort of step.
    """

    __slots__ = ()
    name: ClassVar[str]

    @property
    @abstractmethod
    def description(self) -> str:
        """The step in plain words, without a full stop."""

    @abstractmethod
    def validate(self, so_far: Prepared) -> str | None:
        """Say why the step cannot be done, in one sentence; None if it can.

        Parameters
        ----------
        so_far : Prepared
            What the steps before have made.
        """

    @abstractmethod
    def apply(self, so_far: Prepared) -> Prepared:
        """Do the step, which must be valid.

        Parameters
        ----------
        so_far : Prepared
            What the steps before have made; not modified.

        Returns
        -------
        Prepared
            Columns that the step leaves alone share their memory with `so_far`.
        """

    def to_dict(self) -> dict[str, Any]:
        """Write the step as JSON can hold it.

        Returns
        -------
        dict
            `version`, `step` (the sort of step) and its settings.
        """
        settings = {
            own.name: _plain(getattr(self, own.name))
            for own in fields(self)  # type: ignore[arg-type]  # subclasses are
        }
        return {"version": STEP_VERSION, "step": self.name, **settings}


def _plain(value: object) -> object:
    """Write a setting with the types that JSON knows."""
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Kind) else value
