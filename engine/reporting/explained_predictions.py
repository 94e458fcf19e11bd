"""The numbers behind one prediction, so that its interval can be worked out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reporting.explained_intervals import followed_interval
from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.fitted_model import FittedModel


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
        By placeholder; empty if no prediction is meant or it has no spread.
    """
    if "question" not in key or "std_error" not in key:
        return {}
    names = ("estimate", "std_error", "lower", "upper")
    estimate, error, lower, upper = (float(key[name]) for name in names)
    if not error > 0:
        return {}
    parts = followed_interval(estimate, error, (upper - lower) / (2 * error))
    ends = zip(("lower", "upper"), (lower, upper), strict=True)
    return {
        "fine_estimate": parts["fine_estimate"],
        "fine_se": parts["fine_se"],
        "critical": parts["critical"],
        **{name: shown(value, Kind.ESTIMATE, error) for name, value in ends},
    }
