"""Boxes with whiskers, one a group, drawn in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from gui.plots.geometry import pixels
from gui.plots.items import NO_PEN, PixelItem, make_pen

if TYPE_CHECKING:
    from PySide6.QtGui import QTransform

    from engine.arrays import FloatArray, IntArray

NARROW = 8.0  # pixels; below this a box is a thick line
HAIR = 2.5  # below this it has no whiskers either
NO_BOXES: FloatArray = np.zeros((0, 5))


class Boxes(PixelItem):
    """Any number of boxes of one look at whole-numbered places."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self._places: IntArray = np.zeros(0, dtype=np.intp)
        self._boxes: FloatArray = NO_BOXES
        self.box_width = 20.0
        self._fill, self._edge, self._median = QBrush(), QPen(), QColor()

    def set_data(self, places: IntArray, boxes: FloatArray) -> None:
        """Replace all boxes: whisker, quartile, median, quartile, whisker; finite."""
        self._places, self._boxes = places, boxes
        self.update()

    def get_data(self) -> tuple[IntArray, FloatArray]:
        """Return the boxes as they were set."""
        return self._places, self._boxes

    def set_width(self, pixels_wide: float) -> None:
        """Width of a box, in pixels."""
        self.box_width = pixels_wide
        self.update()

    def set_look(self, fill: QColor, edge: QPen, median: QColor) -> None:
        """Fill, edge and whiskers, and the line of the median."""
        self._fill, self._edge, self._median = QBrush(fill), edge, median
        self.update()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw whiskers, box, median."""
        x, _ = pixels(transform, self._places, 0)
        _, y = pixels(transform, 0, self._boxes)
        half = self.box_width / 2
        view = self.pixel_rect(transform)
        y = np.clip(y, view.top(), view.bottom())
        seen = np.flatnonzero((x > view.left()) & (x < view.right()))
        if self.box_width < HAIR:  # of those in one column of pixels the first is drawn
            seen = seen[np.unique(np.floor(x[seen]), return_index=True)[1]]
        median_pen = make_pen(self._median, 1.8)
        for pen in (edge := QPen(self._edge), median_pen):
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # drawn far faster than round ones
        pairs = zip(x[seen].tolist(), y[seen].tolist(), strict=True)
        for a, (low, q1, median, q3, high) in pairs:
            painter.setPen(edge)
            if self.box_width >= HAIR:
                painter.drawLine(QLineF(a, low, a, q1))
                painter.drawLine(QLineF(a, q3, a, high))
            painter.setBrush(self._fill)
            if self.box_width < NARROW:
                painter.setPen(NO_PEN)
            painter.drawRect(QRectF(a - half, q3, 2 * half, q1 - q3))
            painter.setPen(median_pen)
            painter.drawLine(QLineF(a - half, median, a + half, median))
