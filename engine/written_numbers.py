"""Numbers as a reader sees them: decimal mark, true minus, thousands, powers of ten.

Everything that puts a number before a reader's eyes writes it with one of these, in
the style that holds (`engine.number_style`). Thousands are parted by a narrow space,
which nobody takes for a decimal mark, whichever of the two is in use.
"""

from __future__ import annotations

import math

from engine.number_style import current_style

MINUS = "\u2212"
INFINITY = "\u221e"
THOUSANDS = "\u202f"
"""Narrow space that does not break: right beside a point and beside a comma."""
GROUPED_FROM = 10_000
"""Measured values below it have no such space: years stay years."""
LARGE, SMALL = 1e7, 1e-4
"""From here on, and below, numbers are written with a power of ten."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def count(number: int) -> str:
    """Write how many there are: ``150``, and a million in groups of three digits.

    Parameters
    ----------
    number : int

    Returns
    -------
    str
    """
    return f"{int(number):,}".replace(",", THOUSANDS).replace("-", MINUS)


def fixed(
    value: float, decimals: int, mark: str | None = None, *, grouped: bool = False
) -> str:
    """Write a number with so many decimals; what rounds to zero has no sign.

    Parameters
    ----------
    value : float
        Finite.
    decimals : int
    mark : str, optional
        What stands between whole and fraction; that of the style that holds if None.
    grouped : bool
        Whether thousands are parted, from `GROUPED_FROM` on.

    Returns
    -------
    str
    """
    has_groups = grouped and abs(value) >= GROUPED_FROM
    text = f"{value:,.{decimals}f}" if has_groups else f"{value:.{decimals}f}"
    text = text.removeprefix("-") if not text.strip("-0.") else text
    return _translated(text, mark)


def scientific(value: float, decimals: int, mark: str | None = None) -> str:
    """Write a number with a power of ten: ``1.50×10⁻⁹``.

    Parameters
    ----------
    value : float
        Finite.
    decimals : int
        Of the factor before the power.
    mark : str, optional
        See `fixed`.

    Returns
    -------
    str
    """
    mantissa, exponent = f"{value:.{decimals}e}".split("e")
    return f"{_translated(mantissa, mark)}×10{superscript(int(exponent))}"


def superscript(exponent: int) -> str:
    """Write the exponent of a power."""
    return str(exponent).translate(_SUPERSCRIPTS)


def general(value: float, digits: int = 6) -> str:
    """Write a number as short as it is, with at most so many significant digits.

    Parameters
    ----------
    value : float
        Anything; infinity and NaN are said in a word or sign.
    digits : int

    Returns
    -------
    str
    """
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else _infinite(value)
    mantissa, _, exponent = f"{value + 0.0:.{digits}g}".partition("e")
    if not exponent:
        return _translated("0" if mantissa == "-0" else mantissa)
    if abs(value) < LARGE and int(exponent) > 0:
        return _translated(f"{float(f'{value:.{digits}g}'):.0f}")
    return f"{_translated(mantissa)}×10{superscript(int(exponent))}"


def significant(value: float, digits: int = 3) -> str:
    """Write a number with significant digits; all digits before the point stay.

    Parameters
    ----------
    value : float
        Finite.
    digits : int

    Returns
    -------
    str
    """
    if value == 0:
        return "0"
    if not SMALL <= abs(value) < LARGE:
        return scientific(value, digits - 1)
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    return fixed(value, decimals, grouped=True)


def in_full(value: float) -> str:
    """Write a number with all the digits that it has.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
        ``""`` for what is not a number.
    """
    if not math.isfinite(value):
        return "" if math.isnan(value) else _infinite(value)
    mantissa, _, exponent = repr(float(value)).partition("e")
    written = _translated(mantissa)
    return f"{written}×10{superscript(int(exponent))}" if exponent else written


def _infinite(value: float) -> str:
    return INFINITY if value > 0 else MINUS + INFINITY


def _translated(text: str, mark: str | None = None) -> str:
    """Python's own number with the mark, the minus and the spaces of a reader."""
    used = current_style().mark if mark is None else mark
    return text.replace(",", THOUSANDS).replace(".", used).replace("-", MINUS)
