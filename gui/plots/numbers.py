"""Numbers on plots: as many digits as an eye wants, no idle zeros."""

from __future__ import annotations

import math

from engine.number_style import current_style
from engine.written_numbers import (
    INFINITY,
    LARGE,
    MINUS,
    SMALL,
    fixed,
    superscript,
)

CARD_DIGITS = 3


def card_number(value: float) -> str:
    """One number beside the pointer: three digits, or as many as the user wants."""
    return number_text(value, current_style().digits or CARD_DIGITS)


def number_text(value: float, digits: int = 4) -> str:
    """One number with `digits` significant digits, for a tooltip or a label."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else _signed(value, INFINITY)
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if abs(value) >= LARGE or abs(value) < SMALL:
        return power_text(value, exponent, digits - 1, trim=True)
    return fixed_text(value, max(0, digits - 1 - exponent), trim=True)


def fixed_text(value: float, decimals: int, *, trim: bool = False) -> str:
    """Return `value` with a fixed number of decimals; `trim` drops zeros at the end."""
    text = fixed(value, decimals, grouped=True)
    mark = current_style().mark
    return text.rstrip("0").rstrip(mark) if trim and mark in text else text


def power_text(
    value: float, exponent: int, decimals: int, *, trim: bool = False
) -> str:
    """Return `value` as a mantissa times ten to the `exponent`."""
    if value == 0:
        return "0"
    mantissa = fixed_text(value / 10.0**exponent, decimals, trim=trim)
    return f"{mantissa}×10{superscript(exponent)}"


def _signed(value: float, text: str) -> str:
    """Put the sign of `value` before `text`."""
    return f"{MINUS}{text}" if value < 0 else text
