"""A robust local-linear smoother (lowess; Cleveland 1979, JASA 74, 829)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray

SPAN = 2 / 3
"""Share of the points that each local line sees."""
ROBUST_PASSES = 3
GRID = 60
"""Points at which the curve is computed."""
FEWEST = 10
"""With fewer points a curve would only join them."""


def lowess(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Smooth y over x.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Finite values in any order.

    Returns
    -------
    grid : ndarray of shape (m,)
        Increasing; quantiles of the distinct x, which keep detail where points are.
    curve : ndarray of shape (m,)
        Both are empty with fewer than ten points or five distinct x.
    """
    distinct = np.unique(x)
    if len(x) < FEWEST or len(distinct) < FEWEST // 2:
        return np.zeros(0), np.zeros(0)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    grid = np.unique(np.quantile(distinct, np.linspace(0, 1, GRID)))
    robustness = np.ones(len(x))
    curve = _local_lines(grid, x, y, robustness)
    for _ in range(ROBUST_PASSES):
        rest = y - np.interp(x, grid, curve)
        scale = 6 * float(np.median(np.abs(rest)))
        if scale <= np.finfo(float).eps * float(np.abs(y).max(initial=0.0)):
            break
        robustness = np.clip(1 - (rest / scale) ** 2, 0, None) ** 2
        curve = _local_lines(grid, x, y, robustness)
    return grid, curve


def _local_lines(
    grid: FloatArray, x: FloatArray, y: FloatArray, robustness: FloatArray
) -> FloatArray:
    """Value at each grid point of the line through its neighbours, tricube weights."""
    k = max(int(np.ceil(SPAN * len(x))), 2)
    curve = np.empty(len(grid))
    for i, centre in enumerate(grid):
        near = np.abs(x - centre)
        reach = np.partition(near, k - 1)[k - 1] * (1 + 1e-9)
        if reach == 0:  # most points share this x: the line is their mean
            curve[i] = np.average(y[near == 0], weights=robustness[near == 0] + 1e-300)
            continue
        weights = np.clip(1 - (near / reach) ** 3, 0, None) ** 3 * robustness
        curve[i] = _line_at(centre, x, y, weights)
    return curve


def _line_at(centre: float, x: FloatArray, y: FloatArray, weights: FloatArray) -> float:
    """Weighted least-squares line through the points, at the centre."""
    total = weights.sum()
    if total == 0:
        return float(np.median(y))
    mean_x, mean_y = weights @ x / total, weights @ y / total
    dx = x - mean_x
    spread = weights @ dx**2
    if spread <= 1e-12 * total * max(float(np.ptp(x)) ** 2, 1e-300):
        return float(mean_y)
    return float(mean_y + (weights @ (dx * (y - mean_y))) / spread * (centre - mean_x))
