"""Preparation steps: a list of what was done to a table, replayed on the raw table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from engine.data.column_steps import Centre, Rename, SetKind, centred_name
from engine.data.level_steps import MergeLevels, SetLevels
from engine.data.prepared import STEP_VERSION, Prepared, RowLabel, Step
from engine.data.reshape_step import Lengthen
from engine.data.row_steps import Exclude, Include
from engine.data.table import Kind
from engine.data.wording import quoted
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.data.table import Table

__all__ = [
    "Centre",
    "Exclude",
    "Include",
    "Lengthen",
    "MergeLevels",
    "Prepared",
    "Rename",
    "RowLabel",
    "SetKind",
    "SetLevels",
    "Step",
    "StepError",
    "centred_name",
    "prepare",
    "step_from_dict",
]

_KINDS_OF_STEP: dict[str, type[Step]] = {
    step.name: step
    for step in (
        Exclude,
        Include,
        Centre,
        Rename,
        SetKind,
        SetLevels,
        MergeLevels,
        Lengthen,
    )
}


class StepError(DataError):
    """A preparation step cannot be done.

    Parameters
    ----------
    place : int
        Which step it is, counted from 0.
    step : Step
        The step.
    problem : str
        Why, one sentence.
    """

    def __init__(self, place: int, step: Step, problem: str) -> None:
        super().__init__(
            f"Preparation step {place + 1} ({step.description}) cannot be done: "
            f"{problem[:1].lower()}{problem[1:]}",
            "Change or remove the step.",
        )
        self.place = place
        self.step = step
        self.problem = problem


def prepare(table: Table, steps: Iterable[Step]) -> Prepared:
    """Replay preparation steps on a table.

    Parameters
    ----------
    table : Table
        As it was read; not modified.
    steps : iterable of Step
        In the order in which they are done.

    Returns
    -------
    Prepared

    Raises
    ------
    StepError
        At the first step that cannot be done.
    """
    so_far = Prepared.untouched(table)
    for place, step in enumerate(steps):
        problem = step.validate(so_far)
        if problem:
            raise StepError(place, step, problem)
        so_far = step.apply(so_far)
    return so_far


def step_from_dict(written: Mapping[str, Any]) -> Step:
    """Read a step that `Step.to_dict` has written.

    Parameters
    ----------
    written : mapping
        As it comes out of JSON.

    Returns
    -------
    Step

    Raises
    ------
    DataError
        If it is no step, or one of a newer version of Tarn.
    """
    name, version = written.get("step"), written.get("version")
    if not isinstance(name, str) or not isinstance(version, int):
        raise _damaged("It has no name or version.")
    if name not in _KINDS_OF_STEP or version > STEP_VERSION:
        raise DataError(
            f"This version of Tarn does not know the preparation step {quoted(name)}.",
            "Open the project with a newer version.",
            details=f"step {name!r}, version {version}",
        )
    settings = {k: v for k, v in written.items() if k not in ("step", "version")}
    unknown = settings.keys() - _READERS.keys()
    if unknown:
        raise _damaged(f"{name} has unknown settings: {sorted(unknown)}")
    try:
        return _KINDS_OF_STEP[name](**{k: _READERS[k](v) for k, v in settings.items()})
    except (TypeError, ValueError) as error:
        raise _damaged(f"{name}: {error}") from error


def _damaged(details: str) -> DataError:
    return DataError(
        "A preparation step in the project cannot be read.",
        "The file may be damaged: open an earlier copy of it.",
        details=details,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _names(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no mapping")
    return tuple((_text(to), _texts(names)) for to, names in value.items())


def _list(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is no list")
    return list(value)


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not finite")
    return float(value)


_READERS: dict[str, Callable[[object], Any]] = {
    "rows": _list,
    "why": _text,
    "column": _text,
    "at": _finite,
    "to": _text,
    "kind": lambda value: Kind(_text(value)),
    "order": _texts,
    "names": _names,
    "missing": _texts,
    "columns": _texts,
    "names_to": _text,
    "values_to": _text,
    "prefix": _text,
}
