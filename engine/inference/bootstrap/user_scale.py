"""Refits in the user's units: SDs, correlations, sigma, coefficients, R2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from engine.inference.parameter_names import coefficient_names

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates
    from engine.inference.bootstrap.refits import Refits

FIXED, RANDOM, RESIDUAL = "fixed", "random", "residual"
SHARES = (FIXED, RANDOM, RESIDUAL, "r2_marginal", "r2_conditional", "icc_adjusted")
"""As in `variance_partition`."""


class UserScale:
    """Translates refits of one model.

    Parameters
    ----------
    estimates : Estimates
        Of the model; not separate regressions.
    """

    def __init__(self, estimates: Estimates) -> None:
        assert estimates.evaluation is not None
        self._estimates, self._products = estimates, estimates.evaluation.products

    def covariances(self, refits: Refits) -> list[FloatArray]:
        """Cov(b) of each of the design's blocks: shape (k, k, B), in formula order."""
        unit = self._products.y_scale**2 * refits.s2
        found: dict[int, FloatArray] = {}
        for factor, Sigma in zip(self._products.factors, refits.sigmas, strict=True):
            for where, index, T in zip(
                factor.blocks, factor.block_indices, factor.transforms, strict=True
            ):
                back = np.linalg.inv(T)
                own = np.einsum("ac,cdB,bd->abB", back, Sigma[where, where], back)
                found[index] = unit * own
        return [found[i] for i in range(len(found))]

    def sigma(self, refits: Refits) -> FloatArray:
        """Residual standard deviation: shape (B,)."""
        made: FloatArray = self._products.y_scale * np.sqrt(refits.s2)
        return made

    def coefficients(self, refits: Refits) -> FloatArray:
        """Coefficients of all columns of X: shape (terms, B), NaN where none."""
        beta = np.full((len(self._estimates.beta), refits.beta.shape[1]), np.nan)
        kept = list(self._products.kept)
        if kept:
            # a failed replicate is NaN
            off = solve_triangular(self._products.R, refits.beta, check_finite=False)
            beta[kept] = self._estimates.beta[kept][:, None]
            beta[kept] += self._products.y_scale * off
        return beta

    def parameters(self, refits: Refits) -> dict[str, FloatArray]:
        """Each parameter by its name, in the order of tables: shape (B,) each.

        Of a block: its SDs with the correlations to later columns between them, as
        theta stands; then sigma and the coefficients.
        """
        blocks = self._estimates.design.blocks
        found: dict[str, FloatArray] = {}
        covariances = self.covariances(refits)
        for index in self._estimates.block_order:
            block, covariance = blocks[index], covariances[index]
            found |= _of_block(block.grouping.name, block.terms, covariance)
        found["sigma"] = self.sigma(refits)
        names = coefficient_names(self._estimates.design)
        return found | dict(zip(names, self.coefficients(refits), strict=True))

    def partition(self, refits: Refits) -> dict[str, FloatArray]:
        """Where the variation lives: shape (B,) each.

        As in `variance_partition`, and with several groupings the ICC of each.
        """
        design = self._estimates.design
        kept = list(self._products.kept)
        beta = self.coefficients(refits)[kept]
        X = design.X[:, kept]
        spread = np.atleast_2d(np.cov(X, rowvar=False)) if kept else np.zeros((0, 0))
        fixed = np.einsum("pB,pr,rB->B", beta, spread, beta)
        groups = self._mean_variances(refits)
        random = sum(groups.values(), np.zeros_like(fixed))
        residual = self.sigma(refits) ** 2
        if design.weights is not None:
            residual *= np.mean(1 / design.weights)
        total = fixed + random + residual
        values = (
            fixed,
            random,
            residual,
            fixed / total,
            (fixed + random) / total,
            random / (random + residual),
        )
        found = dict(zip(SHARES, values, strict=True))
        if len(groups) > 1:
            for name, own in groups.items():
                found[f"icc({name})"] = own / (random + residual)
        return found

    def _mean_variances(self, refits: Refits) -> dict[str, FloatArray]:
        """Mean over rows of z'Cov(b) z, by grouping: shape (B,) each."""
        design = self._estimates.design
        found: dict[str, FloatArray] = {}
        for block, own in zip(design.blocks, self.covariances(refits), strict=True):
            ZZ = block.Z.T @ block.Z / len(design.y)
            name = block.grouping.name
            found[name] = found.get(name, 0.0) + np.einsum("ab,abB->B", ZZ, own)
        return found


def _of_block(
    group: str, terms: tuple[str, ...], covariance: FloatArray
) -> dict[str, FloatArray]:
    """Standard deviations and correlations, column by column of the lower triangle."""
    sd = np.sqrt(np.maximum(np.einsum("aaB->aB", covariance), 0.0))
    found = {}
    for a, term in enumerate(terms):
        found[f"sd({group}, {term})"] = sd[a]
        for b in range(a + 1, len(terms)):
            size = sd[a] * sd[b]
            own = np.full_like(size, np.nan)
            np.divide(covariance[a, b], size, out=own, where=size > 0)
            found[f"cor({group}, {term}, {terms[b]})"] = np.clip(own, -1.0, 1.0)
    return found
