from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reporting.numbers import (
    HARD_SPACE,
    MINUS,
    Kind,
    excel_format,
    is_missing,
    is_number,
    phrase,
    shown,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (20.12690, 0.93264, "20.13"),
        (0.93264, 0.93264, "0.93"),
        (0.39082, 0.05389, "0.391"),
        (0.05389, 0.05389, "0.054"),
        (251.40510, 6.824597, "251.4"),
        (6.824597, 6.824597, "6.8"),
        (75.33, 11.86, "75"),
        (1234.5, 1234.5, "1234"),
        (0.5, 0.0998, "0.50"),  # the error rounds to 0.10
        (0.0998, 0.0998, "0.10"),
        (-0.001, 0.16, "0.00"),  # what rounds to zero has no sign
        (-0.0, 0.16, "0.00"),
        (-3.456906, 0.510024, MINUS + "3.46"),
        (5.0, 1e-12, "5.0000000000"),
        (1e-12, 1e-12, "1.0×10⁻¹²"),
        (3.14159e-9, 2e-11, "3.142×10⁻⁹"),
        (0.0, 2e-11, "0"),
        (1.23456789e8, 1234.0, "1.234568×10⁸"),
        (1e300, 1e299, "1.00×10³⁰⁰"),
        (1e-300, 1e-301, "1.00×10⁻³⁰⁰"),
        (-1e300, 1e-300, MINUS + "1.0000000000×10³⁰⁰"),
    ],
)
def test_that_an_estimate_has_the_decimals_of_its_standard_error(
    value: float, error: float, text: str
) -> None:
    assert shown(value, Kind.ESTIMATE, error) == text


@pytest.mark.parametrize("error", [NAN, 0.0, -1.0, math.inf, None, ""])
def test_that_an_estimate_without_a_usable_error_has_four_digits(error: object) -> None:
    assert shown(-5.27271, Kind.ESTIMATE, error) == MINUS + "5.273"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "< 0.001"),
        (1e-300, "< 0.001"),
        (0.000999, "< 0.001"),
        (0.001, "0.001"),
        (0.0344, "0.034"),
        (0.9994, "0.999"),
        (0.9996, "> 0.999"),
        (1.0, "> 0.999"),
        (NAN, ""),
    ],
)
def test_that_p_is_never_zero_or_one(p: float, text: str) -> None:
    assert shown(p, Kind.P_VALUE) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.084191, "0.0842"),
        (12.4166, "12.4"),
        (1649.53, "1650"),
        (98765.4, "98765"),
        (0.0, "0"),
        (-0.0, "0"),
        (9.999, "10.0"),
        (0.000123456, "0.000123"),
        (0.00000123456, "1.23×10⁻⁶"),
        (2.0e-31, "2.00×10⁻³¹"),
        (1e300, "1.00×10³⁰⁰"),
        (math.inf, "∞"),
        (-math.inf, MINUS + "∞"),
    ],
)
def test_that_variances_keep_three_digits(value: float, text: str) -> None:
    assert shown(value, Kind.VARIANCE) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (17.0000003, Kind.DF, "17.0"),
        (math.inf, Kind.DF, "∞"),
        (148.0, Kind.COUNT, "148"),
        (14.6351, Kind.STATISTIC, "14.64"),
        (-26.55, Kind.STATISTIC, MINUS + "26.55"),
        (3e9, Kind.STATISTIC, "3.00×10⁹"),
        (0.9999997, Kind.CORRELATION, "1.00"),
        (-0.001, Kind.CORRELATION, "0.00"),
        (0.32265, Kind.FRACTION, "0.323"),
        (0.33567, Kind.SHARE, f"33.6{HARD_SPACE}%"),
        (2e-31, Kind.SHARE, f"0.0{HARD_SPACE}%"),
        (-63.1886, Kind.INDEX, MINUS + "63.19"),
        (126.3773, Kind.VALUE, "126.4"),
        (150, Kind.VALUE, "150"),
        (np.int64(-3), Kind.COUNT, MINUS + "3"),
        (np.float64(0.25), Kind.CORRELATION, "0.25"),
        ("L01", Kind.VALUE, "L01"),
        (True, Kind.TEXT, "True"),
        (pd.Timestamp("2020-01-02"), Kind.TEXT, "2020-01-02 00:00:00"),
    ],
)
def test_that_every_kind_is_rounded_its_own_way(
    value: object, kind: Kind, text: str
) -> None:
    assert shown(value, kind) == text


@pytest.mark.parametrize("nothing", [None, NAN, np.float64("nan"), pd.NA, pd.NaT])
def test_that_nothing_is_shown_as_nothing_or_as_told(nothing: object) -> None:
    assert is_missing(nothing)
    assert not is_number(nothing)
    assert shown(nothing, Kind.ESTIMATE, 0.1) == ""
    assert shown(nothing, Kind.ESTIMATE, 0.1, "not estimable") == "not estimable"


def test_that_only_finite_numbers_are_numbers() -> None:
    assert all(map(is_number, [1, 1.5, np.int64(2), np.float64(2.5)]))
    assert not any(map(is_number, [math.inf, True, "1", None]))


def test_that_a_phrase_has_one_sign_of_comparison() -> None:
    assert phrase("p", 1e-9, Kind.P_VALUE) == "p < 0.001"
    assert phrase("p", 0.034, Kind.P_VALUE) == "p = 0.034"
    assert phrase("t", -2.306, Kind.STATISTIC) == f"t = {MINUS}2.31"


@pytest.mark.parametrize(
    ("value", "kind", "error", "code"),
    [
        (1.5, Kind.ESTIMATE, 0.1, "0.00"),
        (75.3, Kind.ESTIMATE, 12.0, "0"),
        (0.0528, Kind.VARIANCE, None, "0.0000"),
        (1e-9, Kind.VARIANCE, None, "0.00E+00"),
        (0.3, Kind.SHARE, None, "0.0 %"),
        (12, Kind.VALUE, None, "0"),
        (0.5, Kind.P_VALUE, None, '[<0.001]"< 0.001";[>=0.9995]"> 0.999";0.000'),
    ],
)
def test_that_a_workbook_rounds_alike(
    value: float, kind: Kind, error: float | None, code: str
) -> None:
    assert excel_format(value, kind, error) == code


@given(
    value=st.floats(allow_nan=True, allow_infinity=True),
    error=st.floats(allow_nan=True, allow_infinity=True),
    kind=st.sampled_from(list(Kind)),
)
def test_that_any_number_is_shown_short_and_without_a_hyphen(
    value: float, error: float, kind: Kind
) -> None:
    text = shown(value, kind, error)
    assert len(text) <= 25
    assert "-" not in text
    assert "e" not in text
    assert text.strip("0.") != MINUS  # no minus zero
    if is_number(value):
        assert excel_format(value, kind, error)


@given(
    value=st.floats(-1e6, 1e6),
    error=st.floats(1e-5, 1e5),
)
def test_that_a_shown_estimate_is_within_half_a_digit(
    value: float, error: float
) -> None:
    text = shown(value, Kind.ESTIMATE, error).replace(MINUS, "-")
    # two significant digits of the error: at most a twentieth of it is lost
    assert abs(float(text) - value) <= max(0.051 * error, 0.5000001e-6, 1e-9)
