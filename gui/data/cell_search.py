"""Finds the cells that contain a text, a stretch of rows at a time."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.data.table import Kind
from engine.written_numbers import MINUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import AnyArray, IntArray
    from gui.data.row_model import RowModel

MOST_ROWS = 200_000
"""Rows that are searched: the first ones."""
_TURN = 250  # cells looked at in one turn: dates take a tenth of a millisecond each
_IN_NUMBERS = set(string.digits + ".,-+eina×⁻⁰¹²³⁴⁵⁶⁷⁸⁹∞f: " + MINUS)


class CellSearch(QObject):
    """Searches while the window stays alive.

    Parameters
    ----------
    rows : RowModel
        Whose cells are searched.
    parent : QObject

    Signals
    -------
    progressed : ()
        More was found, or all is searched; see `found` and `is_done`.
    """

    progressed = Signal()

    def __init__(self, rows: RowModel, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._parts: list[AnyArray] = []
        self._work: Iterator[AnyArray] = iter(())
        self._soon = QTimer(self)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._on_soon)
        self.found: IntArray = np.zeros(0, dtype=np.intp)
        self.is_done = True
        rows.modelAboutToBeReset.connect(self.stop)

    def start(self, text: str) -> None:
        """Search for another text; nothing for an empty one."""
        self.stop()
        wanted = text.strip().lower()
        if not wanted or not self._rows.rowCount():
            self.progressed.emit()
            return
        self.is_done = False
        self._work = self._search(wanted)
        self._soon.start()

    @Slot()
    def stop(self) -> None:
        """Give up what was found."""
        self._soon.stop()
        self._parts = []
        self.found = np.zeros(0, dtype=np.intp)
        self.is_done = True

    def cell(self, place: int) -> tuple[int, int]:
        """Row and column of a cell that was found."""
        row, column = divmod(int(self.found[place]), self._rows.columnCount())
        return row, column

    def place_after(self, row: int, column: int) -> int:
        """Place of the next cell found behind a cell; the first after the last."""
        code = row * self._rows.columnCount() + column
        place = int(np.searchsorted(self.found, code, side="right"))
        return place if place < len(self.found) else 0

    def place_before(self, row: int, column: int) -> int:
        """Place of the cell found before a cell; the last before the first."""
        code = row * self._rows.columnCount() + column
        place = int(np.searchsorted(self.found, code, side="left"))
        return (place or len(self.found)) - 1

    def _search(self, wanted: str) -> Iterator[AnyArray]:
        """Yield codes of found cells in order: row times columns, plus column.

        An empty array is a turn that is over without all columns of its rows.
        """
        count = self._rows.columnCount()
        end = min(self._rows.rowCount(), MOST_ROWS)
        finders = {}
        for column in range(count):
            cells = self._rows.cells(column)
            if cells.kind in (Kind.CATEGORY, Kind.LABEL) or set(wanted) <= _IN_NUMBERS:
                finders[column] = cells.finder(wanted)
        for begin in range(0, end, _TURN):
            parts = [np.zeros(0, dtype=np.intp)]
            for column, find in finders.items():
                parts.append(find(begin, min(begin + _TURN, end)) * count + column)
                yield parts[0]
            yield np.sort(np.concatenate(parts))

    @Slot()
    def _on_soon(self) -> None:
        part = next(self._work, None)
        if part is None:
            self._soon.stop()
            self.is_done = True
        elif part.size:
            self._parts.append(part)
        else:
            return
        self.found = np.concatenate(self._parts) if self._parts else self.found
        self.progressed.emit()
