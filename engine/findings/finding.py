"""A finding and its buttons, as data for the window to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from engine.data.prepared import Step
    from engine.model.spec import ModelSpec

MOST_ACTIONS = 2
"""Buttons that a finding has room for, beside "Why?"."""

HERE = ""
"""The page that is in front: where rows are shown, which the table of data selects."""
PLACES: Mapping[str, frozenset[str]] = {
    HERE: frozenset(),
    "diagnostics": frozenset({"residuals_fitted"}),
}
"""The pages that findings point at, and what they point at there."""


class Severity(StrEnum):
    """How much a finding matters for the conclusion: by the size of what was seen.

    Attributes
    ----------
    RED
        The conclusion may be wrong, or what was asked cannot be had.
    AMBER
        Something is to be weighed before the numbers are used.
    NOTE
        Good to know.
    GREEN
        Looked at, and well.
    """

    RED = "red"
    AMBER = "amber"
    NOTE = "note"
    GREEN = "green"

    @property
    def rank(self) -> int:
        """Zero for the most serious."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the document, undoable as one.

    Attributes
    ----------
    label : str
        On the button.
    spec : ModelSpec or None
        The model from then on; None if it stays.
    steps : tuple of Step
        Preparation steps to be added to those there are.
    """

    label: str
    spec: ModelSpec | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Show:
    """A place to look at.

    Attributes
    ----------
    label : str
        On the button.
    page : str
        One of `PLACES`.
    item : str
        What on the page, if it is not all of it: one of what `PLACES` says.
    rows : tuple of row labels
        To be selected.
    group, level : str
        A grouping and a level of it to be selected.
    """

    label: str
    page: str
    item: str = ""
    rows: tuple[Hashable, ...] = field(default=(), repr=False)
    group: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Put the finding aside, by its key.

    Attributes
    ----------
    label : str
        On the button.
    """

    label: str = "Leave as is"


Action = Change | Show | Dismiss


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that matters for the conclusion.

    Attributes
    ----------
    key : str
        What it is about: the same as long as that is so, whatever the numbers.
    severity : Severity
    sentence : str
        What was seen, with its number.
    meaning : str
        What it means for the conclusion.
    actions : tuple of Action
        At most two, the suggested one first.
    topic : str
        Key of the help topic behind "Why?".
    details : str
        For the second look: which rows or terms exactly.
    columns : tuple of str
        The columns concerned.
    """

    key: str
    severity: Severity
    sentence: str
    meaning: str
    actions: tuple[Action, ...]
    topic: str
    details: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A finding while others are still being looked for.

    Attributes
    ----------
    finding : Finding
    covers : tuple of str
        Keys of findings with the same cause: it speaks for them and is as severe.
    """

    finding: Finding
    covers: tuple[str, ...] = ()


def most_severe_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put the most serious first, the others in the order they had.

    Parameters
    ----------
    findings : iterable of Finding

    Returns
    -------
    tuple of Finding
    """
    return tuple(sorted(findings, key=lambda finding: finding.severity.rank))
