"""Whether one model is a special case of another, fitted to the same values.

Compared is what the models can say, not how they are written: fixed parts by the space
that their columns span, random parts block by block. A block with free covariances
contains another of the same groups when its columns span the other's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted
from engine.errors import EngineError
from engine.fitting.basis import orthogonal_basis

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.model.design import Design, RandomBlock

SAME_TABLE = "Fit both models to one table, without the rows that either cannot use."


@dataclass(frozen=True, slots=True)
class Nesting:
    """How a smaller model lies within a larger one.

    Attributes
    ----------
    is_same_fixed, is_same_random : bool
        Whether the two say the same there.
    n_new_columns : int
        How many more effects vary among groups in the larger model: as many variances
        are zero in the smaller one.
    """

    is_same_fixed: bool
    is_same_random: bool
    n_new_columns: int


def check_same_data(first: Design, second: Design) -> None:
    """Refuse to compare likelihoods of different values.

    Parameters
    ----------
    first, second : Design

    Raises
    ------
    EngineError
        If rows, response, weights or offset differ.
    """
    if not first.rows.equals(second.rows):
        raise EngineError(
            f"The two models use different rows: {_different_rows(first, second)}.",
            SAME_TABLE,
        )
    if not np.array_equal(first.y, second.y):
        raise EngineError(
            "The two models explain different values: "
            f"{first.response_name} and {second.response_name}.",
            "Compare models of one response, in one unit.",
        )
    for what in ("weights", "offset"):
        if not _are_equal(getattr(first, what), getattr(second, what), what):
            raise EngineError(
                f"The two models do not have the same {what}.",
                f"Fit both with the {what} of one of them.",
            )


def _different_rows(first: Design, second: Design) -> str:
    """Say how the rows differ."""
    n, m = len(first.rows), len(second.rows)
    if n != m:
        return f"{n} and {m}"
    n_other = int((~first.rows.isin(second.rows)).sum())
    if not n_other:
        return "the same ones in another order"
    return f"{counted(n_other, 'row')} of the first {_is(n_other)} not in the second"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _are_equal(first: FloatArray | None, second: FloatArray | None, what: str) -> bool:
    """Whether the numbers of each row agree; none are ones, or zeros for an offset."""
    none = 1.0 if what == "weights" else 0.0
    left, right = (np.array(none) if own is None else own for own in (first, second))
    return bool((left == right).all())


def nesting(null: Design, full: Design) -> Nesting:
    """Find how the smaller model lies within the larger one.

    Parameters
    ----------
    null, full : Design
        Of the same rows.

    Returns
    -------
    Nesting

    Raises
    ------
    EngineError
        If they are the same model, the wrong way round, or not nested.
    """
    fixed, random = _fixed_outside(null, full), _random_outside(null, full)
    is_same_fixed = fixed is None and _fixed_outside(full, null) is None
    is_same_random = random is None and _random_outside(full, null) is None
    if is_same_fixed and is_same_random:
        raise EngineError(
            "The two models are the same.",
            "Choose a second model with a term more, or a term less.",
        )
    if fixed is None and random is None:
        return Nesting(is_same_fixed, is_same_random, _n_columns(full, null))
    if _fixed_outside(full, null) is None and _random_outside(full, null) is None:
        raise EngineError(
            f"The first model, {null.written}, is the larger one.",
            "Give the smaller model first.",
        )
    raise EngineError(
        f"The models are not nested: {fixed or random} of the first model is no part "
        "of the second.",
        "Compare a model with one that has all its terms and more, or compare the two "
        "by AIC.",
    )


def _n_columns(full: Design, null: Design) -> int:
    """How many more effects vary in the first of two models."""
    n_full, n_null = (
        sum(len(block.terms) for block in design.blocks) for design in (full, null)
    )
    return n_full - n_null


def _fixed_outside(small: Design, large: Design) -> str | None:
    """A fixed term of the first model that the second cannot express, in words."""
    if set(small.terms) <= set(large.terms) and _has_columns(small, large):
        return None
    rank = len(orthogonal_basis(large.X, None).kept)
    both = orthogonal_basis(np.hstack([large.X, small.X]), None)
    new = [j - large.X.shape[1] for j in both.kept[rank:]]
    return f"'{small.terms[new[0]]}'" if new else None


def _has_columns(small: Design, large: Design) -> bool:
    """Whether columns of the same names are the same columns."""
    columns = dict(zip(large.terms, large.matrix.columns, strict=True))
    return all(
        np.array_equal(own, columns[term])
        for term, own in zip(small.terms, small.matrix.columns, strict=True)
    )


def _random_outside(small: Design, large: Design) -> str | None:
    """A random block of the first model that the second cannot express, in words."""
    for block in small.blocks:
        if not any(_is_within(block, other) for other in large.blocks):
            terms = " and ".join(f"'{term}'" for term in block.terms)
            return f"the variation of {terms} among '{block.grouping.name}'"
    return None


def _is_within(block: RandomBlock, other: RandomBlock) -> bool:
    """Whether effects of one block are combinations of another's, level by level."""
    if len(block.terms) > len(other.terms):
        return False
    if not _are_same_groups(block.grouping.codes, other.grouping.codes):
        return False
    rank = len(orthogonal_basis(other.Z, None).kept)
    both = orthogonal_basis(np.hstack([other.Z, block.Z]), None)
    return len(both.kept) == rank


def _are_same_groups(first: IntArray, second: IntArray) -> bool:
    """Whether two groupings part the rows in the same way, whatever their names."""
    pairs = first.astype(np.int64) * (int(second.max(initial=0)) + 1) + second
    n_pairs = len(np.unique(pairs))
    return n_pairs == len(np.unique(first)) == len(np.unique(second))
