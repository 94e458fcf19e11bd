"""What surrounds a plot: heading, caption, and what is said in place of a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.fonts import sans

if TYPE_CHECKING:
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
        self._heights: dict[int, int] = {}  # by width; a layout asks again and again
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()  # until it has something to say

    def text(self) -> str:
        """Return the words."""
        return self._text

    def set_text(self, text: str) -> None:
        """Say something else; nothing at all takes no room."""
        if text == self._text:
            return
        self._text = text
        self._heights.clear()
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self._theme = theme
        self._heights.clear()
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
        height = self._heights.get(width)
        if height is None:
            layout = self._laid_out(width)
            last = layout.lineAt(layout.lineCount() - 1)
            height = self._heights[width] = int(last.y() + last.height() + 1)
        return height

    def sizeHint(self) -> QSize:
        """Return the height at the present width."""
        return QSize(80, self.heightForWidth(max(80, self.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self._theme.color(self._role))
        self._laid_out(self.width()).draw(painter, QPointF(0, 0))
        painter.end()
