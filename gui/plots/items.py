"""What is drawn inside the axes, painted in pixels rather than in data units.

pyqtgraph's own lines use cosmetic pens under a data transform, which an SVG can only
say with ``vector-effect``; half of the programs that open it do not know the word and
draw lines a hundred pixels wide. Everything here maps its points first and paints
with plain pens, so that screen, PNG, SVG and PDF agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from gui.plots.geometry import (
    clipped_lines,
    clipped_runs,
    inside,
    pixels,
    polygon,
    thinned,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QTransform

    from engine.arrays import FloatArray

EMPTY: FloatArray = np.zeros(0)
NO_PEN = QPen(Qt.PenStyle.NoPen)
NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


def make_pen(
    color: QColor, width: float, dashes: Sequence[float] | None = None
) -> QPen:
    """Pen of a width in logical pixels; dashes in pixels too."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if dashes:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([length / width for length in dashes])
    return pen


class PixelItem(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no types
    """Base: covers the view and paints with a transform in hand."""

    def boundingRect(self) -> QRectF:
        """Return the visible rectangle, in data units."""
        rect = self.viewRect()
        return rect if rect is not None else QRectF()

    def viewTransformChanged(self) -> None:
        """Move along when the view does."""
        super().viewTransformChanged()
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Hand over to `draw` with the painter in pixels."""
        transform = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter, transform)
        painter.restore()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Paint in pixels; `transform` leads there from data units."""
        raise NotImplementedError

    def pixel_rect(self, transform: QTransform) -> QRectF:
        """Visible rectangle in pixels."""
        return transform.mapRect(self.boundingRect()).normalized()


class Polylines(PixelItem):
    """Any number of lines; a NaN parts one from the next.

    Straight pieces get flat ends and, where they can, solid colours: Qt draws both
    several times as fast.
    """

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self._x, self._y = EMPTY, EMPTY
        self._pens: tuple[QPen, ...] = (QPen(),)
        self._is_hair = False

    def set_data(self, x: FloatArray, y: FloatArray) -> None:
        """Replace the points, in data units."""
        self._x, self._y = x, y
        self.update()

    def get_data(self) -> tuple[FloatArray, FloatArray]:
        """Return the points as they were set."""
        return self._x, self._y

    def set_pen(self, pen: QPen, *, is_hair: bool = False) -> None:
        """Look of all lines; a hairline is as thin as the screen can draw it."""
        self._pens, self._is_hair = (pen,), is_hair
        self.update()

    def set_pens(self, pens: Sequence[QPen]) -> None:
        """Look of each line."""
        self._pens, self._is_hair = tuple(pens) or (QPen(),), False
        self.update()

    @property
    def pens(self) -> tuple[QPen, ...]:
        """One pen for all lines, or one for each."""
        return self._pens

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw what is inside the view."""
        x, y = pixels(transform, self._x, self._y)
        pens = [self._drawn_with(pen, painter) for pen in self._pens]
        painter.setBrush(NO_BRUSH)
        last = -1
        for line, run in clipped_lines(x, y, self.pixel_rect(transform)):
            if (which := min(line, len(pens) - 1)) != last:
                painter.setPen(pens[which])
                last = which
            if run.size() == 2:
                painter.drawLine(run.at(0), run.at(1))
            else:
                painter.drawPolyline(run)

    def _drawn_with(self, pen: QPen, painter: QPainter) -> QPen:
        """Return the pen as it is fastest on what the painter paints on."""
        pen = QPen(pen)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._is_hair:
            pen.setWidthF(1 / painter.device().devicePixelRatioF())
        return pen


class Area(PixelItem):
    """A band between two curves, with an edge: its fill alone is too faint."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self._x, self._lower, self._upper = EMPTY, EMPTY, EMPTY
        self._fill, self._edge = QBrush(), QPen()

    def set_data(self, x: FloatArray, lower: FloatArray, upper: FloatArray) -> None:
        """Replace the band; all finite, x increasing."""
        self._x, self._lower, self._upper = x, lower, upper
        self.update()

    def get_data(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the band as it was set."""
        return self._x, self._lower, self._upper

    def set_look(self, fill: QBrush | QColor, edge: QPen) -> None:
        """Fill and edge."""
        self._fill, self._edge = QBrush(fill), edge
        self.update()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Fill first, then the two edges; the ends stay open."""
        x, lower = pixels(transform, self._x, self._lower)
        _, upper = pixels(transform, self._x, self._upper)
        drawn = thinned(x)
        x, lower, upper = x[drawn], lower[drawn], upper[drawn]
        painter.setPen(NO_PEN)
        painter.setBrush(self._fill)
        view = self.pixel_rect(transform)
        shape = polygon(np.append(x, x[::-1]), np.append(lower, upper[::-1]))
        if not view.contains(shape.boundingRect()):
            shape = shape.intersected(QPolygonF(view))  # slow with many points
        painter.drawPolygon(shape)
        painter.setBrush(NO_BRUSH)
        painter.setPen(self._edge)
        for edge in (lower, upper):
            for run in clipped_runs(x, edge, view):
                painter.drawPolyline(run)


class Rule(PixelItem):
    """A reference line across the whole view: y = 0, y = a, or y = x."""

    def __init__(self, z: float, height: float | None = None) -> None:
        super().__init__()
        self.setZValue(z)
        self.height = height  # None: the line y = x
        self._pen = QPen()

    def set_pen(self, pen: QPen) -> None:
        """Look of the line."""
        self._pen = pen
        self.update()

    def set_height(self, height: float) -> None:
        """Move a horizontal line."""
        self.height = height
        self.update()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw from edge to edge."""
        rect = self.boundingRect()
        ends = (rect.left(), rect.right())
        heights = ends if self.height is None else (self.height, self.height)
        x, y = pixels(transform, ends, heights)
        painter.setPen(self._pen)
        for run in clipped_runs(x, y, self.pixel_rect(transform)):
            painter.drawPolyline(run)


class Shifts(PixelItem):
    """Vertical arrows from one estimate to another."""

    LENGTH_FOR_HEAD = 40.0  # shorter shafts carry no head
    HEAD = (8.0, 3.5)  # length and half width
    AT = 0.58  # place of the head's tip on the shaft

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self._x, self._start, self._end = EMPTY, EMPTY, EMPTY
        self._pen = QPen()

    def set_data(self, x: FloatArray, start: FloatArray, end: FloatArray) -> None:
        """Replace the arrows, in data units."""
        self._x, self._start, self._end = x, start, end
        self.update()

    def get_data(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the arrows as they were set."""
        return self._x, self._start, self._end

    def set_pen(self, pen: QPen) -> None:
        """Look of the shafts; heads are filled with the same colour."""
        self._pen = pen
        self.update()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw shafts, then heads on the long ones."""
        view = self.pixel_rect(transform)
        x, start = pixels(transform, self._x, self._start)
        _, end = pixels(transform, self._x, self._end)
        is_inside = inside(x, start, view, 0) & inside(x, end, view, 0)
        painter.setBrush(self._pen.color())
        for a, begin, stop in np.column_stack((x, start, end))[is_inside]:
            painter.setPen(self._pen)
            painter.drawLine(QPointF(a, begin), QPointF(a, stop))
            if abs(stop - begin) > self.LENGTH_FOR_HEAD:
                painter.setPen(NO_PEN)
                painter.drawPath(self._head(a, begin, stop))

    def _head(self, x: float, begin: float, stop: float) -> QPainterPath:
        """Triangle on the shaft, pointing to its end."""
        length, half = self.HEAD
        tip = begin + self.AT * (stop - begin) + np.sign(stop - begin) * length / 2
        base = tip - np.sign(stop - begin) * length
        path = QPainterPath(QPointF(x, tip))
        path.lineTo(x - half, base)
        path.lineTo(x + half, base)
        path.closeSubpath()
        return path
