"""Derivatives by differences, extrapolated until rounding takes over.

C. J. F. Ridders (1982), Adv. Eng. Softw. 4, 75: central differences at shrinking steps
are extrapolated to none; the extrapolation that changed least is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray

SHRINKS = 1.6
SIZES = SHRINKS ** -np.arange(9.0)
"""Steps, relative to the widest."""


def gradient_by_differences(
    value: Callable[[FloatArray], float], theta: FloatArray, step: FloatArray
) -> FloatArray:
    """Slope of a function along each element of theta.

    Parameters
    ----------
    value : callable
        From theta to a number.
    theta : ndarray of shape (n_theta,)
    step : ndarray of shape (n_theta,)
        The widest steps, within which the function is smooth.

    Returns
    -------
    ndarray of shape (n_theta,)
    """
    return (
        np.array(
            [
                _limit([_central(value, theta, h * along) / (2 * h) for h in SIZES])[0]
                for along in np.diag(step)
            ]
        )
        / step
    )


def hessian_by_differences(
    value: Callable[[FloatArray], float],
    slope: Callable[[FloatArray], FloatArray],
    theta: FloatArray,
    step: FloatArray,
) -> FloatArray:
    """Curvature of a function from its values, or from its slopes.

    Parameters
    ----------
    value, theta, step
        As above.
    slope : callable
        From theta to the gradient, of shape (n_theta,).

    Returns
    -------
    ndarray of shape (n_theta, n_theta)
        Of each element the one with the smaller error, as the extrapolation shows it:
        values lose digits by the second difference, and slopes may be in single
        precision.
    """
    n, steps, here = len(theta), np.diag(step), value(theta)

    def bend(along: FloatArray) -> tuple[float, float]:
        return _limit(
            [
                (value(theta + h * along) - 2 * here + value(theta - h * along)) / h**2
                for h in SIZES
            ]
        )

    H = np.empty((n, n))
    for i in range(n):
        by_size = [_central(slope, theta, h * steps[i]) / (2 * h) for h in SIZES]
        for j in range(i + 1):
            # u'Hv = ((u + v) / 2)'H((u + v) / 2) - ((u - v) / 2)'H((u - v) / 2)
            plus, error = bend((steps[i] + steps[j]) / 2)
            minus, other = bend((steps[i] - steps[j]) / 2) if i != j else (0.0, 0.0)
            from_values = plus - minus, error + other
            slopes, error = _limit([float(change[j]) for change in by_size])
            from_slopes = slopes * step[j], error * step[j]
            H[i, j], _ = min(from_values, from_slopes, key=lambda found: found[1])
            H[j, i] = H[i, j]
    return H / np.outer(step, step)


def _central(
    function: Callable[[FloatArray], Any], theta: FloatArray, step: FloatArray
) -> Any:
    """f(theta + step) - f(theta - step)."""
    return function(theta + step) - function(theta - step)


def _limit(differences: list[float]) -> tuple[float, float]:
    """Limit of differences at `SIZES`, which are even in the step; and its error."""
    best, error = float("nan"), float("inf")
    before: list[float] = []
    for difference in differences:
        row = [difference]
        for j, older in enumerate(before, start=1):
            factor = SHRINKS ** (2 * j)
            finer = (factor * row[-1] - older) / (factor - 1)
            apart = max(abs(finer - row[-1]), abs(finer - older))
            row.append(finer)
            if apart < error:
                best, error = finer, apart
        before = row
    return best, error
