"""Reads what stands between the parentheses of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.model.language.functions import (
    CHOICES,
    CODINGS,
    FLAGS,
    SHORT_FLAGS,
    Function,
    Option,
)
from engine.model.language.names import similar
from engine.model.language.syntax import Call, Listing, Node, Number, Text, Word
from engine.model.language.tokens import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.language.reader import Reader


def number(token: Token) -> Number:
    """Return the number that a token shows; `2L` is R's whole number 2."""
    digits = token.text.removesuffix("L")
    return Number(int(digits) if digits.isdigit() else float(digits))


class ArgumentParser:
    """Reads the arguments of one function, after its opening parenthesis.

    Parameters
    ----------
    reader : Reader
        Where to read; left before the closing parenthesis.
    name : Token
        The function's name in the formula.
    function : Function
        What it may be told.
    operand : callable
        Reads one argument that is computed from columns.
    """

    def __init__(
        self,
        reader: Reader,
        name: Token,
        function: Function,
        operand: Callable[[], Node],
    ) -> None:
        self._reader = reader
        self._name = name
        self._function = function
        self._operand = operand
        self._arguments: list[Node] = []
        self._options: dict[str, Node] = {}

    def read(self) -> tuple[tuple[Node, ...], tuple[tuple[str, Node], ...]]:
        """Return the arguments given by position, and those given by name."""
        reader = self._reader
        while not reader.here.is_operator(")"):
            if reader.here.is_name and reader.following.is_operator("="):
                self._read_option()
            elif len(self._arguments) < self._function.operands:
                self._arguments.append(self._operand())
            else:
                self._read_positional()
            if not reader.accept(","):
                break
        if reader.here.is_operator(")"):
            self._check_complete()
        return tuple(self._arguments), tuple(self._options.items())

    def _read_option(self) -> None:
        """Read `degree=2`."""
        reader, allowed = self._reader, self._function.options
        token = reader.take()
        reader.take()
        key = token.text
        if key not in allowed:
            meant = similar(key, allowed)
            remedy = f"Did you mean '{meant}'?" if meant else self._known_options()
            reader.fail(
                f"{self._name.text}() has no option '{key}'.",
                remedy,
                token.start,
                token.end,
            )
        n_given = len(self._arguments) - self._function.operands
        if key in self._options or key in list(allowed)[: max(n_given, 0)]:
            reader.fail(
                f"The option '{key}' is given twice.",
                "Delete one of the two.",
                token.start,
                token.end,
            )
        self._options[key] = self._value(key)

    def _read_positional(self) -> None:
        """Read an option that is given without its name."""
        index = len(self._arguments) - self._function.operands
        if index >= self._function.n_positional or self._options:
            here = self._reader.here
            self._reader.fail(
                f"{self._name.text}() takes no further argument here.",
                self._function.hint or self._known_options(),
                here.start,
                here.end,
            )
        self._arguments.append(self._value(list(self._function.options)[index]))

    def _check_complete(self) -> None:
        """Complain if there is nothing to compute the function of."""
        if len(self._arguments) >= self._function.operands:
            return
        here = self._reader.here
        needed = "a column" if self._function.operands == 1 else "two arguments"
        self._reader.fail(
            f"{self._name.text}() needs {needed} between its parentheses.",
            "Write the name of a column there.",
            here.start,
            here.start,
        )

    def _known_options(self) -> str:
        """Say what the function may be told."""
        names = list(self._function.options)
        if not names:
            return "Delete it."
        if len(names) == 1:
            return f"Its only option is {names[0]}."
        return f"Its options are {', '.join(names[:-1])} and {names[-1]}."

    def _value(self, key: str) -> Node:
        """Read the value of the option `key`."""
        reader = self._reader
        option = self._function.options[key]
        start = reader.here.start
        node = self._coding() if option is Option.CONTRAST else self._literal()
        if node is None or not _fits(node, option):
            end = reader.here.end if node is None else reader.last_end
            if reader.here.kind is TokenKind.END or start == end:
                reader.refuse_next()
            reader.fail(
                f"The option '{key}' of {self._name.text}() cannot be "
                f"{reader.formula[start:end]}.",
                f"Write {option.value}.",
                start,
                end,
            )
        return node

    def _coding(self) -> Node | None:
        """Read the way in which levels are coded, with or without parentheses."""
        reader = self._reader
        token = reader.here
        if token.kind is not TokenKind.NAME or token.text not in CODINGS:
            return None
        reader.take()
        opening = reader.accept("(")
        if opening is None:
            return Word(token.text)
        with reader.nested(opening):
            parser = ArgumentParser(reader, token, CODINGS[token.text], self._operand)
            arguments, options = parser.read()
            reader.close()
        return Call(token.text, arguments, options)

    def _literal(self) -> Node | None:
        """Read a number, a text, a flag or a list of them."""
        reader = self._reader
        opening = reader.accept("[")
        if (
            opening is None
            and reader.here.kind is TokenKind.NAME
            and reader.here.text == "c"
            and reader.following.is_operator("(")
        ):
            reader.take()
            opening = reader.take()
            reader.note("c(...) is read as a list.")
        if opening is None:
            return self._scalar()
        items: list[Node] = []
        with reader.nested(opening):
            while not reader.here.is_operator(")", "]"):
                item = self._scalar()
                if item is None:
                    reader.refuse_next()
                items.append(item)
                if not reader.accept(","):
                    break
            reader.close()
        return Listing(tuple(items))

    def _scalar(self) -> Node | None:
        """Read a number, a text or a flag."""
        reader = self._reader
        here, following = reader.here, reader.following
        if here.is_operator("-", "+") and following.kind is TokenKind.NUMBER:
            reader.take()
            value = number(reader.take()).value
            return Number(-value if here.text == "-" else value)
        if here.kind is TokenKind.NUMBER:
            return number(reader.take())
        if here.kind is TokenKind.TEXT:
            _check_text(reader, here)
            return Text(reader.take().text)
        flag = FLAGS.get(here.text) or SHORT_FLAGS.get(here.text)
        if here.kind is TokenKind.NAME and flag is not None:
            reader.take()
            return Word(flag)
        return None


def _fits(node: Node, option: Option) -> bool:
    """Whether a value can be given for an option."""
    match option:
        case Option.COUNT:
            return _is_count(node)
        case Option.NUMBER:
            return isinstance(node, Number)
        case Option.FLAG:
            return isinstance(node, Word)
        case Option.FLAG_OR_NUMBER:
            return isinstance(node, Word | Number)
        case Option.NUMBERS:
            return _is_list_of(node, Number)
        case Option.LEVEL:
            return isinstance(node, Word | Number | Text)
        case Option.LEVELS:
            return _is_list_of(node, Word, Number, Text)
        case Option.CONTRAST:
            return isinstance(node, Word | Call)
    return isinstance(node, Text) and node.value in CHOICES[option]


def _is_count(node: Node) -> bool:
    """Whether a number of columns or knots, small enough to be computed."""
    return (
        isinstance(node, Number)
        and isinstance(node.value, int)
        and 0 <= node.value <= 100
    )


def _is_list_of(node: Node, *kinds: type) -> bool:
    return (
        isinstance(node, Listing)
        and bool(node.items)
        and all(isinstance(item, kinds) for item in node.items)
    )


def _check_text(reader: Reader, token: Token) -> None:
    """Refuse texts whose quotation could be broken out of.

    formulaic finds the end of a function by counting brackets, also those inside
    quotation marks, and the end of a text by looking for the next quotation mark.
    """
    depth, is_balanced = 0, True
    for character in token.text:
        depth += (character == "(") - (character == ")")
        is_balanced = is_balanced and depth >= 0
    is_clean = token.text.isprintable() and not set(token.text) & set("`'\"\\[]")
    if is_clean and is_balanced and depth == 0:
        return
    reader.fail(
        f"The text '{token.text}' cannot be written in a formula.",
        "Rename the level without quotation marks, brackets and backslashes.",
        token.start,
        token.end,
    )
