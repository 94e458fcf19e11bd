"""Ticks of an axis whose places are logarithms, written as plain numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.written_numbers import general
from gui.plots.ticks import MAX_TICKS, Tick, linear_ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.arrays import FloatArray

FEWEST = 3
"""With fewer round numbers in sight, ticks are as far apart as their numbers."""
_DIGITS = 6
_LARGEST = 300  # powers of ten that a float can hold


class LogScale(Protocol):
    """What lies at the places of an axis."""

    def back(self, values: FloatArray) -> FloatArray:
        """Numbers at places."""
        ...

    def forth(self, value: float) -> float:
        """The place of a number."""
        ...


def log_ticks(
    low: float,
    high: float,
    length: float,
    extent: Callable[[str], float],
    scale: LogScale,
) -> tuple[Tick, ...]:
    """Ticks at 1, 2 and 5 times powers of ten, as many as fit, at most eight.

    Parameters
    ----------
    low, high : float
        The visible range of places.
    length : float
        Pixels it takes.
    extent : callable
        As for `linear_ticks`.
    scale : LogScale

    Returns
    -------
    tuple of Tick
        At places, with the numbers that lie there.
    """
    if not (math.isfinite(high - low) and high > low and length > 0):
        return ()
    first, last = (float(end) for end in scale.back(np.array([low, high])))
    if not (math.isfinite(last) and last > first):
        return ()
    for numbers in _choices(first, last):
        ticks = [Tick(scale.forth(own), general(own, _DIGITS)) for own in numbers]
        if len(ticks) < FEWEST:
            break
        if len(ticks) <= MAX_TICKS and _fit(ticks, length / (high - low), extent):
            return tuple(ticks)

    def wide(text: str) -> float:  # values lie closer at one end than at the other
        return 2 * extent(text)

    plain = linear_ticks(first, last, length, wide)
    return tuple(Tick(scale.forth(tick.value), tick.text) for tick in plain)


def _choices(first: float, last: float) -> Iterator[Sequence[float]]:
    """Round numbers within two ends, fewer and fewer."""
    largest = max(abs(first), abs(last))
    top = min(math.floor(math.log10(largest)), _LARGEST)
    least = first if first > 0 else 10.0 ** (top - 3)
    bottom = max(math.floor(math.log10(least)), -_LARGEST)
    for digits, every in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 3)):
        powers = range(bottom - bottom % every, top + 1, every)
        found = [digit * 10.0**power for power in powers for digit in digits]
        zero = [0.0] if first <= 0 <= last else []
        yield [*zero, *(own for own in found if first <= own <= last)]


def _fit(ticks: Sequence[Tick], pixels: float, extent: Callable[[str], float]) -> bool:
    """Whether no label meets the next one."""
    gaps = np.diff([tick.value for tick in ticks]) * pixels
    return bool((gaps >= max(extent(tick.text) for tick in ticks)).all())
