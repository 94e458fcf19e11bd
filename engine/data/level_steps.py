"""Preparation steps that change the levels of a column: their order, their names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from engine.data.column_steps import problem_with_column, with_column
from engine.data.conversion import NAMED
from engine.data.kinds import text_kind
from engine.data.level_names import coded_levels, level_names
from engine.data.prepared import Prepared, Step
from engine.data.wording import counted, joined, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.arrays import IntArray

ON_A_BUTTON = 24
"""Letters of a level for which a button has room."""
_LONGEST_NAME = 40
_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class SetLevels(Step):
    """Put the levels of a category in order; the first is the reference.

    Attributes
    ----------
    column : str
    order : tuple of str
        Levels in order; those that are not named follow in the order they had.
    """

    name: ClassVar[str] = "set_levels"
    column: str
    order: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", tuple(self.order))

    @property
    def description(self) -> str:
        """The step in plain words: "levels of diet: control first, then low, high"."""
        first, *rest = self.order or ("",)
        words = f"levels of {self.column}: {first} first"
        if len(rest) > 4:
            rest = [*rest[:3], counted(len(rest) - 3, "more level")]
        return f"{words}, then {', '.join(rest)}" if rest else words

    def validate(self, so_far: Prepared) -> str | None:
        """Say that there is no such category, or which levels it has not."""
        problem = _problem_with_kind(self.column, so_far)
        if problem:
            return problem
        if not self.order:
            return f"No level of {quoted(self.column)} is chosen."
        if len(set(self.order)) < len(self.order):
            return f"A level of {quoted(self.column)} is named twice."
        return _problem_with_levels(self.column, self.order, so_far)

    def apply(self, so_far: Prepared) -> Prepared:
        """Make the column a categorical with its levels in this order."""
        values = so_far.frame[self.column]
        codes, found = coded_levels(values)
        names = level_names(found)
        levels = pd.Index(list(dict.fromkeys([*self.order, *names])), dtype="str")
        new_values = pd.Series(_recoded(codes, names, levels), values.index)
        return replace(so_far, frame=with_column(so_far.frame, self.column, new_values))


@dataclass(frozen=True, slots=True)
class MergeLevels(Step):
    """Write levels that are one with one name, such as "Lake 1" for "lake 1".

    Other cells stay as they are, missing ones too. The levels keep their order; the
    one name stands where the first of its spellings stood.

    Attributes
    ----------
    column : str
    names : tuple of (str, tuple of str)
        What is written from then on, and the levels that become it; several of them
        may be mended at once.
    """

    name: ClassVar[str] = "merge_levels"
    column: str
    names: tuple[tuple[str, tuple[str, ...]], ...]

    def __post_init__(self) -> None:
        names: dict[str, tuple[str, ...]] = {}
        for to, old in self.names:
            changed = tuple(name for name in old if name != to)
            if changed:
                names[to] = (*names.get(to, ()), *changed)
        object.__setattr__(self, "names", tuple(names.items()))

    @classmethod
    def suggested(
        cls, column: str, alike: Iterable[Iterable[tuple[str, int]]]
    ) -> MergeLevels:
        """Make the step that writes levels as the most frequent of their spellings.

        Parameters
        ----------
        column : str
        alike : iterable of iterables of (str, int)
            Names that are one level and their rows, such as `ColumnSummary.alike`.

        Returns
        -------
        MergeLevels
            Of equally frequent spellings it takes the first of the alphabet.
        """
        names = []
        for same in alike:
            (to, _), *others = sorted(same, key=lambda own: (-own[1], own[0]))
            names.append((to, tuple(name for name, _ in others)))
        return cls(column, tuple(names))

    @property
    def description(self) -> str:
        """The step in words: "lake 1 and Lake1 of site written as Lake 1"."""
        if len(self.names) == 1:
            ((to, old),) = self.names
            return f"{_joined(old)} of {self.column} written as {short_name(to)}"
        many = counted(len(self.names), "level")
        written = _joined([to for to, _ in self.names])
        return f"{many} of {self.column} each written in one way: {written}"

    @property
    def offer(self) -> str:
        """What a button says that does it: "Write them as Lake 1" or "Mend all 3"."""
        if len(self.names) == 1:
            return f"Write them as {short_name(self.names[0][0], ON_A_BUTTON)}"
        return f"Mend all {len(self.names)}"

    def validate(self, so_far: Prepared) -> str | None:
        """Say that there is no such category, or which levels cannot be one."""
        problem = _problem_with_kind(self.column, so_far)
        if problem:
            return problem
        column = quoted(self.column)
        if not self.names:
            return f"No level of {column} is chosen."
        if not all(to.strip() for to, _ in self.names):
            return f"A level of {column} cannot be called by an empty name."
        old = [name for _, names in self.names for name in names]
        named: set[str] = {to for to, _ in self.names}
        for name in old:
            if name in named:
                return f"Level {quoted(name)} of {column} is named twice."
            named.add(name)
        return _problem_with_levels(self.column, old, so_far)

    def apply(self, so_far: Prepared) -> Prepared:
        """Make the column a categorical with its levels by their new names."""
        values = so_far.frame[self.column]
        codes, names = _coded(values)
        new_name = {name: to for to, old in self.names for name in old}
        written = [new_name.get(name, name) for name in names]
        levels = pd.Index(list(dict.fromkeys(written)), dtype="str")
        column = _recoded(codes, written, levels)
        kind, reason = so_far.kinds[self.column], so_far.kind_reasons[self.column]
        n_cells = int(np.count_nonzero(codes >= 0))
        if (kind, reason) == text_kind(names, n_cells):
            kind, reason = text_kind(list(levels), n_cells)
        return replace(
            so_far,
            frame=with_column(
                so_far.frame, self.column, pd.Series(column, values.index)
            ),
            kinds={**so_far.kinds, self.column: kind},
            kind_reasons={**so_far.kind_reasons, self.column: reason},
        )

    def to_dict(self) -> dict[str, Any]:
        """Write the step as JSON can hold it, with `names` as a mapping.

        Returns
        -------
        dict
        """
        names: Mapping[str, list[str]] = {to: list(old) for to, old in self.names}
        return {**Step.to_dict(self), "names": names}


def short_name(name: str, longest: int = _LONGEST_NAME) -> str:
    """Write the name of a level on one line, shortened when it is long.

    Parameters
    ----------
    name : str
    longest : int
        Letters that there is room for.

    Returns
    -------
    str
    """
    line = " ".join(name.splitlines())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _joined(names: Sequence[str]) -> str:
    """Join names as a sentence does; of many only some are named."""
    return joined([short_name(name) for name in names], most=_MOST_NAMES)


def _names_in(values: pd.Series) -> list[str]:
    """Levels that rows have, in any order: quicker than to put them in order."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, n_levels = _codes(values), len(values.cat.categories)
        counts = np.bincount(codes[codes >= 0], minlength=n_levels)
        return level_names(pd.Series(values.cat.categories[counts > 0]))
    return level_names(pd.Series(values.unique()).dropna())


def _coded(values: pd.Series) -> tuple[IntArray, list[str]]:
    """Place of each row's level, -1 where it is missing; the levels in their order."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _codes(values), level_names(pd.Series(values.cat.categories))
    codes, found = coded_levels(values)
    return codes, level_names(found)


def _codes(values: pd.Series) -> IntArray:
    codes: IntArray = np.asarray(values.cat.codes, dtype=np.intp)
    return codes


def _recoded(codes: IntArray, names: Sequence[str], levels: pd.Index) -> pd.Categorical:
    """Make a categorical of rows whose level has one of these names."""
    # the last entry is what the code -1 of a missing cell looks up
    new = pd.Index([*levels.get_indexer(pd.Index(names)), -1]).to_numpy()
    return pd.Categorical.from_codes(new[codes], levels)


def _problem_with_kind(column: str, so_far: Prepared) -> str | None:
    problem = problem_with_column(column, so_far)
    if problem or so_far.kinds[column] in NAMED:
        return problem
    return f"Column {quoted(column)} has no levels: make it a category."


def _problem_with_levels(
    column: str, names: Sequence[str], so_far: Prepared
) -> str | None:
    """Say which of these levels a column has not."""
    present = set(_names_in(so_far.frame[column]))
    unknown = [name for name in names if name not in present]
    if not unknown:
        return None
    return f"Column {quoted(column)} has no level {listed(unknown, 'level', 'or')}."
