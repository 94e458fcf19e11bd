"""Predictions as data: the five answers at what is set, and their bands over an axis.

Each of the five kinds of `engine.inference.prediction` answers a question of its own.
Without random effects the mean and a single new row are all that can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.density import density_by_level, density_of
from engine.diagnostics.prediction_answers import (
    answers_of,
    applicable,
    asked,
    bands_of,
)
from engine.diagnostics.prediction_axis import prediction_axis
from engine.diagnostics.prediction_scale import scale_of
from engine.diagnostics.prediction_settings import (
    NEW,
    UNCERTAIN,
    own_values,
    resolved,
    settings_row,
)
from engine.diagnostics.row_groups import groupings, main_row_groups, row_groups
from engine.inference.prediction import KINDS
from engine.inference.prediction_rows import level_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.diagnostics.density import Density
    from engine.diagnostics.plotdata import RowGroups
    from engine.diagnostics.prediction_answers import Answer, Band, Refitted
    from engine.diagnostics.prediction_axis import PredictionAxis
    from engine.diagnostics.prediction_inputs import PredictionInputs
    from engine.diagnostics.prediction_scale import Scale
    from engine.diagnostics.prediction_settings import PredictionSettings
    from engine.fitted_model import FittedModel
    from engine.inference.bootstrap.mixture import Mixture
    from engine.inference.prediction import Kind


@dataclass(frozen=True, slots=True)
class PredictedData:
    """Rows, and what is predicted along an axis of numbers or of names.

    Attributes
    ----------
    x, y : ndarray of shape (n,)
        Covariate and response of the rows used; of an axis of names, x is the index of
        the row's level in `levels`.
    labels : Index of length n
        Row labels.
    row_levels : RowGroups or None
        The group of each row.
    is_own : ndarray of bool, shape (n,), or None
        Rows of the groups that are chosen; None if none is.
    points : ndarray of shape (m,)
        Where the bands are, increasing.
    bands : mapping of str to Band
        By kind, for those that have an answer along the axis.
    answers : tuple of Answer
        At the place that is set: `chosen` on the axis.
    chosen : float
    levels : tuple of str
        Names on the axis; empty for one of numbers.
    x_name, y_name, group_name, title, caption : str
        For axes, heading and the line below.
    scale : Scale
        Of the answers and the axis; `y` and bands are as fitted, which are the places
        on an axis of logarithms.
    kind : str
        Whose band is shown.
    density : Density or None
        Counts in a grid, where the rows are very many.
    """

    x: FloatArray | IntArray
    y: FloatArray
    labels: pd.Index
    row_levels: RowGroups | None
    is_own: BoolArray | None
    points: FloatArray
    bands: Mapping[Kind, Band]
    answers: tuple[Answer, ...]
    chosen: float
    levels: tuple[str, ...]
    x_name: str
    y_name: str
    group_name: str
    title: str
    scale: Scale
    caption: str = ""
    kind: Kind = "population"
    density: Density | None = None

    @property
    def chosen_places(self) -> tuple[float, float, float]:
        """Where estimate and ends of the answer lie among `y`."""
        answer, forth = self.answer, self.scale.forth
        return forth(answer.estimate), forth(answer.lower), forth(answer.upper)

    @property
    def band(self) -> Band | None:
        """What is shown; None if it cannot be estimated."""
        return self.bands.get(self.kind)

    @property
    def answer(self) -> Answer:
        """The answer that belongs to the band."""
        return self.answers[KINDS.index(self.kind)]

    def showing(self, kind: Kind) -> PredictedData:
        """The same with another band, or with that of the mean if there is no such."""
        has_answer = self.answers[KINDS.index(kind)].why_not is None
        return replace(self, kind=kind if has_answer else "population")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was asked of a model, and what it says.

    Attributes
    ----------
    settings : PredictionSettings
        As they fit the model.
    data : PredictedData
    outside : tuple of str
        Numbers that are set beyond the rows used.
    unseen : tuple of str
        Groupings of several columns whose combination was not observed.
    elsewhere : tuple of (str, str, str)
        Covariate that is set to another value than a chosen group has: its name, the
        column of the group, and the group's own value.
    scale : Scale
        Of all numbers.
    refits : Refitted or None
        Of which the intervals are made; None where the variances count as known.
    """

    settings: PredictionSettings
    data: PredictedData
    outside: tuple[str, ...]
    unseen: tuple[str, ...]
    elsewhere: tuple[tuple[str, str, str], ...]
    scale: Scale
    refits: Refitted | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All five, in the order of `engine.inference.prediction.KINDS`."""
        return self.data.answers


def predicted(
    model: FittedModel,
    inputs: PredictionInputs,
    wanted: PredictionSettings,
    mixture: Mixture | None = None,
) -> Prediction:
    """Answer the five questions, and draw them over the x axis.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
        Of the model.
    wanted : PredictionSettings
        Need not fit the model.
    mixture : Mixture or None
        The model at the variances of refits, for `UNCERTAIN` variances; without it they
        count as known.

    Returns
    -------
    Prediction

    Raises
    ------
    EngineError
        If the model cannot be evaluated at what is set, such as log(x) at zero.
    """
    settings = resolved(model, inputs, wanted)
    row = settings_row(inputs, settings)
    axis = prediction_axis(model, inputs, settings)
    used = mixture if settings.variances == UNCERTAIN else None
    found = asked(model, row, axis.rows, settings.level, used)
    applies = applicable(model, row)
    scale = scale_of(model, settings.scale)
    answers = answers_of(found.at_row, applies, scale)
    bands = bands_of(found.along)
    return Prediction(
        settings,
        _plot_data(model, axis, bands, answers, _own_rows(inputs, settings), scale),
        tuple(
            name
            for name, own in inputs.numbers.items()
            if not own.is_within(float(settings.values[name]))
        ),
        _unseen(model, inputs, settings, row),
        _elsewhere(model, inputs, settings),
        scale,
        None if used is None else found.refits(used, applies),
    )


def _plot_data(
    model: FittedModel,
    axis: PredictionAxis,
    bands: Mapping[Kind, Band],
    answers: tuple[Answer, ...],
    own: BoolArray | None,
    scale: Scale,
) -> PredictedData:
    design, x = model.design, axis.x
    shown: BoolArray | slice = slice(None)
    if axis.levels and int(x.max(initial=0)) >= len(axis.levels):
        shown = x < len(axis.levels)
    x, y = x[shown], design.y[shown]
    groups = _groups_on(model, axis.name, shown)
    if axis.levels:
        density = density_by_level(x.astype(np.intp), y, len(axis.levels))
    else:
        density = density_of(x.astype(np.float64), y)
    over = f" over {axis.title}" if axis.title else ""
    return PredictedData(
        x=x,
        y=y,
        labels=design.rows[shown],
        row_levels=groups,
        is_own=None if own is None else own[shown],
        points=axis.points,
        bands=bands,
        answers=answers,
        chosen=axis.chosen,
        levels=axis.levels,
        x_name=axis.title,
        y_name=scale.response,
        group_name="" if groups is None else groups.name,
        title=f"{scale.response} predicted{over}",
        scale=scale,
        density=density,
    )


def _groups_on(
    model: FittedModel, axis: str, shown: BoolArray | slice
) -> RowGroups | None:
    """Group of each row: of the grouping on the axis, or else of the first one."""
    for grouping in groupings(model):
        if grouping.name == axis:
            return row_groups(grouping, shown)
    return main_row_groups(model, shown)


def _own_rows(
    inputs: PredictionInputs, settings: PredictionSettings
) -> BoolArray | None:
    """Rows of all groups that are chosen."""
    result: BoolArray | None = None
    for name, level in settings.groups.items():
        if level == NEW:
            continue
        own = inputs.groups[name].own
        here = own.codes == own.levels.get_loc(level)
        result = here if result is None else result & here
    return result


def _unseen(
    model: FittedModel,
    inputs: PredictionInputs,
    settings: PredictionSettings,
    row: pd.DataFrame,
) -> tuple[str, ...]:
    """Combinations of known levels that were not observed together."""
    new = {name for name, level in settings.groups.items() if level == NEW}
    found = (block.grouping for block in model.design.blocks)
    return tuple(
        dict.fromkeys(
            grouping.name
            for grouping in found
            if len(grouping.columns) > 1
            and not new & set(grouping.columns)
            and level_codes(grouping, row)[0] < 0
        )
    )


def _elsewhere(
    model: FittedModel, inputs: PredictionInputs, settings: PredictionSettings
) -> tuple[tuple[str, str, str], ...]:
    """Covariates that are not set to what they are in a chosen group."""
    result = []
    for group, level in settings.groups.items():
        if level == NEW:
            continue
        for name, value in own_values(model, inputs, group, level).items():
            if value != settings.values[name]:
                is_text = isinstance(value, str)
                said = value if is_text else inputs.numbers[name].written(float(value))
                result.append((name, group, str(said)))
    return tuple(result)
