"""Rows of the data as Qt sees them: nothing is made before it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from engine.written_numbers import count
from gui.controls.painting import LEFT, RIGHT, plain_tip
from gui.data.column_cells import ColumnCells

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from PySide6.QtCore import QPersistentModelIndex

    from engine.arrays import BoolArray, IntArray
    from engine.data.prepared import Prepared

    Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()
_DISPLAY = Qt.ItemDataRole.DisplayRole
_DOWN = Qt.Orientation.Vertical
_LONGEST_TIP = 1000  # characters


class RowModel(QAbstractTableModel):
    """All rows of a `Prepared`, and which of them are selected.

    The selected rows are one array and no `QItemSelectionModel`: that keeps ranges, and
    a group whose rows are scattered through a million would be as many ranges.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prepared: Prepared | None = None
        self._columns: list[ColumnCells | None] = []
        self._names: list[str] = []
        self._is_selected: BoolArray = np.zeros(0, dtype=bool)
        self._source, self._first_line = "", 0

    @property
    def prepared(self) -> Prepared | None:
        """What is shown."""
        return self._prepared

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return self._names

    @property
    def is_selected(self) -> BoolArray:
        """Which rows are selected, by position; not to be changed."""
        return self._is_selected

    def set_prepared(self, prepared: Prepared | None) -> None:
        """Show other rows; none of them is selected."""
        self.beginResetModel()
        self._prepared = prepared
        self._names = [] if prepared is None else [str(n) for n in prepared.frame]
        self._columns = [None] * len(self._names)
        n_rows = 0 if prepared is None else len(prepared.frame)
        self._is_selected = np.zeros(n_rows, dtype=bool)
        self.endResetModel()

    def set_source(self, name: str, first_line: int) -> None:
        """Say in which file the rows stand, and in which line its row 1; 0 if none."""
        self._source, self._first_line = name, first_line

    def set_selected(self, labels: Iterable[Hashable]) -> IntArray:
        """Mark rows as selected.

        Parameters
        ----------
        labels : iterable of row labels
            Those the table does not have are passed over.

        Returns
        -------
        ndarray of int
            Positions of the rows, in the order of the table.
        """
        marked = np.zeros(self.rowCount(), dtype=bool)
        rows: list[Any] = list(labels)
        if self._prepared is not None and rows:
            if not self._prepared.frame.index.is_unique:
                rows = list(dict.fromkeys(rows))
            marked[self._prepared.positions(rows)[0]] = True
        self._is_selected = marked
        return self.selected_positions()

    def set_selected_positions(self, positions: IntArray) -> None:
        """Mark rows as selected by where they are."""
        marked = np.zeros(self.rowCount(), dtype=bool)
        marked[positions] = True
        self._is_selected = marked

    def selected_positions(self) -> IntArray:
        """Positions of the selected rows, in the order of the table."""
        found: IntArray = np.flatnonzero(self._is_selected)
        return found

    def selected_labels(self, *, used: bool) -> pd.Index:
        """Labels of the selected rows that are used, or of those that are not."""
        if self._prepared is None:
            return pd.Index([])
        wanted = self._is_selected & (self._prepared.is_used == used)
        return self._prepared.frame.index[np.flatnonzero(wanted)]

    def count_selected(self, *, used: bool) -> int:
        """Count the same rows."""
        if self._prepared is None:
            return 0
        wanted = self._is_selected & (self._prepared.is_used == used)
        return int(np.count_nonzero(wanted))

    def labels(self, positions: IntArray) -> list[Hashable]:
        """Labels of rows as plain Python values."""
        if self._prepared is None:
            return []
        found: list[Hashable] = self._prepared.frame.index[positions].tolist()
        return found

    def is_used(self, row: int) -> bool:
        """Whether a row is not excluded."""
        return self._prepared is None or bool(self._prepared.is_used[row])

    def cells(self, column: int) -> ColumnCells:
        """How the cells of a column are shown."""
        assert self._prepared is not None
        known = self._columns[column]
        if known is None:
            values = self._prepared.frame.iloc[:, column]
            known = ColumnCells(values, self._prepared.kinds[self._names[column]])
            self._columns[column] = known
        return known

    def is_number(self, column: int) -> bool:
        """Whether the cells of a column are numbers."""
        return self.cells(column).is_number

    def copied_text(self, positions: IntArray) -> str:
        """Rows as a spreadsheet pastes them: tabs between cells, names on top."""
        lines = ["\t".join(self._names)]
        columns = [self.cells(number) for number in range(len(self._names))]
        for row in positions.tolist():
            texts = (column.copied_text(row) for column in columns)
            lines.append("\t".join(" ".join(text.split()) for text in texts))
        return "\n".join(lines) + "\n"

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Rows of the table."""
        return 0 if parent.isValid() else len(self._is_selected)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns of the table."""
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Text, alignment, full value or spoken description of a cell."""
        if not index.isValid() or self._prepared is None:
            return None
        cells = self.cells(index.column())
        if role == _DISPLAY:
            return cells.text(index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if cells.is_number else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(cells, index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = self._names[index.column()]
            state = self._state(index.row())
            return f"{name} {cells.text(index.row()) or 'missing'}{state}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY
    ) -> Any:
        """Names of the columns, labels of the rows."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if orientation == Qt.Orientation.Vertical else LEFT
        if role == Qt.ItemDataRole.ToolTipRole and orientation == _DOWN:
            return self._row_tip(section)
        if role != _DISPLAY or self._prepared is None:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._names[section] if section < len(self._names) else None
        if section >= self.rowCount():
            return None
        return str(self._prepared.frame.index[section])

    def _row_tip(self, row: int) -> str | None:
        if self._prepared is None or row >= self.rowCount():
            return None
        label = self._prepared.frame.index[row]
        why = self._prepared.reason_at(row)
        out = "" if self.is_used(row) else f", excluded{': ' + why if why else ''}"
        if not self._first_line or isinstance(label, str):
            return plain_tip(f"Row {label}{out}")
        line = int(label) + self._first_line - 1
        return plain_tip(
            f"Row {label}{out}. In {self._source} it is line {count(line)}."
        )

    def _tip(self, cells: ColumnCells, row: int) -> str | None:
        assert self._prepared is not None
        full = cells.full_text(row)[:_LONGEST_TIP] or "missing"
        if not self.is_used(row):
            why = self._prepared.reason_at(row)
            return plain_tip(f"{full} (row excluded{': ' + why if why else ''})")
        return plain_tip(full)

    def _state(self, row: int) -> str:
        selected = ", selected" if self._is_selected[row] else ""
        return selected + ("" if self.is_used(row) else ", excluded")
