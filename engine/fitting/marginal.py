"""Products with V^-1 without ever forming V: the one room that knows the block kinds.

V = I + Z Sigma Z' is the covariance of the inner response, in units of sigma^2. Only
Sigma enters, never its root, so a variance of zero or a lost rank is an ordinary value.
The leaf factor is absorbed level by level (Woodbury's identity on k x k blocks), then
the core through one Schur complement:

    D_l = I + G_l Sigma_1          W_l = Sigma_1 D_l^-1          (leaf, G_l = Z_l'Z_l)
    A   = Z_2' V_1^-1 Z_2 = Z_2'Z_2 - sum_l B_l' W_l B_l         (B_l = Z_l'Z_2)
    S   = I + Lambda_2' A Lambda_2 ,   C = Lambda_2 S^-1 Lambda_2'

(Bates et al. 2015, J. Stat. Softw. 67(1), section 3.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_inverse import CoreInverse
from engine.fitting.core_matrices import BlockScaler, cross, identity_like, scaled_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.core_matrices import CoreMatrix, Parts
    from engine.fitting.crossproducts import CrossProducts

CHUNK_BYTES = 64_000_000
"""Size of the dense pieces in which sparse rows are multiplied."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Columns in the space of the random effects: Z'w for m vectors w.

    Attributes
    ----------
    leaf : ndarray of shape (J, k, m)
    core : ndarray of shape (q, m)
    """

    leaf: FloatArray
    core: FloatArray

    def __matmul__(self, right: FloatArray) -> Vectors:
        return Vectors(self.leaf @ right, self.core @ right)

    def __sub__(self, other: Vectors) -> Vectors:
        return Vectors(self.leaf - other.leaf, self.core - other.core)

    def __add__(self, other: Vectors) -> Vectors:
        return Vectors(self.leaf + other.leaf, self.core + other.core)

    def dot(self, other: Vectors) -> FloatArray:
        """Inner products of all columns: shape (m, m of the other)."""
        product: FloatArray = flat(self.leaf).T @ flat(other.leaf)
        return product + self.core.T @ other.core


def flat(blocks: FloatArray) -> FloatArray:
    """Rows of all levels below each other: (J, k, m) as (J k, m), m may be zero."""
    return blocks.reshape(blocks.shape[0] * blocks.shape[1], blocks.shape[2])


@dataclass(frozen=True, slots=True)
class Marginal:
    """V at one Sigma, ready for products.

    Attributes
    ----------
    products : CrossProducts
        Of the data.
    sigmas : tuple of ndarray of shape (k, k)
        Sigma of each factor, leaf first.
    log_det : float
        log |V|.
    shrink : ndarray of shape (J, k, k)
        (I + G_l Sigma_1)^-1 of each leaf level.
    W : ndarray of shape (J, k, k)
        Conditional covariance of the leaf's effects given the core's.
    U : tuple of k arrays of shape (J, q), sparse or dense
        Z_1' V_1^-1 Z_2.
    A : ndarray or sparse array of shape (q, q)
        Z_2' V_1^-1 Z_2.
    core : CoreInverse or None
        Conditional covariance of the core's effects; None without a core.
    """

    products: CrossProducts
    sigmas: tuple[FloatArray, ...]
    log_det: float
    shrink: FloatArray
    W: FloatArray
    U: tuple[CoreMatrix, ...]
    A: CoreMatrix
    core: CoreInverse | None

    @property
    def C(self) -> CoreMatrix:
        """Conditional covariance of the core's effects: shape (q, q)."""
        return self.A if self.core is None else self.core.full

    @property
    def rough_C(self) -> CoreMatrix:
        """The same for sums of it: to seven digits where the core is large."""
        return self.A if self.core is None else self.core.rough

    @property
    def q(self) -> int:
        """Columns of the core."""
        return int(self.A.shape[0])

    def solve(self, right: Vectors) -> Vectors:
        """Z'V^-1 w from Z'w."""
        leaf = self.shrink @ right.leaf
        if self.core is None:
            return Vectors(leaf, right.core)
        reduced = self._reduced(right)
        effects = self.core.times(reduced)
        leaf -= np.stack([u @ effects for u in self.U], axis=1)
        return Vectors(leaf, reduced - self.A @ effects)

    def solve_effects(self, effects: FloatArray) -> Vectors:
        """Z'V^-1 Z_1 b for leaf effects b of shape (J, k, m), without cancellation."""
        leaf = self.shrink @ (self.products.leaf_ZZ @ effects)
        reduced = np.zeros((self.q, effects.shape[2]))
        if self.core is None:
            return Vectors(leaf, reduced)
        for a, u in enumerate(self.U):
            reduced += u.T @ effects[:, a]
        core = self.core.times(reduced)
        leaf -= np.stack([u @ core for u in self.U], axis=1)
        return Vectors(leaf, reduced - self.A @ core)

    def quadratic(self, right: Vectors) -> FloatArray:
        """What random effects take away: w'w - w'V^-1 w from Z'w, shape (m, m)."""
        taken: FloatArray = flat(right.leaf).T @ flat(self.W @ right.leaf)
        if self.core is not None:
            reduced = self._reduced(right)
            taken += reduced.T @ self.core.times(reduced)
        return taken

    def _reduced(self, right: Vectors) -> FloatArray:
        """Z_2'V_1^-1 w: what the core sees after the leaf is absorbed."""
        absorbed = self.W @ right.leaf
        core = right.core.copy()
        for a, B in enumerate(self.products.leaf_core):
            core -= B.T @ absorbed[:, a]
        return core

    def core_blocks(self) -> FloatArray:
        """U_l C U_l' for each leaf level: shape (J, k, k), zero without a core."""
        result = np.zeros_like(self.W)
        if not self.U:
            return result
        is_dense = isinstance(self.C, np.ndarray)
        rows = max(1, CHUNK_BYTES // (8 * self.q)) if is_dense else len(result)
        for start in range(0, len(result), rows):
            part = slice(start, start + rows)
            for a, left in enumerate(self.U):
                weighted = left[part] @ self.C
                for b, right in enumerate(self.U):
                    result[part, a, b] = _row_sums(right[part], weighted)
        return result

    def times_ZZ(self, effects: Vectors) -> Vectors:
        """Z'Z times random effects: Z'w for w = Z effects."""
        products = self.products
        leaf = products.leaf_ZZ @ effects.leaf
        core = products.core_ZZ @ effects.core
        if products.leaf_core:
            leaf += np.stack([B @ effects.core for B in products.leaf_core], axis=1)
            for a, B in enumerate(products.leaf_core):
                core += B.T @ effects.leaf[:, a]
        return Vectors(leaf, core)


def marginal(products: CrossProducts, lambdas: Sequence[FloatArray]) -> Marginal:
    """Factor V at given relative covariance factors.

    Parameters
    ----------
    products : CrossProducts
    lambdas : sequence of ndarray of shape (k, k)
        One for each factor, leaf first; any square roots of the Sigmas.

    Returns
    -------
    Marginal
    """
    sigmas = tuple(factor @ factor.T for factor in lambdas)
    if not sigmas:
        none, empty = products.leaf_ZZ, products.core_ZZ
        return Marginal(products, (), 0.0, none, none, (), empty, None)
    log_det, shrink = _absorb_leaf(products.leaf_ZZ, sigmas[0])
    W = sigmas[0] @ shrink
    if not products.leaf_core:
        empty = products.core_ZZ
        return Marginal(products, sigmas, log_det, shrink, W, (), empty, None)
    U = _absorbed_core(products.leaf_core, shrink)
    A = products.core_ZZ - _sandwich(products.leaf_core, W, products.core_parts)
    root = block_scaler(products, lambdas[1:])
    S = _plus_identity(root.inside(A))
    core = CoreInverse(S, root, products.core_parts)
    return Marginal(products, sigmas, log_det + core.log_det, shrink, W, U, A, core)


def _absorb_leaf(G: FloatArray, sigma: FloatArray) -> tuple[float, FloatArray]:
    """Log |I + G Sigma| over all levels, and the inverses."""
    if len(sigma) == 1:
        D = 1.0 + G * sigma
        return float(np.log(D).sum()), 1.0 / D
    if len(sigma) == 2:
        return _absorb_pairs(G, sigma)
    D = np.eye(len(sigma)) + G @ sigma
    return float(np.linalg.slogdet(D).logabsdet.sum()), np.linalg.inv(D)


def _absorb_pairs(G: FloatArray, sigma: FloatArray) -> tuple[float, FloatArray]:
    """The same for two columns: |I + G Sigma| = 1 + tr(G Sigma) + |G| |Sigma|."""
    D = G @ sigma
    size = G[:, 0, 0] * G[:, 1, 1] - G[:, 0, 1] * G[:, 1, 0]
    size = np.maximum(size, 0.0) * max(sigma[0, 0] * sigma[1, 1] - sigma[0, 1] ** 2, 0)
    size += 1.0 + D[:, 0, 0] + D[:, 1, 1]
    inverted = np.empty_like(D)
    inverted[:, 0, 0], inverted[:, 1, 1] = 1.0 + D[:, 1, 1], 1.0 + D[:, 0, 0]
    inverted[:, 0, 1], inverted[:, 1, 0] = -D[:, 0, 1], -D[:, 1, 0]
    inverted /= size[:, None, None]
    return float(np.log(size).sum()), inverted


def _row_sums(left: CoreMatrix, right: CoreMatrix) -> FloatArray:
    """Sums over rows of the products of two matrices' elements."""
    if isinstance(left, np.ndarray):
        dense: FloatArray = (left * np.asarray(right)).sum(axis=1)
        return dense
    sums: FloatArray = np.asarray(left.multiply(right).sum(axis=1))
    return sums


def _absorbed_core(
    leaf_core: tuple[CoreMatrix, ...], shrink: FloatArray
) -> tuple[CoreMatrix, ...]:
    """U_a = sum_b shrink_ab B_b, level by level."""
    k = len(leaf_core)
    U = []
    for a in range(k):
        own = scaled_rows(leaf_core[0], shrink[:, a, 0])
        for b in range(1, k):
            own = own + scaled_rows(leaf_core[b], shrink[:, a, b])
        U.append(own)
    return tuple(U)


def _sandwich(
    leaf_core: tuple[CoreMatrix, ...], W: FloatArray, parts: Parts | None
) -> CoreMatrix:
    """sum_l B_l' W_l B_l over all leaf levels."""
    pairs = [
        cross(left, scaled_rows(right, W[:, a, b]))
        for a, left in enumerate(leaf_core)
        for b, right in enumerate(leaf_core)
    ]
    total = pairs[0]
    for pair in pairs[1:]:
        total = total + pair
    if isinstance(total, np.ndarray) or parts is not None:
        return total
    return total.toarray()


def _plus_identity(matrix: CoreMatrix) -> CoreMatrix:
    """I + M."""
    if isinstance(matrix, np.ndarray):
        matrix[np.diag_indices_from(matrix)] += 1.0
        return matrix
    return matrix + identity_like(matrix)


def block_scaler(
    products: CrossProducts, core_lambdas: Sequence[FloatArray]
) -> BlockScaler:
    """Lambda_2 for the core's factors."""
    return BlockScaler(tuple(core_lambdas), tuple(products.core_slices))
