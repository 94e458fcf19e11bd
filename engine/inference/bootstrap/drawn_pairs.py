"""Two nested models on the same drawn statistics, where both can be fitted together.

The smaller model is described by the larger one's columns: its X spans Q A with
orthonormal A, and each of its blocks of Z spans some of the larger one's whitened
columns. Where the statistic of the data that follows from this is not the one of the
fits themselves, the description is wrong, and both are fitted one by one instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.nested_pair import nested_pair
from engine.inference.bootstrap.one_factor import OneFactor
from engine.inference.bootstrap.replaced_response import InnerRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.factors import Factor
    from engine.fitting.result import Estimates
    from engine.inference.bootstrap.refits import Draws, Refits, Resampler

SPANNED = 1e-8
"""Share of a column that may lie outside a span by rounding."""
SAME_STATISTIC = 1e-4
"""Difference of the statistic of the data up to which both descriptions agree."""


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """The smaller model, which draws, and the larger one.

    Attributes
    ----------
    null, full : Resampler
    """

    null: Resampler
    full: Resampler

    @property
    def width(self) -> int:
        """Replicates that are best fitted together."""
        return min(self.null.width, self.full.width)

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Draw from the smaller model."""
        return self.null.draw(rng, n)

    def refits(self, draws: Draws) -> tuple[Refits, Refits]:
        """Fit both."""
        return self.null.refit(draws), self.full.refit(draws)


def fast_pair(null: Estimates, full: Estimates) -> DrawnPair | None:
    """Prepare two nested models that read the same statistics.

    Parameters
    ----------
    null, full : Estimates
        Of the same rows by the same likelihood, one nested in the other.

    Returns
    -------
    DrawnPair or None
        None where no fast way reaches them.
    """
    e = full.evaluation
    if e is None or not e.products.factors:
        return None
    columns = _fixed_span(null, full)
    spans = _random_spans(null, full)
    if spans is None or (columns is not None and e.is_reml):
        return None
    observed = null.criterion - full.criterion
    if len(e.products.factors) == 1:
        return _of_one_factor(full, columns, spans, observed)
    return _of_several(full, columns, spans, observed)


def _of_one_factor(
    full: Estimates,
    columns: FloatArray | None,
    spans: Sequence[Sequence[FloatArray]],
    observed: float,
) -> DrawnPair | None:
    e = full.evaluation
    assert e is not None
    larger = OneFactor(e)
    blocks = [span for own in spans for span in own]
    smaller = larger.null(columns=columns, blocks=blocks)
    data = larger.observed()
    if not _is_same(smaller, larger, data, observed):
        return None
    fit = smaller.refit(data)
    return DrawnPair(smaller.at(fit.sigmas[0][..., 0], float(fit.s2[0])), larger)


def _of_several(
    full: Estimates,
    columns: FloatArray | None,
    spans: Sequence[Sequence[FloatArray]],
    observed: float,
) -> DrawnPair | None:
    e = full.evaluation
    assert e is not None
    blocks = [block for factor in e.products.factors for block in factor.blocks]
    effects: dict[int, list[FloatArray]] = {}
    for place, (block, own) in enumerate(zip(blocks, spans, strict=True)):
        inside = [span[block] for span in own]
        if [span.shape[1] for span in inside] != [block.stop - block.start]:
            effects[place] = inside
    pair = nested_pair(e, effects, columns)
    if pair is None or not _is_same(pair[1], pair[0], pair[0].data, observed):
        return None
    return DrawnPair(pair[1], pair[0])


def _is_same(
    smaller: Resampler, larger: Resampler, data: Draws, observed: float
) -> bool:
    """Whether the data's own statistic follows from the description."""
    found = smaller.refit(data).criterion[0] - larger.refit(data).criterion[0]
    return bool(abs(found - observed) < SAME_STATISTIC * max(1.0, abs(observed)))


def _fixed_span(null: Estimates, full: Estimates) -> FloatArray | None:
    """A with Q_null = Q_full A; None where both span the same."""
    assert null.evaluation is not None
    assert full.evaluation is not None
    if null.evaluation.products.p == full.evaluation.products.p:
        return None
    small = InnerRows(null.design, null.evaluation.products).Q
    large = InnerRows(full.design, full.evaluation.products).Q
    made: FloatArray = large @ small.T
    return made


def _random_spans(null: Estimates, full: Estimates) -> list[list[FloatArray]] | None:
    """What the null keeps of each block of the larger model.

    Returns
    -------
    list of list of ndarray of shape (k, r), or None
        By block of all factors in order, the columns that each of the null's blocks
        within it spans, on the factor's whitened columns. None where some block of the
        null is not within one of the larger model.
    """
    e = full.evaluation
    assert e is not None
    rows = InnerRows(full.design, e.products)
    waiting = list(null.design.blocks)
    weights = full.design.weights
    root = np.ones(e.products.n) if weights is None else np.sqrt(weights)
    found = []
    for t, factor in enumerate(e.products.factors):
        for where, index in zip(factor.blocks, factor.block_indices, strict=True):
            own = full.design.blocks[index]
            within = {
                place: span
                for place, block in enumerate(waiting)
                if block.grouping.name == own.grouping.name
                and (span := _span(rows.Z[t][where], np.array(block.columns) * root))
                is not None
            }
            waiting = [b for place, b in enumerate(waiting) if place not in within]
            found.append([_placed(s, where, factor) for s in within.values()])
    return None if waiting else found


def _placed(span: FloatArray, where: slice, factor: Factor) -> FloatArray:
    """A span of a block's columns among all columns of its factor."""
    whole = np.zeros((factor.n_columns, span.shape[1]))
    whole[where] = span
    return whole


def _span(Z: FloatArray, columns: FloatArray) -> FloatArray | None:
    """U with columns = U'Z; None where they are no combinations of Z."""
    U = np.linalg.lstsq(Z.T, columns.T, rcond=None)[0]
    rest = columns - U.T @ Z
    size = np.linalg.norm(columns, axis=1)
    if (np.linalg.norm(rest, axis=1) > SPANNED * size).any():
        return None
    orthonormal: FloatArray = np.linalg.qr(U)[0]
    return orthonormal
