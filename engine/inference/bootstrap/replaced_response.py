"""The cross-products of a model with other responses in place of its own.

What does not involve the response stays: a refit then costs no more sums over rows than
those of one column.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from engine.fitting.level_blocks import product, ridge_inverse
from engine.fitting.vectors import Vectors, joined

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.design import Design


class InnerRows:
    """Weighted rows of Q and of the whitened Z, as a model's cross-products mean them.

    Parameters
    ----------
    design : Design
    products : CrossProducts
        Of the design.

    Attributes
    ----------
    Q : ndarray of shape (p, n)
    Z : tuple of ndarray of shape (k, n)
        By factor, leaf first.
    codes : tuple of ndarray of int, shape (n,)
    """

    def __init__(self, design: Design, products: CrossProducts) -> None:
        self._products = products
        n = len(design.y)
        root = np.ones(n) if design.weights is None else np.sqrt(design.weights)
        X = design.X[:, list(products.kept)] * root[:, None]
        self.Q: FloatArray = solve_triangular(products.R, X.T, trans="T")
        Z, codes = [], []
        for factor in products.factors:
            own = np.empty((factor.n_columns, n))
            for where, index, T in zip(
                factor.blocks, factor.block_indices, factor.transforms, strict=True
            ):
                columns = np.array(design.blocks[index].columns) * root
                own[where] = solve_triangular(T, columns, trans="T")
            Z.append(own)
            codes.append(design.blocks[factor.block_indices[0]].grouping.codes)
        self.Z: tuple[FloatArray, ...] = tuple(Z)
        self.codes: tuple[IntArray, ...] = tuple(codes)

    def effects_in_rows(self, t: int, effects: FloatArray) -> FloatArray:
        """Z_t b of each row for effects of shape (k, J)."""
        made: FloatArray = (self.Z[t] * effects[:, self.codes[t]]).sum(axis=0)
        return made

    def level_sums(self, t: int, y: FloatArray) -> FloatArray:
        """Z_t'y: shape (k, J)."""
        J = self._products.factors[t].n_levels
        return np.array(
            [np.bincount(self.codes[t], column * y, J) for column in self.Z[t]]
        )

    def with_response(self, y: FloatArray) -> CrossProducts:
        """Replace the response.

        Parameters
        ----------
        y : ndarray of shape (n,)
            On the inner scale: weighted, in the unit of the model's own response.

        Returns
        -------
        CrossProducts
        """
        products = self._products
        p, shift, Q = products.p, products.shift, self.Q
        if shift is not None:  # effects of the leaf are taken out of y as they were
            effects = product(
                ridge_inverse(products.leaf_ZZ), self.level_sums(0, y)[:, None]
            )
            shift = np.concatenate([shift[:, :p], effects], axis=1)
            y = y - self.effects_in_rows(0, effects[:, 0])
            Q = Q.copy()
            for j in range(p):
                Q[j] -= self.effects_in_rows(0, shift[:, j])
        QyQy = products.QyQy.copy()
        QyQy[p, :p] = QyQy[:p, p] = Q @ y
        QyQy[p, p] = y @ y
        if not products.factors:
            return replace(products, QyQy=QyQy)
        sums = [self.level_sums(t, y)[:, None] for t in range(len(products.factors))]
        return _replaced(products, QyQy, joined(products, sums), shift)


def _replaced(
    products: CrossProducts, QyQy: FloatArray, Zy: Vectors, shift: FloatArray | None
) -> CrossProducts:
    """Put the response's column into all sums."""
    border = products.border
    if border is not None:
        ZQy = np.concatenate([border.ZQy[:, :-1], Zy.border], axis=1)
        border = replace(border, ZQy=ZQy)
    return replace(
        products,
        QyQy=QyQy,
        leaf_ZQy=np.concatenate([products.leaf_ZQy[:, :-1], Zy.leaf], axis=1),
        core_ZQy=np.concatenate([products.core_ZQy[:, :-1], Zy.core], axis=1),
        border=border,
        shift=shift,
    )
