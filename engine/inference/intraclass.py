"""Intraclass correlations: for each grouping, and as they change with a covariate.

The correlation of two rows of one group is the share of the group in what varies beside
the fixed part. With slopes it depends on the covariates z of the rows; for two rows of
equal z

    ICC(z) = z'Cov(b) z / (sum over groupings of z'Cov(b) z + sigma^2)

(Goldstein, Browne and Rasbash 2002, Understanding Statistics 1, 223.) Averaged over the
rows used it is the adjusted ICC of Nakagawa, Johnson and Schielzeth (2017, J. R. Soc.
Interface 14, 20170213).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import DesignError
from engine.inference.variance_partition import block_variances, residual_variance
from engine.model.columns import listed
from engine.model.plain_types import plainly_typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates


def icc_by_group(estimates: Estimates) -> dict[str, float]:
    """Share of each grouping in what varies beside the fixed part.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    dict of str to float
        By grouping; with slopes averaged over the rows used. They add up to the
        adjusted ICC.
    """
    own = block_variances(estimates)
    total = float(sum(own)) + residual_variance(estimates)
    found: dict[str, float] = {}
    for block, value in zip(estimates.design.blocks, own, strict=True):
        name = block.grouping.name
        found[name] = found.get(name, 0.0) + value / total
    return found


def icc_along(estimates: Estimates, frame: pd.DataFrame) -> pd.DataFrame:
    """Intraclass correlations at given values of the covariates.

    Parameters
    ----------
    estimates : Estimates
    frame : DataFrame
        With the columns that vary among groups; groups are not needed.

    Returns
    -------
    DataFrame
        On the frame's index, a column for each grouping. A row of prior weight one is
        meant.

    Raises
    ------
    DesignError
        If a column is missing.
    """
    found = replicated_icc(
        estimates,
        frame,
        [block.covariance[..., None] for block in estimates.blocks],
        np.array([estimates.sigma**2]),
    )
    columns = {name: shares[:, 0] for name, shares in found.items()}
    return pd.DataFrame(columns, index=frame.index)


def replicated_icc(
    estimates: Estimates,
    frame: pd.DataFrame,
    covariances: Sequence[FloatArray],
    s2: FloatArray,
) -> dict[str, FloatArray]:
    """The same for many covariances of the same model.

    Parameters
    ----------
    estimates : Estimates
        For the design.
    frame : DataFrame
    covariances : sequence of ndarray of shape (k, k, B)
        Of each block of the design.
    s2 : ndarray of shape (B,)
        Residual variances.

    Returns
    -------
    dict of str to ndarray of shape (m, B)
        By grouping.
    """
    own = [
        np.einsum("ma,abB,mb->mB", z, covariance, z, optimize=True)
        for z, covariance in zip(_rows(estimates, frame), covariances, strict=True)
    ]
    total = s2 + sum(own)
    found: dict[str, FloatArray] = {}
    for block, value in zip(estimates.design.blocks, own, strict=True):
        name = block.grouping.name
        found[name] = found.get(name, 0.0) + value / total
    return found


def _rows(estimates: Estimates, frame: pd.DataFrame) -> list[FloatArray]:
    """Z of each block at given values of the covariates: shape (m, k)."""
    frame = plainly_typed(frame)
    blocks = estimates.design.blocks
    needed = dict.fromkeys(c for block in blocks for c in block.encoder.columns)
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise DesignError(
            f"The intraclass correlation depends on {listed(missing)}.",
            "Give a value for it.",
        )
    return [block.encoder.encode(frame) for block in blocks]
