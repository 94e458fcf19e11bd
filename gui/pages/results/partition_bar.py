"""Where the variation lives: one bar whose parts are sources of variation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controls.painting import px, text_width
from gui.fonts import SEMIBOLD, sans
from gui.look import look

if TYPE_CHECKING:
    from engine.reporting.result_table import ResultTable

_BAR, _LINE = 28, 24
_ROLES = ("accent", "accentL", "gline", "point", "gthin", "band")
_TEXT_ROLES = {"accent": "onaccent", "accentL": "ink", "gline": "surface"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A source, its share in words and as a number."""

    source: str
    text: str
    share: float


class PartitionBar(QWidget):
    """Shares of the variance as parts of a bar, with their names below.

    Signals
    -------
    part_clicked : str, str
        Source of the part, and its share as the table shows it.
    """

    part_clicked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[_Part] = []
        self._is_stale = False
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look().changed.connect(self.update)

    def set_table(self, table: ResultTable) -> None:
        """Take sources and shares from the table of the variance partition."""
        shares = table.frame["Share"].tolist()
        self._parts = [
            _Part(table.text(row, "Source"), table.text(row, "Share"), float(share))
            for row, share in enumerate(shares)
            if share > 0
        ]
        words = "; ".join(f"{part.source} {part.text}" for part in self._parts)
        self.setAccessibleName(f"Where does the variation live? {words}")
        self.updateGeometry()
        self.update()

    def set_stale(self, is_stale: bool) -> None:
        """Dim old shares."""
        self._is_stale = is_stale
        self.update()

    def sizeHint(self) -> QSize:
        """Bar and one line of names."""
        return QSize(px(320), self.heightForWidth(px(600)))

    def heightForWidth(self, width: int) -> int:
        """Bar and as many lines of names as they need."""
        return px(_BAR) + px(8) + len(self._name_lines(width)) * px(_LINE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the parts and their names."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(0.3 if self._is_stale else 1.0)
            self._paint_bar(painter)
            self._paint_names(painter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which part was clicked."""
        for part, rect in self._rects():
            if rect.contains(event.position()) and not self._is_stale:
                self.part_clicked.emit(part.source, part.text)

    def _role(self, number: int) -> str:
        is_last = number == len(self._parts) - 1
        return "line2" if is_last else _ROLES[number % len(_ROLES)]

    def _rects(self) -> list[tuple[_Part, QRectF]]:
        found, left = [], 0.0
        total = sum(part.share for part in self._parts) or 1.0
        for part in self._parts:
            width = self.width() * part.share / total
            found.append((part, QRectF(left, 0, width, px(_BAR))))
            left += width
        return found

    def _paint_bar(self, painter: QPainter) -> None:
        theme = look().theme
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0, 0, self.width(), px(_BAR)), 5, 5)
        painter.save()
        painter.setClipPath(outline)
        painter.setFont(sans(theme.sizes.caption, SEMIBOLD))
        for number, (part, rect) in enumerate(self._rects()):
            role = self._role(number)
            painter.fillRect(rect.adjusted(0, 0, -1, 0), theme.color(role))
            if rect.width() > text_width(part.text, painter.font()) + px(16):
                painter.setPen(theme.color(_TEXT_ROLES.get(role, "ink")))
                inner = rect.adjusted(px(10), 0, 0, 0)
                painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, part.text)
        painter.restore()

    def _name_lines(self, width: int) -> list[list[tuple[int, str, int]]]:
        """Names in lines: number of the part, words, and where they begin."""
        used = sans(look().theme.sizes.caption)
        lines: list[list[tuple[int, str, int]]] = [[]]
        left = 0
        for number, part in enumerate(self._parts):
            words = f"{part.source} {part.text}"
            needed = px(20) + text_width(words, used) + px(12)
            if lines[-1] and left + needed > width:
                lines.append([])
                left = 0
            lines[-1].append((number, words, left))
            left += needed
        return lines if self._parts else []

    def _paint_names(self, painter: QPainter) -> None:
        theme = look().theme
        painter.setFont(sans(theme.sizes.caption))
        top = px(_BAR) + px(8)
        for line in self._name_lines(self.width()):
            for number, words, left in line:
                box = QRectF(left, top + (px(_LINE) - px(10)) / 2, px(10), px(10))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color(self._role(number)))
                painter.drawRoundedRect(box, 2, 2)
                painter.setPen(theme.color("ink2"))
                room = self.width() - left - px(18)
                text = painter.fontMetrics().elidedText(
                    words, Qt.TextElideMode.ElideRight, room
                )
                rect = QRectF(left + px(16), top, room, px(_LINE))
                painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
            top += px(_LINE)
