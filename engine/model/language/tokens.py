"""Cuts the text of a formula into tokens; knows no grammar and evaluates nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from engine.errors import FormulaError

MAX_LENGTH = 5000
"""Longest formula that is read, in characters; real ones stay below a few hundred."""

_MAX_NUMBER_LENGTH = 30

# What word processors, PDF readers and some keyboards put in place of plain signs.
_LOOKALIKES = {
    "−": "-", "–": "-", "‐": "-", "‑": "-",
    "∼": "~", "˜": "~", "～": "~",
    "∣": "|", "｜": "|", "‖": "||",
    "×": "*", "∗": "*", "∶": ":", "＋": "+", "（": "(", "）": ")",
    "≤": "<=", "≥": ">=", "≠": "!=",
}  # fmt: skip

# Invisible characters that come along when text is copied from a web page.
_INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff\u00ad"

_PATTERN = re.compile(
    rf"""
      (?P<blank>[\s{_INVISIBLE}]+)
    | (?P<backquoted>`[^`]*`)
    | (?P<straight>"[^"]*"|'[^']*')
    | (?P<curly>[“”„][^“”"]*[“”]|[‘’‚][^‘’']*[‘’])
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?L?)
    | (?P<operator>%in%|%/%|%%|\*\*|//|\|\||[<>=!]=|[-~+*/:^()|,=<>%\[\]])
    | (?P<lookalike>[{"".join(_LOOKALIKES)}])
    """,
    re.VERBOSE,
)


class TokenKind(StrEnum):
    """What a token is, as far as one can see without the grammar."""

    NAME = "name"
    BACKQUOTED = "name in backticks"
    NUMBER = "number"
    TEXT = "text in quotation marks"
    OPERATOR = "operator"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula.

    Attributes
    ----------
    kind : TokenKind
        What it is.
    text : str
        Its content: a name without backticks, a text without quotation marks, an
        operator in plain characters.
    start, end : int
        The characters it comes from are ``formula[start:end]``.
    """

    kind: TokenKind
    text: str
    start: int
    end: int

    def is_operator(self, *symbols: str) -> bool:
        """Whether this is one of the operators `symbols`."""
        return self.kind is TokenKind.OPERATOR and self.text in symbols

    @property
    def is_name(self) -> bool:
        """Whether this can name a column."""
        return self.kind in (TokenKind.NAME, TokenKind.BACKQUOTED)

    @property
    def is_value(self) -> bool:
        """Whether this stands for something by itself: a name, a number, a text."""
        return self.kind not in (TokenKind.OPERATOR, TokenKind.END)

    @property
    def ends_operand(self) -> bool:
        """Whether something complete ends here, after which a sign may follow."""
        return self.is_value or self.is_operator(")", "]")


def tokenize(formula: str) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """Cut a formula into tokens.

    Parameters
    ----------
    formula : str
        What a user typed, or what was found in a file.

    Returns
    -------
    tokens : tuple of Token
        In order; the last one is of kind END.
    notes : tuple of str
        Which look-alike characters were taken for plain ones, a sentence each.

    Raises
    ------
    FormulaError
        If the text is too long or has characters no formula can have.
    """
    if len(formula) > MAX_LENGTH:
        raise FormulaError(
            f"The formula has {len(formula)} characters; {MAX_LENGTH} can be read.",
            "Check that only the formula was pasted.",
            formula=formula,
            start=MAX_LENGTH,
            end=len(formula),
        )
    tokens: list[Token] = []
    notes: dict[str, None] = {}
    position = 0
    while position < len(formula):
        token = _token_at(formula, position, notes)
        position = token.end
        if token.text or token.kind is not TokenKind.END:  # blanks are empty ENDs
            tokens.append(token)
    tokens.append(Token(TokenKind.END, "", len(formula), len(formula)))
    return tuple(tokens), tuple(notes)


def _token_at(formula: str, start: int, notes: dict[str, None]) -> Token:
    """Return the token that begins at `start`; blanks come as an empty END token."""
    match = _PATTERN.match(formula, start)
    if match is None:
        return _word_at(formula, start)
    found, end = match.group(), match.end()
    match match.lastgroup:
        case "blank":
            return Token(TokenKind.END, "", start, end)
        case "backquoted":
            _check_backquoted(formula, start, end)
            return Token(TokenKind.BACKQUOTED, found[1:-1], start, end)
        case "straight":
            return Token(TokenKind.TEXT, found[1:-1], start, end)
        case "curly":
            notes["Curly quotation marks are read as straight ones."] = None
            return Token(TokenKind.TEXT, found[1:-1], start, end)
        case "number":
            _check_number(formula, start, end)
            return Token(TokenKind.NUMBER, found, start, end)
        case "lookalike":
            notes[f"{found} is read as {_LOOKALIKES[found]}."] = None
            found = _LOOKALIKES[found]
    return Token(TokenKind.OPERATOR, found, start, end)


def _word_at(formula: str, start: int) -> Token:
    """Return the bare name that begins at `start`; R's names may have dots."""
    if not (formula[start].isidentifier() or formula[start] == "."):
        _refuse_character(formula, start)
    end = start + 1
    while end < len(formula) and _continues_word(formula[end]):
        end += 1
    return Token(TokenKind.NAME, formula[start:end], start, end)


def _continues_word(character: str) -> bool:
    # A letter before it: digits and combining accents may follow, not begin.
    return character == "." or ("a" + character).isidentifier()


def _check_backquoted(formula: str, start: int, end: int) -> None:
    """Refuse names in backticks that could not be handed on between backticks."""
    if formula[end : end + 1] == "`":
        raise FormulaError(
            "Two backticks follow each other; a name in backticks cannot contain one.",
            "Rename the column so that it has no backtick.",
            formula=formula,
            start=start,
            end=end + 1,
        )
    name = formula[start + 1 : end - 1]
    if not name:
        raise FormulaError(
            "There is no name between these backticks.",
            "Write the name of a column between them.",
            formula=formula,
            start=start,
            end=end,
        )
    if name.endswith("\\"):
        raise FormulaError(
            f"The name '{name}' ends in a backslash, which a formula cannot have.",
            "Rename the column so that it does not end in a backslash.",
            formula=formula,
            start=start,
            end=end,
        )


def _check_number(formula: str, start: int, end: int) -> None:
    """Refuse numbers that run into a word, and those that are out of all proportion."""
    if end < len(formula) and _continues_word(formula[end]):
        while end < len(formula) and _continues_word(formula[end]):
            end += 1
        raise FormulaError(
            f"'{formula[start:end]}' is neither a number nor a column name.",
            "Put backticks around the name of a column that begins with a digit.",
            formula=formula,
            start=start,
            end=end,
        )
    number = formula[start:end].removesuffix("L")  # R writes whole numbers as 2L
    largest = 1e15 if number.isdigit() else 1e100
    if end - start > _MAX_NUMBER_LENGTH or float(number) > largest:
        raise FormulaError(
            f"The number '{number}' is too large or has too many digits.",
            "Use a smaller or shorter number.",
            formula=formula,
            start=start,
            end=end,
        )


def _refuse_character(formula: str, start: int) -> NoReturn:
    """Say why the character at `start` cannot begin anything."""
    character = formula[start]
    message = f"The character '{character}' cannot be used here."
    remedy = "Put backticks around column names with unusual characters."
    end = start + 1
    if character == "`":
        message = "The backtick that opens here is not closed."
        remedy = "Write a second backtick after the name of the column."
        end = len(formula)
    elif character in "\"'“”„‘’‚":
        message = "The quotation mark that opens here is not closed."
        remedy = "Write a second quotation mark after the text."
        end = len(formula)
    elif character in "²³":
        message = f"A raised {character} is not read as a power."
        remedy = "Write a power as I(x^2), and put backticks around a name such as m²."
    elif character == "&":
        remedy = "Write + or : between two columns."
    elif not character.isprintable():
        message = f"There is an invisible character (U+{ord(character):04X}) here."
        remedy = "Delete it."
    raise FormulaError(message, remedy, formula=formula, start=start, end=end)
