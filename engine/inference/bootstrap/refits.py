"""Many refits of one model, as arrays with the replicates last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import BoolArray, FloatArray

Draws = dict[str, "FloatArray"]
"""Sufficient statistics by name, replicates last."""


@dataclass(frozen=True, slots=True)
class Refits:
    """Estimates of B replicates, on the inner scale of the model's `CrossProducts`.

    Replicates were drawn with all coefficients zero: a coefficient's deviation from the
    truth is what was estimated.

    Attributes
    ----------
    sigmas : tuple of ndarray of shape (k, k, B)
        Relative covariance of each factor's effects on whitened columns, in the order
        of `CrossProducts.factors`.
    s2 : ndarray of shape (B,)
        Residual variance, r^2 / nu.
    beta : ndarray of shape (p, B)
        Coefficients on Q less their truth.
    criterion : ndarray of shape (B,)
        Without constants that are the same for all replicates.
    is_singular : ndarray of bool, shape (B,)
        Whether a variance is zero or a correlation perfect.
    is_settled : ndarray of bool, shape (B,)
        Whether an optimum was reached and certified.
    """

    sigmas: tuple[FloatArray, ...]
    s2: FloatArray
    beta: FloatArray
    criterion: FloatArray
    is_singular: BoolArray
    is_settled: BoolArray


class Resampler(Protocol):
    """Draws replicates of one fitted model, and fits them, many at a time."""

    @property
    def width(self) -> int:
        """Replicates that are best fitted together: decided by the model alone."""
        ...

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Draw n replicates, always in the same order of arrays."""
        ...

    def refit(self, draws: Draws) -> Refits:
        """Fit them."""
        ...


def joined_draws(parts: Sequence[Draws]) -> Draws:
    """Put blocks of replicates side by side."""
    return {
        name: np.concatenate([part[name] for part in parts], axis=-1)
        for name in parts[0]
    }


def joined_refits(parts: Sequence[Refits]) -> Refits:
    """Put the refits of several chunks side by side."""
    return Refits(
        tuple(
            np.concatenate(own, axis=-1)
            for own in zip(*(part.sigmas for part in parts), strict=True)
        ),
        np.concatenate([part.s2 for part in parts]),
        np.concatenate([part.beta for part in parts], axis=-1),
        np.concatenate([part.criterion for part in parts]),
        np.concatenate([part.is_singular for part in parts]),
        np.concatenate([part.is_settled for part in parts]),
    )
