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
MOST_BARE = 1 / 3
"""Share of the axis at its low end that may be without ticks."""
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
    pixels, spare = length / (high - low), list[Tick]()
    for numbers in _choices(first, last):
        ticks = [Tick(scale.forth(own), general(own, _DIGITS)) for own in numbers]
        if len(ticks) < FEWEST:
            break
        kept = _without_crowd(ticks, pixels, extent)
        is_all = kept[0].value - low <= MOST_BARE * (high - low)
        if is_all and FEWEST <= len(kept) <= MAX_TICKS:
            return tuple(kept)
        spare = kept  # the fewest: where there is hardly room for labels
    else:
        return tuple(spare)

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


def _without_crowd(
    ticks: Sequence[Tick], pixels: float, extent: Callable[[str], float]
) -> list[Tick]:
    """Ticks from the top down to where labels would meet; zero in any case.

    Numbers crowd where log(y + 1) nears zero.
    """
    need = max(extent(tick.text) for tick in ticks)
    kept = [ticks[-1]]
    for tick in reversed(ticks[:-1]):
        if (kept[0].value - tick.value) * pixels < need:
            break
        kept.insert(0, tick)
    if ticks[0].text != "0" or kept[0] is ticks[0]:
        return kept
    while len(kept) > 1 and (kept[0].value - ticks[0].value) * pixels < need:
        kept.pop(0)
    return [ticks[0], *kept]
