"""The program with its window: start it, watch over faults, end it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from gui import crash
from gui.application import application
from gui.dialogs.fault_dialog import FaultDialog
from gui.main_window import MainWindow, warm_up

if TYPE_CHECKING:
    from pathlib import Path


def _tell(error: BaseException) -> None:
    """Give a worker's fault to the hook, which writes it down and shows it."""
    sys.excepthook(type(error), error, error.__traceback__)


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
    app = application()
    log = crash.install()
    window = MainWindow()

    def show_fault(details: str) -> None:
        dialog = FaultDialog(window, details)
        dialog.save_asked.connect(window.commands.save)
        dialog.open()

    log.fault.connect(show_fault)
    window.session.bug_met.connect(_tell)
    window.show()
    if data is not None:
        window.session.open_table(data)
    warm_up(window)
    code = app.exec()
    has_ended = window.session.shutdown()
    window.settings.sync()
    log.shutdown()
    if not has_ended:  # a worker is stuck in a long call: nothing is left to save
        sys.stdout.flush()
        os._exit(code)
    return code
