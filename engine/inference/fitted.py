"""What inference asks of a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.fitting.result import Estimates


class Fitted(Protocol):
    """Anything with estimates, such as a `FittedModel`, which is built on inference."""

    @property
    def estimates(self) -> Estimates:
        """Estimates of one model, with its design."""
        ...
