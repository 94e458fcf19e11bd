"""What lies over a drawing area: a veil over an old picture, the ring of the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.plots.items import NO_BRUSH, make_pen

if TYPE_CHECKING:
    from gui.theme import Theme

STALE_OPACITY = 0.3  # of an old picture


class CanvasCover(QWidget):
    """Nothing but its paint; the pointer goes through.

    A veil in the colour of the paper rather than a translucent picture: Qt draws
    translucent lines ten times as slowly as solid ones.
    """

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self.is_veiled = self.is_ringed = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours from `theme`."""
        self._theme = theme
        self.update()

    def set_veiled(self, is_veiled: bool) -> None:
        """Dim what is below, or not."""
        self.is_veiled = is_veiled
        self._refresh()

    def set_ringed(self, is_ringed: bool) -> None:
        """Show that the keyboard is here, or not."""
        self.is_ringed = is_ringed
        self._refresh()

    def _refresh(self) -> None:
        """Be there only when there is something to paint."""
        self.setVisible(self.is_veiled or self.is_ringed)
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint veil and ring."""
        painter = QPainter(self)
        if self.is_veiled:
            veil = self._theme.color("surface", 1 - STALE_OPACITY)
            painter.fillRect(self.rect(), veil)
        if self.is_ringed:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(make_pen(self._theme.color("accent"), 2))
            painter.setBrush(NO_BRUSH)
            radius = self._theme.sizes.radius_button
            place = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(place, radius, radius)
        painter.end()
