"""Intervals from the replicates of one quantity.

percentile   quantiles of the replicates
basic        the estimate less the quantiles of (replicate - estimate)
bca          quantiles at levels that are corrected for bias and acceleration

(Davison and Hinkley 1997, Bootstrap Methods and their Application, sections 5.2-5.3;
Efron 1987, J. Am. Stat. Assoc. 82, 171.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from engine.arrays import FloatArray

INTERVALS = ("percentile", "basic", "bca")


def interval(
    replicates: FloatArray,
    estimate: float,
    level: float,
    kind: str,
    acceleration: float | None = None,
) -> dict[str, float | str]:
    """Make the interval of one quantity.

    Parameters
    ----------
    replicates : ndarray of shape (B,)
        NaN where a replicate has no value.
    estimate : float
    level : float
    kind : {"percentile", "basic", "bca"}
    acceleration : float, optional
        Without it BCa is not defined, and the interval is of percentiles.

    Returns
    -------
    dict
        estimate, std_error, bias, lower, upper, kind (the one that was made), n.
    """
    known = replicates[np.isfinite(replicates)]
    made = kind if kind != "bca" or acceleration is not None else "percentile"
    lower = upper = spread = bias = float("nan")
    if len(known) and np.isfinite(estimate):
        tail = (1 - level) / 2
        levels = (tail, 1 - tail)
        if made == "bca":
            assert acceleration is not None
            levels = _corrected(known, estimate, tail, acceleration)
        lower, upper = np.quantile(known, levels).tolist()
        if made == "basic":
            lower, upper = 2 * estimate - upper, 2 * estimate - lower
        bias = float(known.mean()) - estimate
        spread = float(known.std(ddof=1)) if len(known) > 1 else float("nan")
    return {
        "estimate": estimate,
        "std_error": spread,
        "bias": bias,
        "lower": lower,
        "upper": upper,
        "kind": made,
        "n": len(known),
    }


def _corrected(
    known: FloatArray, estimate: float, tail: float, acceleration: float
) -> tuple[float, float]:
    """Levels of the quantiles: shifted by the bias, stretched by the acceleration."""
    below = (known < estimate).mean() + (known == estimate).mean() / 2
    n = len(known)
    bias = float(ndtri(np.clip(below, 0.5 / n, 1 - 0.5 / n)))
    levels = []
    for z in (ndtri(tail), ndtri(1 - tail)):
        shifted = bias + float(z)
        levels.append(float(ndtr(bias + shifted / (1 - acceleration * shifted))))
    return levels[0], levels[1]
