"""The criterion from n x n matrices in extended precision: slow, and sure.

Double precision would not do: where groups explain nearly all, or units differ by a
million, brute force in it is further off than the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.engine.simulated import dense_Z

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.design import Design


def roots_of(products: CrossProducts, theta: FloatArray) -> list[FloatArray]:
    """Covariance factors of the design's own columns, by block, at inner theta."""
    roots: dict[int, FloatArray] = {}
    lambdas = products.layout.lambdas(theta)
    for factor, Lambda in zip(products.factors, lambdas, strict=True):
        for where, index, T in zip(
            factor.blocks, factor.block_indices, factor.transforms, strict=True
        ):
            roots[index] = np.linalg.solve(T, Lambda[where, where])
    return [roots[index] for index in sorted(roots)]


def extended_criterion(
    design: Design, products: CrossProducts, theta: FloatArray, *, is_reml: bool
) -> float:
    """Criterion at inner theta, with as many digits as the machine has.

    Parameters
    ----------
    design : Design
    products : CrossProducts
        Of the design: which columns of X are kept, and the scale of theta.
    theta : ndarray of shape (n_theta,)
    is_reml : bool

    Returns
    -------
    float
    """
    wide = np.longdouble
    n, weights = len(design.y), design.weights
    V = np.eye(n, dtype=wide) if weights is None else np.diag(1 / weights.astype(wide))
    for Z, root in zip(dense_Z(design), roots_of(products, theta), strict=True):
        blocks = np.kron(np.eye(Z.shape[1] // len(root)), root).astype(wide)
        scaled = Z.astype(wide) @ blocks
        V += scaled @ scaled.T
    y = design.y if design.offset is None else design.y - design.offset
    Xy = np.column_stack([design.X[:, list(products.kept)], y]).astype(wide)
    L = _cholesky(V)
    whitened = _forward(L, Xy)
    R = _cholesky(whitened.T @ whitened)
    p = len(products.kept)
    nu = n - p if is_reml else n
    value = 2 * np.log(np.diag(L)).sum()
    value += nu * (1 + np.log(2 * wide(np.pi) * R[p, p] ** 2 / nu))
    if is_reml:
        value += 2 * np.log(np.diag(R)[:p]).sum()
    return float(value)


def _cholesky(A: FloatArray) -> FloatArray:
    """Lower factor; LAPACK knows no extended precision."""
    L = A.copy()
    for j in range(len(L)):
        L[j, j] = np.sqrt(L[j, j] - L[j, :j] @ L[j, :j])
        L[j + 1 :, j] = (L[j + 1 :, j] - L[j + 1 :, :j] @ L[j, :j]) / L[j, j]
    return np.tril(L)


def _forward(L: FloatArray, B: FloatArray) -> FloatArray:
    """L^-1 B."""
    X = B.copy()
    for j in range(len(L)):
        X[j] = (X[j] - L[j, :j] @ X[:j]) / L[j, j]
    return X
