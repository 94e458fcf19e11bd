"""A model specification from the text of a formula, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.model.language.grammar import RightSideParser
from engine.model.language.reader import Reader
from engine.model.language.response import read_response
from engine.model.language.terms import by_degree
from engine.model.spec import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Collection


def parse_formula(text: str, columns: Collection[str] | None = None) -> ModelSpec:
    """Read a formula such as `y ~ a * b + (x | g)`.

    Parameters
    ----------
    text : str
        What a user typed, or what was found in a file.
    columns : collection of str, optional
        The columns there are; any name is taken for a column when not given.

    Returns
    -------
    ModelSpec
        With main effects before interactions, and no term twice.

    Raises
    ------
    FormulaError
        If the text is no formula, or names a column that is not there.
    """
    return parse_formula_with_notes(text, columns)[0]


def parse_formula_with_notes(
    text: str, columns: Collection[str] | None = None
) -> tuple[ModelSpec, tuple[str, ...]]:
    """Read a formula and say what was read as something else.

    Parameters
    ----------
    text, columns
        See `parse_formula`.

    Returns
    -------
    spec : ModelSpec
        See `parse_formula`.
    notes : tuple of str
        A sentence each, such as "^ is read as a power."

    Raises
    ------
    FormulaError
        See `parse_formula`.
    """
    reader = Reader(text, columns)
    response = read_response(reader)
    start = reader.here.start
    part = RightSideParser(reader, response).sum()
    if not reader.is_at_end:
        reader.refuse_next()
    if not part.terms and part.intercept is False and not part.random:
        reader.fail(
            "There is nothing to estimate in this formula.",
            "Write 1 for the mean of the response, or the name of a column.",
            start,
            reader.last_end,
        )
    random = tuple(dict.fromkeys(part.random))
    if len(random) < len(part.random):
        reader.note("A parenthesis with a bar is given twice and used once.")
    spec = ModelSpec(
        response=response.text,
        fixed=by_degree(part.terms),
        intercept=part.intercept is not False,
        random=random,
        offset=part.offset,
    )
    return spec, tuple(reader.notes)


def formula_text(spec: ModelSpec) -> str:
    """Write a specification as a formula.

    Parameters
    ----------
    spec : ModelSpec
        What to write; "not pooled" is spelled out.

    Returns
    -------
    str
        The formula in lme4's language, which `parse_formula` reads.

    Raises
    ------
    FormulaError
        If a grouping column has a name that no formula can have.
    """
    return str(spec)
