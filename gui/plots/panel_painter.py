"""Paints one small panel, and the axes that all panels share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QTransform

from engine.written_numbers import count
from gui.fonts import BOLD, MEDIUM, REGULAR, SEMIBOLD, sans
from gui.plots.density_image import image_of
from gui.plots.geometry import clipped_runs, inside, pixels, straightened
from gui.plots.items import make_pen
from gui.plots.points import Dot, draw_points
from gui.plots.ticks import linear_ticks

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPen

    from engine.arrays import BoolArray
    from engine.diagnostics.plotdata import Line
    from gui.plots.panel_content import PanelContent
    from gui.plots.ticks import Tick
    from gui.theme import Theme

_FEW, _MANY = 400, 1_000  # rows of a panel from which points are smaller, and fainter
_MOST_CHOSEN = 3_000  # selected rows of a panel that are drawn
_STAMPED_FROM = 60  # points of a panel; there are many panels
_GAP = 4.0
_LABEL_GAP = 16.0


@dataclass(frozen=True, slots=True)
class PanelState:
    """How panels are drawn at the moment.

    Attributes
    ----------
    shown : frozenset of str
        Kinds of lines.
    is_chosen : ndarray of bool
        Selected rows.
    chosen_levels : frozenset of str
    pointed : int or None
        The row with a ring.
    """

    shown: frozenset[str]
    is_chosen: BoolArray
    chosen_levels: frozenset[str]
    pointed: int | None = None


class PanelPainter:
    """Draws the panels of one content in one theme."""

    def __init__(self, content: PanelContent, theme: Theme, *, vector: bool) -> None:
        self.content, self.theme, self.vector = content, theme, vector
        self.tick_font = sans(theme.sizes.tick, MEDIUM)
        self.title_font = sans(theme.sizes.caption, REGULAR)
        self.tick_metrics = QFontMetricsF(self.tick_font)
        self._images: dict[tuple[int, bool], QImage] = {}

    # -- axes ---------------------------------------------------------------------

    def y_ticks(self, height: float) -> tuple[Tick, ...]:
        """Ticks of a panel of so many pixels."""
        tall = self.tick_metrics.height() + 6
        content = self.content
        return linear_ticks(
            *content.y, height, lambda _: tall, is_whole=content.is_y_whole
        )

    def x_ticks(self, width: float) -> tuple[Tick, ...]:
        """Ticks of a panel of so many pixels."""
        wide = self.tick_metrics.horizontalAdvance
        content = self.content
        return linear_ticks(
            *content.x,
            width,
            lambda t: wide(t) + _LABEL_GAP,
            is_whole=content.is_x_whole,
        )

    def left_room(self, height: float) -> float:
        """Width for the labels and the name of y."""
        texts = [tick.text for tick in self.y_ticks(height)]
        labels = max(map(self.tick_metrics.horizontalAdvance, texts), default=0.0)
        return QFontMetricsF(self.title_font).height() + labels + 3 * _GAP

    def bottom_room(self) -> float:
        """Height for the labels and the name of x."""
        title = QFontMetricsF(self.title_font).height()
        return self.tick_metrics.height() + title + 2 * _GAP

    def title_room(self) -> float:
        """Height of a panel's heading."""
        return QFontMetricsF(sans(self.theme.sizes.caption, BOLD)).height() + 2

    def transform(self, plot: QRectF) -> QTransform:
        """Return the way from data to the pixels of a panel."""
        (left, right), (low, high) = self.content.x, self.content.y
        across, down = plot.width() / (right - left), -plot.height() / (high - low)
        dx, dy = plot.left() - left * across, plot.bottom() - low * down
        return QTransform(across, 0, 0, down, dx, dy)

    def draw_left_labels(self, painter: QPainter, plot: QRectF) -> None:
        """Label y beside a panel."""
        painter.setFont(self.tick_font)
        painter.setPen(self.theme.color("ptick"))
        transform, height = self.transform(plot), self.tick_metrics.height()
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in self.y_ticks(plot.height()):
            y = transform.map(QPointF(0, tick.value)).y()
            box = QRectF(plot.left() - 200 - _GAP, y - height / 2, 200, height)
            painter.drawText(box, flags | Qt.TextFlag.TextDontClip, tick.text)

    def draw_bottom_labels(self, painter: QPainter, plot: QRectF, top: float) -> None:
        """Label x below a column of panels."""
        painter.setFont(self.tick_font)
        painter.setPen(self.theme.color("ptick"))
        transform = self.transform(plot)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        for tick in self.x_ticks(plot.width()):
            x = transform.map(QPointF(tick.value, 0)).x()
            box = QRectF(x - 100, top, 200, self.tick_metrics.height())
            painter.drawText(box, flags | Qt.TextFlag.TextDontClip, tick.text)

    # -- a panel ------------------------------------------------------------------

    def draw_panel(
        self,
        painter: QPainter,
        index: int,
        panel: QRectF,
        plot: QRectF,
        state: PanelState,
    ) -> None:
        """Draw heading, grid, rows and lines of a group."""
        self._draw_heading(painter, index, QRectF(panel), plot.top(), state)
        self._draw_grid(painter, plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = self.content.levels[index] in state.chosen_levels
        self._draw_rows(painter, index, plot, is_chosen=is_chosen)
        self._draw_lines(painter, index, plot, state.shown, is_chosen=is_chosen)
        self._draw_chosen(painter, index, plot, state)

    def _draw_heading(
        self,
        painter: QPainter,
        index: int,
        panel: QRectF,
        bottom: float,
        state: PanelState,
    ) -> None:
        """Draw the name of the group and its number of rows."""
        panel.setBottom(bottom)
        level = self.content.levels[index]
        is_chosen = level in state.chosen_levels
        font = sans(self.theme.sizes.caption, BOLD if is_chosen else SEMIBOLD)
        metrics = QFontMetricsF(font)
        rows = f"n = {count(self.content.counts[index])}"
        wide = self.tick_metrics.horizontalAdvance(rows)
        room = panel.width() - wide - 2 * _GAP
        name = metrics.elidedText(level, Qt.TextElideMode.ElideMiddle, room)
        y = panel.bottom() - 4
        painter.setFont(font)
        painter.setPen(self.theme.color("hiText" if is_chosen else "ink"))
        painter.drawText(QPointF(panel.left(), y), name)
        painter.setFont(self.tick_font)
        painter.setPen(self.theme.color("ink3"))
        if room > 20:
            painter.drawText(QPointF(panel.right() - wide, y), rows)

    def _draw_grid(self, painter: QPainter, plot: QRectF) -> None:
        """Draw hairlines at the ticks, and the two axes."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.vector)
        transform = self.transform(plot)
        painter.setPen(make_pen(self.theme.color("pgrid"), 1))
        for tick in self.y_ticks(plot.height()):
            y = transform.map(QPointF(0, tick.value)).y()
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
        for tick in self.x_ticks(plot.width()):
            x = transform.map(QPointF(tick.value, 0)).x()
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        painter.setPen(make_pen(self.theme.color("paxis"), 1))
        painter.drawLine(QLineF(plot.topLeft(), plot.bottomLeft()))
        painter.drawLine(QLineF(plot.bottomLeft(), plot.bottomRight()))

    def _draw_rows(
        self, painter: QPainter, index: int, plot: QRectF, *, is_chosen: bool
    ) -> None:
        """Draw rows one by one, or their density."""
        density = self.content.density_of(index)
        if density is not None:
            if (index, is_chosen) not in self._images:
                color = self.theme.color("hi" if is_chosen else "point")
                self._images[index, is_chosen] = image_of(density.counts, color)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(plot, self._images[index, is_chosen])
            return
        sizes, n = self.theme.sizes, int(self.content.counts[index])
        size, alpha = sizes.row_dot_tile, 0.55
        if n > _FEW:
            size, alpha = sizes.row_dot_many, 0.55 if n <= _MANY else 0.3
        own = self.content.rows_of(index)
        x, y = self.content.rows.x[own], self.content.rows.y[own]
        x, y = pixels(self.transform(plot), x, y)
        dot = Dot(size, self.theme.color("point", alpha))
        draw_points(painter, x, y, dot, vector=self.vector, many=_STAMPED_FROM)

    def _draw_lines(
        self,
        painter: QPainter,
        index: int,
        plot: QRectF,
        shown: frozenset[str],
        *,
        is_chosen: bool,
    ) -> None:
        """Draw no, partial and complete pooling of a group."""
        color = self.theme.color
        looks: list[tuple[str, QColor, float]] = [
            ("none", color("hi" if is_chosen else "gthin"), 1.5 if is_chosen else 1.0),
            ("partial", color("hi" if is_chosen else "gline"), 3 if is_chosen else 1.8),
        ]
        for kind, ink, width in looks:
            line = self.content.line_of(index, kind)
            if line is not None and kind in shown:
                self._draw_line(painter, line, plot, make_pen(ink, width))
        if "complete" in shown:
            pen = make_pen(color("pooled"), 1.4, (5, 4))
            for line in self.content.data.complete:
                self._draw_line(painter, line, plot, pen)

    def _draw_line(
        self, painter: QPainter, line: Line, plot: QRectF, pen: QPen
    ) -> None:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = pixels(self.transform(plot), *straightened(line.x, line.y))
        for run in clipped_runs(x, y, plot):
            if run.size() == 2:
                painter.drawLine(run.at(0), run.at(1))
            else:
                painter.drawPolyline(run)

    def _draw_chosen(
        self, painter: QPainter, index: int, plot: QRectF, state: PanelState
    ) -> None:
        """Draw selected rows, and the one with the ring, over the lines."""
        own, rows = self.content.rows_of(index), self.content.rows
        chosen = own[state.is_chosen[own]]
        if self.content.levels[index] in state.chosen_levels:
            chosen = chosen if self.content.density_of(index) is None else chosen[:0]
        chosen = chosen[:: 1 + len(chosen) // _MOST_CHOSEN]
        transform, sizes = self.transform(plot), self.theme.sizes
        edge = make_pen(self.theme.color("surface"), 1)
        dot = Dot(sizes.selected_dot_tile, self.theme.color("hi"), edge)
        x, y = pixels(transform, rows.x[chosen], rows.y[chosen])
        is_in = inside(x, y, plot, 1)
        x, y = x[is_in], y[is_in]
        draw_points(painter, x, y, dot, vector=self.vector, many=_STAMPED_FROM)
        if state.pointed is None or self.content.panel_of(state.pointed) != index:
            return
        role = "hi" if state.is_chosen[state.pointed] else "point"
        ring = make_pen(self.theme.color("ink"), 1.6)
        dot = Dot(sizes.pointed_dot - 2, self.theme.color(role), ring)
        one = np.array([state.pointed])
        x, y = pixels(transform, rows.x[one], rows.y[one])
        draw_points(painter, x, y, dot, vector=self.vector)
