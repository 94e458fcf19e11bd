"""Guess what is explained, by what, in which groups: the first model offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.data.coded import grouping_score, is_label
from engine.data.covariate_guess import likeliest_covariate
from engine.data.design_facts import Relation
from engine.data.role_words import Role, has_role, is_surely_response
from engine.data.scan import scan_design
from engine.data.side_by_side import side_by_side
from engine.data.table import Kind
from engine.data.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from engine.data.design_facts import DesignScan, GroupFacts
    from engine.data.prepared import Prepared
    from engine.data.table import Table

MOST_GROUPINGS = 2
MOST_COVARIATES = 2
"""A first model stays small, so that one sees what it is."""
MOST_TREATMENTS = 6
"""Levels up to which a category is offered as a fixed effect."""
_N_LOOKED_AT = 5000


@dataclass(frozen=True, slots=True)
class Part:
    """A column and the part it is guessed to play.

    Attributes
    ----------
    column : str
    reason : str
        Why, one sentence.
    """

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class SuggestedRoles:
    """The parts of a first model.

    Attributes
    ----------
    response : Part or None
        None if no column of numbers looks like a measurement.
    covariates : tuple of Part
        For the fixed part, numbers first.
    groupings : tuple of Part
        Columns whose levels are groups, the likeliest first.
    side_by_side : tuple of str
        Columns that look like one measurement written side by side, which must be
        stacked before a model can be offered; the rest is then empty.
    """

    response: Part | None
    covariates: tuple[Part, ...] = ()
    groupings: tuple[Part, ...] = ()
    side_by_side: tuple[str, ...] = ()


def suggest_roles(
    table: Table | Prepared, scan: DesignScan | None = None
) -> SuggestedRoles:
    """Guess the parts of a first model, from names, kinds and how values repeat.

    The response is never used to choose among the others: that would be selecting by
    what is to be tested.

    Parameters
    ----------
    table : Table or Prepared
    scan : DesignScan, optional
        Of the same table, if it is at hand.

    Returns
    -------
    SuggestedRoles
    """
    scan = scan_design(table.frame, table.kinds) if scan is None else scan
    groupings = _groupings(scan)
    if wide := side_by_side(table.kinds, (part.column for part in groupings)):
        return SuggestedRoles(None, side_by_side=wide)
    taken = {part.column for part in groupings}
    response = _response(table, taken)
    if response is None:
        return SuggestedRoles(None, (), groupings)
    groups = [part.column for part in groupings]
    covariates = _covariates(table, scan, response.column, groups)
    return SuggestedRoles(response, covariates, groupings)


def _response(table: Table | Prepared, taken: set[str]) -> Part | None:
    """Choose the column that is most likely what was measured."""
    numbers = [name for name, kind in table.kinds.items() if kind is Kind.NUMBER]
    scores = {
        name: _response_score(table.frame[name], name)
        for name in numbers
        if name not in taken and not is_label(name)
    }
    scores = {name: score for name, score in scores.items() if score is not None}
    if not scores:
        return None
    first, last = next(iter(table.kinds)), list(table.kinds)[-1]
    # people write what they explain first or last
    places = {first: 0.5, last: 1.0}
    best = max(scores, key=lambda name: (scores[name] or 0) + places.get(name, 0))
    if is_surely_response(best) or has_role(best, Role.RESPONSE):
        return Part(best, f"'{best}' is the name of something measured.")
    if best in places:
        where = "last" if best == last else "first"
        return Part(best, f"It holds measurements and is the {where} column.")
    return Part(best, "It holds measurements.")


def _response_score(values: pd.Series, name: str) -> float | None:
    """Rate how much a column looks like what is explained; None if it cannot be."""
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = numbers[np.isfinite(numbers)]
    numbers = numbers[:: len(numbers) // _N_LOOKED_AT + 1]
    n_different = len(np.unique(numbers))
    if n_different < 3:
        return None
    score = 3.0 * is_surely_response(name) + 1.0 * has_role(name, Role.RESPONSE)
    if n_different > 0.2 * len(numbers) or (numbers != np.floor(numbers)).any():
        score += 2
    if has_role(name, Role.TIME, Role.POSITION, Role.TREATMENT):
        score -= 3
    return score


def _groupings(scan: DesignScan) -> tuple[Part, ...]:
    """Choose the columns that are most likely the groups of the study."""
    reused = {pair.reused for pair in scan.pairs if pair.reused}
    candidates = [
        group
        for group in scan.groupings
        if group.column not in reused and grouping_score(group) > 0
    ]
    # more levels first: of a nested pair the inner one is what was measured again
    candidates.sort(key=lambda group: (-grouping_score(group), -group.n_levels))
    chosen: list[GroupFacts] = []
    for group in candidates:
        is_news = all(
            (pair := scan.pair(group.column, other.column)) is None
            or pair.relation is not Relation.SAME
            for other in chosen
        )
        if is_news and len(chosen) < MOST_GROUPINGS:
            chosen.append(group)
    return tuple(Part(group.column, _group_reason(group)) for group in chosen)


def _group_reason(group: GroupFacts) -> str:
    rows = counted(group.rows_max, "row")
    if group.rows_min < group.rows_max:
        rows = f"{group.rows_min} to {rows}"
    levels = counted(group.n_levels, "level")
    return f"It has {levels} with {rows} each: they are measured repeatedly."


def _covariates(
    table: Table | Prepared, scan: DesignScan, response: str, groupings: Sequence[str]
) -> tuple[Part, ...]:
    """Choose what the response may depend on."""
    taken = {response, *groupings}
    numbers = [
        name
        for name, kind in table.kinds.items()
        if kind is Kind.NUMBER and name not in taken and not is_label(name)
        if not has_role(name, Role.POSITION) and _varies(table.frame[name])
    ]
    first = likeliest_covariate(table, scan, numbers, response, groupings)
    parts = []
    if first is not None:
        others = counted(len(numbers) - 1, "other column")
        more = f" There are {others} of numbers." if len(numbers) > 1 else ""
        parts.append(Part(first, f"It holds numbers that vary.{more}"))
    for group in scan.groupings:
        is_treatment = (
            group.kind is Kind.CATEGORY
            and group.n_levels <= MOST_TREATMENTS
            and group.column not in taken
            and not is_label(group.column)
        )
        if is_treatment and len(parts) < MOST_COVARIATES:
            levels = counted(group.n_levels, "level")
            parts.append(Part(group.column, f"It has {levels}, as treatments have."))
    return tuple(parts)


def _varies(values: pd.Series) -> bool:
    present = values.dropna()
    return len(present) > 0 and bool((present != present.iloc[0]).any())
