"""How much of each bar of the headings is selected, counted one column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.data.summaries import count_in_bars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.arrays import IntArray
    from engine.data.prepared import Prepared
    from engine.data.summaries import ColumnSummary

MOST_ROWS = 200_000
"""Rows of the longest table whose headings show the selection."""


class HeaderShares(QObject):
    """Counts when a heading that is being painted asks; other headings cost nothing.

    Signals
    -------
    counted : str
        The bars of this column are known now.
    """

    counted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prepared: Prepared | None = None
        self._summaries: Mapping[str, ColumnSummary] = {}
        self._rows: IntArray = np.zeros(0, dtype=np.intp)
        self._known: dict[str, tuple[int, ...]] = {}
        self._wanted: dict[str, None] = {}
        self._soon = QTimer(self)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._on_soon)

    def set_rows(
        self,
        prepared: Prepared | None,
        summaries: Mapping[str, ColumnSummary],
        rows: IntArray,
    ) -> None:
        """Count other rows from now on.

        Parameters
        ----------
        prepared : Prepared or None
        summaries : mapping of str to ColumnSummary
        rows : ndarray of int
            Positions of the selected rows.
        """
        is_long = prepared is not None and len(prepared.frame) > MOST_ROWS
        self._prepared = None if is_long else prepared
        self._summaries, self._rows = summaries, rows
        self._known, self._wanted = {}, {}
        self._soon.stop()

    def of(self, column: str) -> tuple[int, ...]:
        """Rows selected in each bar; empty while that is unknown or nothing."""
        if not self._rows.size or self._prepared is None:
            return ()
        if column not in self._known and column in self._summaries:
            self._wanted[column] = None
            self._soon.start()
        return self._known.get(column, ())

    @Slot()
    def _on_soon(self) -> None:
        if not self._wanted or self._prepared is None:
            self._soon.stop()
            return
        column = next(iter(self._wanted))
        del self._wanted[column]
        if column in self._prepared.frame:
            values = self._prepared.frame[column].iloc[self._rows]
            counts = count_in_bars(self._summaries[column], values)
            self._known[column] = tuple(counts.tolist())
            self.counted.emit(column)
