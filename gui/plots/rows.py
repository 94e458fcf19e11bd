"""The rows that a plot draws and can name, without those that have no place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

    from engine.arrays import AnyArray, BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Rows:
    """Points with names, all finite.

    Attributes
    ----------
    x, y : ndarray of shape (n,)
        Places in data units; for groups side by side, x is the index of the group.
    labels : tuple of length n
        Row labels (or level names) as Python objects.
    levels : tuple of str, length n, or None
        The group of each row, where the plot knows it.
    kept : ndarray of bool
        Which of the given rows are here.
    """

    x: FloatArray
    y: FloatArray
    labels: tuple[Hashable, ...]
    levels: tuple[str, ...] | None
    kept: BoolArray

    @classmethod
    def finite(
        cls, x: AnyArray, y: FloatArray, labels: Any, levels: Sequence[str] | None
    ) -> Rows:
        """Keep the rows that have a place."""
        x = np.asarray(x, dtype=float)
        kept = np.isfinite(x) & np.isfinite(y)
        where = np.flatnonzero(kept).tolist()
        names = list(labels.tolist())
        return cls(
            x[kept],
            y[kept],
            tuple(names[i] for i in where),
            None if levels is None else tuple(levels[i] for i in where),
            kept,
        )

    @property
    def n_dropped(self) -> int:
        """Number of rows without a place."""
        return len(self.kept) - len(self.x)

    def chosen(
        self, labels: Collection[Hashable], levels: Collection[str]
    ) -> BoolArray:
        """Which rows are selected, by their own label or by their group's name.

        Where the plot knows no groups, a label may itself be the name of one.
        """
        if not labels and not levels:
            return np.zeros(len(self.x), dtype=bool)
        groups = self.labels if self.levels is None else self.levels
        pairs = zip(self.labels, groups, strict=True)
        return np.array([row in labels or group in levels for row, group in pairs])

    def name(self, index: int) -> str:
        """Return who a row is: its own name and its group's."""
        name = row_name(self.labels[index])
        level = self.levels[index] if self.levels else ""
        return f"{name} · {level}" if level else name

    def dropped_sentence(self) -> str:
        """Return what the caption says about dropped rows; empty if there are none."""
        if self.n_dropped == 0:
            return ""
        if self.n_dropped == 1:
            return "1 row without a finite value is not shown."
        return f"{self.n_dropped:,} rows without a finite value are not shown."


def row_name(label: Hashable) -> str:
    """Return a row label as people say it; names of levels stay as they are."""
    return label if isinstance(label, str) else f"Row {label}"
