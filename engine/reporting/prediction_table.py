"""The five answers as a table that can be shown, copied, saved and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.inference.prediction import KINDS
from engine.reporting.numbers import Kind, is_number
from engine.reporting.prediction_words import PredictionWords, coverage
from engine.reporting.result_table import ColumnFormat, ResultTable

if TYPE_CHECKING:
    from engine.diagnostics.predicted import Prediction
    from engine.diagnostics.prediction_inputs import PredictionInputs
    from engine.fitted_model import FittedModel

NAME = "predictions"
QUESTION = "Question"
_NONE = "–"


def prediction_table(
    model: FittedModel, inputs: PredictionInputs, prediction: Prediction
) -> ResultTable:
    """One row for each question, in the order of the kinds of prediction.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
    prediction : Prediction

    Returns
    -------
    ResultTable
        Question, Estimate, SE and the limits; a question without an answer says why.
    """
    words = PredictionWords(model, inputs, prediction)
    answers = prediction.answers
    level = coverage(prediction.settings.level)
    errors = [answer.std_error for answer in answers]
    frame = pd.DataFrame(
        {
            QUESTION: pd.Series([words.question(a) for a in answers], dtype="str"),
            "Estimate": [answer.estimate for answer in answers],
            "SE": errors,
            f"{level} lower": [answer.lower for answer in answers],
            f"{level} upper": [answer.upper for answer in answers],
        }
    )
    frame.attrs.update(_origin(prediction))
    # of what lies unevenly about the estimate, each end has digits of its own
    error = "" if prediction.scale.function else "SE"
    how = ColumnFormat(Kind.ESTIMATE, error=error, missing=_NONE)
    formats = {str(name): how for name in frame.columns[1:]}
    title = f"Predicted {prediction.scale.response} {words.place}".strip()
    return ResultTable(NAME, title, frame, tuple(words.foot()), formats)


def _origin(prediction: Prediction) -> dict[str, str]:
    """What an explanation must know besides the numbers."""
    found: dict[str, str] = {}
    if prediction.scale.function:
        found["function"] = prediction.scale.function
    if prediction.refits is not None:
        found["refits"] = str(prediction.refits.n)
    return found


def topic_of_answer(table: ResultTable, row: int) -> tuple[str, dict[str, str]]:
    """Which explanation belongs to a question, and the numbers of its answer.

    Parameters
    ----------
    table : ResultTable
        From `prediction_table`.
    row : int

    Returns
    -------
    topic : str
    key : dict of str to str
        For `explained_predictions`.
    """
    topic = f"predict_{KINDS[row]}"
    cells = table.frame.iloc[row].tolist()[1:]
    if not all(map(is_number, cells)):
        return topic, {"question": KINDS[row]}
    names = ("estimate", "std_error", "lower", "upper")
    numbers = dict(zip(names, map(repr, map(float, cells)), strict=True))
    origin = {str(name): str(own) for name, own in table.frame.attrs.items()}
    return topic, {"question": KINDS[row], **numbers, **origin}
