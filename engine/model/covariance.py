"""theta and Lambda: the free parameters of the random effects' covariance.

A correlated block of k columns has a lower-triangular relative covariance factor lambda
(k x k); its random effects have covariance sigma^2 Sigma with Sigma = lambda lambda'.
theta lists the lower triangles, block after block, each column by column (Bates et al.
2015, J. Stat. Softw. 67(1), section 2.2). theta has no sign: lambda and -lambda give
same Sigma, and a zero variance is an ordinary point inside the parameter space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray

ROUNDING = 1e-14
"""Share of a row's length below which an entry of its factor is zero."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one element of theta stands: `lambdas[factor][row, column]`."""

    factor: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Which entries of the factors' lambdas are free, in the order of theta.

    Attributes
    ----------
    sizes : tuple of int
        Number of columns k of each grouping factor.
    entries : tuple of Entry
        The free entries; all others are zero.
    """

    sizes: tuple[int, ...]
    entries: tuple[Entry, ...]

    @classmethod
    def of_blocks(cls, blocks: Sequence[Sequence[int]]) -> Layout:
        """Lay out factors whose columns fall into correlated blocks.

        Parameters
        ----------
        blocks : sequence of sequence of int
            For each factor, the sizes of its blocks in column order.

        Returns
        -------
        Layout
        """
        entries = []
        for factor, sizes in enumerate(blocks):
            start = 0
            for size in sizes:
                entries += [
                    Entry(factor, start + row, start + column)
                    for column in range(size)
                    for row in range(column, size)
                ]
                start += size
        return cls(tuple(sum(sizes) for sizes in blocks), tuple(entries))

    def lambdas(self, theta: FloatArray) -> list[FloatArray]:
        """Fill the factors' lambdas.

        Parameters
        ----------
        theta : ndarray of shape (n_theta,)
            Free entries, dimensionless.

        Returns
        -------
        list of ndarray of shape (k, k)
        """
        result: list[FloatArray] = [np.zeros((k, k)) for k in self.sizes]
        for value, entry in zip(theta, self.entries, strict=True):
            result[entry.factor][entry.row, entry.column] = value
        return result

    def theta(self, lambdas: Sequence[FloatArray]) -> FloatArray:
        """Read the free entries of the factors' lambdas: the inverse of `lambdas`."""
        return np.array([lambdas[e.factor][e.row, e.column] for e in self.entries])


def lower_factor(root: FloatArray) -> FloatArray:
    """Lower-triangular L with non-negative diagonal and L L' = root root'.

    Parameters
    ----------
    root : ndarray of shape (k, m)
        Any square root of a covariance; it may lack rank. Nothing is squared, so a
        standard deviation of 1e-9 beside one of 1 keeps its digits.

    Returns
    -------
    ndarray of shape (k, k)
    """
    k = len(root)
    if k == 1:
        return np.array([[np.linalg.norm(root)]])
    upper = np.asarray(np.linalg.qr(root.T, mode="r"))
    lower = np.zeros((k, k))
    lower[:, : len(upper)] = upper.T
    # what is left of a row after its earlier columns may be rounding only
    lower[np.abs(lower) < ROUNDING * np.linalg.norm(root, axis=1)[:, None]] = 0.0
    return lower * np.where(np.diag(lower) < 0, -1.0, 1.0)
