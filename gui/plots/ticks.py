"""Where an axis puts its ticks and what they say; arithmetic only, no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.written_numbers import LARGE, SMALL
from gui.plots.numbers import fixed_text, power_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.arrays import FloatArray

MAX_TICKS = 8
_LEAST_WHOLE = 3  # a span from which whole numbers are enough ticks
_GLANCE = 100
_SEPARATORS = " _-./:"


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled place on an axis, in data units."""

    value: float
    text: str


def linear_ticks(
    low: float,
    high: float,
    length: float,
    extent: Callable[[str], float],
    *,
    is_whole: bool = False,
) -> tuple[Tick, ...]:
    """Ticks at 1, 2 or 5 times a power of ten, as many as fit, at most eight.

    Parameters
    ----------
    low, high : float
        The visible range.
    length : float
        Pixels it takes.
    extent : callable
        Pixels a label needs along the axis, with the gap that parts it from the next.
    is_whole : bool
        Whether only whole numbers have a meaning, such as years; then fractions get
        ticks only in a range so small that it has not two whole numbers.
    """
    span = high - low
    if not (math.isfinite(span) and span > 0 and length > 0):
        return ()
    ticks: tuple[Tick, ...] = ()
    least = 1.0 if is_whole and math.floor(high) > math.ceil(low) else 0.0
    for step in _steps(span):
        if step < least * (1 - 1e-9):
            continue
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        ticks = _labelled(range(first, last + 1), step)
        widest = max((extent(tick.text) for tick in ticks), default=0.0)
        if len(ticks) <= MAX_TICKS and widest <= step / span * length:
            return ticks
    return ticks[:1]


def are_whole(values: FloatArray) -> bool:
    """Whether all values are whole numbers that are at least three apart at the ends.

    Parameters
    ----------
    values : ndarray of shape (n,)
        All finite.
    """
    for part in (values[:_GLANCE], values):  # most are found out at a glance
        if not np.array_equal(part, np.rint(part)):
            return False
    return len(values) > 0 and bool(np.ptp(values) >= _LEAST_WHOLE)


def _steps(span: float) -> Iterator[float]:
    """Candidate distances between ticks, from too close to too far."""
    lowest = math.floor(math.log10(span / MAX_TICKS))
    for exponent in range(lowest, lowest + 4):
        for factor in (1, 2, 5):
            step = factor * 10.0**exponent
            if step * (MAX_TICKS + 1) >= span:
                yield step


def _labelled(multiples: range, step: float) -> tuple[Tick, ...]:
    """Ticks at these multiples of the step, all with the same number of decimals."""
    values = [multiple * step for multiple in multiples]
    largest = max((abs(value) for value in values), default=0.0)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if largest == 0 or (largest < LARGE and step >= SMALL):
        return tuple(Tick(value, fixed_text(value, decimals)) for value in values)
    exponent = math.floor(math.log10(largest) + 1e-9)
    digits = max(0, exponent - math.floor(math.log10(step) + 1e-9))
    return tuple(Tick(value, power_text(value, exponent, digits)) for value in values)


def common_prefix(names: Sequence[str]) -> str:
    """Return what all names begin with and can be left out without loss of meaning.

    It ends before a digit or after a separator, so that no word is cut, and leaves
    something of every name. Empty if there is nothing to leave out.
    """
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)  # they differ soonest
    pairs = enumerate(zip(first, last, strict=False))
    length = next((i for i, (a, b) in pairs if a != b), min(len(first), len(last)))
    prefix = first[:length].rstrip("0123456789")
    while prefix and not _is_break(prefix, names):
        prefix = prefix[:-1]
    return prefix


def _is_break(prefix: str, names: Sequence[str]) -> bool:
    """Whether every name can be cut after `prefix`."""
    rests = [name[len(prefix) :] for name in names]
    if prefix[-1] in _SEPARATORS:
        return all(rests)
    return not prefix[-1].isdigit() and all(rest[:1].isdigit() for rest in rests)
