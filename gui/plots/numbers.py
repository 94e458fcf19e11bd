"""Numbers as people write them: true minus, powers of ten, no developer notation."""

from __future__ import annotations

import math

MINUS = "\u2212"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LARGE = 1e7  # from here on, and below SMALL, a power of ten reads better
SMALL = 1e-4
_COMMA_FROM = 10_000  # so that years stay years


def number_text(value: float, digits: int = 4) -> str:
    """One number with `digits` significant digits, for a tooltip or a label."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else _signed(value, "∞")
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if abs(value) >= LARGE or abs(value) < SMALL:
        return power_text(value, exponent, digits - 1, trim=True)
    return fixed_text(value, max(0, digits - 1 - exponent), trim=True)


def fixed_text(value: float, decimals: int, *, trim: bool = False) -> str:
    """Return `value` with a fixed number of decimals; `trim` drops zeros at the end."""
    size = abs(value)
    text = f"{size:,.{decimals}f}" if size >= _COMMA_FROM else f"{size:.{decimals}f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    is_zero = not any(digit in text for digit in "123456789")
    return text if is_zero else _signed(value, text)


def power_text(
    value: float, exponent: int, decimals: int, *, trim: bool = False
) -> str:
    """Return `value` as a mantissa times ten to the `exponent`."""
    if value == 0:
        return "0"
    mantissa = fixed_text(value / 10.0**exponent, decimals, trim=trim)
    return f"{mantissa}×10{str(exponent).translate(_SUPERSCRIPT)}"


def _signed(value: float, text: str) -> str:
    """Put the sign of `value` before `text`."""
    return f"{MINUS}{text}" if value < 0 else text
