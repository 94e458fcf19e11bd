"""Columns in the space of the random effects, and their parts by grouping factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.level_blocks import by_right, gram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts


@dataclass(frozen=True, slots=True)
class Vectors:
    """Columns in the space of the random effects: Z'w for m vectors w.

    Attributes
    ----------
    leaf : ndarray of shape (k, m, J)
    core : ndarray of shape (q, m)
    border : ndarray of shape (q_y, m)
    """

    leaf: FloatArray
    core: FloatArray
    border: FloatArray

    def __matmul__(self, right: FloatArray) -> Vectors:
        leaf = by_right(self.leaf, right)
        return Vectors(leaf, self.core @ right, self.border @ right)

    def __add__(self, other: Vectors) -> Vectors:
        return Vectors(
            self.leaf + other.leaf, self.core + other.core, self.border + other.border
        )

    def columns(self, which: slice) -> Vectors:
        """Some of the columns."""
        return Vectors(self.leaf[:, which], self.core[:, which], self.border[:, which])

    def dot(self, other: Vectors) -> FloatArray:
        """Inner products of all columns: shape (m, m of the other)."""
        taken: FloatArray = self.core.T @ other.core + self.border.T @ other.border
        if len(self.leaf):
            taken += gram(self.leaf, other.leaf)
        return taken


def by_factor(products: CrossProducts, vectors: Vectors) -> list[FloatArray]:
    """Split columns by grouping factor: arrays of shape (k_t, m, J_t), leaf first."""
    border = () if products.border is None else products.border.slices
    rows = [vectors.core[part] for part in products.core_slices]
    rows += [vectors.border[part] for part in border]
    parts, m = [vectors.leaf], vectors.core.shape[1]
    for factor, own in zip(products.factors[1:], rows, strict=True):
        shape = (factor.n_levels, factor.n_columns, m)
        parts.append(own.reshape(shape).transpose(1, 2, 0))
    return parts[: len(products.factors)]


def joined(products: CrossProducts, parts: Sequence[FloatArray]) -> Vectors:
    """Put parts by factor together again: the inverse of `by_factor`."""
    m, n_core = parts[0].shape[1], 1 + len(products.core_slices)
    rows = [
        part.transpose(2, 0, 1).reshape(part.shape[2] * len(part), m) for part in parts
    ]
    none = np.zeros((0, m))
    core, border = [none, *rows[1:n_core]], [none, *rows[n_core:]]
    return Vectors(parts[0], np.concatenate(core), np.concatenate(border))
