"""Guess which column of numbers a response may depend on: the one offered first.

By names, values and how these lie in the groups; never by the response's values, which
would be selecting by what is to be tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.role_words import Role, has_role, is_calendar, name_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.data.table import Table

_N_LOOKED_AT = 5000
_YEARS = (1800, 2100)
_MANY_DIFFERENT = 0.2  # share of the rows from which a number looks measured
_MANY_CODES, _FILLED = 50, 0.9


def likeliest_covariate(
    table: Table | Prepared,
    scan: DesignScan,
    names: Sequence[str],
    response: str = "",
    groupings: Sequence[str] = (),
) -> str | None:
    """Choose the column of numbers with which a first model begins.

    Parameters
    ----------
    table : Table or Prepared
    scan : DesignScan
        Of the same table.
    names : sequence of str
        Columns of numbers, in the order of the table.
    response : str
        Name of what is explained; its values are not looked at.
    groupings : sequence of str
        Columns of the groups, the likeliest first.

    Returns
    -------
    str or None
        What was measured comes before times, years and codes; what varies within the
        groups before what does not; of equals the first. None if no column varies, or
        all that do are numbered rows or units.
    """
    scores: dict[str, float] = {}
    for name in names:
        values = table.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        values = values[np.isfinite(values)]
        is_varying = len(values) > 0 and bool((values != values[0]).any())
        if is_varying and not _are_codes(values):
            scores[name] = _by_name(name, response) + _by_values(values)
            scores[name] += _by_groups(scan, name, groupings)
    return max(scores, key=lambda name: scores[name]) if scores else None


def _by_name(name: str, response: str) -> float:
    """Times and places are seldom the question; a logarithm belongs to another one."""
    if is_calendar(name):
        return -4
    if has_role(name, Role.POSITION):
        return -4
    score = 0.0
    if has_role(name, Role.TIME):
        score -= 2
    if has_role(name, Role.TREATMENT):
        score += 3
    return score + (_is_log(name) and _is_log(response))


def _is_log(name: str) -> bool:
    return bool({"log", "ln"} & {*name_words(name)})


def _by_values(values: FloatArray) -> float:
    """Measurements have many values; years are whole and of some centuries."""
    values = values[:: len(values) // _N_LOOKED_AT + 1]
    different = np.unique(values)
    is_whole = bool((different == np.floor(different)).all())
    if is_whole and _YEARS[0] <= different[0] and different[-1] <= _YEARS[1]:
        return -4
    if not is_whole or len(different) > _MANY_DIFFERENT * len(values):
        return 2
    return 0


def _are_codes(values: FloatArray) -> bool:
    """Whether values number rows or units: from 0 or 1 on, with hardly a gap."""
    low, high = values.min(), values.max()
    if low not in (0, 1) or high - low < _MANY_CODES or (values % 1).any():
        return False
    return bool(len(np.unique(values)) >= _FILLED * (high - low + 1))


def _by_groups(scan: DesignScan, name: str, groupings: Sequence[str]) -> float:
    """What varies within groups can be seen there, in many rows rather than few."""
    slope = next((s for g in groupings if (s := scan.slope(name, g))), None)
    if slope is None or slope.is_constant:
        return 0
    return 2 if slope.n_varying >= slope.n_levels / 2 else 1
