"""Where the optimisation starts: variances and covariances by the method of moments.

Quadratic forms of the least-squares residuals are equated with their expectations. With
M = I - QQ', V_0 = I, V_i = Z X_i Z' for each free entry i of the Sigmas, and unknown
s_0 = sigma^2, s_i = sigma^2 Sigma_i,

    sum_j tr(M V_i M V_j) s_j = y'M V_i M y          i = 0, 1, ...

(MINQUE with no variance assumed beforehand: Rao 1971, J. Multivariate Anal. 1, 445). In
balanced data these are the REML estimates themselves, unless one is negative (Searle,
Casella and McCulloch 1992, Variance Components, section 11.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_matrices import diagonal_blocks
from engine.fitting.hessian import traces
from engine.fitting.level_blocks import gram, product, ridge_inverse, sum_of_products
from engine.fitting.plain_squares import plain_squares
from engine.fitting.vectors import Vectors, by_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.block_squares import Squares
    from engine.fitting.core_matrices import CoreMatrix
    from engine.fitting.crossproducts import CrossProducts
    from engine.fitting.factors import Factor
    from engine.model.covariance import Entry, Layout

SMALLEST_RATIO, NOTABLE_RATIO, LARGEST_RATIO = 1e-3, 0.1, 1e3
LARGEST_FROM_LEVELS = 1e8
"""Bounds of the starting variance ratios: the lowest for a single column, the second
for several of one grouping. The optimum may lie outside them."""
SMALLEST_SHARE = 0.05
"""The residual variance starts with at least this share of all variance."""
LITTLE = 0.1
"""Share of all variance that regressions in each level leave where they are trusted."""
CLEAR = 1e-4
"""Share of the largest eigenvalue from which Z_l'Z_l has all its columns."""
SAFE = 0.1
"""Smallest eigenvalue of correlations that are started from: stronger ones are made
weaker, as near a perfect one the search may not find back."""
DEPENDENT = 1e-10
"""Share of the largest singular value below which equations say the same."""


def moment_start(products: CrossProducts) -> FloatArray:
    """Guess theta by equating squared sums of residuals with their expectations.

    Parameters
    ----------
    products : CrossProducts

    Returns
    -------
    ndarray of shape (n_theta,)
    """
    p, layout = products.p, products.layout
    if not products.factors:
        return np.zeros(0)
    of_levels = _from_levels(products)
    if of_levels is not None:
        return _theta([of_levels], products.factors, layout, LARGEST_FROM_LEVELS)
    ZQy = by_factor(products, _whole_ZQy(products, slice(None)))
    f = [own[:, :p] for own in ZQy]
    h = [own[:, p] for own in ZQy]
    forms = [own @ own.T for own in h]
    whole = zip(_diagonal_blocks(products), f, strict=True)
    K = [own - sum_of_products(part, part) for own, part in whole]
    residual = (float(products.n), products.n - p)  # y'y: its mean square is one
    found = _solved(plain_squares(products, f), K, forms, residual, layout)
    return _theta(found, products.factors, layout, LARGEST_RATIO)


def _from_levels(products: CrossProducts) -> FloatArray | None:
    """Sigma from a regression in each level, where levels explain nearly all of y.

    Equal weights for all levels are then the right ones, and the residual variance is
    what the regressions leave. None where that is not little, levels are too few, or
    there is a core beside them.
    """
    G, p = products.leaf_ZZ, products.p
    k, _, J = G.shape
    df = products.n - k * J
    is_alone = products.cells is None
    if not is_alone or products.left_by_leaf >= LITTLE * df:  # y'y / n is one
        return None
    values = np.linalg.eigvalsh(G.transpose(2, 0, 1))
    is_full = values[:, 0] > CLEAR * values[:, -1]
    if df <= 0 or is_full.sum() <= k:
        return None
    right = products.leaf_ZQy[:, p:]
    inverse = ridge_inverse(G)
    effects = product(inverse, right)
    left = products.QyQy[p, p] - float(np.vdot(effects, right))
    residual = max(left, 0.0) / df
    if not 0.0 < residual < LITTLE:
        return None
    if products.shift is not None:
        effects = effects + products.shift[:, p:]
    of_levels = effects[:, 0, is_full]
    raw = of_levels @ of_levels.T / of_levels.shape[1]
    found: FloatArray = raw / residual - inverse[:, :, is_full].mean(axis=2)
    return found


def _solved(
    squares: Squares,
    K: Sequence[FloatArray],
    forms: Sequence[FloatArray],
    residual: tuple[float, int],
    layout: Layout,
) -> list[FloatArray]:
    """Solve the equations for Sigma of each factor, perhaps no covariances.

    `squares` are the level-summed ones of Z'MZ, `K` its diagonal blocks and `forms` the
    products h_l h_l' of h = Z'My, both summed over levels; `residual` is y'My, n - p.
    """
    entries, r = layout.entries, len(layout.entries)
    X = [_direction(entry, layout.sizes[entry.factor]) for entry in entries]
    along = [(i.factor, X_i) for i, X_i in zip(entries, X, strict=True)]
    matrix = np.empty((r + 1, r + 1))
    matrix[:r, :r] = traces(squares, entries, X)
    matrix[:r, r] = matrix[r, :r] = [np.vdot(K[t], X_i) for t, X_i in along]
    right = np.array([*(np.vdot(forms[t], X_i) for t, X_i in along), residual[0]])
    matrix[r, r] = residual[1]
    squared = matrix.diagonal()
    scale = np.sqrt(np.where(squared > 0, squared, 1.0))  # none: X has those columns
    matrix /= scale[:, None] * scale
    values = np.linalg.lstsq(matrix, right / scale, rcond=DEPENDENT)[0] / scale
    values /= max(values[r], SMALLEST_SHARE * residual[0] / residual[1])
    found: list[FloatArray] = [np.zeros((k, k)) for k in layout.sizes]
    for value, i in zip(values[:r], entries, strict=True):
        found[i.factor][i.row, i.column] = found[i.factor][i.column, i.row] = value
    return found


def _theta(
    sigmas: Sequence[FloatArray],
    factors: Sequence[Factor],
    layout: Layout,
    largest: float,
) -> FloatArray:
    """Theta of the nearest Sigmas whose variance ratios lie within the bounds."""
    roots = []
    for factor, Sigma in zip(factors, sigmas, strict=True):
        root = np.zeros_like(Sigma)
        for block in factor.blocks:
            bounds = SMALLEST_RATIO if len(Sigma) == 1 else NOTABLE_RATIO, largest
            root[block, block] = _safe_root(Sigma[block, block], bounds)
        roots.append(root)
    return layout.theta(roots)


def _safe_root(Sigma: FloatArray, bounds: tuple[float, float]) -> FloatArray:
    """A root of the nearest covariance from which the search can go anywhere."""
    variances = Sigma.diagonal()
    sd = np.sqrt(np.clip(variances, *bounds))
    if len(Sigma) == 1:
        return sd[:, None]
    correlations = Sigma / (sd[:, None] * sd)
    unknown = (variances < bounds[0]) | (variances > bounds[1])
    correlations[unknown] = correlations[:, unknown] = 0.0
    np.fill_diagonal(correlations, 1.0)
    smallest = np.linalg.eigvalsh(correlations)[0]
    if smallest < SAFE:
        correlations *= (1.0 - SAFE) / (1.0 - smallest)
        np.fill_diagonal(correlations, 1.0)
    return sd[:, None] * np.linalg.cholesky(correlations)


def _direction(entry: Entry, k: int) -> FloatArray:
    """X_i: the derivative of Sigma along one of its elements, and its mirror image."""
    X = np.zeros((k, k))
    X[entry.row, entry.column] = X[entry.column, entry.row] = 1.0
    return X


def _whole_ZQy(products: CrossProducts, columns: slice) -> Vectors:
    """Columns of Z'[Q y], effects that were taken out of them put back."""
    leaf, core = products.leaf_ZQy[:, columns], products.core_ZQy[:, columns]
    border = products.border_ZQy[:, columns]
    if products.shift is None:
        return Vectors(leaf, core, border)
    effects = products.shift[:, columns]
    leaf = leaf + product(products.leaf_ZZ, effects)
    if products.cells is not None:
        core = core + products.cells.transposed_times(effects)
    if products.border is not None:
        border = border + gram(products.border.leaf_ZZ, effects)
    return Vectors(leaf, core, border)


def column_products(products: CrossProducts) -> list[tuple[FloatArray, FloatArray]]:
    """Z_t'Z_t of the whole columns of each factor, and their Z_t'Q.

    Parameters
    ----------
    products : CrossProducts

    Returns
    -------
    list of (ndarray of shape (k, k), ndarray of shape (k, p))
        The rows' levels do not matter here.
    """
    ZQ = _whole_ZQy(products, slice(0, products.p))
    sums = [own.sum(axis=2) for own in by_factor(products, ZQ)]
    return list(zip(_diagonal_blocks(products), sums, strict=True))


def _diagonal_blocks(products: CrossProducts) -> list[FloatArray]:
    """Sums over levels of Z_l'Z_l for each factor: shape (k, k)."""
    whole: list[tuple[CoreMatrix, slice]] = [
        (products.core_ZZ, part) for part in products.core_slices
    ]
    if products.border is not None:
        whole += [(products.border.ZZ, part) for part in products.border.slices]
    own = [products.leaf_ZZ.sum(axis=2)]
    for factor, (ZZ, part) in zip(products.factors[1:], whole, strict=True):
        own.append(diagonal_blocks(ZZ, part, factor.n_columns).sum(axis=0))
    return own
