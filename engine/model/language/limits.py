"""Keeps calculations within what can be computed in an instant.

A few characters are enough to ask for a number that fills the memory (`9**9**9`), and a
formula may come from a stranger's file.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.model.language.syntax import Call, Node, Number, Operation, has_column

if TYPE_CHECKING:
    from engine.model.language.reader import Reader

MAX_OPERATIONS = 100  # formulaic's own reader gives up at a few hundred
MAX_POWER = 100
MAX_DIGITS = 15  # whole numbers below it never leave the computer's own


def check_operation(reader: Reader, node: Operation, start: int) -> None:
    """Refuse an operation that begins at `start` if its result may be too large.

    Parameters
    ----------
    reader : Reader
        Stands behind the operation.
    node : Operation
        What was read.
    start : int
        Where it begins.

    Raises
    ------
    FormulaError
        If a power is too high, or numbers alone give a number that is too large.
    """
    problem = ""
    if node.sign == "**":
        problem = _power_problem(node.operands[0], node.operands[1])
    elif not has_column(node) and _largest_whole(node) > 10**MAX_DIGITS:
        problem = "These numbers give a number that is too large."
    if problem:
        remedy = "Write the value as a number, or use a lower power."
        reader.fail(problem, remedy, start, reader.last_end)


def check_call(reader: Reader, node: Call, start: int) -> None:
    """Refuse `np.power(x, ...)` where `x ** ...` would be refused."""
    if node.function == "np.power":
        check_operation(reader, Operation("**", node.arguments), start)


def _power_problem(base: Node, exponent: Node) -> str:
    """Say what is wrong with a power; nothing if it can be computed."""
    if not has_column(exponent):
        highest = _largest(exponent)
        if highest is None or highest > MAX_POWER:
            return f"A power can be a number up to {MAX_POWER}."
        digits = highest * math.log10(max(_largest_whole(base), 1.0))
        if not has_column(base) and digits > MAX_DIGITS:
            return "This power of a number is too large."
    return ""


def _largest(node: Node) -> float | None:
    """Return the size of a number or fraction such as `-2 / 3`; None for others."""
    match node:
        case Number(value=value):
            return float(abs(value))
        case Operation(sign="-" | "+", operands=(operand,)):
            return _largest(operand)
        case Operation(sign="/", operands=(Number(value=above), Number(value=below))):
            return abs(above / below) if below else None
    return None


def _largest_whole(node: Node) -> float:
    """Return a bound of the whole number that numbers alone can give.

    Zero where the result is no whole number of Python's, which alone grow without
    bound: fractions overflow to infinity, and functions give the computer's numbers.
    """
    match node:
        case Number(value=int() as value):
            return float(abs(value))
        case Operation(sign="**", operands=(base, exponent)):
            return math.pow(max(_largest_whole(base), 1.0), _largest(exponent) or 0.0)
        case Operation(sign="*", operands=(left, right)):
            return _largest_whole(left) * _largest_whole(right)
        case Operation(sign="+" | "-" | "//" | "%", operands=operands):
            return sum(_largest_whole(operand) for operand in operands)
    return 0.0
