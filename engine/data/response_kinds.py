"""Recognise a response that the normal distribution describes poorly.

What the numbers leave open is judged by the column's name; the model is fitted all the
same, so that a wrong guess costs a sentence and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from engine.data.role_words import head_word, name_words
from engine.sentences import Number, Said, Sentence

if TYPE_CHECKING:
    from engine.arrays import FloatArray

FEW_COUNTS = 10
"""A median count below this makes the normal distribution a poor description."""
MANY_ZEROS = 0.1
"""Share of zeros from which a count cannot be nearly normal."""
HIGHEST_RATING, FEWEST_RATINGS = 10, 3

_RATINGS = """
    category class grade level likert rank rating score scale stage
"""
_COUNTED = """
    abundance brood catch chick clutch count egg fledgling flower frequency fruit
    individual larva leaf litter n nest nestling number offspring pup richness seed
    seedling species spot visit young
"""


class ResponseKind(StrEnum):
    """What a response looks like; also how its help topic ends."""

    YES_NO = "yes_no"
    RATINGS = "ratings"
    COUNTS = "counts"
    PROPORTION = "proportion"


@dataclass(frozen=True, slots=True)
class ResponseDoubt:
    """Why a linear mixed model may not suit a response.

    Attributes
    ----------
    kind : ResponseKind
    seen : str or Sentence
        The end of a sentence about the response, with its numbers.
    meaning : str
        What follows; begins with a capital letter.
    """

    kind: ResponseKind
    seen: Said
    meaning: str


_HEAD = 1_000  # values that are looked at first


def _are_whole(values: FloatArray) -> bool:
    return bool(np.equal(np.mod(values, 1), 0).all())


def response_doubt(y: FloatArray, name: str) -> ResponseDoubt | None:
    """Say when a response looks like yes/no, ratings, small counts, or a proportion.

    Whole numbers from 1 without a gap up to at most 10 are taken for ratings, unless
    the name is of something that is counted, such as clutches, of which no zero may be
    recorded either. Whole numbers up to 10 are always ratings where the name says so,
    as of a score. All others are counts.

    Parameters
    ----------
    y : ndarray of shape (n,)
        The response, finite; at least one value.
    name : str
        Its name.

    Returns
    -------
    ResponseDoubt or None
        None if nothing speaks against the model.
    """
    values = _telling(y)
    low, high = float(y.min()), float(y.max())
    if len(values) == 2:
        return ResponseDoubt(
            ResponseKind.YES_NO,
            Sentence(
                *("has only two values (", Number(low), " and ", Number(high)),
                "), like yes or no",
            ),
            "A linear mixed model describes it poorly, a logistic one (a generalised "
            "linear mixed model) would suit it.",
        )
    is_whole = low >= 0 and _are_whole(values)
    if is_whole and _are_ratings(values, name):
        return ResponseDoubt(
            ResponseKind.RATINGS,
            f"looks like ordered ratings from {low:g} to {high:g}",
            "Steps between ratings need not be equally wide, and nothing lies beyond "
            "the ends. Look at residuals v fitted; an ordinal model suits ratings "
            "better.",
        )
    if is_whole and (doubt := _small_counts(y)) is not None:
        return doubt
    if low == 0 and high <= 1 and len(values) > 2:
        return ResponseDoubt(
            ResponseKind.PROPORTION,
            "lies between 0 and 1, like a proportion",
            "Near the ends its spread shrinks. Look at residuals v fitted.",
        )
    return None


def _telling(y: FloatArray) -> FloatArray:
    """Different values: of the first ones if these tell enough, else of all."""
    values = np.unique(y[:_HEAD])
    if len(values) > 2 and not _are_whole(values):
        return values
    return np.unique(y)


def _small_counts(y: FloatArray) -> ResponseDoubt | None:
    """Say when whole numbers look like counts that are mostly small."""
    zeros, median = float(np.mean(y == 0)), float(np.median(y))
    if zeros <= MANY_ZEROS and median >= FEW_COUNTS:
        return None
    return ResponseDoubt(
        ResponseKind.COUNTS,
        Sentence(
            f"looks like small counts ({zeros:.0%} zeros, median ",
            *(Number(median), ")"),
        ),
        "The spread of counts grows with their mean. Look at residuals v fitted; "
        "log(1 + count) may help, a generalised linear mixed model suits counts "
        "better.",
    )


def _are_ratings(values: FloatArray, name: str) -> bool:
    """Whether different whole numbers are ratings rather than counts."""
    low, high = values[0], values[-1]
    if high > HIGHEST_RATING or len(values) < FEWEST_RATINGS:
        return False
    if head_word(name) in _RATINGS.split():
        return True
    words = {head_word(name), *name_words(name)}
    is_counted = not words.isdisjoint(_COUNTED.split())
    return low == 1 and len(values) == high and not is_counted
