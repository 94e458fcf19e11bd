"""A line of words that can be pressed: it looks like a label until it is pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controls.painting import (
    font,
    painting,
    plain_tip,
    px,
    text_width,
)
from gui.controls.pressable import Pressable
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_HIGH = 22


class WordButton(Pressable):
    """Words in the small type; cut with dots where they do not fit.

    Parameters
    ----------
    does : str
        What pressing it does, for the tooltip and a screen reader.
    """

    def __init__(self, does: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._does = does
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_words("")

    def set_words(self, words: str) -> None:
        """Say something else; nothing to say is nothing to press."""
        self.setText(words)
        self.setEnabled(bool(words))
        self.setAccessibleName(f"{words}: {self._does}" if words else self._does)
        self.setToolTip(plain_tip(f"{words}\n{self._does}" if words else ""))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for everything."""
        return QSize(text_width(self.text(), font("caption")) + px(4), px(_HIGH))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(min(self.sizeHint().width(), px(60)), px(_HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the words, in the colour of a link under the pointer."""
        is_hot = self.is_hot
        with painting(self) as painter:
            drawn = font("caption")
            drawn.setUnderline(is_hot)
            painter.setFont(drawn)
            painter.setPen(look().theme.color("accentH" if is_hot else "ink2"))
            width = self.width()
            words = painter.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, width
            )
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.drawText(QRectF(self.rect()), int(flags), words)
