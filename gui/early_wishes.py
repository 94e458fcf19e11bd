"""What the user asks while the window is not yet whole: kept, and done then."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, SignalInstance, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from gui.main_window import MainWindow


AT_ONCE = ("report_fault",)
"""Actions that somebody else does from the beginning."""


class EarlyWishes(QObject):
    """Listens to the first page, the menus and the header until `grant`.

    The last wish counts, as with every other change of mind.

    Parameters
    ----------
    window : MainWindow
        Its owner.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._wish: Callable[[], Any] | None = None
        self._heard: list[tuple[SignalInstance, Callable[..., None]]] = [
            (window.header.search_asked, self._on_search_asked),
            (window.welcome.action_asked, self._on_action_asked),
            (window.welcome.example_chosen, self._on_example_chosen),
            (window.welcome.file_chosen, self._on_file_chosen),
        ]
        for key, action in window.actions_by_key.items():
            if key not in AT_ONCE:
                self._heard.append((action.triggered, self._on_action))
        for signal, slot in self._heard:
            signal.connect(slot)

    def keep(self, wish: Callable[[], Any]) -> None:
        """Do something as soon as the window is whole."""
        self._wish = wish
        self._window.setCursor(Qt.CursorShape.BusyCursor)

    def grant(self) -> None:
        """Listen no more, and do what was asked."""
        for signal, slot in self._heard:
            signal.disconnect(slot)
        self._heard.clear()
        self._window.unsetCursor()
        wish, self._wish = self._wish, None
        self.deleteLater()
        if wish is not None:
            wish()

    @Slot()
    def _on_action(self) -> None:
        action: QAction = self.sender()  # type: ignore[assignment]
        self.keep(action.trigger)

    @Slot()
    def _on_search_asked(self) -> None:
        self.keep(self._window.header.search_asked.emit)

    @Slot(str)
    def _on_action_asked(self, key: str) -> None:
        self.keep(partial(self._window.welcome.action_asked.emit, key))

    @Slot(object)
    def _on_example_chosen(self, example: object) -> None:
        self.keep(partial(self._window.welcome.example_chosen.emit, example))

    @Slot(object)
    def _on_file_chosen(self, path: object) -> None:
        self.keep(partial(self._window.welcome.file_chosen.emit, path))
