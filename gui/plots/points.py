"""Points of one look: ellipses, or stamps of one sprite where there are very many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyqtgraph.Qt import internals
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gui.plots.geometry import inside, pixels
from gui.plots.items import EMPTY, NO_PEN, PixelItem

if TYPE_CHECKING:
    from PySide6.QtGui import QTransform

    from engine.arrays import FloatArray

_STAMPED_FROM = 3_000  # 5 us an ellipse against 0.4 us a stamp


class Points(PixelItem):
    """Circles of one size, fill and edge.

    Not `pyqtgraph.ScatterPlotItem`: it keeps a style for every point, and needs 0.8 s
    for 50,000 of them.
    """

    def __init__(self, z: float, *, vector: bool) -> None:
        super().__init__()
        self.setZValue(z)
        self.vector = vector
        self.size, self.fill, self.edge = 6.0, QColor(), NO_PEN
        self._x, self._y = EMPTY, EMPTY

    def set_data(self, x: FloatArray, y: FloatArray) -> None:
        """Replace the points, in data units; all finite."""
        self._x, self._y = x, y
        self.update()

    def get_data(self) -> tuple[FloatArray, FloatArray]:
        """Return the points as they were set."""
        return self._x, self._y

    def set_look(self, size: float, fill: QColor, edge: QPen = NO_PEN) -> None:
        """Diameter in logical pixels, fill and edge of all points."""
        self.size, self.fill, self.edge = size, fill, edge
        self.update()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw what is inside the view."""
        x, y = pixels(transform, self._x, self._y)
        is_inside = inside(x, y, self.pixel_rect(transform), self.size / 2)
        x, y = x[is_inside], y[is_inside]
        if len(x) >= _STAMPED_FROM and not self.vector:
            self._stamp(painter, x, y)
            return
        self._prepare(painter)
        radius = self.size / 2
        for a, b in zip(x.tolist(), y.tolist(), strict=True):
            painter.drawEllipse(QPointF(a, b), radius, radius)

    def _prepare(self, painter: QPainter) -> None:
        painter.setPen(self.edge)
        painter.setBrush(self.fill)

    def _stamp(self, painter: QPainter, x: FloatArray, y: FloatArray) -> None:
        """Draw one circle once and copy it to all places."""
        scale = painter.device().devicePixelRatioF()
        side = int(np.ceil((self.size + 2) * scale))
        sprite = QPixmap(side, side)
        sprite.fill(Qt.GlobalColor.transparent)
        brush = QPainter(sprite)
        brush.setRenderHint(QPainter.RenderHint.Antialiasing)
        brush.scale(scale, scale)
        self._prepare(brush)
        middle = side / scale / 2
        brush.drawEllipse(QPointF(middle, middle), self.size / 2, self.size / 2)
        brush.end()
        stamps: Any = internals.PrimitiveArray(QPainter.PixmapFragment, 10)
        stamps.resize(len(x))
        table = stamps.ndarray()  # x, y, source rectangle, scale, rotation, opacity
        table[:, 0], table[:, 1] = x, y
        table[:, 2:6] = QRectF(0, 0, side, side).getRect()
        table[:, 6:10] = (1 / scale, 1 / scale, 0.0, 1.0)
        first, count = stamps.drawargs()
        painter.drawPixmapFragments(first, count, sprite)
