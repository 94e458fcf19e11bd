"""Which combinations of coefficients the rows fitted can say anything about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import BoolArray, FloatArray
    from engine.fitting.result import Estimates

ESTIMABLE = 1e-6
"""Relative gap up to which a dependency among columns holds in a new row."""
ROUNDING = 1e-10
"""The same relative to the columns as they were fitted, whatever the row."""


def is_estimable(estimates: Estimates, X: FloatArray) -> BoolArray:
    """Whether each row repeats the dependencies among columns that the data had.

    Parameters
    ----------
    estimates : Estimates
    X : ndarray of shape (m, p)
        Rows of a model matrix, or weights of the coefficients.

    Returns
    -------
    ndarray of bool, shape (m,)
        True of all rows for separate regressions, which have no columns in common.
    """
    result = np.ones(len(X), dtype=bool)
    if estimates.evaluation is None:
        return result
    products = estimates.evaluation.products
    if not products.dependencies:
        return result
    kept = X[:, list(products.kept)]
    usual = np.abs(estimates.design.X).max(axis=0)
    for column, weights in products.dependencies.items():
        gap = np.abs(X[:, column] - kept @ weights)
        size = np.abs(X[:, column]) + np.abs(kept) @ np.abs(weights)
        # weights of zero are only nearly so, and alone in a row of reference levels
        least = usual[column] + usual[list(products.kept)] @ np.abs(weights)
        result &= gap <= ESTIMABLE * size + ROUNDING * least
    return result
