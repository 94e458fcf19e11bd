"""The legend of a plot: the same marks, small, with a word beside each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.fonts import REGULAR, sans
from gui.plots.items import NO_BRUSH, NO_PEN, make_pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme

_DISABLED = 0.4  # opacity beside an old picture


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A sample and what it stands for; kinds are in `LegendStrip`.

    A role gives the sample of a row another colour than that of rows.
    """

    kind: str
    text: str
    role: str = ""


class LegendStrip(QWidget):
    """Samples and words in a row that wraps."""

    _SAMPLE = 26.0
    _GAP = 6.0
    _BETWEEN = 16.0
    _LONGEST = 260.0
    _LINES: dict[str, tuple[str, float]] = {  # noqa: RUF012 - never changed
        "partial": ("gline", 1.8),
        "none": ("gthin", 1.0),
        "complete": ("pooled", 1.8),
        "smooth": ("ink", 1.8),
        "reference": ("paxis", 1.0),
    }

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.entries: tuple[LegendEntry, ...] = ()
        self._theme = theme
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Replace what is explained."""
        if tuple(entries) == self.entries:
            return
        self.entries = tuple(entries)
        self.setAccessibleName(", ".join(entry.text for entry in entries))
        self.updateGeometry()
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def _font(self) -> QFont:
        return sans(self._theme.sizes.caption, REGULAR)

    def _short(self, text: str) -> str:
        """Return a word that leaves room for others; a group's name may be long."""
        metrics = QFontMetricsF(self._font())
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, self._LONGEST)

    def _places(self, width: float) -> list[QRectF]:
        """Where each entry goes."""
        metrics = QFontMetricsF(self._font())
        height = metrics.height() + 3
        places, x, y = [], 0.0, 0.0
        for entry in self.entries:
            words = metrics.horizontalAdvance(self._short(entry.text))
            need = self._sample_width(entry) + self._GAP + words
            if x > 0 and x + need > width:
                x, y = 0.0, y + height
            places.append(QRectF(x, y, need, height))
            x += need + self._BETWEEN
        return places

    def _sample_width(self, entry: LegendEntry) -> float:
        return 10.0 if entry.kind in {"row", "hollow", "filled"} else self._SAMPLE

    def heightForWidth(self, width: int) -> int:
        """Height of all rows."""
        return int(max((p.bottom() for p in self._places(width)), default=0.0) + 0.5)

    def sizeHint(self) -> QSize:
        """Return the height at the present width."""
        return QSize(80, self.heightForWidth(max(80, self.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw samples and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
        painter.setFont(self._font())
        metrics = QFontMetricsF(self._font())
        for entry, place in zip(self.entries, self._places(self.width()), strict=True):
            wide = self._sample_width(entry)
            middle = place.center().y()
            self._paint_sample(painter, entry, place.left(), middle, wide)
            painter.setPen(self._theme.color("ink2"))
            left = place.left() + wide + self._GAP
            painter.drawText(
                QPointF(left, middle + metrics.capHeight() / 2),
                self._short(entry.text),
            )
        painter.end()

    def _paint_sample(
        self,
        painter: QPainter,
        entry: LegendEntry,
        left: float,
        middle: float,
        wide: float,
    ) -> None:
        """Draw one sample as the plot itself draws it."""
        color, kind = self._theme.color, entry.kind
        centre = QPointF(left + wide / 2, middle)
        painter.setBrush(NO_BRUSH)
        if kind in self._LINES:
            role, width = self._LINES[kind]
            dashes = (5, 4) if kind == "complete" else None
            painter.setPen(make_pen(color(role), width, dashes))
            painter.drawLine(QPointF(left, middle), QPointF(left + wide, middle))
        elif kind == "band":
            painter.fillRect(QRectF(left, middle - 5, wide, 10), color("band", 0.55))
            painter.setPen(make_pen(color("gthin"), 1))
            for y in (middle - 5, middle + 5):
                painter.drawLine(QPointF(left, y), QPointF(left + wide, y))
        elif kind == "hollow":
            painter.setPen(make_pen(color("gline"), 1.4))
            painter.setBrush(color("surface"))
            painter.drawEllipse(centre, 3.6, 3.6)
        else:
            painter.setPen(NO_PEN)
            row = color(entry.role) if entry.role else color("point", 0.7)
            painter.setBrush(row if kind == "row" else color("gline"))
            radius = 3.0 if kind == "row" and not entry.role else 4.2
            painter.drawEllipse(centre, radius, radius)
