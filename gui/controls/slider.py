"""A slider: a track whose part before the knob is filled."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import draw_box, follow_look, painting, px
from gui.look import look

_KNOB, _TRACK = 16, 4


class Slider(QSlider):
    """A horizontal slider; a click puts the knob there, the arrow keys move it.

    Parameters
    ----------
    accessible_name : str
        What is set.
    """

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(accessible_name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._is_beyond = False
        self._measure()
        look().changed.connect(self._on_look_changed)
        follow_look(self)

    def set_beyond(self, is_beyond: bool) -> None:
        """Say whether what is set lies beyond the ends: then the knob is hollow."""
        self._is_beyond = is_beyond
        self.update()

    def sizeHint(self) -> QSize:
        """A track of a few fingers' width."""
        return QSize(px(120), px(24))

    def minimumSizeHint(self) -> QSize:
        """Room to move in."""
        return QSize(px(60), px(24))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll what is around: the wheel must not change what is set."""
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the knob where the click is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the knob follow."""
        if self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw track and knob."""
        theme, half = look().theme, px(_KNOB) / 2
        role = "accent" if self.isEnabled() else "line2"
        middle, at = self.height() / 2, self._knob()
        track = QRectF(half, middle - px(_TRACK) / 2, self._room(), px(_TRACK))
        with painting(self) as painter:
            draw_box(painter, track, px(_TRACK) / 2, theme.color("line2"))
            track.setRight(at)
            draw_box(painter, track, px(_TRACK) / 2, theme.color(role))
            is_hot = self.isEnabled() and (self.underMouse() or self.isSliderDown())
            painter.setPen(QPen(theme.color("accentH" if is_hot else role), px(2)))
            painter.setBrush(theme.color("surface"))
            painter.drawEllipse(QPointF(at, middle), half - px(1), half - px(1))
            if not self._is_beyond:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color(role))
                painter.drawEllipse(QPointF(at, middle), px(3), px(3))

    def _room(self) -> float:
        return max(1.0, self.width() - px(_KNOB))

    def _knob(self) -> float:
        wide = max(1, self.maximum() - self.minimum())
        share = (self.value() - self.minimum()) / wide
        return px(_KNOB) / 2 + share * self._room()

    def _go_to(self, x: float) -> None:
        share = (x - px(_KNOB) / 2) / self._room()
        wide = self.maximum() - self.minimum()
        self.setValue(self.minimum() + round(min(max(share, 0.0), 1.0) * wide))

    @Slot()
    def _on_look_changed(self) -> None:
        self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(px(24))
