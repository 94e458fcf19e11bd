"""The levels of a column with their rows, in a list that scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engine.data.wording import counted
from engine.written_numbers import count
from gui.controls.painting import LEFT, RIGHT, draw_box, draw_text, font, px, text_width
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

    from engine.data.summaries import ColumnSummary

_ROW = 24
_MOST_SHOWN = 7
_COUNT = Qt.ItemDataRole.UserRole


class LevelList(QListWidget):
    """One line a level, with a bar as long as its share of rows.

    Parameters
    ----------
    summary : ColumnSummary
        Of a column with levels.
    parent : QWidget

    Signals
    -------
    current_changed : str
        The list's own choice is at this level.
    level_chosen : str
        The level was double-clicked, or Enter was pressed.
    """

    current_changed = Signal(str)
    level_chosen = Signal(str)

    def __init__(self, summary: ColumnSummary, parent: QWidget) -> None:
        super().__init__(parent)
        self.most = max((number for _, number in summary.levels), default=1)
        self.setAccessibleName(f"Levels of {summary.column}")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_LevelPainter(self))
        for name, number in summary.levels:
            item = QListWidgetItem(name, self)
            item.setData(_COUNT, number)
            rows = counted(number, "row")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {rows}")
            item.setToolTip(f"Double-click selects the {rows}")
        self.setFixedHeight(min(len(summary.levels), _MOST_SHOWN) * px(_ROW))
        self.currentItemChanged.connect(self._on_current_item_changed)
        self.itemDoubleClicked.connect(self._on_item_double_clicked)

    @property
    def current(self) -> str:
        """Level that is chosen in the list, or ``""``."""
        item = self.currentItem()
        return "" if item is None else item.text()

    def is_first(self, level: str) -> bool:
        """Whether this level is the reference."""
        return self.count() > 0 and self.item(0).text() == level

    @Slot(object, object)
    def _on_current_item_changed(self) -> None:
        self.current_changed.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the level."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self.current:
            self.level_chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    @Slot(QListWidgetItem)
    def _on_item_double_clicked(self, item: QListWidgetItem) -> None:
        self.level_chosen.emit(item.text())


class _LevelPainter(QStyledItemDelegate):
    """Paints name, bar and count."""

    def __init__(self, owner: LevelList) -> None:
        super().__init__(owner)
        self._owner = owner

    def sizeHint(
        self,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        return QSize(px(120), px(_ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = look().theme
        rows = int(index.data(_COUNT))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(option.rect).adjusted(0, 1, 0, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            draw_box(painter, row, px(4), theme.color("accentT"))
        inner = row.adjusted(px(8), 0, -px(10), 0)
        used = font("caption")
        room = text_width(count(self._owner.most), used)
        bar = inner.width() * 0.34
        longest = QRectF(inner.right() - room - px(8) - bar, row.center().y(), bar, 0)
        line = longest.adjusted(0, -px(3), 0, px(3))
        line.setWidth(max(1.0, bar * rows / self._owner.most))
        painter.fillRect(line, theme.color("accentL"))
        draw_text(painter, inner, count(rows), used, theme.color("ink2"), RIGHT)
        inner.setRight(longest.left() - px(8))
        name = str(index.data() or "")
        draw_text(painter, inner, name, font("body"), theme.color("ink"), LEFT)
        painter.restore()
