"""A round box: one choice of several that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtWidgets import QRadioButton, QWidget

from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import (
    draw_box,
    draw_text,
    follow_look,
    font,
    literal,
    painting,
    px,
    text_width,
)
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent

_DISC = 16
_GAP = 8


class RadioButton(QRadioButton):
    """A round box with words; siblings exclude each other.

    Parameters
    ----------
    text : str
        What it stands for; a name of the user's is shown as it is.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(literal(text), parent)
        self._words = text
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(text)
        follow_look(self)

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._words = text
        self.setText(literal(text))
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the disc and all words."""
        return QSize(px(_DISC + _GAP) + text_width(self._words, font()), px(24))

    def minimumSizeHint(self) -> QSize:
        """Room for the disc and a few letters."""
        return QSize(min(self.sizeHint().width(), px(72)), px(24))

    def hitButton(self, pos: QPoint) -> bool:
        """Disc and words can be pressed, the empty space behind them not."""
        return 0 <= pos.x() <= self.sizeHint().width() and self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 3, hugs=True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the disc and the words."""
        theme = look().theme
        size = px(_DISC)
        disc = QRectF(0, round((self.height() - size) / 2), size, size)
        is_on = self.isEnabled()
        edge = "ctrl" if is_on else "line2"
        if is_on and (self.isChecked() or self.underMouse()):
            edge = "accent"
        fill = theme.color("surface" if is_on else "mute")
        with painting(self) as painter:
            draw_box(painter, disc, size / 2, fill, theme.color(edge))
            if self.isChecked():
                away = size * 0.25
                dot = disc.adjusted(away, away, -away, -away)
                color = theme.color("accent" if is_on else "ink3")
                draw_box(painter, dot, dot.width() / 2, color)
            start = px(_DISC + _GAP)
            room = QRectF(start, 0, self.width() - start, self.height())
            color = theme.color("ink" if is_on else "ink3")
            draw_text(painter, room, self._words, font(), color)
