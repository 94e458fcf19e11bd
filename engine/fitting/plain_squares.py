"""Level-summed squares of Z'Z - f f': those of K before there is any variance.

With f = Z'Q this is Z'MZ, M taking out what X explains. Nothing is factored: each pair
of factors needs only the numbers of its own sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.fitting.block_squares import block_squares, own_squares, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.block_squares import Squares
    from engine.fitting.core_matrices import CoreMatrix
    from engine.fitting.crossproducts import CrossProducts

Parts = dict[tuple[int, int], "CoreMatrix"]


def plain_squares(products: CrossProducts, f: Sequence[FloatArray]) -> Squares:
    """Q_ts of Z'Z - f f' for every pair of factors.

    Parameters
    ----------
    products : CrossProducts
    f : sequence of ndarray of shape (k, r, J)
        By factor.

    Returns
    -------
    dict of (int, int) to ndarray of shape (k_t, k_t, k_s, k_s)
    """
    rows = [[part.T for part in own] for own in f]
    result: Squares = {(0, 0): own_squares(products.leaf_ZZ, f[0])}
    for s in range(1, len(f)):
        for t in range(s + 1):
            Q = block_squares(_parts(products, t, s), rows[t], rows[s])
            result[t, s], result[s, t] = Q, Q.transpose(2, 3, 0, 1)
    return result


def _parts(products: CrossProducts, t: int, s: int) -> Parts:
    """Z_t'Z_s by columns of both, t <= s: matrices of shape (J_t, J_s)."""
    k, columns = (products.factors[own].n_columns for own in (t, s))
    n_core = 1 + len(products.core_slices)
    if s < n_core:
        here = products.core_slices[s - 1]
        if t:
            there = products.core_slices[t - 1]
            return parts_of(products.core_ZZ[there, here], k, columns)
        assert products.cells is not None
        whole = [cells[:, here] for cells in products.cells.matrices]
        return {
            (a, c): whole[a][:, c::columns] for a in range(k) for c in range(columns)
        }
    border = products.border
    assert border is not None
    here = border.slices[s - n_core]
    if not t:
        leaf = border.leaf_ZZ[:, here]
        return {(a, c): leaf[a, c::columns].T for a in range(k) for c in range(columns)}
    if t < n_core:
        return parts_of(border.core_ZZ[products.core_slices[t - 1], here], k, columns)
    return parts_of(border.ZZ[border.slices[t - n_core], here], k, columns)
