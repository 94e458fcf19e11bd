"""Open what a user gives: a data file, a project, a pasted table. No Qt here."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import engine
from engine.errors import DataError
from engine.inference.choice import InferenceChoice
from engine.reporting.project_archive import damaged
from gui.work.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.data.prepared import Step
    from engine.progress import Report

PROJECT_ENDING = ".tarn"
_PASTED = "pasted table"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A document from a file.

    Attributes
    ----------
    document : Document
    title : str
        What the window calls it.
    path : Path or None
        Of the project file, to which it will be saved again; None for other files.
    source : Path or None
        The file that was opened, for the list of recent ones.
    view : mapping
        What the window had noted in the project.
    """

    document: Document
    title: str
    path: Path | None = None
    source: Path | None = None
    view: Mapping[str, Any] = field(default_factory=dict)


def open_file(path: Path, *, report: Report) -> Opened:
    """Open a project or a data file, by its ending."""
    if path.suffix.lower() != PROJECT_ENDING:
        return open_data(path)
    project = engine.open_project(path, report=report)
    weights = project.view.get("weights")
    if not isinstance(weights, str | None):
        raise damaged(path.name, f"view.weights is {weights!r:.80}")
    try:
        inference = InferenceChoice.from_dict(project.view.get("inference", {}))
    except (ValueError, AttributeError) as problem:
        raise damaged(path.name, f"view: {problem}") from problem
    document = Document(
        table=project.table,
        steps=project.steps,
        spec=project.spec,
        estimation=project.estimation,
        weights=weights,
        dismissed=project.dismissed,
        inference=inference,
    )
    return Opened(document, path.stem, path, path, project.view)


def open_data(path: Path, **options: Any) -> Opened:
    """Open a data file without a model.

    Parameters
    ----------
    path : Path
    **options
        As `engine.read_table` takes them.
    """
    table = engine.read_table(path, **options)
    return Opened(Document(table), path.stem, source=path)


def open_text(text: str) -> Opened:
    """Open a table that was copied in another program.

    Parameters
    ----------
    text : str
        Rows of cells with tabs between them, or anything else that a file may hold.

    Raises
    ------
    DataError
        If there is no table in it.
    """
    if not text.strip():
        raise DataError(
            "There is no table in the clipboard.",
            "Copy cells in a spreadsheet, with their headings, and paste again.",
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _PASTED  # messages and headings call it so
        path.write_text(text, encoding="utf-8", newline="")
        table = engine.read_table(path)
    # what was copied may begin anywhere in its sheet
    return Opened(Document(replace(table, first_line=0)), _PASTED)


def open_example(
    path: Path, title: str, formula: str, steps: tuple[Step, ...]
) -> Opened:
    """Open an example with its model.

    Parameters
    ----------
    path : Path
    title : str
    formula : str
        Of the columns as the steps leave them.
    steps : tuple of Step
    """
    from engine.data.steps import prepare  # noqa: PLC0415 - pandas, when there are data

    table = engine.read_table(path)
    columns = tuple(prepare(table, steps).frame.columns)
    spec = engine.parse_formula(formula, columns)
    return Opened(Document(table, steps, spec), title)


def save(
    document: Document, view: Mapping[str, Any], path: Path, *, report: Report
) -> Document:
    """Save the work as a project.

    Returns
    -------
    Document
        What was saved.

    Raises
    ------
    EngineError
        If the file cannot be written; an older one is then as it was.
    """
    assert document.table is not None
    project = engine.Project(
        table=document.table,
        steps=document.steps,
        spec=document.spec,
        estimation=document.estimation,
        dismissed=document.dismissed,
        view={
            **view,
            "weights": document.weights,
            "inference": document.inference.to_dict(),
        },
    )
    engine.save_project(project, path, report=report)
    return document
