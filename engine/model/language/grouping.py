"""What stands after the bar of a formula: `g`, `a:b`, `a/b`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from engine.model.language.response import refuse_response

if TYPE_CHECKING:
    from engine.model.language.expressions import Expression
    from engine.model.language.reader import Reader
    from engine.model.language.tokens import Token

_WRAPPERS = ("factor", "as.factor", "C")  # groups are groups, whatever their kind


def read_groupings(reader: Reader, response: Expression) -> tuple[tuple[str, ...], ...]:
    """Read the groups among which something varies.

    Parameters
    ----------
    reader : Reader
        After the bar; left before the closing parenthesis.
    response : Expression
        What is explained, which cannot group itself.

    Returns
    -------
    tuple of tuple of str
        Names of the columns whose combinations are groups: `(("a",), ("a", "b"))` for
        `a/b`.

    Raises
    ------
    FormulaError
        If there is anything but names of columns joined by : and /.
    """
    groupings: list[tuple[str, ...]] = []
    names: dict[str, None] = {}
    while True:
        names[_read_group(reader, response)] = None
        while reader.accept(":"):
            names[_read_group(reader, response)] = None
        groupings.append(tuple(names))
        if not reader.accept("/"):
            break
    here = reader.here
    if here.is_operator("+", "*"):
        reader.fail(
            f"Groups cannot be joined by {here.text}.",
            "Write (1 | a) + (1 | b) for crossed groups, (1 | a/b) for nested ones and "
            "(1 | a:b) for combinations.",
            here.start,
            here.end,
        )
    return tuple(dict.fromkeys(groupings))


def _read_group(reader: Reader, response: Expression) -> str:
    """Read the name of a grouping column, also inside R's factor()."""
    token = reader.here
    is_call = reader.following.is_operator("(")
    if not token.is_name or (is_call and token.text not in _WRAPPERS):
        _refuse_group(reader, token)
    if is_call:
        reader.take()
        with reader.nested(reader.take()):
            if not reader.here.is_name:
                reader.refuse_next()
            column = reader.column()
            reader.close()
        reader.note(f"{token.text}({column}) is read as {column}.")
    else:
        column = reader.column()
    refuse_response(reader, response, "", (column,), token.start)
    return column


def _refuse_group(reader: Reader, token: Token) -> NoReturn:
    """Complain that no grouping column stands at `token`."""
    if not token.is_value:
        reader.refuse_next()
    reader.refuse_unquoted(token)
    message = f"'{token.text}' is no grouping column."
    if token.is_name:
        message = f"Groups cannot be computed by {token.text}()."
    reader.fail(
        message,
        "Write the name of a grouping column, or a:b for combinations of two.",
        token.start,
        token.end,
    )
