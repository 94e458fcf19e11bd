"""Columns within groups: what is left of them there beyond other columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import BoolArray, FloatArray, IntArray

NEGLIGIBLE = 1e-7
"""Part of a column's length in a group below which the rest is rounding."""


class WithinGroups:
    """Rows in groups, each with a baseline of its own.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        The group of each row.
    """

    def __init__(self, codes: IntArray) -> None:
        self._codes = codes
        self._n_groups = int(codes.max(initial=-1)) + 1
        self._sizes = np.bincount(codes, minlength=self._n_groups)

    def vary(self, columns: FloatArray) -> bool:
        """Tell whether columns have several values in some group.

        Parameters
        ----------
        columns : ndarray of shape (n, p)

        Returns
        -------
        bool
        """
        return self._are_news(columns, self._basis(()))

    def are_seen(self, columns: FloatArray, others: Sequence[FloatArray]) -> bool:
        """Tell whether some group shows columns beyond its baseline and other columns.

        Parameters
        ----------
        columns : ndarray of shape (n, p)
        others : sequence of ndarray of shape (n, q)

        Returns
        -------
        bool
            Whether in some group a column is not a combination of a constant and of
            the other columns there; the combination may be another one in each group.
            True also if every group has too few rows for so many columns: then it is
            not the columns that are at fault.
        """
        if self._are_news(columns, self._basis(others)):
            return True
        return bool(self._sizes.max(initial=0) < _rank([*others, columns]))

    def most_values(self, column: FloatArray) -> int:
        """Count the different values of a column in the group that has most of them.

        Parameters
        ----------
        column : ndarray of shape (n,)

        Returns
        -------
        int
        """
        pairs = np.unique(np.column_stack([self._codes, column]), axis=0)
        return int(np.bincount(pairs[:, 0].astype(np.intp)).max(initial=0))

    def _are_news(self, columns: FloatArray, basis: list[FloatArray]) -> bool:
        return any(bool(self._rest(column, basis)[1].any()) for column in columns.T)

    def _basis(self, blocks: Sequence[FloatArray]) -> list[FloatArray]:
        """Columns that are at right angles in each group; first the baseline."""
        basis = [self._direction(np.ones(len(self._codes)), [])]
        for block in blocks:
            for column in block.T:
                basis.append(self._direction(column, basis))
        return basis

    def _sums(self, values: FloatArray) -> FloatArray:
        sums: FloatArray = np.bincount(self._codes, values, self._n_groups).astype(
            np.float64
        )
        return sums

    def _rest(
        self, column: FloatArray, basis: list[FloatArray]
    ) -> tuple[FloatArray, BoolArray]:
        """What is left of a column beside a basis, and where that is notable."""
        whole = self._sums(column**2)
        rest = column
        for _ in range(2):  # once more for what the first pass rounded
            for own in basis:
                rest = rest - self._sums(own * rest)[self._codes] * own
        is_notable = self._sums(rest**2) > NEGLIGIBLE**2 * whole
        return rest, is_notable

    def _direction(self, column: FloatArray, basis: list[FloatArray]) -> FloatArray:
        """A column of unit length in each group, or zero where it adds nothing."""
        rest, is_notable = self._rest(column, basis)
        lengths = np.sqrt(self._sums(rest**2))
        factor = np.where(is_notable, 1 / np.where(is_notable, lengths, 1.0), 0.0)
        return rest * factor[self._codes]


def _rank(blocks: Sequence[FloatArray]) -> int:
    """Rank of columns beside a constant one, over all rows."""
    columns = np.column_stack([np.ones(len(blocks[0])), *blocks])
    lengths = np.sqrt((columns**2).sum(axis=0))
    columns = columns / np.where(lengths > 0, lengths, 1.0)
    squares = np.linalg.eigvalsh(columns.T @ columns)
    return int((squares > NEGLIGIBLE**2 * squares.max()).sum())
