"""A fitted model as the window, a notebook or a report sees it.

The estimates come from `engine.fitting`; everything that is inferred from them is
computed when it is asked for, and then kept.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.inference.anova import anova
from engine.inference.choice import USUAL
from engine.inference.coefficient_table import TestedCoefficients
from engine.inference.intraclass import icc_along, icc_by_group
from engine.inference.prediction import Predictor
from engine.inference.unpooled import unpooled_coefficients
from engine.inference.variance_components import variance_components
from engine.inference.variance_partition import variance_partition
from engine.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.arrays import FloatArray
    from engine.fitting.certificate import Convergence
    from engine.fitting.result import Estimates
    from engine.inference.choice import InferenceChoice
    from engine.inference.prediction import Kind
    from engine.model.design import Design
    from engine.model.spec import ModelSpec
    from engine.progress import Report
    from engine.sentences import Said


class FittedModel:
    """Estimates, tests and predictions of one linear (mixed) model.

    Parameters
    ----------
    estimates : Estimates
        From `engine.fitting`.
    notes : tuple of str or Sentence
        What was decided on the way to the design, one sentence each.

    Attributes
    ----------
    inference : InferenceChoice
        How `coefficients` and `term_tests` test the fixed effects.
    """

    def __init__(self, estimates: Estimates, notes: tuple[Said, ...] = ()) -> None:
        self.estimates = estimates
        self.excluded: pd.DataFrame | None = None
        self.inference: InferenceChoice = USUAL
        self._tested: dict[str, TestedCoefficients] = {}
        self._terms_tested: dict[tuple[int, str], pd.DataFrame] = {}
        self.notes = (*notes, *estimates.design.notes, *estimates.notes)

    # ---- what was fitted ------------------------------------------------------

    @property
    def design(self) -> Design:
        """The model's matrices and the rows used."""
        return self.estimates.design

    @property
    def spec(self) -> ModelSpec:
        """The model that was fitted, as data: without what the rows cannot support."""
        return self.design.fitted_spec

    @property
    def formula(self) -> str:
        """The model as an lme4 formula."""
        return str(self.design.written)

    @property
    def estimation(self) -> str:
        """The likelihood: REML or ML. For least squares, which of them is meant."""
        return self.estimates.estimation

    @property
    def is_mixed(self) -> bool:
        """Whether the model has random effects."""
        return bool(self.design.blocks)

    @property
    def n_rows(self) -> int:
        """Rows used."""
        return len(self.design.y)

    @property
    def n_levels(self) -> dict[str, int]:
        """Number of levels of each grouping of the random part."""
        return {
            block.grouping.name: len(block.grouping.levels)
            for block in self.design.blocks
        }

    @property
    def dropped_rows(self) -> pd.DataFrame:
        """Rows that the model could not use, with the column `reason`."""
        return self.design.dropped_rows

    @property
    def unused_rows(self) -> pd.DataFrame:
        """Rows that were excluded before, and those that the model could not use."""
        if self.excluded is None or not len(self.excluded):
            return self.dropped_rows
        return pd.concat([self.excluded, self.dropped_rows])

    def with_excluded_rows(self, excluded: pd.DataFrame) -> FittedModel:
        """Let tables and words also name the rows that the model was never given.

        Parameters
        ----------
        excluded : DataFrame
            Index: row labels; with the column `reason`.

        Returns
        -------
        FittedModel
            The same fit.
        """
        told = copy(self)
        why = [
            f"excluded: {reason}" if reason else "excluded, without a reason"
            for reason in excluded["reason"]
        ]
        reasons = {"reason": pd.Series(why, index=excluded.index, dtype="str")}
        told.excluded = pd.DataFrame(reasons, index=excluded.index)
        return told

    # ---- how well it fits -----------------------------------------------------

    @property
    def criterion(self) -> float:
        """REML criterion or ML deviance, on the user's scale."""
        return self.estimates.criterion

    @property
    def loglik(self) -> float:
        """(Restricted) log-likelihood."""
        return -self.criterion / 2

    @property
    def n_parameters(self) -> int:
        """Estimable coefficients, variances, covariances and sigma."""
        return self.estimates.n_parameters

    @property
    def aic(self) -> float:
        """Akaike's criterion of this fit's own likelihood."""
        return self.criterion + 2 * self.n_parameters

    @property
    def aicc(self) -> float:
        """Akaike's criterion corrected for few rows; NaN with too few for it."""
        k, n = self.n_parameters, self.n_rows
        if n - k - 1 <= 0:
            return float("nan")
        return self.aic + 2 * k * (k + 1) / (n - k - 1)

    @property
    def bic(self) -> float:
        """Bayesian information criterion with the number of rows used."""
        return self.criterion + float(np.log(self.n_rows)) * self.n_parameters

    @property
    def convergence(self) -> Convergence:
        """The proof that the estimates are the optimum, or what is missing of it."""
        return self.estimates.convergence

    @property
    def is_singular(self) -> bool:
        """Whether a variance is zero or a correlation perfect, whatever the units."""
        return self.estimates.is_singular

    # ---- fixed part -----------------------------------------------------------

    def with_inference(self, choice: InferenceChoice) -> FittedModel:
        """Let tables and words test the fixed effects in another way.

        Parameters
        ----------
        choice : InferenceChoice

        Returns
        -------
        FittedModel
            The same fit; what either computes, both have.
        """
        told = copy(self)
        told.__dict__.pop("coefficients", None)
        told.inference = choice
        return told

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """Fixed effects by term, tested as `inference` says.

        Usually by Satterthwaite's method, with 95 % intervals.
        """
        return self.coefficient_table(self.inference.df, self.inference.level)

    def term_tests(self, report: Report = ignore) -> pd.DataFrame:
        """Tests of whole terms, as `inference` says; see `engine.anova`.

        Parameters
        ----------
        report : callable
            Hears of refits; may raise `Cancelled`.
        """
        asked = self.inference.kind, self.inference.term_method
        if asked not in self._terms_tested:
            self._terms_tested[asked] = anova(self, *asked, report)
        return self._terms_tested[asked]

    def known_term_tests(self, kind: int, method: str) -> pd.DataFrame | None:
        """Tests of whole terms, if they have been computed; see `term_tests`."""
        return self._terms_tested.get((kind, method))

    def is_tested_by(self, df: str) -> bool:
        """Whether the coefficients have been tested by a method."""
        return df in self._tested

    def coefficient_table(
        self, df: str = "satterthwaite", level: float = 0.95
    ) -> pd.DataFrame:
        """Fixed effects by term.

        Parameters
        ----------
        df : {"satterthwaite", "kenward-roger", "none"}
            Degrees of freedom of t; "none" takes the normal distribution. Kenward and
            Roger adjust the standard errors too, and refit by REML what was fitted by
            ML. Least squares has exact df, whatever is asked.
        level : float
            Coverage of the intervals.

        Returns
        -------
        DataFrame
            Index term; estimate, std_error, df, statistic, p_value, lower, upper. NaN
            where a term cannot be estimated. ``attrs["notes"]`` says what was refitted
            or held.

        Raises
        ------
        EngineError
            If the method or level is unknown.
        """
        if df not in self._tested:
            self._tested[df] = TestedCoefficients(self.estimates, df)
        return self._tested[df].table(level)

    @cached_property
    def covariance(self) -> pd.DataFrame:
        """Covariance matrix of the fixed effects, by term."""
        terms = pd.Index(self.design.terms, name="term")
        return pd.DataFrame(self.estimates.covariance, index=terms, columns=terms)

    # ---- random part ----------------------------------------------------------

    @property
    def sigma(self) -> float:
        """Residual standard deviation."""
        return self.estimates.sigma

    @property
    def theta(self) -> FloatArray:
        """Relative covariance parameters in lme4's order."""
        return self.estimates.theta

    @cached_property
    def variance_components(self) -> pd.DataFrame:
        """Variances and correlations: see `engine.inference.variance_components`."""
        return variance_components(self.estimates)

    @cached_property
    def group_effects(self) -> dict[str, pd.DataFrame]:
        """Predicted deviations (BLUPs) by grouping: level x term."""
        parts = [block.effects for block in self.estimates.blocks]
        return self._by_grouping(parts)

    @cached_property
    def group_effects_sd(self) -> dict[str, pd.DataFrame]:
        """Conditional standard deviations of the group effects: level x term."""
        parts = [
            np.sqrt(np.einsum("jaa->ja", block.conditional).clip(min=0))
            for block in self.estimates.blocks
        ]
        return self._by_grouping(parts)

    def _by_grouping(self, parts: list[FloatArray]) -> dict[str, pd.DataFrame]:
        """Put the blocks' columns of each grouping side by side."""
        frames: dict[str, list[pd.DataFrame]] = {}
        for index in self.estimates.block_order:
            block = self.design.blocks[index]
            levels = pd.Index(block.grouping.levels, name=block.grouping.name)
            part = pd.DataFrame(parts[index], index=levels, columns=list(block.terms))
            frames.setdefault(block.grouping.name, []).append(part)
        return {name: pd.concat(own, axis=1) for name, own in frames.items()}

    @cached_property
    def group_coefficients(self) -> dict[str, pd.DataFrame]:
        """Each group's own coefficients: fixed effects plus its deviations.

        Without random effects, the coefficients of a model that is not pooled over its
        grouping are arranged by level.
        """
        if not self.is_mixed:
            return unpooled_coefficients(self.estimates, self.spec)
        fixed = pd.Series(self.estimates.beta, index=self.design.terms)
        result = {}
        for name, effects in self.group_effects.items():
            merged = effects.T.groupby(level=0, sort=False).sum().T
            terms = [*fixed.index, *(t for t in merged if t not in fixed.index)]
            table = pd.DataFrame(0.0, index=effects.index, columns=terms)
            # an effect whose mean cannot be estimated still varies around it
            unknown = fixed.isna() & fixed.index.isin(merged.columns)
            table[list(fixed.index)] += fixed.mask(unknown, 0.0)
            table[list(merged.columns)] += merged
            result[name] = table
        return result

    @cached_property
    def variance_partition(self) -> Mapping[str, float]:
        """Where the variation lives: see `engine.inference.variance_partition`."""
        return variance_partition(self.estimates)

    @cached_property
    def icc(self) -> Mapping[str, float]:
        """Intraclass correlation of each grouping: see `intraclass.icc_by_group`."""
        return icc_by_group(self.estimates)

    def icc_along(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Intraclass correlations at given covariates: see `intraclass.icc_along`."""
        return icc_along(self.estimates, frame)

    # ---- rows -----------------------------------------------------------------

    @cached_property
    def fitted(self) -> pd.Series:
        """Conditional fitted values of the rows used."""
        return pd.Series(self.estimates.fitted, index=self.design.rows, name="fitted")

    @cached_property
    def residuals(self) -> pd.Series:
        """Response less fitted values, of the rows used."""
        values = self.design.y - self.estimates.fitted
        return pd.Series(values, index=self.design.rows, name="residual")

    def predict(
        self, frame: pd.DataFrame, kind: Kind = "population", level: float = 0.95
    ) -> pd.DataFrame:
        """Predict for new rows: see `engine.inference.prediction.predict`."""
        return self.predictor.predict(frame, kind, level)

    @cached_property
    def predictor(self) -> Predictor:
        """Predictions of several kinds at once; keeps what is the same for all rows."""
        return Predictor(self.estimates)
