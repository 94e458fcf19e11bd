"""What every test of the gui is given: one application and no leftovers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from gui.application import application

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def ready(qapp: QApplication) -> QApplication:
    """Fonts, style and names, as in the program."""
    return application(offscreen=True)


@pytest.fixture(autouse=True)
def no_window_left(ready: QApplication) -> Iterator[None]:
    """Fail where a test leaves a window behind."""
    before = set(map(id, ready.topLevelWidgets()))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in ready.topLevelWidgets() if id(widget) not in before]
    assert left == []
