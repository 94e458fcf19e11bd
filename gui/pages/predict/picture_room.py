"""Pictures of which one is shown, in the height that tables leave."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from gui.controls.painting import px
from gui.look import look

_LEAST = 200


class PictureRoom(QStackedWidget):
    """Takes what height there is; by itself Qt asks for more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        room = QSizePolicy.Policy
        self.setSizePolicy(room.Expanding, room.Ignored)
        self._fit()
        look().changed.connect(self._fit)

    def _fit(self) -> None:
        self.setMinimumHeight(px(_LEAST))

    def hasHeightForWidth(self) -> bool:
        """No picture has a shape of its own."""
        return False
