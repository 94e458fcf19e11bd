"""Predictions with the interval that answers the question asked.

| kind            | of what                       | variance                 |
|-----------------|-------------------------------|--------------------------|
| population      | mean of all groups            | x Cov(beta) x'           |
| group           | mean of a known group         | joint, Cov(beta, b) too  |
| observation     | a new row in a known group    | that + sigma^2           |
| new_group       | mean of a group not seen      | population + z Cov(b) z' |
| new_observation | a new row in a group not seen | that + sigma^2           |

Intervals use Student's t: Satterthwaite's df where the group is not known, and the
rows less the effective number of parameters where it is. The variance parameters are
taken as estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy.linalg import solve_triangular

from engine.distributions import t_quantile
from engine.errors import DesignError, EngineError
from engine.fitting.posterior import leverages
from engine.inference.estimability import is_estimable
from engine.inference.satterthwaite import Satterthwaite, inner_contrasts
from engine.model.columns import listed
from engine.model.levels import combined_names, level_texts, make_grouping
from engine.model.plain_types import plainly_typed

if TYPE_CHECKING:
    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.fitting.result import Estimates
    from engine.model.levels import Grouping

Kind = Literal["population", "group", "observation", "new_group", "new_observation"]
KINDS: tuple[Kind, ...] = (
    "population",
    "group",
    "observation",
    "new_group",
    "new_observation",
)
COLUMNS = ["estimate", "std_error", "lower", "upper"]


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
    complete, rows = _rows(estimates, plainly_typed(frame), kind)
    estimate, variance, df = _moments(estimates, rows, kind)
    estimate = np.where(is_estimable(estimates, rows.X), estimate, np.nan)
    error = np.sqrt(np.maximum(variance, 0.0))
    half = t_quantile((1 + level) / 2, df) * error
    result = pd.DataFrame(np.nan, index=frame.index, columns=COLUMNS)
    error = np.where(np.isnan(estimate), np.nan, error)
    numbers = [estimate, error, estimate - half, estimate + half]
    result.iloc[np.flatnonzero(complete)] = np.column_stack(numbers)
    return result


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
    complete, rows = _rows(estimates, plainly_typed(frame), "population")
    means = rows.X @ np.nan_to_num(estimates.beta) + rows.offset
    result: FloatArray = np.full(len(frame), np.nan)
    result[complete] = np.where(is_estimable(estimates, rows.X), means, np.nan)
    return result


@dataclass(frozen=True, slots=True)
class _Rows:
    """Matrices of the rows to predict.

    Attributes
    ----------
    X : ndarray of shape (m, p)
    Z : list of ndarray of shape (m, k)
        By block of the design; empty when the kind needs none.
    codes : list of ndarray of int, shape (m,)
        Level of each row, by block; -1 for levels not seen.
    offset : ndarray of shape (m,)
    sigma : ndarray of shape (m,)
        Residual SD.
    """

    X: FloatArray
    Z: list[FloatArray]
    codes: list[IntArray]
    offset: FloatArray
    sigma: FloatArray


def _rows(
    estimates: Estimates, frame: pd.DataFrame, kind: Kind
) -> tuple[BoolArray, _Rows]:
    """Encode the rows without missing cells."""
    design = estimates.design
    names = list(design.encoder.columns)
    if design.offset_encoder is not None:
        names += design.offset_encoder.columns
    if estimates.sigma_by_group is not None:
        names += [str(design.spec.grouping)]
    if kind != "population":
        names += [c for block in design.blocks for c in block.encoder.columns]
    if kind in ("group", "observation"):
        names += [c for block in design.blocks for c in block.grouping.columns]
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in frame.columns:
            raise DesignError(
                f"The rows to predict have no column '{name}'.",
                f"The model needs {listed(names)}.",
            )
    complete = ~frame[names].isna().any(axis=1).to_numpy()
    used = frame.loc[complete]
    X = design.encoder.encode(used)
    Z, codes = [], []
    if kind != "population":
        Z = [block.encoder.encode(used) for block in design.blocks]
        unknown = np.full(len(used), -1, dtype=np.intp)
        codes = [
            level_codes(block.grouping, used)
            if kind in ("group", "observation")
            else unknown
            for block in design.blocks
        ]
    offset = np.zeros(len(used))
    if design.offset_encoder is not None:
        offset = design.offset_encoder.encode(used).sum(axis=1)
    return complete, _Rows(X, Z, codes, offset, _residual_sd(estimates, used))


def _residual_sd(estimates: Estimates, frame: pd.DataFrame) -> FloatArray:
    """Residual SD of each row; by group for separate regressions."""
    if estimates.sigma_by_group is None:
        return np.full(len(frame), estimates.sigma)
    design = estimates.design
    grouping = make_grouping(design.frame, (str(design.spec.grouping),))
    return estimates.sigma_by_group[level_codes(grouping, frame)]


def level_codes(grouping: Grouping, frame: pd.DataFrame) -> IntArray:
    """Position of each row's group among the known ones, -1 for others.

    Parameters
    ----------
    grouping : Grouping
    frame : DataFrame
        With the grouping's columns, without missing cells.

    Returns
    -------
    ndarray of int, shape (m,)
    """
    names = combined_names([level_texts(frame[name]) for name in grouping.columns])
    codes: IntArray = grouping.levels.get_indexer(pd.Index(names, dtype="str"))
    return codes


def _moments(
    estimates: Estimates, rows: _Rows, kind: Kind
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Estimate, variance and degrees of freedom of each row's quantity."""
    estimate = rows.X @ np.nan_to_num(estimates.beta) + rows.offset
    is_row = kind in ("observation", "new_observation")
    if not estimates.design.blocks:
        variance, df = _least_squares(estimates, rows)
        return estimate, variance + (rows.sigma**2 if is_row else 0.0), df
    if kind in ("group", "observation"):
        return _known_groups(estimates, rows, estimate, is_row=is_row)
    assert estimates.evaluation is not None
    calculus = Satterthwaite(estimates.evaluation)
    moments = calculus.of_coefficients(inner_contrasts(estimates, rows.X))
    if kind != "population":
        moments = moments + calculus.of_new_effects(_whitened(estimates, rows.Z))
    if is_row:
        moments = moments + calculus.of_residual(len(estimate))
    unit = estimates.evaluation.products.y_scale
    return estimate, unit**2 * moments.values, calculus.df(moments)


def _least_squares(estimates: Estimates, rows: _Rows) -> tuple[FloatArray, FloatArray]:
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


def _known_groups(
    estimates: Estimates, rows: _Rows, estimate: FloatArray, *, is_row: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Conditional means with the joint uncertainty of coefficients and effects."""
    e, design = estimates.evaluation, estimates.design
    assert e is not None
    known, new = [], []
    for own, Z, codes in zip(estimates.blocks, rows.Z, rows.codes, strict=True):
        is_known = codes >= 0
        estimate = estimate + np.where(
            is_known, np.einsum("mk,mk->m", Z, own.effects[codes]), 0.0
        )
        known.append(np.where(is_known[:, None], Z, 0.0))
        new.append(np.where(is_known[:, None], 0.0, Z))
    by_factor = [
        rows.codes[factor.block_indices[0]].clip(0) for factor in e.products.factors
    ]
    Q = inner_contrasts(estimates, rows.X)
    h = leverages(e, Q, _whitened(estimates, known), by_factor)
    calculus = Satterthwaite(e)
    unseen = calculus.of_new_effects(_whitened(estimates, new))
    variance = estimates.sigma**2 * h + e.products.y_scale**2 * unseen.values
    if is_row:
        variance = variance + estimates.sigma**2
    residual_df = max(len(design.y) - float(estimates.leverage.sum()), 1.0)
    is_unseen = np.logical_or.reduce([codes < 0 for codes in rows.codes])
    moments = calculus.of_coefficients(Q) + unseen
    if is_row:
        moments = moments + calculus.of_residual(len(estimate))
    unseen_df = calculus.df(moments)
    return estimate, variance, np.where(is_unseen, unseen_df, residual_df)


def _whitened(estimates: Estimates, Z: list[FloatArray]) -> list[FloatArray]:
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
