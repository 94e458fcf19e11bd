"""The numbers behind one mean or comparison, so that they can be worked out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reporting.explained_predictions import interval_values
from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.fitted_model import FittedModel


def compared_values(_model: FittedModel, key: Mapping[str, str]) -> dict[str, str]:
    """Estimate, standard error, quantile, limits, t and p of one row.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        As `engine.reporting.compared_tables.topic_of_compared` gives it.

    Returns
    -------
    dict of str to str
        By placeholder; empty if no row of means or comparisons is meant.
    """
    names = ("estimate", "std_error", "df", "lower", "upper")
    if "compared" not in key or not set(names) <= set(key):
        return {}
    estimate, error, df, lower, upper = (float(key[name]) for name in names)
    if not error > 0:
        return {}
    function = key.get("function", "")
    values = interval_values((estimate, error, lower, upper), function)
    values["df"] = shown(df, Kind.DF)
    if "p" in key:
        p = shown(float(key["p"]), Kind.P_VALUE)
        values["t"] = shown(float(key["t"]), Kind.STATISTIC)
        values["adjusted"] = f"p {p}" if p[:1] in "<>" else f"p = {p}"
    return values
