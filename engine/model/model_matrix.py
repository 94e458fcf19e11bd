"""The columns of X, put side by side only when somebody wants them so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class ModelMatrix:
    """A matrix by its columns, most of which are columns of a frame.

    Attributes
    ----------
    columns : tuple of p ndarrays of shape (n,)
        Not to be modified: the frame may own them.
    n_rows : int
        n, also where there are no columns.
    """

    columns: tuple[FloatArray, ...]
    n_rows: int

    @classmethod
    def of_array(cls, values: FloatArray) -> ModelMatrix:
        """Take an array of shape (n, p) as it is."""
        made = cls(tuple(values.T), len(values))
        made.__dict__["whole"] = values
        return made

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns: n and p."""
        return self.n_rows, len(self.columns)

    @cached_property
    def whole(self) -> FloatArray:
        """The array of shape (n, p), column after column in memory."""
        return self.chosen(range(len(self.columns)))

    def chosen(self, places: Sequence[int]) -> FloatArray:
        """Some columns side by side: shape (n, len(places))."""
        made: FloatArray = np.empty((self.n_rows, len(places)), order="F")
        for place, column in enumerate(places):
            made[:, place] = self.columns[column]
        return made
