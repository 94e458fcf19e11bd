"""A column or a function of columns: read from text, checked, and written again.

Nothing is evaluated here, and nothing that is not in `engine.model.language.functions`
gets through: what formulaic evaluates later is written from the parts understood.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.model.language import syntax
from engine.model.language.arithmetic import ArithmeticParser
from engine.model.language.functions import FUNCTIONS
from engine.model.language.names import alias, quoted
from engine.model.language.reader import Reader
from engine.model.language.syntax import Call, Column, Node
from engine.model.language.tokens import TokenKind

if TYPE_CHECKING:
    from collections.abc import Collection

_KEPT = 1_000  # expressions that are remembered

__all__ = ["Expression", "alias", "parse_expression", "quoted", "read_expression"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A column or a function of columns that is safe to evaluate.

    Attributes
    ----------
    text : str
        How it is written and named everywhere: `I(x ** 2)`, `` np.log(`lake area`) ``.
    code : str
        The same with every column under its `alias`: what to evaluate, in a namespace
        of the aliases and formulaic's functions. It is `text` for ordinary names.
    columns : tuple of str
        The columns it is computed from, by their names in the table, each once.
    functions : tuple of str
        The functions it uses, by formulaic's names, the outermost first, each once.
    notes : tuple of str
        What was read as something else, a sentence each.
    """

    text: str
    code: str
    columns: tuple[str, ...]
    functions: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_column(self) -> bool:
        """Whether it is a column as it stands in the table."""
        return not self.functions

    @property
    def gives_several(self) -> bool:
        """Whether it stands for several columns or for levels: `poly(x, 2)`, `C(f)`."""
        return any(FUNCTIONS[name].gives_several for name in self.functions)


def parse_expression(text: str, columns: Collection[str] | None = None) -> Expression:
    """Read a column's name, a function, or a calculation with columns.

    Parameters
    ----------
    text : str
        What a user typed, or what was found in a file.
    columns : collection of str, optional
        The columns there are; any name is taken for a column when not given.

    Returns
    -------
    Expression
        A calculation that is not inside a function comes as `I(...)`.

    Raises
    ------
    FormulaError
        If the text is anything else, with the place and what to do.
    """
    return _known(text) if columns is None else _parsed(text, columns)


@lru_cache(_KEPT)
def _known(text: str) -> Expression:
    """Read an expression of any columns; the same few are read again and again."""
    return _parsed(text, None)


def _parsed(text: str, columns: Collection[str] | None) -> Expression:
    reader = Reader(text, columns)
    expression = read_expression(reader)
    if reader.here.kind is not TokenKind.END:
        reader.refuse_next()
    return expression


def read_expression(reader: Reader, *, is_factor: bool = False) -> Expression:
    """Read an expression from within a formula.

    Parameters
    ----------
    reader : Reader
        Where to read; left after the last token of the expression.
    is_factor : bool
        Whether signs belong to the formula around it, as in the right side of `~`.

    Returns
    -------
    Expression
        With the notes of all that was read so far.

    Raises
    ------
    FormulaError
        If there is no expression, or none that has a column.
    """
    start = reader.here.start
    parser = ArithmeticParser(reader)
    node = parser.factor() if is_factor else parser.calculation()
    end = reader.last_end
    if not syntax.has_column(node):
        reader.fail(
            f"There is no column in '{reader.formula[start:end]}'.",
            "Write the name of a column.",
            start,
            end,
        )
    if not isinstance(node, Column | Call):
        node = Call("I", (node,))
        written = syntax.written(node, quoted)
        reader.note(f"{reader.formula[start:end]} is read as {written}.")
    _check_names(reader, node, start, end)
    return _expression(reader, node)


def _expression(reader: Reader, node: Node) -> Expression:
    """Collect what is to be known about what was read."""
    parts = list(syntax.walk(node))
    columns = dict.fromkeys(part.name for part in parts if isinstance(part, Column))
    calls = (part.function for part in parts if isinstance(part, Call))
    return Expression(
        text=syntax.written(node, quoted),
        code=syntax.written(node, alias),
        columns=tuple(columns),
        functions=tuple(name for name in dict.fromkeys(calls) if name in FUNCTIONS),
        notes=tuple(reader.notes),
    )


def _check_names(reader: Reader, node: Node, start: int, end: int) -> None:
    """Refuse names inside functions that formulaic might read past the end of.

    It looks for texts before it looks for backticks, so that a quotation mark in a
    name can join with one further on and turn what is between into code.
    """
    if isinstance(node, Column):
        return
    for part in syntax.walk(node):
        if isinstance(part, Column) and set(part.name) & set("\"'\\"):
            reader.fail(
                f"The column '{part.name}' cannot be used inside a function: its name "
                "has a quotation mark or a backslash.",
                "Rename the column.",
                start,
                end,
            )
