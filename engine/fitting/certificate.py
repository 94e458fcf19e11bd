"""The proof beside every fit: is this the optimum, and of what kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted, joined
from engine.fitting.boundary import boundary_eigenvalue
from engine.fitting.rival_words import are_equal, several_in_words
from engine.sentences import Number, Said, Sentence

if TYPE_CHECKING:
    from engine.fitting.newton import Path
    from engine.fitting.second_order import SecondOrder
    from engine.model.design import Design

FALSE_ZERO = 1e-6
"""Fall of the criterion with added variance, by row, that is more than rounding."""
NOTABLE_SHARE = 0.05
"""Part that an entry must have in a direction to be named with it."""
SINGULAR_CORRELATION = 1e-6
"""Smallest eigenvalue of a block's correlations below which they count as perfect."""


class Verdict(StrEnum):
    """What kind of point the estimation ended at."""

    CLOSED_FORM = "closed form"
    INTERIOR = "interior optimum"
    ZERO_VARIANCE = "certified zero variance"
    PERFECT_CORRELATION = "perfectly correlated"
    SEVERAL_OPTIMA = "several optima"
    NOT_IDENTIFIED = "not identified"
    STOPPED = "stopped"


UNPROVED = (Verdict.STOPPED, Verdict.NOT_IDENTIFIED, Verdict.SEVERAL_OPTIMA)
"""Verdicts beside which estimates are not the one optimum."""


@dataclass(frozen=True, slots=True)
class Convergence:
    """How far the estimates can be trusted to be the optimum.

    Attributes
    ----------
    verdict : Verdict
    newton_decrement : float
        Twice the criterion still to gain; zero for a closed form.
    hessian_min_eigenvalue : float
        Of the exact Hessian on the directions with variance, whitened scale. NaN
        without such directions.
    boundary_eigenvalue : float
        Rate at which adding variance in a direction without any makes the fit worse;
        NaN when there is no such direction.
    n_evaluations : int
        Criteria computed.
    said : str or Sentence
        The verdict, with the names of groups and terms.
    """

    verdict: Verdict
    newton_decrement: float
    hessian_min_eigenvalue: float
    boundary_eigenvalue: float
    n_evaluations: int
    said: Said

    @property
    def message(self) -> str:
        """The verdict as a sentence."""
        return str(self.said)

    @property
    def is_proved(self) -> bool:
        """Whether the estimates are the one optimum, at the boundary or inside."""
        return self.verdict not in UNPROVED

    @property
    def has_rival(self) -> bool:
        """Whether another optimum was found that is nearly as good."""
        return self.verdict is Verdict.SEVERAL_OPTIMA


CLOSED_FORM = Convergence(
    Verdict.CLOSED_FORM,
    0.0,
    float("nan"),
    float("nan"),
    0,
    "Least squares has a closed form: these are the exact estimates.",
)


NO_BEST = (
    "There are so many random effects that they can reproduce every row: the closer "
    "they come, the lower the criterion, without end. There is no best fit, and the "
    "numbers are provisional: let less vary among groups."
)
"""What is said of a criterion without a minimum."""


def is_proved(path: Path) -> bool:
    """Whether a point is an optimum, of which no neighbour fits as well.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
    """
    is_left = not boundary_eigenvalue(path) < -FALSE_ZERO * path.evaluation.nu
    return path.is_stationary and is_left and not path.is_flat


def certify(
    path: Path,
    second: SecondOrder,
    design: Design,
    *,
    rival: Path | None = None,
    is_unbounded: bool = False,
) -> Convergence:
    """Judge the point that the optimisation reached.

    Parameters
    ----------
    path : Path
    second : SecondOrder
        The exact curvature there.
    design : Design
        For the names of groups and terms.
    rival : Path, optional
        Another optimum that is nearly as good.
    is_unbounded : bool
        Whether the criterion was seen to fall for ever elsewhere.

    Returns
    -------
    Convergence
    """
    if not len(path.theta):
        return CLOSED_FORM
    smallest = float("nan")
    if len(second.hessian):
        smallest = float(np.linalg.eigvalsh(second.hessian)[0])
    boundary = boundary_eigenvalue(path)
    verdict, said = _judge(path, design, second, boundary)
    if is_unbounded:
        verdict, said = Verdict.STOPPED, NO_BEST
    elif rival is not None:
        is_valley = are_equal(path, rival)
        verdict = Verdict.NOT_IDENTIFIED if is_valley else Verdict.SEVERAL_OPTIMA
        said = several_in_words(path, rival, design)
    return Convergence(
        verdict, path.decrement, smallest, boundary, path.n_evaluations, said
    )


def _judge(
    path: Path, design: Design, second: SecondOrder, boundary: float
) -> tuple[Verdict, Said]:
    """Choose the verdict and word it."""
    if not path.is_stationary:
        return Verdict.STOPPED, (
            f"The search stopped after {counted(path.n_evaluations, 'evaluation')} "
            f"before the optimum was proved{_least_known(second, design)}: treat the "
            "numbers as provisional."
        )
    if boundary < -FALSE_ZERO * path.evaluation.nu:
        return Verdict.STOPPED, (
            "The search ended where adding variance still improves the fit: treat the "
            "numbers as provisional."
        )
    if path.is_flat:
        return Verdict.NOT_IDENTIFIED, _flat_in_words(_flat_terms(second, design))
    if path.lost:
        return _boundary_verdict(path, design, boundary)
    return Verdict.INTERIOR, (
        "The optimum is proved: the slope is zero and every direction curves upwards."
    )


def _least_known(second: SecondOrder, design: Design) -> str:
    """Name what the data say least about, where there is something to name."""
    terms = _flat_terms(second, design)
    if not terms:
        return ""
    return f"; the data say least about the variance of {joined(terms)}"


def _flat_in_words(terms: list[str]) -> str:
    """Say what fits equally well, and what to do about it."""
    if len(terms) == 1:
        return (
            f"The data cannot tell the variance of {terms[0]}: different values fit "
            "equally well. Remove this random term, or what the fixed part has of it."
        )
    return (
        f"The data cannot tell apart the variances of {' and '.join(terms)}: different "
        "values fit equally well. Remove a random term that repeats another."
    )


def _flat_terms(second: SecondOrder, design: Design) -> list[str]:
    """Name the random terms whose variances can be traded for each other."""
    factors = second.where.evaluation.products.factors
    found: dict[str, None] = {}
    for entry, share in zip(second.where.entries, second.flattest, strict=True):
        if abs(share) < NOTABLE_SHARE:
            continue
        factor = factors[entry.factor]
        for where, index in zip(factor.blocks, factor.block_indices, strict=True):
            if where.start <= entry.row < where.stop:
                block = design.blocks[index]
                term = block.terms[entry.row - where.start]
                found[f"'{term}' among levels of '{block.grouping.name}'"] = None
    return list(found)


def _boundary_verdict(
    path: Path, design: Design, boundary: float
) -> tuple[Verdict, Said]:
    """Word a genuine optimum with lost directions."""
    phrases, only_zero = [], True
    factors = path.evaluation.products.factors
    for block in path.lost:
        factor = factors[block.factor]
        index = factor.block_indices[factor.blocks.index(block.columns)]
        names = design.blocks[index]
        terms = " and ".join(f"'{t}'" for t in names.terms)
        if block.n_kept == 0:
            phrases.append(
                f"the variance of {terms} among levels of '{names.grouping.name}' "
                "is zero"
            )
        else:
            only_zero = False
            phrases.append(
                f"{terms} vary together perfectly among levels of "
                f"'{names.grouping.name}'"
            )
    what = "; ".join(phrases)
    verdict = Verdict.ZERO_VARIANCE if only_zero else Verdict.PERFECT_CORRELATION
    return verdict, Sentence(
        f"At the proved optimum {what}: the data support no further variation "
        "(adding some worsens the criterion at rate ",
        Number(boundary, 3),
        ").",
    )


def is_singular(path: Path) -> bool:
    """Whether a variance is zero or a correlation perfect, whatever the units.

    Variances are zero exactly when the boundary test has confirmed it; correlations
    are judged on whitened columns, so that neither units nor origins matter.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
    """
    for block in path.blocks:
        if block.n_kept < len(block.values):
            return True
        Sigma = path.evaluation.V.sigmas[block.factor][block.columns, block.columns]
        sd = np.sqrt(np.diag(Sigma))
        correlations = np.linalg.eigvalsh(Sigma / np.outer(sd, sd))
        if correlations[0] < SINGULAR_CORRELATION:
            return True
    return False
