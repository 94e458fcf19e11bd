"""What the engine says when it cannot do what was asked.

Every error is a sentence for a field biologist: what happened, in the names of
their columns and levels, and what to do next. Technical text goes into `details`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.sentences import Said


class EngineError(Exception):
    """A problem with the user's data or model, said in their words.

    Parameters
    ----------
    message : str or Sentence
        What happened, one sentence that ends in a full stop.
    remedy : str, optional
        What to do next, one sentence.
    details : str, optional
        Technical text for the second look, never shown first.
    """

    def __init__(self, message: Said, remedy: str = "", details: str = "") -> None:
        self.said = message
        self.remedy = remedy
        self.details = details
        super().__init__(message, remedy)

    @property
    def message(self) -> str:
        """What happened, its numbers in the style that holds."""
        return str(self.said)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class DataError(EngineError):
    """A file or a column cannot be used as it is."""


class FormulaError(EngineError):
    """A formula cannot be understood, or names what is not there.

    Parameters
    ----------
    message, remedy : str
        See `EngineError`.
    formula : str
        The text that was read.
    start, end : int
        The offending characters are ``formula[start:end]``; equal when something
        is missing at `start`.
    """

    def __init__(
        self, message: str, remedy: str = "", *, formula: str, start: int, end: int
    ) -> None:
        super().__init__(message, remedy)
        self.formula = formula
        self.start = start
        self.end = end


class DesignError(EngineError):
    """The model cannot be estimated from these data, whatever the method."""


class FitError(EngineError):
    """The estimation itself failed."""
