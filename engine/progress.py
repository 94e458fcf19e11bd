"""How a long computation tells where it is, and how it is stopped.

The caller hands a function `report` to the engine; the engine calls it with a `Step`
at each safe point. To cancel, `report` raises `Cancelled`; the engine never catches it.

Long loops deep inside are not handed a `report`: they `breathe`, and whoever is
`listening` in this thread hears it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
    within : Step or None
        Where a long computation inside is, that belongs to the unit in hand.
    """

    what: str
    done: int
    of: int | None = None
    value: float | None = None
    within: Step | None = None


Report = Callable[[Step], None]


def ignore(step: Step) -> None:
    """Take a step and do nothing: the default `report`."""


_listener: ContextVar[Report] = ContextVar("listener", default=ignore)


@contextmanager
def listening(report: Report) -> Iterator[None]:
    """Let `report` hear what breathes inside the block, in this thread.

    Parameters
    ----------
    report : callable
        Called with a `Step`; may raise `Cancelled`.
    """
    before = _listener.set(report)
    try:
        yield
    finally:
        _listener.reset(before)


def breathe(what: str, done: int, of: int | None = None) -> None:
    """Come to a safe point inside a long loop; without a listener nothing happens.

    Parameters
    ----------
    what, done, of
        See `Step`.

    Raises
    ------
    Cancelled
        If the listener says so.
    """
    _listener.get()(Step(what, done, of))
