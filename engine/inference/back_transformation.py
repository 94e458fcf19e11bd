"""Marginal means and contrasts of a logarithm, on the scale that was measured.

With y = exp(eta) and eta normal around mu, exp(mu) is the median of y; its mean, for a
new row in a new group, is exp(mu + (sigma^2 + z'Gz) / 2). Differences of logarithms are
ratios. Intervals are transformed at both ends; standard errors by the delta method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError
from engine.inference.averaging import averages
from engine.model.columns import listed, readable
from engine.model.language.expressions import parse_expression
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    import pandas as pd

    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates
    from engine.inference.fitted import Fitted
    from engine.sentences import Said

BASES = {"log": np.e, "log1p": np.e, "log2": 2.0, "log10": 10.0}
"""By name of the function: the number whose powers take it back."""
SHIFTED = ("log1p",)
"""Functions of y + 1."""


def back_transformed(
    table: pd.DataFrame,
    model: Fitted,
    *,
    quantity: str = "median",
    transformation: str | None = None,
) -> pd.DataFrame:
    """Take the logarithm of the response back.

    Parameters
    ----------
    table : DataFrame
        From `marginal_means` or `contrasts` of the model.
    model : FittedModel
    quantity : {"median", "mean"}
        Of the measured response: the median exp(mu), or the mean
        exp(mu + (sigma^2 + z'Gz) / 2), which is what sums are made of. Ratios are the
        same for both where the groups vary alike.
    transformation : {"log", "log2", "log10", "log1p"}, optional
        What was done to the response before the table was read; taken from the model's
        formula if nothing is said.

    Returns
    -------
    DataFrame
        As `table`, with estimate, std_error, lower, upper on the measured scale;
        contrasts "a - b" become ratios "a / b", and their tests stay. `attrs["scale"]`
        says what the estimates are.

    Raises
    ------
    EngineError
        If the response is no logarithm, or the quantity is unknown.
    """
    name = _transformation(model.estimates, transformation)
    if quantity not in ("median", "mean"):
        raise EngineError(
            f"'{quantity}' is nothing that can be taken back.",
            "Choose 'median' or 'mean'.",
        )
    if "slope_of" in table.attrs:
        raise EngineError(
            "Slopes of a logarithm cannot be taken back as means can.",
            f"Read the exponential of a slope as a ratio for one unit more of "
            f"'{table.attrs['slope_of']}'.",
        )
    if "contrast" in table:
        return _ratios(table, name)
    if "asked" not in table.attrs:
        raise EngineError(
            "This is no table of marginal means.", "Make one with marginal_means."
        )
    return _means(table, model.estimates, name, quantity)


def _means(
    table: pd.DataFrame, estimates: Estimates, name: str, quantity: str
) -> pd.DataFrame:
    """Means of logarithms as medians or means of what was measured."""
    rate = float(np.log(BASES[name]))
    result = table.copy()
    spread: FloatArray | float = 0.0
    note: Said = "Estimates are medians of the response as it was measured."
    if quantity == "mean":
        spread = _spread(table, estimates)
        note = Sentence(
            "Estimates are means of the response as it was measured, in new groups: "
            "the median times exp(variance / 2), with a residual SD of ",
            Number(estimates.sigma, 4),
            " and the variance among groups. Its uncertainty is left out.",
        )
    shift = rate**2 * spread / 2
    for column in ("estimate", "lower", "upper"):
        result[column] = np.exp(rate * table[column] + shift)
    result["std_error"] = result["estimate"] * rate * table["std_error"]
    if name in SHIFTED:
        result[["estimate", "lower", "upper"]] -= 1.0
    result.attrs["notes"] = (*table.attrs.get("notes", ()), note)
    result.attrs["scale"] = quantity
    return result


def _transformation(estimates: Estimates, given: str | None) -> str:
    """The function of the response, which must be the logarithm of a column."""
    if given is not None:
        if given not in BASES:
            raise EngineError(
                f"'{given}' cannot be taken back.", f"Choose one of {listed(BASES)}."
            )
        return given
    text = estimates.design.written.response
    name, _, inside = text.removesuffix(")").removeprefix("np.").partition("(")
    if name in BASES and not parse_expression(inside).is_column:
        raise EngineError(
            f"The response '{readable(text)}' is the logarithm of more than a column.",
            f"Say transformation='{name}' to get '{inside}' back.",
        )
    if name not in BASES:
        raise EngineError(
            f"The response '{readable(text)}' is not a logarithm in the formula.",
            "If the column holds logarithms, say which by transformation='log', "
            "'log2', 'log10' or 'log1p'.",
        )
    return name


def _ratios(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Differences of logarithms as ratios."""
    rate = float(np.log(BASES[name]))
    result = table.copy()
    for column in ("estimate", "lower", "upper"):
        result[column] = np.exp(rate * table[column])
    result["std_error"] = result["estimate"] * rate * table["std_error"]
    result["contrast"] = table["contrast"].map(table.attrs["ratios"])
    of = "the response plus one" if name in SHIFTED else "the response"
    note = f"Estimates are ratios of medians of {of} as it was measured."
    result.attrs["notes"] = (*table.attrs.get("notes", ()), note)
    result.attrs["scale"] = "ratio"
    return result


def _spread(table: pd.DataFrame, estimates: Estimates) -> FloatArray:
    """Variance sigma^2 + z'Gz of a new row around each mean of the table."""
    asked, terms = table.attrs["asked"], list(table.attrs["terms"])
    made = averages(estimates, terms, asked["at"], weights=asked["weights"])
    total = np.full(len(made.grid.frame), estimates.sigma**2)
    for block, own in zip(estimates.design.blocks, estimates.blocks, strict=True):
        Z = block.encoder.encode(made.grid.frame)
        total += np.einsum("na,ab,nb->n", Z, own.covariance, Z, optimize=True)
    known = made.frame.assign(_spread=made.averager @ total)
    if not terms:
        return np.full(len(table), float(known["_spread"].iloc[0]))
    found: FloatArray = (
        table[terms].merge(known, on=terms, how="left")["_spread"].to_numpy()
    )
    return found
