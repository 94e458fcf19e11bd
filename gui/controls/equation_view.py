"""Equations on the screen: sharp at any density, in the ink of the theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFontMetricsF, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controls.equation_svg import (
    EM,
    EquationUnreadable,
    equation_svg,
    is_drawing,
    is_drawn,
)
from gui.controls.painting import painting, px
from gui.fonts import serif
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFont

__all__ = ["EM", "EquationView", "equation_svg"]

RETRY_MS = 20
"""Wait while another thread draws."""
_GAP = 8
_NARROWEST = 40
_DIM = 0.35
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter)


@dataclass(frozen=True)
class _Line:
    """One drawn equation, and its size in ems times `EM`."""

    renderer: QSvgRenderer
    width: float
    height: float


class EquationView(QWidget):
    """Shows lines of mathematics, centred; one that is too wide is made smaller.

    Equations that were never drawn are drawn one at each turn of the event loop; until
    then, and where one cannot be drawn, their plain text stands there.

    Parameters
    ----------
    align : Qt.AlignmentFlag
        Left or centre, for lines narrower than the widget.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
    ) -> None:
        super().__init__(parent)
        self._align = align
        self._latex: tuple[str, ...] = ()
        self._plain = ""
        self._lines: tuple[_Line, ...] = ()
        self._is_stale = False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._draw_next)
        look().changed.connect(self._on_look_changed)

    @property
    def is_drawn(self) -> bool:
        """Whether equations are shown, not their plain text."""
        return bool(self._lines)

    def set_latex(self, lines: Sequence[str], plain: str) -> None:
        """Show these equations.

        Parameters
        ----------
        lines : sequence of str
            LaTeX, a line each.
        plain : str
            The same for a screen reader, and where LaTeX cannot be drawn.
        """
        self._latex, self._plain = tuple(lines), plain
        self._lines = ()
        self.setAccessibleName(plain)
        self._next.stop()
        self._show_or_wait()

    def set_stale(self, is_stale: bool) -> None:
        """Dim equations of an older model."""
        self._is_stale = is_stale
        self.update()

    def hasHeightForWidth(self) -> bool:
        """The narrower, the smaller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all lines at this width."""
        if not self._lines:
            return round(self._plain_rect(width).height()) + 1 if self._plain else 0
        heights = sum(line.height * self._factor(line, width) for line in self._lines)
        return round(heights + px(_GAP) * (len(self._lines) - 1)) + 1

    def sizeHint(self) -> QSize:
        """As wide as the widest line."""
        scale = look().theme.sizes.scale
        width = max((line.width * scale for line in self._lines), default=0.0)
        if not self._lines:
            metrics = QFontMetricsF(self._font())
            width = metrics.horizontalAdvance(self._plain)
        hint = round(width) + 1
        return QSize(hint, self.heightForWidth(hint))

    def minimumSizeHint(self) -> QSize:
        """Hardly anything: it never widens what it stands in."""
        width = max(self.width(), px(_NARROWEST))
        return QSize(px(_NARROWEST), self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the equations below each other, or the plain text."""
        with painting(self) as painter:
            painter.setOpacity(_DIM if self._is_stale else 1.0)
            if not self._lines:
                painter.setFont(self._font())
                painter.setPen(look().theme.color("ink"))
                painter.drawText(QRectF(self.rect()), _WRAP, self._plain)
                return
            y = 0.0
            is_left = bool(self._align & Qt.AlignmentFlag.AlignLeft)
            for line in self._lines:
                factor = self._factor(line, self.width())
                width, height = line.width * factor, line.height * factor
                x = 0.0 if is_left else (self.width() - width) / 2
                line.renderer.render(painter, QRectF(x, y, width, height))
                y += height + px(_GAP)

    @Slot()
    def _draw_next(self) -> None:
        """Draw one of the equations that wait, then let the window live."""
        if is_drawing():
            self._next.start(RETRY_MS)
            return
        latex = next((own for own in self._latex if not is_drawn(own, EM)), None)
        try:
            if latex is not None:
                equation_svg(latex, EM, look().theme.colors.ink)
        except EquationUnreadable:
            return  # the plain text stays
        self._show_or_wait()

    def _show_or_wait(self) -> None:
        """Show the equations if all were drawn before; they may wait a little."""
        if all(is_drawn(latex, EM) for latex in self._latex):
            self._lines = self._rendered()
        else:
            self._next.start(0)
        self.updateGeometry()
        self.update()

    def _rendered(self) -> tuple[_Line, ...]:
        ink = look().theme.colors.ink
        lines = []
        for latex in self._latex:
            renderer = QSvgRenderer(QByteArray(equation_svg(latex, EM, ink)))
            box = renderer.viewBoxF()
            lines.append(_Line(renderer, box.width(), box.height()))
        return tuple(lines)

    @Slot()
    def _on_look_changed(self) -> None:
        if self._lines:
            self._lines = self._rendered()
        self.updateGeometry()
        self.update()

    def _factor(self, line: _Line, width: int) -> float:
        """How much larger than it was drawn a line is shown."""
        return min(look().theme.sizes.scale, max(width, 1) / line.width)

    def _font(self) -> QFont:
        return serif(EM * look().theme.sizes.scale)

    def _plain_rect(self, width: int) -> QRectF:
        wide = QRectF(0, 0, max(width, 1), 10_000)
        return QFontMetricsF(self._font()).boundingRect(wide, _WRAP, self._plain)
