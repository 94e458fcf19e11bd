"""Left and bottom axis with their grid, drawn by the rules of the design tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from gui.fonts import MEDIUM, REGULAR, sans
from gui.plots.geometry import pixels
from gui.plots.items import PixelItem, make_pen
from gui.plots.log_ticks import log_ticks
from gui.plots.ticks import Tick, linear_ticks

if TYPE_CHECKING:
    from PySide6.QtGui import QTransform

    from gui.plots.log_ticks import LogScale
    from gui.theme import Theme

TICK_LENGTH = 4.0
_GAP = 4.0  # between tick and text, and between text and title
_LABEL_GAP = 18.0  # at least this much between two labels side by side
_ROW_GAP = 3.0  # and between two labels one above the other
_OVERHANG = 60.0  # labels at the ends stick out
_WIDTH_STEP = 6.0  # a zoom that needs a little more room must not shake the plot


class TokenAxis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph has no types
    """An axis of numbers.

    Parameters
    ----------
    orientation : {"left", "bottom"}
        Where it is.
    theme : Theme
        Colours and sizes.
    vector : bool
        Whether it is drawn for a picture rather than for a screen.
    """

    def __init__(
        self, orientation: Literal["left", "bottom"], theme: Theme, *, vector: bool
    ) -> None:
        self.title = self.short_title = ""
        self.is_whole = False
        self._scale: LogScale | None = None
        self.theme = theme
        self.vector = vector
        super().__init__(orientation, maxTickLength=TICK_LENGTH)
        self.enableAutoSIPrefix(False)
        self.apply_theme(theme)

    @property
    def is_vertical(self) -> bool:
        """Whether it is the left one."""
        return bool(self.orientation == "left")

    @property
    def length(self) -> float:
        """Pixels from end to end."""
        size = self.size()
        return float(size.height() if self.is_vertical else size.width())

    def set_title(self, title: str, short: str = "") -> None:
        """Name of what the axis measures; `short` is for an axis without the room."""
        self.title, self.short_title = title, short or title
        self.update()

    def set_whole(self, is_whole: bool) -> None:
        """Say whether only whole numbers have a meaning, such as years."""
        self.is_whole = is_whole
        self.update()

    def set_scale(self, scale: LogScale | None) -> None:
        """Write what lies at the places: None where places are values themselves."""
        self._scale = scale
        self.update()

    def value_at(self, place: float) -> float:
        """What lies at a place, in the units that the axis is written in."""
        scale = self._scale
        return place if scale is None else float(scale.back(np.array(place)))

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.theme = theme
        self.tick_font = sans(theme.sizes.tick, MEDIUM)
        self.title_font = sans(theme.sizes.caption, REGULAR)
        self.metrics = QFontMetricsF(self.tick_font)
        self.fit()
        self.update()

    def shown_title(self) -> str:
        """Return the title as it is drawn."""
        wide = QFontMetricsF(self.title_font).horizontalAdvance(self.title)
        return self.title if wide <= self.length else self.short_title

    def ticks(self) -> tuple[Tick, ...]:
        """Labelled ticks within the visible range."""
        low, high = self.range
        if self._scale is not None:
            return log_ticks(low, high, self.length, self._extent, self._scale)
        return linear_ticks(
            low, high, self.length, self._extent, is_whole=self.is_whole
        )

    def _extent(self, text: str) -> float:
        """Pixels a label needs along the axis."""
        if self.is_vertical:
            return self.metrics.height() + _ROW_GAP
        return self.metrics.horizontalAdvance(text) + _LABEL_GAP

    def place(self, value: float) -> float:
        """Pixels from the left or top end of the axis to a value."""
        low, high = self.range
        share = float((value - low) / (high - low))
        return (1 - share) * self.length if self.is_vertical else share * self.length

    def needed_thickness(self) -> float:
        """Width of a left axis, height of a bottom one."""
        title = QFontMetricsF(self.title_font).height()
        if not self.is_vertical:
            need = TICK_LENGTH + 1 + self.metrics.height() + title + 1
            return max(self.theme.sizes.axis_bottom, need)
        widths = [self.metrics.horizontalAdvance(tick.text) for tick in self.ticks()]
        need = TICK_LENGTH + _GAP + max(widths, default=0.0) + _GAP + title
        least = self.theme.sizes.axis_left
        steps = max(0.0, need - least) // -_WIDTH_STEP
        return least - steps * _WIDTH_STEP

    def fit(self) -> None:
        """Take the room that the labels need."""
        set_thickness = self.setWidth if self.is_vertical else self.setHeight
        set_thickness(self.needed_thickness())

    def boundingRect(self) -> QRectF:
        """Return the axis with what sticks out at its ends."""
        rect = QRectF(0, 0, self.size().width(), self.size().height())
        return rect.adjusted(-_OVERHANG, -_OVERHANG, _OVERHANG, _OVERHANG)

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw line, ticks, labels and title."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.vector)
        painter.setPen(make_pen(self.theme.color("paxis"), 1))
        painter.drawLine(self._line())
        for tick in self.ticks():
            painter.drawLine(self._tick_line(tick))
        self.paint_labels(painter)
        painter.setFont(self.title_font)
        painter.setPen(self.theme.color("ink2"))
        self._paint_title(painter)
        painter.restore()

    def _line(self) -> QLineF:
        """Return the axis itself."""
        if self.is_vertical:
            x = self.size().width()
            return QLineF(x, 0, x, self.length)
        return QLineF(0, 0, self.length, 0)

    def _tick_line(self, tick: Tick) -> QLineF:
        """Return one tick, outwards."""
        at = self.place(tick.value)
        if self.is_vertical:
            x = self.size().width()
            return QLineF(x - TICK_LENGTH, at, x, at)
        return QLineF(at, 0, at, TICK_LENGTH)

    def paint_labels(self, painter: QPainter) -> None:
        """Draw what the ticks say."""
        painter.setFont(self.tick_font)
        painter.setPen(self.theme.color("ptick"))
        height = self.metrics.height()
        for tick in self.ticks():
            at = self.place(tick.value)
            if self.is_vertical:
                right = self.size().width() - TICK_LENGTH - _GAP
                box = QRectF(0, at - height / 2, right, height)
                align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            else:
                box = QRectF(at - 200, TICK_LENGTH + 1, 400, height)
                align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(box, align | Qt.TextFlag.TextDontClip, tick.text)

    def _paint_title(self, painter: QPainter) -> None:
        """Draw the title along the axis, shortened if it is longer."""
        metrics = QFontMetricsF(self.title_font)
        text = metrics.elidedText(
            self.shown_title(), Qt.TextElideMode.ElideMiddle, self.length
        )
        height = metrics.height()
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        if self.is_vertical:
            painter.translate(0, self.length)
            painter.rotate(-90)
            box = QRectF(0, 0, self.length, height)
        else:
            box = QRectF(0, self.size().height() - height, self.length, height)
        painter.drawText(box, flags | Qt.TextFlag.TextSingleLine, text)


class Grid(PixelItem):
    """Hairlines at the labelled ticks of two axes."""

    def __init__(self, left: TokenAxis, bottom: TokenAxis | None) -> None:
        super().__init__()
        self.left, self.bottom = left, bottom
        self.setZValue(-100)

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw under everything else."""
        rect = self.pixel_rect(transform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.left.vector)
        painter.setPen(make_pen(self.left.theme.color("pgrid"), 1))
        for tick in self.left.ticks():
            _, y = pixels(transform, 0, tick.value)
            painter.drawLine(QLineF(rect.left(), float(y), rect.right(), float(y)))
        for tick in self.bottom.ticks() if self.bottom else ():
            x, _ = pixels(transform, tick.value, 0)
            painter.drawLine(QLineF(float(x), rect.top(), float(x), rect.bottom()))
