"""Intervals by several methods side by side, as a table and as sentences."""

from __future__ import annotations

from math import isfinite, nan
from typing import TYPE_CHECKING

import pandas as pd

from engine.data.wording import counted
from engine.reporting.model_facts import df_kind, df_words, percent
from engine.reporting.numbers import Kind, shown
from engine.reporting.parameter_words import parameter_words
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.written_numbers import count, general

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.diagnostics.uncertainty import (
        Interval,
        Parameter,
        Replicated,
        Replicates,
    )
    from engine.fitted_model import FittedModel

NAME = "intervals_side_by_side"
KINDS = {"percentile": "percentile", "basic": "basic", "bca": "BCa"}
"""Bootstrap intervals in words."""
_DIGITS = 20
"""An interval's ends are shown to two digits of this part of its length."""


def intervals_table(
    model: FittedModel,
    parameters: Sequence[Parameter],
    replicates: Replicates | None,
    level: float,
) -> ResultTable:
    """Put estimates and intervals of all parameters into one table.

    Parameters
    ----------
    model : FittedModel
    parameters : sequence of Parameter
    replicates : Replicates or None
        None before there are any.
    level : float
        Coverage.

    Returns
    -------
    ResultTable
        Without columns for what was not computed.
    """
    words = parameter_words(model)
    of = {} if replicates is None else replicates.of
    intervals: dict[str, list[Interval | None]] = {
        "Wald": [one.wald for one in parameters],
        "Profile": [one.profile for one in parameters],
        "Bootstrap": [
            of[one.name].interval if one.name in of else None for one in parameters
        ],
    }
    columns: dict[str, object] = {
        "Parameter": [words[one.name].title for one in parameters],
        "What": [words[one.name].about for one in parameters],
        "Estimate": [one.estimate for one in parameters],
    }
    for title, every in intervals.items():
        if any(every):
            columns |= _ends(title, every)
    if replicates is not None:
        columns |= _spread([of.get(one.name) for one in parameters])
    pairs = zip(*intervals.values(), strict=True)
    errors = [error for own in pairs if isfinite(error := digits_error(*own))]
    rounded = ColumnFormat(Kind.ESTIMATE, error=min(errors, default=nan))
    formats = {
        name: rounded
        for name in columns
        if name.endswith(("lower", "upper", "Estimate", "SE", "Bias"))
    }
    formats["Wald df"] = ColumnFormat(df_kind(model))
    formats["Refits"] = ColumnFormat(Kind.COUNT)
    foot = tuple(how_words(model, parameters, replicates, level))
    title = f"Intervals side by side, {percent(level)}"
    return ResultTable(NAME, title, pd.DataFrame(columns), foot, formats)


def _ends(title: str, every: Sequence[Interval | None]) -> dict[str, object]:
    """Columns of one kind of interval."""
    columns: dict[str, object] = {
        f"{title} lower": [nan if one is None else one.lower for one in every],
        f"{title} upper": [nan if one is None else one.upper for one in every],
    }
    if title == "Wald":
        columns["Wald df"] = [nan if one is None else one.df for one in every]
    return columns


def _spread(own: Sequence[Replicated | None]) -> dict[str, object]:
    """Columns of what else the replicates say."""
    return {
        "Bootstrap SE": [nan if one is None else one.std_error for one in own],
        "Bias": [nan if one is None else one.bias for one in own],
        "Refits": [0 if one is None else one.n for one in own],
        "Bootstrap kind": [
            "" if one is None else KINDS.get(one.interval.kind, "") for one in own
        ],
    }


def digits_error(*intervals: Interval | None) -> float:
    """What sets the decimals of a parameter's numbers: a part of its shortest interval.

    Parameters
    ----------
    *intervals : Interval or None

    Returns
    -------
    float
        NaN without an interval that has a length.
    """
    known = [one for one in intervals if one is not None and one.is_known]
    lengths = [one.upper - one.lower for one in known if one.upper > one.lower]
    return min(lengths) / _DIGITS if lengths else nan


def interval_words(interval: Interval | None, error: float) -> str:
    """An interval as a reader sees it: "1.275 to 1.773"; empty where there is none."""
    if interval is None or not interval.is_known:
        return ""
    ends = (interval.lower, interval.upper)
    lower, upper = (shown(end, Kind.ESTIMATE, error) for end in ends)
    return f"{lower} to {upper}"


def share_words(share: float) -> str:
    """A share in whole per cent; never 0 or 100 where it is not."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{general(round(100 * share), 3)} %"


def how_words(
    model: FittedModel,
    parameters: Sequence[Parameter],
    replicates: Replicates | None,
    level: float,
) -> list[str]:
    """Say how each interval was computed, one sentence each.

    Parameters
    ----------
    model, parameters, replicates, level
        As for `intervals_table`.

    Returns
    -------
    list of str
    """
    said = [
        f"All intervals are {percent(level)}.",
        f"Wald: estimate ± t × standard error, with {df_words(model)}; not meaningful "
        "for SDs and correlations, whose estimates are far from normal.",
    ]
    if any(one.profile is not None for one in parameters):
        said.append(
            "Profile: values that the likelihood (ML, also where the fit is REML) does "
            "not reject, all other parameters refitted."
        )
    if replicates is None:
        return said
    said += _bootstrap_words(model, replicates)
    return said


def _bootstrap_words(model: FittedModel, replicates: Replicates) -> list[str]:
    how = f"refitted by {model.estimation}" if model.is_mixed else "refitted"
    made = {one.interval.kind for one in replicates.of.values()}
    said = [
        f"Bootstrap: {counted(replicates.n, 'data set')} simulated from the fitted "
        f"model and {how}, seed {replicates.seed}; {KINDS[replicates.kind]} intervals."
    ]
    if replicates.kind == "bca" and "percentile" in made:
        names = [n for n, one in replicates.of.items() if one.interval.kind != "bca"]
        said.append(
            f"BCa is not defined for {count(len(names))} of "
            f"{counted(len(replicates.of), 'parameter')}: percentile there."
        )
    if replicates.n_singular:
        said.append(
            f"{count(replicates.n_singular)} refits had a variance of 0 or a perfect "
            "correlation; all are kept."
        )
    if replicates.n_failed:
        said.append(
            f"{counted(replicates.n_failed, 'refit')} did not reach a proved optimum; "
            "they are kept where they have an estimate."
        )
    missing = [one for one in replicates.of.values() if 0 < one.n < replicates.n]
    if missing:
        said.append("A correlation has no value in refits where one of its SDs is 0.")
    return said
