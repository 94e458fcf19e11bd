"""What means and slopes a model's fixed part offers for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.prediction_scale import scales_of
from engine.diagnostics.prediction_settings import as_numbers
from engine.inference.averaging import is_curved
from engine.inference.reference_grid import FEW
from engine.model.levels import ordered_levels

if TYPE_CHECKING:
    from engine.diagnostics.prediction_inputs import NumberInput, PredictionInputs
    from engine.diagnostics.prediction_scale import Scale
    from engine.fitted_model import FittedModel

MOST_DISTINCT = 6
"""Values of a covariate up to which each of them is told apart."""
TYPICAL = (0.1, 0.5, 0.9)
"""Quantiles at which a covariate with more values stands."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Means, or slopes, that are told apart.

    Attributes
    ----------
    columns : tuple of str
        At whose combinations of values there is one each; none for one of all.
    slope_of : str
        The covariate whose slopes they are; ``""`` for means.
    """

    columns: tuple[str, ...]
    slope_of: str = ""


@dataclass(frozen=True, slots=True)
class ComparedInputs:
    """Everything that can be chosen.

    Attributes
    ----------
    levels : dict of str to tuple of str
        By factor of the fixed part, its levels.
    numbers : dict of str to NumberInput
        Covariates of the fixed part.
    means : dict of str to float
        By covariate, its mean over the rows used.
    curved : frozenset of str
        Covariates whose slopes depend on where they are held.
    stands : dict of str to tuple of float
        By covariate, where it stands when its values are told apart.
    quantities : tuple of Quantity
        Factors first.
    scales : tuple of Scale
        On which means can be shown.
    inputs : PredictionInputs
        What can be set before something is predicted.
    """

    levels: dict[str, tuple[str, ...]]
    numbers: dict[str, NumberInput]
    means: dict[str, float]
    curved: frozenset[str]
    stands: dict[str, tuple[float, ...]]
    quantities: tuple[Quantity, ...]
    scales: tuple[Scale, ...]
    inputs: PredictionInputs

    def size(self, name: str) -> int:
        """How many values of a column are told apart."""
        return len(self.levels[name] if name in self.levels else self.stands[name])

    def held(self, quantity: Quantity, by: str) -> tuple[str, ...]:
        """Covariates whose values matter to a quantity, and are not told apart."""
        told = {*quantity.columns, by}
        if quantity.slope_of and quantity.slope_of not in self.curved:
            told.add(quantity.slope_of)
        return tuple(name for name in self.numbers if name not in told)


def compared_inputs(model: FittedModel, inputs: PredictionInputs) -> ComparedInputs:
    """Find what can be compared.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
        Of the model.

    Returns
    -------
    ComparedInputs
    """
    levels: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, NumberInput] = {}
    for name in model.design.encoder.columns:
        if name in inputs.categories:
            levels[name] = inputs.categories[name].levels
            continue
        column = model.design.frame[name]
        if 1 < column.nunique() <= FEW:  # the reference grid takes it as levels
            levels[name] = tuple(ordered_levels(column))
        else:
            numbers[name] = inputs.numbers[name]
    stands = {name: _stands(model, inputs, name) for name in numbers}
    told = {name: own for name, own in levels.items() if len(own) > 1}
    frame = model.design.frame
    return ComparedInputs(
        levels=levels,
        numbers=numbers,
        means={n: float(as_numbers(inputs, n, frame[n]).mean()) for n in numbers},
        curved=frozenset(n for n in numbers if is_curved(model.design, n)),
        stands=stands,
        quantities=_quantities(told, stands),
        scales=scales_of(model),
        inputs=inputs,
    )


def _stands(
    model: FittedModel, inputs: PredictionInputs, name: str
) -> tuple[float, ...]:
    """Few values of a covariate that stand for all."""
    number = inputs.numbers[name]
    column = as_numbers(inputs, name, model.design.frame[name]).astype("float64")
    distinct = np.unique(column)
    if len(distinct) <= MOST_DISTINCT:
        return tuple(map(float, distinct))
    typical = np.quantile(column, TYPICAL)
    return tuple(sorted({number.at(number.place(float(value))) for value in typical}))


def _quantities(
    levels: dict[str, tuple[str, ...]], stands: dict[str, tuple[float, ...]]
) -> tuple[Quantity, ...]:
    factors = list(levels)
    pairs = [(a, b) for i, a in enumerate(factors) for b in factors[i + 1 :]]
    several = [name for name, own in stands.items() if len(own) > 1]
    found = [Quantity((name,)) for name in factors]
    found += [Quantity(pair) for pair in pairs]
    for name in several:
        found.append(Quantity((), name))
        found += [Quantity((factor,), name) for factor in factors]
    found += [Quantity((name,)) for name in several]
    return tuple(found)
