"""One parameter's density with its intervals below, on an axis of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.reporting.uncertainty_tables import share_words
from gui.controls.painting import CENTER, follow_look, painting, px, text_width
from gui.fonts import SEMIBOLD, sans
from gui.look import look
from gui.plots.ticks import linear_ticks

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QPaintEvent

    from engine.diagnostics.uncertainty import Interval, Parameter, Replicated
    from gui.plots.ticks import Tick

HIGH = 92
_TOP, _GROUND = 8, 46
_BARS = {"wald": 53, "profile": 58, "bootstrap": 64}
_TICKS = 73
_SIDE = 10
_WIDTHS = {"wald": 2, "profile": 3, "bootstrap": 5}
ROLES = {"wald": "gthin", "profile": "gline", "bootstrap": "accentH"}
"""Colour roles of the three kinds of interval."""
_SPIKE = 6
_LEAST_SPIKE, _WHOLE_SPIKE = 0.2, 0.4
"""Share of the height that the smallest spike has; share of refits that fills it."""
_CALM = 0.6
"""Part of the axis that must be in use, or else it is made shorter."""
_LONG_FROM, _LONG_SHARE = 200, 0.05
"""Width of the strip and share from which a spike says where it is."""
_DIM = 0.3


def draw_bar(painter: QPainter, kind: str, left: float, right: float, y: float) -> None:
    """Draw an interval of one of the three kinds as a bar around the height y."""
    width = px(_WIDTHS[kind])
    bar = QRectF(left, y - width / 2, max(1.0, right - left), width)
    painter.fillRect(bar, look().theme.color(ROLES[kind]))


class DensityStrip(QWidget):
    """Shows a `Parameter` and a `Replicated`; the axis is calm while these stream."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parameter: Parameter | None = None
        self._replicated: Replicated | None = None
        self._range: tuple[float, float] | None = None
        self._is_stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow_look(self)

    @property
    def range(self) -> tuple[float, float] | None:
        """Ends of the axis; None while there is nothing to show."""
        return self._range

    def set_parameter(self, parameter: Parameter) -> None:
        """Show another parameter, or other intervals of the same."""
        known = self._parameter
        if known is None or (known.name, known.estimate) != (
            parameter.name,
            parameter.estimate,
        ):
            self._range, self._replicated = None, None
        self._parameter = parameter
        self._find_range()
        self.update()

    def set_replicated(self, replicated: Replicated | None) -> None:
        """Show what the replicates say now, or nothing of them."""
        self._replicated = replicated
        if replicated is None:
            self._range = None
        self._find_range()
        self.update()

    def set_stale(self, is_stale: bool) -> None:
        """Dim what is old."""
        self._is_stale = is_stale
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(px(300), px(HIGH))

    def minimumSizeHint(self) -> QSize:
        """Room for a hump and two ticks."""
        return QSize(px(110), px(HIGH))

    # -- the axis -----------------------------------------------------------------

    def _find_range(self) -> None:
        """Show everything there is; move only if that does not fit, or is lost."""
        places = [
            x for one in self._intervals().values() for x in (one.lower, one.upper)
        ]
        if self._parameter is not None:
            places.append(self._parameter.estimate)
        if self._replicated is not None:
            places += self._replicated.seen
            places += [spike.at for spike in self._replicated.spikes]
        known = [x for x in places if math.isfinite(x)]
        if self._parameter is not None and self._parameter.highest == 1:
            known = [self._parameter.lowest, self._parameter.highest]
        if not known:
            self._range = None
            return
        low, high = min(known), max(known)
        if not high > low:
            half = abs(low) / 2 or 1.0
            low, high = low - half, high + half
        room = (high - low) * 0.03
        low, high = low - room, high + room
        if self._range is not None:
            old_low, old_high = self._range
            fits = old_low <= low and high <= old_high
            if fits and high - low >= _CALM * (old_high - old_low):
                return
        self._range = low, high

    def _intervals(self) -> dict[str, Interval]:
        """What is known, by kind."""
        found = {}
        if self._parameter is not None:
            found = {"wald": self._parameter.wald, "profile": self._parameter.profile}
        if self._replicated is not None:
            found["bootstrap"] = self._replicated.interval
        return {k: own for k, own in found.items() if own is not None and own.is_known}

    def _across(self, value: float) -> float:
        """Pixel of a value."""
        assert self._range is not None
        low, high = self._range
        left, right = px(_SIDE), self.width() - px(_SIDE)
        return left + (value - low) / (high - low) * (right - left)

    # -- painting -----------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw grid, density, spikes, estimate, bars and ticks."""
        if self._range is None:
            return
        with painting(self) as painter:
            painter.setOpacity(_DIM if self._is_stale else 1.0)
            self._draw_axis(painter)
            if self._replicated is not None:
                self._draw_density(painter, self._replicated)
            for kind, own in self._intervals().items():
                ends = self._across(own.lower), self._across(own.upper)
                draw_bar(painter, kind, *ends, px(_BARS[kind]))
            self._draw_estimate(painter)
            if self._replicated is not None:
                self._draw_spikes(painter, self._replicated)

    def _ticks(self) -> tuple[Tick, ...]:
        assert self._range is not None
        used = sans(look().theme.sizes.tick)

        def extent(text: str) -> float:
            return text_width(text, used) + px(22)

        return linear_ticks(*self._range, self.width() - px(2 * _SIDE), extent)

    def _draw_axis(self, painter: QPainter) -> None:
        theme = look().theme
        used = sans(theme.sizes.tick)
        painter.setFont(used)
        for tick in self._ticks():
            x = self._across(tick.value)
            painter.setPen(QPen(theme.color("pgrid"), 1))
            painter.drawLine(QPointF(x, px(_TOP)), QPointF(x, px(_TICKS - 2)))
            half = text_width(tick.text, used) / 2 + 2
            x = min(max(x, half), self.width() - half)
            place = QRectF(x - half, px(_TICKS), 2 * half, px(HIGH - _TICKS - 2))
            painter.setPen(theme.color("ptick"))
            painter.drawText(place, int(CENTER), tick.text)
        painter.setPen(QPen(theme.color("line2"), 1))
        ground = px(_GROUND)
        painter.drawLine(
            QPointF(px(_SIDE), ground), QPointF(self.width() - px(_SIDE), ground)
        )

    def _draw_density(self, painter: QPainter, replicated: Replicated) -> None:
        """Fill the hump; its height is that of the strip, its area has no scale."""
        curve = replicated.curve
        if curve is None or self._range is None:
            return
        low, high = self._range
        is_seen = (curve.x >= low) & (curve.x <= high)
        x, y = curve.x[is_seen], curve.y[is_seen]
        if len(x) < 2:
            return
        theme, ground = look().theme, px(_GROUND)
        across = self._across(0.0) + x * (self._across(1.0) - self._across(0.0))
        up = ground - y / curve.y.max() * (ground - px(_TOP))
        points = list(map(QPointF, across.tolist(), up.tolist()))
        area = QPainterPath(QPointF(float(across[0]), ground))
        for point in points:
            area.lineTo(point)
        area.lineTo(float(across[-1]), ground)
        painter.fillPath(area, theme.color("accentL", 0.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("gline"), 1.5))
        painter.drawPolyline(points)

    def _draw_spikes(self, painter: QPainter, replicated: Replicated) -> None:
        """Draw what lies on a bound as a bar with its share in words."""
        theme, ground = look().theme, px(_GROUND)
        used = sans(theme.sizes.tick, SEMIBOLD)
        for spike in replicated.spikes:
            x = self._across(spike.at)
            part = min(1.0, max(_LEAST_SPIKE, spike.share / _WHOLE_SPIKE))
            high = (ground - px(_TOP)) * part
            wide = px(_SPIKE)
            box = QRectF(x - wide / 2, ground - high, wide, high)
            painter.fillRect(box, theme.color("accentH"))
            words = share_words(spike.share)
            if self.width() >= px(_LONG_FROM) and spike.share >= _LONG_SHARE:
                words = spike_words(spike.at, spike.share)
            painter.setFont(used)
            painter.setPen(theme.color("accentH"))
            width = text_width(words, used)
            is_right = x + wide + width < self.width()
            left = x + wide if is_right else x - wide - width
            place = QRectF(left, px(_TOP - 4), width + 2, px(14))
            painter.fillRect(place, theme.color("surface", 0.85))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _draw_estimate(self, painter: QPainter) -> None:
        own = self._parameter
        if own is None or not np.isfinite(own.estimate):
            return
        x = self._across(own.estimate)
        painter.setPen(QPen(look().theme.color("ink"), 1.5))
        painter.drawLine(QPointF(x, px(_TOP)), QPointF(x, px(_BARS["bootstrap"] + 4)))


def spike_words(at: float, share: float) -> str:
    """What a spike says: "30 % at 0"."""
    where = f"{at:+.0f}".replace("-", "−") if abs(at) == 1 else "0"
    if at not in (-1.0, 0.0, 1.0):
        return f"{share_words(share)} alike"
    return f"{share_words(share)} at {where}"
