"""What the panel does to columns and steps, each as one undoable change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.conversion import NAMED, words_among_numbers
from engine.data.distinct import TEXT
from engine.data.steps import Centre, Rename, SetKind, SetLevels
from engine.data.table import Kind
from engine.errors import EngineError
from engine.findings.remedies import recentred
from engine.model.language.expressions import parse_expression
from engine.model.sentence_edits import renamed, used_columns

if TYPE_CHECKING:
    from engine import ModelSpec
    from engine.data.level_steps import MergeLevels
    from engine.data.prepared import Prepared, Step
    from gui.session import Session


def acts_as_covariate(spec: ModelSpec | None, column: str) -> bool:
    """Whether a model reads a column, and not as what is explained."""
    if spec is None or column not in used_columns(spec):
        return False
    return column not in parse_expression(spec.response).columns


def centre(session: Session, column: str) -> None:
    """Add a column without its mean; a model that reads the old one takes the new."""
    prepared, spec = session.prepared, session.spec
    if prepared is None:
        return
    step = Centre.at_mean(column, prepared)
    if step.validate(prepared):
        return
    new = None
    if spec is not None and acts_as_covariate(spec, column):
        new = recentred(spec, {column: step.to})  # groups by this column stay groups
    session.add_steps([step], f"Centre {column}", spec=new)


def rename(session: Session, column: str, to: str) -> str:
    """Give a column another name, in the model too.

    Parameters
    ----------
    session : Session
    column, to : str
        Names before and after.

    Returns
    -------
    str
        Why that cannot be, one sentence; empty if it was done.
    """
    if session.prepared is None or to == column:
        return ""
    step = Rename(column, to)
    if problem := step.validate(session.prepared):
        return problem
    spec, document = session.spec, session.document
    if spec is not None and column in used_columns(spec):
        try:
            spec = renamed(spec, column, to)
        except EngineError as error:
            return error.message
    weights = to if document.weights == column else document.weights
    steps = document.with_step(step).steps
    session.change(step.description, steps=steps, spec=spec, weights=weights)
    return ""


def looked_at(
    prepared: Prepared, column: str, kind: Kind
) -> tuple[str, SetKind | None]:
    """Look whether the cells of a column can be read as a kind; for a worker too.

    Returns
    -------
    problem : str
        Why not, one sentence; empty if they can.
    without : SetKind or None
        The step that reads the few words among numbers as missing; None if there are
        too many, or none.
    """
    problem = SetKind(column, kind).validate(prepared) or ""
    values = prepared.frame[column]
    is_text = values.dtype in (TEXT, object) and prepared.kinds.get(column) in NAMED
    if not problem or kind is not Kind.NUMBER or not is_text:
        return problem, None
    words = words_among_numbers(values)
    return problem, SetKind(column, kind, tuple(words)) if words else None


def take_kind(session: Session, column: str, kind: Kind) -> None:
    """Take a column as what it can be read as."""
    if session.prepared is not None and session.prepared.kinds.get(column) != kind:
        session.add_steps([SetKind(column, kind)])


def read_as_missing(session: Session, step: SetKind) -> None:
    """Take a column as numbers without its words, as `looked_at` has found."""
    session.add_steps([step])


def set_reference(session: Session, column: str, level: str) -> None:
    """Make a level the one that the others are compared with."""
    if session.prepared is not None:
        step = SetLevels(column, (level,))
        if not step.validate(session.prepared):
            session.add_steps([step], f"{level} as reference of {column}")


def merge_levels(session: Session, step: MergeLevels) -> None:
    """Write levels as one, if they are still there."""
    if session.prepared is not None and not step.validate(session.prepared):
        session.add_steps([step])


def remove_step(session: Session, step: Step) -> None:
    """Take a step out of the list; the model goes back to the column it was made of.

    A later step that needs this one cannot be done then; the session says which.
    """
    document, spec = session.document, session.spec
    steps = tuple(kept for kept in document.steps if kept is not step)
    words = f"Remove: {step.description}"
    if isinstance(step, Rename | Centre) and spec is not None:
        used = used_columns(spec)
        if step.to in used and (isinstance(step, Rename) or step.column not in used):
            spec = _followed(spec, step.to, step.column)
    session.change(words, steps=steps, spec=spec)


def _followed(spec: ModelSpec | None, old: str, new: str) -> ModelSpec | None:
    try:
        return None if spec is None else renamed(spec, old, new)
    except EngineError:
        return spec
