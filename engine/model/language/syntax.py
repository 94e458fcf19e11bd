"""The parts an expression is made of, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotation marks: a level, or a way of doing something."""

    value: str


@dataclass(frozen=True, slots=True)
class Word:
    """A fixed word of the language: `np.pi`, `True`, `contr.sum`."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table, by its name there."""

    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of numbers or texts."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A sign before one operand or between two."""

    sign: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of something, by the name that formulaic knows it by."""

    function: str
    arguments: tuple[Node, ...]
    options: tuple[tuple[str, Node], ...] = ()


Node = Number | Text | Word | Column | Listing | Operation | Call

COMPARISONS = ("<", ">", "<=", ">=", "==", "!=")
COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 7)
_STRENGTH = {
    **dict.fromkeys(COMPARISONS, COMPARISON),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/", "//", "%"), PRODUCT),
    "**": POWER,
}


def written(node: Node, name_of: Callable[[str], str]) -> str:
    """Write an expression as formulaic does, with as few parentheses as needed.

    Parameters
    ----------
    node : Node
        What to write.
    name_of : callable
        How a column's name is written.

    Returns
    -------
    str
        What `ast.unparse` makes of the same expression.
    """
    match node:
        case Number(value=value) | Text(value=value):
            return repr(value)
        case Word(text=text):
            return text
        case Column(name=name):
            return name_of(name)
        case Listing(items=items):
            return f"[{', '.join(written(item, name_of) for item in items)}]"
        case Call(function=function, arguments=arguments, options=options):
            given = [written(argument, name_of) for argument in arguments]
            given += [f"{key}={written(value, name_of)}" for key, value in options]
            return f"{function}({', '.join(given)})"
        case Operation():
            return _operation(node, name_of)


def _operation(node: Operation, name_of: Callable[[str], str]) -> str:
    """Write signs and their operands."""
    if len(node.operands) == 1:
        return node.sign + _operand(node.operands[0], SIGN, name_of)
    strength = _STRENGTH[node.sign]
    left, right = strength, strength + 1
    if strength == POWER:
        left, right = right, left  # a ** b ** c is a ** (b ** c)
    elif strength == COMPARISON:
        left = right
    first = _operand(node.operands[0], left, name_of)
    second = _operand(node.operands[1], right, name_of)
    return f"{first} {node.sign} {second}"


def _operand(node: Node, least: int, name_of: Callable[[str], str]) -> str:
    """Write an operand, in parentheses if it binds less than `least`."""
    text = written(node, name_of)
    return f"({text})" if _strength(node) < least else text


def _strength(node: Node) -> int:
    if not isinstance(node, Operation):
        return ATOM
    return SIGN if len(node.operands) == 1 else _STRENGTH[node.sign]


def walk(node: Node) -> Iterator[Node]:
    """Yield a part and all its parts, in the order in which they are written."""
    yield node
    match node:
        case Listing(items=parts) | Operation(operands=parts):
            pass
        case Call(arguments=arguments, options=options):
            parts = (*arguments, *(value for _, value in options))
        case _:
            return
    for part in parts:
        yield from walk(part)


def has_column(node: Node) -> bool:
    """Whether anything in an expression comes from the table."""
    return any(isinstance(part, Column) for part in walk(node))
