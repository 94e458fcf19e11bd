"""Make the pictures that README.md shows; run it after a visible change."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))  # run from anywhere

from PySide6.QtCore import QEventLoop, QSettings  # noqa: E402

from gui.application import application  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.welcome.examples import examples  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE, HIGH = 1400, 900
PATIENCE_S, SETTLED_S = 60, 0.6


def main() -> None:
    """Open the fish, and take a picture of two pages."""
    app = application(offscreen=True)

    def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
        end = monotonic() + seconds
        while not is_so() and monotonic() < end:
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)

    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        window = MainWindow(Settings(store))
        session = window.session
        window.resize(WIDE, HIGH)
        window.show()

        def take(name: str) -> None:
            wait_until(lambda: window.pages.shown_model is session.fit)
            wait_until(lambda: False, SETTLED_S)
            window.grab().save(str(HERE / f"{name}.png"))

        session.open_example(examples()[0])
        wait_until(lambda: session.is_fit_current and not session.is_busy)
        session.select_level("lake", "L09")
        take("picture")
        session.select_rows(())
        window.pages.show_page("results")
        wait_until(lambda: bool(window.results_page.blocks))
        block = window.results_page.blocks[0]
        block.view.cell_chosen.emit(1, 5)
        take("results")
        window.commands.set_scheme("system")
        session.close_table()
        window.close()
        session.shutdown()


if __name__ == "__main__":
    main()
