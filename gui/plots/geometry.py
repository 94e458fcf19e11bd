"""From data to pixels, and to what of it is inside the view.

Lines are clipped here and not by Qt: the clip of Qt's SVG writer also swallows the
axes, and a picture without clip paths is easier to edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QTransform

    from engine.arrays import BoolArray, FloatArray, IntArray

_FARTHEST = 1e9  # pixels
_STRAIGHT = 1e-6  # of the height of a line, by which it may miss its chord
_MANY_POINTS = 1_000  # of a curve


def pixels(transform: QTransform, x: Any, y: Any) -> tuple[FloatArray, FloatArray]:
    """Map data to pixels; a plot's transform has neither rotation nor shear."""
    across = np.asarray(x, dtype=float) * transform.m11() + transform.dx()
    down = np.asarray(y, dtype=float) * transform.m22() + transform.dy()
    return (
        np.clip(across, -_FARTHEST, _FARTHEST),
        np.clip(down, -_FARTHEST, _FARTHEST),
    )


def polygon(x: FloatArray, y: FloatArray) -> QPolygonF:
    """Points as Qt wants them."""
    made: QPolygonF = arrayToQPolygonF(x, y)
    return made


def inside(x: FloatArray, y: FloatArray, rect: QRectF, reach: float) -> BoolArray:
    """Which points are in a rectangle, or within `reach` of it."""
    wide = rect.adjusted(-reach, -reach, reach, reach)
    across = (x >= wide.left()) & (x <= wide.right())
    return across & (y >= wide.top()) & (y <= wide.bottom())


def straightened(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return only the ends of a line whose points all lie on the chord between them."""
    if len(x) < 3 or not x[-1] > x[0]:
        return x, y
    chord = y[0] + (x - x[0]) * ((y[-1] - y[0]) / (x[-1] - x[0]))
    if np.abs(y - chord).max() > _STRAIGHT * np.ptp(y):
        return x, y
    return x[[0, -1]], y[[0, -1]]


def thinned(x: FloatArray) -> IntArray | slice:
    """Which points of a curve to draw: of very many, about two in each pixel across.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Increasing, in pixels.
    """
    if len(x) <= _MANY_POINTS:
        return slice(None)
    step = np.floor(2 * x)
    is_new = np.append(True, step[1:] != step[:-1])
    is_new[-1] = True
    return np.flatnonzero(is_new)


def clipped_runs(x: FloatArray, y: FloatArray, rect: QRectF) -> list[QPolygonF]:
    """Return the parts of a line that are in a rectangle; a NaN breaks the line."""
    return [run for _, run in clipped_lines(x, y, rect)]


def clipped_lines(
    x: FloatArray, y: FloatArray, rect: QRectF
) -> list[tuple[int, QPolygonF]]:
    """`clipped_runs` of several lines parted by NaN, each with its line's number.

    Liang and Barsky's algorithm for all segments at once.
    """
    if len(x) < 2:
        return []
    if inside(x, y, rect, 0).all():  # none is NaN then
        return [(0, polygon(x, y))]
    dx, dy = np.diff(x), np.diff(y)
    is_in, enter, leave = _clip(x, y, dx, dy, rect)
    is_in &= enter <= leave
    a, b = x[:-1] + enter * dx, y[:-1] + enter * dy
    c, d = x[:-1] + leave * dx, y[:-1] + leave * dy
    number = np.cumsum(np.isnan(x))
    where = np.flatnonzero(is_in)
    parts = (where, number[:-1][where], a[where], b[where], c[where], d[where])
    ends = zip(*(part.tolist() for part in parts), strict=True)
    is_start, is_end = (enter > 0).tolist(), (leave < 1).tolist()
    runs: list[tuple[int, list[QPointF]]] = []
    unbroken = -1  # the segment that would go on with the last run
    for i, line, x0, y0, x1, y1 in ends:
        if i != unbroken or is_start[i]:
            runs.append((line, [QPointF(x0, y0)]))
        runs[-1][1].append(QPointF(x1, y1))
        unbroken = -1 if is_end[i] else i + 1
    return [(line, QPolygonF(run)) for line, run in runs]


def _clip(
    x: FloatArray, y: FloatArray, dx: FloatArray, dy: FloatArray, rect: QRectF
) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Whether each segment may cross the rectangle, and at which shares it does."""
    enter, leave = np.zeros(len(dx)), np.ones(len(dx))
    is_in = np.isfinite(dx + dy)
    for step, room in (
        (-dx, x[:-1] - rect.left()),
        (dx, rect.right() - x[:-1]),
        (-dy, y[:-1] - rect.top()),
        (dy, rect.bottom() - y[:-1]),
    ):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            at = room / step
        enter = np.where(step < 0, np.maximum(enter, at), enter)
        leave = np.where(step > 0, np.minimum(leave, at), leave)
        is_in &= (step != 0) | (room >= 0)
    return is_in, enter, leave
