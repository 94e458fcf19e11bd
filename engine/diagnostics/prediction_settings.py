"""What one prediction is asked for, made to fit the model that answers.

Settings are kept from model to model; what the new one does not know is replaced by
something typical, and what it does not need is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.diagnostics.held import belongs_to_group, is_around
from engine.diagnostics.prediction_scale import AS_FITTED, scale_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.arrays import BoolArray
    from engine.diagnostics.prediction_inputs import GroupInput, PredictionInputs
    from engine.fitted_model import FittedModel

NEW = ""
"""Stands for a group that was not observed."""
KNOWN, UNCERTAIN = "known", "uncertain"
"""How the estimated variances count in intervals."""


@dataclass(frozen=True, slots=True)
class PredictionSettings:
    """What is asked.

    Attributes
    ----------
    values : dict
        By covariate: a number (of dates, days from the first), or a level.
    groups : dict of str to str
        By column of a grouping: its level, or `NEW`.
    axis : str
        Column of the x axis; ``""`` for the first one.
    level : float
        Coverage of the intervals, between 0 and 1.
    variances : str
        `KNOWN`, or `UNCERTAIN`: then intervals are made by bootstrap, where the model
        has random effects.
    scale : str
        Key of a `Scale`.
    follow : str
        Column of a grouping whose level was just chosen: covariates that belong to the
        group, such as a lake's depth, take the values that they have there.
    """

    values: Mapping[str, float | str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    axis: str = ""
    level: float = 0.95
    variances: str = KNOWN
    scale: str = AS_FITTED
    follow: str = ""


def resolved(
    model: FittedModel, inputs: PredictionInputs, wanted: PredictionSettings
) -> PredictionSettings:
    """Complete settings so that they are a question to this model.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
        Of the model.
    wanted : PredictionSettings
        As they were set, perhaps for another model.

    Returns
    -------
    PredictionSettings
        With a value for every input, and for no other column; nothing to follow.
    """
    values: dict[str, float | str] = {}
    for name, number in inputs.numbers.items():
        known = wanted.values.get(name)
        values[name] = number.mean if not isinstance(known, float) else known
    for name, category in inputs.categories.items():
        level = str(wanted.values.get(name))
        values[name] = level if level in category.levels else category.usual
    asked = _consistent(inputs, wanted)
    groups: dict[str, str] = {}
    for name, own in inputs.groups.items():
        level = asked.get(name, NEW)
        offered = offered_levels(model, inputs, own, values, groups)
        groups[name] = level if level in offered else NEW
    if groups.get(wanted.follow, NEW) != NEW:
        values |= own_values(model, inputs, wanted.follow, groups[wanted.follow])
    axis = wanted.axis if wanted.axis in inputs.axes else next(iter(inputs.axes), "")
    scale = scale_of(model, wanted.scale).key
    variances = wanted.variances if model.is_mixed else KNOWN
    return PredictionSettings(values, groups, axis, wanted.level, variances, scale)


def _consistent(inputs: PredictionInputs, wanted: PredictionSettings) -> dict[str, str]:
    """Levels wanted, where some lie within others, such as animals in litters.

    Those around the level that was chosen last are that level's own, and those within
    it that belong elsewhere are given up.
    """
    groups = dict(wanted.groups)
    followed = inputs.groups.get(wanted.follow)
    if followed is None:
        return groups
    level = groups.get(wanted.follow, NEW)
    for name, other in inputs.groups.items():
        if name == wanted.follow:
            continue
        if level != NEW and is_around(other.own, followed.own):
            groups[name] = _level_around(other, followed, level)
        elif groups.get(name, NEW) in other.own.levels and is_around(
            followed.own, other.own
        ):
            own = _level_around(followed, other, groups[name])
            groups[name] = groups[name] if own == level else NEW
    return groups


def _level_around(outer: GroupInput, inner: GroupInput, level: str) -> str:
    """The level of one column within which a level of another lies."""
    if level not in inner.own.levels:
        return NEW
    row = int(np.argmax(inner.own.codes == inner.own.levels.get_loc(level)))
    return str(outer.own.levels[outer.own.codes[row]])


def offered_levels(
    model: FittedModel,
    inputs: PredictionInputs,
    group: GroupInput,
    values: Mapping[str, float | str],
    groups: Mapping[str, str],
) -> tuple[str, ...]:
    """Levels that a picker offers.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
    group : GroupInput
    values, groups : mapping
        What is chosen, for the columns that the levels lie within.

    Returns
    -------
    tuple of str
        All, or those that occur within what is chosen; none within a new group.
    """
    levels = tuple(map(str, group.own.levels))
    if not group.within:
        return levels
    occurs = np.ones(model.n_rows, dtype=bool)
    for name in group.within:
        occurs &= _rows_with(model, inputs, name, groups.get(name, values.get(name)))
    codes = np.unique(group.own.codes[occurs])
    return tuple(levels[code] for code in codes)


def _rows_with(
    model: FittedModel, inputs: PredictionInputs, name: str, value: float | str | None
) -> BoolArray:
    """Which rows have a value or a level in a column; none have a new group's."""
    result: BoolArray
    if name in inputs.groups:
        own = inputs.groups[name].own
        if value not in own.levels:
            return np.zeros(model.n_rows, dtype=bool)
        result = own.codes == own.levels.get_loc(value)
        return result
    column = model.design.frame[name]
    if name in inputs.categories:
        category = inputs.categories[name]
        wanted = category.values.iloc[category.levels.index(str(value))]
        result = (column == wanted).to_numpy(dtype=bool)
        return result
    result = (as_numbers(inputs, name, column) == value).to_numpy(dtype=bool)
    return result


def as_numbers(inputs: PredictionInputs, name: str, column: pd.Series) -> pd.Series:
    """Cells of a number or date as numbers; of dates, days from the first."""
    origin = inputs.numbers[name].origin
    return column if origin is None else (column - origin) / pd.Timedelta(days=1)


def own_values(
    model: FittedModel, inputs: PredictionInputs, group: str, level: str
) -> dict[str, float | str]:
    """Values of the covariates that belong to a group, such as a lake's depth.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
    group : str
        Column of a grouping.
    level : str

    Returns
    -------
    dict
        By covariate; those that vary within a group are not among them.
    """
    own = inputs.groups[group].own
    frame = model.design.frame
    row = int(np.argmax(own.codes == own.levels.get_loc(level)))
    result: dict[str, float | str] = {}
    for name in _belonging(model, inputs, group):
        if name in inputs.numbers:
            cells = as_numbers(inputs, name, frame[name].iloc[[row]])
            result[name] = float(cells.iloc[0])
        else:
            category = inputs.categories[name]
            is_own = (category.values == frame[name].iloc[row]).to_numpy(dtype=bool)
            result[name] = category.levels[int(np.argmax(is_own))]
    return result


def _belonging(
    model: FittedModel, inputs: PredictionInputs, group: str
) -> Iterator[str]:
    own = inputs.groups[group].own
    if len(own.levels) == model.n_rows:
        return  # a row each: everything would belong
    for name in (*inputs.numbers, *inputs.categories):
        column = model.design.frame[name]
        if column.nunique() > 1 and belongs_to_group(column, own):
            yield name


def settings_row(
    inputs: PredictionInputs, settings: PredictionSettings, size: int = 1
) -> pd.DataFrame:
    """Rows that hold what is set, for `FittedModel.predict`.

    Parameters
    ----------
    inputs : PredictionInputs
    settings : PredictionSettings
        Resolved.
    size : int
        Equal rows wanted.
    """
    columns: dict[str, object] = {}
    for name, number in inputs.numbers.items():
        columns[name] = number.cells(np.full(size, settings.values[name], dtype=float))
    for name, category in inputs.categories.items():
        place = category.levels.index(str(settings.values[name]))
        taken = category.values.iloc[np.full(size, place)]
        columns[name] = taken.reset_index(drop=True)
    for name, group in inputs.groups.items():
        level = settings.groups[name] or unseen(group)
        columns[name] = pd.Series([level] * size, dtype="str")
    return pd.DataFrame(columns, index=pd.RangeIndex(size))


def unseen(group: GroupInput) -> str:
    """A name that no level of the column has."""
    name = "new"
    while name in group.own.levels:
        name += "'"
    return name
