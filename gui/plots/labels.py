"""Words inside a plot: names at the ends of lines, pushed apart, and their halo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath

from gui.fonts import BOLD, MEDIUM, sans
from gui.plots.items import NO_BRUSH, PixelItem, make_pen, pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QTransform

    from engine.arrays import FloatArray
    from gui.theme import Theme

LINE_HEIGHT = 13.0
MAX_WIDTH = 110.0  # longer names are shortened in the middle
OFFSET = 8.0  # from the end of the line to its name
_LEADER_FROM = 5.0  # a name moved further than this gets a thin leader
_ROUNDS = 60
_HALO = 3.0


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A name at the end of a line, in data units."""

    name: str
    x: float
    y: float


def paint_text(
    painter: QPainter, at: QPointF, text: str, color: QColor, paper: QColor
) -> None:
    """Draw `text` from its baseline with a halo of the colour of the paper."""
    outline = QPainterPath()
    outline.addText(at, painter.font(), text)
    painter.strokePath(outline, make_pen(paper, _HALO))
    painter.setPen(color)
    painter.drawText(at, text)


def push_apart(
    left: FloatArray, width: FloatArray, middle: FloatArray, height: float
) -> FloatArray:
    """Vertical middles of labels that no longer overlap, moved as little as possible.

    Parameters
    ----------
    left, width, middle : ndarray of shape (n,)
        Left end, width and wanted middle of each label, in pixels.
    height : float
        Height of a label.
    """
    order = np.lexsort((left, middle))
    left, width = left[order], width[order]
    places = middle[order].astype(float)
    n = len(places)
    beside = (left[:, None] < (left + width)[None, :]) & (
        left[None, :] < (left + width)[:, None]
    )
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if beside[i, j]]
    for _ in range(_ROUNDS):
        has_moved = False
        for i, j in pairs:
            overlap = height - (places[j] - places[i])
            if overlap > 0.5:
                places[i] -= overlap / 2
                places[j] += overlap / 2
                has_moved = True
        if not has_moved:
            break
    result = np.empty(n)
    result[order] = places
    return result


class EndLabels(PixelItem):
    """Names of groups at the right ends of their lines."""

    def __init__(self, theme: Theme, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self.theme = theme
        self.labels: tuple[EndLabel, ...] = ()
        self.highlight: frozenset[str] = frozenset()
        self._boxes: list[tuple[QRectF, str]] = []

    def set_data(self, labels: Sequence[EndLabel]) -> None:
        """Replace all names."""
        self.labels = tuple(labels)
        self.update()

    def set_highlight(self, levels: frozenset[str]) -> None:
        """Set these names bold in the colour of the selection."""
        self.highlight = levels
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.theme = theme
        self.update()

    def text(self, label: EndLabel) -> str:
        """Return the name as drawn, shortened if it is long."""
        return self._metrics().elidedText(
            label.name, Qt.TextElideMode.ElideMiddle, MAX_WIDTH
        )

    def width(self, label: EndLabel) -> float:
        """Pixels that a name takes to the right of its line's end."""
        return OFFSET + self._metrics().horizontalAdvance(self.text(label))

    def _font(self, name: str) -> QFont:
        weight = BOLD if name in self.highlight else MEDIUM
        return sans(self.theme.sizes.tick, weight)

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(sans(self.theme.sizes.tick, BOLD))

    def name_at(self, point: QPointF) -> str | None:
        """Name of the label under a point of the scene, as last painted."""
        hits = (name for box, name in self._boxes if box.contains(point))
        return next(hits, None)

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Place, then draw leaders, then names; the highlighted ones on top."""
        self._boxes = []
        if not self.labels:
            return
        x, y = pixels(
            transform,
            [label.x for label in self.labels],
            [label.y for label in self.labels],
        )
        widths = np.array([self.width(label) - OFFSET for label in self.labels])
        middles = push_apart(x + OFFSET, widths, y, LINE_HEIGHT)
        order = sorted(
            range(len(self.labels)),
            key=lambda i: self.labels[i].name in self.highlight,
        )
        for i in order:
            self._paint_one(painter, i, QPointF(x[i], y[i]), middles[i])
            box = QRectF(x[i] + OFFSET, middles[i] - 7, widths[i], LINE_HEIGHT + 1)
            self._boxes.append((box, self.labels[i].name))

    def _paint_one(
        self, painter: QPainter, index: int, end: QPointF, middle: float
    ) -> None:
        """Draw one name and, where it was moved, a leader from its line."""
        label = self.labels[index]
        is_chosen = label.name in self.highlight
        if abs(middle - end.y()) > _LEADER_FROM:
            painter.setBrush(NO_BRUSH)
            painter.setPen(make_pen(self.theme.color("paxis"), 0.8))
            painter.drawLine(
                QPointF(end.x() + 1, end.y()), QPointF(end.x() + OFFSET - 2, middle)
            )
        painter.setFont(self._font(label.name))
        baseline = middle + QFontMetricsF(painter.font()).capHeight() / 2
        at = QPointF(end.x() + OFFSET, baseline)
        color = self.theme.color("hiText" if is_chosen else "ink3")
        paint_text(painter, at, self.text(label), color, self.theme.color("surface"))
