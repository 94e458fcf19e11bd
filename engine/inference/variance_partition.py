"""Where the variation lives: fixed part, groups, residual; R2 and ICC.

Johnson (2014, Methods Ecol. Evol. 5, 944) extends Nakagawa and Schielzeth (2013) to
random slopes: the variance that a random term adds is averaged over the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates


def variance_partition(estimates: Estimates) -> Mapping[str, float]:
    """Split the response's variance by source.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    mapping of str to float
        `fixed`, `random`, `residual` in squared units of the response, `r2_marginal`
        = fixed / total, `r2_conditional` = (fixed + random) / total and `icc_adjusted`
        = random / (random + residual). Defined for singular fits too. `residual` is the
        mean over rows, so that the unit of prior weights does not matter.
    """
    fixed = fixed_variance(estimates)
    random = float(sum(block_variances(estimates)))
    residual = residual_variance(estimates)
    total = fixed + random + residual
    return {
        "fixed": fixed,
        "random": random,
        "residual": residual,
        "r2_marginal": fixed / total,
        "r2_conditional": (fixed + random) / total,
        "icc_adjusted": random / (random + residual),
    }


def residual_variance(estimates: Estimates) -> float:
    """Mean over rows of the residual variance, sigma^2 / w_i with prior weights."""
    weights = estimates.design.weights
    if weights is None:
        return estimates.sigma**2
    return estimates.sigma**2 * float(np.mean(1 / weights))


def fixed_variance(estimates: Estimates) -> float:
    """Sample variance of X beta over the rows used; exactly zero for a constant."""
    means = estimates.design.X @ np.nan_to_num(estimates.beta)
    return float(np.var(means, ddof=1)) if np.ptp(means) > 0 else 0.0


def block_variances(estimates: Estimates) -> list[float]:
    """Mean of z'Cov(b) z over rows, for each block of random effects.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    list of float
        In formula order, squared units of the response.
    """
    return [
        _mean_square(block.Z, own.covariance)
        for block, own in zip(estimates.design.blocks, estimates.blocks, strict=True)
    ]


def _mean_square(Z: FloatArray, covariance: FloatArray) -> float:
    """tr(Cov Z'Z) / n."""
    return float(np.sum(covariance * (Z.T @ Z)) / len(Z))
