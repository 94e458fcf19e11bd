"""Interval, t and degrees of freedom of a coefficient, so that they can be followed."""

from __future__ import annotations

from engine.reporting.followed import (
    decimals_writer,
    estimate_writer,
    followed,
    size_writer,
)
from engine.reporting.numbers import Kind, shown


def followed_interval(estimate: float, error: float, critical: float) -> dict[str, str]:
    """Estimate, SE and quantile with the digits that interval, t and square take.

    Parameters
    ----------
    estimate, error : float
        The coefficient and its standard error, positive.
    critical : float
        The quantile of t that the interval has.

    Returns
    -------
    dict of str to str
        By placeholder.
    """

    def results(b: float, se: float, t: float) -> tuple[str, ...]:
        ends = (b - t * se, b + t * se)
        bounds = [shown(end, Kind.ESTIMATE, error) for end in ends]
        return *bounds, shown(b / se, Kind.STATISTIC)

    names = ("fine_estimate", "fine_se", "critical")
    texts = followed(
        (
            estimate_writer(estimate, error),
            estimate_writer(error, error),
            decimals_writer(critical),
        ),
        results,
        results(estimate, error, critical),
    )

    def square(se: float) -> str:
        return shown(se**2, Kind.VARIANCE)

    (root,) = followed([size_writer(error)], square, square(error))
    return {
        **dict(zip(names, texts, strict=True)),
        "squared_se": _squared(root),
        "se_squared": square(error),
    }


def followed_df(error: float, df: float) -> dict[str, str]:
    """Satterthwaite's equation read backwards; the same number, not another one.

    Parameters
    ----------
    error : float
        Standard error of the coefficient.
    df : float

    Returns
    -------
    dict of str to str
        By placeholder.
    """

    def result(variance: float, spread: float) -> str:
        return shown(2 * variance**2 / spread, Kind.DF)

    variance, spread = followed(
        (size_writer(error**2), size_writer(2 * error**4 / df)),
        result,
        shown(df, Kind.DF),
    )
    return {
        "variance_of_estimate": variance,
        "squared_variance": _squared(variance),
        "variance_of_variance": spread,
    }


def _squared(text: str) -> str:
    return f"({text})²" if "×" in text else f"{text}²"
