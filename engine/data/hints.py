"""What is worth saying about a table or a design, as data for the window to show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a hint matters: by the size of what was seen."""

    NOTE = "note"
    AMBER = "amber"
    RED = "red"


class HintKind(StrEnum):
    """What a hint is about, for the window to offer what can be done."""

    FEW_GROUPS = "few_groups"
    SINGLE_ROWS = "single_rows"
    CONSTANT_WITHIN = "constant_within"
    RARELY_VARIES = "rarely_varies"
    VARIES_WITHIN = "varies_within"
    EFFECTIVE_SAMPLE = "effective_sample"
    UNUSED_UNIT = "unused_unit"
    REUSED_LABELS = "reused_labels"
    NEARLY_NESTED = "nearly_nested"
    SAME_GROUPS = "same_groups"
    LIKE_NAMES = "like_names"
    SIDE_BY_SIDE = "side_by_side"


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that the data say about a model, or about themselves.

    Attributes
    ----------
    kind : HintKind
    sentence : str
        What was seen, with its numbers.
    meaning : str
        What it means for the conclusion, and what can be done.
    columns : tuple of str
        The columns concerned; where one is within the other, the inner first.
    severity : Severity
    levels : tuple of str
        The levels concerned, if it is about single ones.
    """

    kind: HintKind
    sentence: str
    meaning: str
    columns: tuple[str, ...]
    severity: Severity
    levels: tuple[str, ...] = ()


_ORDER = {Severity.RED: 0, Severity.AMBER: 1, Severity.NOTE: 2}


def by_severity(hints: list[Hint]) -> tuple[Hint, ...]:
    """Put the most serious hints first, the others in the order they had.

    Parameters
    ----------
    hints : list of Hint

    Returns
    -------
    tuple of Hint
    """
    return tuple(sorted(hints, key=lambda hint: _ORDER[hint.severity]))
