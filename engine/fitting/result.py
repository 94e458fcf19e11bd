"""The estimates of one model on the user's scale, before any inference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from engine.fitting.basis import orthogonal_basis
from engine.fitting.crossproducts import user_coefficients
from engine.fitting.posterior import (
    blups,
    coefficient_effect_covariances,
    conditional_covariances,
    leverages,
)
from engine.fitting.row_columns import row_columns
from engine.model.covariance import lower_factor

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.certificate import Convergence
    from engine.fitting.criterion import Evaluation
    from engine.model.design import Design
    from engine.sentences import Said


@dataclass(frozen=True)
class BlockEstimates:
    """Estimates of one correlated block of random effects, in the user's units.

    Attributes
    ----------
    root : ndarray of shape (k, k)
        Relative covariance factor: Cov(b) = sigma^2 root root'; lower triangular.
    covariance : ndarray of shape (k, k)
        Cov(b).
    effects : ndarray of shape (J, k)
        BLUPs.
    conditional : ndarray of shape (J, k, k)
        Cov(b | y, beta), level by level.
    regression : ndarray of shape (J, k, p)
        Cov(beta, b_l - b) = -Cov(beta) regression_l', for the estimable coefficients.
    """

    root: FloatArray
    covariance: FloatArray
    effects: FloatArray
    conditional: FloatArray
    regression: FloatArray


@dataclass(frozen=True)
class Estimates:
    """Everything that the likelihood or least squares gives for one model.

    Attributes
    ----------
    design : Design
    estimation : str
        "REML" or "ML".
    criterion : float
        REML criterion or ML deviance on the user's scale; NaN when it has none.
    n_parameters : int
        Coefficients, variances, covariances and sigma.
    sigma : float
        Residual standard deviation, in units of the response.
    beta : ndarray of shape (p,)
        Coefficients of all columns of X; NaN where a column repeats earlier ones.
    covariance : ndarray of shape (p, p)
        Of beta; NaN rows and columns where beta is NaN.
    residual_df : ndarray of shape (p,) or None
        Exact degrees of freedom of each coefficient (least squares only).
    evaluation : Evaluation or None
        The optimum on the inner scale; None for separate regressions.
    convergence : Convergence
    is_singular : bool
    sigma_by_group : ndarray of shape (n_levels,) or None
        Residual SD of each level, for separate regressions.
    sigma_by_row : ndarray of shape (n,) or None
        The same, for each row used.
    notes : tuple of str or Sentence
        What was decided during estimation.
    separately_fitted : ndarray of shape (n,) or None
        Fitted values of separate regressions.
    """

    design: Design
    estimation: str
    criterion: float
    n_parameters: int
    sigma: float
    beta: FloatArray
    covariance: FloatArray
    residual_df: FloatArray | None
    evaluation: Evaluation | None
    convergence: Convergence
    is_singular: bool
    sigma_by_group: FloatArray | None = None
    sigma_by_row: FloatArray | None = None
    notes: tuple[Said, ...] = ()
    separately_fitted: FloatArray | None = None

    @cached_property
    def fitted(self) -> FloatArray:
        """Conditional fitted values, offset included, in units of the response."""
        if self.evaluation is None:
            assert self.separately_fitted is not None
            return self.separately_fitted
        return fitted_values(self.evaluation, self.design, self.beta)

    @cached_property
    def known_refits(self) -> dict[str, Estimates]:
        """Estimates of the same design by the other likelihood, where asked for."""
        return {}

    @property
    def kept(self) -> tuple[int, ...]:
        """Columns of X that can be estimated."""
        return tuple(int(i) for i in np.flatnonzero(~np.isnan(self.beta)))

    @property
    def theta(self) -> FloatArray:
        """Relative covariance parameters in the user's units, in lme4's order.

        Blocks by decreasing number of levels, ties in formula order; within a block
        the lower triangle column by column.
        """
        parts = [
            self.blocks[i].root.T[np.triu_indices(len(self.blocks[i].root))]
            for i in self.block_order
        ]
        return np.concatenate([np.zeros(0), *parts])

    @property
    def block_order(self) -> list[int]:
        """Positions of the design's blocks, by decreasing number of levels."""
        sizes = [len(block.grouping.levels) for block in self.design.blocks]
        return sorted(range(len(sizes)), key=lambda i: -sizes[i])

    @cached_property
    def blocks(self) -> tuple[BlockEstimates, ...]:
        """Estimates of the design's random blocks, in formula order."""
        if self.evaluation is None:
            return ()
        e = self.evaluation
        result: dict[int, BlockEstimates] = {}
        parts = zip(
            e.products.factors,
            e.lambdas,
            blups(e),
            conditional_covariances(e),
            coefficient_effect_covariances(e),
            strict=True,
        )
        for factor, Lambda, effects, conditional, regression in parts:
            for where, index, T in zip(
                factor.blocks, factor.block_indices, factor.transforms, strict=True
            ):
                result[index] = _user_block(
                    e,
                    self.sigma,
                    T,
                    Lambda[where, where],
                    effects[:, where],
                    conditional[:, where, where],
                    regression[:, where],
                )
        return tuple(result[i] for i in range(len(self.design.blocks)))

    @cached_property
    def leverage(self) -> FloatArray:
        """How much each observed value pulls its own conditional fitted value.

        Returns
        -------
        ndarray of shape (n,)
            Between 0 and 1.
        """
        weights = self.design.weights
        root_weights = None if weights is None else np.sqrt(weights)
        Q = orthogonal_basis(self.design.X, root_weights).Q
        if self.evaluation is None:
            h: FloatArray = np.einsum("ip,ip->i", Q, Q)
            return h
        rows = row_columns(self.design, is_explicit=True)
        columns = [rows.Z(t).T for t in range(len(rows.factors))]
        return leverages(self.evaluation, Q, columns, list(rows.codes))

    @cached_property
    def effect_variances(self) -> tuple[FloatArray, ...]:
        """Var(b_hat) = Sigma Z'PZ Sigma of each block's levels, shape (J, k, k).

        What a normal-quantile plot of group effects must divide by; it is smaller than
        Cov(b) by what the data leave unknown.
        """
        return tuple(
            block.covariance - block.conditional - self._beta_part(block)
            for block in self.blocks
        )

    def _beta_part(self, block: BlockEstimates) -> FloatArray:
        """The part of Var(b_hat - b) that comes from estimating beta."""
        kept = list(self.kept)
        part: FloatArray = np.einsum(
            "jap,pr,jbr->jab",
            block.regression,
            self.covariance[np.ix_(kept, kept)],
            block.regression,
            optimize=True,
        )
        return part


def _user_block(
    e: Evaluation,
    sigma: float,
    T: FloatArray,
    Lambda: FloatArray,
    effects: FloatArray,
    conditional: FloatArray,
    regression: FloatArray,
) -> BlockEstimates:
    """Translate one block from whitened columns: b = T^-1 b_white."""
    inverse = solve_triangular(T, np.eye(len(T)))
    root = lower_factor(inverse @ Lambda)
    unit = e.products.y_scale
    # beta on Q is R beta; both share the unit of the response
    to_user = inverse @ regression @ e.products.R
    return BlockEstimates(
        root=root,
        covariance=sigma**2 * root @ root.T,
        effects=unit * effects @ inverse.T,
        conditional=sigma**2 * inverse @ conditional @ inverse.T,
        regression=to_user,
    )


def fixed_estimates(
    e: Evaluation, p: int, sigma: float
) -> tuple[FloatArray, FloatArray]:
    """Coefficients and their covariance on the user's scale.

    Parameters
    ----------
    e : Evaluation
    p : int
        Columns of X, those that cannot be estimated included.
    sigma : float
        Residual standard deviation.

    Returns
    -------
    beta : ndarray of shape (p,)
    covariance : ndarray of shape (p, p)
    """
    products, kept = e.products, list(e.products.kept)
    beta = np.full(p, np.nan)
    covariance = np.full((p, p), np.nan)
    if kept:
        beta[kept] = user_coefficients(products, e.beta)
        root = sigma * np.linalg.inv(products.R) @ e.C_root
        covariance[np.ix_(kept, kept)] = root @ root.T
    return beta, covariance


def fitted_values(e: Evaluation, design: Design, beta: FloatArray) -> FloatArray:
    """X beta + Z b plus offset for the rows used, in units of the response.

    Parameters
    ----------
    e : Evaluation
    design : Design
    beta : ndarray of shape (p,)

    Returns
    -------
    ndarray of shape (n,)
    """
    fitted = design.X @ np.nan_to_num(beta)
    if design.offset is not None:
        fitted += design.offset
    by_block = [
        (factor, effects)
        for factor, effects in zip(e.products.factors, blups(e), strict=False)
    ]
    for factor, effects in by_block:
        for where, index, T in zip(
            factor.blocks, factor.block_indices, factor.transforms, strict=True
        ):
            block = design.blocks[index]
            b = solve_triangular(T, effects[:, where].T).T * e.products.y_scale
            for values, own in zip(block.columns, b.T, strict=True):
                fitted += values * own[block.grouping.codes]
    return fitted
