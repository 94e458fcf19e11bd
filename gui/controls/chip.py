"""Chips: a verdict or a selection as an icon and a word on a tint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import (
    draw_box,
    draw_icon,
    draw_text,
    follow_look,
    font,
    literal,
    painting,
    plain_tip,
    px,
    text_width,
)
from gui.fonts import SEMIBOLD
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent


@dataclass(frozen=True, slots=True)
class ChipKind:
    """Colour roles of a kind of chip, and its icon (``""`` for none)."""

    tint: str
    text: str
    icon: str
    icon_role: str


KINDS = {
    "ok": ChipKind("okT", "ok", "check", "ok"),
    "warn": ChipKind("warnT", "warn", "warn", "warnI"),
    "bad": ChipKind("badT", "bad", "bad", "bad"),
    "mute": ChipKind("mute", "ink2", "", "ink2"),
    "selection": ChipKind("hiT", "hiText", "pin", "hiText"),
}
_PAD = 8
_ICON = 13
_GAP = 4
_HEIGHT = 20


class Chip(QLabel):
    """An icon and a word on a tint.

    Parameters
    ----------
    text : str
        The verdict itself ("Bent", "Too few to judge").
    kind : {"ok", "warn", "bad", "mute", "selection"}
        "mute" is for what was not judged and has no icon.
    """

    def __init__(self, text: str, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_content(text, kind)
        follow_look(self)

    def set_content(self, text: str, kind: str) -> None:
        """Say something else; parameters as for the class.

        Raises
        ------
        KeyError
            If there is no such kind.
        """
        self._kind = KINDS[kind]
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for icon and word."""
        return _size(self.text(), self._kind)

    def minimumSizeHint(self) -> QSize:
        """Room for the icon and a few letters."""
        return QSize(min(self.sizeHint().width(), px(56)), px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill, the icon and the word."""
        is_cut = self.width() < self.sizeHint().width()
        self.setToolTip(plain_tip(self.text()) if is_cut else "")
        _draw(self, self.text(), self._kind, is_edged=False)


class CountChip(QPushButton):
    """A chip that can be clicked, such as "3 problems".

    Parameters
    ----------
    text, kind : str
        As for `Chip`.

    Signals
    -------
    clicked
        As of every button, also by the keyboard.
    """

    def __init__(self, text: str, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._words, self._kind = "", KINDS[kind]
        self.set_content(text, kind)
        follow_look(self)

    def set_content(self, text: str, kind: str) -> None:
        """Say something else; parameters and errors as for `Chip`."""
        if (text, KINDS[kind]) == (self._words, self._kind):
            return
        self._kind = KINDS[kind]
        self._words = text
        self.setText(literal(text))
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for icon and word."""
        return _size(self._words, self._kind)

    def minimumSizeHint(self) -> QSize:
        """Never cut: a count says little without its noun."""
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill, with an edge under the pointer."""
        is_edged = self.underMouse() or self.isDown()
        _draw(self, self._words, self._kind, is_edged=is_edged)


def _size(text: str, kind: ChipKind) -> QSize:
    words = text_width(text, font("tick", SEMIBOLD))
    icon = px(_ICON) + px(_GAP) if kind.icon else 0
    return QSize(icon + words + 2 * px(_PAD), px(_HEIGHT))


def _draw(widget: QWidget, text: str, kind: ChipKind, *, is_edged: bool) -> None:
    theme = look().theme
    tall = px(_HEIGHT)
    top = (widget.height() - tall) / 2
    box = QRectF(0, round(top), widget.width(), tall)
    with painting(widget) as painter:
        edge = theme.color(kind.text) if is_edged else None
        draw_box(painter, box, tall / 2, theme.color(kind.tint), edge)
        start = px(_PAD)
        if kind.icon:
            place = QPointF(start + px(_ICON) / 2, box.center().y())
            draw_icon(painter, kind.icon, kind.icon_role, place, px(_ICON))
            start += px(_ICON) + px(_GAP)
        room = QRectF(start, box.top(), widget.width() - start - px(_PAD) + 1, tall)
        draw_text(painter, room, text, font("tick", SEMIBOLD), theme.color(kind.text))
