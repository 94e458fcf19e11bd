"""Which group each row belongs to, in the form that all plots share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.plotdata import RowGroups
from engine.model.levels import make_grouping

if TYPE_CHECKING:
    from engine.arrays import AnyArray
    from engine.fitted_model import FittedModel
    from engine.model.levels import Grouping


def groupings(model: FittedModel) -> list[Grouping]:
    """Groupings of the random part, or the one that the specification names."""
    found = {block.grouping.name: block.grouping for block in model.design.blocks}
    own = model.spec.grouping
    if not found and own is not None and own in model.design.frame:
        return [make_grouping(model.design.frame, (own,))]
    return list(found.values())


def row_groups(grouping: Grouping, rows: AnyArray | slice = slice(None)) -> RowGroups:
    """Group of each row, or of some rows by mask or index.

    Parameters
    ----------
    grouping : Grouping
    rows : ndarray or slice

    Returns
    -------
    RowGroups
    """
    levels = tuple(map(str, grouping.levels))
    return RowGroups(grouping.name, levels, grouping.codes[rows])


def main_row_groups(
    model: FittedModel, rows: AnyArray | slice = slice(None)
) -> RowGroups | None:
    """`row_groups` of the first grouping; None where the model knows no groups."""
    found = groupings(model)
    return row_groups(found[0], rows) if found else None


def own_groups(grouping: Grouping, levels: AnyArray) -> RowGroups:
    """For a plot whose points are levels: each is its own group.

    Parameters
    ----------
    grouping : Grouping
    levels : ndarray of int
        Index of the level of each point.
    """
    names = tuple(map(str, grouping.levels))
    return RowGroups(grouping.name, names, np.asarray(levels, dtype=np.intp))
