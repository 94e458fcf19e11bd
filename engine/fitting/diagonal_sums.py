"""Sums over levels of the diagonal blocks of K: what the slope needs of it.

K = Z'PZ (REML) or Z'V^-1Z (ML) has a block for each pair of levels; dd/dSigma reads
only those of a level with itself, summed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from engine.fitting.core_matrices import diagonal_blocks, inner
from engine.fitting.level_blocks import by_right, sum_of_products
from engine.fitting.vectors import by_factor
from engine.progress import breathe

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.border import Border
    from engine.fitting.criterion import Evaluation
    from engine.fitting.marginal import Marginal

SMALL_SIGMA = 1e-3
"""Below this, relative to the data's information, K is not taken from C."""
SOLVED_AT_ONCE = 512
"""Columns of the core whose equations are solved together."""
SOLVING = "Solving"


def diagonal_sums(evaluation: Evaluation) -> tuple[FloatArray, ...]:
    """Sums over levels of the diagonal blocks of Z'PZ (REML) or Z'V^-1Z (ML).

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    tuple of ndarray of shape (k, k)
        By factor.
    """
    e, V = evaluation, evaluation.V
    if not V.sigmas:
        return ()
    K = sum_of_products(V.shrink, V.products.leaf_ZZ)
    if V.core is not None:
        K -= V.rough_core_blocks.sum(axis=2)
    blocks = [K, *_core_diagonals(V)]
    if V.border is not None:
        blocks = _with_border(V, V.border, blocks)
    if e.is_reml:
        N = by_factor(e.products, e.N)
        pairs = zip(blocks, N, strict=True)
        blocks = [own - sum_of_products(by_right(n, e.C), n) for own, n in pairs]
    return tuple((own + own.T) / 2 for own in blocks)


def _with_border(
    V: Marginal, border: Border, without: list[FloatArray]
) -> list[FloatArray]:
    """Sums of diagonal blocks of K, from those of the other factors without it."""
    sums = V.products.border
    assert sums is not None
    blocks: list[FloatArray] = [
        own - sum_of_products(by_right(part, border.M), part)
        for own, part in zip(without, by_factor(V.products, border.N), strict=False)
    ]
    for t, part in enumerate(sums.slices, start=len(without)):
        k = V.products.factors[t].n_columns
        blocks.append(diagonal_blocks(border.K, part, k).sum(axis=0))
    return blocks


def _core_diagonals(V: Marginal) -> list[FloatArray]:
    """Sum over levels of the diagonal blocks of Z_2'V^-1Z_2 = A - A C A.

    Where Sigma is not small, C = Sigma - Sigma K Sigma gives K without a product of
    two matrices over the core.
    """
    sums: list[FloatArray] = []
    products = V.products
    for t, part in enumerate(products.core_slices, start=1):
        J, k = products.factors[t].n_levels, products.factors[t].n_columns
        Sigma = V.sigmas[t]
        if is_notable(V, t):
            taken = J * Sigma - diagonal_blocks(V.half_C, part, k).sum(axis=0)
            sums.append(np.linalg.solve(Sigma, np.linalg.solve(Sigma, taken).T))
        else:
            own = diagonal_blocks(V.A, part, k).sum(axis=0)
            sums.append(own - _taken(V, part, k))
    return sums


def is_notable(V: Marginal, t: int) -> bool:
    """Whether Sigma of a core factor is large enough to be divided by.

    Parameters
    ----------
    V : Marginal
    t : int
        The factor; the leaf is 0.

    Returns
    -------
    bool
        Whether K = Sigma^-1 (Sigma - C) Sigma^-1 keeps nearly all of its digits.
    """
    factor, part = V.products.factors[t], V.products.core_slices[t - 1]
    information = V.A_diagonal[part].sum()
    Sigma = V.sigmas[t]
    smallest = np.linalg.eigvalsh(Sigma)[0] if len(Sigma) > 1 else Sigma[0, 0]
    return bool(smallest * information > SMALL_SIGMA * factor.n_levels)


def _taken(V: Marginal, part: slice, k: int) -> FloatArray:
    """Sum over a factor's levels of the diagonal blocks of A C A."""
    if V.is_selected:
        return _taken_by_solving(V, part, k)
    AC = V.A[part] @ V.C
    block = np.empty((k, k))
    for a in range(k):
        for b in range(k):
            block[a, b] = inner(AC[a::k], V.A[part.start + b : part.stop : k])
    return block


def _taken_by_solving(V: Marginal, part: slice, k: int) -> FloatArray:
    """The same where C is known in some places only."""
    assert V.core is not None
    A, block = sparse.csr_array(V.A), np.zeros((k, k))
    width = k * max(1, SOLVED_AT_ONCE // k)
    for start in range(part.start, part.stop, width):
        breathe(SOLVING, start - part.start, part.stop - part.start)
        columns = slice(start, min(start + width, part.stop))
        own = A[:, columns].toarray()
        blocks = diagonal_blocks(own.T @ V.core.times(own), slice(0, own.shape[1]), k)
        block += blocks.sum(axis=0)
    return block
