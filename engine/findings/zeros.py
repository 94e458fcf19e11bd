"""How far the zero of a covariate lies from the data, and whether it can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.model.language.expressions import parse_expression
from engine.model.language.names import quoted
from engine.model.language.rewriting import polynomial

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.model.spec import ModelSpec

FAR_FROM_MEAN, FAR_FROM_DATA = 2.0, 0.5
"""SDs between zero and the mean, and zero and the nearest row, from which it is far."""


def far_from_zero(values: FloatArray) -> float | None:
    """Measure how far zero is from the mean, if it lies outside the data.

    Parameters
    ----------
    values : ndarray of shape (n,)

    Returns
    -------
    float or None
        The mean in SDs, with its sign; None if zero is not far.
    """
    if not len(values) or not np.isfinite(values).all():
        return None
    low, high, sd = float(values.min()), float(values.max()), float(values.std())
    if sd == 0 or low <= 0 <= high:
        return None
    mean = float(values.mean()) / sd
    nearest = min(abs(low), abs(high)) / sd
    is_far = abs(mean) >= FAR_FROM_MEAN and nearest >= FAR_FROM_DATA
    return mean if is_far else None


def can_be_centred(spec: ModelSpec, column: str) -> bool:
    """Tell whether a shift of a column leaves all curves of it what they are.

    Parameters
    ----------
    spec : ModelSpec
    column : str

    Returns
    -------
    bool
        False beside `log(x)`, and for `x + x:z` without `z`.
    """
    own = quoted(column)
    effects = {frozenset(term) for term in spec.fixed}
    for term in spec.fixed:
        if own in term and len(term) > 1 and {*term} - {own} not in effects:
            return False
    random = (term for own in spec.random for term in own.terms)
    factors = {factor for term in (*spec.fixed, *random) for factor in term}
    for factor in factors:
        expression = parse_expression(factor)
        if column not in expression.columns or expression.is_column:
            continue
        if not is_power(factor, column) and polynomial(factor) is None:
            return False
    return True


def is_power(factor: str, column: str) -> bool:
    """Tell whether a factor is a power of a column, as `I(x ** 2)`.

    Parameters
    ----------
    factor : str
        A canonical expression.
    column : str

    Returns
    -------
    bool
    """
    return factor.startswith(f"I({quoted(column)} ** ")
