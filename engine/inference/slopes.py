"""Slopes of a covariate, for each level of a factor or at chosen values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.inference.averaging import averages
from engine.inference.linear_functions import linear_functions
from engine.inference.marginal_means import check_level, interval_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from engine.inference.fitted import Fitted
    from engine.inference.reference_grid import At


def marginal_slopes(
    model: Fitted,
    covariate: str,
    by: str | Sequence[str] = (),
    at: At | None = None,
    *,
    weights: str = "equal",
    df: str = "satterthwaite",
    level: float = 0.95,
) -> pd.DataFrame:
    """Change of the response per unit of a covariate, averaged as marginal means are.

    Parameters
    ----------
    model : FittedModel
    covariate : str
        A column of numbers or dates (a unit is then a day) of the fixed part.
    by : str or sequence of str
        Columns whose combinations have a slope each, the covariate itself included
        where its effect is curved.
    at : mapping, optional
        Where covariates stand; the covariate's own value matters where its effect is
        curved, and is its mean if nothing is said.
    weights, df, level
        See `marginal_means`.

    Returns
    -------
    DataFrame
        The columns of `by`, estimate, std_error, df, lower, upper; units of the
        response per unit of the covariate. `attrs["notes"]` as `marginal_means`.

    Raises
    ------
    EngineError
        If a column, a value, the weights, the method or the level makes no sense.
    """
    check_level(level)
    made = averages(model.estimates, by, at, weights=weights, slope_of=covariate)
    functions = linear_functions(model.estimates, made.weights, made.offset, df=df)
    table = interval_table(made, functions, level)
    table.attrs["slope_of"] = covariate
    return table
