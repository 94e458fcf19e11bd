"""The numbers behind one prediction, so that its interval can be worked out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted
from engine.diagnostics.prediction_scale import Scale
from engine.reporting.explained_intervals import followed_interval
from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.fitted_model import FittedModel

_INVERSE = {
    "log": "exp of both",
    "log1p": "exp of both, less 1",
    "log2": "2 to the power of both",
    "log10": "10 to the power of both",
}


def prediction_values(_model: FittedModel, key: Mapping[str, str]) -> dict[str, str]:
    """Estimate, standard error, quantile and limits of one answer.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        As `engine.reporting.prediction_table.topic_of_answer` gives it.

    Returns
    -------
    dict of str to str
        By placeholder; empty if no prediction is meant or it has no spread. `lower` and
        `upper` are what the table has; `t_` of them by Student's t alone, `refitted_`
        by refits, `log_` before a logarithm was taken back, `back_` after it.
    """
    if "question" not in key or "std_error" not in key:
        return {}
    names = ("estimate", "std_error", "lower", "upper")
    numbers = tuple(float(key[name]) for name in names)
    _, error, lower, upper = numbers
    if not error > 0:
        return {}
    function = key.get("function", "")
    if "refits" in key:
        digits = None if function else error
        ends = {
            name: shown(value, Kind.ESTIMATE, digits)
            for name, value in (("lower", lower), ("upper", upper))
        }
        made = {f"refitted_{name}": text for name, text in ends.items()}
        refits = counted(int(key["refits"]), "refit")
        return {"n_refits": refits, **made, **ends}
    return interval_values(numbers, function)


def interval_values(numbers: tuple[float, ...], function: str) -> dict[str, str]:
    """An interval by Student's t, on the scale of the response or taken back from it.

    Parameters
    ----------
    numbers : tuple of float
        Estimate, its standard error, lower and upper limit, as they are shown.
    function : str
        The logarithm that was taken back; ``""`` for none.

    Returns
    -------
    dict of str to str
        By placeholder.
    """
    estimate, error, lower, upper = numbers
    ends = {
        name: shown(value, Kind.ESTIMATE, None if function else error)
        for name, value in (("lower", lower), ("upper", upper))
    }
    if function:
        scale = Scale("", "", "", function)
        error /= float(scale.error_back(np.array(1.0), np.array(scale.forth(estimate))))
        estimate, low, high = map(scale.forth, (estimate, lower, upper))
        made = {f"back_{name}": text for name, text in ends.items()}
        made["inverse"] = _INVERSE[function]
        for name, value in (("log_lower", low), ("log_upper", high)):
            made[name] = shown(value, Kind.ESTIMATE, error)
    else:
        low, high = lower, upper
        made = {f"t_{name}": text for name, text in ends.items()}
    parts = followed_interval(estimate, error, (high - low) / (2 * error))
    return {
        "fine_estimate": parts["fine_estimate"],
        "fine_se": parts["fine_se"],
        "critical": parts["critical"],
        **made,
        **ends,
    }
