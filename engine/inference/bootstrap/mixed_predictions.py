"""Predictions whose intervals know that the variances are estimates.

Given the variance parameters, a quantity is normal around its prediction, with
Henderson's variance. Over bootstrap replicates of these parameters, the data staying
what they are, that makes a mixture of normal distributions, whose quantiles are the
interval (Laird and Louis 1987, J. Am. Stat. Assoc. 82, 739, their type III bootstrap).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from engine.fitting.criterion import evaluate
from engine.fitting.result import fixed_estimates
from engine.inference.prediction import predict
from engine.model.covariance import lower_factor
from engine.progress import Step, ignore

if TYPE_CHECKING:
    import pandas as pd

    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates
    from engine.inference.bootstrap.result import Bootstrap
    from engine.inference.prediction import Kind
    from engine.progress import Report

COMPONENTS = 400
"""Replicates that are mixed: quantiles then differ by a few percent of the width."""
BISECTIONS = 60
WIDEST = 12.0
"""Standard errors within which quantiles are looked for."""
PREDICTING = "Predicting"


def predict_with_bootstrap(
    found: Bootstrap,
    frame: pd.DataFrame,
    kind: Kind = "population",
    level: float = 0.95,
    report: Report = ignore,
) -> pd.DataFrame:
    """Predict for the rows of a frame, with the uncertainty of the variances.

    Parameters
    ----------
    found : Bootstrap
        Of the model that predicts.
    frame, kind, level
        See `predict`.
    report : callable
        Called with a `Step` for each replicate; may raise `Cancelled`.

    Returns
    -------
    DataFrame
        estimate (the model's own), std_error, lower, upper, on the frame's index.
    """
    own = predict(found.fitted, frame, kind, level)
    if found.fitted.design.blocks == ():
        return own
    centres, errors = _components(found, frame, kind, report)
    if not len(centres):
        return own
    tail = (1 - level) / 2
    spread = np.sqrt((errors**2).mean(axis=0) + centres.var(axis=0))
    table = own.copy()
    table["std_error"] = np.where(own["estimate"].isna(), np.nan, spread)
    for name, share in (("lower", tail), ("upper", 1 - tail)):
        table[name] = mixture_quantile(centres, errors, share)
    return table


def _components(
    found: Bootstrap, frame: pd.DataFrame, kind: Kind, report: Report
) -> tuple[FloatArray, FloatArray]:
    """Predictions and their standard errors at replicates' variances: shape (r, m)."""
    usable = np.flatnonzero(found.refits.is_settled)
    some = usable[: min(len(usable), COMPONENTS)]
    centres, errors = [], []
    for done, i in enumerate(some):
        report(Step(PREDICTING, done, len(some)))
        at = _at_variances(found, int(i))
        if at is None:
            continue
        table = predict(at, frame, kind)
        centres.append(table["estimate"].to_numpy())
        errors.append(table["std_error"].to_numpy())
    return np.array(centres), np.array(errors)


def _at_variances(found: Bootstrap, i: int) -> Estimates | None:
    """Estimates of the model's own data at the variances of one replicate."""
    fitted, refits = found.fitted, found.refits
    own = fitted.evaluation
    assert own is not None
    lambdas = [_root(Sigma[..., i]) for Sigma in refits.sigmas]
    try:
        e = evaluate(own.products, lambdas, is_reml=own.is_reml)
    except np.linalg.LinAlgError:
        return None
    sigma = float(own.products.y_scale * np.sqrt(refits.s2[i]))
    beta, covariance = fixed_estimates(e, len(fitted.beta), sigma)
    return replace(fitted, evaluation=e, sigma=sigma, beta=beta, covariance=covariance)


def _root(Sigma: FloatArray) -> FloatArray:
    """A triangular root, also of a matrix without full rank."""
    values, vectors = np.linalg.eigh(Sigma)
    return lower_factor(vectors * np.sqrt(np.maximum(values, 0.0)))


def mixture_quantile(
    centres: FloatArray, errors: FloatArray, share: float
) -> FloatArray:
    """Quantile of equal mixtures of normal distributions.

    Parameters
    ----------
    centres, errors : ndarray of shape (r, m)
        Means and standard deviations of the r components of m mixtures.
    share : float

    Returns
    -------
    ndarray of shape (m,)
    """
    low = (centres - WIDEST * errors).min(axis=0)
    high = (centres + WIDEST * errors).max(axis=0)
    safe = np.where(errors > 0, errors, 1.0)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        below = np.where(
            errors > 0, ndtr((middle - centres) / safe), 1.0 * (centres <= middle)
        ).mean(axis=0)
        low = np.where(below < share, middle, low)
        high = np.where(below < share, high, middle)
    made: FloatArray = (low + high) / 2
    return made
