"""Which rows and which group are selected: the same in every plot and table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.wording import counted

if TYPE_CHECKING:
    from collections.abc import Hashable

_LONGEST = 24


@dataclass(frozen=True)
class Selection:
    """Selected rows.

    Attributes
    ----------
    rows : tuple of row labels
        In the order of the table.
    group, level : str
        The grouping and its level when the rows were chosen as a whole group, else
        empty.
    """

    rows: tuple[Hashable, ...] = ()
    group: str = ""
    level: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows) or bool(self.level)

    @property
    def words(self) -> str:
        """Say who is selected: "L09 selected, 18 rows"."""
        count = counted(len(self.rows), "row")
        if self.level:
            return f"{_short(self.level)} selected, {count}"
        if len(self.rows) == 1:
            return f"Row {self.rows[0]} selected"
        return f"{count} selected" if self.rows else ""

    @property
    def short_words(self) -> str:
        """Say it in the status line: "L09 · 18 rows"."""
        if self.level:
            return self.words.replace(" selected, ", " · ")
        return self.words.removesuffix(" selected")


def _short(level: str) -> str:
    """A level on one line and no longer than a status line can show."""
    line = " ".join(level.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"


NOTHING = Selection()
