"""The rows that a plot draws and can name, without those that have no place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.data.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    from engine.arrays import AnyArray, BoolArray, FloatArray, IntArray
    from engine.diagnostics.plotdata import RowGroups

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rows:
    """Points with names, all finite; nothing here costs more than a glance at them.

    Attributes
    ----------
    x, y : ndarray of shape (n,)
        Places in data units; for groups side by side, x is the index of the group.
    labels : Index of length n
        Row labels (or level names), as the data have them.
    groups : RowGroups of length n, or None
        The group of each row, where the plot knows it.
    kept : ndarray of int, or None
        Which of the given rows are here; None: all of them.
    n_given : int
        Number of the given rows.
    x_span, y_span : tuple of float
        Smallest and largest place.
    """

    x: FloatArray
    y: FloatArray
    labels: pd.Index
    groups: RowGroups | None
    kept: IntArray | None
    n_given: int
    x_span: Span
    y_span: Span

    @classmethod
    def finite(
        cls, x: AnyArray, y: FloatArray, labels: Any, groups: RowGroups | None
    ) -> Rows:
        """Keep the rows that have a place."""
        x, labels, n = np.asarray(x, dtype=float), pd.Index(labels), len(y)
        spans = _span(x), _span(y)
        if np.isfinite(spans).all():  # a NaN or an infinity would show in them
            return cls(x, y, labels, groups, None, n, *spans)
        kept = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        x, y = x[kept], y[kept]
        groups = None if groups is None else groups.take(kept)
        return cls(x, y, labels[kept], groups, kept, n, _span(x), _span(y))

    def __len__(self) -> int:
        """Return the number of rows with a place."""
        return len(self.x)

    @property
    def n_dropped(self) -> int:
        """Number of rows without a place."""
        return self.n_given - len(self.x)

    def of(self, values: FloatArray) -> FloatArray:
        """Return those of other values of the given rows that are here."""
        return values if self.kept is None else values[self.kept]

    def label(self, index: int) -> Hashable:
        """Return the label of a row as a Python object."""
        label = self.labels[index]
        plain: Hashable = label.item() if isinstance(label, np.generic) else label
        return plain

    def level(self, index: int) -> str:
        """Return the name of a row's group; empty where the plot knows none."""
        return "" if self.groups is None else self.groups.level_of(index)

    def chosen(
        self, labels: Collection[Hashable], levels: Collection[str]
    ) -> BoolArray:
        """Which rows are selected, by their own label or by their group's name.

        Where the plot knows no groups, a label may itself be the name of one.
        """
        found = np.zeros(len(self.x), dtype=bool)
        if labels:
            found |= _among(self.labels, wanted(labels))
        if levels and self.groups is None:
            found |= self.labels.isin(list(levels))
        elif levels and self.groups is not None:
            names = self.groups.levels
            is_wanted = np.fromiter((name in levels for name in names), bool)
            if is_wanted.any():
                found |= is_wanted[self.groups.codes]
        return found

    def name(self, index: int) -> str:
        """Return who a row is: its own name and its group's."""
        name, level = row_name(self.label(index)), self.level(index)
        return f"{name} · {level}" if level and level != name else name

    def dropped_sentence(self) -> str:
        """Return what the caption says about dropped rows; empty if there are none."""
        if self.n_dropped == 0:
            return ""
        rows = counted(self.n_dropped, "row")
        verb = "is" if self.n_dropped == 1 else "are"
        return f"{rows} without a finite value {verb} not shown."


NO_ROWS = Rows(
    np.zeros(0), np.zeros(0), pd.Index([]), None, None, 0, (0.0, 0.0), (0.0, 0.0)
)


def _span(values: FloatArray) -> Span:
    """Smallest and largest; NaN if one of them is."""
    if len(values) == 0:
        return 0.0, 0.0
    return float(values.min()), float(values.max())


_wanted_last: list[tuple[Collection[Hashable], pd.Index]] = []


def wanted(labels: Collection[Hashable]) -> pd.Index:
    """Return labels as an index; those asked for last are remembered.

    A selection goes to every plot of the window in turn, and may hold 100,000 rows.
    """
    if isinstance(labels, pd.Index):
        return labels
    if not (_wanted_last and _wanted_last[0][0] is labels):
        _wanted_last[:] = [(labels, pd.Index(list(labels)))]
    return _wanted_last[0][1]


def _among(labels: pd.Index, targets: pd.Index) -> BoolArray:
    """Which labels are among the targets."""
    if isinstance(labels, pd.RangeIndex) and targets.dtype.kind in "iu":
        found = np.zeros(len(labels), dtype=bool)
        places = labels.get_indexer(targets)
        found[places[places >= 0]] = True
        return found
    if labels.dtype.kind in "iu" and targets.dtype.kind in "iu":
        return np.isin(labels.to_numpy(), targets.to_numpy())
    return np.asarray(labels.isin(targets))


def row_name(label: Hashable) -> str:
    """Return a row label as people say it; names of levels stay as they are."""
    return label if isinstance(label, str) else f"Row {label}"
