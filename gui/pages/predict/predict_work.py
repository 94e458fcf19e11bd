"""What a worker makes for the Predict page: a function of a model, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.diagnostics.predicted import predicted
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.diagnostics.prediction_scale import scales_of
from engine.diagnostics.prediction_settings import offered_levels, resolved
from engine.errors import EngineError
from engine.reporting.prediction_table import prediction_table
from engine.reporting.prediction_words import PredictionWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine import FittedModel
    from engine.diagnostics.predicted import PredictedData
    from engine.diagnostics.prediction_inputs import PredictionInputs
    from engine.diagnostics.prediction_scale import Scale
    from engine.diagnostics.prediction_settings import PredictionSettings
    from engine.inference.bootstrap.mixture import Mixture
    from engine.reporting.result_table import ResultTable


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the page shows of one prediction.

    Attributes
    ----------
    table : ResultTable
    data : PredictedData
        For the picture.
    sentences, captions : tuple of str
        By question: the answer, and what the picture shows of it.
    """

    table: ResultTable
    data: PredictedData
    sentences: tuple[str, ...]
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PredictContent:
    """What the Predict page shows.

    Attributes
    ----------
    model : FittedModel
        Whose answers these are.
    inputs : PredictionInputs
    wanted, settings : PredictionSettings
        As they were asked for, and as they fit the model.
    offered : dict of str to tuple of str
        By column of a grouping, the levels to choose from.
    scales : tuple of Scale
        To choose from.
    outside : dict of str to str
        By covariate that is set beyond the rows, what that means.
    answers : Answers or None
    problem : EngineError or None
        Why there are no answers.
    """

    model: FittedModel
    inputs: PredictionInputs
    wanted: PredictionSettings
    settings: PredictionSettings
    offered: Mapping[str, tuple[str, ...]]
    scales: tuple[Scale, ...]
    outside: Mapping[str, str] = field(default_factory=dict)
    answers: Answers | None = None
    problem: EngineError | None = None


def make_predictions(
    model: FittedModel,
    wanted: PredictionSettings,
    before: PredictContent | None,
    mixture: Mixture | None = None,
) -> PredictContent:
    """Answer the five questions.

    Parameters
    ----------
    model : FittedModel
    wanted : PredictionSettings
    before : PredictContent or None
        What was shown; of the same model, its inputs need not be found again.
    mixture : Mixture or None
        Refits of the model, if they are there.

    Returns
    -------
    PredictContent
    """
    is_known = before is not None and before.model is model
    inputs = before.inputs if before and is_known else prediction_inputs(model)
    settings = resolved(model, inputs, wanted)
    offered = {
        name: offered_levels(model, inputs, own, settings.values, settings.groups)
        for name, own in inputs.groups.items()
    }
    asked = model, inputs, wanted, settings, offered, scales_of(model)
    try:
        found = predicted(model, inputs, settings, mixture)
    except EngineError as problem:
        return PredictContent(*asked, problem=problem)
    words = PredictionWords(model, inputs, found)
    return PredictContent(
        *asked,
        {name: words.outside(name) for name in found.outside},
        Answers(
            prediction_table(model, inputs, found),
            found.data,
            tuple(map(words.sentence, found.answers)),
            tuple(map(words.caption, found.answers)),
        ),
    )
