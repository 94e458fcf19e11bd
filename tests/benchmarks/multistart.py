"""The best optimum that many random starts find, to compare a fit with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

from engine.fitting.boundary import settle
from engine.fitting.certificate import Verdict, certify
from engine.fitting.newton import Minimiser
from engine.model.covariance import lower_factor
from engine.progress import ignore

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.certificate import Convergence
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.design import Design

DECADES = 2.0
"""Starts have relative standard deviations from 10^-2 to 10^2 ..."""
UNLIKE = 0.7
"""... whose columns in one block differ by this many decades (standard deviation)."""
TINY = 1e-2
"""Relative standard deviations below this are hard to tell from zero."""
MOST_SCALINGS = 6
MOST_MIRRORS = 8
SAME = 1e-6
"""Criteria this close count as equally good."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where one start led.

    Attributes
    ----------
    value : float
        The criterion; infinite where the search broke down.
    theta : ndarray of shape (n_theta,)
    sigmas : tuple of ndarray of shape (k, k)
        Relative covariances of each factor, whitened scale.
    convergence : Convergence or None
    """

    value: float
    theta: FloatArray
    sigmas: tuple[FloatArray, ...]
    convergence: Convergence | None


@dataclass(frozen=True, slots=True)
class Optima:
    """Where all starts led, the best first."""

    found: tuple[Found, ...]

    @property
    def best(self) -> float:
        """The lowest criterion."""
        return self.found[0].value

    def as_good(self, value: float) -> list[Found]:
        """Those that are as good as a value, or better."""
        return [one for one in self.found if one.value <= value + SAME]

    @property
    def spread(self) -> float:
        """How far covariances of the equally good ones differ, relative to their size.

        Much above the rounding of a curved optimum (about 1e-4) the data do not tell
        these covariances apart. NaN where only one is as good.
        """
        as_good = [
            one
            for one in self.as_good(self.best)
            if one.convergence and one.convergence.verdict is not Verdict.STOPPED
        ]
        largest = 0.0 if len(as_good) > 1 else float("nan")
        for sigmas in zip(*(one.sigmas for one in as_good), strict=True):
            size = np.sqrt(np.max([np.diag(S) for S in sigmas], axis=0)) + TINY
            apart = np.ptp(np.array(sigmas), axis=0) / np.outer(size, size)
            largest = max(largest, float(apart.max()))
        return largest


def random_theta(
    products: CrossProducts, rng: np.random.Generator, decades: float = DECADES
) -> FloatArray:
    """Draw a theta: each block of its own size, with correlations of any strength."""
    lambdas = []
    for factor in products.factors:
        Lambda = np.zeros((factor.n_columns, factor.n_columns))
        for block in factor.blocks:
            k = block.stop - block.start
            sizes = rng.uniform(-decades, decades) + rng.normal(0, UNLIKE, k)
            root = rng.normal(size=(k, k)) + rng.exponential(3.0) * np.eye(k)
            root /= np.linalg.norm(root, axis=1)[:, None]
            Lambda[block, block] = lower_factor(10 ** sizes[:, None] * root)
        lambdas.append(Lambda)
    return products.layout.theta(lambdas)


def best_of(
    products: CrossProducts,
    design: Design,
    *,
    is_reml: bool,
    n_starts: int,
    rng: np.random.Generator,
) -> Optima:
    """Minimise from random starts, then from mirrors and multiples of the best.

    Parameters
    ----------
    products : CrossProducts
    design : Design
        The names for the verdicts.
    is_reml : bool
    n_starts : int
    rng : numpy.random.Generator

    Returns
    -------
    Optima
    """
    minimiser = Minimiser(products, is_reml=is_reml, report=ignore)
    starts = [random_theta(products, rng) for _ in range(n_starts)]
    found = [_from(minimiser, start, design) for start in starts]
    best = min(found, key=lambda one: one.value)
    mirrored = _mirrored(products, best.theta) if np.isfinite(best.value) else []
    found += [_from(minimiser, start, design) for start in mirrored]
    for _ in range(MOST_SCALINGS):
        best = min(found, key=lambda one: one.value)
        if not np.isfinite(best.value):
            break
        found.append(_from(minimiser, _scaled(minimiser, best.theta), design))
        if found[-1].value > best.value - SAME:
            break
    return Optima(tuple(sorted(found, key=lambda one: one.value)))


def _from(minimiser: Minimiser, start: FloatArray, design: Design) -> Found:
    """Where one start leads."""
    try:
        path = minimiser.minimise(start)
        path, second = settle(minimiser, path)
    except (np.linalg.LinAlgError, FloatingPointError):
        return Found(np.inf, start, (), None)
    convergence = certify(path, second, design)
    e = path.evaluation
    return Found(e.value, path.theta, e.V.sigmas, convergence)


def _mirrored(products: CrossProducts, theta: FloatArray) -> list[FloatArray]:
    """Theta with other signs of the correlations in each block: valleys next door."""
    starts = []
    for t, factor in enumerate(products.factors):
        for block in factor.blocks:
            k = block.stop - block.start
            for signs in list(product((1.0, -1.0), repeat=k - 1))[1:MOST_MIRRORS]:
                lambdas = products.layout.lambdas(theta)
                root = np.array([1.0, *signs])[:, None] * lambdas[t][block, block]
                lambdas[t][block, block] = lower_factor(root)
                starts.append(products.layout.theta(lambdas))
    return starts


def _scaled(minimiser: Minimiser, theta: FloatArray) -> FloatArray:
    """The best multiple of theta.

    Where groups explain nearly all, effects that vary together perfectly make a valley
    that is straight, very long and very narrow: Newton's method creeps along it.
    """

    def value(log_scale: float) -> float:
        try:
            return minimiser.evaluate(theta * np.exp(log_scale)).value
        except np.linalg.LinAlgError:
            return np.inf

    scaled: FloatArray = theta * np.exp(minimize_scalar(value, bounds=(-5, 5)).x)
    return scaled
