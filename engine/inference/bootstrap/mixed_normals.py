"""Quantiles of mixtures of normal distributions with equal weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from engine.arrays import FloatArray

STEPS = 80
WIDEST = 12.0
"""Standard deviations of a component within which quantiles are looked for."""
EXACT = 1e-13
"""Share of the whole up to which a quantile need not be better."""
_ROOT_2PI = float(np.sqrt(2 * np.pi))


def quantile(centres: FloatArray, errors: FloatArray, share: float) -> FloatArray:
    """Quantile of mixtures: Newton's steps, halving where they leave the bracket.

    Parameters
    ----------
    centres, errors : ndarray of shape (r, m)
        Means and standard deviations of the r components of m mixtures; without
        spread, a component is a step.
    share : float
        Between 0 and 1.

    Returns
    -------
    ndarray of shape (m,)
    """
    low = (centres - WIDEST * errors).min(axis=0)
    high = (centres + WIDEST * errors).max(axis=0)
    at = np.quantile(centres, share, axis=0)
    at = np.where((at > low) & (at < high), at, (low + high) / 2)
    for _ in range(STEPS):
        below, density = _at(centres, errors, at)
        gap = below - share
        low, high = np.where(gap < 0, at, low), np.where(gap < 0, high, at)
        if (np.abs(gap) < EXACT).all():
            break
        step = np.divide(gap, density, out=np.full_like(gap, np.inf), where=density > 0)
        moved = at - step
        is_inside = (moved > low) & (moved < high)
        at = np.where(is_inside, moved, (low + high) / 2)
    made: FloatArray = at
    return made


def quantile_error(
    centres: FloatArray, errors: FloatArray, share: float, at: FloatArray
) -> FloatArray:
    """Standard error that a quantile has because its components are a sample.

    SD of the components' shares below it, over the root of their number and the
    mixture's density there (the delta method).

    Parameters
    ----------
    centres, errors, share
        As for `quantile`.
    at : ndarray of shape (m,)
        The quantile.

    Returns
    -------
    ndarray of shape (m,)
        NaN where there is no density.
    """
    below = _below(centres, errors, at)
    _, density = _at(centres, errors, at)
    spread = np.sqrt(((below - share) ** 2).mean(axis=0) / len(centres))
    result: FloatArray = np.full(len(at), np.nan)
    np.divide(spread, density, out=result, where=density > 0)
    return result


def _below(centres: FloatArray, errors: FloatArray, at: FloatArray) -> FloatArray:
    safe = np.where(errors > 0, errors, 1.0)
    is_step = 1.0 * (centres <= at)
    shares: FloatArray = np.where(errors > 0, ndtr((at - centres) / safe), is_step)
    return shares


def _at(
    centres: FloatArray, errors: FloatArray, at: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Share below a point and density there, of each mixture."""
    safe = np.where(errors > 0, errors, 1.0)
    z = (at - centres) / safe
    densities = np.where(errors > 0, np.exp(-z * z / 2) / (_ROOT_2PI * safe), 0.0)
    return _below(centres, errors, at).mean(axis=0), densities.mean(axis=0)
