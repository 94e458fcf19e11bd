"""The one QApplication, with a screen or without."""

from __future__ import annotations

import os
import sys

from PySide6.QtWidgets import QApplication

from gui.display import has_display
from gui.fonts import load_fonts
from gui.style import apply_look


def application(*, offscreen: bool = False) -> QApplication:
    """Return the process's application, made ready for windows and pictures.

    Parameters
    ----------
    offscreen : bool
        Draw in memory only. Also chosen when there is no display to draw on.

    Raises
    ------
    gui.fonts.FontsMissing
        If the installation lacks a font.
    """
    running = QApplication.instance()
    if isinstance(running, QApplication):
        _prepare(running)
        return running
    if offscreen or not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    made = QApplication(sys.argv[:1])
    _prepare(made)
    return made


def _prepare(app: QApplication) -> None:
    """Set names, style, fonts and drawing options; harmless when repeated."""
    app.setApplicationName("Tarn")
    app.setOrganizationName("Tarn")
    app.setStyle("Fusion")
    load_fonts()
    apply_look(app)
