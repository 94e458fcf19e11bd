"""No pooling at all: a regression per group, each with its own residual SD."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DesignError
from engine.fitting.basis import orthogonal_basis, solve_upper
from engine.fitting.certificate import CLOSED_FORM
from engine.fitting.fit import dependency_notes, estimate
from engine.fitting.result import Estimates
from engine.model.columns import listed
from engine.model.levels import make_grouping
from engine.model.model_matrix import ModelMatrix

if TYPE_CHECKING:
    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.model.design import Design
    from engine.model.levels import Grouping
    from engine.sentences import Said


def estimate_separately(
    design: Design, grouping: Grouping, *, estimation: str = "REML"
) -> Estimates:
    """Fit each level of a grouping by itself, by least squares.

    The likelihood is the product over levels. A level with no more rows than
    coefficients has an exact fit and no residual SD: its coefficients are kept without
    standard errors, and the criterion, which would be unbounded, is NaN.

    Parameters
    ----------
    design : Design
        With fixed columns for every level (no pooling of baselines and slopes).
    grouping : Grouping
    estimation : {"REML", "ML"}

    Returns
    -------
    Estimates
        As one model with all coefficients; `sigma` pools the levels' residual sums of
        squares, `sigma_by_group` has one SD for each.
    """
    if design.blocks:
        raise DesignError(
            "A separate regression per group, each with its own residual SD, cannot "
            f"share random effects of '{design.blocks[0].grouping.name}'.",
            "Choose another kind of no pooling, or remove the random term.",
        )
    parts = _Parts(design, len(grouping.levels))
    for level in range(len(grouping.levels)):
        rows = grouping.codes == level
        columns = np.flatnonzero((design.X[rows] != 0).any(axis=0))
        parts.add(level, rows, columns, estimation)
    exact = [str(grouping.levels[i]) for i in parts.exact]
    notes = parts.notes
    if exact:
        notes = (
            f"The regression in {listed(exact)} reproduces its rows exactly, so that "
            "no residual SD is left: the coefficients there have no standard errors, "
            "and the model has no likelihood.",
            *notes,
        )
    return Estimates(
        design=design,
        estimation=estimation,
        criterion=float("nan") if exact else parts.criterion,
        n_parameters=parts.n_parameters,
        sigma=parts.pooled_sigma,
        beta=parts.beta,
        covariance=parts.covariance,
        residual_df=parts.df,
        evaluation=None,
        convergence=CLOSED_FORM,
        is_singular=False,
        separately_fitted=parts.fitted,
        sigma_by_group=parts.sigma,
        sigma_by_row=parts.sigma[grouping.codes],
        notes=notes,
    )


def separate_grouping(design: Design) -> Grouping:
    """Find the grouping whose levels are to be fitted separately.

    Parameters
    ----------
    design : Design
        Of a specification with `NoPooling.SEPARATE`.

    Returns
    -------
    Grouping
    """
    name = design.spec.grouping
    assert name is not None
    return make_grouping(design.frame, (name,))


class _Parts:
    """Collects the levels' estimates into arrays for the whole model."""

    def __init__(self, design: Design, n_levels: int) -> None:
        n, p = design.X.shape
        self._design = design
        self.beta: FloatArray = np.full(p, np.nan)
        self.covariance: FloatArray = np.full((p, p), np.nan)
        self.df: FloatArray = np.full(p, np.nan)
        self.sigma: FloatArray = np.full(n_levels, np.nan)
        self.fitted: FloatArray = np.zeros(n)
        self.criterion = 0.0
        self.n_parameters = 0
        self.exact: list[int] = []
        self.notes: tuple[Said, ...] = ()
        self._squares = 0.0
        self._residual_df = 0

    def add(
        self, level: int, rows: BoolArray, columns: IntArray, estimation: str
    ) -> None:
        """Fit one level and put its numbers in their places."""
        part = self._subset(rows, columns)
        try:
            own = estimate(part, estimation=estimation)
        except DesignError:
            self._add_exact(level, rows, columns, part)
            return
        self.beta[columns] = own.beta
        self.covariance[np.ix_(columns, columns)] = own.covariance
        self.df[columns] = own.residual_df
        self.sigma[level] = own.sigma
        self.fitted[rows] = own.fitted
        self.notes += own.notes
        self.criterion += own.criterion
        self.n_parameters += own.n_parameters
        df = len(part.y) - own.n_parameters + 1
        self._squares += own.sigma**2 * df
        self._residual_df += df

    def _subset(self, rows: BoolArray, columns: IntArray) -> Design:
        design = self._design
        return replace(
            design,
            y=design.y[rows],
            matrix=ModelMatrix.of_array(design.X[np.ix_(rows, columns)]),
            terms=tuple(design.terms[i] for i in columns),
            rows=design.rows[rows],
            weights=None if design.weights is None else design.weights[rows],
            offset=None if design.offset is None else design.offset[rows],
        )

    def _add_exact(
        self, level: int, rows: BoolArray, columns: IntArray, part: Design
    ) -> None:
        """A level whose rows are reproduced exactly: coefficients, nothing more."""
        y = part.y if part.offset is None else part.y - part.offset
        basis = orthogonal_basis(part.X, None)
        self.beta[columns[list(basis.kept)]] = solve_upper(basis.R, basis.Q.T @ y)
        self.fitted[rows] = part.y
        self.n_parameters += len(basis.kept) + 1
        self.exact.append(level)
        self.notes += dependency_notes(part.terms, basis.kept, basis.dependencies)

    @property
    def pooled_sigma(self) -> float:
        """Square root of the pooled residual variance."""
        if not self._residual_df:
            return float("nan")
        return float(np.sqrt(self._squares / self._residual_df))
