"""Effects that vary independently of the baseline, at a zero far from the data.

With `(x || g)` baselines and effects are uncorrelated where x is zero and nowhere
else: another origin of x is another model. For a column of the fixed part that is said
with what else a far zero means (`origin`); here it is said of those that only vary.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.group_words import group_noun
from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.origin import centre_change, independent_at_zero
from engine.findings.words import joined
from engine.findings.zeros import can_be_centred, far_from_zero
from engine.model.columns import used_columns
from engine.model.language.names import quoted
from engine.model.tidying import tidied
from engine.written_numbers import fixed

if TYPE_CHECKING:
    from engine.findings.case import Case


def double_bars_far_from_zero(case: Case) -> list[Found]:
    """Say where the model depends on the origin of a column.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        One for each column that varies without its correlation with the baseline, and
        whose zero lies outside the data.
    """
    varying = used_columns(term for own in case.spec.random for term in own.terms)
    found = []
    for name in varying:
        groups = independent_at_zero(case, name)
        if groups and name not in case.far and name not in case.coded_names:
            distance = _distance(case.frame[name])
            if distance is not None:
                found.append(_found(case, name, groups, distance))
    return found


def _distance(column: pd.Series) -> float | None:
    """SDs from zero to the mean, if zero is far; None also for what is no number."""
    is_number = pd.api.types.is_numeric_dtype(column)
    if not is_number or pd.api.types.is_bool_dtype(column):
        return None
    return far_from_zero(column.to_numpy(dtype=np.float64))


def _found(case: Case, name: str, groups: tuple[str, ...], distance: float) -> Found:
    many = joined([group_noun(group)[1] for group in groups])
    change = _with_correlations(case, name)
    if can_be_centred(case.spec, name):
        change = centre_change(case, (name,))
    side = "above" if distance > 0 else "below"
    finding = Finding(
        key=f"double_bar:{case.source(name)}",
        severity=Severity.AMBER,
        sentence=f"Baselines and effects of {name} are taken as uncorrelated among "
        f"{many} where {name} is 0; your data lie {fixed(abs(distance), 1)} SD {side}.",
        meaning="Another zero, by centring or in another unit, is another model with "
        f"another fit: centre {name}, or allow the correlation.",
        actions=(change, Dismiss()),
        topic="double_bar_shift",
        columns=(name,),
    )
    return Found(finding)


def _with_correlations(case: Case, name: str) -> Change:
    """Join what varies with a column to one correlated parenthesis a grouping."""
    slope = (quoted(name),)
    random = tuple(
        replace(own, intercept=True, correlated=True) if slope in own.terms else own
        for own in case.spec.random
    )
    joined_groups = {own.group for own in random if slope in own.terms}
    kept = tuple(
        own
        for own in random
        if own.terms or not (own.intercept and own.group in joined_groups)
    )
    spec = tidied(replace(case.spec, random=kept), case.spec)
    return Change("Allow the correlation", spec)
