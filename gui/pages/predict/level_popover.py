"""A list of levels that opens below its button; a line on top finds one of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    QStringListModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QWidget

from engine.written_numbers import count
from gui.controls import Popover, label
from gui.controls.painting import px, text_width
from gui.fonts import REGULAR, sans
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

MANY = 12
"""Levels beyond which there is a line to find one."""
_MOST_ROWS, _ROW = 10, 28
_NARROWEST, _WIDEST = 180, 360
_MEASURED = 200  # levels; of more, the widest are not looked for
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LevelPopover(Popover):
    """Choose one of a few levels, or of many thousands.

    A menu would lay itself out again for each level that a search hides.

    Parameters
    ----------
    parent : QWidget
        Owner; the popover is destroyed when it closes.
    column : str
        Whose levels these are.
    words : sequence of str
        What stands in the list.
    current : int
        Place of the chosen one; -1 for none.

    Signals
    -------
    chosen : int
        Place of the level in `words`.
    """

    chosen = Signal(int)

    def __init__(
        self, parent: QWidget, column: str, words: Sequence[str], current: int
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        lines = [" ".join(one.split()) or one for one in words]
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(QStringListModel(lines, self))
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.line = QLineEdit()
        self.line.setPlaceholderText(f"Find one of {count(len(lines))}")
        self.line.setAccessibleName(f"Find a level of {column}")
        self.list = QListView()
        self.list.setAccessibleName(f"Levels of {column}")
        self.list.setModel(self._found)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(px(2))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._nothing = label("No level has this in its name.", "caption")
        self._nothing.hide()
        for part in (self.line, self.list, self._nothing):
            self.body.addWidget(part)
        self.line.setVisible(len(lines) > MANY)  # it would be a window before
        self._measure(lines)
        if current >= 0:
            self._mark(self._found.index(current, 0))
        self.line.textChanged.connect(self._on_text_changed)
        self.line.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.clicked.connect(self._choose)

    def showEvent(self, event: QShowEvent) -> None:
        """Let what is typed go into the line, or move in a short list."""
        super().showEvent(event)
        first = self.list if self.line.isHidden() else self.line
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def _measure(self, lines: Sequence[str]) -> None:
        used = sans(look().theme.sizes.body, REGULAR)
        widest = max((text_width(one, used) for one in lines[:_MEASURED]), default=0)
        wide = min(max(widest + px(48), px(_NARROWEST)), px(_WIDEST))
        self.list.setFixedWidth(wide)
        self.list.setFixedHeight(min(max(len(lines), 1), _MOST_ROWS) * px(_ROW) + 4)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move the mark, and Enter choose what is marked."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in _STEPS:
            row = self.list.currentIndex().row() + _STEPS[key]
            last = self._found.rowCount() - 1
            self._mark(self._found.index(min(max(row, 0), last), 0))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
            return True
        return False

    def _mark(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        """Show the levels that have this in their names; mark the first."""
        self._found.setFilterFixedString(text.strip())
        rows = self._found.rowCount()
        self._nothing.setVisible(rows == 0)
        if rows and not self.list.currentIndex().isValid():
            self._mark(self._found.index(0, 0))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            place = self._found.mapToSource(index).row()
            self.close()
            self.chosen.emit(place)
