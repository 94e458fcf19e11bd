"""Level-summed squares of K = Z'PZ, from which the exact Hessian follows.

    Q_ts[a, b, c, d] = sum over levels l of t, m of s of K_lm[a, c] K_lm[b, d]

With U_l = Z_1'V_1^-1 Z_2, f the rows of Z'V^-1X (X'V^-1X)^(-1/2) and everything else as
in `marginal`, the parts of K are

    leaf, leaf    [l = m] K_l - U_l C U_m' - f_l f_m'
    leaf, core    U_l (I - C A) - f_l f_2'
    core, core    A - A C A - f_2 f_2'

so that the sums need products of matrices over the core only: X_ab = U_a'U_b for the
columns a and b of the leaf, and C X_ab.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.block_squares import (
    block_squares,
    every,
    own_squares,
    parts_of,
    sums_of_products,
)
from engine.fitting.core_matrices import (
    BlockScaler,
    identity_like,
    inner,
    transposed,
)
from engine.fitting.diagonal_sums import is_notable
from engine.fitting.level_blocks import by_right, product, sum_of_pairs
from engine.fitting.panels import product_by_strips
from engine.fitting.vectors import by_factor, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.block_squares import Squares
    from engine.fitting.border import Border
    from engine.fitting.cells import Cells
    from engine.fitting.core_matrices import CoreMatrix
    from engine.fitting.criterion import Evaluation
    from engine.fitting.marginal import Marginal


def level_squares(evaluation: Evaluation, *, is_rough: bool = False) -> Squares:
    """Q_ts for every pair of factors: arrays of shape (k_t, k_t, k_s, k_s).

    Parameters
    ----------
    evaluation : Evaluation
    is_rough : bool
        Whether six digits will do: single precision where the core is large.

    Returns
    -------
    dict of (int, int) to ndarray
    """
    V = evaluation.V
    if not V.sigmas:
        return {}
    root = _projection_root(evaluation)
    K = product(V.shrink, V.products.leaf_ZZ)
    if V.products.cells is None:
        return {(0, 0): own_squares(K, root[0])}
    low_rank = root if V.border is None else _with_border(V, V.border, root)
    core = _Core(V, V.products.cells, low_rank, is_rough=is_rough)
    result: Squares = {(0, 0): own_squares(K, low_rank[0]) + core.leaf_squares(K)}
    result |= core.core_squares() | core.leaf_core_squares()
    if V.border is not None:
        result |= _border_squares(V, V.border, root)
    return result


def _with_border(
    V: Marginal, border: Border, root: list[FloatArray]
) -> list[FloatArray]:
    """Rows of N M^(1/2) and of f: to other factors the border is a projection too."""
    low_rank = by_factor(V.products, border.N @ border.M_root)
    pairs = zip(low_rank, root, strict=True)
    return [np.concatenate(pair, axis=1) for pair in pairs]


def _border_squares(V: Marginal, border: Border, f: list[FloatArray]) -> Squares:
    """Q of the border's factors with each other and with all others.

    K_yt = (I - A M) N_t' - f_y f_t' is a product of two low-rank parts, and K_yy =
    (I - A M) A - f_y f_y' is small.
    """
    sums = V.products.border
    assert sums is not None
    factors, first = V.products.factors, 1 + len(V.products.core_slices)
    f_y = joined(V.products, f).border
    left = np.hstack([border.keep, -f_y])
    N = by_factor(V.products, border.N)
    result: Squares = {}
    for y, rows in enumerate(sums.slices, start=first):
        k = factors[y].n_columns
        L = left[rows].reshape(-1, k, left.shape[1]).transpose(1, 2, 0)
        pairs = sum_of_pairs(L, L)
        for t in range(first):
            T = np.concatenate([N[t], f[t]], axis=1)
            Q = sums_of_products(pairs, sum_of_pairs(T, T))
            result[y, t], result[t, y] = Q, Q.transpose(2, 3, 0, 1)
        for s, columns in enumerate(sums.slices, start=first):
            k_s = factors[s].n_columns
            own = parts_of(border.K[rows, columns], k, k_s)
            result[y, s] = block_squares(
                own, every(f_y[rows], k), every(f_y[columns], k_s)
            )
    return result


def _projection_root(evaluation: Evaluation) -> list[FloatArray]:
    """Rows of Z'V^-1X (X'V^-1X)^(-1/2) by factor; no columns for ML."""
    e = evaluation
    parts = by_factor(e.products, e.N)
    if not e.is_reml or not len(e.C):
        return [part[:, :0] for part in parts]
    return [by_right(part, e.C_root) for part in parts]


class _Core:
    """What the core adds.

    Parameters
    ----------
    V : Marginal
    cells : Cells
        Z_1'Z_2.
    root : sequence of ndarray of shape (k, r, J)
        f by factor.
    is_rough : bool
    """

    def __init__(
        self, V: Marginal, cells: Cells, root: Sequence[FloatArray], *, is_rough: bool
    ) -> None:
        self._V, self._f, self._k = V, root[0], len(root[0])
        self._C = V.rough_C if is_rough else V.C
        low_rank = joined(V.products, root).core
        self._low_rank = low_rank.astype(self._C.dtype, copy=False)
        self._U = cells.scaled(V.shrink)
        self._X = {
            (a, b): self._cross(cells, a, b) for a, b in np.ndindex(self._k, self._k)
        }
        self._CX = {ab: product_by_strips(self._C, X) for ab, X in self._X.items()}
        self._inverse_Sigma = _inverse_Sigma(V)
        self._own_blocks = V.rough_core_blocks if is_rough else V.core_blocks(self._C)

    def _cross(self, cells: Cells, a: int, b: int) -> CoreMatrix:
        """X_ab = U_a'U_b, in the precision of C."""
        if a == b:
            own = self._V.shrink[a]
            return cells.sandwich(own[:, None] * own[None], self._C.dtype)
        return self._U.cross(a, b).astype(self._C.dtype, copy=False)

    def _mixed(self, a: int, b: int) -> FloatArray:
        """U_a'f_b: shape (q, r)."""
        only = np.zeros_like(self._f)
        only[a] = self._f[b]
        return self._U.transposed_times(only).astype(self._C.dtype, copy=False)

    def leaf_squares(self, K: FloatArray) -> FloatArray:
        """Squares of U_l C U_m', and what they take with K_l and f_l f_m'.

        Those of U C U' are tr(C X_ab C X_dc).
        """
        k = self._k
        taken = sum_of_pairs(K, self._own_blocks)
        squares = -(taken + taken.transpose(1, 0, 3, 2))
        mixed = np.array([[self._mixed(a, b) for b in range(k)] for a in range(k)])
        C_mixed = np.array([[self._C @ own for own in row] for row in mixed])
        for a, b, c, d in np.ndindex(k, k, k, k):
            squares[a, b, c, d] += inner(self._CX[a, b], transposed(self._CX[d, c]))
        with_f = sums_of_products(mixed, C_mixed)
        squares += with_f + with_f.transpose(1, 0, 3, 2)
        return squares

    def core_squares(self) -> Squares:
        """Q among the core's factors."""
        factors, slices = self._V.products.factors, self._V.products.core_slices
        K, f, result = self._projected(), self._low_rank, {}
        for s, columns in enumerate(slices, start=1):
            for t, rows in enumerate(slices, start=1):
                k_t, k_s = factors[t].n_columns, factors[s].n_columns
                result[t, s] = block_squares(
                    parts_of(K[rows, columns], k_t, k_s),
                    every(f[rows], k_t),
                    every(f[columns], k_s),
                )
        return result

    def _projected(self) -> CoreMatrix:
        """K_22 = A - A C A, or Sigma^-1 - Sigma^-1 C Sigma^-1."""
        inverse = self._inverse_Sigma
        if inverse is not None:
            return inverse.less(inverse.outside(self._C))
        CA = product_by_strips(self._C, self._V.A)
        return self._V.A - product_by_strips(self._V.A, CA)

    @cached_property
    def _keep(self) -> CoreMatrix:
        """I - C A; only C where Sigma is not small, as that is C Sigma^-1."""
        if self._inverse_Sigma is not None:
            return self._C
        CA = product_by_strips(self._C, self._V.A)
        return identity_like(CA) - CA

    def _kept(self, a: int, b: int) -> CoreMatrix:
        """X_ab (I - C A), by X_ab C = (C X_ba)'; likewise without Sigma^-1."""
        XC = transposed(self._CX[b, a])
        if self._inverse_Sigma is not None:
            return XC
        rest: CoreMatrix = self._X[a, b] - product_by_strips(XC, self._V.A)
        return rest

    def _left_out(self, s: int) -> FloatArray:
        """Sigma^-1 of a core factor where `_keep` and `_kept` are without it."""
        if self._inverse_Sigma is not None:
            return self._inverse_Sigma.lambdas[s - 1]
        return np.eye(self._V.products.factors[s].n_columns)

    def _kept_vectors(self, vectors: FloatArray) -> FloatArray:
        """(I - C A)' times vectors of shape (q, m)."""
        made: FloatArray = self._keep.T @ vectors
        if self._inverse_Sigma is not None:
            return self._inverse_Sigma.rows(made, transpose=False)
        return made

    def leaf_core_squares(self) -> Squares:
        """Q between the leaf and each core factor.

        U'U keeps as keep'X_ab keep with keep = I - C A.
        """
        k, f, f_2 = self._k, self._f, self._low_rank
        factors, slices = self._V.products.factors, self._V.products.core_slices
        sizes = [factor.n_columns for factor in factors]
        result: Squares = {
            (0, s): np.empty((k, k, sizes[s], sizes[s])) for s in range(1, len(sizes))
        }
        for a, b in np.ndindex(k, k):
            first = self._kept_vectors(self._mixed(a, b))
            second = self._kept_vectors(self._mixed(b, a))
            own, kept = f[a] @ f[b].T, self._kept(a, b)
            for s, columns in enumerate(slices, start=1):
                Q = result[0, s][a, b]
                for c, d in np.ndindex(sizes[s], sizes[s]):
                    left, right = (_every(columns, i, sizes[s]) for i in (c, d))
                    Q[c, d] = inner(self._keep[:, left], kept[:, right])
                Q[:] = self._left_out(s) @ Q @ self._left_out(s)
                for c, d in np.ndindex(sizes[s], sizes[s]):
                    left, right = (_every(columns, i, sizes[s]) for i in (c, d))
                    Q[c, d] -= np.vdot(first[left], f_2[right])
                    Q[c, d] -= np.vdot(second[right], f_2[left])
                    Q[c, d] += np.vdot(f_2[left] @ own, f_2[right])
        mirrored = {(s, t): Q.transpose(2, 3, 0, 1) for (t, s), Q in result.items()}
        return result | mirrored


def _every(columns: slice, which: int, k: int) -> slice:
    """Where one of a factor's k columns stands, for all its levels."""
    return slice(columns.start + which, columns.stop, k)


def _inverse_Sigma(V: Marginal) -> BlockScaler | None:
    """Sigma^-1 of all the core's factors; None where one of them is small."""
    slices = V.products.core_slices
    core = range(1, 1 + len(slices))
    if not all(is_notable(V, t) for t in core):
        return None
    return BlockScaler(tuple(np.linalg.inv(V.sigmas[t]) for t in core), slices)
