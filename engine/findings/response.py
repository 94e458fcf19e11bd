"""A response that the normal distribution describes poorly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.group_words import sentence_case
from engine.data.scan import response_advice
from engine.findings.finding import Action, Dismiss, Finding, Found, Severity, Show
from engine.model.columns import readable
from engine.model.language.expressions import parse_expression

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.findings.case import Case


def response_kind(case: Case) -> list[Found]:
    """Say that the response looks like yes or no, a proportion, or small counts.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        At most one.
    """
    name, values = readable(case.spec.response), _values(case)
    advice = response_advice(values, name) if len(values) else ()
    if not advice:
        return []
    seen, _, meaning = advice[0].removeprefix(f"'{name}' ").partition(": ")
    is_yes_or_no = seen.startswith("has only two values")
    what = "counts" if "counts" in seen else "proportion"
    actions: tuple[Action, ...] = (Dismiss(),)
    if not is_yes_or_no:
        look = Show("Residuals v fitted", "diagnostics", item="residuals_fitted")
        actions = (look, Dismiss())
    topic = f"response_{'yes_no' if is_yes_or_no else what}"
    finding = Finding(
        key=f"{topic}:{name}",
        severity=Severity.RED if is_yes_or_no else Severity.AMBER,
        sentence=f"{name} {seen}.",
        meaning=sentence_case(meaning),
        actions=actions,
        topic=topic,
        columns=parse_expression(case.spec.response).columns,
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
