"""Marginal means and slopes with intervals from the replicates' coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.inference.averaging import averages
from engine.inference.bootstrap.intervals import interval
from engine.inference.estimability import is_estimable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.inference.bootstrap.result import Bootstrap
    from engine.inference.reference_grid import At

KINDS = ("percentile", "basic")


def bootstrapped_means(
    found: Bootstrap,
    terms: str | Sequence[str],
    at: At | None = None,
    *,
    weights: str = "equal",
    slope_of: str | None = None,
    level: float = 0.95,
    kind: str = "percentile",
) -> pd.DataFrame:
    """Marginal means, or slopes, of each replicate in an interval.

    Parameters
    ----------
    found : Bootstrap
    terms, at, weights
        See `engine.inference.marginal_means.marginal_means`.
    slope_of : str, optional
        Slopes of this covariate instead of means.
    level : float
    kind : {"percentile", "basic"}

    Returns
    -------
    DataFrame
        The terms' columns; estimate (the model's own), std_error (the replicates' SD),
        bias, lower, upper, kind, n. NaN where the rows fitted cannot tell.

    Raises
    ------
    EngineError
        If something asked makes no sense.
    """
    if kind not in KINDS:
        raise EngineError(
            f"There is no interval of kind '{kind}' for means.",
            "Choose 'percentile' or 'basic'.",
        )
    if not 0.0 < level < 1.0:
        raise EngineError(
            f"An interval cannot hold a share of {level}.",
            "Choose a level between 0 and 1, such as 0.95.",
        )
    fitted = found.fitted
    made = averages(fitted, terms, at, weights=weights, slope_of=slope_of)
    L, offset = made.weights, made.offset
    betas = found.estimates[list(fitted.design.terms)].to_numpy().T
    replicates = L @ np.nan_to_num(betas) + offset[:, None]
    own = L @ np.nan_to_num(fitted.beta) + offset
    lost = made.is_empty | ~is_estimable(fitted, L)
    own[lost], replicates[lost] = np.nan, np.nan
    rows = [
        interval(values, one, level, kind, None)
        for values, one in zip(replicates, own, strict=True)
    ]
    return pd.concat([made.frame, pd.DataFrame(rows)], axis=1)
