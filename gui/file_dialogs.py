"""Dialogs that ask for a file, in the folder that was used last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def file_dialog(window: MainWindow, title: str, kinds: str) -> QFileDialog:
    """Make a dialog, to be opened with `open`; it is destroyed when it closes.

    Parameters
    ----------
    window : MainWindow
    title : str
    kinds : str
        Filters as Qt takes them.

    Returns
    -------
    QFileDialog
    """
    dialog = QFileDialog(window, title, window.settings.folder, kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
