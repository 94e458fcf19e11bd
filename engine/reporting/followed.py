"""Arithmetic for a reader: digits enough that a calculator gets the result."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from engine.number_style import current_style
from engine.reporting.numbers import Kind, finer, shown, with_decimals
from engine.written_numbers import MINUS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Writer = Callable[[int], str]

FEWEST, MOST = 2, 9
"""Digits that numbers to be computed with have more than those of a table."""
_POWER = re.compile("×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def followed(
    writers: Sequence[Writer], compute: Callable[..., object], results: object
) -> tuple[str, ...]:
    """Write numbers with as few digits as their results can be worked out from.

    Parameters
    ----------
    writers : sequence of callable
        Each writes one number with so many digits more than a table has.
    compute : callable
        Given the numbers as they are then written, returns the results as they are
        shown.
    results : object
        The results as they are shown.

    Returns
    -------
    tuple of str
        One text for each number; with `MOST` digits more where nothing suffices.
    """
    texts: tuple[str, ...] = ()
    for more in range(FEWEST, MOST + 1):
        texts = tuple(write(more) for write in writers)
        if compute(*map(read_back, texts)) == results:
            break
    return texts


def addable(
    parts: Sequence[float], error: float, result: Callable[..., object]
) -> tuple[str, ...]:
    """Write the parts of a sum: as a table does where that suffices.

    Parameters
    ----------
    parts : sequence of float
    error : float
        Standard error that sets the decimals of all parts alike.
    result : callable
        Given the parts, returns their sum as it is shown.

    Returns
    -------
    tuple of str
    """
    plain = tuple(shown(part, Kind.ESTIMATE, error) for part in parts)
    if result(*map(read_back, plain)) == result(*parts):
        return plain
    writers = [estimate_writer(part, error) for part in parts]
    return followed(writers, result, result(*parts))


def estimate_writer(value: float, error: float) -> Writer:
    """Make the writer of an estimate, whose error sets its decimals."""
    return partial(finer, value, error)


def size_writer(value: float) -> Writer:
    """Make the writer of a variance or another number without an error."""
    return partial(finer, value, abs(value))


def decimals_writer(value: float) -> Writer:
    """Make the writer of a number of ordinary size."""
    return partial(_with_more, value)


def _with_more(value: float, more: int) -> str:
    return with_decimals(value, more + 1)


def read_back(text: str) -> float:
    """Read a number as a reader does.

    Parameters
    ----------
    text : str
        As `engine.reporting.numbers` writes numbers, in the style that holds.

    Returns
    -------
    float
    """
    plain = _POWER.sub(lambda found: f"e{found[1].translate(_PLAIN)}", text)
    return float(plain.replace(MINUS, "-").replace(current_style().mark, "."))
