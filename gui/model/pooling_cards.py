"""Three cards with small pictures: completely pooled, not pooled, partially pooled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from engine.model.spec import Pooling
from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import (
    draw_box,
    draw_check,
    draw_text,
    painting,
    plain_tip,
    px,
    text_width,
)
from gui.fonts import SEMIBOLD, sans
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QFocusEvent

HEIGHTS = (92, 70, 46)
"""With a picture, with a small one, and with words alone where there is little room."""
_LEAST = 96
_WORDS_HIGH = 41  # the two lines of words
_PAD, _LEAST_PAD = 8, 4
_MARK, _SMALL_MARK = 16, 12
_DOTS = (
    (0.10, 0.62), (0.20, 0.42), (0.27, 0.78), (0.38, 0.30), (0.44, 0.66),
    (0.55, 0.22), (0.60, 0.86), (0.68, 0.48), (0.80, 0.60), (0.90, 0.40),
)  # fmt: skip
_LINES = {
    Pooling.COMPLETE: (((0.08, 0.70), (0.94, 0.38)),),
    Pooling.NONE: (
        ((0.10, 0.62), (0.62, 0.08)),
        ((0.24, 0.72), (0.84, 0.40)),
        ((0.40, 0.92), (0.96, 0.70)),
    ),
    Pooling.PARTIAL: (
        ((0.12, 0.60), (0.60, 0.14)),
        ((0.22, 0.72), (0.84, 0.34)),
        ((0.36, 0.92), (0.94, 0.60)),
    ),
}
_COMMON = ((0.08, 0.66), (0.94, 0.34))
_TITLES = {
    Pooling.COMPLETE: "Completely pooled",
    Pooling.NONE: "Not pooled",
    Pooling.PARTIAL: "Partially pooled",
}


class PoolingCard(QRadioButton):
    """One choice: a picture, its name, what it means here."""

    def __init__(self, pooling: Pooling, parent: QWidget | None = None) -> None:
        super().__init__(_TITLES[pooling], parent)
        self.pooling = pooling
        self._caption = ""
        self._height = HEIGHTS[0]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look().changed.connect(self._on_look_changed)

    def set_caption(self, words: str) -> None:
        """Say what it means here, such as "12 related lines"."""
        self._caption = words
        self.setToolTip(plain_tip(f"{self.text()}: {words}"))
        self.setAccessibleDescription(words)
        self._on_look_changed()

    def set_height(self, height: int) -> None:
        """Take one of `HEIGHTS`."""
        if height != self._height:
            self._height = height
            self._on_look_changed()

    @Slot()
    def _on_look_changed(self) -> None:
        self.updateGeometry()
        self.update()

    def words_width(self) -> int:
        """Pixels of the name or of the caption, whichever is wider."""
        sizes = look().theme.sizes
        title = text_width(self.text(), sans(sizes.caption, SEMIBOLD))
        return max(title, text_width(self._caption, sans(sizes.tick)))

    def sizeHint(self) -> QSize:
        """Room for its words; what is left over is shared equally."""
        return QSize(self.words_width() + 2 * px(_PAD), px(self._height))

    def minimumSizeHint(self) -> QSize:
        """A card must not widen the pane."""
        return QSize(px(_LEAST), px(self._height))

    def hitButton(self, pos: QPoint) -> bool:
        """The whole card is the button."""
        return self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture, the name and the caption."""
        theme = look().theme
        chosen = self.isChecked()
        with painting(self) as painter:
            box = QRectF(self.rect())
            fill = theme.color("accentT" if chosen else "surface")
            edge = theme.color("accent" if chosen else "line2")
            draw_box(painter, box, px(8), fill, edge, 2 if chosen else 1)
            above = px(self._height - _WORDS_HIGH)
            has_picture = self._height > HEIGHTS[-1]
            if has_picture:
                edge_room = px(6 if self._height == HEIGHTS[0] else 5)
                wide = self.width() - px(16)
                picture = QRectF(px(8), edge_room, wide, above - edge_room - px(1))
                self._paint_picture(painter, picture)
            # as far from the left as from the right, where there is little room
            free = (self.width() - self.words_width()) // 2
            pad = max(px(_LEAST_PAD), min(free, px(_PAD)))
            inner = box.adjusted(pad, above, -px(2), 0)
            inner.setHeight(px(20))
            role = "accentH" if chosen else "ink"
            title = sans(theme.sizes.caption, SEMIBOLD)
            draw_text(painter, inner, self.text(), title, theme.color(role))
            inner.translate(0, px(18))
            if chosen and not has_picture:
                inner.setRight(self.width() - px(_SMALL_MARK + 5))
            small = sans(theme.sizes.tick)
            draw_text(painter, inner, self._caption, small, theme.color("ink2"))
            if chosen:
                size = px(_MARK if has_picture else _SMALL_MARK)
                down = px(6) if has_picture else inner.top() + px(4)
                mark = QRectF(self.width() - size - px(5), down, size, size)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent"))
                painter.drawEllipse(mark)
                draw_check(painter, mark, theme.color("onaccent"))

    def _paint_picture(self, painter: QPainter, box: QRectF) -> None:
        theme = look().theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ctrl", 0.8))
        for x, y in _DOTS:
            painter.drawEllipse(_at(box, x, y), 1.7, 1.7)
        role = "accent" if self.isChecked() else "ink2"
        painter.setPen(QPen(theme.color(role), 1.6))
        for begin, end in _LINES[self.pooling]:
            painter.drawLine(_at(box, *begin), _at(box, *end))
        if self.pooling is Pooling.PARTIAL:
            pen = QPen(theme.color(role), 1)
            pen.setDashPattern([3, 2])
            painter.setPen(pen)
            painter.drawLine(_at(box, *_COMMON[0]), _at(box, *_COMMON[1]))


def _at(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.left() + x * box.width(), box.top() + y * box.height())


_BY_CLICK = Qt.FocusPolicy.ClickFocus


class PoolingCards(QWidget):
    """The three cards.

    Signals
    -------
    chosen : Pooling
        By the user.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("How the groups are pooled")
        self._group = QButtonGroup(self)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        self.cards = {pooling: PoolingCard(pooling) for pooling in _TITLES}
        for card in self.cards.values():
            self._group.addButton(card)
            row.addWidget(card, 1)
        self._group.buttonClicked.connect(self._on_button_clicked)

    def set_height(self, height: int) -> None:
        """Let the cards take one of `HEIGHTS`."""
        for card in self.cards.values():
            card.set_height(height)

    def show_choice(self, pooling: Pooling, captions: dict[Pooling, str]) -> None:
        """Show what is the case, without telling anyone."""
        for own, card in self.cards.items():
            card.set_caption(captions.get(own, ""))
            self._row.setStretchFactor(card, card.words_width())
            card.setChecked(own is pooling)
            # the Tab key stops at the chosen one, the arrow keys go on from there
            key = Qt.FocusPolicy.StrongFocus if own is pooling else _BY_CLICK
            card.setFocusPolicy(key)

    @Slot(QAbstractButton)
    def _on_button_clicked(self, button: QAbstractButton) -> None:
        if isinstance(button, PoolingCard):
            self.chosen.emit(button.pooling)
