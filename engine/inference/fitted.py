"""What the rooms of inference need of a fitted model, which they do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.fitting.result import Estimates


class Fitted(Protocol):
    """Something that has estimates: a `FittedModel`."""

    @property
    def estimates(self) -> Estimates:
        """What the likelihood or least squares gave."""
        ...
