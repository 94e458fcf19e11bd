"""Reads calculations with columns: `x`, `log(x)`, `mass / length ** 3`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from engine.model.language import syntax
from engine.model.language.arguments import ArgumentParser, number
from engine.model.language.functions import (
    ADVICE,
    CODINGS,
    COMMON,
    CONSTANTS,
    FLAGS,
    FUNCTIONS,
    SYNONYMS,
)
from engine.model.language.limits import MAX_OPERATIONS, check_call, check_operation
from engine.model.language.names import similar
from engine.model.language.syntax import Call, Column, Node, Operation, Word
from engine.model.language.tokens import Token, TokenKind

if TYPE_CHECKING:
    from engine.model.language.reader import Reader

_STRENGTH = {
    **dict.fromkeys(syntax.COMPARISONS, 1),
    **dict.fromkeys(("+", "-"), 2),
    **dict.fromkeys(("*", "/", "//", "%"), 3),
    **dict.fromkeys(("%%", "%/%"), 4),  # R's bind more tightly than its * and /
}
_TRANSLATED = {"%%": "%", "%/%": "//", "^": "**"}


class ArithmeticParser:
    """A recursive-descent parser for one expression.

    Parameters
    ----------
    reader : Reader
        Where to read; left after the last token of the expression.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._n_operations = 0
        self._n_identities = 0  # how many I( are open

    def calculation(self, least: int = 1) -> Node:
        """Read operands joined by signs that bind at least as much as `least`."""
        reader = self._reader
        start = reader.here.start
        left = self._signed()
        while (strength := self._strength()) >= least:
            self._refuse_several(left, start)
            sign = reader.take()
            if strength == syntax.COMPARISON:
                self._check_comparison(sign, left)
            right_start = reader.here.start
            right = self.calculation(strength + 1)
            self._refuse_several(right, right_start)
            left = self._operation(sign, start, left, right)
        return left

    def factor(self) -> Node:
        """Read a column's name or a function, without signs."""
        reader = self._reader
        if not reader.here.is_name:
            reader.refuse_next()
        if self._is_call():
            return self._call()
        return Column(reader.column())

    def _strength(self) -> int:
        """How much the next token binds as a sign; 0 if it is none."""
        here = self._reader.here
        return _STRENGTH.get(here.text, 0) if here.kind is TokenKind.OPERATOR else 0

    def _is_call(self) -> bool:
        here, following = self._reader.here, self._reader.following
        return here.kind is TokenKind.NAME and following.is_operator("(")

    def _signed(self) -> Node:
        """Read an operand with any signs before it."""
        reader = self._reader
        sign = reader.accept("-", "+")
        if sign is None:
            return self._power()
        start = reader.here.start
        with reader.nested(sign):
            operand = self._signed()
        self._refuse_several(operand, start)
        return self._operation(sign, sign.start, operand)

    def _power(self) -> Node:
        """Read an operand with its power, if it has one."""
        reader = self._reader
        start = reader.here.start
        base = self._primary()
        if not reader.here.is_operator("**", "^"):
            return base
        self._refuse_several(base, start)
        sign = reader.take()
        exponent_start = reader.here.start
        with reader.nested(sign):
            exponent = self._signed()
        self._refuse_several(exponent, exponent_start)
        return self._operation(sign, start, base, exponent)

    def _primary(self) -> Node:
        """Read a number, a name, a function or something in parentheses."""
        reader = self._reader
        here = reader.here
        if here.kind is TokenKind.NUMBER:
            return number(reader.take())
        if here.is_name:
            return self._call() if self._is_call() else self._name()
        opening = reader.accept("(")
        if opening is None:
            reader.refuse_next()
        with reader.nested(opening):
            node = self.calculation()
            reader.close()
        return node

    def _name(self) -> Node:
        """Read a constant or a column's name."""
        reader = self._reader
        token = reader.here
        if token.kind is TokenKind.BACKQUOTED or reader.has_column(token.text):
            return Column(reader.column())
        word = CONSTANTS.get(token.text) or FLAGS.get(token.text)
        if word is not None:
            reader.take()
            if word != token.text:
                reader.note(f"{token.text} is read as {word}.")
            return Word(word)
        if token.text.startswith("np."):
            self._refuse_function(token)
        return Column(reader.column())

    def _call(self) -> Node:
        """Read a function with its arguments."""
        reader = self._reader
        token = reader.take()
        name = SYNONYMS.get(token.text, token.text)
        if name not in FUNCTIONS:
            self._refuse_function(token)
        if name != token.text:
            reader.note(f"{token.text} is read as {name}.")
        opening = reader.take()
        self._n_identities += name == "I"
        with reader.nested(opening):
            parser = ArgumentParser(reader, token, FUNCTIONS[name], self._operand)
            arguments, options = parser.read()
            reader.close()
        self._n_identities -= name == "I"
        call = Call(name, arguments, options)
        check_call(reader, call, token.start)
        return call

    def _operand(self) -> Node:
        """Read an argument that is computed from columns."""
        start = self._reader.here.start
        node = self.calculation()
        self._refuse_several(node, start)
        return node

    def _operation(self, sign: Token, start: int, *operands: Node) -> Operation:
        """Join the operands that begin at `start`, and keep count of it."""
        self._n_operations += 1
        if self._n_operations > MAX_OPERATIONS:
            self._reader.fail(
                f"There are more than {MAX_OPERATIONS} calculations in one expression.",
                "Compute a new column in the data table instead.",
                sign.start,
                sign.end,
            )
        text = _TRANSLATED.get(sign.text, sign.text)
        if sign.text == "^":
            self._reader.note("^ is read as a power.")
        elif text != sign.text:
            self._reader.note(f"{sign.text} is read as {text}.")
        node = Operation(text, operands)
        check_operation(self._reader, node, start)
        return node

    def _check_comparison(self, sign: Token, left: Node) -> None:
        """Allow comparisons inside I() only, and one at a time."""
        if not self._n_identities:
            self._reader.fail(
                f"A comparison with {sign.text} cannot stand here.",
                "Put it inside I(), as in I(x > 3).",
                sign.start,
                sign.end,
            )
        if isinstance(left, Operation) and left.sign in syntax.COMPARISONS:
            self._reader.fail(
                "There are two comparisons in a row.",
                "Put each comparison in parentheses and multiply them.",
                sign.start,
                sign.end,
            )

    def _refuse_several(self, node: Node, start: int) -> None:
        """Refuse to compute with what has several columns."""
        if isinstance(node, Call) and FUNCTIONS[node.function].gives_several:
            self._reader.fail(
                f"Nothing can be computed from {node.function}(), which gives several "
                "columns.",
                f"Let {node.function}() stand alone, outside other functions.",
                start,
                self._reader.last_end,
            )

    def _refuse_function(self, token: Token) -> NoReturn:
        """Complain about a function that is not known, or not here."""
        self._reader.refuse_unquoted(token)
        name = token.text
        message = f"There is no function '{name}'."
        if name in CODINGS:
            message = f"The coding '{name}' belongs inside C()."
            remedy = f"Write C(f, {name})."
        elif name in ADVICE:
            message = f"The function '{name}' cannot be used."
            remedy = ADVICE[name]
        elif self._reader.has_column(name):
            message = f"'{name}' is a column, and a parenthesis cannot follow it."
            remedy = "Write + or : between them."
        else:
            meant = similar(name, (*FUNCTIONS, *SYNONYMS, *ADVICE))
            remedy = f"The most common ones are {COMMON}."
            if meant is not None and meant not in ADVICE:
                remedy = f"Did you mean '{meant}'?"
        self._reader.fail(message, remedy, token.start, token.end)
