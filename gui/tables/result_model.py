"""A result table as Qt sees it: texts for readers, full numbers beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from engine.reporting.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PySide6.QtCore import QPersistentModelIndex

    from engine.reporting.result_table import ResultTable

    Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = Qt.ItemDataRole.UserRole + 1
_NOWHERE = QModelIndex()
_HORIZONTAL = Qt.Orientation.Horizontal


class ResultModel(QAbstractTableModel):
    """Cells of one `ResultTable`, formatted when they are looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: ResultTable | None = None
        self._names: list[str] = []

    @property
    def table(self) -> ResultTable | None:
        """What is shown."""
        return self._table

    def set_table(self, table: ResultTable | None) -> None:
        """Show another table."""
        self.beginResetModel()
        self._table = table
        self._names = [] if table is None else [str(name) for name in table.frame]
        self.endResetModel()

    def column_name(self, column: int) -> str:
        """Heading of a column."""
        return self._names[column]

    def level_of(self, row: int) -> Hashable:
        """First cell of a row, which names it."""
        return "" if self._table is None else str(self._table.frame.iat[row, 0])

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
            value: Any = self._table.frame.iat[index.row(), index.column()]
            plain = value.item() if hasattr(value, "item") else value
            if role == SORT_ROLE:
                return plain
            return repr(plain) if isinstance(plain, float) else None
        return None

    def text(self, row: int, column: int) -> str:
        """Cell as a reader sees it."""
        assert self._table is not None
        name = self._names[column]
        how = self._table.format_of(name)
        error: object = how.error
        if isinstance(error, str) and error:
            error = self._table.frame[error].iat[row]
        return shown(self._table.frame.iat[row, column], how.kind, error, how.missing)

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
        assert self._table is not None
        starts_left = self._table.format_of(self._names[column]).starts_left
        side = (
            Qt.AlignmentFlag.AlignLeft if starts_left else Qt.AlignmentFlag.AlignRight
        )
        return side | Qt.AlignmentFlag.AlignVCenter
