"""A page of panels: where each is, who is where, and how it is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from gui.plots.geometry import pixels
from gui.plots.panel_grid import PanelGrid, Room, arranged
from gui.plots.panel_painter import PanelPainter, PanelState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gui.plots.panel_content import PanelContent
    from gui.theme import Theme

REACH = 10.0  # pixels within which the pointer means a point
_LINE_REACH = 5.0
_GAP = 4.0
_RING = 8.0  # pixels that marks may stick out of a panel


class PanelPage:
    """Panels below each other; y is labelled at the left, x always at the bottom.

    Attributes
    ----------
    content : PanelContent
    grid : PanelGrid
        Size and places of the panels.
    offset : float
        Pixels that the page is scrolled by.
    state : PanelState
        Selection, lines and ring.
    """

    def __init__(self, content: PanelContent, theme: Theme, *, vector: bool) -> None:
        self.content, self.theme, self.vector = content, theme, vector
        self.painter_of = PanelPainter(content, theme, vector=vector)
        self.offset = 0.0
        none = np.zeros(len(content.rows), dtype=bool)
        self.state = PanelState(frozenset(), none, frozenset())
        self.resize(400, 300)

    def resize(self, width: float, height: float) -> None:
        """Find size and place of the panels in another room."""
        painter, tall = self.painter_of, height
        for _ in range(2):  # the labels' width depends on the panels and the reverse
            room = Room(
                width,
                height,
                painter.left_room(tall),
                painter.bottom_room(),
                painter.title_room(),
            )
            n, scale = len(self.content.levels), self.theme.sizes.scale
            self.grid: PanelGrid = arranged(n, room, scale, is_whole=self.vector)
            tall = self.grid.plot(0).height()

    @property
    def hidden_height(self) -> float:
        """Pixels by which the panels are higher than what can be seen."""
        return max(0.0, self.grid.content_height - self.seen_height)

    @property
    def seen_height(self) -> float:
        """Pixels above the strip with the labels of x."""
        return self.grid.room.height - self.grid.room.bottom

    def panel_rect(self, index: int) -> QRectF:
        """Return where a panel is."""
        rect = self.grid.panel(index)
        return rect.translated(0, -self.offset)

    def plot_rect(self, index: int) -> QRectF:
        """Return where the drawing of a panel is."""
        rect = self.grid.plot(index)
        return rect.translated(0, -self.offset)

    def visible_panels(self) -> range:
        """Return the panels of the rows that can be seen."""
        return self.grid.between(self.offset, self.offset + self.seen_height)

    def panel_at(self, at: QPointF) -> int | None:
        """Return the panel at a place."""
        if at.y() > self.seen_height:
            return None
        return self.grid.index_at(at + QPointF(0, self.offset))

    def row_at(self, at: QPointF) -> int | None:
        """Return the row within reach of a place."""
        panel = self.panel_at(at)
        if panel is None:
            return None
        content, rect = self.content, self.plot_rect(panel)
        own = content.rows_of(panel)
        if len(own) == 0:
            return None
        transform = self.painter_of.transform(rect)
        x, y = pixels(transform, content.rows.x[own], content.rows.y[own])
        distance = np.hypot(x - at.x(), y - at.y())
        best = int(np.argmin(distance))
        return int(own[best]) if distance[best] <= REACH else None

    def level_at(self, at: QPointF, kinds: Iterable[str]) -> str | None:
        """Return the group whose heading or line is at a place."""
        panel = self.panel_at(at)
        if panel is None:
            return None
        content, rect = self.content, self.plot_rect(panel)
        if at.y() < rect.top():
            return content.levels[panel]
        transform = self.painter_of.transform(rect)
        for kind in kinds:
            line = content.line_of(panel, kind)
            if line is None or len(line.x) == 0:
                continue
            x, y = pixels(transform, line.x, line.y)
            is_beside = x[0] <= at.x() <= x[-1]
            if is_beside and abs(np.interp(at.x(), x, y) - at.y()) <= _LINE_REACH:
                return content.levels[panel]
        return None

    def place_of(self, row: int) -> QPointF:
        """Return where a row is."""
        content = self.content
        rect = self.plot_rect(content.panel_of(row))
        point = QPointF(float(content.rows.x[row]), float(content.rows.y[row]))
        return self.painter_of.transform(rect).map(point)

    def paint_panels(self, painter: QPainter, part: QRectF) -> None:
        """Draw the panels that a part of the page has in common with them."""
        grid, drawn = self.grid, self.painter_of
        top = part.top() + self.offset
        for index in grid.between(top, top + part.height()):
            panel, plot = self.panel_rect(index), self.plot_rect(index)
            is_first = index % grid.columns == 0
            painted = panel.adjusted(-_RING, -_RING, _RING, _RING)
            if is_first:
                painted.setLeft(0)
            if painted.intersects(part):
                drawn.draw_panel(painter, index, panel, plot, self.state)
                if is_first:
                    drawn.draw_left_labels(painter, plot)

    def paint_axes(self, painter: QPainter) -> None:
        """Draw the labels of x and the names of both axes, which do not scroll."""
        grid, drawn = self.grid, self.painter_of
        bottom = min(self.seen_height, grid.content_height)
        for column in range(min(grid.columns, grid.n)):
            drawn.draw_bottom_labels(painter, grid.plot(column), bottom + _GAP)
        painter.setFont(drawn.title_font)
        painter.setPen(self.theme.color("ink2"))
        data, metrics = self.content.data, QFontMetricsF(drawn.title_font)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        wide = grid.room.width - grid.room.left
        top = bottom + grid.room.bottom - metrics.height()
        box = QRectF(grid.room.left, top, wide, metrics.height())
        name = metrics.elidedText(data.x_name, Qt.TextElideMode.ElideMiddle, wide)
        painter.drawText(box, flags | Qt.TextFlag.TextSingleLine, name)
        name = metrics.elidedText(data.y_name, Qt.TextElideMode.ElideMiddle, bottom)
        painter.save()
        painter.translate(0, bottom)
        painter.rotate(-90)
        box = QRectF(0, 0, bottom, metrics.height())
        painter.drawText(box, flags | Qt.TextFlag.TextSingleLine, name)
        painter.restore()
