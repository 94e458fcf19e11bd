"""Buttons: with words, with an icon only, and with a menu."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from gui import icons
from gui.controls.breaking import shortened
from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import draw_icon, literal, painting, plain_tip, px
from gui.look import look
from gui.style import set_look_property

ICON_ROLES = {
    "primary": "onaccent",
    "tint": "accentH",
    "secondary": "ink2",
    "quiet": "ink2",
    "link": "accentH",
}


_MOST_LETTERS = 56


class Button(QPushButton):
    """A button with words.

    Parameters
    ----------
    text : str
        What it does; ``&`` before a letter makes that its key. Names of the user's go
        through `gui.controls.painting.literal`.
    icon : str
        Name of an icon before the words, or ``""``.
    variant : {"primary", "tint", "secondary", "quiet", "link"}
        One primary per window, one tint per finding.
    small, large : bool
        24 or 36 pixels high instead of 28.
    tip : str
        More about it, shown on hover.
    """

    def __init__(
        self,
        text: str,
        *,
        icon: str = "",
        variant: str = "secondary",
        small: bool = False,
        large: bool = False,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self._tip = tip
        self.setProperty("v", variant)
        self.setProperty("small", small)
        self.setProperty("large", large)
        self.setAutoDefault(False)
        self.setToolTip(plain_tip(tip))
        self._tint_icon()
        look().changed.connect(self._on_look_changed)

    def set_icon(self, name: str) -> None:
        """Show another icon, or none if `name` is empty."""
        self._icon_name = name
        self._tint_icon()

    def set_words(self, words: str) -> None:
        """Say something else, with a name of the user's in it; cut if it is long."""
        short = shortened(words, _MOST_LETTERS)
        full = "" if short == words else words
        self.setText(literal(short))
        self.setAccessibleName(full)
        self.set_tip(full)

    def set_variant(self, variant: str) -> None:
        """Look like another variant; see the class."""
        set_look_property(self, "v", variant)
        self._tint_icon()

    def set_tip(self, tip: str) -> None:
        """Say more about it on hover, as long as it is available."""
        self._tip = tip
        if self.isEnabled():
            self.setToolTip(plain_tip(tip))

    def set_unavailable(self, reason: str) -> None:
        """Switch it off, and say why where the user will look.

        Parameters
        ----------
        reason : str
            A sentence that also says what would make it available.
        """
        self.setEnabled(False)
        self.setToolTip(plain_tip(reason))
        self.setAccessibleDescription(reason)

    def set_available(self) -> None:
        """Switch it on again, with the tooltip it had."""
        self.setEnabled(True)
        self.setToolTip(plain_tip(self._tip))
        self.setAccessibleDescription("")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    @Slot()
    def _on_look_changed(self) -> None:
        self._tint_icon()
        self.updateGeometry()
        self.update()

    def _tint_icon(self) -> None:
        role = ICON_ROLES[self.property("v")]
        size = px(16)
        # Qt puts 4 pixels between icon and words; the rest is part of the icon
        gap = px(3) if self.text() else 0
        wanted = _with_gap(self._icon_name, role, size, gap)
        self.setIcon(wanted)
        self.setIconSize(QSize(size + gap, size))


class IconButton(QToolButton):
    """A button of 28 by 28 with an icon only.

    Parameters
    ----------
    icon : str
        Name of the icon.
    tip : str
        What it does: tooltip and accessible name.
    checkable : bool
        Whether it stays pressed.
    """

    def __init__(
        self,
        icon: str,
        tip: str,
        *,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._tip = tip
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tip)
        self.setToolTip(plain_tip(tip))
        self._dress()
        look().changed.connect(self._on_look_changed)
        self.toggled.connect(self._on_toggled)

    def set_icon(self, icon: str, tip: str) -> None:
        """Show and say something else."""
        self._icon_name, self._tip = icon, tip
        self.setAccessibleName(tip)
        self.setToolTip(plain_tip(tip))
        self._dress()

    def set_unavailable(self, reason: str) -> None:
        """Switch it off; the tooltip says what it does and why it cannot now."""
        self.setEnabled(False)
        self.setToolTip(plain_tip(f"{self._tip}: {reason}"))
        self.setAccessibleDescription(reason)

    def set_available(self) -> None:
        """Switch it on again, with the tooltip it had."""
        self.setEnabled(True)
        self.setToolTip(plain_tip(self._tip))
        self.setAccessibleDescription("")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    @Slot()
    def _on_look_changed(self) -> None:
        self._dress()

    @Slot()
    def _on_toggled(self) -> None:
        self._dress()

    def _dress(self) -> None:
        size = px(16)
        role = "accentH" if self.isChecked() else "ink2"
        self.setIcon(icons.icon(self._icon_name, role, size))
        self.setIconSize(QSize(size, size))
        self.setFixedSize(px(28), px(28))


class MenuButton(Button):
    """A button that opens a menu below itself; parameters as for `Button`."""

    def __init__(
        self,
        text: str,
        *,
        icon: str = "",
        variant: str = "secondary",
        small: bool = False,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            text, icon=icon, variant=variant, small=small, tip=tip, parent=parent
        )
        self.setProperty("chevron", True)
        self._menu: QMenu | None = None
        self.clicked.connect(self._on_clicked)

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu from now on; the button takes it as its child."""
        if self._menu is not None and self._menu is not menu:
            self._menu.deleteLater()
        menu.setParent(self, menu.windowFlags())
        self._menu = menu

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then the chevron at its right."""
        super().paintEvent(event)
        is_on = self.isEnabled()
        role = ICON_ROLES[self.property("v")] if is_on else "ink3"
        away = 14 if self.property("small") else 16
        with painting(self) as painter:
            place = QPointF(self.width() - px(away), self.height() / 2)
            draw_icon(painter, "down", role, place, px(14))

    @Slot()
    def _on_clicked(self) -> None:
        if self._menu is not None:
            open_below(self, self._menu)


def open_below(widget: QWidget, menu: QMenu) -> None:
    """Open `menu` under `widget`, at least as wide as that, without waiting for it."""
    menu.setMinimumWidth(min(widget.width(), px(320)))
    menu.popup(widget.mapToGlobal(QPoint(0, widget.height() + px(2))))


def _with_gap(name: str, role: str, size: int, gap: int) -> QIcon:
    """Icon with empty space at its right; empty if there is no name."""
    if not name:
        return QIcon()
    plain = icons.icon(name, role, size)
    if not gap:
        return plain
    found = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
        for density in (1.0, 2.0):
            drawn = plain.pixmap(QSize(size, size), density, mode)
            wide = QPixmap(round((size + gap) * density), round(size * density))
            wide.setDevicePixelRatio(density)
            wide.fill(Qt.GlobalColor.transparent)
            painter = QPainter(wide)
            painter.drawPixmap(QRect(0, 0, size, size), drawn)
            painter.end()
            found.addPixmap(wide, mode)
    return found
