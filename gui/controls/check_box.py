"""Boxes to tick: plain ones, and the toggles of the picture's lines."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import (
    draw_box,
    draw_check,
    draw_text,
    follow_look,
    font,
    literal,
    painting,
    px,
    text_width,
)
from gui.fonts import MEDIUM
from gui.look import look

BOX = 16  # edge of the box
GAP = 8

SAMPLES = {  # sample: colour role, width, whether dashed; as in the picture
    "partial": ("gline", 1.8, False),
    "none": ("gthin", 1.0, False),
    "complete": ("pooled", 1.8, True),
}


class CheckBox(QCheckBox):
    """A box to tick, with words.

    Parameters
    ----------
    text : str
        What it stands for; a name of the user's is shown as it is.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(literal(text), parent)
        self._words = text
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        follow_look(self)

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._words = text
        self.setText(literal(text))
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the box and all words."""
        words = text_width(self._words, font()) + px(GAP) if self._words else 0
        return QSize(px(BOX) + words, px(24))

    def minimumSizeHint(self) -> QSize:
        """Room for the box and a few letters."""
        return QSize(min(self.sizeHint().width(), px(72)), px(24))

    def hitButton(self, pos: QPoint) -> bool:
        """Box and words can be pressed, the empty space behind them not."""
        return 0 <= pos.x() <= self.sizeHint().width() and self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 3, hugs=True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box and the words."""
        top = (self.height() - px(BOX)) / 2
        with painting(self) as painter:
            draw_tick_box(painter, self, QRectF(0, round(top), px(BOX), px(BOX)))
            start = px(BOX + GAP)
            room = QRectF(start, 0, self.width() - start, self.height())
            color = look().theme.color("ink" if self.isEnabled() else "ink3")
            draw_text(painter, room, self._words, font(), color)


class LineToggle(QCheckBox):
    """A bordered toggle that shows a line of the picture: box, sample, word.

    Parameters
    ----------
    text : str
        Which lines.
    sample : {"partial", "none", "complete"}
        How they are drawn.
    """

    _PAD = 8
    _SAMPLE = 24

    def __init__(self, text: str, sample: str, parent: QWidget | None = None) -> None:
        super().__init__(literal(text), parent)
        self._words = text
        self._line = SAMPLES[sample]
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(self.sizeHint().width())
        follow_look(self)
        look().changed.connect(self._on_look_changed)

    def set_text(self, text: str) -> None:
        """Say it shorter or longer, as there is room."""
        self._words = text
        self.setText(literal(text))
        self.setAccessibleName(text)
        self._on_look_changed()

    def _on_look_changed(self) -> None:
        self.setMaximumWidth(self.sizeHint().width())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for everything."""
        words = text_width(self._words, font("body", MEDIUM))
        return QSize(self._start() + words + px(12), px(28))

    def minimumSizeHint(self) -> QSize:
        """Room for box and sample; the word can be read on hover."""
        return QSize(self._start() + px(16), px(28))

    def hitButton(self, pos: QPoint) -> bool:
        """The whole toggle can be pressed."""
        return self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the border, the box, the sample and the word."""
        theme = look().theme
        middle = self.height() / 2
        with painting(self) as painter:
            edge = theme.color("ctrl" if self.underMouse() else "line2")
            fill = theme.color("surface" if self.isEnabled() else "mute")
            draw_box(painter, QRectF(self.rect()), px(6), fill, edge)
            box = px(BOX)
            top = round(middle - box / 2)
            draw_tick_box(painter, self, QRectF(px(self._PAD), top, box, box))
            self._draw_sample(painter, middle)
            start = self._start()
            room = QRectF(start, 0, self.width() - start - px(6), self.height())
            color = theme.color("ink" if self.isEnabled() else "ink3")
            draw_text(painter, room, self._words, font("body", MEDIUM), color)

    def _draw_sample(self, painter: QPainter, middle: float) -> None:
        role, width, is_dashed = self._line
        pen = QPen(
            look().theme.color(role if self.isEnabled() else "ctrl"),
            width * look().theme.sizes.scale,
        )
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if is_dashed:
            pen.setDashPattern([5, 4])
        painter.setPen(pen)
        left = px(self._PAD + BOX + GAP)
        # a thin line is sharp on a pixel's middle only
        y = round(middle) + (0.5 if width <= 1 else 0.0)
        painter.drawLine(QPointF(left, y), QPointF(left + px(self._SAMPLE), y))

    def _start(self) -> int:
        return px(self._PAD + BOX + GAP + self._SAMPLE + GAP)


def draw_tick_box(painter: QPainter, button: QCheckBox, box: QRectF) -> None:
    """Draw the box of a check box in its state."""
    theme = look().theme
    state = button.checkState()
    is_on, is_filled = button.isEnabled(), state != Qt.CheckState.Unchecked
    fill, edge = "surface", "ctrl"
    if not is_on:
        fill, edge = "mute", "line2"
    elif is_filled:
        fill = edge = "accentH" if button.underMouse() else "accent"
    elif button.isDown():
        fill = "accentT"
    elif button.underMouse():
        edge = "accent"
    draw_box(painter, box, px(4), theme.color(fill), theme.color(edge))
    mark = theme.color("onaccent" if is_on else "ink3")
    if state == Qt.CheckState.Checked:
        draw_check(painter, box, mark)
    elif state == Qt.CheckState.PartiallyChecked:
        inner = box.adjusted(px(4), px(7), -px(4), -px(7))
        draw_box(painter, inner, 1, mark)
