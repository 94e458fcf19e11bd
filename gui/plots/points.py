"""Points of a few looks: ellipses, or stamps of one sprite where there are many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pyqtgraph.Qt import internals
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gui.plots.geometry import inside, pixels
from gui.plots.items import EMPTY, NO_PEN, PixelItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtGui import QTransform

    from engine.arrays import FloatArray, IntArray

STAMPED_FROM = 800  # 5 us an ellipse against 0.4 us a stamp on whole pixels


class Points(PixelItem):
    """Circles of one size and edge, of one fill or of one for each group.

    Not `pyqtgraph.ScatterPlotItem`: it keeps a style for every point, and needs 0.8 s
    for 50,000 of them.
    """

    def __init__(self, z: float, *, vector: bool) -> None:
        super().__init__()
        self.setZValue(z)
        self.vector = vector
        self.size, self.fill, self.edge = 6.0, QColor(), NO_PEN
        self.codes: IntArray | None = None
        self.fills: tuple[QColor, ...] = ()
        self._x, self._y = EMPTY, EMPTY

    def set_data(self, x: FloatArray, y: FloatArray) -> None:
        """Replace the points, in data units; all finite."""
        if len(x) == 0 and len(self._x) == 0:
            return  # nothing to draw again
        self._x, self._y, self.codes = x, y, None
        self.update()

    def get_data(self) -> tuple[FloatArray, FloatArray]:
        """Return the points as they were set."""
        return self._x, self._y

    def set_look(self, size: float, fill: QColor, edge: QPen = NO_PEN) -> None:
        """Diameter in logical pixels, fill and edge of all points."""
        self.size, self.fill, self.edge = size, fill, edge
        self.update()

    def set_groups(self, codes: IntArray | None, fills: Sequence[QColor] = ()) -> None:
        """Fill each point with the colour of its group, or with None all alike."""
        self.codes, self.fills = codes, tuple(fills)
        self.update()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw what is inside the view."""
        x, y = pixels(transform, self._x, self._y)
        is_inside = inside(x, y, self.pixel_rect(transform), self.size / 2)
        codes = None if self.codes is None else self.codes[is_inside]
        x, y = x[is_inside], y[is_inside]
        for fill, own in self._looks(codes):
            dot = Dot(self.size, fill, self.edge)
            draw_points(painter, x[own], y[own], dot, vector=self.vector)

    def _looks(
        self, codes: IntArray | None
    ) -> Iterator[tuple[QColor, IntArray | slice]]:
        """Fills, and which of the points have them."""
        if codes is None:
            yield self.fill, slice(None)
            return
        for code, fill in enumerate(self.fills):
            yield fill, np.flatnonzero(codes == code)


@dataclass(frozen=True, slots=True)
class Dot:
    """Look of a point: diameter in logical pixels, fill and edge."""

    size: float
    fill: QColor
    edge: QPen = field(default_factory=lambda: NO_PEN)


def draw_points(
    painter: QPainter,
    x: FloatArray,
    y: FloatArray,
    dot: Dot,
    *,
    vector: bool,
    many: int = STAMPED_FROM,
) -> None:
    """Draw points that are given in pixels; many on a screen are stamped."""
    if len(x) < many or vector:
        _draw_each(painter, x, y, dot)
    else:
        _stamp(painter, x, y, dot)


def _draw_each(painter: QPainter, x: FloatArray, y: FloatArray, dot: Dot) -> None:
    """Draw an ellipse for each point."""
    painter.setPen(dot.edge)
    painter.setBrush(dot.fill)
    radius = dot.size / 2
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        painter.drawEllipse(QPointF(a, b), radius, radius)


def _stamp(painter: QPainter, x: FloatArray, y: FloatArray, dot: Dot) -> None:
    """Draw one circle once and copy it to all places."""
    scale = painter.device().devicePixelRatioF()
    sprite = _sprite(dot, scale)
    side = sprite.width()
    stamps: Any = internals.PrimitiveArray(QPainter.PixmapFragment, 10)
    stamps.resize(len(x))
    table = stamps.ndarray()  # x, y, source rectangle, scale, rotation, opacity
    table[:, 0], table[:, 1] = x, y
    table[:, 2:6] = QRectF(0, 0, side, side).getRect()
    table[:, 6:10] = (1 / scale, 1 / scale, 0.0, 1.0)
    first, count = stamps.drawargs()
    painter.drawPixmapFragments(first, count, sprite)


def _sprite(dot: Dot, scale: float) -> QPixmap:
    """One circle, in pixels of the screen."""
    side = int(np.ceil((dot.size + 2) * scale))
    sprite = QPixmap(side, side)
    sprite.fill(Qt.GlobalColor.transparent)
    brush = QPainter(sprite)
    brush.setRenderHint(QPainter.RenderHint.Antialiasing)
    brush.scale(scale, scale)
    middle = np.array([side / scale / 2])
    _draw_each(brush, middle, middle, dot)
    brush.end()
    return sprite
