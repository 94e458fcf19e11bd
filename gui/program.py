"""The program with its window: start it, watch over faults, end it."""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from gui import crash
from gui.application import application
from gui.fault_watch import FaultWatch
from gui.loading import Loading
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path


def run_window(data: Path | None = None) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    data : Path, optional
        A data file or project to open.

    Returns
    -------
    int
        Exit code.
    """
    gc.disable()  # while all is new there is no garbage; `Loading` enables it again
    app = application()
    log = crash.install()
    window = MainWindow(is_whole=False)
    FaultWatch(window, log)
    window.fit_to_screen()
    window.show()
    if data is not None:
        window.wishes.keep(partial(window.session.open_table, data))
    loading = Loading(window)
    # the commands come later and hide what they do not do themselves
    show_log = window.actions_by_key["report_fault"]
    loading.finished.connect(partial(show_log.setVisible, True))
    loading.start()
    code = app.exec()
    has_ended = window.session.shutdown() and not loading.is_running
    window.settings.sync()
    log.shutdown()
    if not has_ended:  # a worker is stuck in a long call: nothing is left to save
        sys.stdout.flush()
        os._exit(code)
    return code
