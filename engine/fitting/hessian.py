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

from engine.fitting.criterion import by_factor, data_information, score, within_factor
from engine.fitting.marginal import flat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.marginal import Marginal
    from engine.model.covariance import Entry


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
    root = _projection_root(evaluation)
    result = {(0, 0): _leaf_squares(evaluation.V, root[0])}
    if evaluation.V.U:
        result |= _core_squares(evaluation, root)
    return result


def _projection_root(evaluation: Evaluation) -> list[FloatArray]:
    """Rows of Z'V^-1X (X'V^-1X)^(-1/2) by factor; no columns for ML."""
    e = evaluation
    parts = by_factor(e, e.N)
    if not e.is_reml or not len(e.C):
        return [part[:, :, :0] for part in parts]
    return [part @ np.linalg.cholesky(e.C) for part in parts]


def _leaf_squares(V: Marginal, projection: FloatArray) -> FloatArray:
    """Q of the leaf with itself: K_lm = [l = m] K_l - f_l f_m', f of low rank."""
    K = V.shrink @ V.products.leaf_ZZ
    own = V.core_blocks() + projection @ projection.transpose(0, 2, 1)
    squares: FloatArray = np.einsum("jac,jbd->abcd", K, K, optimize=True)
    squares -= np.einsum("jac,jbd->abcd", K, own, optimize=True)
    squares -= np.einsum("jac,jbd->abcd", own, K, optimize=True)
    gram = _low_rank_gram(V, projection)
    squares += np.einsum("abrs,cdrs->abcd", gram, gram, optimize=True)
    return squares


def _low_rank_gram(V: Marginal, projection: FloatArray) -> FloatArray:
    """sum_l f_la' f_lb with f = [U C^(1/2), projection]: shape (k, k, r, r)."""
    k, p = projection.shape[1:]
    q = len(V.C)
    gram = np.empty((k, k, q + p, q + p))
    root = _symmetric_root(V.C)
    for a in range(k):
        for b in range(k):
            gram[a, b, q:, q:] = projection[:, a].T @ projection[:, b]
            if q:
                gram[a, b, :q, :q] = root.T @ (V.U[a].T @ V.U[b]).toarray() @ root
                gram[a, b, :q, q:] = root.T @ (V.U[a].T @ projection[:, b])
                gram[a, b, q:, :q] = (root.T @ (V.U[b].T @ projection[:, a])).T
    return gram


def _symmetric_root(C: FloatArray) -> FloatArray:
    """A square root of a positive semidefinite matrix."""
    if not len(C):
        return C
    values, vectors = np.linalg.eigh(C)
    root: FloatArray = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _core_squares(
    evaluation: Evaluation, root: list[FloatArray]
) -> dict[tuple[int, int], FloatArray]:
    """Q between the leaf and the core's factors, and among those."""
    V = evaluation.V
    factors, slices = V.products.factors, V.products.core_slices
    core_root = np.concatenate([flat(part) for part in root[1:]])
    K = V.A - V.A @ V.C @ V.A - core_root @ core_root.T
    result = {}
    for s, columns in enumerate(slices, start=1):
        k_s = factors[s].n_columns
        for t, rows in enumerate(slices, start=1):
            k_t = factors[t].n_columns
            block = K[rows, columns].reshape(-1, k_t, columns.stop - columns.start)
            block = block.reshape(block.shape[0], k_t, -1, k_s)
            result[t, s] = np.einsum("lamc,lbmd->abcd", block, block, optimize=True)
    result |= _leaf_core_squares(V, root[0], core_root)
    return result


def _leaf_core_squares(
    V: Marginal, leaf_root: FloatArray, core_root: FloatArray
) -> dict[tuple[int, int], FloatArray]:
    """Q between the leaf and each core factor, from K_12 = U (I - C A) - f_1 f_2'."""
    k = len(V.U)
    keep = np.eye(len(V.A)) - V.C @ V.A
    factors, slices = V.products.factors, V.products.core_slices
    result: dict[tuple[int, int], FloatArray] = {
        (0, s): np.empty((k, k, factors[s].n_columns, factors[s].n_columns))
        for s in range(1, len(factors))
    }
    for a in range(k):
        for b in range(k):
            product = keep.T @ (V.U[a].T @ V.U[b]).toarray() @ keep
            mixed = keep.T @ (V.U[a].T @ leaf_root[:, b]) @ core_root.T
            mixed += core_root @ (V.U[b].T @ leaf_root[:, a]).T @ keep
            own = core_root @ (leaf_root[:, a].T @ leaf_root[:, b]) @ core_root.T
            product += own - mixed
            for s, columns in enumerate(slices, start=1):
                k_s = factors[s].n_columns
                block = product[columns, columns]
                for c in range(k_s):
                    for d in range(k_s):
                        result[0, s][a, b, c, d] = np.trace(block[c::k_s, d::k_s])
    transposed = {(s, t): Q.transpose(2, 3, 0, 1) for (t, s), Q in result.items()}
    return result | transposed
