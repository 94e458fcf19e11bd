"""What a place shows that has nothing to show yet: what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.controls.buttons import Button
from gui.controls.icon_label import IconLabel
from gui.controls.labels import label
from gui.controls.painting import literal, px

_CENTER = Qt.AlignmentFlag.AlignHCenter


class EmptyState(QWidget):
    """An icon, a heading, a sentence and perhaps a button, in the middle.

    Parameters
    ----------
    icon, heading, text : str
        What is missing and what to do; plain text.
    button_text : str
        The way there, ``""`` for none.

    Signals
    -------
    clicked
        The button was pressed.
    """

    clicked = Signal()

    def __init__(
        self,
        icon: str,
        heading: str,
        text: str,
        button_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon, "ink3", 28)
        self._heading = label("", "heading", wrap=True)
        self._text = label("", "body", wrap=True)
        self.button = Button("", variant="tint")
        self.button.clicked.connect(self.clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(16), px(24), px(16))
        column.setSpacing(px(8))
        column.addStretch(1)
        column.addWidget(self._icon, 0, _CENTER)
        for part in (self._heading, self._text):
            part.setAlignment(_CENTER)
            column.addWidget(part)
        column.addSpacing(px(4))
        column.addWidget(self.button, 0, _CENTER)
        column.addStretch(1)
        self.set_content(icon, heading, text, button_text)

    def set_content(
        self, icon: str, heading: str, text: str, button_text: str = ""
    ) -> None:
        """Say something else; parameters as for the class."""
        self._icon.set_icon(icon, "ink3")
        self._heading.setText(heading)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.button.setText(literal(button_text))
        self.button.setVisible(bool(button_text))
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)
