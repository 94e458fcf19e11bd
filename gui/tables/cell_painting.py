"""How a cell of a result table is painted: words may be cut, numbers never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui.controls.breaking import breakable
from gui.controls.painting import px
from gui.fonts import REGULAR, SEMIBOLD, numerals, sans
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

    from gui.tables.result_view import ResultView

SYMBOLS = ("t", "p", "F")
"""Headings that are symbols, and set in italics."""
WRAPPED_TOP = 6
"""Room above the first line of a cell of several lines."""


def heading_font(name: str) -> QFont:
    """Return the font of a heading."""
    return sans(look().theme.sizes.caption, SEMIBOLD, italic=name in SYMBOLS)


class ResultCells(QStyledItemDelegate):
    """Paints text, a box around the explained cell, a ring around the current one."""

    def __init__(self, view: ResultView) -> None:
        super().__init__(view)
        self._view = view

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        theme, view = look().theme, self._view
        place = (index.row(), index.column())
        is_explained = place == view.explained and not view.is_stale
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(1.5, 2.5, -1.5, -2.5)
        if is_explained:
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.setBrush(theme.color("accentT"))
            painter.drawRoundedRect(box, 5, 5)
        if view.hasFocus() and index == view.currentIndex():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 5, 5)
        letters = numerals if view.cells.is_number(*place) else sans
        is_strong = is_explained or view.cells.is_strong(*place)
        weight = SEMIBOLD if is_strong else REGULAR
        painter.setFont(letters(theme.sizes.body, weight))
        role = "ink3" if view.is_stale else ("accentH" if is_strong else "ink")
        painter.setPen(theme.color(role))
        self._draw_text(painter, option, index)
        painter.restore()

    def _draw_text(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        view = self._view
        gap = view.shares.gap
        inner = option.rect.adjusted(gap, 0, -gap, 0)
        text = view.cells.text(index.row(), index.column())
        side = view.cells.side(index.column())
        if view.is_sentence(index.column()):
            inner.adjust(0, px(WRAPPED_TOP), 0, 0)
            flags = side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(inner, int(flags), breakable(text))
            return
        if not view.cells.is_number(index.row(), index.column()):
            text = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideMiddle, inner.width() + 1
            )
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        if view.has_sentences:
            inner.adjust(0, px(WRAPPED_TOP), 0, 0)
            flags = side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
        painter.drawText(inner, int(flags), text)
