"""How numbers are shown: rounded for a reader, with a true minus, and never p = 0.

Tables keep full precision; this module decides what a page, a cell of a workbook or a
sentence shows of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from numbers import Integral, Real
from typing import TypeGuard

import pandas as pd

from engine.number_style import NumberStyle, current_style
from engine.written_numbers import INFINITY, LARGE, MINUS, fixed, scientific

HARD_SPACE = "\u00a0"
LARGEST_PLAIN = LARGE
"""From here on numbers are written with a power of ten."""
MOST_DECIMALS = 6
"""Numbers that need more are written with a power of ten."""
SPARE_DECIMALS = 2
"""Decimals beyond the significant digits that were asked for."""
MOST_PRECISE = 10
"""Decimals of a number of ordinary size whose standard error is minute."""
LOWEST_P, HIGHEST_P = 0.001, 0.9995


class Kind(StrEnum):
    """What a column holds, which decides how its numbers are rounded.

    Attributes
    ----------
    TEXT, COUNT
        Words; whole numbers.
    ESTIMATE
        To the decimals that two significant digits of its standard error have.
    VALUE
        Four significant digits.
    VARIANCE
        Three significant digits: variances and standard deviations.
    DF
        One decimal.
    STATISTIC, INDEX, CORRELATION
        Two decimals: t; likelihoods and criteria; correlations.
    P_VALUE
        Three decimals, "< 0.001" below.
    FRACTION
        Three decimals: R2 and the intraclass correlation.
    SHARE
        A fraction, shown in per cent with one decimal.

    Notes
    -----
    Where a reader asks for significant digits (`NumberStyle`), all have so many but
    counts; likelihoods keep two decimals, for their differences matter, and p values
    three.
    """

    TEXT = "text"
    COUNT = "count"
    ESTIMATE = "estimate"
    VALUE = "value"
    VARIANCE = "variance"
    DF = "df"
    STATISTIC = "statistic"
    INDEX = "index"
    CORRELATION = "correlation"
    P_VALUE = "p value"
    FRACTION = "fraction"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Layout:
    """How one number is laid out.

    Attributes
    ----------
    decimals : int
        After the point; of the mantissa where a power of ten is written.
    is_scientific : bool
    """

    decimals: int
    is_scientific: bool = False


def shown(
    value: object,
    kind: Kind,
    error: object = None,
    missing: str = "",
    style: NumberStyle | None = None,
) -> str:
    """Return what a reader sees of one cell.

    Parameters
    ----------
    value : object
        Text, a number, or nothing (None, NaN).
    kind : Kind
        How numbers that are not whole are rounded.
    error : object
        Standard error that sets the decimals of an estimate.
    missing : str
        Shown for nothing.
    style : NumberStyle, optional
        The one that holds here when not given.

    Returns
    -------
    str
    """
    if is_missing(value):
        return missing
    if isinstance(value, str | bool):
        return str(value)
    if isinstance(value, Integral):
        return f"{int(value)}".replace("-", MINUS)
    if isinstance(value, Real):
        used = current_style() if style is None else style
        return _number(float(value), kind, _positive(error), used)
    return str(value)


def finer(value: float, error: float, more: int = 2) -> str:
    """Show an estimate with more digits than a table does, to be computed with.

    Parameters
    ----------
    value : float
    error : float
        Its standard error.
    more : int
        Digits more.

    Returns
    -------
    str
    """
    style = current_style()
    if style.digits is None:
        return shown(value, Kind.ESTIMATE, error / 10**more)
    return shown(value, Kind.VALUE, style=replace(style, digits=style.digits + more))


def with_decimals(value: float, decimals: int) -> str:
    """Write a number with so many decimals, and more where more digits are wanted."""
    style = current_style()
    more = max(decimals, (style.digits or 0) + 1)
    return fixed(value, more)


def phrase(symbol: str, value: float, kind: Kind, error: object = None) -> str:
    """Put a statistic into a sentence: `t = 2.31`, `p = 0.034`, `p < 0.001`."""
    text = shown(value, kind, error)
    return f"{symbol} {text}" if text[:1] in "<>" else f"{symbol} = {text}"


def excel_format(
    value: Real, kind: Kind, error: object = None, style: NumberStyle | None = None
) -> str:
    """Number format with which a workbook shows a number as `shown` does.

    Parameters
    ----------
    value : real number
        Finite.
    kind : Kind
    error, style : object
        See `shown`.

    Returns
    -------
    str
        With a point, which a program shows as its own language has it.
    """
    used = current_style() if style is None else style
    if isinstance(value, Integral):
        return "0"
    if kind is Kind.P_VALUE:
        zeros = "0" * _p_decimals(used)
        return f'[<{LOWEST_P}]"< 0.001";[>={HIGHEST_P}]"> 0.999";0.{zeros}'
    if kind is Kind.SHARE:
        return _fixed(_percent_layout(100 * float(value), used).decimals) + " %"
    layout = layout_of(float(value), kind, _positive(error), used)
    fixed = _fixed(layout.decimals)
    return fixed + "E+00" if layout.is_scientific else fixed


def _fixed(decimals: int) -> str:
    return "0" + ("." + "0" * decimals if decimals else "")


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT or pandas' NA."""
    if isinstance(value, Real):
        return math.isnan(float(value))
    return value is None or value is pd.NA or value is pd.NaT


def is_number(value: object) -> TypeGuard[Real]:
    """Whether a cell holds a finite number."""
    if isinstance(value, float):  # by far the quickest to find out
        return math.isfinite(value)
    return isinstance(value, Integral) and not isinstance(value, bool)


def layout_of(
    value: float,
    kind: Kind,
    error: float = math.nan,
    style: NumberStyle | None = None,
) -> Layout:
    """Decide how a finite number is laid out.

    Parameters
    ----------
    value : float
    kind : Kind
    error : float
        Standard error of an estimate; NaN where there is none.
    style : NumberStyle, optional
        The one that holds here when not given.

    Returns
    -------
    Layout
    """
    digits = (current_style() if style is None else style).digits
    if digits is not None and kind is not Kind.COUNT:
        layout = _by_digits(value, digits)
        if kind is Kind.INDEX and not layout.is_scientific:
            return Layout(max(layout.decimals, 2))
        return layout
    if kind is Kind.ESTIMATE and not math.isnan(error):
        return _by_error(value, error)
    significant = {Kind.ESTIMATE: 4, Kind.VALUE: 4, Kind.VARIANCE: 3}
    if kind in significant:
        return _by_digits(value, significant[kind])
    if abs(value) >= LARGEST_PLAIN:
        return Layout(2, is_scientific=True)
    return Layout({Kind.COUNT: 0, Kind.DF: 1, Kind.FRACTION: 3}.get(kind, 2))


def _number(value: float, kind: Kind, error: float, style: NumberStyle) -> str:
    """A number that is not NaN."""
    if kind is Kind.SHARE:
        value *= 100
    if math.isinf(value):
        return INFINITY if value > 0 else MINUS + INFINITY
    if kind is Kind.P_VALUE:
        return _p_value(value, style).replace(".", style.mark)
    percent = ""
    if kind is Kind.SHARE:
        percent = f"{HARD_SPACE}%"
        layout = _percent_layout(value, style)
    else:
        layout = layout_of(value, kind, error, style)
    write = scientific if layout.is_scientific else fixed
    return write(value, layout.decimals, style.mark) + percent


def _percent_layout(percent: float, style: NumberStyle) -> Layout:
    """A share in per cent; a small one is never written with a power of ten."""
    if abs(percent) >= LARGEST_PLAIN:
        return Layout(2, is_scientific=True)
    if style.digits is None:
        return Layout(1)
    layout = _by_digits(percent, style.digits)
    return Layout(style.digits) if layout.is_scientific else layout


def _p_decimals(style: NumberStyle) -> int:
    return max(3, style.digits or 0)


def _p_value(value: float, style: NumberStyle) -> str:
    if value < LOWEST_P:
        return "< 0.001"
    if value >= HIGHEST_P:
        return "> 0.999"
    return f"{value:.{_p_decimals(style)}f}"


def _exponent(value: float, digits: int) -> int:
    """Power of ten of the first digit, after rounding to `digits` digits."""
    return int(f"{abs(value):.{digits - 1}e}".split("e")[1])


def _by_digits(value: float, digits: int) -> Layout:
    """Keep at least `digits` significant digits; digits before the point all stay."""
    if value == 0:
        return Layout(0)
    exponent = _exponent(value, digits)
    decimals = max(digits - 1 - exponent, 0)
    most = max(MOST_DECIMALS, digits + SPARE_DECIMALS)
    if decimals > most or abs(value) >= LARGEST_PLAIN:
        return Layout(digits - 1, is_scientific=True)
    return Layout(decimals)


def _by_error(value: float, error: float) -> Layout:
    """End where the second significant digit of the standard error stands."""
    last = _exponent(error, 2) - 1
    decimals = max(-last, 0)
    if decimals <= MOST_DECIMALS and abs(value) < LARGEST_PLAIN:
        return Layout(decimals)
    if value == 0:
        return Layout(0)
    first = _exponent(value, 2)
    if abs(value) < LARGEST_PLAIN and first >= -MOST_DECIMALS // 2:
        return Layout(min(decimals, MOST_PRECISE))
    return Layout(min(max(first - last, 1), MOST_PRECISE), is_scientific=True)


def _positive(error: object) -> float:
    """A usable standard error, or NaN."""
    if isinstance(error, Real) and 0 < float(error) < math.inf:
        return float(error)
    return math.nan
