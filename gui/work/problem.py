"""Why something that was asked could not be done, and where the window says so."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from engine.data.wording import quoted
from engine.errors import EngineError


class Place(Enum):
    """Where the window shows a problem."""

    FILE = "file"
    DATA = "data"
    FORMULA = "formula"
    MODEL = "model"


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A sentence for the user at its place.

    Attributes
    ----------
    place : Place
    error : EngineError
        Message, remedy and technical details.
    text : str
        What the user typed, for a formula.
    is_bug : bool
        Whether it is the program's fault.
    """

    place: Place
    error: EngineError
    text: str = ""
    is_bug: bool = False


def problem_of(error: BaseException, place: Place) -> Problem:
    """Say any failure in a sentence.

    Parameters
    ----------
    error : BaseException
        What a worker raised.
    place : Place

    Returns
    -------
    Problem
    """
    if isinstance(error, EngineError):
        return Problem(place, error)
    if isinstance(error, MemoryError):
        said = EngineError(
            "The computer's memory is not large enough for this.",
            "Close other programs, or ask a smaller model.",
        )
        return Problem(place, said)
    if isinstance(error, OSError):
        reason = (error.strerror or "the system gives no reason").rstrip(".")
        called = "" if error.filename is None else f" {_name_of(error.filename)}"
        said = EngineError(
            f"The file{called} cannot be read or written: "
            f"{reason[:1].lower()}{reason[1:]}.",
            "Check that it is there and not open in another program.",
            details=repr(error),
        )
        return Problem(place, said)
    said = EngineError(
        "Tarn met a fault of its own and could not do this.",
        "Your data and model are kept. Save them, then try something else.",
        details=repr(error),
    )
    return Problem(place, said, is_bug=True)


def _name_of(file: object) -> str:
    """Name the file of an error as other messages do; some give a number."""
    if not isinstance(file, str | bytes):
        return quoted(str(file))
    return quoted(Path(os.fsdecode(file)).name)
