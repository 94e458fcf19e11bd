"""The exact Hessian of the criterion along entries of the Lambdas, in closed form.

With V_i the derivative of V along entry i, c = nu / r^2 and d_i = y'P V_i P y:

    H_ij = 2 tr(L_i' G L_j) - tr(P V_i P V_j)
           + 2 c y'P V_i P V_j P y - (c / r^2) d_i d_j

(ML: V^-1 instead of P in the trace.) As V_i = Z X_i Z' with X_i equal for all levels of
a factor, tr(P V_i P V_j) needs only the *level-summed squares* of K = Z'PZ:

    Q_ts[a, b, c, d] = sum over levels l of t, m of s of K_lm[a, c] K_lm[b, d]

and those follow from cross-products of the low-rank parts of K; no array has as many
rows and columns as there are leaf levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_matrices import (
    BlockScaler,
    cross,
    identity_like,
    inner,
    scaled_rows,
    transposed,
)
from engine.fitting.criterion import (
    by_factor,
    data_information,
    is_notable,
    score,
    within_factor,
)
from engine.fitting.marginal import flat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.core_matrices import CoreMatrix
    from engine.fitting.criterion import Evaluation
    from engine.fitting.marginal import Marginal
    from engine.model.covariance import Entry

FULL = 0.03
"""Share of numbers that are not zero from which a dense product is faster."""


@dataclass(frozen=True, slots=True)
class Curvature:
    """The second-order terms that the profiled and the joint Hessian share.

    Attributes
    ----------
    within : ndarray of shape (r, r)
        2 tr(L_i' G L_j).
    traces : ndarray of shape (r, r)
        tr(P V_i P V_j).
    information : ndarray of shape (r, r)
        y'P V_i P V_j P y.
    d : ndarray of shape (r,)
        y'P V_i P y.
    """

    within: FloatArray
    traces: FloatArray
    information: FloatArray
    d: FloatArray


def curvature(evaluation: Evaluation, entries: Sequence[Entry]) -> Curvature:
    """Take the second-order terms along the given entries.

    Parameters
    ----------
    evaluation : Evaluation
        At any Lambdas, also such without full rank.
    entries : sequence of Entry

    Returns
    -------
    Curvature
    """
    e = evaluation
    information, d = data_information(e, entries)
    squares = level_squares(e)
    directions = [_direction(e, entry) for entry in entries]
    traces = np.array(
        [
            [
                np.einsum("ba,cd,abcd->", X_i, X_j, squares[i.factor, j.factor])
                for j, X_j in zip(entries, directions, strict=True)
            ]
            for i, X_i in zip(entries, directions, strict=True)
        ]
    ).reshape(len(entries), len(entries))
    return Curvature(within_factor(score(e), entries), traces, information, d)


def profiled_hessian(evaluation: Evaluation, entries: Sequence[Entry]) -> FloatArray:
    """Exact Hessian of the criterion with sigma and beta profiled out.

    Parameters
    ----------
    evaluation : Evaluation
    entries : sequence of Entry

    Returns
    -------
    ndarray of shape (n_entries, n_entries)
    """
    c = evaluation.precision
    terms = curvature(evaluation, entries)
    hessian: FloatArray = terms.within - terms.traces + 2 * c * terms.information
    return hessian - c / evaluation.r2 * np.outer(terms.d, terms.d)


def joint_hessian(evaluation: Evaluation, entries: Sequence[Entry]) -> FloatArray:
    """Exact Hessian of the deviance in (entries of Lambda, sigma) at the optimum.

    Parameters
    ----------
    evaluation : Evaluation
        At a stationary point, so that sigma^2 = r^2 / nu.
    entries : sequence of Entry

    Returns
    -------
    ndarray of shape (n_entries + 1, n_entries + 1)
        sigma is last and on the inner scale.
    """
    c, r = evaluation.precision, len(entries)
    terms = curvature(evaluation, entries)
    result = np.empty((r + 1, r + 1))
    result[:r, :r] = terms.within - terms.traces + 2 * c * terms.information
    result[:r, r] = result[r, :r] = 2 * c**1.5 * terms.d
    result[r, r] = 4 * evaluation.nu * c
    return result


def _direction(evaluation: Evaluation, entry: Entry) -> FloatArray:
    """X_i = L_i Lambda' + Lambda L_i', the k x k derivative of Sigma."""
    Lambda = evaluation.lambdas[entry.factor]
    X = np.zeros((len(Lambda), len(Lambda)))
    X[entry.row] += Lambda[:, entry.column]
    return X + X.T


def level_squares(evaluation: Evaluation) -> dict[tuple[int, int], FloatArray]:
    """Q_ts for every pair of factors: arrays of shape (k_t, k_t, k_s, k_s).

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    dict of (int, int) to ndarray
    """
    if not evaluation.V.sigmas:
        return {}
    V, root = evaluation.V, _projection_root(evaluation)
    CX = _C_times_cross(V)
    result = {(0, 0): _leaf_squares(V, root[0], CX)}
    if V.U:
        inverse_Sigma = _inverse_Sigma(V)
        keep, K = _core_projection(V, inverse_Sigma)
        low_rank = np.concatenate([flat(part) for part in root[1:]])
        result |= _core_squares(V, K, low_rank)
        kept = {(a, b): _cross_kept(V, a, b, CX, inverse_Sigma) for a, b in CX}
        result |= _leaf_core_squares(V, root[0], low_rank, keep, kept)
    return result


def _inverse_Sigma(V: Marginal) -> BlockScaler | None:
    """Sigma^-1 of all the core's factors; None where one of them is small."""
    if not all(is_notable(V, t) for t in range(1, len(V.sigmas))):
        return None
    return BlockScaler(tuple(map(np.linalg.inv, V.sigmas[1:])), V.products.core_slices)


def _core_projection(
    V: Marginal, inverse_Sigma: BlockScaler | None
) -> tuple[CoreMatrix, CoreMatrix]:
    """I - C A and K_22 = A - A C A.

    Where Sigma is not small they are C Sigma^-1 and Sigma^-1 - Sigma^-1 C Sigma^-1.
    """
    if inverse_Sigma is not None:
        keep = inverse_Sigma.after(V.C)
        return keep, inverse_Sigma.whole(V.C) - inverse_Sigma.before(keep)
    CA = V.C @ V.A
    return identity_like(CA) - CA, V.A - V.A @ CA


def _projection_root(evaluation: Evaluation) -> list[FloatArray]:
    """Rows of Z'V^-1X (X'V^-1X)^(-1/2) by factor; no columns for ML."""
    e = evaluation
    parts = by_factor(e, e.N)
    if not e.is_reml or not len(e.C):
        return [part[:, :, :0] for part in parts]
    return [part @ np.linalg.cholesky(e.C) for part in parts]


def _leaf_squares(
    V: Marginal, projection: FloatArray, CX: dict[tuple[int, int], CoreMatrix]
) -> FloatArray:
    """Q of the leaf with itself: K_lm = [l = m] K_l - U_l C U_m' - f_l f_m'."""
    K = V.shrink @ V.products.leaf_ZZ
    own = projection @ projection.transpose(0, 2, 1)
    taken = np.einsum("jac,jbd->abcd", K, own, optimize=True)
    if V.U:
        taken += _with_core_blocks(V, K)
    squares: FloatArray = np.einsum("jac,jbd->abcd", K, K, optimize=True)
    squares -= taken + taken.transpose(1, 0, 3, 2)
    return squares + _low_rank_squares(V, projection, CX)


def _with_core_blocks(V: Marginal, K: FloatArray) -> FloatArray:
    """sum_l K_l[a, c] (U_l C U_l')[b, d]."""
    if not isinstance(V.C, np.ndarray):
        taken: FloatArray = np.einsum("jac,jbd->abcd", K, V.core_blocks())
        return taken
    taken = np.empty((K.shape[1],) * 4)
    for a, b, c, d in np.ndindex(taken.shape):
        weighted = scaled_rows(V.U[d], K[:, a, c])
        taken[a, b, c, d] = inner(cross(V.U[b], weighted), V.C)
    return taken


def _low_rank_squares(
    V: Marginal, projection: FloatArray, CX: dict[tuple[int, int], CoreMatrix]
) -> FloatArray:
    """The squares of U C U' + f f', summed over all pairs of levels.

    Those of U C U' are tr(C X_ab C X_dc) with X_ab = U_a'U_b.
    """
    k, levels = projection.shape[1], range(projection.shape[1])
    gram = np.einsum("jap,jbr->abpr", projection, projection, optimize=True)
    squares: FloatArray = np.einsum("abpr,cdpr->abcd", gram, gram, optimize=True)
    if not V.U:
        return squares
    mixed = np.array([[V.U[a].T @ projection[:, b] for b in levels] for a in levels])
    C_mixed = np.array([[V.C @ mixed[a, b] for b in levels] for a in levels])
    for a, b, c, d in np.ndindex(k, k, k, k):
        squares[a, b, c, d] += inner(CX[a, b], transposed(CX[d, c]))  # tr
    squares += np.einsum("abqp,cdqp->abcd", mixed, C_mixed, optimize=True)
    squares += np.einsum("baqp,dcqp->abcd", mixed, C_mixed, optimize=True)
    return squares


def _C_times_cross(V: Marginal) -> dict[tuple[int, int], CoreMatrix]:
    """C X_ab with X_ab = U_a'U_b, for all pairs of the leaf's columns."""
    products = {}
    for a, left in enumerate(V.U):
        for b, right in enumerate(V.U):
            X = cross(left, right)
            if isinstance(V.C, np.ndarray) and not isinstance(X, np.ndarray):
                X = X.toarray() if X.nnz > FULL * V.q**2 else X
            products[a, b] = V.C @ X
    return products


def _core_squares(
    V: Marginal, K: CoreMatrix, low_rank: FloatArray
) -> dict[tuple[int, int], FloatArray]:
    """Q among the core's factors."""
    factors, slices = V.products.factors, V.products.core_slices
    result = {}
    for s, columns in enumerate(slices, start=1):
        for t, rows in enumerate(slices, start=1):
            result[t, s] = _block_squares(
                _parts_of(K[rows, columns], factors[t].n_columns, factors[s].n_columns),
                _every(low_rank[rows], factors[t].n_columns),
                _every(low_rank[columns], factors[s].n_columns),
            )
    return result


def _every(rows: FloatArray, k: int) -> list[FloatArray]:
    """Rows of each of k columns of a factor, over its levels."""
    return [rows[a::k] for a in range(k)]


def _parts_of(
    block: CoreMatrix, k: int, columns: int
) -> dict[tuple[int, int], CoreMatrix]:
    """A block of K by the column of the row's and of the column's level."""
    return {(a, c): block[a::k, c::columns] for a in range(k) for c in range(columns)}


def _block_squares(
    K: dict[tuple[int, int], CoreMatrix],
    left: list[FloatArray],
    right: list[FloatArray],
) -> FloatArray:
    """Sums of products of all pairs of parts of K - left right'."""
    k, columns = len(left), len(right)
    squares = np.empty((k, k, columns, columns))
    for a, b, c, d in np.ndindex(k, k, columns, columns):
        squares[a, b, c, d] = inner(K[a, c], K[b, d])
        squares[a, b, c, d] -= np.vdot(K[a, c] @ right[d], left[b])
        squares[a, b, c, d] -= np.vdot(K[b, d] @ right[c], left[a])
        squares[a, b, c, d] += np.vdot(left[a].T @ left[b], right[c].T @ right[d])
    return squares


def _leaf_core_squares(
    V: Marginal,
    leaf_root: FloatArray,
    core_root: FloatArray,
    keep: CoreMatrix,
    kept: dict[tuple[int, int], CoreMatrix],
) -> dict[tuple[int, int], FloatArray]:
    """Q between the leaf and each core factor, from K_12 = U (I - C A) - f_1 f_2'.

    U'U keeps as keep' X_ab keep, of which `kept` has X_ab keep = X_ab - X_ab C A; and
    X_ab C is the transpose of C X_ba.
    """
    k = len(V.U)
    factors, slices = V.products.factors, V.products.core_slices
    result: dict[tuple[int, int], FloatArray] = {
        (0, s): np.empty((k, k, factors[s].n_columns, factors[s].n_columns))
        for s in range(1, len(factors))
    }
    for a, b in np.ndindex(k, k):
        first = keep.T @ (V.U[a].T @ leaf_root[:, b])
        second = keep.T @ (V.U[b].T @ leaf_root[:, a])
        own = leaf_root[:, a].T @ leaf_root[:, b]
        for s, columns in enumerate(slices, start=1):
            k_s = factors[s].n_columns
            for c, d in np.ndindex(k_s, k_s):
                left = slice(columns.start + c, columns.stop, k_s)
                right = slice(columns.start + d, columns.stop, k_s)
                value = inner(keep[:, left], kept[a, b][:, right])
                value -= float(np.vdot(first[left], core_root[right]))
                value -= float(np.vdot(second[right], core_root[left]))
                value += float(np.vdot(core_root[left] @ own, core_root[right]))
                result[0, s][a, b, c, d] = value
    transposed = {(s, t): Q.transpose(2, 3, 0, 1) for (t, s), Q in result.items()}
    return result | transposed


def _cross_kept(
    V: Marginal,
    a: int,
    b: int,
    CX: dict[tuple[int, int], CoreMatrix],
    inverse_Sigma: BlockScaler | None,
) -> CoreMatrix:
    """X_ab (I - C A)."""
    XC = transposed(CX[b, a])
    if inverse_Sigma is not None:
        return inverse_Sigma.after(XC)
    X, taken = cross(V.U[a], V.U[b]), XC @ V.A
    if isinstance(taken, np.ndarray) and not isinstance(X, np.ndarray):
        X = X.toarray()
    rest: CoreMatrix = X - taken
    return rest
