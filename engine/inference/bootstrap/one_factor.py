"""The bootstrap of a model with one grouping factor, as a `Resampler`.

Replicates are drawn as sufficient statistics and fitted together by Newton's method,
each from the best of some shared starts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.inference.bootstrap.batch_newton import minimise
from engine.inference.bootstrap.faces import faces_of
from engine.inference.bootstrap.one_factor_criterion import OneFactorCriterion
from engine.inference.bootstrap.one_factor_draws import draw_statistics, observed
from engine.inference.bootstrap.packed import packing
from engine.inference.bootstrap.refits import Refits
from engine.inference.bootstrap.scan import scan_points
from engine.inference.bootstrap.signatures import pool_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import BoolArray, FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.inference.bootstrap.faces import Faces
    from engine.inference.bootstrap.refits import Draws
    from engine.inference.bootstrap.signatures import Signatures

POOLED_NUMBERS = 180_000
"""Elements of K of all replicates of a chunk: arrays then stay near the processor."""
NARROWEST, WIDEST = 32, 10_000
MOST_NUMBERS = 8_000_000
"""Sufficient statistics of a chunk, at most: 64 MB."""
NEARLY_ZERO = 1e-6
"""Variance ratio on whitened columns below which zero is tried, as a fit does."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Which replicates are drawn, and which model is fitted to them.

    Attributes
    ----------
    Sigma : ndarray of shape (k, k)
        Relative covariance of the truth, on whitened columns and the inner scale.
    s2 : float
        Residual variance of the truth.
    faces : Faces
        Covariances that the model allows.
    columns : ndarray of shape (p, p0) or None
        Its fixed part is Q times these; all of Q where None.
    """

    Sigma: FloatArray
    s2: float
    faces: Faces
    columns: FloatArray | None


class OneFactor:
    """Draws and fits replicates of a mixed model with one grouping factor.

    Parameters
    ----------
    evaluation : Evaluation
        Of the fitted model, from whose covariances replicates are drawn.
    variant : Variant, optional
        What differs from the fitted model: see `at` and `null`.
    signatures : Signatures, optional
        Of its levels, where they are known.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        variant: Variant | None = None,
        signatures: Signatures | None = None,
    ) -> None:
        self._e = evaluation
        self._signatures = signatures or pool_levels(evaluation.products)
        self._variant = variant or _as_fitted(evaluation)
        self._criterion = OneFactorCriterion(
            self._signatures,
            self._variant.faces,
            nu=evaluation.nu,
            is_reml=evaluation.is_reml,
            columns=self._variant.columns,
        )
        self._points = scan_points(
            self._variant.faces, self._own_Sigma, self._signatures.n_levels
        )

    @property
    def _own_Sigma(self) -> FloatArray:
        """Sigma of the truth on the scale of the signatures."""
        return self._signatures.ratio * self._variant.Sigma

    def _changed(self, **changes: Any) -> OneFactor:
        """Return the same with something else in place."""
        variant = replace(self._variant, **changes)
        return OneFactor(self._e, variant, self._signatures)

    @property
    def width(self) -> int:
        """Replicates that are best fitted together: decided by the model alone."""
        m, S = packing(self._signatures.k).m, self._signatures.n_signatures
        wanted = min(max(POOLED_NUMBERS // (S * m), NARROWEST), WIDEST)
        numbers = S * m * (1 + self._signatures.p)
        return max(1, min(wanted, MOST_NUMBERS // numbers))

    def at(self, Sigma: FloatArray, s2: float) -> OneFactor:
        """Return the same model with replicates drawn from other variances.

        Parameters
        ----------
        Sigma : ndarray of shape (k, k)
            Relative covariance on whitened columns, on the inner scale.
        s2 : float
            Residual variance on the inner scale.

        Returns
        -------
        OneFactor
        """
        return self._changed(Sigma=Sigma, s2=s2)

    def null(
        self,
        *,
        columns: FloatArray | None = None,
        blocks: Sequence[FloatArray] | None = None,
        kept: Sequence[bool] | None = None,
    ) -> OneFactor:
        """Return a nested model, refitted to replicates that this one has drawn.

        Its criteria hold the same constants: for one replicate, the null's criterion
        less this model's is the likelihood ratio. Coefficients are on all of Q. Where
        the null restricts the fixed part, both must be fitted by ML.

        Parameters
        ----------
        columns : ndarray of shape (p, p0), optional
            The null's X spans Q times these: Q'Q_0 for a null with basis Q_0.
        blocks : sequence of ndarray of shape (k, r_b), optional
            The null's covariance is a sum of U_b S_b U_b' on whitened columns, with
            free S_b. A single column v is a face t v v': v = T e_a keeps the user's
            effect a alone. Empty for none at all.
        kept : sequence of bool, optional
            Instead of `blocks`, the whitened columns that the null keeps.

        Returns
        -------
        OneFactor

        Raises
        ------
        ValueError
            If the fixed part is restricted by REML.
        """
        changes: dict[str, Any] = {}
        if columns is not None:
            if self._e.is_reml:
                raise ValueError("REML criteria of different fixed parts differ anyway")
            own = self._variant.columns
            changes["columns"] = columns if own is None else own @ columns
        if kept is not None:
            blocks = _without(self._variant.faces, np.asarray(kept, dtype=bool))
        if blocks is not None:
            wide = tuple(block for block in blocks if block.shape[1])
            changes["faces"] = faces_of(self._signatures.k, wide)
        return self._changed(**changes)

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Draw the sufficient statistics of n replicates, coefficients zero.

        Parameters
        ----------
        rng : numpy.random.Generator
        n : int

        Returns
        -------
        dict of str to ndarray
            YY, XY, xq, R0: see `one_factor_draws`.
        """
        return draw_statistics(
            self._signatures, self._own_Sigma, self._variant.s2, rng, n
        )

    def observed(self) -> Draws:
        """The same statistics of the data: a single replicate.

        Its coefficients are those of the data on Q, in the inner unit of y, so that
        nulls of the fixed part can be fitted to it too.
        """
        products = self._e.products
        return observed(self._signatures, products.y_coefficients / products.y_scale)

    def refit(self, draws: Draws) -> Refits:
        """Fit the model to each replicate, all together.

        Parameters
        ----------
        draws : dict of str to ndarray
            As `draw` gives them.

        Returns
        -------
        Refits
        """
        own, ratio = self._criterion.own(draws), self._signatures.ratio
        heights = self._criterion.shared(self._points, own)
        start = self._points[:, heights.argmin(axis=0)]
        smallest = ratio * NEARLY_ZERO
        found = minimise(self._criterion, own, start, smallest=smallest)
        beta = found.values.beta
        if self._variant.columns is not None:
            beta = self._variant.columns @ beta
        Sigma = self._variant.faces.sigma(found.free) / ratio
        return Refits(
            sigmas=(packing(self._signatures.k).unpack(Sigma),),
            s2=found.values.r2 / self._e.nu,
            beta=beta,
            criterion=found.values.criterion,
            is_singular=found.is_singular,
            is_settled=found.is_settled,
        )


def _as_fitted(evaluation: Evaluation) -> Variant:
    """The fitted model itself."""
    factor = evaluation.products.factors[0]
    identity = np.eye(factor.n_columns)
    blocks = tuple(identity[:, own] for own in factor.blocks)
    return Variant(
        Sigma=evaluation.V.sigmas[0],
        s2=evaluation.r2 / evaluation.nu,
        faces=faces_of(factor.n_columns, blocks),
        columns=None,
    )


def _without(faces: Faces, is_kept: BoolArray) -> list[FloatArray]:
    """Blocks of whitened columns, some of them left out."""
    return [block[:, is_kept[block.argmax(axis=0)]] for block in faces.blocks]
