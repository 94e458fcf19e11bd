"""Words inside a plot: names at the ends of lines, pushed apart, and their halo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from gui.fonts import BOLD, MEDIUM, sans
from gui.plots.geometry import inside, pixels
from gui.plots.haloed_text import Ink, paint_copy, paint_shapes
from gui.plots.items import PixelItem, make_pen
from gui.plots.ticks import common_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QTransform

    from engine.arrays import FloatArray
    from gui.theme import Theme

LINE_HEIGHT = 13.0
MAX_WIDTH = 110.0  # longer names are shortened in the middle
OFFSET = 8.0  # from the end of the line to its name
_LEADER_FROM = 5.0  # a name moved further than this gets a thin leader
_ROUNDS = 60
_BESIDE = 5.0  # pixels between names side by side
_FILL = 0.9  # of the height; where names would take more, only chosen ones are drawn


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A name at the end of a line, in data units."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A name with its line's end and its own box, in pixels."""

    name: str
    end: QPointF
    box: QRectF


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A name as it is drawn, and its pixels across: in bold, and plain."""

    text: str
    width: float
    plain: float


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
    right = left + width + _BESIDE
    beside = (left[:, None] < right[None, :]) & (left[None, :] < right[:, None])
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

    def __init__(self, theme: Theme, z: float, *, vector: bool = False) -> None:
        super().__init__()
        self.setZValue(z)
        self.theme = theme
        self._paint = paint_shapes if vector else paint_copy
        self._drawn: dict[str, _Drawn] = {}
        self._rise = 0.0
        self.labels: tuple[EndLabel, ...] = ()
        self.highlight: frozenset[str] = frozenset()
        self._placed: list[Placed] = []

    def set_data(self, labels: Sequence[EndLabel]) -> None:
        """Replace all names; long ones go without what all begin with."""
        self.labels = tuple(labels)
        self._measure()
        self.update()

    def set_highlight(self, levels: frozenset[str]) -> None:
        """Set these names bold in the colour of the selection."""
        self.highlight = levels
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.theme = theme
        self._measure()
        self.update()

    def text(self, name: str) -> str:
        """Return a name as drawn, shortened if it is long."""
        return self._drawn[name].text

    def width(self, label: EndLabel) -> float:
        """Pixels that a name takes to the right of its line's end."""
        return OFFSET + self._drawn[label.name].width

    def _measure(self) -> None:
        """Shorten long names; find the room that each takes, in bold and not."""
        size = self.theme.sizes.tick
        bold, plain = (QFontMetricsF(sans(size, weight)) for weight in (BOLD, MEDIUM))
        names = dict.fromkeys(label.name for label in self.labels)
        widest = max(map(bold.horizontalAdvance, names), default=0.0)
        prefix = common_prefix(list(names)) if widest > MAX_WIDTH else ""
        self._drawn = {}
        for name in names:
            rest = name[len(prefix) :] if prefix else ""
            text = bold.elidedText(
                f"…{rest}" if rest else name, Qt.TextElideMode.ElideMiddle, MAX_WIDTH
            )
            width = bold.horizontalAdvance(text)
            self._drawn[name] = _Drawn(text, width, plain.horizontalAdvance(text))
        self._rise = plain.capHeight() / 2

    def name_at(self, point: QPointF) -> str | None:
        """Name of the label under a point of the scene, as last painted."""
        hits = (placed.name for placed in self._placed if placed.box.contains(point))
        return next(hits, None)

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Place, then draw leaders and names, the highlighted ones on top."""
        self._placed = self._place(transform)
        for placed in self._placed:
            self._paint_one(painter, placed)

    def _place(self, transform: QTransform) -> list[Placed]:
        """Find room for the names whose lines end inside the view."""
        view = self.pixel_rect(transform)
        x, y = pixels(
            transform,
            [label.x for label in self.labels],
            [label.y for label in self.labels],
        )
        is_named = inside(x, y, view, 1)
        is_chosen = np.array([lb.name in self.highlight for lb in self.labels], bool)
        if is_named.sum() * LINE_HEIGHT > _FILL * view.height():
            is_named &= is_chosen
        where = np.flatnonzero(is_named)
        widths = np.array([self.width(self.labels[i]) - OFFSET for i in where])
        x, y = x[where], y[where]
        is_left = x + OFFSET + widths > view.right() + 1
        left = np.where(is_left, x - OFFSET - widths, x + OFFSET)
        middles = push_apart(left, widths, y, LINE_HEIGHT)
        middles = np.clip(middles, view.top() + 6, view.bottom() - 6)
        return [
            Placed(
                self.labels[where[i]].name,
                QPointF(x[i], y[i]),
                QRectF(left[i], middles[i] - LINE_HEIGHT / 2, widths[i], LINE_HEIGHT),
            )
            for i in np.argsort(is_chosen[where], kind="stable")
        ]

    def _paint_one(self, painter: QPainter, placed: Placed) -> None:
        """Draw one name and, where it was moved, a leader from its line."""
        middle, end = placed.box.center().y(), placed.end
        is_left = placed.box.left() < end.x()
        if abs(middle - end.y()) > _LEADER_FROM:
            side = placed.box.right() + 2 if is_left else placed.box.left() - 2
            painter.setPen(make_pen(self.theme.color("paxis"), 0.8))
            painter.drawLine(end, QPointF(side, middle))
        is_chosen = placed.name in self.highlight
        drawn, color = self._drawn[placed.name], self.theme.color
        start = placed.box.left()
        if is_left:
            start = placed.box.right() - (drawn.width if is_chosen else drawn.plain)
        ink = Ink(
            self.theme.sizes.tick,
            BOLD if is_chosen else MEDIUM,
            color("hiText" if is_chosen else "ink3").rgba(),
            color("surface").rgba(),
        )
        self._paint(painter, QPointF(start, middle + self._rise), drawn.text, ink)
