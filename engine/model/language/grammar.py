"""The grammar of a formula's right side: terms, and what varies among groups."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NoReturn

from engine.model.language import terms
from engine.model.language.arguments import number
from engine.model.language.expressions import read_expression
from engine.model.language.grouping import read_groupings
from engine.model.language.response import refuse_response, require_single
from engine.model.language.terms import Part, TooManyTermsError
from engine.model.language.tokens import TokenKind
from engine.model.spec import RandomTerm

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.language.expressions import Expression
    from engine.model.language.reader import Reader
    from engine.model.language.tokens import Token

# From the loosest to the tightest; sums bind less, powers more.
_STRENGTH = {"*": 1, "/": 1, "%in%": 2, ":": 3}
_COMBINE = {
    "*": terms.crossed,
    "/": terms.nested,
    "%in%": terms.within,
    ":": terms.interacted,
}


class RightSideParser:
    """A recursive-descent parser for what stands after the ~.

    Parameters
    ----------
    reader : Reader
        Where to read; left after the last token that belongs to a sum of terms.
    response : Expression
        What is explained.
    """

    def __init__(self, reader: Reader, response: Expression) -> None:
        self._reader = reader
        self._response = response

    def sum(self) -> Part:
        """Read terms that are added and removed.

        Returns
        -------
        Part

        Raises
        ------
        FormulaError
            If a term cannot be understood, or cannot stand in its place.
        """
        reader = self._reader
        part = Part()
        is_added = self._signs()
        while True:
            start = reader.here.start
            summand = self._product()
            if not is_added and (summand.random or summand.offset):
                self._refuse_combination(summand, start)
            combine = terms.added if is_added else terms.removed
            total = self._limited(start, combine, part, summand)
            if not is_added and summand.terms and total.terms == part.terms:
                text = reader.formula[start : reader.last_end]
                reader.note(f"{text} is not there to be removed.")
            part = total
            if not reader.here.is_operator("+", "-"):
                return part
            is_added = self._signs()

    def _signs(self) -> bool:
        """Read any number of + and -, and return whether they come to a +."""
        is_added = True
        while sign := self._reader.accept("+", "-"):
            is_added ^= sign.text == "-"
        return is_added

    def _product(self, least: int = 1) -> Part:
        """Read terms joined by signs that bind at least as much as `least`."""
        reader = self._reader
        start = reader.here.start
        left = self._power()
        while (strength := self._strength()) >= least:
            self._require_terms(left, start)
            sign = reader.take()
            right_start = reader.here.start
            right = self._product(strength + 1)
            self._require_terms(right, right_start)
            left = self._limited(start, _COMBINE[sign.text], left, right)
        return left

    def _strength(self) -> int:
        """How much the next token binds terms; 0 if it does not."""
        here = self._reader.here
        return _STRENGTH.get(here.text, 0) if here.kind is TokenKind.OPERATOR else 0

    def _power(self) -> Part:
        """Read terms with the highest order of their interactions."""
        reader = self._reader
        start = reader.here.start
        part = self._atom()
        while reader.here.is_operator("^", "**"):
            self._require_terms(part, start)
            reader.take()
            order = self._order()
            text = reader.formula[start : reader.last_end]
            if len(part.terms) == 1 and order > 1:
                reader.note(
                    f"{text} is read as {':'.join(part.terms[0])} alone, as in R; "
                    f"write I({text}) for the power."
                )
            part = self._limited(start, partial(terms.powered, part), order)
        return part

    def _order(self) -> int:
        """Read the whole number after a power sign."""
        reader = self._reader
        token = reader.here
        is_whole = token.kind is TokenKind.NUMBER and token.text.isdigit()
        if not is_whole or int(token.text) == 0:
            reader.fail(
                "A whole number from 1 has to follow the power sign.",
                "Write the highest order of interaction, as in (a + b)^2, or put "
                "arithmetic inside I(), as in I(x^0.5).",
                token.start,
                token.end,
            )
        return int(reader.take().text)

    def _atom(self) -> Part:
        """Read a column, a function, a number or something in parentheses."""
        reader = self._reader
        here = reader.here
        if here.is_operator("("):
            return self._parenthesis()
        if here.kind is TokenKind.NUMBER:
            return self._intercept()
        if here.text == "offset" and reader.following.is_operator("("):
            return self._offset()
        if not here.is_name:
            reader.refuse_next()
        factor = read_expression(reader, is_factor=True)
        refuse_response(reader, self._response, factor.text, factor.columns, here.start)
        return Part(((factor.text,),))

    def _intercept(self) -> Part:
        """Read 0 or 1."""
        reader = self._reader
        token = reader.take()
        value = number(token).value
        if value not in (0, 1):
            reader.fail(
                f"The number {token.text} cannot be a term.",
                "Put arithmetic inside I(), as in I(2 * x).",
                token.start,
                token.end,
            )
        return Part(intercept=bool(value))

    def _offset(self) -> Part:
        """Read `offset(log(effort))`."""
        reader = self._reader
        start = reader.take().start
        with reader.nested(reader.take()):
            known = read_expression(reader)
            reader.close()
        require_single(reader, known, start, "An offset")
        refuse_response(reader, self._response, known.text, known.columns, start)
        return Part(offset=(known.text,))

    def _parenthesis(self) -> Part:
        """Read terms in parentheses, or what varies among groups."""
        reader = self._reader
        opening = reader.take()
        with reader.nested(opening):
            bar = reader.here
            if bar.is_operator("|", "||"):
                self._refuse_nothing(
                    "Nothing stands before the bar.", bar.start, bar.start
                )
            part = self.sum()
            if reader.here.is_operator("|", "||"):
                part = self._random(part, opening)
            reader.close()
        return part

    def _random(self, part: Part, opening: Token) -> Part:
        """Read the groups among which the terms of `part` vary."""
        reader = self._reader
        bar = reader.take()
        if part.random or part.offset:
            reader.fail(
                "Only columns and numbers can stand before a bar.",
                "Add the other parenthesis outside this one.",
                opening.start,
                bar.end,
            )
        groupings = read_groupings(reader, self._response)
        intercept = part.intercept is not False
        if not intercept and not part.terms:
            self._refuse_nothing(
                "Nothing varies among these groups.", opening.start, reader.here.end
            )
        varying = terms.by_degree(part.terms)
        is_correlated = bar.text == "|"
        return Part(
            random=tuple(
                RandomTerm(grouping, intercept, varying, is_correlated)
                for grouping in groupings
            )
        )

    def _refuse_nothing(self, message: str, start: int, end: int) -> NoReturn:
        """Complain that nothing is said to vary."""
        self._reader.fail(
            message,
            "Write 1 for the baseline, or the column whose effect varies.",
            start,
            end,
        )

    def _limited(
        self, start: int, combine: Callable[..., Part], *operands: object
    ) -> Part:
        """Combine parts, refusing to multiply out to hundreds of terms."""
        try:
            return combine(*operands)
        except TooManyTermsError:
            self._reader.fail(
                f"This comes to more than {terms.MAX_TERMS} terms, or to interactions "
                f"of more than {terms.MAX_ORDER} columns.",
                "Name the interactions that are meant, with a:b.",
                start,
                self._reader.last_end,
            )

    def _require_terms(self, part: Part, start: int) -> None:
        """Refuse to multiply what can only be added."""
        if not part.has_only_terms:
            self._refuse_combination(part, start)

    def _refuse_combination(self, part: Part, start: int) -> NoReturn:
        """Complain that something that can only be added is multiplied or removed."""
        if part.random:
            problem = "What varies among groups can only be added."
            remedy = "Write it with a + before it, as in y ~ x + (1 | g)."
        elif part.offset:
            problem = "An offset can only be added."
            remedy = "Write it with a + before it, as in y ~ x + offset(log(effort))."
        else:
            problem = "The numbers 0 and 1 can only be added or removed."
            remedy = "Write 0 + or 1 + at the beginning of the right side."
        self._reader.fail(problem, remedy, start, self._reader.last_end)
