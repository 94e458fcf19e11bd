"""Which part of the plane a plot shows; arithmetic only, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray

EDGE = 12.0  # pixels between the outermost points and the ends of the view
_LEAST = 40.0  # pixels of a view that has not been laid out yet
Range = tuple[float, float]


def span_of(*arrays: FloatArray) -> Range:
    """Smallest and largest finite value of all arrays; (0, 0) if there is none."""
    values = np.concatenate([np.ravel(array) for array in arrays])
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return 0.0, 0.0
    return float(values.min()), float(values.max())


def wider(span: Range, *arrays: FloatArray) -> Range:
    """Return a span, opened so that it holds the finite values of all arrays."""
    values = np.concatenate([np.ravel(array) for array in arrays])
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return span
    return min(span[0], float(values.min())), max(span[1], float(values.max()))


def opened(limits: Range) -> Range:
    """Return `limits`, opened around a constant so that they are a range."""
    low, high = limits
    if high - low > 1e-12 * max(abs(low), abs(high)):
        return limits
    half = abs(low) * 0.1 or 1.0
    return low - half, high + half


def padded(
    limits: Range, pixels: float, before: float = EDGE, after: float = EDGE
) -> Range:
    """Return `limits` with so many pixels of a view of `pixels` added at its ends."""
    low, high = opened(limits)
    unit = (high - low) / max(_LEAST, pixels - before - after)
    return low - before * unit, high + after * unit
