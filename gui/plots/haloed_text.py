"""Words over a plot, with a halo that keeps them apart from what is below."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath

from gui.fonts import sans
from gui.plots.items import make_pen

_HALO = 3.0
_KEPT = 512


@dataclass(frozen=True, slots=True)
class Ink:
    """How words are written.

    Attributes
    ----------
    size : float
        Of the type, in logical pixels.
    weight : QFont.Weight
    color, paper : int
        Of the words and of the halo, as `QColor.rgba` gives them.
    """

    size: float
    weight: QFont.Weight
    color: int
    paper: int


def paint_shapes(painter: QPainter, at: QPointF, text: str, ink: Ink) -> None:
    """Draw `text` from its baseline as shapes, which a picture can scale."""
    painter.setFont(sans(ink.size, ink.weight))
    outline = QPainterPath()
    outline.addText(at, painter.font(), text)
    paper = QColor.fromRgba(ink.paper)
    painter.strokePath(outline, make_pen(paper, _HALO))
    painter.setPen(QColor.fromRgba(ink.color))
    painter.drawText(at, text)


def paint_copy(painter: QPainter, at: QPointF, text: str, ink: Ink) -> None:
    """Draw `text` from its baseline on a screen, which sees the same words often."""
    scale = painter.device().devicePixelRatioF()
    image, base = _written(text, ink, scale)
    corner = (at - base) * scale  # on whole pixels of the screen, to stay sharp
    place = QPointF(round(corner.x()) / scale, round(corner.y()) / scale)
    painter.drawImage(place, image)


@lru_cache(_KEPT)
def _written(text: str, ink: Ink, scale: float) -> tuple[QImage, QPointF]:
    """Words in pixels of the screen, and where in them the baseline begins."""
    metrics = QFontMetricsF(sans(ink.size, ink.weight))
    box = metrics.boundingRect(text).adjusted(-_HALO, -_HALO, _HALO, _HALO)
    base = QPointF(ceil(-box.left()), ceil(-box.top()))
    wide, high = base.x() + ceil(box.right()), base.y() + ceil(box.bottom())
    image = QImage(
        ceil(wide * scale),
        ceil(high * scale),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_shapes(painter, base, text, ink)
    painter.end()
    return image, base
