"""The card at the pointer: who is here, and the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.fonts import BOLD, MEDIUM, sans
from gui.plots.items import NO_PEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme

Value = tuple[str, str]


class HoverCard(QWidget):
    """A dark card beside the pointer, two short values to a line."""

    _PAD = (12.0, 8.0)
    _LINE = 18.0
    _COLUMN_GAP = 14.0
    _AWAY = 14  # pixels from the point
    _LONGEST = 220.0
    _HALF = 122.0  # values no wider than this share a line

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._owner = parent
        self.heading = ""
        self.values: tuple[Value, ...] = ()
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self._theme = theme
        self.update()

    def show_at(self, point: QPoint, heading: str, values: Sequence[Value]) -> None:
        """Appear beside `point` of the parent, where there is room."""
        self.heading, self.values = heading, tuple(values)
        self.setAccessibleName(
            ", ".join([heading, *(f"{name} {value}" for name, value in values)])
        )
        size = self._needed()
        room = self._owner.rect()
        place = QRect(point + QPoint(self._AWAY, self._AWAY), size)
        if place.right() > room.right():
            place.moveRight(point.x() - self._AWAY)
        if place.bottom() > room.bottom():
            place.moveBottom(point.y() - self._AWAY)
        place.moveTopLeft(QPoint(max(0, place.left()), max(0, place.top())))
        self.setGeometry(place)
        self.show()
        self.raise_()
        self.update()

    def _fonts(self) -> tuple[QFont, QFont]:
        size = self._theme.sizes.caption
        return sans(size, BOLD), sans(size, MEDIUM)

    def _short(self, text: str) -> str:
        metrics = QFontMetricsF(self._fonts()[0])
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, self._LONGEST)

    def _words(self, value: Value) -> str:
        return f"{self._short(value[0])} {value[1]}"

    def lines(self) -> list[list[str]]:
        """Return one or two values a line, as they are written."""
        metrics = QFontMetricsF(self._fonts()[1])
        lines: list[list[str]] = []
        has_room = False
        for words in map(self._words, self.values):
            is_short = metrics.horizontalAdvance(words) <= self._HALF * self._scale()
            if is_short and has_room:
                lines[-1].append(words)
                has_room = False
            else:
                lines.append([words])
                has_room = is_short
        return lines

    def _scale(self) -> float:
        return self._theme.sizes.scale

    def _first_column(self) -> float:
        """Width of the first of two values."""
        metrics = QFontMetricsF(self._fonts()[1])
        firsts = [line[0] for line in self.lines() if len(line) > 1]
        return max(map(metrics.horizontalAdvance, firsts), default=0.0)

    def _needed(self) -> QSize:
        """Size for all lines."""
        head, body = (QFontMetricsF(font) for font in self._fonts())
        lines, first = self.lines(), self._first_column() + self._COLUMN_GAP
        widths = [head.horizontalAdvance(self._short(self.heading))]
        for line in lines:
            start = first if len(line) > 1 else 0.0
            widths.append(start + body.horizontalAdvance(line[-1]))
        tall = self._scale() * self._LINE * (1 + len(lines))
        wide = max(widths) + 2 * self._PAD[0]
        return QSize(int(wide) + 1, int(tall + 2 * self._PAD[1]))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card; in the dark theme it is lighter than the plot."""
        is_dark = self._theme.is_dark
        color = self._theme.color
        head, body = self._fonts()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(NO_PEN)
        painter.setBrush(color("line" if is_dark else "ink"))
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.setPen(color("ink" if is_dark else "surface"))
        left, top = self._PAD
        y = top + QFontMetricsF(head).ascent() + 1
        painter.setFont(head)
        painter.drawText(QPointF(left, y), self._short(self.heading))
        painter.setFont(body)
        second = left + self._first_column() + self._COLUMN_GAP
        for line in self.lines():
            y += self._LINE * self._scale()
            for words, x in zip(line, (left, second), strict=False):
                painter.drawText(QPointF(x, y), words)
        painter.end()
