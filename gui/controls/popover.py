"""A small panel over the window that goes away by itself."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.controls.painting import draw_box, follow_look, painting, px
from gui.look import look


class Popover(QFrame):
    """A panel that opens below something; a click elsewhere or Esc closes it.

    Parameters
    ----------
    parent : QWidget
        Its owner.

    Attributes
    ----------
    body : QVBoxLayout
        What it shows.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint
        )
        # a popup without system shadow and with clear corners; the edge is enough
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(px(12), px(12), px(12), px(12))
        self.body.setSpacing(px(8))
        follow_look(self)

    def show_below(self, widget: QWidget) -> None:
        """Open under `widget`, or above it where there is no room, on its screen."""
        self.adjustSize()
        size = self.sizeHint().expandedTo(self.minimumSize())
        size = size.boundedTo(self.maximumSize())
        top_left = widget.mapToGlobal(QPoint(0, 0))
        screen = widget.screen() or QGuiApplication.primaryScreen()
        around = QRect(top_left, widget.size())
        self.setGeometry(place_below(around, size, screen.availableGeometry(), px(4)))
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw surface and edge."""
        theme = look().theme
        with painting(self) as painter:
            draw_box(
                painter,
                QRectF(self.rect()),
                theme.sizes.radius,
                theme.color("surface"),
                theme.color("line2"),
            )


def place_below(around: QRect, size: QSize, screen: QRect, gap: int) -> QRect:
    """Place for something of `size` below `around`, wholly on the screen.

    Parameters
    ----------
    around, screen : QRect
        What it belongs to, and the free part of the screen.
    size : QSize
        Its size; reduced if it is larger than the screen.
    gap : int
        Pixels between the two.

    Returns
    -------
    QRect
        Below if it fits there or if there is more room than above; else above.
    """
    size = size.boundedTo(screen.size())
    below = around.bottom() + 1 + gap
    above = around.top() - gap - size.height()
    fits_below = below + size.height() <= screen.bottom() + 1
    y = below if fits_below or above < screen.top() else above
    y = min(y, screen.bottom() + 1 - size.height())
    x = min(around.left(), screen.right() + 1 - size.width())
    return QRect(QPoint(max(x, screen.left()), max(y, screen.top())), size)
