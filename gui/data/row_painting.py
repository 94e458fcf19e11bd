"""How rows are painted: struck out where excluded, tinted where selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from gui.controls.painting import RIGHT, draw_text, font, number_font, px, text_width
from gui.data.row_model import RowModel
from gui.fonts import BOLD, REGULAR
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

    from gui.data.row_view import RowView

ROW = 26
_BAR = 3
_PAD = 10
_WIDEST_LABEL = 120


class CellPainter(QStyledItemDelegate):
    """Paints one cell of the data.

    Parameters
    ----------
    view : RowView
    """

    def __init__(self, view: RowView) -> None:
        super().__init__(view)
        self._view = view

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the cell with its row's state, and the frame of the current one."""
        model = index.model()
        assert isinstance(model, RowModel)
        theme = look().theme
        is_used = model.is_used(index.row())
        painter.save()
        _paint_ground(painter, option.rect, bool(model.is_selected[index.row()]))
        inner = QRectF(option.rect).adjusted(px(_PAD), 0, -px(_PAD), -1)
        used = number_font() if model.is_number(index.column()) else font("body")
        used.setStrikeOut(not is_used)
        color = theme.color("ink" if is_used else "ink3")
        side = index.data(Qt.ItemDataRole.TextAlignmentRole)
        draw_text(painter, inner, str(index.data() or ""), used, color, side)
        is_marked = self._view.hasFocus() or self._view.is_current_marked
        if is_marked and index == self._view.currentIndex():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(QRectF(option.rect).adjusted(1, 1, -1, -2))
        painter.restore()


class RowHeads(QHeaderView):
    """Labels of the rows; a bar at the left of those that are selected."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(px(ROW))
        self.setMinimumSectionSize(px(ROW))
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setAccessibleName("Row labels")

    def sizeHint(self) -> QSize:
        """As wide as the last label, which is the longest of numbers.

        Only the width is used; Qt's own hint would ask for 200 labels each time.
        """
        return QSize(self._wanted_width(), px(ROW))

    def paintSection(  # noqa: N802 - Qt's name
        self, painter: QPainter, rect: QRect, section: int
    ) -> None:
        """Paint one label."""
        model = self.model()
        assert isinstance(model, RowModel)
        if section >= model.rowCount():
            return
        theme = look().theme
        is_selected = bool(model.is_selected[section])
        painter.save()
        painter.fillRect(rect, theme.color("surface"))
        _paint_ground(painter, rect, is_selected)
        if is_selected:
            bar = QRect(rect.left(), rect.top(), px(_BAR), rect.height())
            painter.fillRect(bar, theme.color("hi"))
        used = number_font("tick", BOLD if is_selected else REGULAR)
        used.setStrikeOut(not model.is_used(section))
        inner = QRectF(rect).adjusted(px(_BAR + 4), 0, -px(8), -1)
        color = theme.color("hiText" if is_selected else "ink3")
        text = str(model.headerData(section, self.orientation()) or "")
        draw_text(painter, inner, text, used, color, RIGHT)
        painter.restore()

    def _wanted_width(self) -> int:
        model = self.model()
        rows = 0 if model is None else model.rowCount()
        if not rows:
            return px(40)
        used = number_font("tick", BOLD)
        ends = {0, 1, rows // 2, rows - 2, rows - 1}
        texts = [
            str(model.headerData(row, self.orientation()))
            for row in ends
            if 0 <= row < rows
        ]
        widest = max(text_width(text, used) for text in texts) + px(_BAR + 14)
        return min(max(widest, px(40)), px(_WIDEST_LABEL))


def _paint_ground(painter: QPainter, rect: QRect, is_selected: bool) -> None:
    """Fill the row's part and draw the hairline below it."""
    theme = look().theme
    if is_selected:
        painter.fillRect(rect, theme.color("hiT"))
    line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
    painter.fillRect(line, theme.color("surface" if is_selected else "mute"))
