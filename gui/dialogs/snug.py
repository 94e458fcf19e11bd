"""A dialog, and paragraphs in it, as high as the words need, no higher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy

from gui.controls import Dialog, label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent


class SnugDialog(Dialog):
    """The base of dialogs with paragraphs; parameters as for `Dialog`.

    Qt asks a window for its height before it knows the width, and so leaves room for
    lines that wrapped words do not fill.
    """

    def showEvent(self, event: QShowEvent) -> None:
        """Take the right height before anything is seen."""
        super().showEvent(event)
        if not event.spontaneous():
            self.fit_height()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus, not always the primary one."""
        used = self.focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(used, QPushButton) and used.isEnabled():
            used.click()
            return
        super().keyPressEvent(event)

    def fit_height(self) -> None:
        """Take the height that the parts need at the width of now."""
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        height = layout.sizeHint().height()
        if layout.hasHeightForWidth():
            height = layout.totalHeightForWidth(self.width())
        self.resize(self.width(), height)


def paragraph(text: str, role: str = "body") -> QLabel:
    """Plain text that is wrapped and takes no line more than it has.

    Parameters
    ----------
    text, role : str
        As for `gui.controls.label`, whose wrapped labels never become lower than Qt's
        guess, which is two lines for one.
    """
    made = label(text, role, wrap=True)
    made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    policy = made.sizePolicy()
    policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
    made.setSizePolicy(policy)
    return made
