"""Balanced designs: all A_i are diagonal in one basis, and replicates are a few sums.

Where the A_i commute and the random effects do not meet X beside them, D is diagonal
with elements 1 + delta_k . gamma, and rows with equal delta are pooled: of w only the
sums of squares W_k remain, W_k ~ s^2 (1 + delta_k . gamma) chi^2 with as many degrees
of freedom as there are rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import null_space

from engine.inference.bootstrap.variance_criterion import Squares, Traces

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.inference.bootstrap.variance_model import VarianceModel

COMMUTING = 1e-9
"""Share of the products' size below which A_s A_t - A_t A_s is rounding."""
EQUAL = 1e-9
"""Share of the largest delta within which two are equal."""
SEED = 20


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Common eigenvectors of commuting matrices.

    Attributes
    ----------
    vectors : ndarray of shape (r, r)
    delta : ndarray of shape (n_classes, m)
        Distinct rows of eigenvalues, one for each matrix.
    of_row : ndarray of int, shape (r,)
        The class of each eigenvector.
    """

    vectors: FloatArray
    delta: FloatArray
    of_row: IntArray

    @property
    def counts(self) -> FloatArray:
        """Eigenvectors in each class."""
        return np.bincount(self.of_row, minlength=len(self.delta)).astype(float)

    def pooled(self, w: FloatArray) -> FloatArray:
        """Sums of squares by class: shape (n_classes, B)."""
        member = np.zeros((len(self.delta), len(self.of_row)))
        member[self.of_row, np.arange(len(self.of_row))] = 1.0
        made: FloatArray = member @ (self.vectors.T @ w) ** 2
        return made


def spectrum(A: FloatArray) -> Spectrum | None:
    """Diagonalise symmetric matrices together, if they commute.

    Parameters
    ----------
    A : ndarray of shape (m, r, r)

    Returns
    -------
    Spectrum or None
    """
    m, r = A.shape[:2]
    size = max((float(np.abs(a).max(initial=0.0)) for a in A), default=0.0)
    for a, b in combinations(A, 2):
        product = a @ b
        if np.abs(product - product.T).max(initial=0.0) > COMMUTING * r * size**2:
            return None
    # a random combination has no equal eigenvalues but where all matrices have
    weights = np.random.default_rng(SEED).uniform(0.5, 1.5, m)
    vectors = np.linalg.eigh(np.tensordot(weights, A, 1))[1] if m else np.eye(r)
    own = [np.einsum("ij,ij->j", vectors, a @ vectors) for a in A]
    delta = np.array(own).reshape(m, r).T
    delta[np.abs(delta) < EQUAL * size] = 0.0
    rounded = np.round(delta / (EQUAL * size or 1.0))
    _, first, of_row = np.unique(
        rounded, axis=0, return_index=True, return_inverse=True
    )
    return Spectrum(vectors, delta[first], of_row.ravel())


class SpectralSystem:
    """D that is diagonal, with equal elements pooled.

    Parameters
    ----------
    delta : ndarray of shape (n_classes, m)
    counts : ndarray of shape (n_classes,)
    """

    def __init__(self, delta: FloatArray, counts: FloatArray) -> None:
        self.delta, self.counts = delta, counts
        products = delta[:, :, None] * delta[:, None]
        self.products = products.reshape(len(delta), -1).T.copy()

    def rotate(self, w: FloatArray) -> FloatArray:
        """Sums of squares are read as they are."""
        return w

    def rotate_back(self, x: FloatArray) -> FloatArray:
        """The same."""
        return x

    def factor(self, s: FloatArray) -> FactoredSpectrum:
        """The elements of D."""
        return FactoredSpectrum(self, 1 / (1.0 + self.delta @ s))

    def shared(self, s: FloatArray, w: FloatArray) -> FloatArray:
        """w'D^-1 w of all replicates at one point of shape (m,)."""
        made: FloatArray = (1 / (1.0 + self.delta @ s)) @ w
        return made


@dataclass(frozen=True)
class FactoredSpectrum:
    """One over D's elements: `inverse`, shape (n_classes, B)."""

    system: SpectralSystem
    inverse: FloatArray

    @cached_property
    def log_det(self) -> FloatArray:
        """log|D|: shape (B,)."""
        made: FloatArray = -(self.system.counts @ np.log(self.inverse))
        return made

    def traces(self) -> Traces:
        """Of products with D^-1."""
        first = self.system.counts[:, None] * self.inverse
        return Traces(self.system.delta.T @ first, self._pairs(first * self.inverse))

    def solve(self, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        """w'D^-1 w by class, as sums of squares have no other meaning, and in all."""
        by_class = w * self.inverse
        return by_class, by_class.sum(axis=0)

    def squares(self, w: FloatArray) -> Squares:
        """Of the data."""
        total = w * self.inverse
        first = total * self.inverse
        return Squares(
            total.sum(axis=0),
            self.system.delta.T @ first,
            self._pairs(first * self.inverse),
        )

    def _pairs(self, weights: FloatArray) -> FloatArray:
        """sum_k delta_ki delta_kj weights_k: shape (m, m, B)."""
        m = self.system.delta.shape[1]
        made: FloatArray = self.system.products @ weights
        return made.reshape(m, m, -1)


@dataclass(frozen=True, slots=True)
class Balance:
    """Spectra of w, and of y_x in the parts that coefficients leave.

    Attributes
    ----------
    w : Spectrum
    yx : Spectrum or None
        Where the terms' parts in the span of X commute too.
    """

    w: Spectrum
    yx: Spectrum | None

    @property
    def inner(self) -> SpectralSystem:
        """D of w."""
        return SpectralSystem(self.w.delta, self.w.counts)

    @property
    def whole(self) -> SpectralSystem | None:
        """D of (w, y_x); None where that is not diagonal."""
        return None if self.yx is None else joined(self.w, self.yx)


def joined(first: Spectrum, second: Spectrum) -> SpectralSystem:
    """D of independent numbers side by side."""
    return SpectralSystem(
        np.concatenate([first.delta, second.delta]),
        np.concatenate([first.counts, second.counts]),
    )


def find_balance(model: VarianceModel) -> Balance | None:
    """Spectra of a model whose effects are uncorrelated, if it is balanced.

    Parameters
    ----------
    model : VarianceModel

    Returns
    -------
    Balance or None
    """
    if not model.is_scalar:
        return None
    for term in model.terms:
        R, below = term.F[: model.r, :, 0], term.F[model.r :, :, 0]
        size = np.abs(R @ R.T).max(initial=1.0)
        if np.abs(R @ below.T).max(initial=0.0) > COMMUTING * model.r * size:
            return None
    own = spectrum(model.directions(slice(0, model.r)))
    if own is None:
        return None
    return Balance(own, spectrum(model.directions(slice(model.r, None))))


@dataclass(frozen=True, slots=True)
class Restriction:
    """What the coefficients leave where only Q times a basis is left of them.

    Attributes
    ----------
    dropped : ndarray of shape (p, p - p0)
        The rest of the basis.
    spectrum : Spectrum
        Of y_x along it.
    """

    dropped: FloatArray
    spectrum: Spectrum


def find_restriction(model: VarianceModel, fixed: FloatArray) -> Restriction | None:
    """Spectra after coefficients were dropped; None where balance is lost by that.

    Parameters
    ----------
    model : VarianceModel
    fixed : ndarray of shape (p, p0)
        Orthonormal columns.

    Returns
    -------
    Restriction or None
    """
    dropped = null_space(fixed.T)
    C = model.directions(slice(model.r, None))
    size = np.abs(C).max(initial=1.0)
    if np.abs(fixed.T @ C @ dropped).max(initial=0.0) > COMMUTING * model.p * size:
        return None
    own = spectrum(dropped.T @ C @ dropped)
    return None if own is None else Restriction(dropped, own)
