"""What the program noted about its faults, to be read and sent to its makers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph
from gui.look import look
from gui.style import mono

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class LogDialog(SnugDialog):
    """Shows the log, the newest lines first seen.

    Parameters
    ----------
    parent : QWidget
        The window.
    text : str
        The end of the log.
    """

    def __init__(self, parent: QWidget | None, text: str) -> None:
        super().__init__(parent, "What Tarn noted")
        self.setMinimumWidth(px(640))
        self.body.addWidget(
            paragraph(
                "When Tarn started and ended, and each fault of its own. The log stays "
                "on this computer. Read it before you send it: it may hold names of "
                "your files and columns."
            )
        )
        self.details = QPlainTextEdit(text or "Nothing was noted.")
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("The log")
        self.details.setMinimumHeight(px(280))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFont(mono(look().theme.sizes.tick))
        self.details.moveCursor(QTextCursor.MoveOperation.End)
        self.body.addWidget(self.details, 1)
        self.copy = self.add_button("Copy")
        self.copy.clicked.connect(self._on_copy_clicked)
        self.add_button("Close", "primary", "reject")

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
        self.copy.setText("Copied")
