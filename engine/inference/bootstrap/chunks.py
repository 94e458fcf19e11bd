"""Replicates in blocks of fixed size, put together to chunks of any.

Each block has its own stream of random numbers, so that the same seed gives the same
replicates however many are asked for and fitted together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.inference.bootstrap.refits import joined_draws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.inference.bootstrap.refits import Draws

BLOCK = 250
"""Replicates of one stream of random numbers."""


class Source(Protocol):
    """Where replicates come from."""

    @property
    def width(self) -> int:
        """Replicates that are best fitted together: decided by the model alone."""
        ...

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Draw n replicates."""
        ...


def chunks(source: Source, replicates: int, seed: int) -> Iterator[Draws]:
    """Draw blocks, and put them together to chunks of the source's width."""
    waiting: list[Draws] = []
    n_waiting = n_drawn = 0
    piece = min(BLOCK, source.width)
    for stream in np.random.SeedSequence(seed).spawn(-(-replicates // BLOCK)):
        rng = np.random.Generator(np.random.SFC64(stream))
        for start in range(0, BLOCK, piece):
            draws = source.draw(rng, min(piece, BLOCK - start))
            n = min(_count(draws), replicates - n_drawn)
            waiting.append({name: own[..., :n] for name, own in draws.items()})
            n_waiting, n_drawn = n_waiting + n, n_drawn + n
            if n_waiting + piece > source.width or n_drawn == replicates:
                yield joined_draws(waiting)
                waiting, n_waiting = [], 0
            if n_drawn == replicates:
                return


def _count(draws: Draws) -> int:
    """Replicates in a draw."""
    return int(next(iter(draws.values())).shape[-1])
