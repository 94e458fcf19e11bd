"""Sums over rows within the levels of grouping factors: parts of Z'Z and Z'[Q y]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.level_blocks import by_left, by_right
from engine.progress import breathe

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitting.row_columns import RowColumns

READING = "Summing over rows"
ROWS_AT_ONCE = 50_000
"""Of which products are summed."""


class SumsOfRows:
    """Z_l'Z_l and Z_l'[Q y] of each level of each factor.

    Parameters
    ----------
    rows : RowColumns

    Attributes
    ----------
    QyQy : ndarray of shape (p + 1, p + 1)
        [Q y]'[Q y].
    leaf_ZZ : ndarray of shape (k, k, J)
    leaf_ZQy : ndarray of shape (k, p + 1, J)
    other_ZQy : list of ndarray of shape (J k, p + 1)
        Of the factors beside the leaf.
    """

    def __init__(self, rows: RowColumns) -> None:
        self._rows = rows
        gram = rows.gram
        if gram is None:
            Qy = rows.W[list(rows.Qy_rows)]
            gram = Qy @ Qy.T
        self.QyQy = rows.to_Qy.T @ gram @ rows.to_Qy
        m = len(rows.to_Qy)
        self.leaf_ZZ: FloatArray = np.zeros((0, 0, 0))
        self.leaf_ZQy: FloatArray = np.zeros((0, m, 0))
        self.other_ZQy: list[FloatArray] = []
        for t in range(len(rows.factors)):
            if not t:
                self.leaf_ZZ, self.leaf_ZQy = self._leaf()
            else:
                sums = self._Z_times(t, self._level_sums(t, rows.Qy_rows))
                own = by_right(sums, rows.to_Qy).transpose(2, 0, 1)
                self.other_ZQy.append(own.reshape(-1, m))

    def _leaf(self) -> tuple[FloatArray, FloatArray]:
        """Both sums of the leaf; products of the same columns are summed once."""
        rows, (own, to_Z) = self._rows, self._rows.parts[0]
        wanted = tuple(dict.fromkeys([*rows.Qy_rows, *own]))
        sums = self._level_sums(0, wanted)
        places = [wanted.index(row) for row in own]
        ZZ = by_right(self._Z_times(0, sums[:, places]), to_Z)
        Qy = [wanted.index(row) for row in rows.Qy_rows]
        is_all = Qy == list(range(len(wanted)))
        right = self._Z_times(0, sums if is_all else sums[:, Qy])
        return (ZZ + ZZ.transpose(1, 0, 2)) / 2, by_right(right, rows.to_Qy)

    def _Z_times(self, t: int, sums: FloatArray) -> FloatArray:
        """Combine sums of columns of W to those of whitened columns."""
        to_Z = self._rows.parts[t][1]
        if len(to_Z) == 1 and to_Z[0, 0] == 1.0:
            return sums
        return by_left(to_Z.T, np.ascontiguousarray(sums))

    def _level_sums(self, t: int, wanted: tuple[int, ...]) -> FloatArray:
        """Sums of products of a factor's columns with others: shape (s, m, J)."""
        rows, (own, _) = self._rows, self._rows.parts[t]
        code, J = rows.codes[t], rows.factors[t].n_levels
        sums = np.empty((len(own), len(wanted), J))
        made: dict[tuple[int, int], FloatArray] = {}
        for i, a in enumerate(own):
            for j, b in enumerate(wanted):
                pair = (min(a, b), max(a, b))
                if pair not in made:
                    made[pair] = self._sum(code, J, pair)
                sums[i, j] = made[pair]
        return sums

    def _sum(self, code: IntArray, J: int, pair: tuple[int, int]) -> FloatArray:
        """Sum the product of two columns within levels."""
        rows, (a, b) = self._rows, pair
        if rows.is_ones and (a, b) == (0, 0):
            return np.bincount(code, minlength=J).astype(float)
        if rows.is_ones and a == 0:
            sums = np.bincount(code, weights=rows.W[b], minlength=J)
            return sums.astype(float, copy=False)
        total = np.zeros(J)
        n = max(ROWS_AT_ONCE, 8 * J)  # products of few rows stay near the processor
        for start in range(0, len(code), n):
            breathe(READING, start, len(code))
            part = slice(start, start + n)
            values = rows.W[a, part] * rows.W[b, part]
            total += np.bincount(code[part], weights=values, minlength=J)
        return total
