"""The part of a project that a person can read: everything but the cells, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.data.json_values import (
    Fields,
    WrongValueError,
    listed,
    mapping,
    one_of,
    optional,
    text,
    whole,
)
from engine.data.steps import step_from_dict
from engine.data.table import Kind, Table
from engine.errors import DataError
from engine.fitting.fit import ESTIMATIONS
from engine.model.spec_json import spec_from_dict, spec_to_dict
from engine.reporting.project_data import Form
from engine.reporting.version import SOFTWARE, VERSION
from engine.sentences import Said, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from engine.data.steps import Step
    from engine.model.spec import ModelSpec
    from engine.reporting.project import Project

FORMAT = "Tarn project"
FORMAT_VERSION = 1
_WIDTH = 80


class NotAProjectError(ValueError):
    """The JSON is not that of a project."""


@dataclass(frozen=True, slots=True)
class Head:
    """A project without its cells; see `Project` and `Table`."""

    form: Form
    kinds: Mapping[str, Kind]
    kind_reasons: Mapping[str, str]
    notes: tuple[Said, ...]
    source: str
    first_line: int
    steps: tuple[Step, ...]
    spec: ModelSpec | None
    estimation: str
    dismissed: tuple[str, ...]
    view: Mapping[str, Any]

    def table(self, frame: pd.DataFrame) -> Table:
        """Put the cells in their place.

        Parameters
        ----------
        frame : DataFrame

        Returns
        -------
        Table
        """
        return Table(
            frame,
            self.kinds,
            self.kind_reasons,
            self.notes,
            self.source,
            self.first_line,
        )


# ---- writing ------------------------------------------------------------------


def head_text(project: Project, form: Form) -> str:
    """Write all but the cells.

    Parameters
    ----------
    project : Project
    form : Form
        What is to be kept of the frame.

    Returns
    -------
    str
        Indented JSON.

    Raises
    ------
    DataError
        If a part of it could not be opened again.
    """
    _check(project)
    model = None if project.spec is None else spec_to_dict(project.spec)
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program": f"{SOFTWARE} {VERSION}",
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "table": _table_written(project.table, form),
        "steps": [step.to_dict() for step in project.steps],
        "model": model,
        "estimation": project.estimation,
        "dismissed": list(project.dismissed),
        "view": dict(project.view),
    }
    try:
        return _indented(head) + "\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(
            "The project cannot be saved: a part of it cannot be written down.",
            "Save the results instead, and report this to the makers of Tarn.",
            details=f"{type(error).__name__}: {error}",
        ) from error


def _check(project: Project) -> None:
    """Refuse now what could not be opened later."""
    if project.estimation not in ESTIMATIONS:
        raise DataError(
            f"There is no estimation called {project.estimation}.",
            f"Choose {' or '.join(ESTIMATIONS)}.",
        )
    if project.spec is not None and (
        spec_from_dict(spec_to_dict(project.spec)) != project.spec
    ):
        raise DataError(
            "The model cannot be saved: its formula has another form than Tarn's.",
            "Set the formula again, then save.",
            details=repr(project.spec),
        )


def _table_written(table: Table, form: Form) -> dict[str, object]:
    columns = [
        {
            "name": name,
            "kind": table.kinds[name].value,
            "why": table.kind_reasons.get(name),
            **description,
        }
        for name, description in form.columns.items()
    ]
    return {
        "source": table.source,
        "first_line": table.first_line,
        "rows": form.n_rows,
        "row_labels": dict(form.labels),
        "columns": columns,
        "notes": [_said_written(note) for note in table.notes],
    }


def _said_written(said: Said) -> object:
    return said.written if isinstance(said, Sentence) else said


def _said(value: object, where: str) -> Said:
    """Take a sentence: a text, or words and numbers in turn."""
    if not isinstance(value, list):
        return text(value, where)
    for part in value:
        if isinstance(part, bool) or not isinstance(part, str | float | int):
            raise WrongValueError(f"{where} is no sentence")
    return Sentence.read(value)


def _indented(value: object, margin: str = "") -> str:
    """Write JSON with what fits on a line on one, and lists of numbers always.

    The rows of an excluded lake would otherwise fill pages.
    """
    short = json.dumps(value, ensure_ascii=False)
    is_row = isinstance(value, list) and set(map(type, value)) <= {int, float}
    if not isinstance(value, dict | list | tuple) or is_row:
        return short
    if margin and len(margin) + len(short) <= _WIDTH:
        return short
    inner = margin + "  "
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(str(key), ensure_ascii=False)}: {_indented(one, inner)}"
            for key, one in value.items()
        ]
        opening, closing = "{", "}"
    else:
        parts = [_indented(one, inner) for one in value]
        opening, closing = "[", "]"
    lines = f",\n{inner}".join(parts)
    return f"{opening}\n{inner}{lines}\n{margin}{closing}"


# ---- reading ------------------------------------------------------------------


def read_head(written: str) -> Head:
    """Read what `head_text` has written.

    Parameters
    ----------
    written : str

    Returns
    -------
    Head

    Raises
    ------
    NotAProjectError
        If it is something else.
    DataError
        If it was written by a newer version of Tarn, or a step or the model is
        damaged.
    ValueError, RecursionError
        If it is damaged.
    """
    parsed = json.loads(written)
    if not isinstance(parsed, dict) or parsed.get("format") != FORMAT:
        raise NotAProjectError("project.json has no format that is known")
    fields = Fields(parsed, "project")
    fields.take("format", text)
    version = fields.take("format_version", whole)
    program = fields.take("program", text)
    if version > FORMAT_VERSION:
        raise DataError(
            f"The project was saved by a newer version of Tarn ({program}), in a form "
            f"that {SOFTWARE} {VERSION} does not know.",
            "Open it with that version.",
            details=f"format version {version}; known up to {FORMAT_VERSION}",
        )
    if version < 1:
        raise WrongValueError(f"format version {version}")
    fields.take("saved", text)
    head = _head(fields)
    fields.end()
    return head


def _head(fields: Fields) -> Head:
    table = fields.take("table", Fields)
    columns = table.take("columns", listed(_column))
    form = Form(
        n_rows=table.take("rows", whole),
        labels=table.take("row_labels", mapping),
        columns={name: description for name, _, _, description in columns},
    )
    if len(form.columns) < len(columns):
        raise WrongValueError("two columns have the same name")
    head = Head(
        form=form,
        kinds={name: kind for name, kind, _, _ in columns},
        kind_reasons={name: why for name, _, why, _ in columns if why is not None},
        notes=table.take("notes", listed(_said)),
        source=table.take("source", text),
        first_line=table.take_if_there("first_line", whole, 0),
        steps=fields.take("steps", listed(_step)),
        spec=fields.take("model", optional(lambda v, w: spec_from_dict(mapping(v, w)))),
        estimation=fields.take("estimation", text),
        dismissed=fields.take("dismissed", listed(text)),
        view=fields.take("view", mapping),
    )
    if head.estimation not in ESTIMATIONS:
        raise WrongValueError(f"estimation is {head.estimation}")
    table.end()
    return head


def _column(
    value: object, where: str
) -> tuple[str, Kind, str | None, dict[str, object]]:
    fields = Fields(value, where)
    return (
        fields.take("name", text),
        fields.take("kind", one_of(Kind)),
        fields.take("why", optional(text)),
        fields.rest(),
    )


def _step(value: object, where: str) -> Step:
    return step_from_dict(mapping(value, where))
