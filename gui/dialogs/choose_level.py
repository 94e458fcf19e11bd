"""Which level of a column the others are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from engine.data.wording import counted
from gui.controls import label
from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 40
_MOST_ROWS, _ROW = 9, 28
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ChooseLevelDialog(SnugDialog):
    """A list of levels with a line to search in.

    Parameters
    ----------
    parent : QWidget
        The window.
    column : str
        Whose levels these are.
    levels : sequence of str
        In the order of the column.
    current : str
        The reference level now.

    Signals
    -------
    chosen : str
        Another level than the current one; the dialog has closed.
    """

    chosen = Signal(str)

    def __init__(
        self,
        parent: QWidget | None,
        column: str,
        levels: Sequence[str],
        current: str,
    ) -> None:
        short = column if len(column) <= _LONGEST else f"{column[: _LONGEST - 1]}…"
        super().__init__(parent, f"Reference level of {short}")
        self._current = current
        said = "The other levels are compared with this one."
        self.body.addWidget(paragraph(said, "caption"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(f"Find one of {counted(len(levels), 'level')}")
        self.line.setAccessibleName("Find a level")
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._on_text_changed)
        self.list = QListWidget()
        self.list.setAccessibleName(f"Levels of {column}")
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        rows = min(max(len(levels), 3), _MOST_ROWS)
        self.list.setMinimumHeight(rows * px(_ROW))
        self._nothing = label("No level has this in its name.", "caption")
        self._nothing.hide()
        for part in (self.line, self.list, self._nothing):
            self.body.addWidget(part)
        self.add_button("Cancel", role="reject")
        self.choose = self.add_button("Use as reference", "primary")
        self.choose.clicked.connect(self._on_choose_clicked)
        self._fill(levels)
        self.list.currentRowChanged.connect(self._on_row_changed)
        self.list.itemActivated.connect(self._on_choose_clicked)
        self._on_row_changed()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def level(self) -> str:
        """The marked level; ``""`` if none is."""
        item = self.list.currentItem()
        if item is None or item.isHidden():
            return ""
        return str(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the arrow keys to the list while the line has the focus."""
        if (
            watched is self.line
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and Qt.Key(event.key()) in _STEPS
        ):
            self._move(_STEPS[Qt.Key(event.key())])
            return True
        return super().eventFilter(watched, event)

    def _fill(self, levels: Sequence[str]) -> None:
        for level in levels:
            words = " ".join(level.split()) or level
            words = f"{words} (now)" if level == self._current else words
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, level)
            if len(words) > _LONGEST:
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, words)
            self.list.addItem(item)
            if level == self._current:
                self.list.setCurrentItem(item)

    def _shown(self) -> list[int]:
        rows = range(self.list.count())
        return [row for row in rows if not self.list.item(row).isHidden()]

    def _move(self, by: int) -> None:
        """Move the mark among the levels that are shown."""
        shown = self._shown()
        if not shown:
            return
        row = self.list.currentRow()
        at = shown.index(row) + by if row in shown else 0
        self.list.setCurrentRow(shown[max(0, min(at, len(shown) - 1))])

    @Slot()
    def _on_text_changed(self) -> None:
        """Show the levels that have this in their names; mark the first."""
        wanted = self.line.text().strip().casefold()
        for row in range(self.list.count()):
            item = self.list.item(row)
            level = str(item.data(Qt.ItemDataRole.UserRole))
            item.setHidden(wanted not in level.casefold())
        shown = self._shown()
        self._nothing.setVisible(not shown)
        if shown and self.list.currentRow() not in shown:
            self.list.setCurrentRow(shown[0])
        self._on_row_changed()

    @Slot()
    def _on_row_changed(self) -> None:
        if self.level == "":
            self.choose.set_unavailable("Mark a level first.")
        elif self.level == self._current:
            self.choose.set_unavailable("This is the reference already.")
        else:
            self.choose.set_available()

    @Slot()
    def _on_choose_clicked(self) -> None:
        level = self.level
        if level and level != self._current:
            self.accept()
            self.chosen.emit(level)
