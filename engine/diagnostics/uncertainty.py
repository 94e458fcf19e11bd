"""How sure the parameters are: intervals side by side, densities of the replicates.

A density is a Gaussian kernel estimate: the replicates are shared out to the two
nearest nodes of a grid, whose weights are smoothed by convolution; at a bound of the
parameter (an SD is no less than 0, a correlation within -1 and 1) the kernel is
reflected. Bandwidth after Silverman (1986, Density Estimation, eq. 3.31). Replicates
that lie on the bound itself are no part of the curve: they are a spike with its share,
and the curve integrates to the share of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, nan
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.parameter_names import coefficient_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel
    from engine.inference.bootstrap.result import Bootstrap

KERNEL_REACH = 4.0
"""Bandwidths after which the kernel is nothing."""
NODES_A_BANDWIDTH = 4.0
FEWEST_NODES, MOST_NODES = 128, 4096
FEWEST = 20
"""With fewer replicates a curve would show chance."""
ON_BOUND = 1e-6
"""Relative distance within which a replicate is at its bound."""
SEEN = (0.002, 0.998)
"""Quantiles between which a picture shows the replicates."""


class Role(StrEnum):
    """What kind of quantity a parameter is."""

    FIXED = "fixed"
    SD = "sd"
    CORRELATION = "correlation"
    RESIDUAL = "residual"


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends, and how they were found.

    Attributes
    ----------
    lower, upper : float
        In the parameter's units; NaN where there is none.
    df : float
        Degrees of freedom of a Wald interval; NaN of others.
    kind : str
        Of a bootstrap interval: the one that was made.
    """

    lower: float
    upper: float
    df: float = nan
    kind: str = ""

    @property
    def is_known(self) -> bool:
        """Whether both ends are numbers."""
        return bool(np.isfinite(self.lower) and np.isfinite(self.upper))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter with its estimate and the intervals that need no replicates.

    Attributes
    ----------
    name : str
        As in the tables of bootstrap and profile: ``sd(lake, Intercept)``.
    role : Role
    estimate : float
        NaN where it cannot be estimated.
    lowest, highest : float
        Its bounds; infinite where it has none.
    wald : Interval or None
        None for what is no coefficient: it would not be meaningful.
    profile : Interval or None
        None where none was computed.
    """

    name: str
    role: Role
    estimate: float
    lowest: float = -inf
    highest: float = inf
    wald: Interval | None = None
    profile: Interval | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A density.

    Attributes
    ----------
    x : ndarray of shape (m,)
        Evenly spaced, increasing, in the parameter's units.
    y : ndarray of shape (m,)
        Per unit of x; the trapezoids below it add up to the share of the replicates
        that it stands for.
    """

    x: FloatArray
    y: FloatArray


@dataclass(frozen=True, slots=True)
class Spike:
    """Replicates that all have the same value.

    Attributes
    ----------
    at : float
    share : float
        Of the replicates that have a value.
    """

    at: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Replicated:
    """What the replicates say of one parameter.

    Attributes
    ----------
    curve : Curve or None
        None with few replicates, or where all lie in spikes.
    spikes : tuple of Spike
    interval : Interval
    std_error, bias : float
        The replicates' SD, and their mean less the estimate.
    n : int
        Replicates that have a value: a correlation has none where an SD is 0.
    seen : tuple of float
        Ends of what a picture should show of the replicates.
    """

    curve: Curve | None
    spikes: tuple[Spike, ...]
    interval: Interval
    std_error: float
    bias: float
    n: int
    seen: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """What the replicates say of all parameters.

    Attributes
    ----------
    of : mapping of str to Replicated
        By the parameter's name.
    level : float
    kind : str
        Of interval that was asked for; each `Replicated` says which it has.
    n, n_singular, n_failed : int
        Replicates; those with a variance of zero or a perfect correlation; those whose
        optimum is not proved. All are kept.
    seed : int
    """

    of: Mapping[str, Replicated]
    level: float
    kind: str
    n: int
    n_singular: int
    n_failed: int
    seed: int


def parameters_of(
    model: FittedModel, level: float = 0.95, profile: pd.DataFrame | None = None
) -> tuple[Parameter, ...]:
    """List the parameters with Wald and profile intervals, in the order of tables.

    Parameters
    ----------
    model : FittedModel
    level : float
        Coverage.
    profile : DataFrame, optional
        Index parameter; lower, upper; of the same level.

    Returns
    -------
    tuple of Parameter
    """
    profiles: dict[str, Interval] = {}
    if profile is not None:
        ends = zip(profile["lower"], profile["upper"], strict=True)
        profiles = {
            str(name): Interval(float(lower), float(upper))
            for name, (lower, upper) in zip(profile.index, ends, strict=True)
        }
    found = [
        Parameter(name, role, value, lowest, highest, None, profiles.get(name))
        for name, role, value, lowest, highest in _varying(model)
    ]
    table = model.coefficient_table(level=level)
    columns = (table[name] for name in ("estimate", "lower", "upper", "df"))
    names = coefficient_names(model.design)
    for name, *numbers in zip(names, *columns, strict=True):
        value, lower, upper, df = map(float, numbers)
        wald, own = Interval(lower, upper, df), profiles.get(name)
        found.append(Parameter(name, Role.FIXED, value, wald=wald, profile=own))
    return tuple(found)


def _varying(model: FittedModel) -> Iterator[tuple[str, Role, float, float, float]]:
    """SDs and correlations of the random part, as theta stands, and sigma."""
    for index in model.estimates.block_order:
        block = model.design.blocks[index]
        group, terms = block.grouping.name, block.terms
        covariance = model.estimates.blocks[index].covariance
        sd = np.sqrt(np.diag(covariance).clip(min=0))
        for a, term in enumerate(terms):
            yield f"sd({group}, {term})", Role.SD, float(sd[a]), 0.0, inf
            for b in range(a + 1, len(terms)):
                size = float(sd[a] * sd[b])
                own = np.clip(covariance[a, b] / size, -1, 1) if size else nan
                name = f"cor({group}, {term}, {terms[b]})"
                yield name, Role.CORRELATION, float(own), -1.0, 1.0
    yield "sigma", Role.RESIDUAL, model.sigma, 0.0, inf


def replicates_of(
    parameters: tuple[Parameter, ...],
    bootstrap: Bootstrap,
    level: float = 0.95,
    kind: str = "percentile",
) -> Replicates:
    """Make densities and intervals of the replicates that there are.

    Parameters
    ----------
    parameters : tuple of Parameter
        Of the model from which was simulated.
    bootstrap : Bootstrap
        It may still be growing.
    level : float
    kind : {"percentile", "basic", "bca"}

    Returns
    -------
    Replicates
    """
    estimates, table = bootstrap.estimates, bootstrap.intervals(level, kind)
    places = {str(name): place for place, name in enumerate(estimates.columns)}
    columns = {name: table[name].tolist() for name in table}
    of = {}
    for parameter in parameters:
        place = places.get(parameter.name)
        if place is None:
            continue
        row = {str(name): own[place] for name, own in columns.items()}
        values = estimates.iloc[:, place].to_numpy(dtype=float)
        of[parameter.name] = _replicated(parameter, values, row)
    counts = bootstrap.n_replicates, bootstrap.n_singular, bootstrap.n_failed
    return Replicates(of, level, kind, *counts, bootstrap.seed)


def _replicated(
    parameter: Parameter, values: FloatArray, row: dict[str, float | str]
) -> Replicated:
    """Density and interval of one parameter."""
    known = values[np.isfinite(values)]
    spikes, free = split_spikes(known, parameter.lowest, parameter.highest)
    share = len(free) / len(known) if len(known) else 0.0
    curve = density(free, parameter.lowest, parameter.highest, share)
    interval = Interval(float(row["lower"]), float(row["upper"]), nan, str(row["kind"]))
    seen = (nan, nan)
    if len(known):
        low, high = np.quantile(known, SEEN).tolist()
        if curve is not None:  # the curve's foot belongs to the picture
            room = (high - low) / 12
            low, high = max(low - room, curve.x[0]), min(high + room, curve.x[-1])
        seen = float(low), float(high)
    error, bias = float(row["std_error"]), float(row["bias"])
    return Replicated(curve, spikes, interval, error, bias, len(known), seen)


def split_spikes(
    values: FloatArray, lowest: float = -inf, highest: float = inf
) -> tuple[tuple[Spike, ...], FloatArray]:
    """Tell the replicates on a bound, or all alike, from those that have a density.

    Parameters
    ----------
    values : ndarray of shape (B,)
        Finite.
    lowest, highest : float
        Bounds of the parameter.

    Returns
    -------
    spikes : tuple of Spike
    free : ndarray of shape (b,)
        The other values.
    """
    if len(values) == 0:
        return (), values
    spikes = []
    is_free = np.ones(len(values), dtype=bool)
    size = float(np.abs(values).max()) if np.isinf(highest) else 1.0
    for bound in (lowest, highest):
        if np.isfinite(bound):
            is_there = np.abs(values - bound) <= ON_BOUND * size
            is_free &= ~is_there
            if is_there.any():
                spikes.append(Spike(bound, float(is_there.mean())))
    free = values[is_free]
    if len(free) and float(np.ptp(free)) <= ON_BOUND * float(np.abs(free).max()):
        spikes.append(Spike(float(free[0]), len(free) / len(values)))
        free = free[:0]
    return tuple(spikes), free


def density(
    values: FloatArray, lowest: float = -inf, highest: float = inf, share: float = 1.0
) -> Curve | None:
    """Estimate a density by a kernel that is reflected at the bounds.

    Parameters
    ----------
    values : ndarray of shape (B,)
        Finite, between the bounds.
    lowest, highest : float
    share : float
        What the density integrates to.

    Returns
    -------
    Curve or None
        None with too few values, or where all are alike.
    """
    if len(values) < FEWEST:
        return None
    width = _bandwidth(values)
    if not width > 0:
        return None
    low = max(lowest, float(values.min()) - KERNEL_REACH * width)
    high = min(highest, float(values.max()) + KERNEL_REACH * width)
    wanted = np.ceil(NODES_A_BANDWIDTH * (high - low) / width)
    n = int(np.clip(wanted, FEWEST_NODES, MOST_NODES))
    step = (high - low) / (n - 1)
    weights = _shared_out((values - low) / step, n)
    reach = min(int(np.ceil(KERNEL_REACH * width / step)), n - 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
    mirrored = low == lowest, high == highest
    for is_mirrored, end in zip(mirrored, (0, -1), strict=True):
        if is_mirrored:  # its mirror image is itself, and stands for both
            weights[end] *= 2
    padded = np.concatenate(
        [
            weights[reach:0:-1] if mirrored[0] else np.zeros(reach),
            weights,
            weights[-2 : -2 - reach : -1] if mirrored[1] else np.zeros(reach),
        ]
    )
    y = np.convolve(padded, kernel, mode="valid")
    y *= share / (step * (y.sum() - (y[0] + y[-1]) / 2))
    return Curve(low + step * np.arange(n), y)


def _bandwidth(values: FloatArray) -> float:
    """Silverman's rule: robust against long tails and two humps."""
    spread = float(values.std(ddof=1))
    first, third = np.quantile(values, (0.25, 0.75)).tolist()
    middle = (third - first) / 1.349
    scale = min(spread, middle) if middle > 0 else spread
    return float(0.9 * scale * len(values) ** -0.2)


def _shared_out(places: FloatArray, n: int) -> FloatArray:
    """Weight of each of n nodes: a value counts for its two neighbours."""
    below = np.clip(places.astype(np.intp), 0, n - 2)
    part = places - below
    weights = np.zeros(n)
    weights += np.bincount(below, 1 - part, minlength=n)
    weights += np.bincount(below + 1, part, minlength=n)
    return weights
