"""A thin bar: how much of a long job is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QTimer, Slot
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from gui.controls.painting import draw_box, follow_look, painting, px
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent

_HEIGHT = 8
_STEP_MS = 40
_CROSSING_MS = 1400
_PIECE = 0.3  # of the bar, while nobody knows how long it takes


class ProgressBar(QProgressBar):
    """A bar of 8 pixels; a screen reader is told the value.

    Parameters
    ----------
    accessible_name : str
        Which job.
    """

    def __init__(
        self, accessible_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name or "Progress")
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._on_timeout)
        follow_look(self)

    @property
    def is_indeterminate(self) -> bool:
        """Whether nobody knows how much there is to do."""
        return self.maximum() == self.minimum()

    def set_progress(self, done: int, total: int) -> None:
        """Show `done` of `total`; a total of 0 means that nobody knows."""
        self.setRange(0, max(0, total))
        self.setValue(min(max(0, done), max(0, total)))
        self._update_timer()

    def set_indeterminate(self) -> None:
        """Show that it works, not how far it is."""
        self.set_progress(0, 0)

    def sizeHint(self) -> QSize:
        """Thin, and as long as there is room."""
        return QSize(px(160), px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Short where it must be."""
        return QSize(px(40), px(_HEIGHT))

    def showEvent(self, event: QShowEvent) -> None:
        """Move again."""
        super().showEvent(event)
        self._update_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cost nothing while nobody looks."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the track and the part that is done."""
        theme = look().theme
        tall = px(_HEIGHT)
        track = QRectF(0, (self.height() - tall) / 2, self.width(), tall)
        with painting(self) as painter:
            draw_box(painter, track, tall / 2, theme.color("mute"))
            self._draw_done(painter, track)

    def _draw_done(self, painter: QPainter, track: QRectF) -> None:
        color = look().theme.color("accent")
        radius = track.height() / 2
        done = QRectF(track)
        if self.is_indeterminate:
            length = track.width() * _PIECE
            left = self._phase * (track.width() + length) - length
            done.setLeft(max(0.0, left))
            done.setRight(min(track.right(), left + length))
        else:
            share = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
            done.setWidth(max(track.height(), track.width() * share))
            if share <= 0:
                return
        if done.width() > 0:
            draw_box(painter, done, min(radius, done.width() / 2), color)

    def _update_timer(self) -> None:
        if self.is_indeterminate and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()
        self.update()

    @Slot()
    def _on_timeout(self) -> None:
        self._phase = (self._phase + _STEP_MS / _CROSSING_MS) % 1.0
        self.update()
