"""Preparation steps that change one column: its name, kind, or zero."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from engine.data.conversion import convert
from engine.data.naming import problem_with_name
from engine.data.prepared import Prepared, Step
from engine.data.table import Kind
from engine.data.wording import listed, quoted
from engine.sentences import Number, Sentence
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

_KIND_WORDS = {
    Kind.NUMBER: "numbers",
    Kind.CATEGORY: "categories",
    Kind.DATE: "dates",
    Kind.LABEL: "labels",
}


@dataclass(frozen=True, slots=True)
class Centre(Step):
    """Add a column of differences from a number, so that zero lies in the data.

    Attributes
    ----------
    column : str
        A column of numbers.
    at : float
        What is subtracted. It is kept as a number and not as "the mean": the
        intercept must not move when a row is excluded later.
    to : str
        The new column, which stands beside the old one; `centred_name(column)` unless
        given.
    """

    name: ClassVar[str] = "centre"
    column: str
    at: float
    to: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", float(self.at))
        object.__setattr__(self, "to", self.to or centred_name(self.column))

    @classmethod
    def at_mean(cls, column: str, so_far: Prepared) -> Centre:
        """Make the step that centres a column at the mean of the rows now used."""
        mean = float(so_far.used_frame[column].mean())
        return cls(column, mean, centred_name(column, so_far.kinds))

    @property
    def description(self) -> str:
        """The step in plain words: "log_length centred at 4.021, as log_length_c"."""
        return f"{self.column} centred at {general(self.at, 4)}, as {self.to}"

    def validate(self, so_far: Prepared) -> str | None:
        """Say that there is no such column of numbers, or that the name is taken."""
        problem = problem_with_column(self.column, so_far)
        if problem:
            return problem
        if so_far.kinds[self.column] is not Kind.NUMBER:
            return f"Column {quoted(self.column)} does not hold numbers."
        if not math.isfinite(self.at):
            return f"Column {quoted(self.column)} can only be centred at a number."
        return problem_with_name(self.to, so_far.kinds)

    def apply(self, so_far: Prepared) -> Prepared:
        """Add the column."""
        frame = so_far.frame.copy(deep=False)
        place = list(frame.columns).index(self.column) + 1
        frame.insert(place, self.to, frame[self.column] - self.at)
        reason = Sentence(f"It is {quoted(self.column)} less ", Number(self.at, 4), ".")
        kinds = {**so_far.kinds, self.to: Kind.NUMBER}
        reasons = {**so_far.kind_reasons, self.to: reason}
        sources = {**so_far.sources, self.to: so_far.source(self.column)}
        return replace(
            so_far, frame=frame, kinds=kinds, kind_reasons=reasons, sources=sources
        )


@dataclass(frozen=True, slots=True)
class Rename(Step):
    """Call a column something else.

    Attributes
    ----------
    column, to : str
        The old name and the new one.
    """

    name: ClassVar[str] = "rename"
    column: str
    to: str

    @property
    def description(self) -> str:
        """The step in plain words: "mass renamed log_mass"."""
        return f"{self.column} renamed {self.to}"

    def validate(self, so_far: Prepared) -> str | None:
        """Say that there is no such column, or that the name cannot be used."""
        return problem_with_column(self.column, so_far) or problem_with_name(
            self.to, so_far.kinds
        )

    def apply(self, so_far: Prepared) -> Prepared:
        """Give the column its new name."""
        new = {self.column: self.to}
        sources = {k: v for k, v in so_far.sources.items() if k != self.column}
        return replace(
            so_far,
            frame=so_far.frame.rename(columns=new),
            kinds={new.get(k, k): v for k, v in so_far.kinds.items()},
            kind_reasons={new.get(k, k): v for k, v in so_far.kind_reasons.items()},
            sources=sources | {self.to: so_far.source(self.column)},
        )


@dataclass(frozen=True, slots=True)
class SetKind(Step):
    """Say what a column holds; its cells are read accordingly.

    Attributes
    ----------
    column : str
    kind : Kind
    missing : tuple of str
        Texts that are read as missing, such as a unit among numbers. They are named
        so that no other cell is lost when the step is replayed on another file.
    """

    name: ClassVar[str] = "set_kind"
    column: str
    kind: Kind
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        missing = [text.strip() for text in self.missing]
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "missing", tuple(dict.fromkeys(missing)))

    @property
    def description(self) -> str:
        """The step in words: "mass taken as numbers; 'g' is read as missing"."""
        words = f"{self.column} taken as {_KIND_WORDS[self.kind]}"
        if not self.missing:
            return words
        verb = "is" if len(self.missing) == 1 else "are"
        return f"{words}; {listed(self.missing, 'text')} {verb} read as missing"

    def validate(self, so_far: Prepared) -> str | None:
        """Say which cells cannot be read so."""
        problem = problem_with_column(self.column, so_far)
        if problem:
            return problem
        values = so_far.frame[self.column]
        return convert(values, self.column, self.kind, self.missing)[1] or None

    def apply(self, so_far: Prepared) -> Prepared:
        """Convert the column."""
        old = so_far.frame[self.column]
        new = convert(old, self.column, self.kind, self.missing)[0]
        was = _KIND_WORDS[so_far.kinds[self.column]]
        reason = f"Set by you; before, it was taken as {was}."
        frame = so_far.frame
        if new is not None and new is not old:
            frame = with_column(frame, self.column, new)
        return replace(
            so_far,
            frame=frame,
            kinds={**so_far.kinds, self.column: self.kind},
            kind_reasons={**so_far.kind_reasons, self.column: reason},
        )

    def to_dict(self) -> dict[str, Any]:
        """Write the step as JSON can hold it; see `Step.to_dict`."""
        written: dict[str, Any] = {
            **super(SetKind, self).to_dict()  # slots: super() alone finds another class
        }
        if not self.missing:
            del written["missing"]
        return written


def centred_name(column: str, taken: Collection[str] = ()) -> str:
    """Name the centred form of a column so that a formula needs no backticks.

    Parameters
    ----------
    column : str
        The column that is centred.
    taken : collection of str
        Names that other columns have.

    Returns
    -------
    str
        `log_length_c` for `log_length`, `log_length_c2` if that is taken,
        `wing_mm_c` for `wing (mm)`, `x2nd_c` for `2nd`.
    """
    plain = re.sub(r"\W", "_", unicodedata.normalize("NFKC", column))
    # \w has digits of some scripts that no identifier has
    kept = (letter if f"x{letter}".isidentifier() else "_" for letter in plain)
    words = re.sub("_+", "_", "".join(kept)).strip("_")
    stem = words if words[:1].isidentifier() else f"x{words}"
    name, number = f"{stem}_c", 1
    while name in taken:
        number += 1
        name = f"{stem}_c{number}"
    return name


def problem_with_column(column: str, so_far: Prepared) -> str | None:
    """Say that there is no such column.

    Parameters
    ----------
    column : str
    so_far : Prepared

    Returns
    -------
    str or None
        A sentence; None if there is one.
    """
    if column in so_far.kinds:
        return None
    return f"There is no column {quoted(column)}."


def with_column(frame: pd.DataFrame, name: str, values: pd.Series) -> pd.DataFrame:
    """Return a frame with one column replaced; the others share their memory.

    Parameters
    ----------
    frame : DataFrame
        Not modified.
    name : str
    values : Series
        With the same index.

    Returns
    -------
    DataFrame
    """
    changed = frame.copy(deep=False)
    changed[name] = values  # assign(**{name: ...}) fails for a column called self
    return changed
