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
        reach = _reach(centre, x, k) * (1 + 1e-9)
        first = np.searchsorted(x, centre - reach)
        near = slice(first, np.searchsorted(x, centre + reach, side="right"))
        if reach == 0:  # most points share this x: the line is their mean
            curve[i] = np.average(y[near], weights=robustness[near] + 1e-300)
            continue
        share = np.abs(x[near] - centre) / reach
        weights = np.clip(1 - share * share * share, 0, None)
        weights *= weights * weights * robustness[near]
        if not weights.any():
            curve[i] = np.median(y)
            continue
        curve[i] = _line_at(centre, x[near], y[near], weights, float(x[-1] - x[0]))
    return curve


def _reach(centre: float, x: FloatArray, k: int) -> float:
    """Distance to the k-th nearest of increasing values, found by bisection."""
    low, high = 0, len(x) - k  # where the k nearest begin
    while low < high:
        middle = (low + high) // 2
        if x[middle + k] - centre < centre - x[middle]:
            low = middle + 1
        else:
            high = middle
    return float(max(centre - x[low], x[low + k - 1] - centre))


def _line_at(
    centre: float, x: FloatArray, y: FloatArray, weights: FloatArray, span: float
) -> float:
    """Weighted least-squares line through the points, at the centre; span is of all."""
    total = weights.sum()
    mean_x, mean_y = weights @ x / total, weights @ y / total
    dx = x - mean_x
    spread = weights @ dx**2
    if spread <= 1e-12 * total * max(span**2, 1e-300):
        return float(mean_y)
    return float(mean_y + (weights @ (dx * (y - mean_y))) / spread * (centre - mean_x))
