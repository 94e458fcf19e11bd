"""How a long computation tells where it is, and how it is stopped.

The caller hands a function `report` to the engine; the engine calls it with a `Step`
at each safe point. To cancel, `report` raises `Cancelled`; the engine never catches it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):  # noqa: N818 - asked for, so no error
    """Raised by the caller's `report` to stop a computation at its next safe point."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a computation is.

    Attributes
    ----------
    what : str
        What is being done, in plain words ("Fitting").
    done : int
        Units finished so far.
    of : int or None
        Units in all, when that is known.
    value : float or None
        The number that is being improved, such as the criterion.
    """

    what: str
    done: int
    of: int | None = None
    value: float | None = None


Report = Callable[[Step], None]


def ignore(step: Step) -> None:
    """Take a step and do nothing: the default `report`."""
