"""Correlated blocks of random effects at the values reached, and their rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation

LOST = 1e-14
"""Share of the largest eigenvalue (or of one) below which rank is lost."""


@dataclass(frozen=True, slots=True)
class Block:
    """One correlated block of one factor, at the values reached."""

    factor: int
    columns: slice
    values: FloatArray
    vectors: FloatArray

    @property
    def n_kept(self) -> int:
        """Rank of the block's Sigma."""
        largest = max(1.0, float(self.values.max(initial=0.0)))
        return int((self.values > LOST * largest).sum())


def blocks_of(evaluation: Evaluation) -> Iterator[Block]:
    """Eigenvalues (descending) and eigenvectors of every block's Sigma."""
    for t, factor in enumerate(evaluation.products.factors):
        for columns in factor.blocks:
            Sigma = evaluation.V.sigmas[t][columns, columns]
            if len(Sigma) == 1:
                yield Block(t, columns, Sigma[0], np.ones((1, 1)))
                continue
            values, vectors = np.linalg.eigh(Sigma)
            yield Block(t, columns, np.maximum(values[::-1], 0.0), vectors[:, ::-1])
