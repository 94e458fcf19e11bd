"""Data and fitted model together: lines over a covariate, or a strip of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.group_words import counted_groups
from engine.data.wording import counted
from engine.diagnostics.density import density_by_level
from engine.diagnostics.held import is_around
from engine.diagnostics.lines import fitted_lines
from engine.diagnostics.plotdata import FittedLinesData, StripData
from engine.diagnostics.row_groups import groupings, row_groups
from engine.model.columns import is_categorical
from engine.model.language.expressions import parse_expression

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel
    from engine.model.levels import Grouping


def picture(model: FittedModel) -> FittedLinesData | StripData | None:
    """Choose the picture that the model asks for.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    FittedLinesData, StripData or None
        Lines over the first numeric covariate of the fixed part; without one, a strip
        of points per group; None without covariate and grouping.
    """
    x_name = first_covariate(model)
    found = groupings(model)
    if x_name is not None:
        return fitted_lines(model, x_name, found[0] if found else None)
    return strip(model, found[0]) if found else None


def first_covariate(model: FittedModel) -> str | None:
    """The first column of numbers in the fixed part."""
    for term in model.spec.fixed:
        for factor in term:
            if factor.startswith("C("):
                continue  # numbers taken as levels are no axis
            for name in parse_expression(factor).columns:
                if not is_categorical(model.design.frame[name]):
                    return str(name)
    return None


def strip(model: FittedModel, grouping: Grouping) -> StripData:
    """Rows of each group beside the three means.

    Parameters
    ----------
    model : FittedModel
    grouping : Grouping

    Returns
    -------
    StripData
        Groups in order of their own mean. The partially pooled mean has the effects of
        the group and of those it is nested in, not of groups within or across it.
    """
    design, codes = model.design, grouping.codes
    y, J = design.y, len(grouping.levels)
    weights = np.ones(len(y)) if design.weights is None else design.weights
    counts = np.bincount(codes, minlength=J)
    means = np.bincount(codes, weights * y, J) / np.bincount(codes, weights, J)
    order = np.argsort(means, kind="stable")
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    known = 0.0 if design.offset is None else design.offset
    population = design.X @ np.nan_to_num(model.estimates.beta) + known
    pooled = np.bincount(codes, population + _own_effects(model, grouping), J) / counts
    is_pooled = model.is_mixed
    name = grouping.name
    return StripData(
        levels=tuple(str(grouping.levels[i]) for i in order),
        positions=place[codes],
        y=y,
        labels=model.design.rows,
        grand_mean=float(
            np.mean(population) if is_pooled else np.average(y, weights=weights)
        ),
        group_means=means[order],
        pooled_means=pooled[order] if is_pooled else np.full(len(order), np.nan),
        counts=counts[order].astype(np.intp),
        y_name=model.design.response_name,
        group_name=name,
        title=f"{model.design.response_name} by {name}",
        caption=f"{counted(len(y), 'row')} in {counted_groups(len(order), name)}, "
        "ordered by mean",
        row_levels=row_groups(grouping),
        fitted=model.estimates.fitted,
        raw_residuals=y - model.estimates.fitted,
        density=density_by_level(place[codes], y, J),
    )


def _own_effects(model: FittedModel, grouping: Grouping) -> FloatArray:
    """For each row, the effects of its group and of those around it."""
    total = np.zeros(model.n_rows)
    for block, own in zip(model.design.blocks, model.estimates.blocks, strict=True):
        if is_around(block.grouping, grouping):
            effects = own.effects[block.grouping.codes]
            total += np.einsum("ik,ik->i", block.Z, effects)
    return total
