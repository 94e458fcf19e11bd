"""From the first page to the whole window."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from gui.loading import Loading, unread_sources
from gui.main_window import MainWindow
from gui.settings import Settings
from tests.gui.window_fixtures import LONG_MS

FISH = Path(__file__).parents[2] / "resources" / "examples" / "fish.csv"
PROGRAM = """
import sys
from gui.application import application
from gui.main_window import MainWindow
app = application(offscreen=True)
window = MainWindow(is_whole=False)
window.show()
app.processEvents()
print(window.welcome.isVisible(), len(window.welcome.cards))
print(sorted({"numpy", "pandas", "scipy", "pyqtgraph"} & set(sys.modules)))
window.close()
"""


@pytest.fixture
def first_page(qtbot, tmp_path):
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Settings(store), is_whole=False)
    window.show()
    yield window
    gc.unfreeze()
    window.session.close_table()
    window.close()
    assert window.session.shutdown()
    window.deleteLater()
    QApplication.processEvents()


def load(qtbot, window):
    loading = Loading(window)
    with qtbot.waitSignal(loading.finished, timeout=LONG_MS):
        loading.start()
    assert window.is_whole


def test_that_the_first_page_needs_no_numpy(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
    )
    assert done.stdout.splitlines() == ["True 4", "[]"]


def test_that_the_window_becomes_whole(qtbot, first_page):
    assert not first_page.is_whole
    load(qtbot, first_page)
    assert first_page.stack.count() == 2
    assert first_page.welcome.isVisible()


def test_that_an_example_chosen_at_once_is_opened(qtbot, first_page):
    card = first_page.welcome.cards[0]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    load(qtbot, first_page)
    qtbot.waitUntil(lambda: first_page.session.fit is not None, timeout=LONG_MS)
    assert first_page.session.title == card.example.title


def test_that_a_file_dropped_at_once_is_opened(qtbot, first_page):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(FISH))])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    first_page.dropEvent(QDropEvent(QPointF(9, 9), action, data, button, keys))
    load(qtbot, first_page)
    qtbot.waitUntil(lambda: first_page.session.title == "fish", timeout=LONG_MS)


def test_that_the_last_wish_counts_and_is_granted_once(qtbot, first_page):
    opened = []
    for card in first_page.welcome.cards[:2]:
        card.click()
    first_page.session.opened.connect(opened.append)
    load(qtbot, first_page)
    qtbot.waitUntil(lambda: first_page.session.fit is not None, timeout=LONG_MS)
    assert [found.title for found in opened] == [
        first_page.welcome.cards[1].example.title
    ]


def test_that_a_window_closed_at_once_leaves_no_trace(qtbot, first_page):
    assert first_page.close()
    assert first_page.settings.layout("window") is not None


def test_that_pyside_is_asked_again_after_the_imports():
    feature = sys.modules["shibokensupport.feature"]
    asked = feature._mod_uses_pyside
    with unread_sources():
        assert feature._mod_uses_pyside(sys.modules["gui.loading"])
        assert not feature._mod_uses_pyside(subprocess)
    assert feature._mod_uses_pyside is asked
