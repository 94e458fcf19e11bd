"""Rows that the model does not use: cells that are missing, and what was excluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted, verb
from engine.findings.finding import (
    HERE,
    Action,
    Change,
    Dismiss,
    Finding,
    Found,
    Severity,
    Show,
)
from engine.findings.remedies import without_column
from engine.findings.words import joined

if TYPE_CHECKING:
    from engine.data.prepared import Prepared
    from engine.findings.case import Case

MANY, MOST = 0.05, 0.5
"""Shares of the rows from which a loss is worth a warning, and is serious."""


def rows_not_used(case: Case) -> list[Found]:
    """Say how many rows are lost because a cell is missing, or that none is.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
    """
    is_missing = case.raw.isna()
    is_lost = is_missing.any(axis=1)
    n_rows, lost = len(case.raw), case.raw.index[is_lost]
    if case.model is not None:  # also those without a weight
        lost = case.model.dropped_rows.index
    if not len(lost):
        return _all_used(case, n_rows)
    counts = {str(name): int(n) for name, n in is_missing.sum().items() if n}
    share = len(lost) / n_rows
    severity = Severity.NOTE if share < MANY else Severity.AMBER
    if share >= MOST:
        severity = Severity.RED
    rows = Show("Show the rows", HERE, rows=tuple(lost.tolist()))
    finding = Finding(
        key="rows_not_used",
        severity=severity,
        sentence=f"{len(lost)} of {counted(n_rows, 'row')} {verb(len(lost))} not used: "
        f"{_reasons(counts, len(lost))}.",
        meaning="The result is about the other rows. If cells are missing for a reason "
        "that has to do with the response, it is biased.",
        actions=(rows, *_without_gaps(case, counts, len(lost))),
        topic="rows_not_used",
        columns=tuple(counts),
    )
    return [Found(finding)]


def _reasons(counts: dict[str, int], n_lost: int) -> str:
    """Which columns have gaps, most first: "depth is missing in 12, lake in 3"."""
    if not counts:
        return f"{verb(n_lost, 'it has', 'they have')} no weight or offset"
    (first, n), *rest = sorted(counts.items(), key=lambda item: -item[1])
    return joined(
        [f"{first} is missing in {n}", *(f"{name} in {k}" for name, k in rest)]
    )


def _without_gaps(
    case: Case, counts: dict[str, int], n_lost: int
) -> tuple[Action, ...]:
    """Offer to leave a covariate out that alone costs most of the rows lost."""
    if n_lost < MANY * len(case.raw):
        return (Dismiss(),)
    for name in case.covariates:
        others = [column for column in case.raw if column != name]
        gained = n_lost - int(case.raw[others].isna().any(axis=1).sum())
        is_needed = name in case.groupings or len(case.covariates) == 1
        if name in counts and gained >= n_lost / 2 and not is_needed:
            spec = without_column(case.spec, name)
            return (Change(f"Leave out {name}", spec),)
    return (Dismiss(),)


def _all_used(case: Case, n_rows: int) -> list[Found]:
    if case.model is None or not case.prepared.is_used.all():
        return []
    finding = Finding(
        key="all_rows_used",
        severity=Severity.GREEN,
        sentence=f"All {counted(n_rows, 'row')} are used.",
        meaning="No cell that the model needs is missing, and no row is excluded.",
        actions=(),
        topic="rows_not_used",
    )
    return [Found(finding)]


def rows_excluded(prepared: Prepared) -> list[Found]:
    """Say which rows are excluded, and why.

    Parameters
    ----------
    prepared : Prepared

    Returns
    -------
    list of Found
    """
    if prepared.is_used.all():
        return []
    places = prepared.why[~prepared.is_used]
    numbers = np.bincount(places, minlength=len(prepared.reasons))
    counts: dict[str, int] = {}
    for reason, number in zip(prepared.reasons, numbers.tolist(), strict=True):
        if number:
            counts[reason] = counts.get(reason, 0) + number
    rows = tuple(prepared.frame.index[~prepared.is_used].tolist())
    finding = Finding(
        key="rows_excluded",
        severity=Severity.NOTE,
        sentence=f"{counted(len(rows), 'row')} {verb(len(rows))} excluded"
        f"{_given_reasons(counts)}.",
        meaning="The result is about the other rows: report what was left out and why.",
        actions=(
            Show("Show the rows", HERE, rows=rows),
            Dismiss(),
        ),
        topic="excluded_rows",
    )
    return [Found(finding)]


def _given_reasons(counts: dict[str, int]) -> str:
    """Reasons as the user gave them: ": L09", ": L09 (18) and no reason given (3)"."""
    if len(counts) == 1:
        (reason,) = counts
        return f": {reason}" if reason else ", without a reason"
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ": " + joined([f"{why or 'no reason given'} ({n})" for why, n in ordered])
