"""A response that the normal distribution describes poorly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.response_kinds import ResponseKind, response_doubt
from engine.findings.finding import Action, Dismiss, Finding, Found, Severity, Show
from engine.model.columns import readable
from engine.model.language.expressions import parse_expression

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.findings.case import Case


def response_kind(case: Case) -> list[Found]:
    """Say that the response looks like yes or no, ratings, counts, or a proportion.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        At most one.
    """
    name, values = readable(case.spec.response), _values(case)
    doubt = response_doubt(values, name) if len(values) else None
    if doubt is None:
        return []
    is_yes_or_no = doubt.kind is ResponseKind.YES_NO
    actions: tuple[Action, ...] = (Dismiss(),)
    if not is_yes_or_no:
        look = Show("Residuals v fitted", "diagnostics", item="residuals_fitted")
        actions = (look, Dismiss())
    columns = parse_expression(case.spec.response).columns
    topic = f"response_{doubt.kind.value}"
    finding = Finding(
        key=f"{topic}:{case.term_key((case.spec.response,))}",
        severity=Severity.RED if is_yes_or_no else Severity.AMBER,
        sentence=f"{name} {doubt.seen}.",
        meaning=doubt.meaning,
        actions=actions,
        topic=topic,
        columns=columns,
    )
    return [Found(finding)]


def _values(case: Case) -> FloatArray:
    """The response; before a fit only if it is a column of numbers as it stands."""
    if case.model is not None:
        return case.model.design.y
    expression = parse_expression(case.spec.response)
    column = case.frame[expression.columns[0]]
    if not expression.is_column or not pd.api.types.is_numeric_dtype(column):
        return np.zeros(0)
    values: FloatArray = column.to_numpy(dtype=np.float64)
    return values[np.isfinite(values)]
