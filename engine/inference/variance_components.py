"""Variances, standard deviations and correlations of the random effects as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates

    Row = tuple[str, str | None, str | None, float, float, float]


def variance_components(estimates: Estimates) -> pd.DataFrame:
    """Variances and correlations of the random effects; the last row is Residual.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    DataFrame
        group, term, term2, variance, sd, correlation. Rows with `term2` are about a
        pair: `variance` is then the covariance, and `correlation` is NaN where a
        variance is zero.
    """
    rows: list[Row] = []
    for index in estimates.block_order:
        block, own = estimates.design.blocks[index], estimates.blocks[index]
        rows += _rows(block.grouping.name, block.terms, own.covariance)
    sigma = float(estimates.sigma)
    rows.append(("Residual", None, None, sigma**2, sigma, float("nan")))
    names = ["group", "term", "term2", "variance", "sd", "correlation"]
    return pd.DataFrame(rows, columns=names)


def _rows(group: str, terms: tuple[str, ...], covariance: FloatArray) -> list[Row]:
    """Rows of one block."""
    sd = np.sqrt(np.diag(covariance))
    nothing = float("nan")
    rows: list[Row] = [
        (group, term, None, float(covariance[i, i]), float(sd[i]), nothing)
        for i, term in enumerate(terms)
    ]
    for i, first in enumerate(terms):
        for j in range(i + 1, len(terms)):
            scale = float(sd[i] * sd[j])
            value = float(covariance[i, j])
            # rounding must not report a correlation of 1.0000000000000002
            correlation = float(np.clip(value / scale, -1, 1)) if scale else nothing
            rows.append((group, first, terms[j], value, nothing, correlation))
    return rows
