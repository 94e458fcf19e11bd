"""What every test of the gui is given: one application and no leftovers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from engine.number_style import NumberStyle
from engine.reporting import project
from gui.application import application
from gui.number_look import number_look
from gui.theme import LIGHT
from gui.work import results
from tests.gui.plot_samples import KINDS
from tests.gui.window_fixtures import Gate, click, open_window, wait_for_fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def ready(qapp: QApplication) -> QApplication:
    """Fonts, style and names, as in the program."""
    return application(offscreen=True)


@pytest.fixture(autouse=True)
def usual_numbers(ready: QApplication) -> Iterator[None]:
    """Point and automatic digits, whatever a test before has chosen."""
    number_look().set_style(NumberStyle())
    yield
    number_look().set_style(NumberStyle())


@pytest.fixture(autouse=True)
def no_window_left(ready: QApplication) -> Iterator[None]:
    """Fail where a test leaves a window behind."""
    before = set(map(id, ready.topLevelWidgets()))
    yield
    # offscreen, Qt would destroy what is on it after Python has ended: seen to crash
    ready.clipboard().clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in ready.topLevelWidgets() if id(widget) not in before]
    assert left == []


@pytest.fixture
def window(qtbot, tmp_path):
    """Give a window on the first page."""
    with open_window(qtbot, tmp_path) as made:
        yield made


@pytest.fixture
def fish(window, qtbot):
    """Give a window with the fish and their random slopes."""
    click(qtbot, window.welcome.cards[0])
    wait_for_fit(qtbot, window)
    return window


@pytest.fixture
def gated(monkeypatch):
    """Let a function of a module wait until its gate is opened, at last at the end."""
    gates = []

    def made(module, name):
        gates.append(Gate(getattr(module, name)))
        monkeypatch.setattr(module, name, gates[-1])
        return gates[-1]

    yield made
    for gate in gates:
        gate.open()


@pytest.fixture
def slow_writing(gated):
    """Let the writing of projects wait."""
    return gated(project, "write_archive")


@pytest.fixture
def slow_fit(gated):
    """Let fits wait."""
    return gated(results, "refresh")


@pytest.fixture
def make(qtbot):
    """Make a plot of a kind, laid out but not shown."""

    def made(kind, data="sample", size=(640, 420), theme=LIGHT):
        cls, sample = KINDS[kind]
        plot = cls(theme=theme)
        qtbot.addWidget(plot)
        plot.resize(*size)
        plot.set_data(sample() if data == "sample" else data)
        plot.grab()
        return plot

    return made
