"""A window for tests: its own settings, nothing left behind, no bug unseen."""

from __future__ import annotations

import functools
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QMenu

from gui.lanes import Lane
from gui.look import look
from gui.main_window import MainWindow
from gui.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

LONG_MS = 20_000


@contextmanager
def open_window(qtbot: QtBot, folder: Path) -> Iterator[MainWindow]:
    """Show a window with settings of its own; close it without a question."""
    store = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Settings(store))
    bugs: list[BaseException] = []
    window.session.bug_met.connect(bugs.append)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    try:
        yield window
    finally:
        window.session.close_table()
        window.close()
        assert window.session.shutdown()
        look().set_scheme("system")
        window.deleteLater()
        QApplication.sendPostedEvents()
        QApplication.processEvents()
    assert bugs == []


def wait_for_fit(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until what is asked is fitted and the page in front shows it."""
    session, pages = window.session, window.pages
    qtbot.waitUntil(
        lambda: (
            session.is_fit_current
            and not session.is_busy
            and pages.shown_model is session.fit
        ),
        timeout=LONG_MS,
    )


def wait_for_quiet(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until no worker has anything to do."""
    jobs = window.session.jobs
    qtbot.waitUntil(
        lambda: not any(jobs.is_busy(lane) for lane in Lane), timeout=LONG_MS
    )


def click(qtbot: QtBot, widget: QWidget) -> None:
    """Click a widget that can be seen and used."""
    assert widget.isVisible(), widget.accessibleName()
    assert widget.isEnabled(), widget.accessibleName()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def choose(menu: QMenu, words: str) -> None:
    """Choose from an open menu the entry that begins with some words."""
    for action in menu.actions():
        if action.text().replace("&", "").startswith(words):
            assert action.isEnabled(), words
            action.trigger()
            menu.close()
            return
    entries = [action.text() for action in menu.actions()]
    raise AssertionError(f"{words} is not among {entries}")


def open_menu() -> QMenu:
    """The menu that is open."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


class Gate:
    """Makes a function wait for the test, which opens it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)  # jobs look at what it takes
        self._function = function
        self._is_open = threading.Event()
        self.is_reached = threading.Event()

    def __call__(self, *args: Any, **named: Any) -> Any:
        self.is_reached.set()
        assert self._is_open.wait(20)
        return self._function(*args, **named)

    def open(self) -> None:
        self._is_open.set()
