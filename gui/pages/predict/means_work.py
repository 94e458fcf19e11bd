"""What a worker makes of means and comparisons: a function of a model, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.diagnostics.compared import compared
from engine.diagnostics.compared_inputs import compared_inputs
from engine.diagnostics.compared_settings import comparison
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.errors import EngineError
from engine.reporting.compared_tables import differences_table, means_table
from engine.reporting.compared_words import ComparedWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine import FittedModel
    from engine.diagnostics.compared_inputs import ComparedInputs
    from engine.diagnostics.compared_intervals import IntervalsData
    from engine.diagnostics.compared_settings import ComparedSettings, Comparison
    from engine.inference.choice import InferenceChoice
    from engine.reporting.result_table import ResultTable


@dataclass(frozen=True, slots=True, eq=False)
class ComparedAnswers:
    """What the view shows of one comparison.

    Attributes
    ----------
    means : ResultTable
    differences : ResultTable or None
    data : IntervalsData
        Of the means, for the picture.
    difference_data : IntervalsData or None
    sentence : str
        The answer in words; may be empty.
    """

    means: ResultTable
    differences: ResultTable | None
    data: IntervalsData
    difference_data: IntervalsData | None
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class MeansContent:
    """What the view of means shows.

    Attributes
    ----------
    model : FittedModel
    offered : ComparedInputs
    wanted : ComparedSettings
        As they were asked for.
    choice : InferenceChoice
        How degrees of freedom were found.
    asked : Comparison or None
        As they fit the model; None where it has nothing to compare.
    held : dict of str to str
        By covariate that is held at its mean or beyond the rows, what must be known.
    answers : ComparedAnswers or None
    problem : EngineError or None
        Why there are no answers.
    """

    model: FittedModel
    offered: ComparedInputs
    wanted: ComparedSettings
    choice: InferenceChoice
    asked: Comparison | None
    held: Mapping[str, str] = field(default_factory=dict)
    answers: ComparedAnswers | None = None
    problem: EngineError | None = None


def make_means(
    model: FittedModel,
    wanted: ComparedSettings,
    choice: InferenceChoice,
    before: MeansContent | None,
) -> MeansContent:
    """Estimate what is wanted and compare it.

    Parameters
    ----------
    model : FittedModel
    wanted : ComparedSettings
    choice : InferenceChoice
        As tables of results have it.
    before : MeansContent or None
        What was shown; of the same model, what it offers need not be found again.

    Returns
    -------
    MeansContent
    """
    if before is not None and before.model is model:
        offered = before.offered
    else:
        offered = compared_inputs(model, prediction_inputs(model))
    asked = comparison(offered, wanted)
    empty = MeansContent(model, offered, wanted, choice, asked)
    if asked is None:
        return empty
    told = model.with_inference(choice)
    try:
        found = compared(told, offered, asked)
    except EngineError as problem:
        return replace(empty, problem=problem)
    words = ComparedWords(told, found)
    data = found.difference_data
    shown = None if data is None else replace(data, caption=words.difference_caption())
    return replace(
        empty,
        held=words.mean_words(offered) | words.outside(offered),
        answers=ComparedAnswers(
            means_table(told, offered, found),
            differences_table(told, offered, found),
            replace(found.data, caption=words.caption()),
            shown,
            words.answer,
        ),
    )
