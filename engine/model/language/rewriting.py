"""Expressions with a column under another name, and polynomials of another degree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.language import syntax
from engine.model.language.arithmetic import ArithmeticParser
from engine.model.language.expressions import parse_expression
from engine.model.language.names import quoted
from engine.model.language.reader import Reader
from engine.model.language.syntax import Call, Column, Listing, Number, Operation

if TYPE_CHECKING:
    from engine.model.language.syntax import Node


def renamed_expression(text: str, old: str, new: str) -> str:
    """Write an expression with a column under its new name.

    Parameters
    ----------
    text : str
        A canonical expression.
    old, new : str
        Names as the table has them.

    Returns
    -------
    str

    Raises
    ------
    FormulaError
        If the new name cannot stand in a formula, or not inside a function.
    """
    if old not in parse_expression(text).columns:
        return text
    written = syntax.written(_renamed(_node(text), old, new), quoted)
    return parse_expression(written).text


def polynomial(text: str) -> tuple[str, int] | None:
    """Read an expression as a polynomial of a column.

    Parameters
    ----------
    text : str
        A canonical expression.

    Returns
    -------
    (str, int) or None
        Column and degree: `("x", 3)` for `poly(x, 3)`, `("x", 1)` for `x`; None for
        everything else, such as `log(x)` and `poly(log(x), 2)`.
    """
    node = _node(text)
    if isinstance(node, Column):
        return node.name, 1
    if not isinstance(node, Call) or node.function != "poly":
        return None
    given = [*node.arguments[1:2], *(v for key, v in node.options if key == "degree")]
    degree = given[0] if given else Number(1)
    inner = node.arguments[0]
    if not isinstance(inner, Column) or not isinstance(degree, Number):
        return None
    return inner.name, int(degree.value)


def with_polynomial(text: str, column: str, degree: int) -> str:
    """Write a polynomial of a column with another degree; others stay as they are.

    Parameters
    ----------
    text : str
        A canonical expression.
    column : str
        The column's name in the table.
    degree : int
        1 for the column itself.

    Returns
    -------
    str
    """
    found = polynomial(text)
    if found is None or found[0] != column or found[1] == degree:
        return text
    if degree == 1:
        return quoted(column)
    node = _node(text)
    if not isinstance(node, Call):
        node = Call("poly", (Column(column),))
    # raw=True stays; the degree may have been given by its name or its place
    options = tuple(option for option in node.options if option[0] != "degree")
    further = node.arguments[2:]
    call = Call("poly", (node.arguments[0], Number(degree), *further), options)
    return parse_expression(syntax.written(call, quoted)).text


def _node(text: str) -> Node:
    """The parts of a canonical expression."""
    return ArithmeticParser(Reader(text)).factor()


def _renamed(node: Node, old: str, new: str) -> Node:
    match node:
        case Column(name=name):
            return Column(new) if name == old else node
        case Listing(items=items):
            return Listing(tuple(_renamed(item, old, new) for item in items))
        case Operation(operands=operands):
            parts = tuple(_renamed(operand, old, new) for operand in operands)
            return replace(node, operands=parts)
        case Call(arguments=arguments, options=options):
            given = tuple(_renamed(argument, old, new) for argument in arguments)
            named = tuple((key, _renamed(value, old, new)) for key, value in options)
            return replace(node, arguments=given, options=named)
    return node
