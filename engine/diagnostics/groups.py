"""Plots of groups: are their effects normal, and are residuals alike among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.group_words import counted_groups
from engine.diagnostics.density import density_by_level
from engine.diagnostics.plotdata import QQData, ResidualsByGroupData
from engine.diagnostics.quantiles import normal_positions, simultaneous_band
from engine.diagnostics.residuals import studentised_residuals
from engine.diagnostics.row_groups import groupings as groupings  # noqa: PLC0414 - pages ask here
from engine.diagnostics.row_groups import own_groups, row_groups
from engine.model.spec import INTERCEPT
from engine.written_numbers import fixed

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitted_model import FittedModel
    from engine.model.levels import Grouping

ENOUGH_LEVELS = 20
"""Levels from which normality of group effects can be judged."""
ENOUGH_ROWS = 5
"""Rows from which a level gets a box."""
WHISKER = 1.5
"""Whiskers reach the last value within this many interquartile ranges of the box."""


def qq_group_effects(model: FittedModel) -> tuple[QQData, ...]:
    """Normal-quantile plots of the group effects, one for each varying term.

    Effects are divided by the square root of Var(b_hat) = Sigma Z'PZ Sigma, the
    variance that predicted effects have over repeated samples; dividing by the standard
    error of prediction would mix up two questions.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of QQData
        In formula order; without points where the variance is estimated as zero.
    """
    result = []
    parts = zip(
        model.design.blocks,
        model.estimates.blocks,
        model.estimates.effect_variances,
        strict=True,
    )
    for block, own, variances in parts:
        for k, term in enumerate(block.terms):
            values = _standardised(own.effects[:, k], variances[:, k, k])
            result.append(_qq_of_levels(values, block.grouping, term))
    return tuple(result)


def _standardised(effects: FloatArray, variances: FloatArray) -> FloatArray:
    """Effects in units of their own standard deviation; NaN where that is zero."""
    largest = float(np.abs(variances).max(initial=0.0))
    known = variances > 1e-10 * largest
    root = np.sqrt(np.where(known, variances, np.nan))
    return effects / root


def _qq_of_levels(values: FloatArray, grouping: Grouping, term: str) -> QQData:
    kept = np.isfinite(values)
    order = np.argsort(values[kept], kind="stable")
    ordered = values[kept][order]
    lower, upper = simultaneous_band(len(ordered))
    return QQData(
        theoretical=normal_positions(len(ordered)),
        ordered=ordered,
        labels=grouping.levels[kept][order],
        lower=lower,
        upper=upper,
        value_name=f"{grouping.name} effect / SD",
        title=f"QQ of {grouping.name} effects: {plain_term(term)}",
        caption=_levels_caption(grouping, len(ordered)),
        is_of_levels=True,
        group_name=grouping.name,
        row_levels=own_groups(grouping, np.flatnonzero(kept)[order]),
    )


def _levels_caption(grouping: Grouping, n_shown: int) -> str:
    n = len(grouping.levels)
    groups = counted_groups(n, grouping.name)
    if not n_shown:
        return (
            f"The variance among {groups} is estimated as zero: "
            "there are no effects to plot"
        )
    if n < ENOUGH_LEVELS:
        return f"{groups}; a verdict needs {ENOUGH_LEVELS}"
    return groups


def plain_term(term: str) -> str:
    """A varying term in the window's words."""
    return "baseline" if term == INTERCEPT else f"effect of {term}"


def residuals_by_group(model: FittedModel) -> tuple[ResidualsByGroupData, ...]:
    """Studentised conditional residuals level by level, one plot for each grouping.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of ResidualsByGroupData
        Of the random part's groupings, or of the one that is not pooled.
    """
    values = studentised_residuals(model)
    return tuple(_by_level(model, values, found) for found in groupings(model))


def _by_level(
    model: FittedModel, values: FloatArray, grouping: Grouping
) -> ResidualsByGroupData:
    """Order the levels by their median residual and summarise each."""
    kept = np.isfinite(values)
    fitted = model.estimates.fitted[kept]
    values, codes = values[kept], grouping.codes[kept]
    medians = pd.Series(values).groupby(codes).median()
    order = medians.sort_values(kind="stable").index.to_numpy()
    place = np.full(len(grouping.levels), -1)
    place[order] = np.arange(len(order))
    positions = place[codes].astype(np.intp)
    return ResidualsByGroupData(
        group_name=grouping.name,
        levels=tuple(str(grouping.levels[i]) for i in order),
        positions=positions,
        residuals=values,
        labels=model.design.rows[kept],
        boxes=_boxes(values, positions, len(order)),
        title=f"Residuals by {grouping.name}",
        caption=_spread_caption(values, positions, len(order)),
        row_levels=row_groups(grouping, kept),
        fitted=fitted,
        raw_residuals=model.design.y[kept] - fitted,
        density=density_by_level(positions, values, len(order)),
    )


def _boxes(values: FloatArray, positions: IntArray, n: int) -> FloatArray:
    """Whisker, quartile, median, quartile, whisker of each level.

    All levels at once: there may be tens of thousands.

    Returns
    -------
    ndarray of shape (n, 5)
        NaN in levels with too few values.
    """
    if not len(values):
        return np.full((n, 5), np.nan)
    order = np.lexsort((values, positions))
    values, positions = values[order], positions[order]
    counts = np.bincount(positions, minlength=n)
    first = np.cumsum(counts) - counts
    low, middle, high = (
        _quantile(values, first, counts, share) for share in (0.25, 0.5, 0.75)
    )
    reach = WHISKER * (high - low)
    is_inside = (values >= (low - reach)[positions]) & (
        values <= (high + reach)[positions]
    )
    inside, level = values[is_inside], positions[is_inside]
    has_box = np.flatnonzero(counts >= ENOUGH_ROWS)
    boxes = np.full((n, 5), np.nan)
    boxes[has_box] = np.column_stack(
        [
            inside[np.searchsorted(level, has_box)],
            low[has_box],
            middle[has_box],
            high[has_box],
            inside[np.searchsorted(level, has_box, side="right") - 1],
        ]
    )
    return boxes


def _quantile(
    values: FloatArray, first: IntArray, counts: IntArray, share: float
) -> FloatArray:
    """Quantiles of runs of increasing values, as numpy interpolates them."""
    place = share * np.maximum(counts - 1, 0)
    below = np.floor(place).astype(np.intp)
    part = place - below
    last = len(values) - 1
    lower = values[np.minimum(first + below, last)]
    upper = values[np.minimum(first + np.minimum(below + 1, counts - 1), last)]
    result: FloatArray = np.where(
        part < 0.5,
        lower + (upper - lower) * part,
        upper - (upper - lower) * (1 - part),
    )
    return result


def _spread_caption(values: FloatArray, positions: IntArray, n: int) -> str:
    """Compare the variances of the levels with enough rows."""
    counts = np.bincount(positions, minlength=n)
    is_enough = counts >= ENOUGH_ROWS
    means = np.bincount(positions, values, minlength=n) / np.maximum(counts, 1)
    squares = np.bincount(positions, (values - means[positions]) ** 2, minlength=n)
    variances = squares[is_enough] / (counts[is_enough] - 1)
    if len(variances) < 2 or variances.min() <= 0:
        return f"Too few levels with {ENOUGH_ROWS} rows to compare their spread"
    ratio = variances.max() / variances.min()
    return (
        f"Largest over smallest variance {fixed(ratio, 1)}, among "
        f"{len(variances)} levels with {ENOUGH_ROWS} rows or more"
    )
