"""Pills: the words of the model sentence that can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from gui.controls.buttons import open_below
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
from gui.fonts import MEDIUM, SEMIBOLD
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPaintEvent

_LONGEST = 180
_ICON = 14
_LONE_PLUS = 18
_REMOVE = 20  # room of the small x
VARIANTS = ("variable", "add", "plain")


class Pill(QPushButton):
    """A word of the model sentence that opens a menu.

    Parameters
    ----------
    text : str
        A column's name as it is, or words; may be empty for "add".
    variant : {"variable", "add", "plain"}
        A chosen variable, a plus, or a quiet word with a chevron.
    removable : bool
        Whether it has a small x; Delete and Backspace do the same.

    Signals
    -------
    remove_requested
        The user pressed the x.
    """

    remove_requested = Signal()

    def __init__(
        self,
        text: str,
        *,
        variant: str = "variable",
        removable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if variant not in VARIANTS:
            message = f"No such pill: {variant}"
            raise ValueError(message)
        self._variant = variant
        self._is_removable = removable
        self._is_over_remove = False
        self._factory: Callable[[], QMenu] | None = None
        self._menu: QMenu | None = None
        self.setAutoDefault(False)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)
        self.clicked.connect(self._on_clicked)
        follow_look(self)

    @property
    def full_text(self) -> str:
        """The words as given."""
        return self._words

    def set_text(self, text: str) -> None:
        """Say something else; a long text is cut and shown in full on hover."""
        self._words = text
        self.setText(literal(text))
        self.setAccessibleName(text or "Add")
        is_cut = text_width(text, self._font()) > px(_LONGEST)
        self.setToolTip(plain_tip(text) if is_cut else "")
        if self._is_removable:
            self.setAccessibleDescription("Delete removes it")
        self.updateGeometry()
        self.update()

    def set_menu_factory(self, factory: Callable[[], QMenu] | None) -> None:
        """Make and open a menu at each click; the pill takes it as its child."""
        self._factory = factory

    def sizeHint(self) -> QSize:
        """Room for the words, up to a limit, and the marks."""
        width = self._text_room()
        if self._variant == "add":
            width += px(_ICON) + (px(6) if self._words else 0) + 2 * px(7)
        else:
            width += px(12) + px(4) + px(_ICON) + px(8)
        if self._is_removable:
            width += px(_REMOVE) - px(4)
        return QSize(width, px(28))

    def minimumSizeHint(self) -> QSize:
        """As large as wanted: long words are cut already."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill."""
        theme = look().theme
        fill, edge, ink = self._colors()
        with painting(self) as painter:
            if fill:
                line = theme.color(edge) if edge else None
                box = QRectF(self.rect())
                draw_box(painter, box, px(6), theme.color(fill), line)
            middle = self.height() / 2
            left = px(7 if self._variant == "add" else 12)
            if self._variant == "add":
                place = QPointF(left + px(_ICON) / 2, middle)
                size = px(_ICON if self._words else _LONE_PLUS)
                draw_icon(painter, "plus", ink, place, size)
                left += px(_ICON) + px(6)
            room = QRectF(left, 0, self._text_room() + 1, self.height())
            draw_text(painter, room, self._words, self._font(), theme.color(ink))
            if self._variant != "add":
                after = left + self._text_room() + px(4) + px(_ICON) / 2
                draw_icon(painter, "down", ink, QPointF(after, middle), px(_ICON))
            if self._is_removable:
                place = self._remove_rect().center()
                role = "ink" if self._is_over_remove else ink
                draw_icon(painter, "x", role, place, px(12))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove, the down arrow opens the menu."""
        key = event.key()
        if self._is_removable and key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.remove_requested.emit()
        elif key == Qt.Key.Key_Down and self._factory is not None:
            self._on_clicked()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would do."""
        self._set_over_remove(self._is_remove_at(event))
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the x is not a press on the pill."""
        if not self._is_remove_at(event):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for removal if the x was pressed."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and self._is_remove_at(event) and not self.isDown():
            self.remove_requested.emit()
        else:
            super().mouseReleaseEvent(event)

    @Slot()
    def _on_clicked(self) -> None:
        if self._factory is None:
            return
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = self._factory()
        self._menu.setParent(self, self._menu.windowFlags())
        open_below(self, self._menu)

    def _colors(self) -> tuple[str, str, str]:
        """Roles of fill, edge and ink; ``""`` for none."""
        is_hot = self.underMouse() or self.isDown()
        if not self.isEnabled():
            return ("" if self._variant == "add" else "mute", "line2", "ink3")
        if self._variant == "add":
            return ("accentT" if is_hot else "", "", "accentH")
        if self._variant == "plain":
            return ("sunken" if is_hot else "surface", "line2", "ink")
        return ("accentT", "accent" if is_hot else "accentL", "accentH")

    def _font(self) -> QFont:
        return font("body", SEMIBOLD if self._variant == "variable" else MEDIUM)

    def _text_room(self) -> int:
        return min(text_width(self._words, self._font()), px(_LONGEST))

    def _remove_rect(self) -> QRectF:
        width = px(_REMOVE)
        return QRectF(self.width() - width - px(2), 0, width, self.height())

    def _is_remove_at(self, event: QMouseEvent) -> bool:
        is_there = self._remove_rect().contains(event.position())
        return self._is_removable and self.isEnabled() and is_there

    def _set_over_remove(self, is_over: bool) -> None:
        if is_over != self._is_over_remove:
            self._is_over_remove = is_over
            self.update()
