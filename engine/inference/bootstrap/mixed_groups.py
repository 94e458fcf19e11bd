"""Effects of known groups at the variances of many replicates, with their covariance.

Coefficients and effects of one level of each factor have a joint covariance of few
rows. It is found once for all replicates, as what `leverages` says of unit vectors and
of their sums, and kept: then another place in the same groups costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.posterior import leverages
from engine.fitting.vectors import by_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.fitting.criterion import Evaluation

MOST_KEPT = 200
"""Sets of groups that are remembered."""
Parts = tuple["FloatArray", "FloatArray"]


class KnownGroups:
    """Predicted effects of rows' groups at each of many evaluations.

    Parameters
    ----------
    evaluations : sequence of Evaluation
        Of the same data.
    """

    def __init__(self, evaluations: Sequence[Evaluation]) -> None:
        self._evaluations = evaluations
        self._kept: dict[tuple[int, ...], Parts] = {}

    def moments(self, rows: FloatArray, codes: list[IntArray]) -> Parts:
        """Effects of some rows, and the unit variance of their conditional means.

        Parameters
        ----------
        rows : ndarray of shape (m, p + K)
            Coefficients' weights on Q, then whitened columns, factors side by side.
        codes : list of ndarray of int, shape (m,)
            Levels by factor.

        Returns
        -------
        effects, unit : ndarray of shape (r, m)
            Inner scale; in units of sigma^2.
        """
        sets, place = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
        if len(sets) * rows.shape[1] > len(rows):  # as with a group at each point
            return self._row_by_row(rows, codes)
        shape = len(self._evaluations), len(rows)
        effects, unit = np.empty(shape), np.empty(shape)
        for which, levels in enumerate(sets):
            here = place.ravel() == which
            own, joint = self._at(tuple(map(int, levels)))
            v = rows[here]
            effects[:, here] = own @ v[:, -own.shape[1] :].T
            unit[:, here] = ((v @ joint) * v).sum(axis=2)
        return effects, unit

    def _row_by_row(self, rows: FloatArray, codes: list[IntArray]) -> Parts:
        effects, unit = [], []
        for e in self._evaluations:
            Q, *Z = self._split(rows)
            unit.append(leverages(e, Q, Z, codes))
            parts = zip(_effects(e, codes), Z, strict=True)
            effects.append(sum((z * own).sum(axis=1) for own, z in parts))
        return np.array(effects), np.array(unit)

    def _split(self, rows: FloatArray) -> list[FloatArray]:
        """Weights of coefficients, then columns by factor."""
        products = self._evaluations[0].products
        sizes = [factor.n_columns for factor in products.factors]
        return np.split(rows, products.p + np.cumsum([0, *sizes[:-1]]), axis=1)

    def _at(self, levels: tuple[int, ...]) -> Parts:
        """Effects (r, K) of these levels, joint covariance (r, p + K, p + K)."""
        if levels not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[levels] = self._made(levels)
        return self._kept[levels]

    def _made(self, levels: tuple[int, ...]) -> Parts:
        products = self._evaluations[0].products
        d = products.p + sum(factor.n_columns for factor in products.factors)
        first, second = np.triu_indices(d)
        unit = np.eye(d)
        is_own = (first == second)[:, None]
        probes = np.where(is_own, unit[first], unit[first] + unit[second])
        Q, *Z = self._split(probes)
        codes = [np.full(len(probes), level) for level in levels]
        single = [own[:1] for own in codes]
        effects, joint = [], np.zeros((len(self._evaluations), d, d))
        for r, e in enumerate(self._evaluations):
            effects.append(np.concatenate(_effects(e, single), axis=1)[0])
            joint[r, first, second] = leverages(e, Q, Z, codes)
        own = np.einsum("raa->ra", joint).copy()
        off = np.triu((joint - own[:, :, None] - own[:, None, :]) / 2, 1)
        return np.array(effects), off + off.transpose(0, 2, 1) + own[:, None] * unit


def _effects(e: Evaluation, codes: list[IntArray]) -> list[FloatArray]:
    """BLUPs of the rows' levels, by factor."""
    parts = zip(by_factor(e.products, e.h), e.V.sigmas, codes, strict=True)
    return [(Sigma @ h[:, 0, code]).T for h, Sigma, code in parts]
