"""What a worker makes for the Results page: a function of a model, no Qt."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.inference.choice import USUAL
from engine.progress import ignore
from engine.reporting.equations import general, with_numbers
from engine.reporting.matrix_pictures import MatrixPictures, matrix_pictures
from engine.reporting.matrix_words import matrix_words
from engine.reporting.methods_text import ModelText, model_text
from engine.reporting.tables import result_tables
from gui.controls.equation_svg import EM, EquationUnreadable, equation_svg

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from engine.inference.choice import InferenceChoice
    from engine.progress import Report
    from engine.reporting.result_table import ResultTable

MOST_CELLS = 48
"""Rows and columns of a matrix that are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class ResultsContent:
    """What the Results page shows.

    Attributes
    ----------
    model : FittedModel
        With the inference that the tables and words have.
    title : str
        The kind of model.
    estimation : str
        How it was fitted, in a word or two.
    tables : tuple of ResultTable
    general, with_numbers : tuple of str
        Equations in LaTeX.
    text : ModelText
    """

    model: FittedModel
    title: str
    estimation: str
    tables: tuple[ResultTable, ...]
    general: tuple[str, ...]
    with_numbers: tuple[str, ...]
    text: ModelText


@dataclass(frozen=True, slots=True, eq=False)
class MatrixContent:
    """The matrices of a model, and what they show.

    Attributes
    ----------
    pictures : MatrixPictures
    words : tuple of str
        About X and Z, about V, about the drawing.
    """

    pictures: MatrixPictures
    words: tuple[str, str, str]


def make_results(
    model: FittedModel,
    choice: InferenceChoice = USUAL,
    *,
    report: Report = ignore,
    partial: Callable[[object], None],
) -> MatrixContent:
    """Make all tables, equations and words of a model, then its matrices.

    Parameters
    ----------
    model : FittedModel
    choice : InferenceChoice
        How fixed effects are tested.
    report : callable
        A safe point.
    partial : callable
        Given `ResultsContent`.

    Returns
    -------
    MatrixContent
    """
    model = model.with_inference(choice)
    tables = result_tables(model, report)
    facts = tables[0].frame
    known = dict(zip(facts["Item"], facts["Value"], strict=True))
    content = ResultsContent(
        model=model,
        title=str(known.get("Model", "Model")),
        estimation=model.estimation if model.is_mixed else "least squares",
        tables=tables,
        general=general(model),
        with_numbers=with_numbers(model),
        text=model_text(model),
    )
    partial(content)
    pictures = matrix_pictures(model, MOST_CELLS, MOST_CELLS)
    _draw((*content.general, *content.with_numbers))
    return MatrixContent(pictures, matrix_words(model, pictures))


def _draw(lines: tuple[str, ...]) -> None:
    """Have equations ready for when they are looked at; the view says what failed."""
    for latex in lines:
        with suppress(EquationUnreadable):
            equation_svg(latex, EM, "#000000")
