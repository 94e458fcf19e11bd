"""The field that slides in above the rows to find cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPropertyAnimation, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from engine.written_numbers import count
from gui.controls import IconButton, label
from gui.controls.painting import px
from gui.data.cell_search import MOST_ROWS, CellSearch

if TYPE_CHECKING:
    from gui.data.row_model import RowModel
    from gui.data.row_view import RowView

_HEIGHT = 40
_MILLISECONDS = 120


class SearchBar(QWidget):
    """Finds text in cells; Enter goes to the next one, Shift+Enter back, Esc closes.

    Parameters
    ----------
    rows : RowModel
    view : RowView
        Where what is found is shown.
    parent : QWidget

    Signals
    -------
    opened_changed : bool
        Whether it is open.
    """

    opened_changed = Signal(object)

    def __init__(self, rows: RowModel, view: RowView, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows, self._view = rows, view
        self._is_open = False
        self._is_first = True
        self.search = CellSearch(rows, self)
        self.field = _Field()
        self.field.setPlaceholderText("Find in the cells")
        self.field.setAccessibleName("Find in the cells")
        self.count = label("", "muted")
        self.back = IconButton("up", "Found cell before this one")
        self.next = IconButton("down", "Next cell found")
        self.shut = IconButton("x", "Close the search")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), px(4), px(8), px(4))
        row.setSpacing(px(4))
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        for button in (self.back, self.next, self.shut):
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._slide = QPropertyAnimation(self, b"maximumHeight", self)
        self._slide.setDuration(_MILLISECONDS)
        self._connect()
        self.setMaximumHeight(0)
        self.hide()

    def _connect(self) -> None:
        self.field.textChanged.connect(self._on_text_changed)
        self.field.step_asked.connect(self.step)
        self.field.escaped.connect(self.close_bar)
        self.next.clicked.connect(self._on_next_clicked)
        self.back.clicked.connect(self._on_back_clicked)
        self.shut.clicked.connect(self.close_bar)
        self.search.progressed.connect(self._on_search_progressed)
        self._slide.finished.connect(self._on_slide_finished)
        self._rows.modelReset.connect(self._on_model_reset)

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return self._is_open

    @Slot()
    def open_bar(self) -> None:
        """Slide in and take the focus."""
        self.show()
        self._move(px(_HEIGHT), is_open=True)
        self._view.set_current_marked(is_marked=True)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    @Slot()
    def close_bar(self) -> None:
        """Slide out and give the focus back to the rows."""
        self.search.stop()
        self._view.set_current_marked(is_marked=False)
        self.field.clear()
        if self.isAncestorOf(self.focusWidget() or self):
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._move(0, is_open=False)

    @Slot(int)
    def step(self, by: int) -> None:
        """Go to the next cell found, or with -1 to the one before."""
        if not self.search.found.size:
            return
        current = self._view.currentIndex()
        at = (current.row(), current.column()) if current.isValid() else (0, -1)
        search = self.search
        place = search.place_after(*at) if by > 0 else search.place_before(*at)
        self._view.show_cell(*search.cell(place))
        self._say()

    def _move(self, height: int, *, is_open: bool) -> None:
        if is_open != self._is_open:
            self._is_open = is_open
            self.opened_changed.emit(is_open)
        self._slide.stop()
        self._slide.setStartValue(self.height() if self.isVisible() else 0)
        self._slide.setEndValue(height)
        self._slide.start()

    def _say(self) -> None:
        search = self.search
        found = len(search.found)
        words = "" if not self.field.text().strip() else f"{count(found)} found"
        if not search.is_done:
            words = f"{count(found)} so far"
        index = self._view.currentIndex()
        if found and search.is_done and index.isValid():
            place = search.place_before(index.row(), index.column() + 1)
            if search.cell(place) == (index.row(), index.column()):
                words = f"{count(place + 1)} of {count(found)}"
        if not found and search.is_done and words:
            words = "None found"
        self.count.setText(words)
        is_part = self._rows.rowCount() > MOST_ROWS
        tip = f"In the first {count(MOST_ROWS)} rows." if is_part else ""
        self.count.setToolTip(tip)
        self.field.setAccessibleDescription(f"{words} {tip}".strip())

    @Slot()
    def _on_text_changed(self) -> None:
        self._is_first = True
        self.search.start(self.field.text())
        self._say()

    @Slot()
    def _on_search_progressed(self) -> None:
        if self._is_first and self.search.found.size:
            self._is_first = False
            self._view.show_row(*self.search.cell(0))
        self._say()

    @Slot()
    def _on_next_clicked(self) -> None:
        self.step(1)

    @Slot()
    def _on_back_clicked(self) -> None:
        self.step(-1)

    @Slot()
    def _on_model_reset(self) -> None:
        if self._is_open and self.field.text():
            self._on_text_changed()

    @Slot()
    def _on_slide_finished(self) -> None:
        self.setVisible(self._is_open)


class _Field(QLineEdit):
    """Keeps Enter and Esc from the window."""

    step_asked = Signal(int)
    escaped = Signal()

    def event(self, event: QEvent) -> bool:
        """Claim Esc before the window's shortcut does."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter steps, Esc closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step_asked.emit(-1 if is_back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)
