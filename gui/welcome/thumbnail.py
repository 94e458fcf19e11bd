"""The small picture at the top of an example's card."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from gui.theme import Theme
    from gui.welcome.examples import Picture, Point

_SIZE = QSize(308, 132)
_MARGIN = (20.0, 14.0)  # beside and above the drawing
_THIN, _FIT, _HIGHLIGHTED = 1.0, 1.5, 2.5  # widths of lines
_DOT, _NODE = 4.0, 7.0  # diameters


class Thumbnail(QWidget):
    """Paints an example's data and lines, one line highlighted, in the theme's colours.

    It only decorates: the card around it takes clicks and says what it is.

    Parameters
    ----------
    picture : Picture
    parent : QWidget, optional
    """

    def __init__(self, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._theme = look().theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look().changed.connect(self._on_look_changed)

    def sizeHint(self) -> QSize:
        """As wide as a card, and as high as suits its text."""
        return _SIZE * self._theme.sizes.scale

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, points, lines, and last what is highlighted."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_points(painter)
        others = [
            i for i in range(len(self._picture.lines)) if i != self._picture.highlighted
        ]
        for place in (*others, self._picture.highlighted):
            self._paint_line(painter, place)
        painter.end()

    @Slot(object)
    def _on_look_changed(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def _paint_ground(self, painter: QPainter) -> None:
        """Fill the upper part of a card with round corners; a hairline ends it."""
        radius = self._theme.sizes.radius
        area = QRectF(self.rect())
        ground = QPainterPath()
        ground.addRoundedRect(area.adjusted(0, 0, 0, radius), radius, radius)
        painter.setClipRect(area)
        painter.fillPath(ground, self._theme.color("sunken"))
        painter.fillRect(
            QRectF(0, area.height() - 1, area.width(), 1), self._theme.color("line")
        )

    def _paint_points(self, painter: QPainter) -> None:
        diameter = _DOT * self._theme.sizes.scale
        rows, chosen = self._theme.color("point", 0.5), self._theme.color("hi", 0.7)
        self._paint_dots(painter, self._picture.points, diameter, rows)
        self._paint_dots(painter, self._picture.marked, diameter, chosen)

    def _paint_line(self, painter: QPainter, place: int) -> None:
        """Paint one group's line.

        The colour is opaque and segments are drawn one by one: at twice the pixels,
        Qt takes 30 times as long for a translucent polyline.
        """
        picture, scale = self._picture, self._theme.sizes.scale
        color, width = self._theme.color("hi"), _HIGHLIGHTED
        if place != picture.highlighted:
            color = self._faded("gline", 0.55 if picture.is_thin else 0.85)
            width = _THIN if picture.is_thin else _FIT
        cap = Qt.PenCapStyle.FlatCap if width <= _THIN else Qt.PenCapStyle.RoundCap
        painter.setPen(QPen(color, width * scale, c=cap))
        points = [self._placed(point) for point in picture.lines[place]]
        painter.drawLines([QLineF(*ends) for ends in pairwise(points)])
        if place in picture.nodes:
            self._paint_dots(painter, picture.lines[place], _NODE * scale, color)

    def _faded(self, role: str, share: float) -> QColor:
        """Mix a colour with the ground."""
        color, ground = self._theme.color(role), self._theme.color("sunken")
        pairs = (
            (color.red(), ground.red()),
            (color.green(), ground.green()),
            (color.blue(), ground.blue()),
        )
        return QColor(*(round(share * a + (1 - share) * b) for a, b in pairs))

    def _paint_dots(
        self,
        painter: QPainter,
        points: Sequence[Point],
        diameter: float,
        color: QColor,
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for point in points:
            painter.drawEllipse(self._placed(point), diameter / 2, diameter / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _placed(self, point: Point) -> QPointF:
        """Where a point of the unit square is on the widget."""
        scale = self._theme.sizes.scale
        beside, above = _MARGIN[0] * scale, _MARGIN[1] * scale
        width, height = self.width() - 2 * beside, self.height() - 2 * above
        return QPointF(beside + point[0] * width, above + (1 - point[1]) * height)
