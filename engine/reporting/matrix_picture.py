"""A matrix that is small enough to be drawn: its shades, and what each cell is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from engine.arrays import FloatArray

NO_SHADE = 127
"""The shade of zero; 0 is that of -1 and 254 that of 1."""
FAINTEST = 12
"""Steps by which the shade of any other number differs from that of zero."""
_FLATNESS = 0.7
"""Power of a number that its shade follows, so that small ones are seen too."""


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPicture:
    """A matrix, or a sample of its rows and columns.

    Attributes
    ----------
    name : str
        X, Z, G, R or V.
    values : ndarray of shape (rows shown, columns shown)
        Between -1 and 1; read-only.
    row_labels, column_labels : tuple of str
        Of what is shown.
    n_rows, n_columns : int
        Of the whole matrix.
    scales : tuple of float
        What a value of 1 stands for, by column.
    """

    name: str
    values: FloatArray
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    n_rows: int
    n_columns: int
    scales: tuple[float, ...] = ()

    @property
    def is_sampled(self) -> bool:
        """Whether only a part is shown."""
        return self.values.shape != (self.n_rows, self.n_columns)

    @property
    def size(self) -> str:
        """How large the matrix is, and what is shown of it."""
        whole = f"{self.n_rows} × {self.n_columns}"
        if not self.is_sampled:
            return whole
        rows, columns = self.values.shape
        return f"{whole}, of which {rows} × {columns} are shown"

    @property
    def shades(self) -> bytes:
        """One byte a value, row by row, from 0 for -1 to 254 for 1."""
        size = np.abs(self.values)
        steps = np.rint(NO_SHADE * size**_FLATNESS)
        steps = np.where(size > 0, np.maximum(steps, FAINTEST), 0)
        signed = NO_SHADE + np.sign(self.values) * steps
        shades: bytes = np.clip(signed, 0, 2 * NO_SHADE).astype(np.uint8).tobytes()
        return shades

    def cell_words(self, row: int, column: int) -> str:
        """Say what a cell is: where it stands, and its number.

        Parameters
        ----------
        row, column : int
            Positions among those that are shown.

        Returns
        -------
        str
        """
        scale = self.scales[column] if self.scales else 1.0
        number = shown(float(self.values[row, column]) * scale, Kind.VALUE)
        first, second = self.row_labels[row], self.column_labels[column]
        is_own = row == column
        if self.name == "V":
            if is_own:
                return f"row {first} with itself: 1"
            return f"rows {first} and {second}: correlation {number}"
        if self.name == "R":
            what = f"row {first}" if is_own else f"rows {first} and {second}"
            kind = "variance" if is_own else "covariance"
            return f"{what}: residual {kind} {number}"
        if self.name == "G":
            if is_own:
                return f"{first}: variance {number}"
            return f"{first} and {second}: covariance {number}"
        return f"row {first}, {second}: {number}"
