"""Which means or slopes are wanted and how they are compared, made to fit the model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.diagnostics.prediction_scale import AS_FITTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.diagnostics.compared_inputs import ComparedInputs, Quantity
    from engine.diagnostics.prediction_scale import Scale

WAYS = ("pairwise", "control", "consecutive", "polynomial")
"""How means are compared."""
ADJUSTMENTS = ("", "holm", "sidak", "bh", "none")
"""For asking several questions at once; ``""`` for what belongs to the way."""
WEIGHTS = ("equal", "proportional", "cells")


@dataclass(frozen=True, slots=True)
class ComparedSettings:
    """What is asked.

    Attributes
    ----------
    quantity : Quantity or None
        None for the first that there is.
    by : str
        Column at whose values comparisons are made; ``""`` for none.
    values : dict of str to float
        By covariate, where it is held; those that are not named are at their means.
    way : str
        One of `WAYS`.
    control : str
        The level that others are compared with; ``""`` for the first.
    adjust : str
        One of `ADJUSTMENTS`.
    weights : str
        One of `WEIGHTS`: how levels of other factors are averaged.
    scale : str
        Key of the scale on which means are shown.
    level : float
        Coverage of the intervals.
    """

    quantity: Quantity | None = None
    by: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    way: str = "pairwise"
    control: str = ""
    adjust: str = ""
    weights: str = "equal"
    scale: str = AS_FITTED
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Comparison:
    """Settings that are a question to one model.

    Attributes
    ----------
    quantity : Quantity
    settings : ComparedSettings
        With nothing that the model does not have.
    names : tuple of str
        Of the means that are compared with each other.
    scale : Scale
        On which they are shown.
    """

    quantity: Quantity
    settings: ComparedSettings
    names: tuple[str, ...]
    scale: Scale


def comparison(inputs: ComparedInputs, wanted: ComparedSettings) -> Comparison | None:
    """Complete settings so that they are a question to a model.

    Parameters
    ----------
    inputs : ComparedInputs
        Of the model.
    wanted : ComparedSettings
        As they were set, perhaps for another model.

    Returns
    -------
    Comparison or None
        None where the model has nothing to compare.
    """
    if not inputs.quantities:
        return None
    quantity = wanted.quantity
    if quantity is None or quantity not in inputs.quantities:
        quantity = inputs.quantities[0]
    by = wanted.by if wanted.by in offered_by(inputs, quantity) else ""
    held = inputs.held(quantity, by)
    values = {name: v for name, v in wanted.values.items() if name in held}
    names = names_of(inputs, quantity)
    control = wanted.control if wanted.control in names else names[0]
    scale = inputs.scales[0]
    if not quantity.slope_of:  # the slope of a logarithm cannot be taken back
        known = (one for one in inputs.scales if one.key == wanted.scale)
        scale = next(known, scale)
    own = replace(
        wanted,
        quantity=quantity,
        by=by,
        values=values,
        control=control,
        scale=scale.key,
    )
    return Comparison(quantity, own, names, scale)


def offered_by(inputs: ComparedInputs, quantity: Quantity) -> tuple[str, ...]:
    """Columns at whose values a quantity can be compared."""
    if not quantity.columns:
        return ()
    taken = {*quantity.columns, quantity.slope_of}
    every = (*inputs.levels, *inputs.numbers)
    return tuple(n for n in every if n not in taken and inputs.size(n) > 1)


def names_of(inputs: ComparedInputs, quantity: Quantity) -> tuple[str, ...]:
    """Name each mean of a quantity; the first column's values change fastest."""
    names = [""]
    for column in reversed(quantity.columns):
        own = column_names(inputs, column)
        names = [f"{first} {rest}".strip() for rest in names for first in own]
    return tuple(names) if quantity.columns else ("all",)


def column_names(inputs: ComparedInputs, column: str) -> tuple[str, ...]:
    """Values of a column as a reader sees them."""
    if column in inputs.levels:
        return inputs.levels[column]
    number = inputs.numbers[column]
    return tuple(number.written(value) for value in inputs.stands[column])
