"""A result table as Qt sees it: texts for readers, full numbers beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from engine.number_style import written_in
from engine.reporting.numbers import is_number, shown
from engine.written_numbers import in_full

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PySide6.QtCore import QPersistentModelIndex

    from engine.reporting.result_table import ResultTable

    Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = Qt.ItemDataRole.UserRole + 1
MOST_SAMPLES = 60
"""Rows that are measured whatever they say."""
_NOWHERE = QModelIndex()
_HORIZONTAL = Qt.Orientation.Horizontal


class _Column:
    """Cells of one column as plain objects: a data frame is slow to ask for each."""

    def __init__(self, table: ResultTable, name: str) -> None:
        self.how = table.format_of(name)
        self.values: list[Any] = table.frame[name].tolist()
        self._is_mixed = table.frame[name].dtype.kind not in "fiu"
        self._errors = self.how.errors(table.frame)
        self._style = table.style

    def extremes(self) -> set[int]:
        """Rows whose cells are likely to be the widest, in a long column."""
        values = self.values
        if len(values) <= MOST_SAMPLES:
            return set()
        if any(isinstance(value, str) for value in values[:MOST_SAMPLES]):
            return {max(range(len(values)), key=lambda row: len(str(values[row])))}
        numbers = np.asarray(
            [value if is_number(value) else 0 for value in values]
            if self._is_mixed
            else values,
            dtype=float,
        )
        sizes = np.where(np.isfinite(numbers) & (numbers != 0), np.abs(numbers), np.nan)
        if np.isnan(sizes).all():
            return set()
        ends = (np.nanargmin(numbers), np.nanargmax(numbers), np.nanargmin(sizes))
        return {int(row) for row in ends}

    def text(self, row: int) -> str:
        """One cell as a reader sees it."""
        how, value = self.how, self.values[row]
        kind, error = how.kind_of(row), self._errors[row]
        return shown(value, kind, error, how.missing, self._style)


class ResultModel(QAbstractTableModel):
    """Cells of one `ResultTable`, formatted when they are looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: ResultTable | None = None
        self._names: list[str] = []
        self._columns: list[_Column] = []

    @property
    def table(self) -> ResultTable | None:
        """What is shown."""
        return self._table

    def set_table(self, table: ResultTable | None) -> None:
        """Show another table."""
        self.beginResetModel()
        self._table = table
        self._names = [] if table is None else [str(name) for name in table.frame]
        self._columns = (
            [] if table is None else [_Column(table, name) for name in self._names]
        )
        self.endResetModel()

    def column_name(self, column: int) -> str:
        """Heading of a column."""
        return self._names[column]

    def level_of(self, row: int) -> Hashable:
        """First cell of a row, which names it."""
        return "" if self._table is None else str(self._table.frame.iat[row, 0])

    def row_name(self, row: int) -> str:
        """Words that tell a row from the others of its table."""
        words = (c for c in range(len(self._names)) if self.starts_left(c))
        return "\t".join(self.text(row, column) for column in words if column < 3)

    def place(self, row_name: str, column_name: str) -> tuple[int, int] | None:
        """Row and column of a cell by their names; None if there is no such."""
        if column_name not in self._names:
            return None
        names = map(self.row_name, range(self.rowCount()))
        row = next((row for row, name in enumerate(names) if name == row_name), None)
        return None if row is None else (row, self._names.index(column_name))

    def is_strong(self, row: int, column: int) -> bool:
        """Whether a cell stands out."""
        marks = (
            ()
            if self._table is None
            else self._table.strong.get(self._names[column], ())
        )
        return row < len(marks) and marks[row]

    def starts_left(self, column: int) -> bool:
        """Whether cells of a column start at the left, as words do."""
        return self._columns[column].how.starts_left

    def side(self, column: int) -> Qt.AlignmentFlag:
        """Where the cells of a column are aligned."""
        if self.starts_left(column):
            return Qt.AlignmentFlag.AlignLeft
        return Qt.AlignmentFlag.AlignRight

    def is_number(self, row: int, column: int) -> bool:
        """Whether a cell is a number, or stands in a column of numbers."""
        own = self._columns[column]
        return not own.how.starts_left or not isinstance(own.values[row], str)

    def samples(self, column: int) -> tuple[list[str], list[str]]:
        """Cells that tell how wide a column must be.

        Parameters
        ----------
        column : int

        Returns
        -------
        numbers, words : list of str
            Of a long table, its first rows and those that are likely to be widest.
        """
        if self._table is None:
            return [], []
        own = self._columns[column]
        rows = set(range(min(len(own.values), MOST_SAMPLES))) | own.extremes()
        numbers: list[str] = []
        words: list[str] = []
        for row in sorted(rows):
            into = numbers if self.is_number(row, column) else words
            into.append(self.text(row, column))
        return numbers, words

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Rows of the table."""
        if parent.isValid() or self._table is None:
            return 0
        return len(self._table.frame)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns of the table."""
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, full number or sort key of a cell."""
        if self._table is None or not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role in (SORT_ROLE, Qt.ItemDataRole.ToolTipRole):
            plain = self._columns[index.column()].values[index.row()]
            if role == SORT_ROLE:
                return plain
            return self._in_full(plain) if isinstance(plain, float) else None
        return None

    def _in_full(self, value: float) -> str:
        """Show a number with all its digits."""
        assert self._table is not None
        with written_in(self._table.style):
            return in_full(value)

    def text(self, row: int, column: int) -> str:
        """Cell as a reader sees it."""
        return self._columns[column].text(row)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Headings of the columns."""
        if orientation != _HORIZONTAL or section >= len(self._names):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._names[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        return self.side(column) | Qt.AlignmentFlag.AlignVCenter
