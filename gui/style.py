"""The look of everything Qt paints: fonts, palette and one style sheet.

They are made from the theme and given to the application again whenever the theme
changes. What a style sheet cannot draw is painted by hand in `gui/controls`.

A label or a button says what it is by a dynamic property, set before it is shown
(`set_look_property` sets it later):

* ``QLabel[role]``: title, heading, panel, body, caption, muted, mono
* ``QPushButton[v]``: primary, tint, secondary, quiet, link; with ``small``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTemporaryDir, Slot
from PySide6.QtGui import QFont, QPalette

from gui.fonts import sans
from gui.icons import pixmap
from gui.look import look
from gui.style_sheet import style_sheet

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from gui.theme import Theme

MONO = (  # what the systems have; the last word is Qt's own choice
    "SF Mono",
    "Menlo",
    "Cascadia Mono",
    "Consolas",
    "DejaVu Sans Mono",
    "Liberation Mono",
    "Noto Sans Mono",
    "monospace",
)
_NAME = "tarn-style"
_PICTURES = {  # name in the style sheet: icon and role
    "down": ("down", "ink2"),
    "down_off": ("down", "ctrl"),
    "up": ("up", "ink2"),
    "right": ("right", "ink2"),
    "check": ("check", "accent"),
    "tick": ("check", "onaccent"),
    "close": ("x", "ink2"),
}
_PICTURE_SIZE = 16

_PALETTE = {
    QPalette.ColorRole.Window: "bg",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.PlaceholderText: "ink3",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.ToolTipBase: "ink",
    QPalette.ColorRole.ToolTipText: "surface",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "onaccent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accentH",
    QPalette.ColorRole.LinkVisited: "accentH",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "mute",
    QPalette.ColorRole.Mid: "line2",
    QPalette.ColorRole.Dark: "ctrl",
    QPalette.ColorRole.Shadow: "ink3",
}
_PALETTE_OFF = {
    QPalette.ColorRole.WindowText: "ink3",
    QPalette.ColorRole.Text: "ink3",
    QPalette.ColorRole.ButtonText: "ink3",
    QPalette.ColorRole.Base: "sunken",
    QPalette.ColorRole.Button: "mute",
    QPalette.ColorRole.Highlight: "mute",
    QPalette.ColorRole.HighlightedText: "ink3",
}


def apply_look(app: QApplication) -> None:
    """Dress the application in the theme now and at every change of it.

    Parameters
    ----------
    app : QApplication
        The running application; dressing it twice does no harm.
    """
    found = app.findChild(_Style, _NAME)
    style = found if found is not None else _Style(app)
    style.dress()


def mono(pixels: float) -> QFont:
    """Font for formulas, with letters of equal width.

    Parameters
    ----------
    pixels : float
        Size in logical pixels.
    """
    font = QFont()
    font.setFamilies(MONO)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(max(1, round(pixels)))
    return font


def palette(theme: Theme) -> QPalette:
    """Colours for what Qt paints by itself: dialogs, menus, disabled texts."""
    made = QPalette()
    for place, role in _PALETTE.items():
        made.setColor(place, theme.color(role))
    for place, role in _PALETTE_OFF.items():
        made.setColor(QPalette.ColorGroup.Disabled, place, theme.color(role))
    return made


def set_look_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and have it take effect.

    Parameters
    ----------
    widget : QWidget
        Its style is worked out again if the value is new.
    name : str
        ``v``, ``role``, ``small`` and the like.
    value : object
        A string or a truth value.
    """
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.updateGeometry()


class _Style(QObject):
    """Keeps the application dressed; owns the pictures the style sheet shows."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_NAME)
        self._app = app
        self._folder = QTemporaryDir()
        self._worn: Theme | None = None
        look().changed.connect(self._on_look_changed)

    @Slot()
    def _on_look_changed(self) -> None:
        self.dress()

    def dress(self) -> None:
        """Put the theme on, unless it is worn already."""
        theme = look().theme
        if theme == self._worn:
            return
        self._worn = theme
        self._app.setFont(sans(theme.sizes.body))
        self._app.setPalette(palette(theme))
        self._app.setStyleSheet(style_sheet(theme, self._pictures(theme), MONO))

    def _pictures(self, theme: Theme) -> dict[str, str]:
        """Write chevrons and check marks where a style sheet can find them.

        Names differ between themes, because Qt keeps pictures by their name.

        Returns
        -------
        dict
            Path of each picture; without those that could not be written.
        """
        written: dict[str, str] = {}
        size = round(_PICTURE_SIZE * theme.sizes.scale)
        for name, (drawing, role) in _PICTURES.items():
            path = self._folder.filePath(f"{name}-{theme.name}-{size}")
            made = pixmap(drawing, role, 3 * size)  # larger: sharp on every screen
            if self._folder.isValid() and made.save(f"{path}.png"):
                written[name] = f"{path}.png"
        return written
