"""All tables of a fitted model, ready to be shown or written to files."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from engine.progress import ignore
from engine.reporting.effect_tables import (
    explained_table,
    fixed_effects_table,
    partition_table,
    variance_table,
)
from engine.reporting.group_tables import group_tables
from engine.reporting.model_facts import plain_notes
from engine.reporting.model_tables import fit_index_table, information_table
from engine.reporting.numbers import Kind
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.term_tables import has_term_tests, term_tests_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.fitted_model import FittedModel
    from engine.progress import Report

__all__ = ["ColumnFormat", "ResultTable", "result_tables"]

LONGEST_NAME = 60


def result_tables(
    model: FittedModel, report: Report = ignore
) -> tuple[ResultTable, ...]:
    """Make every table of a model.

    Parameters
    ----------
    model : FittedModel
        Mixed or least squares, singular or not; its `inference` says how the fixed
        effects are tested.
    report : callable
        Hears of refits that tests need; may raise `Cancelled`.

    Returns
    -------
    tuple of ResultTable
        Model information, fixed effects, tests of terms if there are any, variances,
        where the variation lives, R2, fit indices, one table per grouping, rows, rows
        not used, notes. Names are different even where a file system does not tell A
        from a.
    """
    tables = [
        information_table(model),
        fixed_effects_table(model),
        *([term_tests_table(model, report)] if has_term_tests(model) else []),
        variance_table(model),
        partition_table(model),
        explained_table(model),
        fit_index_table(model),
        *group_tables(model),
        rows_table(model),
        unused_rows_table(model),
        notes_table(model),
    ]
    return tuple(_with_file_names(tables))


def rows_table(model: FittedModel) -> ResultTable:
    """Observed value, fitted value and residual of each row used."""
    frame = pd.DataFrame(
        {
            "Row": model.design.rows.to_numpy(),
            "Observed": model.design.y,
            "Fitted": model.fitted.to_numpy(),
            "Residual": model.residuals.to_numpy(),
        }
    )
    # three significant digits of a typical residual
    how = ColumnFormat(Kind.ESTIMATE, error=model.sigma / 10)
    formats = dict.fromkeys(["Observed", "Fitted", "Residual"], how)
    foot = (
        f"Observed: {model.design.response_name} as the model explains it.",
        "Fitted: fixed effects plus the predicted deviations of the row's groups."
        if model.is_mixed
        else "Fitted: from the fixed effects.",
        "Residual: observed less fitted.",
    )
    return ResultTable("rows", "Rows", frame, foot, formats, in_summary=False)


def unused_rows_table(model: FittedModel) -> ResultTable:
    """Rows that were left out, each with its reason."""
    dropped = model.unused_rows
    frame = pd.DataFrame(
        {
            "Row": dropped.index.to_numpy(),
            "Reason": pd.Series(dropped["reason"].to_numpy(), dtype="str"),
        }
    )
    return ResultTable("rows_not_used", "Rows not used", frame)


def notes_table(model: FittedModel) -> ResultTable:
    """What was decided on the way, a sentence a row."""
    frame = pd.DataFrame({"Note": pd.Series(plain_notes(model), dtype="str")})
    return ResultTable("notes", "Notes", frame)


def _with_file_names(tables: Iterable[ResultTable]) -> Iterable[ResultTable]:
    """Make names that any file system takes, and no two of them alike."""
    used: set[str] = set()
    for table in tables:
        name = _file_word(table.name)
        number = 2
        while name.lower() in used:
            name = f"{_file_word(table.name)}_{number}"
            number += 1
        used.add(name.lower())
        yield replace(table, name=name)


def _file_word(text: str) -> str:
    """Letters, digits and underscores of plain ASCII."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[\W_]+", "_", plain)[:LONGEST_NAME].strip("_")
