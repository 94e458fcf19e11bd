"""The best optimum that many random starts find, to compare a fit with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
SAME = 1e-6
"""Criteria this close count as equally good."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where one start led.

    Attributes
    ----------
    value : float
        The criterion; infinite where the search broke down.
    sigmas : tuple of ndarray of shape (k, k)
        Relative covariances of each factor, whitened scale.
    convergence : Convergence or None
    """

    value: float
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
        these covariances apart.
        """
        as_good = [
            one
            for one in self.as_good(self.best)
            if one.convergence and one.convergence.verdict is not Verdict.STOPPED
        ]
        largest = 0.0
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
    """Minimise from random starts.

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
    found = []
    for _ in range(n_starts):
        minimiser = Minimiser(products, is_reml=is_reml, report=ignore)
        try:
            path, second = settle(
                minimiser, minimiser.minimise(random_theta(products, rng))
            )
        except (np.linalg.LinAlgError, FloatingPointError):
            found.append(Found(np.inf, (), None))
            continue
        e = path.evaluation
        found.append(Found(e.value, e.V.sigmas, certify(path, second, design)))
    return Optima(tuple(sorted(found, key=lambda one: one.value)))
