"""What the hand-made controls share when they measure and paint themselves."""

from __future__ import annotations

from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui.controls.breaking import breakable
from gui.fonts import REGULAR, numerals, sans
from gui.icons import pixmap
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

VCENTER = Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | VCENTER
RIGHT = Qt.AlignmentFlag.AlignRight | VCENTER
_LONG_TIP = 80  # characters


def follow_look(widget: QWidget) -> None:
    """Measure and paint `widget` again whenever the theme changes.

    Qt ends the connections with the widget.
    """
    look().changed.connect(widget.updateGeometry)
    look().changed.connect(widget.update)


def px(pixels: float) -> int:
    """Whole pixels for a length that was drawn for a body text of 13 px."""
    return round(pixels * look().theme.sizes.scale)


def font(role: str = "body", weight: QFont.Weight = REGULAR) -> QFont:
    """Return the font of a type size (an attribute of `gui.theme.Sizes`)."""
    return sans(getattr(look().theme.sizes, role), weight)


def number_font(role: str = "body", weight: QFont.Weight = REGULAR) -> QFont:
    """Return the font of a type size for a column of numbers."""
    return numerals(getattr(look().theme.sizes, role), weight)


def text_width(text: str, used: QFont) -> int:
    """Width of one line, rounded up so that nothing is cut."""
    return int(QFontMetricsF(used).horizontalAdvance(text)) + 1


@contextmanager
def painting(widget: QWidget) -> Iterator[QPainter]:
    """Painter on `widget` with smooth edges, ended whatever happens."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()


def draw_box(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: QColor | None,
    edge: QColor | None = None,
    width: float = 1.0,
) -> None:
    """Draw a rounded box whose edge lies wholly inside `rect`."""
    inset = width / 2 if edge is not None else 0.0
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)
    painter.setPen(Qt.PenStyle.NoPen if edge is None else QPen(edge, width))
    inner = rect.adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(inner, max(0.0, radius - inset), max(0.0, radius - inset))


def draw_icon(
    painter: QPainter, name: str, role: str, center: QPointF, size: float
) -> None:
    """Draw an icon around `center`, on whole pixels so that it stays sharp."""
    corner = QPointF(round(center.x() - size / 2), round(center.y() - size / 2))
    painter.drawPixmap(
        QRectF(corner, QSizeF(size, size)), pixmap(name, role, size), QRectF()
    )


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    used: QFont,
    color: QColor,
    align: Qt.AlignmentFlag = LEFT,
) -> None:
    """Draw one line, shortened with dots where it does not fit."""
    metrics = QFontMetricsF(used)
    # half a pixel of grace: widths are rounded on the way through a layout
    shown = metrics.elidedText(
        text, Qt.TextElideMode.ElideRight, max(0.0, rect.width()) + 0.5
    )
    painter.setFont(used)
    painter.setPen(color)
    painter.drawText(rect, int(align | Qt.TextFlag.TextSingleLine), shown)


def draw_check(painter: QPainter, box: QRectF, color: QColor) -> None:
    """Draw a check mark that fills `box` as the one of a ticked box does."""
    pen = QPen(color, box.width() * 0.125)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    places = ((0.26, 0.52), (0.43, 0.69), (0.75, 0.33))
    painter.drawPolyline(
        [
            QPointF(box.left() + x * box.width(), box.top() + y * box.height())
            for x, y in places
        ]
    )


def literal(text: str) -> str:
    """Text for a button that may hold a name of the user's: ``&`` means itself."""
    return text.replace("&", "&&")


def plain_tip(text: str) -> str:
    """Text for a tooltip that may hold a name of the user's: ``<`` means itself.

    Only what Qt takes for rich text is broken into lines, so long texts become that.
    """
    if "<" not in text and len(text) <= _LONG_TIP:
        return text
    return f"<span>{escape(breakable(text), quote=False)}</span>"
