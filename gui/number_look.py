"""How numbers are written in the running program, told to everything that shows some.

The same for digits and decimal mark as `gui.look` is for colours: `gui.settings` sets
it, and from then on everything is written so that the window's thread makes, or a job
that is started (`gui.jobs`). Who keeps written numbers makes them again when it has
``changed``.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from engine.number_style import NumberStyle, write_from_now_on

_NAME = "tarn-number-look"


class NumberLook(QObject):
    """Which digits and which decimal mark are in use.

    Signals
    -------
    changed : NumberStyle
        Another style is in use; emitted only on real change.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self._style = NumberStyle()
        write_from_now_on(self._style)

    @property
    def style(self) -> NumberStyle:
        """Digits and decimal mark now."""
        return self._style

    def set_style(self, style: NumberStyle) -> None:
        """Write numbers in another style from now on."""
        if style != self._style:
            self._style = style
            write_from_now_on(style)
            self.changed.emit(style)


def number_look() -> NumberLook:
    """Return the application's number look, made at the first call.

    Returns
    -------
    NumberLook
        Owned by the application, so that it ends with it.
    """
    app = QApplication.instance()
    found = None if app is None else app.findChild(NumberLook, _NAME)
    return found if found is not None else NumberLook(app)
