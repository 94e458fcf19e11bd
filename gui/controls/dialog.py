"""The base of small dialogs: a title, a body, and buttons at the lower right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from gui.controls.buttons import Button
from gui.controls.labels import label
from gui.controls.painting import px

ROLES = ("accept", "reject", "other")


class Dialog(QDialog):
    """A dialog over its parent; opened by `open`, deleted when it is closed.

    Esc rejects; Enter presses the button that was added as primary.

    Parameters
    ----------
    parent : QWidget
        The window it belongs to.
    title : str
        What it is about; also shown in large letters.

    Attributes
    ----------
    body : QVBoxLayout
        Everything between title and buttons.
    """

    def __init__(self, parent: QWidget | None, title: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(16))
        self.heading = label(title, "heading", wrap=True)
        column.addWidget(self.heading)
        self.body = QVBoxLayout()
        self.body.setSpacing(px(8))
        column.addLayout(self.body, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(px(8))
        self._row.addStretch(1)
        column.addLayout(self._row)
        self.setMinimumWidth(px(360))

    def add_button(
        self, text: str, variant: str = "secondary", role: str = "other"
    ) -> Button:
        """Add a button at the right of those already there.

        Parameters
        ----------
        text : str
            What it does.
        variant : str
            As for `Button`; the primary one is pressed by Enter.
        role : {"accept", "reject", "other"}
            Whether it also closes the dialog.

        Returns
        -------
        Button
            Connect to its ``clicked`` for "other".

        Raises
        ------
        ValueError
            If there is no such role.
        """
        if role not in ROLES:
            message = f"No such role of a button: {role}"
            raise ValueError(message)
        button = Button(text, variant=variant)
        if role == "accept":
            button.clicked.connect(self.accept)
        elif role == "reject":
            button.clicked.connect(self.reject)
        button.setDefault(variant == "primary")
        self._row.addWidget(button)
        return button
