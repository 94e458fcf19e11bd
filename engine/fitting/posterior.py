"""Group effects with their uncertainty, and leverages: all from one Evaluation.

Given theta, effects and coefficients are jointly normal around their estimates with
Henderson's covariance. Sigma h are the BLUPs; Cov(b | y) = sigma^2 blockwise from

    core:       C                      leaf given core: W_l - (W_l B_l) regression
    leaf, core: -W_l B_l C             leaf:            W_l + W_l B_l C B_l' W_l

(Henderson 1984; Bates et al. 2015, J. Stat. Softw. 67(1), eq. 58 for the conditional
part.) Everything is on the inner, whitened scale; result.py translates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from engine.fitting.cells import CHUNK_BYTES
from engine.fitting.core_matrices import diagonal_blocks
from engine.fitting.level_blocks import by_left, by_right
from engine.fitting.vectors import by_factor

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitting.border import Border
    from engine.fitting.criterion import Evaluation
    from engine.fitting.marginal import Marginal


def blups(evaluation: Evaluation) -> list[FloatArray]:
    """Best linear unbiased predictions of the effects, Sigma h.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    list of ndarray of shape (J, k)
        By factor, leaf first; inner scale.
    """
    e = evaluation
    return [
        (Sigma @ h[:, 0]).T
        for h, Sigma in zip(by_factor(e.products, e.h), e.V.sigmas, strict=False)
    ]


def conditional_covariances(evaluation: Evaluation) -> list[FloatArray]:
    """Cov(b_l | y, beta) / sigma^2 for each level l.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    list of ndarray of shape (J, k, k)
        By factor, leaf first.
    """
    V = evaluation.V
    if not V.sigmas:
        return []
    products, Sigma = V.products, V.sigmas[0]
    leaf = V.W
    if V.core is not None:  # W_l B_l = Sigma_1 (shrink_l B_l) = Sigma_1 U_l
        leaf = leaf + by_right(by_left(Sigma, V.core_blocks(V.C)), Sigma)
    result: list[FloatArray] = [leaf.transpose(2, 0, 1)]
    for t, part in enumerate(products.core_slices, start=1):
        result.append(diagonal_blocks(V.C, part, products.factors[t].n_columns))
    if V.border is None or products.border is None:
        return result
    for t, own in enumerate(_through_border(V, V.border)):
        result[t] = result[t] + np.einsum("ayl,byl->lab", own, own)
    for t, part in enumerate(products.border.slices, start=len(result)):
        k = products.factors[t].n_columns
        result.append(diagonal_blocks(V.border.M, part, k))
    return result


def _through_border(V: Marginal, border: Border) -> list[FloatArray]:
    """Sigma N M^(1/2) of the other factors: how the border's effects move theirs."""
    first = 1 + len(V.products.core_slices)
    parts = by_factor(V.products, border.N @ border.M_root)[:first]
    return [
        by_left(Sigma, np.ascontiguousarray(own))
        for Sigma, own in zip(V.sigmas, parts, strict=False)
    ]


def coefficient_effect_covariances(evaluation: Evaluation) -> list[FloatArray]:
    """Sigma N for each level: the regression of effects' errors on beta's.

    Cov(beta, b_l - b) = -sigma^2 C (Sigma N_l)', and Cov(b_l - b) is the conditional
    covariance plus sigma^2 (Sigma N_l) C (Sigma N_l)'.

    Returns
    -------
    list of ndarray of shape (J, k, p)
        By factor, leaf first.
    """
    e = evaluation
    return [
        Sigma @ N.transpose(2, 0, 1)
        for N, Sigma in zip(by_factor(e.products, e.N), e.V.sigmas, strict=False)
    ]


def leverages(
    evaluation: Evaluation,
    Q: FloatArray,
    Z: list[FloatArray],
    codes: list[IntArray],
) -> FloatArray:
    """Diagonal of the matrix that maps y to its conditional fitted values.

    h_i = a_i C a_i' + z_i Cov(b | y) z_i' with a_i = q_i - z_i Sigma N.

    Parameters
    ----------
    evaluation : Evaluation
    Q : ndarray of shape (n, p)
        Orthonormal fixed columns of the (weighted) rows.
    Z : list of ndarray of shape (n, k)
        Whitened columns of each factor, leaf first.
    codes : list of ndarray of shape (n,)
        Levels of each factor.

    Returns
    -------
    ndarray of shape (n,)
    """
    e, V = evaluation, evaluation.V
    a = Q.copy()
    parts = coefficient_effect_covariances(e)
    for part, z, code in zip(parts, Z, codes, strict=True):
        a -= np.einsum("ik,ikp->ip", z, part[code])
    h: FloatArray = np.einsum("ip,pr,ir->i", a, e.C, a, optimize=True)
    if not Z:
        return h
    W = V.W.transpose(2, 0, 1)
    h += np.einsum("ia,iab,ib->i", Z[0], W[codes[0]], Z[0], optimize=True)
    if V.core is not None:
        n_core = 1 + len(V.products.core_slices)
        h += _core_leverage(e, Z[:n_core], codes[:n_core])
        if V.border is not None:
            h += _border_leverage(V, V.border, Z, codes)
    return h


def _border_leverage(
    V: Marginal, border: Border, Z: list[FloatArray], codes: list[IntArray]
) -> FloatArray:
    """g_i M g_i' with g_i = z_yi - N'Sigma z_i: the border's part, given the others."""
    assert V.products.border is not None
    through = _through_border(V, border)
    h, first = np.empty(len(codes[0])), len(through)
    rows = max(1, CHUNK_BYTES // (8 * len(border.A)))
    for start in range(0, len(h), rows):
        at = slice(start, start + rows)
        g = np.zeros((len(h[at]), len(border.A)))
        for part, z, code in zip(
            V.products.border.slices, Z[first:], codes[first:], strict=True
        ):
            for a in range(z.shape[1]):
                g += z[at, a, None] * border.M_root[part][a :: z.shape[1]][code[at]]
        for own, z, code in zip(through, Z, codes, strict=False):
            for a in range(z.shape[1]):
                g -= z[at, a, None] * own[a].T[code[at]]
        h[at] = np.einsum("iy,iy->i", g, g)
    return h


def _core_leverage(
    evaluation: Evaluation, Z: list[FloatArray], codes: list[IntArray]
) -> FloatArray:
    """g_i C g_i' with g_i = z_2i - B_l' W_l z_1i: the core's part, given the leaf."""
    V, n = evaluation.V, len(codes[0])
    slices = V.products.core_slices
    where = [
        part.start + code[:, None] * z.shape[1] + np.arange(z.shape[1])
        for part, code, z in zip(slices, codes[1:], Z[1:], strict=True)
    ]
    columns, values = np.concatenate(where, axis=1), np.concatenate(Z[1:], axis=1)
    starts = np.arange(0, columns.size + 1, columns.shape[1])
    q = V.q
    g = sparse.csr_array((values.ravel(), columns.ravel(), starts), shape=(n, q))
    assert V.products.cells is not None
    absorbed = Z[0] @ V.sigmas[0]
    U = V.products.cells.scaled(V.shrink)
    for a, own in enumerate(absorbed.T):
        g = g - U.rows_at(a, codes[0]).multiply(own[:, None])
    g = sparse.csr_array(g)
    h = np.empty(n)
    rows = max(1, CHUNK_BYTES // (8 * q))
    for start in range(0, n, rows):
        part = slice(start, start + rows)
        h[part] = g[part].multiply(g[part] @ V.C).sum(axis=1)
    if V.is_selected:
        _complete(V, h, g, codes[0], columns)
    return h


def _complete(
    V: Marginal,
    h: FloatArray,
    g: sparse.csr_array,
    leaf: IntArray,
    columns: IntArray,
) -> None:
    """Work g_i C g_i' out again for rows whose levels were never seen together.

    Of a core that is eliminated C is known only for levels that one leaf level meets.
    """
    assert V.core is not None
    assert V.products.cells is not None
    n, width = columns.shape
    starts = np.arange(0, n * width + 1, width)
    shape = (n, V.q)
    own = sparse.csr_array((np.ones(n * width), columns.ravel(), starts), shape=shape)
    met = V.products.cells.rows_at(0, leaf)
    met.data[:] = 1.0
    unseen = np.flatnonzero(np.asarray(own.multiply(met).sum(axis=1)) < width)
    rows = max(1, CHUNK_BYTES // (8 * V.q))
    for start in range(0, len(unseen), rows):
        some = unseen[start : start + rows]
        dense = g[some].toarray()
        h[some] = np.einsum("iq,qi->i", dense, V.core.times(dense.T))
