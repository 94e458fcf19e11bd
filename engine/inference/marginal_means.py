"""Marginal means: what the model says of each level, other things being even.

Means are taken over the reference grid (see `engine.inference.reference_grid`) on the
scale of the response as it was fitted; a logarithm can be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError
from engine.inference.averaging import averages
from engine.inference.linear_functions import linear_functions
from engine.model.columns import listed
from engine.model.levels import level_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from engine.inference.averaging import Averages
    from engine.inference.fitted import Fitted
    from engine.inference.linear_functions import LinearFunctions
    from engine.inference.reference_grid import At
    from engine.sentences import Said

COLUMNS = ("estimate", "std_error", "df", "lower", "upper")


def marginal_means(
    model: Fitted,
    terms: str | Sequence[str],
    at: At | None = None,
    *,
    weights: str = "equal",
    df: str = "satterthwaite",
    level: float = 0.95,
) -> pd.DataFrame:
    """Means of the response for each combination of the terms' values.

    Parameters
    ----------
    model : FittedModel
    terms : str or sequence of str
        Columns of the fixed part; `"a:b"` says the same as `["a", "b"]`. None for the
        mean of all.
    at : mapping of str to value or sequence of values, optional
        Where covariates stand, or which levels of factors count. Covariates that are
        not named stand at their means.
    weights : {"equal", "proportional", "cells"}
        How the levels of other factors are averaged: evenly; as frequent as in the
        rows used; as frequent as in the rows used of each combination of the terms.
    df : {"satterthwaite", "none"}
        Degrees of freedom; least squares has exact ones, whatever is asked.
    level : float
        Coverage of each interval.

    Returns
    -------
    DataFrame
        The terms' columns, estimate, std_error, df, lower, upper, in units of the
        response. NaN where a mean cannot be estimated; `attrs["notes"]` says that and
        what was averaged and held.

    Raises
    ------
    EngineError
        If a term, a value, the weights, the method or the level makes no sense.
    """
    check_level(level)
    made = averages(model.estimates, terms, at, weights=weights)
    functions = linear_functions(model.estimates, made.weights, made.offset, df=df)
    table = interval_table(made, functions, level)
    table.attrs["asked"] = {"at": dict(at or {}), "weights": weights}
    return table


def check_level(level: float) -> None:
    """Refuse a coverage that is none."""
    if not (isinstance(level, int | float) and 0 < level < 1):
        raise EngineError(
            f"A level of {level} is no coverage.", "Choose one between 0 and 1."
        )


def interval_table(
    made: Averages, functions: LinearFunctions, level: float
) -> pd.DataFrame:
    """Averages with their intervals, one at a time.

    Parameters
    ----------
    made : Averages
    functions : LinearFunctions
        Of its weights.
    level : float

    Returns
    -------
    DataFrame
        The terms' columns and `COLUMNS`; with attrs level, terms, notes.
    """
    half = functions.half_widths(level)
    estimate = functions.estimate
    numbers = [estimate, functions.std_error, functions.df]
    numbers += [estimate - half, estimate + half]
    taken = [name for name in COLUMNS if name in made.frame]
    if taken:
        raise EngineError(
            f"The table would have two columns called '{taken[0]}'.",
            f"Rename the column '{taken[0]}' of the data.",
        )
    table = made.frame.copy()
    for name, values in zip(COLUMNS, numbers, strict=True):
        table[name] = np.where(made.is_empty, np.nan, values)
    unknown = np.flatnonzero(table["estimate"].isna())
    notes = [*made.notes, *functions.notes, *_not_estimable(made, unknown.tolist())]
    table.attrs |= {"level": level, "terms": made.terms, "notes": tuple(notes)}
    return table


def combination_names(made: Averages, terms: Sequence[str]) -> list[str]:
    """Name each average by some of its terms' values: "low", or "low 2" for two.

    Parameters
    ----------
    made : Averages
    terms : sequence of str

    Returns
    -------
    list of str
        One for each row.
    """
    if not terms:
        return ["all"] * len(made.frame)
    parts = [level_texts(made.frame[name]) for name in terms]
    return [" ".join(texts) for texts in zip(*parts, strict=True)]


def _not_estimable(made: Averages, unknown: list[int]) -> list[Said]:
    """Say which averages the rows fitted cannot tell."""
    if not unknown:
        return []
    names = [combination_names(made, made.terms)[i] for i in unknown]
    return [
        f"Not estimated: {listed(names)}. The rows do not tell: a combination of "
        "levels is in no row, or one column follows from others. Weighting by cells "
        "averages over the combinations that occur."
    ]
