"""The conditional covariance of the core's effects, worked out as far as it is asked.

C = Lambda_2 S^-1 Lambda_2' with S = I + Lambda_2' A Lambda_2. Products with vectors
need Cholesky's factor of S only; the slope needs sums over parts of C, for which
single precision is enough where the core is large; the curvature needs all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from engine.fitting.core_matrices import Parts, mirrored
from engine.fitting.elimination import Eliminated
from engine.fitting.panels import cholesky_factor, inverse_from_factor

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray
    from engine.fitting.core_matrices import BlockScaler, CoreMatrix
    from engine.fitting.elimination import Elimination

SINGLE_FROM = 600
"""Columns from which `rough` is in single precision."""
LARGEST_SPREAD = 1e6
"""Condition of S, judged by its factor, beyond which it never is."""


def is_large(q: int) -> bool:
    """Whether single precision saves notable time with so many columns."""
    return q >= SINGLE_FROM


class CoreInverse:
    """C, by a factor of S, by the inverses of its parts, or layer by layer.

    Parameters
    ----------
    S : CoreMatrix
        Positive definite; a dense one is overwritten, and only its lower triangle is
        read. In single precision all that follows has seven digits.
    scaler : BlockScaler
        Lambda_2.
    parts : Parts or Elimination or None
        Of a sparse S.

    Attributes
    ----------
    log_det : float
        log |S|.

    Raises
    ------
    numpy.linalg.LinAlgError
        If S is not positive definite.
    """

    def __init__(
        self, S: CoreMatrix, scaler: BlockScaler, parts: Parts | Elimination | None
    ) -> None:
        self._scaler = scaler
        self._factor: FloatArray | None = None
        self._full: CoreMatrix | None = None
        self._rough: FloatArray | None = None
        self._is_mirrored = True
        self._eliminated: Eliminated | None = None
        if isinstance(S, np.ndarray) or parts is None:
            self._factor, self.log_det = _factored(np.asarray(S))
        elif isinstance(parts, Parts):
            self.log_det, inverted = inverse_in_parts(S, parts)
            self._full = scaler.outside(inverted)
        else:
            self._eliminated = Eliminated(parts, S)
            self.log_det = self._eliminated.log_det

    def times(self, right: FloatArray) -> FloatArray:
        """C times vectors.

        Parameters
        ----------
        right : ndarray of shape (q, m)

        Returns
        -------
        ndarray of shape (q, m)
        """
        if self._factor is None and self._eliminated is None:
            product: FloatArray = self.full @ right
            return product
        half = self._scaler.rows(right, transpose=True)
        if self._eliminated is not None:
            solved = self._eliminated.solve(half)
        elif self.is_single:
            single, _ = lapack.spotrs(self._factor, half.astype(np.float32), lower=1)
            solved = single.astype(float)
        else:
            solved, _ = lapack.dpotrs(self._factor, half, lower=1)
        return self._scaler.rows(solved, transpose=False)

    @property
    def is_single(self) -> bool:
        """Whether S was factored in single precision."""
        return self._factor is not None and self._factor.dtype == np.float32

    @property
    def root(self) -> FloatArray:
        """A root of C where S is dense: Lambda_2 L^-T with S = L L'."""
        assert self._factor is not None
        inverted, _ = lapack.dtrtri(np.tril(self._factor), lower=1)
        return self._scaler.rows(inverted.T, transpose=False)

    def rest(
        self, right: FloatArray, effects: FloatArray, A: Callable[[], CoreMatrix]
    ) -> FloatArray:
        """(I - A C) times vectors, which is Sigma_2^-1 C times them.

        Parameters
        ----------
        right : ndarray of shape (q, m)
        effects : ndarray of shape (q, m)
            C times them.
        A : callable
            Gives the matrix where Lambda_2 cannot be divided by.

        Returns
        -------
        ndarray of shape (q, m)
        """
        if not self._scaler.is_invertible:
            left: FloatArray = right - A() @ effects
            return left
        return self._scaler.inverse_Sigma().rows(effects, transpose=False)

    @property
    def full(self) -> CoreMatrix:
        """C as a matrix; of an eliminated core, where its pattern has entries."""
        if self._full is None and self._eliminated is not None:
            self._full = self._scaler.outside(self._eliminated.selected_inverse())
        if self._full is None:
            assert self._factor is not None
            inverted = inverse_from_factor(self._factor.copy(order="F"))
            self._full = self._scaled(mirrored(inverted))
        return self._full

    @property
    def rough(self) -> CoreMatrix:
        """C as a matrix, to seven digits where it is large: enough for sums of it."""
        half = self.rough_half
        if self._rough is not None and not self._is_mirrored:
            self._is_mirrored = True
            mirrored(self._rough)
        return half

    @property
    def rough_half(self) -> CoreMatrix:
        """The same, of which only the lower triangle counts."""
        if self._full is not None or not self.is_rough:
            return self.full
        assert self._factor is not None
        if self._rough is None:
            single = self._factor.astype(np.float32, order="F")  # a copy in any case
            inverted = inverse_from_factor(single)
            self._is_mirrored = not self._scaler.is_diagonal
            if self._is_mirrored:
                mirrored(inverted)
            self._rough = self._scaled(inverted)
        return self._rough

    def _scaled(self, inverted: FloatArray) -> FloatArray:
        """Lambda_2 S^-1 Lambda_2', in place where possible."""
        if self._scaler.is_diagonal:
            return self._scaler.scale(inverted)
        whole = self._scaler.outside(inverted)
        assert isinstance(whole, np.ndarray)
        return whole

    @property
    def is_rough(self) -> bool:
        """Whether single precision will do for sums, and is faster."""
        if self._factor is None:
            return False
        roots = np.diag(self._factor)
        return (
            is_large(len(roots)) and (roots.max() / roots.min()) ** 2 < LARGEST_SPREAD
        )


def _factored(S: FloatArray) -> tuple[FloatArray, float]:
    """Cholesky's factor, below the diagonal, and log |S|."""
    factor = cholesky_factor(S if S.flags.f_contiguous else S.T)  # then all is there
    return factor, 2.0 * float(np.log(np.diag(factor)).sum())


def inverse_in_parts(
    S: sparse.csr_array, parts: Parts
) -> tuple[float, sparse.csr_array]:
    """Log |S| and S^-1 of a positive definite matrix that falls into parts.

    Parameters
    ----------
    S : sparse array of shape (q, q)
    parts : Parts

    Returns
    -------
    float, sparse array of shape (q, q)

    Raises
    ------
    numpy.linalg.LinAlgError
        If it is not positive definite.
    """
    entries, log_det = S.tocoo(), 0.0
    rows, columns, values = [], [], []
    for number, own in enumerate(parts.columns):
        is_own = parts.group[entries.row] == number
        i, j = entries.row[is_own], entries.col[is_own]
        blocks = np.zeros((*own.shape, own.shape[1]))
        blocks[parts.part[i], parts.place[i], parts.place[j]] = entries.data[is_own]
        roots = np.linalg.cholesky(blocks)
        log_det += 2.0 * float(np.log(np.einsum("laa->la", roots)).sum())
        inverted = np.linalg.inv(blocks)
        values.append(((inverted + inverted.transpose(0, 2, 1)) / 2).ravel())
        rows.append(np.repeat(own, own.shape[1], axis=1).ravel())
        columns.append(np.tile(own, own.shape[1]).ravel())
    places = (np.concatenate(rows), np.concatenate(columns))
    made = sparse.coo_array((np.concatenate(values), places), shape=S.shape)
    return log_det, made.tocsr()
