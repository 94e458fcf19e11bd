"""A field for a whole number, as high as its neighbours."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSpinBox, QWidget

from gui.controls.painting import px
from gui.look import look


class SpinBox(QSpinBox):
    """A whole number with small steps.

    Parameters
    ----------
    accessible_name : str
        What the number is.
    """

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self.setGroupSeparatorShown(True)
        self._measure()
        look().changed.connect(self._on_look_changed)

    @Slot()
    def _on_look_changed(self) -> None:
        self._measure()

    def _measure(self) -> None:
        # a style sheet's padding does not reach the text of a spin box
        self.lineEdit().setTextMargins(px(6), 0, 0, 0)
        self.setFixedHeight(px(28))
