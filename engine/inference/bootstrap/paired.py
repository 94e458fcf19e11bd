"""Two models fitted to the same data, simulated from the smaller one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.chunks import chunks
from engine.inference.bootstrap.drawn_pairs import fast_pair
from engine.inference.bootstrap.one_by_one import OneByOne
from engine.progress import Step, listening

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates
    from engine.inference.bootstrap.refits import Draws, Refits
    from engine.progress import Report

COMPARING = "Comparing both models"


@dataclass(frozen=True, slots=True)
class NullStatistics:
    """Likelihood-ratio statistics under the null.

    Attributes
    ----------
    values : ndarray of shape (B,)
        Criterion of the null model less that of the full one. NaN where one of the
        fits gave nothing at all; REML criteria must be of one basis of X.
    n_unproved : int
        Replicates of which an optimum is not proved.
    """

    values: FloatArray
    n_unproved: int


def null_statistics(
    null: Estimates, full: Estimates, replicates: int, seed: int, report: Report
) -> NullStatistics:
    """Simulate from the null model, and fit both models to each replicate.

    Parameters
    ----------
    null, full : Estimates
        Of the same rows by the same estimator, one nested in the other.
    replicates, seed : int
    report : callable
        Called with a `Step` after each chunk; may raise `Cancelled`.

    Returns
    -------
    NullStatistics
    """
    pair = fast_pair(null, full) or OneByOnePair(null, full)
    parts: list[FloatArray] = []
    unproved = 0
    done = 0

    def hear(step: Step | None = None) -> None:
        report(Step(COMPARING, done, replicates, within=step))

    hear()
    with listening(hear):
        for draws in chunks(pair, replicates, seed):
            small, large = pair.refits(draws)
            parts.append(small.criterion - large.criterion)
            unproved += int((~(small.is_settled & large.is_settled)).sum())
            done += len(parts[-1])
            hear()
    return NullStatistics(np.concatenate(parts), unproved)


class OneByOnePair:
    """Both models of one response after the other.

    Parameters
    ----------
    null, full : Estimates
    """

    def __init__(self, null: Estimates, full: Estimates) -> None:
        smaller, larger = null.evaluation, full.evaluation
        assert smaller is not None
        assert larger is not None
        self._null = OneByOne(null.design, smaller)
        self._full = OneByOne(full.design, larger)
        self._unit = smaller.products.y_scale / larger.products.y_scale
        self.width = self._null.width

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Simulate from the null model."""
        return self._null.draw(rng, n)

    def refits(self, draws: Draws) -> tuple[Refits, Refits]:
        """Fit both, in the units of each."""
        full = self._full.refit({"y": self._unit * draws["y"]})
        return self._null.refit(draws), full
