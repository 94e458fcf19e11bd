"""One table of results: numbers at full precision, and how to show them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.number_style import NumberStyle, current_style
from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """How the cells of one column are shown.

    Attributes
    ----------
    kind : Kind
        How numbers are rounded.
    error : str or float
        What sets the decimals: the column with each row's standard error, or one
        standard error for all rows.
    missing : str
        Shown where there is no number.
    is_mixed : bool
        Whether some cells hold words.
    kinds : tuple of Kind
        Of each row, where rows differ; empty where `kind` is that of all.
    """

    kind: Kind = Kind.TEXT
    error: str | float = ""
    missing: str = ""
    is_mixed: bool = False
    kinds: tuple[Kind, ...] = ()

    @property
    def starts_left(self) -> bool:
        """Whether cells start at the left, as words do, or end at the right."""
        return self.kind is Kind.TEXT or self.is_mixed

    def kind_of(self, row: int) -> Kind:
        """How the number of one row is rounded."""
        return self.kinds[row] if self.kinds else self.kind

    def errors(self, frame: pd.DataFrame) -> list[object]:
        """What sets the decimals, for each row of a table's frame."""
        if self.error and isinstance(self.error, str):
            return list(frame[self.error].tolist())
        return [self.error] * len(frame)


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table that can be shown, copied and written to any kind of file.

    Attributes
    ----------
    name : str
        Plain ASCII, safe as a file's name; no other table of the model has it.
    title : str
        Heading for a reader.
    frame : DataFrame
        Cells at full precision. Missing numbers are NaN. The index says nothing.
    foot : tuple of str
        What a reader must know, one sentence each.
    formats : mapping of str to ColumnFormat
        By column; a column without one is text.
    in_summary : bool
        False for tables as long as the data, which a page should not show.
    topics : mapping of str to tuple of str
        Explanation of each row's cell, of columns whose name does not tell it.
    strong : mapping of str to tuple of bool
        Which cells of a column stand out on a page.
    n_lead : int
        Sentences of the foot that a page puts above the rows.
    key : mapping of str to str
        What an explanation of any cell must know, such as how effects were tested.
    style : NumberStyle
        Digits and decimal mark of what a reader sees; by default the style that held
        when the table was made.
    """

    name: str
    title: str
    frame: pd.DataFrame
    foot: tuple[str, ...] = ()
    formats: Mapping[str, ColumnFormat] = field(default_factory=dict)
    in_summary: bool = True
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strong: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    n_lead: int = 0
    key: Mapping[str, str] = field(default_factory=dict)
    style: NumberStyle = field(default_factory=current_style)

    def format_of(self, column: str) -> ColumnFormat:
        """How the cells of a column are shown."""
        return self.formats.get(column, ColumnFormat())

    def texts(self, most: int | None = None) -> list[list[str]]:
        """Cells as a reader sees them, row by row.

        Parameters
        ----------
        most : int, optional
            Rows wanted; all when not given.

        Returns
        -------
        list of list of str
        """
        part = self.frame if most is None else self.frame.head(most)
        columns = [self._column_texts(part, str(name)) for name in part.columns]
        return [list(row) for row in zip(*columns, strict=True)]

    def only(self, row: int) -> ResultTable:
        """The table with one of its rows, counted from 0, and no other."""
        formats = {
            name: replace(how, kinds=(how.kind_of(row),))
            for name, how in self.formats.items()
        }
        part = self.frame.iloc[[row]].reset_index(drop=True)
        return replace(
            self,
            frame=part,
            formats=formats,
            topics={name: (own[row],) for name, own in self.topics.items()},
            strong={name: (own[row],) for name, own in self.strong.items()},
        )

    def text(self, row: int, column: str) -> str:
        """One cell as a reader sees it; rows are counted from 0."""
        how = self.format_of(column)
        error: object = how.error
        if isinstance(error, str) and error:
            error = self.frame[error].iat[row]
        value = self.frame[column].iat[row]
        return shown(value, how.kind_of(row), error, how.missing, self.style)

    def _column_texts(self, part: pd.DataFrame, name: str) -> list[str]:
        how = self.format_of(name)
        cells = zip(part[name].tolist(), how.errors(part), strict=True)
        return [
            shown(value, how.kind_of(row), error, how.missing, self.style)
            for row, (value, error) in enumerate(cells)
        ]
