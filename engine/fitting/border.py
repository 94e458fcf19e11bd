"""A few columns that meet everything, kept beside a core that falls into parts.

Plots nested in sites leave a core of sites that falls into parts; years that all sites
share would tie these together into one large dense core. The columns Z_y of such small
factors are kept as a *border*: with V_c the covariance without them,

    A_y = Z_y'V_c^-1 Z_y ,   M = (Sigma_y^-1 + A_y)^-1 ,   N = Z'V_c^-1 Z_y
    V^-1 = V_c^-1 - V_c^-1 Z_y M Z_y'V_c^-1

so that to all other factors it is a projection of low rank, like that of X.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_inverse import CoreInverse
from engine.fitting.core_matrices import BlockScaler
from engine.fitting.level_blocks import gram

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.marginal import Inner


@dataclass(frozen=True, slots=True)
class BorderSums:
    """Sums over rows with the border's columns.

    Attributes
    ----------
    slices : tuple of slice
        Where each of its factors stands among the q_y columns.
    leaf_ZZ : ndarray of shape (k, q_y, J)
        Z_l'Z_y of each leaf level.
    core_ZZ : ndarray of shape (q, q_y)
        Z_2'Z_y.
    ZZ : ndarray of shape (q_y, q_y)
        Z_y'Z_y.
    ZQy : ndarray of shape (q_y, p + 1)
        Z_y'[Q y].
    """

    slices: tuple[slice, ...]
    leaf_ZZ: FloatArray
    core_ZZ: FloatArray
    ZZ: FloatArray
    ZQy: FloatArray

    @property
    def q(self) -> int:
        """Columns of the border."""
        return len(self.ZZ)


class Border:
    """The border at one Sigma.

    Parameters
    ----------
    sums : BorderSums
    lambdas : tuple of ndarray of shape (k, k)
        Of its factors.
    inner : Inner
        V_c^-1 Z_y.

    Attributes
    ----------
    A : ndarray of shape (q_y, q_y)
    N : Vectors
        Its rows for the border itself mean nothing.
    log_det : float
        log |I + Sigma_y A_y|.
    """

    def __init__(
        self, sums: BorderSums, lambdas: tuple[FloatArray, ...], inner: Inner
    ) -> None:
        self._inner = inner
        self.N = inner.solved
        taken = self.explained(sums.leaf_ZZ, inner.reduced)
        self.A: FloatArray = sums.ZZ - (taken + taken.T) / 2
        scaler = BlockScaler(lambdas, sums.slices)
        S = scaler.inside(self.A)
        assert isinstance(S, np.ndarray)
        S[np.diag_indices_from(S)] += 1.0
        self._inverse = CoreInverse(S, scaler, None)
        self.log_det = self._inverse.log_det

    def explained(self, leaf: FloatArray, reduced: FloatArray) -> FloatArray:
        """Z_y'w - Z_y'V_c^-1 w from Z_1'w and Z_2'V_1^-1 w."""
        made: FloatArray = self._inner.effects.T @ reduced
        return made + gram(self._inner.absorbed, leaf)

    @cached_property
    def M(self) -> FloatArray:
        """Conditional covariance of its effects, given all others: (q_y, q_y)."""
        made: FloatArray = self.M_root @ self.M_root.T
        return made

    @cached_property
    def M_root(self) -> FloatArray:
        """A root of M."""
        return self._inverse.root

    def times(self, right: FloatArray) -> FloatArray:
        """M times vectors."""
        return self._inverse.times(right)

    def rest(self, right: FloatArray, effects: FloatArray) -> FloatArray:
        """(I - A M) times vectors, from them and M times them."""
        return self._inverse.rest(right, effects, lambda: self.A)

    @property
    def keep(self) -> FloatArray:
        """I - A M."""
        return self.rest(np.eye(len(self.A)), self.M)

    @cached_property
    def K(self) -> FloatArray:
        """Z_y'V^-1 Z_y = (I - A M) A."""
        made: FloatArray = self.rest(self.A, self.times(self.A))
        return (made + made.T) / 2
