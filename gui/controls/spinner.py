"""A turning arc: something is being computed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controls.painting import follow_look, painting, px
from gui.look import look

_STEP_MS = 40
_TURN_MS = 1000


class Spinner(QWidget):
    """An arc that turns while it runs and can be seen.

    Parameters
    ----------
    size : int
        Diameter in pixels at a body text of 13.
    """

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._is_running = False
        self._angle = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._on_timeout)
        self.setAccessibleName("Working")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        follow_look(self)

    @property
    def is_running(self) -> bool:
        """Whether `start` was called last."""
        return self._is_running

    @property
    def is_turning(self) -> bool:
        """Whether it runs and can be seen."""
        return self._timer.isActive()

    def start(self) -> None:
        """Turn whenever it can be seen."""
        self._is_running = True
        self._update_timer()

    def stop(self) -> None:
        """Stand still and show nothing."""
        self._is_running = False
        self._update_timer()

    def sizeHint(self) -> QSize:
        """Return the diameter in both directions."""
        return QSize(px(self._size), px(self._size))

    def showEvent(self, event: QShowEvent) -> None:
        """Turn again."""
        super().showEvent(event)
        self._update_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cost nothing while nobody looks."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring and the arc."""
        if not self._is_running:
            return
        theme = look().theme
        size = min(self.width(), self.height())
        width = max(1.5, size / 9)
        ring = QRectF(0, 0, size, size).adjusted(width, width, -width, -width)
        with painting(self) as painter:
            pen = QPen(theme.color("accentL"), width)
            painter.setPen(pen)
            painter.drawEllipse(ring)
            pen.setColor(theme.color("accent"))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(ring, round((90 - self._angle) * 16), -100 * 16)

    def _update_timer(self) -> None:
        if self._is_running and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()
        self.update()

    @Slot()
    def _on_timeout(self) -> None:
        self._angle = (self._angle + 360 * _STEP_MS / _TURN_MS) % 360
        self.update()
