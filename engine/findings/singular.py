"""Find spreads estimated as zero, and effects that move together perfectly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.findings.case import column_terms
from engine.fitting.certificate import SINGULAR_CORRELATION
from engine.model.spec import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray, IntArray
    from engine.findings.case import Case
    from engine.fitted_model import FittedModel
    from engine.model.spec import Term

NOTHING = 1e-9
"""Share of a block's variance below which a part of it is rounding."""
NEARLY = 1e-3
"""Smallest eigenvalue of whitened correlations below which they are nearly perfect."""


@dataclass(frozen=True, slots=True)
class Together:
    """Two things that vary together, perfectly or nearly so.

    Attributes
    ----------
    place : int
        Of their parenthesis in `ModelSpec.random`.
    first, second : Term
        `()` for the baseline; equal for two levels of a category.
    correlation : float
    is_perfect : bool
    """

    place: int
    first: Term
    second: Term
    correlation: float
    is_perfect: bool


@dataclass(frozen=True, slots=True)
class Degenerate:
    """What is lost in one grouping.

    Attributes
    ----------
    name : str
        As tables name it.
    n_levels : int
    zero, alive : tuple of (int, Term)
        What does not vary and what does, with the place of the parenthesis; `()` for
        the baseline.
    together : tuple of Together
    """

    name: str
    n_levels: int
    zero: tuple[tuple[int, Term], ...]
    alive: tuple[tuple[int, Term], ...]
    together: tuple[Together, ...]

    @property
    def zero_terms(self) -> tuple[Term, ...]:
        """What does not vary."""
        return tuple(term for _, term in self.zero)

    @property
    def alive_slopes(self) -> tuple[Term, ...]:
        """Effects that do vary."""
        return tuple(term for _, term in self.alive if term)


@dataclass(frozen=True, slots=True)
class _Block:
    """One correlated block of the random part."""

    index: int
    place: int
    rank: int
    smallest: float
    """Eigenvalue of its whitened correlations; 1 for a single column."""


def degenerate_groupings(case: Case) -> list[Degenerate]:
    """Find the groupings among whose levels something does not vary freely.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Degenerate
    """
    model = case.model
    if model is None or not model.is_mixed:
        return []
    blocks = list(_blocks(model, model.design.places))
    if all(block.smallest >= NEARLY for block in blocks):
        return []
    found = []
    for name, n_levels in model.n_levels.items():
        own = [b for b in blocks if model.design.blocks[b.index].grouping.name == name]
        if any(block.smallest < NEARLY for block in own):
            found.append(_degenerate(model, name, n_levels, own))
    return found


def _blocks(model: FittedModel, places: tuple[int, ...]) -> Iterator[_Block]:
    """Rank and roundness of every block, from the optimum itself."""
    evaluation = model.estimates.evaluation
    assert evaluation is not None
    factors = evaluation.products.factors
    for block in evaluation.blocks:
        factor = factors[block.factor]
        index = factor.block_indices[factor.blocks.index(block.columns)]
        smallest = 0.0
        if block.n_kept == len(block.values):
            own = evaluation.V.sigmas[block.factor][block.columns, block.columns]
            sd = np.sqrt(np.diag(own))
            smallest = float(np.linalg.eigvalsh(own / np.outer(sd, sd))[0])
        yield _Block(index, places[index], block.n_kept, smallest)


def _degenerate(
    model: FittedModel, name: str, n_levels: int, blocks: list[_Block]
) -> Degenerate:
    zero: dict[tuple[int, Term], None] = {}
    alive: dict[tuple[int, Term], None] = {}
    together: list[Together] = []
    for block in blocks:
        design = model.design.blocks[block.index]
        has_baseline = INTERCEPT in design.terms
        terms = column_terms(design.encoder, intercept=has_baseline)
        covariance = model.estimates.blocks[block.index].covariance
        sizes = np.diag(covariance) * np.mean(design.Z**2, axis=0)
        is_zero = sizes <= NOTHING * sizes.max(initial=0.0)
        if block.rank == 0:
            is_zero[:] = True
        varying = {term for term, none in zip(terms, is_zero, strict=True) if not none}
        for term in terms:
            (alive if term in varying else zero)[block.place, term] = None
        left = np.flatnonzero(~is_zero)
        is_lost = block.rank < len(left)  # and not only what is zero
        if is_lost or 0 < block.smallest < NEARLY:
            together.append(_closest(block, terms, covariance, left))
    return Degenerate(name, n_levels, tuple(zero), tuple(alive), tuple(together))


def _closest(
    block: _Block, terms: list[Term], covariance: FloatArray, left: IntArray
) -> Together:
    """The two columns of a block with the highest correlation."""
    own = covariance[np.ix_(left, left)]
    sd = np.sqrt(np.diag(own))
    correlations = np.clip(own / np.outer(sd, sd), -1.0, 1.0)
    upper = np.triu(np.abs(correlations), k=1)
    a, b = divmod(int(upper.argmax()), len(left))
    return Together(
        place=block.place,
        first=terms[left[a]],
        second=terms[left[b]],
        correlation=float(correlations[a, b]),
        is_perfect=block.smallest < SINGULAR_CORRELATION,
    )
