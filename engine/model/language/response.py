"""The response of a formula: what stands before the ~, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.model.language.expressions import Expression, read_expression

if TYPE_CHECKING:
    from engine.model.language.reader import Reader

_EXAMPLE = "Write the response, ~ and what explains it, as in y ~ x + (1 | g)."


def read_response(reader: Reader) -> Expression:
    """Read the response and the ~ after it.

    Parameters
    ----------
    reader : Reader
        At the beginning of a formula; left after the ~.

    Returns
    -------
    Expression
        A single column, or one that is computed.

    Raises
    ------
    FormulaError
        If there is no response, or not exactly one ~.
    """
    _check_tildes(reader)
    start = reader.here.start
    response = read_expression(reader)
    if not reader.here.is_operator("~"):
        reader.refuse_next()
    require_single(reader, response, start, "The response")
    reader.take()
    return response


def _check_tildes(reader: Reader) -> None:
    """Refuse a formula without exactly one ~ and something before it."""
    first = reader.here
    tildes = [token for token in reader.tokens if token.is_operator("~")]
    if not tildes:
        end = len(reader.formula.rstrip())
        is_empty = first.start >= end
        equals = [token for token in reader.tokens if token.is_operator("=")]
        start, end = (equals[0].start, equals[0].end) if equals else (end, end)
        message = "The formula is empty." if is_empty else "The formula has no ~."
        reader.fail(message, _EXAMPLE, start, end)
    if tildes[0] is first:
        reader.fail("Nothing stands before ~.", _EXAMPLE, first.start, first.start)
    if len(tildes) > 1:
        reader.fail(
            f"The formula has {len(tildes)} signs ~.",
            "Write a single ~ between the response and what explains it.",
            tildes[1].start,
            tildes[1].end,
        )


def require_single(
    reader: Reader, expression: Expression, start: int, what: str
) -> None:
    """Refuse several columns, or levels, where one column is needed.

    Parameters
    ----------
    reader : Reader
        Stands behind the expression.
    expression : Expression
        What was read.
    start : int
        Where it begins.
    what : str
        What it is for, as the beginning of a sentence.

    Raises
    ------
    FormulaError
        If it is a factor, a polynomial or a spline.
    """
    if expression.gives_several:
        reader.fail(
            f"{what} has to be a single column, which {expression.text} is not.",
            "Use a column, or a function that gives one column.",
            start,
            reader.last_end,
        )


def refuse_response(
    reader: Reader,
    response: Expression,
    text: str,
    columns: tuple[str, ...],
    start: int,
) -> None:
    """Refuse to explain the response by itself.

    A response that is computed from several columns, such as a difference from a
    baseline, may have one of them on the right side.

    Parameters
    ----------
    reader : Reader
        Stands behind what is to be checked.
    response : Expression
        What is explained.
    text : str
        The expression to be checked.
    columns : tuple of str
        The columns it is computed from.
    start : int
        Where it begins.

    Raises
    ------
    FormulaError
        If it is the response, or computed from nothing but its column.
    """
    name = response.columns[0]
    is_same_column = len(response.columns) == 1 and name in columns
    if text == response.text or is_same_column:
        shown = name if is_same_column else response.text
        reader.fail(
            f"The response '{shown}' is also on the right side of ~.",
            "Delete it there.",
            start,
            reader.last_end,
        )
