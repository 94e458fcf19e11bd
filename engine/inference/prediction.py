"""Predictions with the interval that answers the question asked.

| kind            | of what                       | variance                 |
|-----------------|-------------------------------|--------------------------|
| population      | mean of all groups            | x Cov(beta) x'           |
| group           | mean of a known group         | joint, Cov(beta, b) too  |
| observation     | a new row in a known group    | that + sigma^2           |
| new_group       | mean of a group not seen      | population + z Cov(b) z' |
| new_observation | a new row in a group not seen | that + sigma^2           |

Intervals use Student's t: Satterthwaite's df where the group is not known (one at
least, for new groups), and the rows less the effective number of parameters where it
is. The variance parameters are taken as estimated.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy.linalg import solve_triangular

from engine.distributions import t_quantile
from engine.errors import EngineError
from engine.fitting.posterior import leverages
from engine.inference.estimability import is_estimable
from engine.inference.prediction_rows import encoded_rows
from engine.inference.satterthwaite import Satterthwaite, inner_contrasts
from engine.model.columns import listed
from engine.model.plain_types import plainly_typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray, IntArray
    from engine.fitting.result import Estimates
    from engine.inference.prediction_rows import EncodedRows
    from engine.inference.satterthwaite import Variances

Kind = Literal["population", "group", "observation", "new_group", "new_observation"]
KINDS: tuple[Kind, ...] = (
    "population",
    "group",
    "observation",
    "new_group",
    "new_observation",
)
OF_KNOWN: tuple[Kind, ...] = ("group", "observation")
OF_ROWS: tuple[Kind, ...] = ("observation", "new_observation")
COLUMNS = ["estimate", "std_error", "lower", "upper"]
FEWEST_DF = 1.0
"""Of a new group: those of two groups. Where a variance is nearly zero, Satterthwaite's
come near zero too, and the quantiles of t would be astronomical."""


class Predictor:
    """Predicts from one model; what is the same for all rows is worked out once.

    Parameters
    ----------
    estimates : Estimates
    """

    def __init__(self, estimates: Estimates) -> None:
        self.estimates = estimates

    @cached_property
    def calculus(self) -> Satterthwaite:
        """Variances with their degrees of freedom: as dear as a step of the fit."""
        assert self.estimates.evaluation is not None
        return Satterthwaite(self.estimates.evaluation)

    @cached_property
    def residual_df(self) -> float:
        """The rows less the effective number of parameters."""
        used = float(self.estimates.leverage.sum())
        return max(len(self.estimates.design.y) - used, 1.0)

    def predict(
        self, frame: pd.DataFrame, kind: Kind = "population", level: float = 0.95
    ) -> pd.DataFrame:
        """Predict for the rows of a frame: see the function `predict`."""
        return self.predict_kinds(frame, (kind,), level)[kind]

    def predict_kinds(
        self, frame: pd.DataFrame, kinds: Sequence[Kind], level: float = 0.95
    ) -> dict[Kind, pd.DataFrame]:
        """Answer several questions about the same rows, which are encoded once.

        Parameters
        ----------
        frame : DataFrame
            With the columns that the most demanding kind needs; rows with missing
            cells there get NaN for all kinds.
        kinds : sequence of str
        level : float

        Returns
        -------
        dict of str to DataFrame
            By kind, as `predict` gives it.
        """
        rows = rows_for(self.estimates, frame, kinds, level)
        return self.predict_rows(rows, frame.index, kinds, level)

    def predict_rows(
        self, rows: EncodedRows, index: pd.Index, kinds: Sequence[Kind], level: float
    ) -> dict[Kind, pd.DataFrame]:
        """The same for rows that are encoded, on their frame's index."""
        asked = _Quantities(self, rows)
        result: dict[Kind, pd.DataFrame] = {}
        for kind in kinds:
            estimate, variance, df = asked.moments(kind)
            error = np.sqrt(np.maximum(variance, 0.0))
            half = t_quantile((1 + level) / 2, df) * error
            numbers = [estimate, error, estimate - half, estimate + half]
            result[kind] = predicted_table(self.estimates, rows, index, numbers)
        return result


def predict(
    estimates: Estimates,
    frame: pd.DataFrame,
    kind: Kind = "population",
    level: float = 0.95,
) -> pd.DataFrame:
    """Predict for the rows of a frame.

    Parameters
    ----------
    estimates : Estimates
    frame : DataFrame
        With the model's covariates, and its grouping columns where the kind needs
        them. Rows with missing cells get NaN.
    kind : str
        One of the five in this module's table. A level that was not seen is predicted
        as a new group, also for the kinds that are about known groups. A new row has
        the prior weight one. An offset is part of predictions when it is a column; one
        that was given as plain numbers is not known for new rows and is left out.
    level : float
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        On the frame's index: estimate, std_error, lower, upper; units of the response.
        `std_error` is that of the quantity predicted, new row or group included. NaN
        where a combination of covariates cannot be estimated from the rows fitted.

    Raises
    ------
    EngineError
        If the kind or level makes no sense, or a column is not there.
    """
    return Predictor(estimates).predict(frame, kind, level)


def population_means(estimates: Estimates, frame: pd.DataFrame) -> FloatArray:
    """Expected responses of the population, without their uncertainty: for lines.

    Parameters
    ----------
    estimates : Estimates
    frame : DataFrame
        With the model's covariates.

    Returns
    -------
    ndarray of shape (m,)
        The column "estimate" of `predict`, in a small part of its time.

    Raises
    ------
    EngineError
        If a column is not there or cannot be evaluated.
    """
    plain = plainly_typed(frame)
    rows = encoded_rows(estimates, plain, has_effects=False, has_groups=False)
    means = rows.X @ np.nan_to_num(estimates.beta) + rows.offset
    result: FloatArray = np.full(len(frame), np.nan)
    result[rows.complete] = np.where(is_estimable(estimates, rows.X), means, np.nan)
    return result


def rows_for(
    estimates: Estimates, frame: pd.DataFrame, kinds: Sequence[Kind], level: float
) -> EncodedRows:
    """Encode what some kinds of prediction need, once what is asked makes sense.

    Parameters
    ----------
    estimates : Estimates
    frame, kinds, level
        See `Predictor.predict_kinds`.

    Raises
    ------
    EngineError
        As `predict`.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise EngineError(
                f"'{kind}' is no kind of prediction.", f"Choose one of {listed(KINDS)}."
            )
    if not isinstance(frame, pd.DataFrame):
        raise EngineError("There are no rows to predict.", "Give a DataFrame.")
    if not (isinstance(level, int | float) and 0 < level < 1):
        raise EngineError(
            f"A level of {level} is no coverage.", "Choose one between 0 and 1."
        )
    return encoded_rows(
        estimates,
        plainly_typed(frame),
        has_effects=any(kind != "population" for kind in kinds),
        has_groups=any(kind in OF_KNOWN for kind in kinds),
    )


def predicted_table(
    estimates: Estimates,
    rows: EncodedRows,
    index: pd.Index,
    numbers: Sequence[FloatArray],
) -> pd.DataFrame:
    """Put numbers of the complete rows on a frame's index.

    Parameters
    ----------
    estimates : Estimates
    rows : EncodedRows
    index : Index
    numbers : sequence of ndarray of shape (m,)
        In the order of `COLUMNS`; NaN where they cannot be estimated.
    """
    result = pd.DataFrame(np.nan, index=index, columns=COLUMNS)
    cells = np.column_stack(numbers)
    cells[~is_estimable(estimates, rows.X)] = np.nan
    result.iloc[np.flatnonzero(rows.complete)] = cells
    return result


class _Quantities:
    """Estimate, variance and degrees of freedom of what is asked about some rows."""

    def __init__(self, predictor: Predictor, rows: EncodedRows) -> None:
        self._of, self._rows = predictor, rows
        self._estimates = predictor.estimates

    def moments(self, kind: Kind) -> tuple[FloatArray, FloatArray, FloatArray]:
        """All three of one kind."""
        is_row = kind in OF_ROWS
        if not self._estimates.design.blocks:
            variance, df = _least_squares(self._estimates, self._rows)
            own = self._rows.sigma**2 if is_row else 0.0
            return self._fixed_means, variance + own, df
        if kind in OF_KNOWN:
            return self._known_groups(is_row=is_row)
        variances = self._coefficients
        if kind != "population":
            variances = variances + self._new_effects
        variance, df = self._settled(variances, is_row=is_row)
        if kind != "population":
            df = np.maximum(df, FEWEST_DF)
        return self._fixed_means, variance, df

    @cached_property
    def _fixed_means(self) -> FloatArray:
        means: FloatArray = self._rows.X @ np.nan_to_num(self._estimates.beta)
        return means + self._rows.offset

    @cached_property
    def _contrasts(self) -> FloatArray:
        return inner_contrasts(self._estimates, self._rows.X)

    @cached_property
    def _coefficients(self) -> Variances:
        return self._of.calculus.of_coefficients(self._contrasts)

    @cached_property
    def _new_effects(self) -> Variances:
        columns = whitened(self._estimates, self._rows.Z)
        return self._of.calculus.of_new_effects(columns)

    def _settled(
        self, variances: Variances, *, is_row: bool
    ) -> tuple[FloatArray, FloatArray]:
        """Variances in squared units of the response, and their df."""
        calculus, e = self._of.calculus, self._estimates.evaluation
        assert e is not None
        if is_row:
            variances = variances + calculus.of_residual(len(variances.values))
        return e.products.y_scale**2 * variances.values, calculus.df(variances)

    @cached_property
    def _known(self) -> tuple[FloatArray, FloatArray, Variances]:
        """Effects of known groups, the unit variance of means, what new groups add."""
        estimates, rows = self._estimates, self._rows
        effects = np.zeros(len(rows.X))
        for own, Z, codes in zip(estimates.blocks, rows.Z, rows.codes, strict=True):
            own_effects = np.einsum("mk,mk->m", Z, own.effects[codes])
            effects += np.where(codes >= 0, own_effects, 0.0)
        e = estimates.evaluation
        assert e is not None
        known, new = whitened_apart(estimates, rows)
        h = leverages(e, self._contrasts, known, factor_codes(estimates, rows))
        return effects, h, self._of.calculus.of_new_effects(new)

    def _known_groups(
        self, *, is_row: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Conditional means with the joint uncertainty of coefficients and effects."""
        estimates, rows = self._estimates, self._rows
        effects, h, unseen = self._known
        e = estimates.evaluation
        assert e is not None
        variance = estimates.sigma**2 * h + e.products.y_scale**2 * unseen.values
        if is_row:
            variance = variance + estimates.sigma**2
        is_unseen = np.logical_or.reduce([codes < 0 for codes in rows.codes])
        df = np.empty(len(variance))
        if not is_unseen.all():  # all rows of the data tell it: not without need
            df[~is_unseen] = self._of.residual_df
        if is_unseen.any():
            _, of_sum = self._settled(self._coefficients + unseen, is_row=is_row)
            df[is_unseen] = np.maximum(of_sum[is_unseen], FEWEST_DF)
        return self._fixed_means + effects, variance, df


def _least_squares(
    estimates: Estimates, rows: EncodedRows
) -> tuple[FloatArray, FloatArray]:
    """Variance of X beta and its exact degrees of freedom."""
    kept = list(estimates.kept)
    X, covariance = rows.X[:, kept], estimates.covariance[np.ix_(kept, kept)]
    unknown = np.isnan(np.diag(covariance))
    known = np.where(np.isnan(covariance), 0.0, covariance)
    variance = np.einsum("mp,pr,mr->m", X, known, X, optimize=True)
    variance[(X[:, unknown] != 0).any(axis=1)] = np.nan
    assert estimates.residual_df is not None
    # separate regressions: a row's columns belong to one group and share its df
    df = np.nan_to_num(estimates.residual_df, nan=np.inf)
    return variance, np.where(rows.X != 0, df, np.inf).min(axis=1, initial=np.inf)


def whitened_apart(
    estimates: Estimates, rows: EncodedRows
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Whitened columns of the groups that are known, and of those that are not.

    Parameters
    ----------
    estimates : Estimates
    rows : EncodedRows

    Returns
    -------
    known, new : list of ndarray of shape (m, k)
        By factor, leaf first; zero where the other has the group.
    """
    known, new = [], []
    for Z, codes in zip(rows.Z, rows.codes, strict=True):
        is_known = (codes >= 0)[:, None]
        known.append(np.where(is_known, Z, 0.0))
        new.append(np.where(is_known, 0.0, Z))
    return whitened(estimates, known), whitened(estimates, new)


def factor_codes(estimates: Estimates, rows: EncodedRows) -> list[IntArray]:
    """Levels of the rows by factor, leaf first; 0 for groups that are not known."""
    assert estimates.evaluation is not None
    factors = estimates.evaluation.products.factors
    return [rows.codes[factor.block_indices[0]].clip(0) for factor in factors]


def whitened(estimates: Estimates, Z: Sequence[FloatArray]) -> list[FloatArray]:
    """Columns by block as whitened columns by factor: Z_white = Z T^-1."""
    assert estimates.evaluation is not None
    result: list[FloatArray] = []
    for factor in estimates.evaluation.products.factors:
        parts = [
            solve_triangular(T, Z[index].T, trans="T").T
            for index, T in zip(factor.block_indices, factor.transforms, strict=True)
        ]
        result.append(np.column_stack(parts))
    return result
