"""Means and their comparisons as tables that can be shown, copied and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.diagnostics.compared_intervals import contrast_words
from engine.diagnostics.compared_settings import column_names
from engine.reporting.compared_words import ComparedWords
from engine.reporting.numbers import Kind, is_number
from engine.reporting.prediction_words import coverage
from engine.reporting.result_table import ColumnFormat, ResultTable

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from engine.diagnostics.compared import Compared
    from engine.diagnostics.compared_inputs import ComparedInputs
    from engine.fitted_model import FittedModel

    Columns = dict[str, Sequence[str]]

MEANS, DIFFERENCES = "marginal_means", "comparisons"
COMPARISON = "Comparison"
_NONE = "–"


def means_table(
    model: FittedModel, offered: ComparedInputs, found: Compared
) -> ResultTable:
    """One row for each mean or slope.

    Parameters
    ----------
    model : FittedModel
    offered : ComparedInputs
        Of the model.
    found : Compared

    Returns
    -------
    ResultTable
        The columns told apart, the estimate, SE, df and the limits.
    """
    words = ComparedWords(model, found)
    asked = found.comparison
    told = [*asked.quantity.columns, *filter(None, [asked.settings.by])]
    texts = _texts(offered, told)
    numbers = _numbers(found.means, words.estimate, asked.settings.level)
    columns: Columns = {_free(name, numbers): text for name, text in texts.items()}
    title, foot = words.means_title, tuple(words.means_foot())
    function = asked.scale.function
    return _table(MEANS, title, columns, numbers, words.estimate, foot, function)


def differences_table(
    model: FittedModel, offered: ComparedInputs, found: Compared
) -> ResultTable | None:
    """One row for each comparison.

    Parameters
    ----------
    model : FittedModel
    offered : ComparedInputs
        Of the model.
    found : Compared

    Returns
    -------
    ResultTable or None
        The column they are made at, the comparison, the difference, SE, df, the
        limits, t and p; None where nothing is compared.
    """
    table, words = found.differences, ComparedWords(model, found)
    if table is None:
        return None
    settings = found.comparison.settings
    numbers = _numbers(table, words.difference, settings.level)
    numbers |= {"t": table["statistic"].tolist(), "p": table["p_value"].tolist()}
    columns: Columns = {}
    if settings.by:
        series = column_names(offered, settings.by)
        each = len(table) // len(series)
        name = _free(settings.by, [*numbers, COMPARISON])
        columns[name] = [text for text in series for _ in range(each)]
    columns[COMPARISON] = list(map(contrast_words, table["contrast"]))
    title, foot = words.differences_title, tuple(words.differences_foot())
    function = found.comparison.scale.of_ratios.function
    return _table(
        DIFFERENCES, title, columns, numbers, words.difference, foot, function
    )


def _texts(offered: ComparedInputs, told: Sequence[str]) -> dict[str, list[str]]:
    """The values of each column in each row, the first column's changing fastest."""
    names = [column_names(offered, name) for name in told]
    sizes = [len(own) for own in names]
    rows = np.arange(int(np.prod(sizes)))
    codes = np.unravel_index(rows, sizes, order="F") if sizes else ()
    return {
        name: [own[code] for code in place]
        for name, own, place in zip(told, names, codes, strict=True)
    }


def _free(name: str, taken: Container[str]) -> str:
    """A column's name that is not that of a number."""
    return f"{name} (column)" if name in taken else name


def _numbers(table: pd.DataFrame, what: str, level: float) -> dict[str, list[float]]:
    said = coverage(level)
    names = {
        "estimate": what,
        "std_error": "SE",
        "df": "df",
        "lower": f"{said} lower",
        "upper": f"{said} upper",
    }
    return {shown: table[name].tolist() for name, shown in names.items()}


def _table(
    name: str,
    title: str,
    columns: Columns,
    numbers: dict[str, list[float]],
    what: str,
    foot: tuple[str, ...],
    function: str,
) -> ResultTable:
    texts = {key: pd.Series(list(own), dtype="str") for key, own in columns.items()}
    if not texts:
        texts = {"Quantity": pd.Series([title], dtype="str")}
    # ends of a ratio differ in size: each has its own digits
    error = "" if function else "SE"
    how = ColumnFormat(Kind.ESTIMATE, error=error, missing=_NONE)
    formats = dict.fromkeys(numbers, how)
    formats["df"] = ColumnFormat(Kind.DF, missing=_NONE)
    formats |= {
        key: ColumnFormat(kind, missing=_NONE)
        for key, kind in (("t", Kind.STATISTIC), ("p", Kind.P_VALUE))
        if key in numbers
    }
    frame = pd.DataFrame({**texts, **numbers})
    if function:
        frame.attrs["function"] = function
    return ResultTable(name, title, frame, foot, formats)


def topic_of_compared(
    table: ResultTable, row: int, column: str
) -> tuple[str, dict[str, str]]:
    """Which explanation belongs to a cell of either table, and its row's numbers.

    Parameters
    ----------
    table : ResultTable
        From `means_table` or `differences_table`.
    row : int
    column : str

    Returns
    -------
    topic : str
    key : dict of str to str
        For `explained_compared`.
    """
    topic = _topic(table, column)
    names = {"SE": "std_error", "df": "df", "t": "t", "p": "p"}
    key: dict[str, str] = {}
    for name in table.frame.columns:
        value = table.frame[name].iloc[row]
        role = names.get(str(name)) or _role(str(name))
        if role and is_number(value):
            key[role] = repr(float(value))
    origin = {str(name): str(own) for name, own in table.frame.attrs.items()}
    return topic, {"compared": table.name, **key, **origin} if key else {}


def _role(name: str) -> str:
    if name in ("Mean", "Median", "Slope", "Difference", "Ratio", "Trend"):
        return "estimate"
    return next((end for end in ("lower", "upper") if name.endswith(f" % {end}")), "")


def _topic(table: ResultTable, column: str) -> str:
    if column == "df":
        return "degrees_of_freedom"
    if table.name == MEANS:
        return "marginal_slopes" if "Slope" in table.frame else "marginal_means"
    return "adjusted_p" if column in ("t", "p") else "comparisons"
