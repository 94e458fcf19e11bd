import sys

import pytest
from PySide6.QtGui import QGuiApplication

from gui import application as module
from gui.application import application, has_display


def test_that_there_is_one_application(qapp):
    assert application() is qapp
    assert application(offscreen=True) is qapp


def test_that_tests_draw_in_memory():
    assert QGuiApplication.platformName() == "offscreen"


def test_that_windows_have_the_bundled_font(qapp):
    assert qapp.font().family() == "Inter"


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_that_a_display_is_found_by_its_variable(monkeypatch, name):
    monkeypatch.setattr(sys, "platform", "linux")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    assert not has_display()
    monkeypatch.setenv(name, ":0")
    assert has_display()


@pytest.mark.parametrize("name", ["offscreen", "offscreen:size=1280x800", "minimal"])
def test_that_drawing_in_memory_is_no_display(monkeypatch, name):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("QT_QPA_PLATFORM", name)
    assert not has_display()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_that_windows_and_macos_need_no_variable(monkeypatch, platform):
    monkeypatch.setattr(module.sys, "platform", platform)
    monkeypatch.delenv("QT_QPA_PLATFORM")
    assert has_display()
