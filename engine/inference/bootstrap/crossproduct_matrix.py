"""Z'[Z Q y] of all grouping factors side by side, as dense arrays.

Order of Z's columns: factor, level, column of the level. A model whose Z has a few
thousand columns at most can be treated as a whole; what the fit keeps in parts is put
together here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.cells import Cells
    from engine.fitting.core_matrices import CoreMatrix
    from engine.fitting.crossproducts import CrossProducts


@dataclass(frozen=True, slots=True)
class CrossproductMatrix:
    """Sums over rows on the inner scale; Q'Q = I.

    Attributes
    ----------
    ZZ : ndarray of shape (q, q)
    ZQ : ndarray of shape (q, p)
    Zy : ndarray of shape (q,)
    Qy : ndarray of shape (p,)
    yy : float
    """

    ZZ: FloatArray
    ZQ: FloatArray
    Zy: FloatArray
    Qy: FloatArray
    yy: float


def crossproduct_matrix(products: CrossProducts) -> CrossproductMatrix:
    """Put the cross-products of all factors together.

    Parameters
    ----------
    products : CrossProducts
        With one factor at least; not modified.

    Returns
    -------
    CrossproductMatrix
    """
    k, _, J = products.leaf_ZZ.shape
    n_leaf, q = k * J, k * J + products.core_ZZ.shape[0]
    n_border = 0 if products.border is None else products.border.q
    ZZ = np.zeros((q + n_border,) * 2)
    leaf, core = slice(0, n_leaf), slice(n_leaf, q)
    ZZ[leaf, leaf] = _block_diagonal(products.leaf_ZZ)
    ZZ[core, core] = _dense(products.core_ZZ)
    if products.cells is not None:
        ZZ[leaf, core] = _by_rows(products.cells, J)
    if products.border is not None:
        border = slice(q, None)
        ZZ[leaf, border] = _leaf_rows(products.border.leaf_ZZ)
        ZZ[core, border] = products.border.core_ZZ
        ZZ[border, border] = products.border.ZZ
    ZZ[n_leaf:, leaf] = ZZ[leaf, n_leaf:].T
    ZZ[q:, core] = ZZ[core, q:].T
    leaf_ZQy = _leaf_rows(products.leaf_ZQy)
    ZQy = np.concatenate([leaf_ZQy, products.core_ZQy, products.border_ZQy])
    QyQy = products.QyQy
    if products.shift is not None:  # effects that were taken out are put back
        shift = _leaf_rows(products.shift)
        cross = shift.T @ leaf_ZQy
        QyQy = QyQy + cross + cross.T + shift.T @ ZZ[leaf, leaf] @ shift
        ZQy += ZZ[:, leaf] @ shift
    p = products.p
    return CrossproductMatrix(ZZ, ZQy[:, :p], ZQy[:, p], QyQy[:p, p], float(QyQy[p, p]))


def _block_diagonal(blocks: FloatArray) -> FloatArray:
    """Blocks of shape (k, k, J) along the diagonal, level by level."""
    k, _, J = blocks.shape
    made = np.zeros((J, k, J, k))
    made[np.arange(J), :, np.arange(J)] = blocks.transpose(2, 0, 1)
    return made.reshape(J * k, J * k)


def _leaf_rows(blocks: FloatArray) -> FloatArray:
    """Blocks of shape (k, m, J) below each other, level by level."""
    made: FloatArray = blocks.transpose(2, 0, 1).reshape(-1, blocks.shape[1])
    return made


def _by_rows(cells: Cells, J: int) -> FloatArray:
    """Z_1'Z_2, level by level."""
    own = np.stack([_dense(B) for B in cells.matrices], axis=1)
    return own.reshape(J * own.shape[1], -1)


def _dense(matrix: CoreMatrix) -> FloatArray:
    """A matrix that may be kept as a sparse one."""
    made: FloatArray = matrix.toarray() if sparse.issparse(matrix) else matrix
    return made
