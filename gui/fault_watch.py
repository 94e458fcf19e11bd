"""What the window does about faults: it tells of them and shows the log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from gui.dialogs.fault_dialog import FaultDialog, open_fault
from gui.dialogs.log_dialog import LogDialog

if TYPE_CHECKING:
    from gui.crash import CrashLog
    from gui.main_window import MainWindow


class FaultWatch(QObject):
    """Stands between the log of faults and one window.

    Parameters
    ----------
    window : MainWindow
        Its owner.
    log : CrashLog
    """

    def __init__(self, window: MainWindow, log: CrashLog) -> None:
        super().__init__(window)
        self._window = window
        self._log = log
        log.fault.connect(self._on_fault)
        window.session.bug_met.connect(self._on_bug_met)
        action = window.actions_by_key["report_fault"]
        action.setVisible(True)
        action.triggered.connect(self._on_log_asked)
        if log.last_crash:
            QTimer.singleShot(0, self, self._tell_of_last_run)

    @Slot(str)
    def _on_fault(self, details: str) -> None:
        open_fault(self._window, details, self._on_save_asked)

    @Slot()
    def _on_save_asked(self) -> None:
        if self._window.is_whole:  # before, there is nothing to save
            self._window.commands.save()

    @Slot(object)
    def _on_bug_met(self, error: BaseException) -> None:
        """Give a worker's fault to the hook, which writes it down and comes back."""
        sys.excepthook(type(error), error, error.__traceback__)

    @Slot()
    def _tell_of_last_run(self) -> None:
        FaultDialog(self._window, self._log.last_crash, is_last_run=True).open()

    @Slot()
    def _on_log_asked(self) -> None:
        LogDialog(self._window, self._log.text()).open()
