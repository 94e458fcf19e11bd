"""From the first page to the whole window: import in a thread, then make the rest.

The first page is seen before numpy, pandas, scipy and pyqtgraph are imported. A thread
imports them while the page answers; nothing else runs then, so no two threads wait for
each other's imports. What has widgets is made in the GUI thread, piece by piece.
"""

from __future__ import annotations

import gc
import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.threads import limit_blas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gui.main_window import MainWindow

POLL_MS = 10
_ASKED = "_mod_uses_pyside"
_WITH_QT = ("gui.", "pyqtgraph.", "PySide6.")
NEEDED = ("gui.work_area", "gui.commands", "gui.tab_order", "engine.workflow")
"""Modules that bring all that the window needs, and the first fit too."""
LATER = (
    "engine.data.reading",
    "engine.data.steps",
    "engine.findings.search",
    "engine.reporting.project",
    "gui.work.formula_reading",
    "gui.work.refreshing",
)
"""Modules that the first file, fit and finding would otherwise wait for."""


class Loading(QObject):
    """Completes a window that shows its first page.

    Parameters
    ----------
    window : MainWindow
        Its owner.

    Signals
    -------
    finished : ()
        The window is whole.
    """

    finished = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._pieces: Iterator[None] | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(
            target=self._import, name="tarn-start", daemon=True
        )
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_running(self) -> bool:
        """Whether modules are being imported."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; call it once, after the window has been shown."""
        self._thread.start()
        self._timer.start()

    def _import(self) -> None:
        """Import what is needed. Worker thread; no Qt object is made here."""
        try:
            with unread_sources():
                for name in (*NEEDED, *LATER):
                    import_module(name)
        except BaseException as error:  # noqa: BLE001 - told in the GUI thread
            self._error = error

    @Slot()
    def _go_on(self) -> None:
        if self._thread.is_alive():
            return
        if self._pieces is None:
            if self._error is not None:
                self._timer.stop()
                raise self._error
            limit_blas()
            self._pieces = self._window.completing()
            self._timer.setInterval(0)
        if next(self._pieces, self) is self:
            self._timer.stop()
            settle_memory()
            self._window.warm_up()
            self.finished.emit()


@contextmanager
def unread_sources() -> Iterator[None]:
    """Keep PySide from reading the source of each module that is imported.

    It looks for its own name in them, to decide where its optional features could be
    switched on. For 1 300 modules that took a third of the time, and 27 MB for good.
    The modules' names say it as well. A PySide without this function is left alone.
    """
    feature: Any = sys.modules.get("shibokensupport.feature")
    asked = getattr(feature, _ASKED, None)
    if asked is None:
        yield
        return
    setattr(feature, _ASKED, lambda module: module.__name__.startswith(_WITH_QT))
    try:
        yield
    finally:
        setattr(feature, _ASKED, asked)


def settle_memory() -> None:
    """Take what the start has made out of all later searches for garbage.

    Half a million objects of modules and classes stay for good; looking through them
    was seen to hold up the window for 90 ms each time.
    """
    gc.freeze()
    gc.enable()
