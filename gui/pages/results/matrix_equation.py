"""A matrix equation drawn small: each matrix as a picture of its cells, to scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.reporting.matrix_picture import NO_SHADE
from gui.controls.painting import painting, plain_tip, px
from gui.fonts import BOLD, sans, serif
from gui.look import look
from gui.pages.results.matrix_layout import (
    CAPTION,
    NAME,
    Factor,
    MatrixLayout,
    Placed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.reporting.matrix_picture import MatrixPicture
    from gui.theme import Theme

_MORE, _LESS, _NONE = "accent", "group2", "surface"
"""Colours of numbers above zero, below zero, and of zero."""
_SINGLE = "mute"
_DIM = 0.35
_TURN = QTransform(0, 1, 1, 0, 0, 0)
"""Rows become columns."""


class MatrixEquation(QWidget):
    """Draws factors and signs in a row; resting on a cell says what it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[Factor | str, ...] = ()
        self._images: dict[int, QImage] = {}
        self._is_stale = False
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look().changed.connect(self._on_look_changed)

    def set_parts(self, parts: Sequence[Factor | str], spoken: str) -> None:
        """Show another equation.

        Parameters
        ----------
        parts : sequence of Factor or str
            Strings are signs, such as "=".
        spoken : str
            The equation for a screen reader; sizes are added.
        """
        self._parts = tuple(parts)
        sizes = [
            f"{own.name} is {own.size}" for own in parts if isinstance(own, Factor)
        ]
        self.setAccessibleName(spoken)
        self.setAccessibleDescription("; ".join(dict.fromkeys(sizes)))
        self._images.clear()
        self.updateGeometry()
        self.update()

    def set_stale(self, is_stale: bool) -> None:
        """Dim it."""
        self._is_stale = is_stale
        self.update()

    @property
    def placed(self) -> tuple[Placed, ...]:
        """All parts and where they stand."""
        return self._laid_out(self.width())

    def words_at(self, point: QPointF) -> str:
        """Say what the cell at a point of the widget is; nothing beside the cells."""
        for placed in self.placed:
            own, box = placed.what, placed.box
            if isinstance(own, str) or not box.contains(point):
                continue
            column = int((point.x() - box.left()) / box.width() * own.n_columns)
            row = int((point.y() - box.top()) / box.height() * own.n_rows)
            return own.cell_words(
                min(row, own.n_rows - 1), min(column, own.n_columns - 1)
            )
        return ""

    # -- size -----------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As high as its width makes it."""
        width = max(self.width(), px(320))
        return QSize(px(320), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Never asks for width."""
        return QSize(px(80), self.heightForWidth(max(self.width(), px(80))))

    def heightForWidth(self, width: int) -> int:
        """Height of the tallest matrix, with its letter above and its size below."""
        tallest = max((one.box.bottom() for one in self._laid_out(width)), default=0.0)
        return int(tallest) + px(CAPTION) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def _laid_out(self, width: int) -> tuple[Placed, ...]:
        caption = QFontMetricsF(sans(look().theme.sizes.tick))
        layout = MatrixLayout(
            look().theme.sizes.scale,
            1 / self.devicePixelRatioF(),
            caption.horizontalAdvance,
        )
        return layout.place(self._parts, width)

    # -- picture --------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw signs, matrices, their letters and sizes."""
        theme = look().theme
        with painting(self) as painter:
            painter.setOpacity(_DIM if self._is_stale else 1.0)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
            for number, placed in enumerate(self.placed):
                if isinstance(placed.what, str):
                    painter.setFont(serif(17 * theme.sizes.scale))
                    painter.setPen(theme.color("ink"))
                    middle = int(Qt.AlignmentFlag.AlignCenter)
                    painter.drawText(placed.box, middle, placed.what)
                else:
                    self._paint_factor(painter, theme, number, placed)

    def _paint_factor(
        self, painter: QPainter, theme: Theme, number: int, placed: Placed
    ) -> None:
        own, box = placed.what, placed.box
        assert isinstance(own, Factor)
        if own.picture is None:
            painter.fillRect(box, theme.color(_SINGLE))
        else:
            painter.drawImage(box, self._image(number, own.picture, own.is_turned))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(-1, -1, 0, 0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        wide = box.adjusted(-px(60), 0, px(60), 0)
        above = QRectF(
            wide.left(), box.top() - px(NAME), wide.width(), px(NAME) - px(3)
        )
        below = QRectF(wide.left(), box.bottom() + px(3), wide.width(), px(CAPTION))
        painter.setFont(serif(15 * theme.sizes.scale, BOLD))
        painter.setPen(theme.color("ink"))
        center = Qt.AlignmentFlag.AlignHCenter
        painter.drawText(above, int(center | Qt.AlignmentFlag.AlignBottom), own.name)
        painter.setFont(sans(theme.sizes.tick))
        painter.setPen(theme.color("ink2"))
        painter.drawText(below, int(center | Qt.AlignmentFlag.AlignTop), own.size)

    def _image(self, number: int, picture: MatrixPicture, is_turned: bool) -> QImage:
        """One pixel a cell, in the colours of the theme."""
        if number not in self._images:
            rows, columns = picture.values.shape
            # the bytes are copied at once: the image must not outlive them
            image = QImage(
                picture.shades, columns, rows, columns, QImage.Format.Format_Indexed8
            ).copy()
            image.setColorTable(_colors(look().theme))
            image = image.convertToFormat(QImage.Format.Format_RGB32)
            self._images[number] = image.transformed(_TURN) if is_turned else image
        return self._images[number]

    def event(self, event: QEvent) -> bool:
        """Say what a cell is when the mouse rests on it."""
        if isinstance(event, QHelpEvent):
            words = self.words_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    @Slot()
    def _on_look_changed(self) -> None:
        self._images.clear()
        self.updateGeometry()
        self.update()


def _colors(theme: Theme) -> list[int]:
    """One colour for each shade, from the strongest below zero to that above."""
    shares = [(shade - NO_SHADE) / NO_SHADE for shade in range(2 * NO_SHADE + 1)]
    return [
        theme.mixed(_MORE if share > 0 else _LESS, abs(share), _NONE).rgb()
        for share in shares
    ]
