"""What differs between two optima that the likelihood hardly tells apart, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray
    from engine.fitting.newton import Path
    from engine.model.design import Design

EQUAL = 1e-6
"""Difference of criteria that prefers neither optimum."""
CLEARLY = 0.2
"""Relative difference of standard deviations that is named before a correlation."""


@dataclass(frozen=True, slots=True)
class _Spread:
    """Standard deviation of a term, in the user's units, at both optima."""

    name: str
    here: float
    there: float

    @property
    def is_lost_once(self) -> bool:
        """Whether it is zero at one of them only."""
        return (self.here == 0) != (self.there == 0)

    @property
    def change(self) -> float:
        """Difference relative to the larger."""
        largest = max(self.here, self.there)
        return abs(self.here - self.there) / largest if largest else 0.0


def several_in_words(path: Path, rival: Path, design: Design) -> Sentence:
    """Say which variance makes the difference, and what to do.

    Parameters
    ----------
    path : Path
        The better optimum, which is taken.
    rival : Path
    design : Design
        For the names of groups and terms.

    Returns
    -------
    Sentence
    """
    difference = _difference(path, rival, design)
    if are_equal(path, rival):
        return Sentence(
            "Two sets of values fit equally well: ",
            difference,
            " The data cannot say which: leave out a random term.",
        )
    return Sentence(
        "Two optima are proved, and the data hardly prefer the one that is shown (its "
        "criterion is lower by ",
        Number(rival.evaluation.value - path.evaluation.value, 2),
        "): ",
        difference,
        " Say so beside the results, or leave out a random term: where terms compete "
        "for the same variation, these data cannot say which of them has it.",
    )


def are_equal(path: Path, rival: Path) -> bool:
    """Whether the data prefer neither of two points: they share a valley."""
    return rival.evaluation.value - path.evaluation.value <= EQUAL


def _difference(path: Path, rival: Path, design: Design) -> Sentence:
    """Name the term whose standard deviation, or correlation, differs most."""
    spreads = list(_spreads(path, rival, design))
    most = max(spreads, key=lambda own: (own.is_lost_once, own.change))
    if most.change < CLEARLY:
        return _other_correlation(path, rival, design)
    what = f"the standard deviation of {most.name} is "
    return Sentence(
        what,
        *_size(most.here),
        " at the one shown, but ",
        *_size(most.there),
        " at the other.",
    )


def _size(sd: float) -> tuple[str | Number, ...]:
    """Write a standard deviation that may be zero."""
    return ("zero",) if sd == 0 else (Number(sd, 3),)


def _spreads(path: Path, rival: Path, design: Design) -> Iterator[_Spread]:
    """Compare every term's standard deviation."""
    for index, here, there in _covariances(path, rival):
        block = design.blocks[index]
        sizes = np.sqrt(np.diag(here)), np.sqrt(np.diag(there))
        for term, one, two in zip(block.terms, *sizes, strict=True):
            name = f"'{term}' among levels of '{block.grouping.name}'"
            yield _Spread(name, float(one), float(two))


def _other_correlation(path: Path, rival: Path, design: Design) -> Sentence:
    """Name the correlation that differs most, where standard deviations do not."""
    found: list[tuple[float, float, str]] = []
    for index, here, there in _covariances(path, rival):
        block = design.blocks[index]
        for b, second in enumerate(block.terms):
            for a, first in enumerate(block.terms[:b]):
                name = f"'{first}' and '{second}' among levels of "
                name += f"'{block.grouping.name}'"
                found.append(
                    (_correlation(here, a, b), _correlation(there, a, b), name)
                )
    if not found:
        return Sentence("their variances differ slightly.")
    one, two, name = max(found, key=lambda own: abs(own[0] - own[1]))
    what = f"the correlation of {name} is "
    return Sentence(
        what,
        Number(one, 2),
        " at the one shown, but ",
        Number(two, 2),
        " at the other.",
    )


def _correlation(covariance: FloatArray, a: int, b: int) -> float:
    size = float(np.sqrt(covariance[a, a] * covariance[b, b]))
    return float(covariance[a, b]) / size if size else 0.0


def _covariances(
    path: Path, rival: Path
) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """Covariances of each of the design's blocks at both, in the user's units."""
    for t, factor in enumerate(path.evaluation.products.factors):
        for where, index, T in zip(
            factor.blocks, factor.block_indices, factor.transforms, strict=True
        ):
            inverse = solve_triangular(T, np.eye(len(T)))
            both = []
            for e in (path.evaluation, rival.evaluation):
                root = inverse @ e.lambdas[t][where, where]
                both.append(e.products.y_scale**2 * e.r2 / e.nu * root @ root.T)
            yield index, both[0], both[1]
