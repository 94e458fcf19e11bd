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

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.border import Border
from engine.fitting.core_inverse import CoreInverse, is_large
from engine.fitting.core_matrices import BlockScaler, difference, identity_like
from engine.fitting.elimination import Elimination
from engine.fitting.level_blocks import (
    Shrinkage,
    by_left,
    by_right,
    gram,
    product,
    shrinkage,
    turned,
)
from engine.fitting.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.border import BorderSums
    from engine.fitting.cells import Precision
    from engine.fitting.core_matrices import CoreMatrix
    from engine.fitting.crossproducts import CrossProducts


@dataclass(frozen=True, slots=True)
class Inner:
    """Products with V_c^-1, the covariance without the border.

    Attributes
    ----------
    solved : Vectors
        Z'V_c^-1 w; the border's rows as they were.
    absorbed : ndarray of shape (k, m, J)
        Sigma_1 Z_1'V_1^-1 w.
    reduced, effects : ndarray of shape (q, m)
        Z_2'V_1^-1 w, and C times that.
    """

    solved: Vectors
    absorbed: FloatArray
    reduced: FloatArray
    effects: FloatArray


@dataclass(frozen=True)
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
    own : Shrinkage
        Of the leaf's levels.
    core : CoreInverse or None
        Conditional covariance of the core's effects; None without a core.
    border : Border or None
        What the border adds; all else is without it, but for products with vectors.
    """

    products: CrossProducts
    sigmas: tuple[FloatArray, ...]
    log_det: float
    own: Shrinkage
    core: CoreInverse | None
    border: Border | None = None

    @property
    def shrink(self) -> FloatArray:
        """(I + G_l Sigma_1)^-1 of each leaf level: shape (k, k, J)."""
        return self.own.shrink

    @property
    def W(self) -> FloatArray:
        """Conditional covariance of the leaf's effects given the core's: (k, k, J)."""
        return self.own.W

    @cached_property
    def A(self) -> CoreMatrix:
        """Z_2' V_1^-1 Z_2: shape (q, q)."""
        if self.products.cells is None:
            return self.products.core_ZZ
        taken = self.products.cells.sandwich(self.W)
        return difference(self.products.core_ZZ, taken)

    @cached_property
    def A_diagonal(self) -> FloatArray:
        """Diagonal of A alone: shape (q,)."""
        own: FloatArray = self.products.core_ZZ.diagonal()
        if self.products.cells is None:
            return own
        return own - self.products.cells.sandwich_diagonal(self.W)

    @property
    def C(self) -> CoreMatrix:
        """Conditional covariance of the core's effects: shape (q, q)."""
        return self.A if self.core is None else self.core.full

    @property
    def rough_C(self) -> CoreMatrix:
        """The same for sums of it: to seven digits where the core is large."""
        return self.A if self.core is None else self.core.rough

    @property
    def half_C(self) -> CoreMatrix:
        """The same, of which the cells read only the lower triangle."""
        cells = self.products.cells
        if self.core is None or cells is None:
            return self.A
        return self.core.rough_half if cells.reads_half else self.core.rough

    @property
    def is_selected(self) -> bool:
        """Whether C is known only where the core's pattern has entries."""
        return isinstance(self.products.core_parts, Elimination)

    @property
    def q(self) -> int:
        """Columns of the core."""
        return int(self.products.core_ZZ.shape[0])

    def solve(self, right: Vectors) -> Vectors:
        """Z'V^-1 w from Z'w."""
        if self.core is None and self.border is None and self.sigmas:
            return Vectors(product(self.shrink, right.leaf), right.core, right.border)
        return self.project(right)[0]

    def project(self, right: Vectors) -> tuple[Vectors, FloatArray]:
        """Z'V^-1 w from Z'w, and what random effects take away: w'w - w'V^-1 w.

        Parameters
        ----------
        right : Vectors
            Of m columns.

        Returns
        -------
        Vectors, ndarray of shape (m, m)
        """
        if not self.sigmas:
            return right, np.zeros((right.core.shape[1],) * 2)
        inner = self.without_border(right)
        taken = gram(right.leaf, inner.absorbed) + inner.reduced.T @ inner.effects
        if self.border is None:
            return inner.solved, taken
        reduced = right.border - self.border.explained(right.leaf, inner.reduced)
        result = self._less_border(inner.solved, reduced)
        return result, taken + reduced.T @ self.border.times(reduced)

    def _less_border(self, solved: Vectors, reduced: FloatArray) -> Vectors:
        """Z'V^-1 w from Z'V_c^-1 w and Z_y'V_c^-1 w."""
        border = self.border
        assert border is not None
        effects = border.times(reduced)
        return Vectors(
            solved.leaf - by_right(border.N.leaf, effects),
            solved.core - border.N.core @ effects,
            border.rest(reduced, effects),
        )

    def without_border(self, right: Vectors) -> Inner:
        """Z'V_c^-1 w from Z'w, with what is found on the way."""
        leaf = product(self.shrink, right.leaf)
        absorbed = product(self.W, right.leaf)
        if self.core is None or self.products.cells is None:
            solved = Vectors(leaf, right.core, right.border)
            return Inner(solved, absorbed, right.core, right.core)
        reduced = right.core - self.products.cells.transposed_times(absorbed)
        effects = self.core.times(reduced)
        leaf -= product(self.shrink, self.products.cells.times(effects))
        core = self.core.rest(reduced, effects, lambda: self.A)
        return Inner(Vectors(leaf, core, right.border), absorbed, reduced, effects)

    def penalised(
        self, ZQy: FloatArray, shift: FloatArray
    ) -> tuple[Vectors, FloatArray]:
        """Z'V^-1 w and w'V^-1 w - w_0'w_0 for w = w_0 + Z_1 b, from Z_1'w_0 and b.

        Without a core w'V^-1 w is the least of |w - Z Lambda u|^2 + |u|^2. What is
        left, d = b - Lambda u = (I + Sigma G)^-1 b - W Z_1'w_0, is small where b is
        large: nothing of the size of b is subtracted from another.
        """
        G = self.products.leaf_ZZ
        right = ZQy + product(G, shift)
        u = product(self.own.to_u, right)
        if self.own.is_correlated:
            d: FloatArray = shift - by_left(self.own.root, u)
            solved: FloatArray = ZQy + product(G, d)
        else:
            d = product(turned(self.shrink), shift) - product(self.W, ZQy)
            solved = product(self.shrink, right)
        cross, none = gram(d, ZQy), np.zeros((0, ZQy.shape[1]))
        square = cross + cross.T + gram(d, product(G, d)) + gram(u, u)
        return Vectors(solved, none, none), square

    def solve_effects(self, effects: FloatArray) -> Vectors:
        """Z'V^-1 Z_1 b for leaf effects b of shape (k, m, J), without cancellation.

        For models with a core; `penalised` is for those without.
        """
        assert self.core is not None
        assert self.products.cells is not None
        leaf = product(self.shrink, product(self.products.leaf_ZZ, effects))
        none = np.zeros((0, effects.shape[1]))
        kept = product(turned(self.shrink), effects)
        reduced = self.products.cells.transposed_times(kept)
        core = self.core.times(reduced)
        leaf -= product(self.shrink, self.products.cells.times(core))
        solved = Vectors(leaf, self.core.rest(reduced, core, lambda: self.A), none)
        if self.border is None:
            return solved
        return self._less_border(solved, gram(self.border.N.leaf, effects))

    def core_blocks(self, C: CoreMatrix) -> FloatArray:
        """U_l C U_l' for each leaf level, U = Z_1'V_1^-1 Z_2: shape (k, k, J).

        Parameters
        ----------
        C : CoreMatrix
            The conditional covariance, or as much of it as the cells read.
        """
        if self.products.cells is None:
            return np.zeros_like(self.shrink)
        own = self.products.cells.level_blocks(C)
        return product(product(self.shrink, own), turned(self.shrink))

    @cached_property
    def rough_core_blocks(self) -> FloatArray:
        """The same, to seven digits where the core is large."""
        return self.core_blocks(self.half_C)

    def times_ZZ(self, effects: Vectors) -> Vectors:
        """Z'Z times random effects: Z'w for w = Z effects."""
        products = self.products
        leaf = product(products.leaf_ZZ, effects.leaf)
        core = products.core_ZZ @ effects.core
        if products.cells is not None:
            leaf += products.cells.times(effects.core)
            core += products.cells.transposed_times(effects.leaf)
        sums = products.border
        if sums is None:
            return Vectors(leaf, core, effects.border)
        leaf += by_right(sums.leaf_ZZ, effects.border)
        core += sums.core_ZZ @ effects.border
        border = sums.ZZ @ effects.border + sums.core_ZZ.T @ effects.core
        return Vectors(leaf, core, border + gram(sums.leaf_ZZ, effects.leaf))


def marginal(
    products: CrossProducts, lambdas: Sequence[FloatArray], *, is_rough: bool = False
) -> Marginal:
    """Factor V at given relative covariance factors.

    Parameters
    ----------
    products : CrossProducts
    lambdas : sequence of ndarray of shape (k, k)
        One for each factor, leaf first; any square roots of the Sigmas.
    is_rough : bool
        Whether six digits will do: single precision where the core is large.

    Returns
    -------
    Marginal
    """
    sigmas = tuple(factor @ factor.T for factor in lambdas)
    if not sigmas:
        none = products.leaf_ZZ
        return Marginal(products, (), 0.0, Shrinkage(0.0, none, none, none), None)
    leaf = shrinkage(products.leaf_ZZ, lambdas[0])
    if products.cells is None:
        return Marginal(products, sigmas, leaf.log_det, leaf, None)
    n_core = 1 + len(products.core_slices)
    scaler = BlockScaler(tuple(lambdas[1:n_core]), products.core_slices)
    core = _rough_core(products, leaf.W, scaler) if is_rough else None
    if core is None:
        S = _schur_complement(products, leaf.W, scaler, float)
        core = CoreInverse(S, scaler, products.core_parts)
    log_det = leaf.log_det + core.log_det
    inner = Marginal(products, sigmas, log_det, leaf, core)
    if products.border is None:
        return inner
    return _with_border(inner, products.border, tuple(lambdas[n_core:]))


def has_rough(products: CrossProducts) -> bool:
    """Whether single precision saves notable time: the core is dense and large."""
    is_dense = products.cells is not None and products.core_parts is None
    return is_dense and is_large(products.core_ZZ.shape[0])


def _rough_core(
    products: CrossProducts, W: FloatArray, scaler: BlockScaler
) -> CoreInverse | None:
    """The core's part in single precision; None where that gains or means nothing."""
    if not has_rough(products):
        return None
    S = _schur_complement(products, W, scaler, np.dtype(np.float32))
    try:
        core = CoreInverse(S, scaler, None)
    except np.linalg.LinAlgError:
        return None
    return core if core.is_rough else None


def _with_border(
    inner: Marginal, sums: BorderSums, lambdas: tuple[FloatArray, ...]
) -> Marginal:
    """Add the border to what is there without it."""
    found = inner.without_border(Vectors(sums.leaf_ZZ, sums.core_ZZ, sums.ZZ))
    border = Border(sums, lambdas, found)
    return replace(inner, log_det=inner.log_det + border.log_det, border=border)


def _schur_complement(
    products: CrossProducts,
    W: FloatArray,
    scaler: BlockScaler,
    precision: Precision,
) -> CoreMatrix:
    """S = I + Lambda_2' A Lambda_2; of a dense one only the lower triangle counts."""
    assert products.cells is not None
    if scaler.is_diagonal and products.core_parts is None:
        taken = products.cells.half_sandwich(W, precision)
        half = difference(products.core_ZZ, taken).astype(precision, copy=False)
        assert isinstance(half, np.ndarray)
        return _plus_identity(scaler.scale(half))
    A = difference(products.core_ZZ, products.cells.sandwich(W))
    return _plus_identity(scaler.inside(A)).astype(precision, copy=False)


def _plus_identity(matrix: CoreMatrix) -> CoreMatrix:
    """I + M."""
    if isinstance(matrix, np.ndarray):
        matrix[np.diag_indices_from(matrix)] += 1.0
        return matrix
    return matrix + identity_like(matrix)
