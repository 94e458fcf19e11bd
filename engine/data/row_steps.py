"""Preparation steps that take rows out of the analysis and bring them back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from engine.data.prepared import Prepared, RowLabel, Step
from engine.data.wording import counted, listed
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Exclude(Step):
    """Take rows out of the analysis; they stay in the table.

    A row that is already excluded keeps its first reason.

    Attributes
    ----------
    rows : tuple of int, float or str
        Row labels: different and in order, whatever the order they were given in, so
        that steps which exclude the same rows are equal.
    why : str
        The reason in the user's words, or the group that the rows are; may be empty.
    """

    name: ClassVar[str] = "exclude"
    rows: tuple[RowLabel, ...]
    why: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", row_labels(self.rows))

    @property
    def description(self) -> str:
        """The step in plain words: "18 rows excluded: L09"."""
        words = f"{_rows_in_words(self.rows)} excluded"
        return f"{words}: {self.why}" if self.why else words

    @property
    def inverted(self) -> Include:
        """The step that brings the rows back."""
        return Include(self.rows)

    def validate(self, so_far: Prepared) -> str | None:
        """Say that there are no such rows."""
        return _problem_with_rows(self.rows, so_far)

    def apply(self, so_far: Prepared) -> Prepared:
        """Mark the rows as excluded."""
        positions, _ = so_far.positions(self.rows)
        positions = positions[so_far.why[positions] < 0]
        why = so_far.why.copy()
        why[positions] = len(so_far.reasons)
        return so_far.with_reasons(why, (*so_far.reasons, self.why))


@dataclass(frozen=True, slots=True)
class Include(Step):
    """Bring excluded rows back into the analysis; rows that are in it stay.

    Attributes
    ----------
    rows : tuple of int, float or str
        See `Exclude`.
    """

    name: ClassVar[str] = "include"
    rows: tuple[RowLabel, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", row_labels(self.rows))

    @property
    def description(self) -> str:
        """The step in plain words: "18 rows brought back"."""
        return f"{_rows_in_words(self.rows)} brought back"

    def validate(self, so_far: Prepared) -> str | None:
        """Say that there are no such rows."""
        return _problem_with_rows(self.rows, so_far)

    def apply(self, so_far: Prepared) -> Prepared:
        """Mark the rows as used."""
        positions, _ = so_far.positions(self.rows)
        why = so_far.why.copy()
        why[positions] = -1
        return so_far.with_reasons(why, so_far.reasons)


def row_labels(rows: Iterable[object]) -> tuple[RowLabel, ...]:
    """Put row labels into the form that steps keep.

    Parameters
    ----------
    rows : iterable
        Labels, such as the index of a frame or a part of it.

    Returns
    -------
    tuple of int, float or str
        Different ones, numbers first, in order.

    Raises
    ------
    DataError
        If a label is neither a number nor a text.
    """
    if _are_whole(rows):  # the usual case, and there may be a million
        whole = np.asarray(rows)
        if np.any(whole[1:] <= whole[:-1]):  # np.unique alone takes a second
            whole = np.unique(whole)
        return tuple(whole.tolist())
    labels = rows.tolist() if hasattr(rows, "tolist") else list(rows)
    if set(map(type, labels)) <= {int}:
        is_in_order = all(one < other for one, other in pairwise(labels))
        return tuple(labels if is_in_order else sorted(set(labels)))
    plain = {_label(label) for label in labels}
    # the type decides first: numbers and texts cannot be compared
    return tuple(sorted(plain, key=lambda label: (isinstance(label, str), label)))


def _are_whole(rows: Iterable[object]) -> bool:
    """Whether labels are an array or an index of whole numbers."""
    return getattr(getattr(rows, "dtype", None), "kind", "") == "i"


def _label(label: object) -> RowLabel:
    """Make a plain Python value of a label; whole numbers are int."""
    if isinstance(label, np.generic):
        label = label.item()
    if isinstance(label, str):
        return str(label)
    if isinstance(label, bool) or not isinstance(label, int | float):
        raise DataError(
            f"A row cannot be called {label!r}.", "Use row numbers or texts."
        )
    if isinstance(label, int):
        return int(label)
    if not math.isfinite(label):
        raise DataError("A row cannot have a missing label.", "Number the rows.")
    return int(label) if label.is_integer() else float(label)


def _rows_in_words(rows: tuple[RowLabel, ...]) -> str:
    return f"Row {rows[0]}" if len(rows) == 1 else counted(len(rows), "row")


def _problem_with_rows(rows: tuple[RowLabel, ...], so_far: Prepared) -> str | None:
    if not rows:
        return "No rows are chosen."
    _, unknown = so_far.positions(rows)
    if not unknown:
        return None
    return f"The table has no row {listed([str(row) for row in unknown], 'row', 'or')}."
