"""The preparation step that makes a wide table long: one row for each measurement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from engine.data.conversion import NAMED
from engine.data.kinds import number_kind, text_kind
from engine.data.naming import problem_with_name
from engine.data.prepared import Prepared, Step
from engine.data.role_words import Role, has_role
from engine.data.side_by_side import number_prefix, suggested_names
from engine.data.stacking import (
    each_row_repeated,
    problem_with_cells,
    stacked_cells,
    stacked_headings,
)
from engine.data.table import Kind
from engine.data.wording import counted, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.sentences import Said


@dataclass(frozen=True, slots=True)
class Lengthen(Step):
    """Stack columns that hold one measurement, so that each value has its own row.

    The other columns are repeated. Rows are numbered anew, from 1: first all values of
    the first old row, then those of the second. The rows of an excluded row are
    excluded for the same reason.

    Attributes
    ----------
    columns : tuple of str
        The columns that are stacked, in this order.
    names_to : str
        The new column of what was in the headings: numbers or dates if all headings
        are, else categories in the order of the columns.
    values_to : str
        The new column of the values.
    prefix : str
        What is left out of each heading, as y of y2001. By default what stands before
        numbers, but nothing where `names_to` says that the headings are names of
        places or animals: S1 is then a site and not the number 1.
    """

    name: ClassVar[str] = "lengthen"
    columns: tuple[str, ...]
    names_to: str
    values_to: str
    prefix: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        if self.prefix is None:
            is_name = has_role(self.names_to, Role.PLACE, Role.UNIT)
            prefix = None if is_name else number_prefix(self.columns)
            object.__setattr__(self, "prefix", prefix or "")

    @classmethod
    def suggested(cls, columns: Sequence[str], present: Iterable[str]) -> Lengthen:
        """Make the step that stacks columns, with names for what comes of it.

        Parameters
        ----------
        columns : sequence of str
            Such as those of a hint of kind `HintKind.SIDE_BY_SIDE`.
        present : iterable of str
            All columns of the table.

        Returns
        -------
        Lengthen
            The names are guesses, to be shown before the step is done.
        """
        others = set(present).difference(columns)
        return cls(tuple(columns), *suggested_names(columns, others))

    @property
    def description(self) -> str:
        """The step in words: "19 columns from 2001 to 2019 stacked into n, by year"."""
        first, *rest = self.columns or ("",)
        words = counted(len(self.columns), "column")
        if len(rest) == 1:
            words = f"{first} and {rest[0]}"
        elif rest:
            words = f"{words} from {first} to {rest[-1]}"
        return f"{words} stacked into {self.values_to}, by {self.names_to}"

    def validate(self, so_far: Prepared) -> str | None:
        """Say that columns are missing or unlike, or that a name cannot be used."""
        return (
            self._problem_with_columns(so_far)
            or self._problem_with_names(so_far)
            or problem_with_cells(so_far.frame, self.columns, so_far.kinds)
        )

    def apply(self, so_far: Prepared) -> Prepared:
        """Make the long table."""
        stacked = set(self.columns)
        n_rows, n_times = len(so_far.frame), len(self.columns)
        others = [name for name in so_far.frame.columns if name not in stacked]
        frame = each_row_repeated(so_far.frame[others], n_times)
        kinds, reasons = {}, {}
        for name in others:
            kinds[name], reasons[name] = _judged_again(name, so_far, frame)
        headings = stacked_headings(self.columns, self.prefix or "", n_rows)
        cells = stacked_cells(so_far.frame, self.columns, so_far.kinds)
        columns = counted(n_times, "column")
        was = {
            self.names_to: f"It was in the headings of {columns}.",
            self.values_to: f"It was in {columns}.",
        }
        for name, column in ((self.names_to, headings), (self.values_to, cells)):
            frame[name] = column.values.set_axis(frame.index)
            kinds[name] = column.kind
            reasons[name] = f"{was[name]} {column.reason}"
        sources = {k: v for k, v in so_far.sources.items() if k in others}
        long = replace(
            so_far, frame=frame, kinds=kinds, kind_reasons=reasons, sources=sources
        )
        return long.with_reasons(so_far.why.repeat(n_times), so_far.reasons)

    def _problem_with_columns(self, so_far: Prepared) -> str | None:
        """Say why these columns cannot be stacked, whatever is in them."""
        unknown = [name for name in self.columns if name not in so_far.kinds]
        if unknown:
            return f"There is no column {listed(unknown, last='or')}."
        if len(self.columns) < 2:
            return "At least two columns are needed to stack them."
        if len(set(self.columns)) < len(self.columns):
            return "A column is named twice."
        return None

    def _problem_with_names(self, so_far: Prepared) -> str | None:
        """Say why the new columns, or the headings, cannot be called so."""
        # the names of the columns that go are free again
        others = set(so_far.kinds).difference(self.columns)
        problem = problem_with_name(self.names_to, others) or problem_with_name(
            self.values_to, others | {self.names_to}
        )
        if problem:
            return problem
        prefix = self.prefix or ""
        for name in self.columns:
            if not name.startswith(prefix):
                return f"Column {quoted(name)} does not begin with {quoted(prefix)}."
            if name == prefix:
                return f"Nothing is left of {quoted(name)} without {quoted(prefix)}."
        return None


def _judged_again(name: str, so_far: Prepared, long: pd.DataFrame) -> tuple[Kind, Said]:
    """Judge a repeated column: names of sites, once each, have become categories.

    What the user or another step has said is kept: it is not what judging gives.
    """
    kind, reason = so_far.kinds[name], so_far.kind_reasons[name]
    present = so_far.frame[name].dropna()
    if present.empty:
        return kind, reason
    if kind is Kind.NUMBER:
        is_as_judged = reason == number_kind(so_far.frame[name])[1]
        return number_kind(long[name]) if is_as_judged else (kind, reason)
    are_texts = pd.api.types.is_string_dtype(present)
    if kind in NAMED and (are_texts or isinstance(present.dtype, pd.CategoricalDtype)):
        texts = [str(text) for text in present.unique()]
        if (kind, reason) == text_kind(texts, len(present)):
            return text_kind(texts, int(long[name].notna().sum()))
    return kind, reason
