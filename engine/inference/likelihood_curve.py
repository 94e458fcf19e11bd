"""The profile likelihood of one parameter after the other, point by point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.held_fit import has_vanished, least_deviance
from engine.inference.held_parameters import (
    HeldCoefficient,
    HeldCorrelation,
    HeldDeviation,
    HeldSigma,
    Near,
    block_at,
)
from engine.inference.parameter_names import coefficient_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates
    from engine.inference.held_parameters import Held

LOWER = 1e-5
"""Fall of the deviance below its least value that is no rounding."""
SMALL_SD = 0.1
"""Relative standard deviation by which one that is zero is first raised."""
SHARE = 0.15
"""Share of a standard deviation that is taken for its standard error at first."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, where it can be, and how it is held.

    Attributes
    ----------
    name : str
        As tables name it.
    own : float
        The model's own estimate; NaN where it has none.
    best : float
        The ML estimate, on the scale of the search.
    unit : float
        A first guess of its standard error, on the scale of the search.
    held : Held or None
        None where the parameter cannot be estimated.
    bounds : (float, float)
        Where it can be, on the scale of the search.
    is_log : bool
        Whether the search is on the scale of the logarithm.
    edges : tuple of Held
        Parameters that may be zero instead: the correlation of an effect that does
        not vary can be anything.
    """

    name: str
    own: float
    best: float
    unit: float
    held: Held | None
    bounds: tuple[float, float] = (-np.inf, np.inf)
    is_log: bool = False
    edges: tuple[Held, ...] = ()

    def value(self, x: float) -> float:
        """The parameter on the user's scale."""
        return float(np.exp(x)) if self.is_log else x


def parameters(own: Estimates, ml: Estimates) -> list[Parameter]:
    """All parameters of a model, in the order of its tables.

    Of each block the standard deviations with the correlations to later columns
    between them, as theta stands; then sigma and the coefficients.

    Parameters
    ----------
    own : Estimates
        The model's.
    ml : Estimates
        Of the same design by ML.

    Returns
    -------
    list of Parameter
    """
    made = [one for i in own.block_order for one in _of_block(own, ml, i)]
    assert ml.evaluation is not None
    products = ml.evaluation.products
    s = _ml_sigma(ml)
    unit = 1 / np.sqrt(2 * products.n)
    held = HeldSigma(products)
    made.append(
        Parameter("sigma", own.sigma, float(np.log(s)), unit, held, is_log=True)
    )
    errors = np.sqrt(np.diag(ml.covariance))
    for column, term in enumerate(coefficient_names(ml.design)):
        best, error = float(ml.beta[column]), float(errors[column])
        coefficient = None
        if column in products.kept:
            coefficient = HeldCoefficient(products, products.kept.index(column))
        value = float(own.beta[column])
        made.append(Parameter(term, value, best, error, coefficient))
    return made


def _ml_sigma(ml: Estimates) -> float:
    """The ML estimate of sigma: least squares reports another."""
    e = ml.evaluation
    assert e is not None
    return float(e.products.y_scale * np.sqrt(e.r2 / e.products.n))


def _of_block(own: Estimates, ml: Estimates, index: int) -> Iterator[Parameter]:
    """Standard deviations and correlations of one block."""
    assert ml.evaluation is not None
    products, terms = ml.evaluation.products, ml.design.blocks[index].terms
    group = ml.design.blocks[index].grouping.name
    block = block_at(products.factors, index)
    n_levels = products.factors[block.factor].n_levels
    values = [_sd_and_correlations(one.blocks[index].covariance) for one in (own, ml)]
    (sd, cor), (best_sd, best_cor) = values
    sigma = _ml_sigma(ml)
    held = [HeldDeviation(products, block, a) for a in range(len(terms))]
    for a, term in enumerate(terms):
        best = float(best_sd[a])
        unit = max(SHARE * best, SMALL_SD * sigma / float(block.sizes[a]))
        name = f"sd({group}, {term})"
        yield Parameter(name, float(sd[a]), best, unit, held[a], (0.0, np.inf))
        for b in range(a + 1, len(terms)):
            best = float(np.nan_to_num(best_cor[a, b]))
            yield Parameter(
                f"cor({group}, {term}, {terms[b]})",
                float(cor[a, b]),
                best,
                max(1 - best**2, 0.05) / float(np.sqrt(n_levels)),
                HeldCorrelation(products, block, (a, b)),
                (-1.0, 1.0),
                edges=(held[a], held[b]),
            )


def _sd_and_correlations(covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of a covariance matrix; correlations of what does not vary are NaN."""
    sd = np.sqrt(np.diag(covariance))
    scale = np.outer(sd, sd)
    cor = np.full_like(covariance, np.nan)
    np.divide(covariance, scale, out=cor, where=scale > 0)
    return sd, np.clip(cor, -1.0, 1.0)


class LikelihoodCurve:
    """The signed root zeta as a function of one parameter; what was computed is kept.

    Parameters
    ----------
    ml : Estimates
        Of the model by ML.
    parameter : Parameter
        One that can be held.

    Attributes
    ----------
    parameter : Parameter
    is_lower : bool
        Whether the deviance was seen to fall below that of the estimates.
    """

    def __init__(self, ml: Estimates, parameter: Parameter) -> None:
        assert ml.evaluation is not None
        self.parameter, self.is_lower = parameter, False
        self._least = ml.criterion
        e = ml.evaluation
        start = Near(e.lambdas, float(np.sqrt(e.r2 / e.products.n)))
        self._starts = {parameter.best: start}
        self._zetas = {parameter.best: 0.0}
        self._edge: float | None = None

    @property
    def points(self) -> list[tuple[float, float]]:
        """Values on the scale of the search with their zetas, ascending."""
        return sorted(self._zetas.items())

    def zeta(self, x: float) -> float:
        """Signed root of the deviance's rise.

        Parameters
        ----------
        x : float
            Value on the scale of the search.

        Returns
        -------
        float
            Infinite where the deviance cannot be computed.
        """
        if x not in self._zetas:
            rise = self._deviance(x) - self._least
            self.is_lower = self.is_lower or rise < -LOWER
            sign = 1.0 if x > self.parameter.best else -1.0
            self._zetas[x] = sign * float(np.sqrt(max(rise, 0.0)))
        return self._zetas[x]

    def _deviance(self, x: float) -> float:
        """The least deviance at a value."""
        held = self.parameter.held
        assert held is not None
        nearest = min(self._starts, key=lambda known: abs(known - x))
        problem = held.problem(x, self._starts[nearest])
        try:
            point = least_deviance(problem)
        except np.linalg.LinAlgError:
            return float("inf")
        if has_vanished(problem, point):
            return min(point.value, self._at_edge())
        self._starts[x] = Near(point.evaluation.lambdas, point.sigma)
        return min(point.value, self._at_edge())

    def _at_edge(self) -> float:
        """The least deviance where another parameter is zero instead."""
        if self._edge is None:
            start = self._starts[self.parameter.best]
            values = [
                least_deviance(edge.problem(0.0, start)).value
                for edge in self.parameter.edges
            ]
            self._edge = min(values, default=float("inf"))
        return self._edge
