"""The look of the running program: one theme, told to everything that paints.

Widgets ask ``look().theme`` when they paint and listen to ``look().changed`` where they
keep something made from colours, such as a plot. The user may pin light or dark;
otherwise the system's scheme is followed while the program runs.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gui.theme import DARK, LIGHT, Theme

SCHEMES = ("system", "light", "dark")
_NAME = "tarn-look"


class Look(QObject):
    """Which theme is in use.

    Signals
    -------
    changed : Theme
        Another theme is in use; emitted only on real change.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self._scheme = "system"
        self._scale = 1.0
        self._theme = self._wanted()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_scheme_changed)

    @property
    def theme(self) -> Theme:
        """Colours and sizes now."""
        return self._theme

    @property
    def scheme(self) -> str:
        """What the user wants: one of `SCHEMES`."""
        return self._scheme

    def set_scheme(self, scheme: str) -> None:
        """Pin light or dark, or follow the system.

        Parameters
        ----------
        scheme : {"system", "light", "dark"}
            Anything else is taken as "system", so that old settings do no harm.
        """
        self._scheme = scheme if scheme in SCHEMES else "system"
        self._update()

    def set_scale(self, scale: float) -> None:
        """Scale type and spaces: 1 is a body text of 13 pixels."""
        self._scale = scale
        self._update()

    @Slot()
    def _on_system_scheme_changed(self) -> None:
        self._update()

    def _update(self) -> None:
        theme = self._wanted()
        if theme != self._theme:
            self._theme = theme
            self.changed.emit(theme)

    def _wanted(self) -> Theme:
        scheme = QGuiApplication.styleHints().colorScheme()
        is_dark = self._scheme == "dark" or (
            self._scheme == "system" and scheme == Qt.ColorScheme.Dark
        )
        return (DARK if is_dark else LIGHT).scaled(self._scale)


def look() -> Look:
    """Return the application's look, made at the first call.

    Returns
    -------
    Look
        Owned by the application, so that it ends with it.
    """
    app = QApplication.instance()
    found = None if app is None else app.findChild(Look, _NAME)
    return found if found is not None else Look(app)
