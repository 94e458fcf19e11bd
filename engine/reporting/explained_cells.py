"""Which explanation belongs to a cell of a table of results, and which cell it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.inference.f_tests import KENWARD_ROGER
from engine.reporting.compared_tables import DIFFERENCES, MEANS, topic_of_compared
from engine.reporting.prediction_table import NAME, topic_of_answer
from engine.reporting.term_tables import NAME as TERM_TESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.reporting.result_table import ResultTable

Found = tuple[str, dict[str, str]]

_FIXED = {
    "SE": "standard_error",
    "df": "degrees_of_freedom",
    "t": "t_statistic",
    "p": "p_value",
}
_FIT = {
    "Criterion (minus twice the log-likelihood)": "criterion",
    "Log-likelihood": "loglik",
    "Parameters k": "n_parameters",
    "AIC": "aic",
    "AICc": "aicc",
    "BIC": "bic",
}
_MEASURES = {
    "R²": "r2_marginal",
    "R² marginal": "r2_marginal",
    "R² conditional": "r2_conditional",
    "ICC adjusted": "icc",
}
_ITEMS = {
    "Response": "formula",
    "Formula": "formula",
    "Model": "partial_pooling",
    "Estimation": "reml",
    "Software": "software",
    "Rows used": "rows",
    "Rows not used": "rows_not_used",
    "Smallest weight": "weights",
    "Largest weight": "weights",
    "Offset": "offset",
    "Fixed coefficients estimated": "n_parameters",
    "Parameters in all": "n_parameters",
    "Residual SD": "residual",
    "Residual SD (pooled)": "residual",
    "REML criterion": "criterion",
    "ML deviance": "criterion",
    "Criterion still to gain": "optimum",
    "Singular": "singular",
    "Optimum": "optimum",
    "In words": "optimum",
}
_BEGINNINGS = {
    "No pooling of": "no_pooling",
    "Levels of": "few_groups",
    "Rows per level of": "few_groups",
}
_KINDS = {
    "no pooling": "no_pooling",
    "complete pooling": "complete_pooling",
    "partial pooling": "partial_pooling",
}
_INTERVALS = {"Wald": "wald_interval", "Profile": "profile_interval"}
_INTERCEPT = "Intercept"
_LIMITS = (" lower", " upper")
_CORRELATION = "Correlation with "
_SHARE = "Share without fixed effects"


def topic_of_cell(
    table: ResultTable, row: int, column: str
) -> tuple[str, dict[str, str]]:
    """Find what explains a cell.

    Parameters
    ----------
    table : ResultTable
        One of `result_tables`, or a table of the Predict page.
    row : int
        Position, from 0; negative for the column's heading.
    column : str
        Its heading.

    Returns
    -------
    topic : str
        Name of a text in resources/help.
    key : dict of str to str
        Which cell it is, for `explained_numbers`; empty for a heading.
    """
    for name, how in _TABLES.items():
        if table.name == name or (name.endswith("_") and table.name.startswith(name)):
            topic, key = how(table, max(row, 0), column)
            if column in table.topics and len(table.frame):
                topic = table.topics[column][max(row, 0)]
            return topic, key if row >= 0 else {}
    return "notes", {}


def _cell(table: ResultTable, row: int, column: str) -> str:
    if column not in table.frame.columns or not len(table.frame):
        return ""
    return str(table.frame[column].iloc[row])


def _of_fixed_effect(table: ResultTable, row: int, column: str) -> Found:
    term = _cell(table, row, "Term")
    is_value = column in ("Term", "Estimate")
    other = "intercept" if is_value and term == _INTERCEPT else "estimate"
    topic = _FIXED.get(column, other)
    if column.endswith(_LIMITS):
        topic = "confidence_interval"
    elif column == "df" and table.key.get("df") == KENWARD_ROGER:
        topic = "kenward_roger"
    return topic, {"term": term, **table.key}


def _of_term_test(table: ResultTable, row: int, column: str) -> Found:
    key = {"tested": _cell(table, row, "Term"), **table.key}
    is_ratio = "χ²" in table.frame
    if column in ("χ²", "F", "p"):
        return "likelihood_ratio" if is_ratio else "f_statistic", key
    return "types_of_tests", key


def _of_interval(_table: ResultTable, _row: int, column: str) -> Found:
    for name, topic in _INTERVALS.items():
        if column.startswith(name):
            return topic, {}
    return "parametric_bootstrap", {}


def _of_variance(table: ResultTable, row: int, column: str) -> Found:
    group, term = _cell(table, row, "Group"), _cell(table, row, "Varies in")
    if not term:
        if column == _SHARE:
            return "variance_partition", {"source": group}
        return "residual", {}
    key = {"group": group, "term": term}
    if column.startswith(_CORRELATION):
        return "correlation", key | {"with": column.removeprefix(_CORRELATION)}
    topics = {
        "SD": "standard_deviation",
        "Levels": "few_groups",
        "Group": "what_varies",
        "Varies in": "what_varies",
        _SHARE: "variance_partition",
    }
    return topics.get(column, "variance"), key


def _of_group(table: ResultTable, row: int, column: str) -> Found:
    key = {"table": table.name, "level": _cell(table, row, "Level")}
    if not any(str(name).endswith(": deviation") for name in table.frame):
        return _of_own_group(key, column)
    term, _, what = column.rpartition(": ")
    if what in ("deviation", "SD of deviation", "in this group"):
        topic = "shrinkage" if what == "deviation" else "group_estimates"
        return topic, key | {"term": term}
    return "group_estimates", key


def _of_own_group(key: dict[str, str], column: str) -> Found:
    """A group that is not pooled."""
    if column == "Residual SD":
        return "residual", key
    return "no_pooling", key if column in ("Level", "Rows") else key | {"term": column}


def _of_row(table: ResultTable, row: int, _column: str) -> Found:
    return "rows", {"row": _cell(table, row, "Row")}


def _of_item(table: ResultTable, row: int, _column: str) -> Found:
    item, value = _cell(table, row, "Item"), _cell(table, row, "Value")
    if item == "Model":
        kinds = (topic for words, topic in _KINDS.items() if words in value)
        return next(kinds, "least_squares"), {}
    if item == "Estimation" and "squares" in value:
        return "least_squares", {}
    for beginning, topic in _BEGINNINGS.items():
        if item.startswith(f"{beginning} "):
            return topic, {"grouping": item.removeprefix(f"{beginning} ")}
    return _ITEMS.get(item, "notes"), {}


def _of_measure(table: ResultTable, row: int, _column: str) -> Found:
    return _MEASURES.get(_cell(table, row, "Measure"), "variance_partition"), {}


def _of_index(table: ResultTable, row: int, column: str) -> Found:
    if column == "Likelihood":
        return "reml", {}
    return _FIT.get(_cell(table, row, "Index"), "loglik"), {}


def _of_source(table: ResultTable, row: int, _column: str) -> Found:
    return "variance_partition", {"source": _cell(table, row, "Source")}


def _of_answer(table: ResultTable, row: int, _column: str) -> Found:
    return topic_of_answer(table, row)


def _always(topic: str) -> Callable[[ResultTable, int, str], Found]:
    def found(_table: ResultTable, _row: int, _column: str) -> Found:
        return topic, {}

    return found


_TABLES: dict[str, Callable[[ResultTable, int, str], Found]] = {
    "model_information": _of_item,
    "fixed_effects": _of_fixed_effect,
    TERM_TESTS: _of_term_test,
    "random_effect_variances": _of_variance,
    "residual_variance": _always("residual"),
    "variance_partition": _of_source,
    "r_squared": _of_measure,
    "fit_indices": _of_index,
    "rows_not_used": _always("rows_not_used"),
    "rows": _of_row,
    "notes": _always("notes"),
    "tests_side_by_side": _always("tests_side_by_side"),
    "intervals_side_by_side": _of_interval,
    NAME: _of_answer,
    MEANS: topic_of_compared,
    DIFFERENCES: topic_of_compared,
    "group_estimates_": _of_group,
    "separate_regressions_": _of_group,
}
"""By the table's name; one that ends with an underscore is a beginning."""
