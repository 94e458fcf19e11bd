"""What the data can support: advice before or beside a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray

FEW_COUNTS = 10
"""A median count below this makes the normal distribution a poor description."""
MANY_ZEROS = 0.1
"""Share of zeros from which a count cannot be nearly normal."""


def response_advice(y: FloatArray, name: str) -> tuple[str, ...]:
    """Say when a response looks like yes/no, a proportion, or small counts.

    Parameters
    ----------
    y : ndarray of shape (n,)
        The response, finite.
    name : str
        Its name.

    Returns
    -------
    tuple of str
        At most one sentence; the model is fitted all the same.
    """
    values = np.unique(y)
    if len(values) == 2:
        low, high = values
        return (
            f"'{name}' has only two values ({low:g} and {high:g}), like yes or no: a "
            "linear mixed model describes it poorly, a logistic one (a generalised "
            "linear mixed model) would suit it.",
        )
    is_count = values[0] >= 0 and np.equal(np.mod(values, 1), 0).all()
    zeros = float(np.mean(y == 0))
    if is_count and (zeros > MANY_ZEROS or float(np.median(y)) < FEW_COUNTS):
        return (
            f"'{name}' looks like small counts ({zeros:.0%} zeros, median "
            f"{np.median(y):g}): the spread of counts grows with their mean. Look at "
            "residuals v fitted; log(1 + count) may help, a generalised linear mixed "
            "model suits counts better.",
        )
    if values[0] >= 0 and values[-1] <= 1 and len(values) > 2 and 0.0 in values:
        return (
            f"'{name}' lies between 0 and 1, like a proportion: near the ends its "
            "spread shrinks. Look at residuals v fitted.",
        )
    return ()
