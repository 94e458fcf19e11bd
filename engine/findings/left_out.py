"""Random terms that the rows cannot support: the fit does without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import with_random

if TYPE_CHECKING:
    from engine.findings.case import Case
    from engine.model.design import LeftOut


def terms_left_out(case: Case) -> list[Found]:
    """Say which parentheses are not fitted as they stand, and why.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        One for each parenthesis; a finding on the rows of its groups covers it.
    """
    if case.model is None:
        return []
    left_out = case.model.design.left_out
    return [_left_out(case, one) for one in left_out if _is_there(case, one)]


def left_out_key(case: Case, columns: tuple[str, ...], *, is_whole: bool = True) -> str:
    """Key of what is said on parentheses of a grouping that are left out.

    Parameters
    ----------
    case : Case
    columns : tuple of str
        Of the grouping.
    is_whole : bool
        Whether nothing is fitted of them, not even fewer effects.

    Returns
    -------
    str
    """
    return f"{'left_out' if is_whole else 'fewer'}:{case.group_key(columns)}"


def _is_there(case: Case, one: LeftOut) -> bool:
    """Whether the model as it is edited still has the parenthesis."""
    random = case.spec.random
    return one.place < len(random) and random[one.place] == one.asked


def _left_out(case: Case, one: LeftOut) -> Found:
    columns = one.asked.group
    if one.rest is None:
        instead, label = f"without {one.asked}", f"Leave out {one.asked}"
        changed = with_random(case.spec, one.place)
    else:
        instead, label = f"with {one.rest} instead", f"Write {one.rest}"
        changed = with_random(case.spec, one.place, one.rest)
    is_one_level = len(case.frame[list(columns)].drop_duplicates()) == 1
    finding = Finding(
        key=left_out_key(case, columns, is_whole=one.rest is None),
        severity=Severity.RED,
        sentence=f"{one.reason}.",
        meaning=f"The model is fitted {instead}.",
        actions=(Change(label, changed), Dismiss()),
        topic="few_groups" if is_one_level else "single_rows",
        details=one.note,
        columns=columns,
    )
    return Found(finding)
