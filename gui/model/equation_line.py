"""The general equation below the formula; long ones are broken between their terms."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QWidget

from gui.fonts import serif
from gui.look import look


class EquationLine(QLabel):
    """Rich text that would like one line, and takes more where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAccessibleName("Equation of the model")
        look().changed.connect(self._on_look_changed)
        self._on_look_changed()

    def sizeHint(self) -> QSize:
        """Everything in one line."""
        text = QTextDocument()
        text.setDocumentMargin(0)
        text.setDefaultFont(self.font())
        text.setHtml(self.text())
        size = text.size().toSize()
        return QSize(round(text.idealWidth()) + 4, size.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """It never widens what it stands in."""
        return QSize(0, self.sizeHint().height())

    @Slot()
    def _on_look_changed(self) -> None:
        self.setFont(serif(look().theme.sizes.heading))
        self.updateGeometry()
