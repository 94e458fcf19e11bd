"""A project file: the raw table, what was done to it, the model and the window's view.

It is a ZIP archive of `project.json`, which a person can read, and of `data.parquet`,
which other programs can open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.data.json_values import WrongValueError
from engine.data.table import Kind, Table
from engine.data.wording import quoted
from engine.errors import DataError
from engine.progress import Step, ignore
from engine.reporting.atomic import replaced_file
from engine.reporting.project_archive import (
    damaged,
    no_project,
    read_archive,
    too_large,
    write_archive,
)
from engine.reporting.project_data import read_frame, write_frame
from engine.reporting.project_head import NotAProjectError, head_text, read_head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.data.steps import Step as PreparationStep
    from engine.model.spec import ModelSpec
    from engine.progress import Report
    from engine.reporting.project_head import Head


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """All that is saved of a person's work.

    Attributes
    ----------
    table : Table
        The raw table, as it was read.
    steps : tuple of Step
        The preparation, in order; `prepare(table, steps)` does it again.
    spec : ModelSpec or None
        The model.
    estimation : {"REML", "ML"}
        How it is estimated.
    dismissed : tuple of str
        Hints that need not be shown again.
    view : mapping of str
        What the window wants to find again: values that JSON can hold, with texts as
        keys. Tuples come back as lists.
    """

    table: Table
    steps: tuple[PreparationStep, ...] = ()
    spec: ModelSpec | None = None
    estimation: str = "REML"
    dismissed: tuple[str, ...] = ()
    view: Mapping[str, Any] = field(default_factory=dict)


def save_project(
    project: Project, path: str | Path, *, report: Report = ignore
) -> None:
    """Save a project; the file that was there is replaced at the very end.

    Parameters
    ----------
    project : Project
    path : str or Path
        Where to save; no ending is added.
    report : callable
        Called with a `Step` between chunks of rows; may raise `Cancelled`, which leaves
        the old file as it was.

    Raises
    ------
    DataError
        If the project cannot be written there. The old file is then as it was.
    """
    form, data = write_frame(project.table.frame, report)
    wrong = _misfits(project.table)
    if wrong:
        raise DataError(
            "The table cannot be saved: a column is not what it is said to hold.",
            "Set the kind of the column again.",
            details=wrong,
        )
    # a text that is no valid Unicode, such as a file's name, becomes JSON's own escape
    head = head_text(project, form).encode("utf-8", "backslashreplace")
    with replaced_file(path) as file:
        write_archive(file, head, memoryview(data))
        report(Step("Saving", form.n_rows, form.n_rows))


def open_project(path: str | Path, *, report: Report = ignore) -> Project:
    """Open a project.

    Parameters
    ----------
    path : str or Path
        A file that `save_project` has written.
    report : callable
        Called with a `Step` between chunks of rows; may raise `Cancelled`.

    Returns
    -------
    Project
        As it was saved, to the last bit of every cell.

    Raises
    ------
    DataError
        If there is no such file, it is no project, a damaged one, or one of a newer
        version of Tarn.
    """
    path = Path(path)
    try:
        written, data = read_archive(path)
        head = _read_head(written, path.name)
        table = _read_table(head, data, path.name, report)
    except MemoryError as error:
        raise too_large(path.name, str(error)) from error
    return Project(
        table, head.steps, head.spec, head.estimation, head.dismissed, head.view
    )


def _read_head(written: bytes, name: str) -> Head:
    try:
        return read_head(written.decode("utf-8"))
    except NotAProjectError as error:
        raise no_project(name, str(error)) from error
    except DataError as error:  # a step or the model says why, but not in which file
        why = f"{error.message[:1].lower()}{error.message[1:]}"
        raise DataError(
            f"{quoted(name)} cannot be opened: {why}", error.remedy, error.details
        ) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise damaged(name, f"project.json: {error}") from error


def _read_table(head: Head, data: bytes, name: str, report: Report) -> Table:
    import pyarrow as pa  # noqa: PLC0415 - not before it is needed

    try:
        table = head.table(read_frame(head.form, data, report))
        wrong = _misfits(table)
        if wrong:
            raise WrongValueError(wrong)
    except (pa.ArrowMemoryError, MemoryError):
        raise
    except (ValueError, TypeError, OverflowError, OSError, pa.ArrowException) as error:
        raise damaged(name, f"data.parquet: {error}") from error
    return table


def _misfits(table: Table) -> str:
    """Say which columns cannot be of their kind."""
    found = []
    for name, dtype in table.frame.dtypes.items():
        kind = table.kinds.get(str(name))
        is_number = pd.api.types.is_numeric_dtype(dtype)
        is_date = pd.api.types.is_datetime64_any_dtype(dtype)
        is_wrong = (kind is Kind.NUMBER and not is_number) or (
            kind is Kind.DATE and not is_date
        )
        if kind is None or is_wrong:
            found.append(f"{name!r} is {dtype}, not {kind}")
    return "; ".join(found)
