"""Starting: with damaged settings, with a bad file, with another window open."""

from __future__ import annotations

import gc
import random

import pytest
from PySide6.QtCore import QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from gui import crash, program
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.welcome.examples import examples
from tests.gui.window_fixtures import LONG_MS, open_window

FISH = examples()[0].path
_NOISE = random.Random(2).randbytes(2000)

DAMAGED = {
    "nothing": b"",
    "noise": _NOISE,
    "words": b"hello\nworld\n[[[]]=\n",
    "types": b"[General]\nscheme=@Variant(\\0\\0\\0\\x1\\xff)\nfolder=@ByteArray(a)\n"
    b"recent=5\ndigits=x\ndecimal_mark=7\n[layout]\nwindow=@ByteArray(noise)\n"
    b"across=@ByteArray(\\0\\0\\0\\xff\\xff)\nleft=7\n",
    "lists": b"[General]\nrecent=@Invalid()\nfolder=a, b\nscheme=a,b\n",
    "names": b"[General]\nrecent=" + b"y" * 6000 + b", /a\\0b, , 5\nfolder=/a\\0b\n",
}


def store_in(folder):
    return QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)


@pytest.mark.parametrize("damage", DAMAGED)
def test_that_damaged_settings_count_as_absent(qtbot, tmp_path, damage):
    (tmp_path / "settings.ini").write_bytes(DAMAGED[damage])
    with open_window(qtbot, tmp_path) as window:
        assert window.settings.scheme == "system"
        assert window.settings.recent == ()
        assert window.settings.digits == "auto"
        window.commands.open_path(FISH)
        qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
        assert window.settings.recent == (FISH,)
        assert min(window.data_pane.height(), window.model_pane.height()) > 100


def test_that_settings_that_cannot_be_written_stop_nothing(qtbot, tmp_path):
    (tmp_path / "settings.ini").mkdir()
    with open_window(qtbot, tmp_path) as window:
        window.actions_by_key["dark"].trigger()
        window.commands.open_path(FISH)
        qtbot.waitUntil(lambda: window.session.title == "fish", timeout=LONG_MS)


def test_that_a_window_remembered_beside_the_screen_comes_back_onto_it(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as window:
        window.setGeometry(-5000, -5000, 1000, 700)
    with open_window(qtbot, tmp_path) as window:
        screen = QApplication.primaryScreen().availableGeometry()
        assert screen.intersects(window.geometry())


def test_that_two_windows_share_the_settings_without_loss(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as one, open_window(qtbot, tmp_path) as two:
        one.settings.add_recent(FISH)
        one.settings.sync()
        two.settings.sync()
        two.settings.add_recent(examples()[1].path)
    assert set(Settings(store_in(tmp_path)).recent) == {FISH, examples()[1].path}


def test_that_a_bad_file_on_the_command_line_is_said_in_the_window(
    ready, tmp_path, monkeypatch
):
    said, faults, windows = [], [], []

    def look(window):
        banner = getattr(window, "file_banner", None)  # it comes after the first page
        if banner is not None and banner.isVisible():
            said.append(banner.sentence)
            window.close()

    def made(**options):
        window = MainWindow(Settings(store_in(tmp_path)), **options)
        timer = QTimer(window, interval=10)
        timer.timeout.connect(lambda: look(window))
        timer.start()
        window.session.bug_met.connect(faults.append)
        windows.append(window)
        return window

    monkeypatch.setattr(program, "MainWindow", made)
    log = crash.CrashLog
    monkeypatch.setattr(crash, "install", lambda: log(tmp_path / "log"))
    assert program.run_window(tmp_path / "gone.csv") == 0
    gc.enable()  # the start has no garbage to look for, and ended early
    windows.pop().deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert "There is no file 'gone.csv'" in said[0]
    assert faults == []
    assert "Fault" not in (tmp_path / "log" / crash.NAME).read_text("utf-8")


def test_that_the_first_page_has_a_title_and_fits_a_small_screen(window):
    assert window.windowTitle().startswith("Tarn")
    window.resize(5000, 4000)
    window.fit_to_screen()
    room = window.screen().availableGeometry()
    assert window.height() <= max(room.height(), window.minimumHeight())
    assert window.width() <= max(room.width(), window.minimumWidth())
