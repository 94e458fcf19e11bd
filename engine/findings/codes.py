"""Numbers that are names: site 1, 2, 3 taken as a measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.role_words import Role, has_role, head_word
from engine.data.table import Kind

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.data.design_facts import GroupFacts

_TREATMENTS = """
    arm condition cultivar diet gender group morph sex status supplement treat
    treatment trt variety
"""
FEWEST = 3
"""Two numbers say the same as two names."""


def are_names(group: GroupFacts, values: FloatArray) -> bool:
    """Tell whether a column of numbers looks like names of groups.

    Parameters
    ----------
    group : GroupFacts
        Its levels.
    values : ndarray of shape (n,)
        Without missing ones.

    Returns
    -------
    bool
        By the column's name, and because the numbers run 1, 2, 3, ... or all occur
        equally often.
    """
    name = group.column
    if group.kind is not Kind.NUMBER or group.n_levels < FEWEST:
        return False
    is_unit = has_role(name, Role.PLACE, Role.UNIT) and not has_role(name, Role.TIME)
    is_treatment = head_word(name) in _TREATMENTS.split()
    is_whole = bool(np.equal(np.mod(values, 1), 0).all())
    if group.rows_median < 2 or not is_whole or not (is_unit or is_treatment):
        return False
    low, high = float(values.min()), float(values.max())
    is_gapless = high - low + 1 == group.n_levels
    if is_treatment:
        return is_gapless and low in (0, 1)
    # from 0 on units are rather counted than named
    return low != 0 and (is_gapless or group.rows_min == group.rows_max)
