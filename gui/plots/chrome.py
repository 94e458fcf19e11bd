"""What surrounds a plot: heading and caption, and the card at the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.fonts import BOLD, MEDIUM, sans
from gui.plots.items import NO_PEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme


class TextBlock(QWidget):
    """Plain text that wraps anywhere if it must, so that no name widens a window."""

    def __init__(
        self,
        theme: Theme,
        role: str,
        weight: QFont.Weight,
        *,
        is_centred: bool = False,
    ) -> None:
        super().__init__()
        self._text = ""
        self._is_centred = is_centred
        self._role, self._weight = role, weight
        self._theme = theme
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """Return the words."""
        return self._text

    def set_text(self, text: str) -> None:
        """Say something else; nothing at all takes no room."""
        self._text = text
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def _laid_out(self, width: float) -> QTextLayout:
        """Return lines broken to `width`, at 135 % distance."""
        size = self._theme.sizes
        pixels = size.panel if self._role == "ink" else size.caption
        layout = QTextLayout(self._text, sans(pixels, self._weight))
        option = QTextOption()
        if self._is_centred:
            option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1.0, width))
            line.setPosition(QPointF(0, top))
            top += round(pixels * 1.35)
        layout.endLayout()
        return layout

    def heightForWidth(self, width: int) -> int:
        """Height of all lines."""
        layout = self._laid_out(width)
        last = layout.lineAt(layout.lineCount() - 1)
        return int(last.y() + last.height() + 1)

    def sizeHint(self) -> QSize:
        """Return the height at the present width."""
        return QSize(80, self.heightForWidth(max(80, self.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self._theme.color(self._role))
        self._laid_out(self.width()).draw(painter, QPointF(0, 0))
        painter.end()


class HoverCard(QWidget):
    """A dark card beside the pointer: who it is, and its values."""

    _PAD = (12.0, 8.0)
    _LINE = 18.0
    _COLUMN_GAP = 14.0
    _AWAY = 14  # pixels from the point
    _LONGEST = 220.0

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._owner = parent
        self.heading = ""
        self.values: tuple[tuple[str, str], ...] = ()
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self._theme = theme
        self.update()

    def show_at(
        self, point: QPoint, heading: str, values: Sequence[tuple[str, str]]
    ) -> None:
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

    def _columns(self) -> tuple[float, float]:
        """Width of the names and of the values."""
        metrics = QFontMetricsF(self._fonts()[1])
        names = [
            metrics.horizontalAdvance(self._short(name)) for name, _ in self.values
        ]
        values = [metrics.horizontalAdvance(value) for _, value in self.values]
        return max(names, default=0.0), max(values, default=0.0)

    def _short(self, text: str) -> str:
        metrics = QFontMetricsF(self._fonts()[0])
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, self._LONGEST)

    def _needed(self) -> QSize:
        """Size for all lines."""
        head = QFontMetricsF(self._fonts()[0]).horizontalAdvance(
            self._short(self.heading)
        )
        wide = max(head, sum(self._columns()) + self._COLUMN_GAP)
        tall = self._LINE * (1 + len(self.values))
        return QSize(int(wide + 2 * self._PAD[0]) + 1, int(tall + 2 * self._PAD[1]))

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
        ascent = QFontMetricsF(head).ascent() + 1
        painter.setFont(head)
        painter.drawText(QPointF(left, top + ascent), self._short(self.heading))
        painter.setFont(body)
        right = self.width() - left
        metrics = QFontMetricsF(body)
        for line, (name, value) in enumerate(self.values, start=1):
            y = top + ascent + line * self._LINE
            painter.drawText(QPointF(left, y), self._short(name))
            start = right - metrics.horizontalAdvance(value)
            painter.drawText(QPointF(start, y), value)
        painter.end()
