"""From data to pixels, and to what of it is inside the view.

Lines are clipped here and not by Qt: the clip of Qt's SVG writer also swallows the
axes, and a picture without clip paths is easier to edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QTransform

    from engine.arrays import BoolArray, FloatArray

_FARTHEST = 1e9  # pixels


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
    return QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)])


def inside(x: FloatArray, y: FloatArray, rect: QRectF, reach: float) -> BoolArray:
    """Which points are in a rectangle, or within `reach` of it."""
    wide = rect.adjusted(-reach, -reach, reach, reach)
    across = (x >= wide.left()) & (x <= wide.right())
    return across & (y >= wide.top()) & (y <= wide.bottom())


def clipped_runs(x: FloatArray, y: FloatArray, rect: QRectF) -> list[QPolygonF]:
    """Return the parts of a line that are in a rectangle; a NaN breaks the line.

    Liang and Barsky's algorithm for all segments at once.
    """
    if len(x) < 2:
        return []
    dx, dy = np.diff(x), np.diff(y)
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
    runs: list[list[QPointF]] = []
    unbroken = -1  # the segment that would go on with the last run
    for i in np.flatnonzero(is_in & (enter <= leave)):
        start, stop = enter[i], leave[i]
        if i != unbroken or start > 0:
            runs.append([QPointF(x[i] + start * dx[i], y[i] + start * dy[i])])
        runs[-1].append(QPointF(x[i] + stop * dx[i], y[i] + stop * dy[i]))
        unbroken = int(i) + 1 if stop == 1 else -1
    return [QPolygonF(run) for run in runs]
