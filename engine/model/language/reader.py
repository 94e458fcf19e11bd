"""Steps through the tokens of a formula and words every complaint about them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from engine.errors import FormulaError
from engine.model.language.names import as_typed, find_column, suggestion
from engine.model.language.tokens import Token, TokenKind, tokenize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_MAX_DEPTH = 50  # far beyond real formulas, and far below Python's recursion limit


class Reader:
    """A place in a formula, from which the parsers take tokens.

    Parameters
    ----------
    formula : str
        The text to read.
    columns : collection of str, optional
        The columns there are; any name is taken for a column when not given.

    Attributes
    ----------
    notes : dict
        What was read as something else, a sentence per key, in order.
    """

    def __init__(self, formula: str, columns: Collection[str] | None = None) -> None:
        self.formula = formula
        self.columns = columns
        self.tokens, notes = tokenize(formula)
        self.notes: dict[str, None] = dict.fromkeys(notes)
        self._index = 0
        self._open: list[Token] = []

    @property
    def here(self) -> Token:
        """The next token, not yet taken."""
        return self.tokens[self._index]

    @property
    def following(self) -> Token:
        """The token after the next one."""
        return self.tokens[min(self._index + 1, len(self.tokens) - 1)]

    @property
    def previous(self) -> Token | None:
        """The token that was taken last."""
        return self.tokens[self._index - 1] if self._index else None

    @property
    def is_at_end(self) -> bool:
        """Whether everything was read."""
        return self.here.kind is TokenKind.END

    @property
    def last_end(self) -> int:
        """Where the token that was taken last ends."""
        return self.previous.end if self.previous else 0

    def take(self) -> Token:
        """Return the next token and step over it; the end is never stepped over."""
        token = self.here
        if token.kind is not TokenKind.END:
            self._index += 1
        return token

    def accept(self, *symbols: str) -> Token | None:
        """Take the next token if it is one of the operators `symbols`."""
        return self.take() if self.here.is_operator(*symbols) else None

    @contextmanager
    def nested(self, opening: Token) -> Iterator[None]:
        """Read something that begins at `opening` one level deeper."""
        self._open.append(opening)
        if len(self._open) > _MAX_DEPTH:
            self.fail(
                f"The formula is nested more than {_MAX_DEPTH} deep.",
                "Write it with fewer parentheses and signs.",
                opening.start,
                opening.end,
            )
        yield
        self._open.pop()

    def close(self) -> None:
        """Take the closing parenthesis (or bracket) that has to follow."""
        opening = self._open[-1]
        if not self.accept("]" if opening.text == "[" else ")"):
            self.refuse_next()

    def column(self) -> str:
        """Take the name of a column and return the column that it means."""
        token = self.take()
        if token.kind is TokenKind.NAME:
            self._check_bare(token)
        if self.columns is None:
            return token.text
        column = find_column(token.text, self.columns)
        if column is None:
            self.refuse_unquoted(token)
            self.fail(
                f"There is no column '{token.text}'.",
                suggestion(token.text, self.columns),
                token.start,
                token.end,
            )
        return column

    def has_column(self, name: str) -> bool:
        """Whether a column of exactly this name is known."""
        return self.columns is not None and name in self.columns

    def note(self, sentence: str) -> None:
        """Remember what was read as something else, once."""
        self.notes[sentence] = None

    def fail(self, message: str, remedy: str, start: int, end: int) -> NoReturn:
        """Complain about the characters from `start` to `end`."""
        raise FormulaError(message, remedy, formula=self.formula, start=start, end=end)

    def refuse_next(self) -> NoReturn:
        """Complain that the next token cannot follow what was read so far."""
        token, previous = self.here, self.previous
        if token.kind is TokenKind.END:
            self._refuse_end()
        if previous is not None:
            self.refuse_unquoted(previous)
        message, remedy = self._objection(token, previous)
        self.fail(message, remedy, token.start, token.end)

    def refuse_unquoted(self, token: Token) -> None:
        """Complain if a column's name that needs backticks begins at `token`."""
        matches = [
            column
            for column in self.columns or ()
            if len(column) > len(token.text)
            and self.formula.startswith(column, token.start)
        ]
        if matches and token.kind is TokenKind.NAME:
            column = max(matches, key=len)
            self.fail(
                f"The column '{column}' needs backticks.",
                f"Write {as_typed(column)}.",
                token.start,
                token.start + len(column),
            )

    def _refuse_end(self) -> NoReturn:
        """Complain that the formula ends too early."""
        previous = self.previous
        end = len(self.formula.rstrip())
        is_complete = previous is not None and previous.ends_operand
        opened = [token for token in self._open if token.is_operator("(", "[")]
        if is_complete and opened:
            name = "bracket" if opened[-1].text == "[" else "parenthesis"
            self.fail(
                f"The {name} that opens here is not closed.",
                f"Write a closing {name} where it ends.",
                opened[-1].start,
                opened[-1].end,
            )
        after = f" after '{previous.text}'" if previous else ""
        self.fail(
            f"Something is missing{after}.", "Write the name of a column.", end, end
        )

    def _objection(self, token: Token, previous: Token | None) -> tuple[str, str]:
        """Say what is wrong with a token in this place, and what to do."""
        shown = f"'{token.text}'"
        if token.is_operator(")") and not any(t.text == "(" for t in self._open):
            return (
                "This closing parenthesis has no opening one.",
                "Delete it, or write the opening one.",
            )
        if token.kind is TokenKind.TEXT and self.has_column(token.text):
            return (
                f"The column '{token.text}' stands in quotation marks.",
                f"Write {as_typed(token.text)}.",
            )
        if token.kind is TokenKind.TEXT:
            return (
                f"The text {shown} in quotation marks cannot stand here.",
                "Write column names without quotation marks, or in backticks.",
            )
        if token.is_operator("|", "||") and self._open:
            return f"{shown} cannot stand here.", _WHERE_BARS_STAND
        if token.is_operator("|", "||"):
            group = self.following.text if self.following.is_name else "lake"
            remedy = f"Put parentheses around it, as in (1 {token.text} {group})."
            return "A bar has to stand in parentheses.", remedy
        is_inner_comma = token.text == "," and self._open
        if token.is_operator(*_REMEDIES) and not is_inner_comma:
            return f"{shown} cannot stand here.", _REMEDIES[token.text]
        if previous is None:
            return f"A formula cannot begin with {shown}.", "Begin with the response."
        between = f"between '{previous.text}' and {shown}"
        if token.is_value or previous.ends_operand:
            return (
                f"Something is missing {between}.",
                "Write + or : between two columns, and backticks around a name with "
                "spaces.",
            )
        return f"A column is missing {between}.", "Write the name of a column there."

    def _check_bare(self, token: Token) -> None:
        """Refuse bare words that look like a way into the machinery."""
        if self.has_column(token.text):
            return
        if not token.text.strip("."):
            self.fail(
                "The dot for all other columns cannot be used.",
                "Name the columns, as in y ~ a + b.",
                token.start,
                token.end,
            )
        is_machinery = any(part.startswith("__") for part in token.text.split("."))
        if is_machinery or token.text.startswith("np."):
            self.fail(
                f"'{token.text}' is not read as a column.",
                "Put backticks around the name if it is a column.",
                token.start,
                token.end,
            )


_WHERE_BARS_STAND = (
    "Write a bar only between what varies and its groups, as in (1 | lake)."
)
_REMEDIES = {
    "=": "Write ~ between the response and what explains it.",
    ",": "Give only the formula, without what follows after the comma.",
    "~": "Write a single ~ between the response and what explains it.",
    "[": "Choose rows in the data table, not in the formula.",
    **dict.fromkeys(
        ("<", ">", "<=", ">=", "==", "!="),
        "Put comparisons inside I(), as in I(x > 3).",
    ),
    **dict.fromkeys(
        ("%", "%%", "//", "%/%"), "Put arithmetic inside I(), as in I(x %% 2)."
    ),
}
