"""Before work is lost: save it, lose it, or stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LONGEST = 48


class AskSaveDialog(SnugDialog):
    """Asks whether to save the changes.

    Parameters
    ----------
    parent : QWidget
        The window.
    title : str
        Name of the work; shortened where it is long.

    Signals
    -------
    decided : str
        "save", "discard" or "cancel", exactly once, when the dialog has closed.
    """

    decided = Signal(str)

    def __init__(self, parent: QWidget | None, title: str) -> None:
        name = " ".join(title.split())
        if len(name) > _LONGEST:
            half = _LONGEST // 2
            name = f"{name[:half]}…{name[-half + 1 :]}"
        asked = f"Save the changes to «{name}»?" if name else "Save the changes?"
        super().__init__(parent, asked)
        said = "If you do not save, your data file stays as it is, but the steps and "
        said += "the model since the last saving are lost."
        self.body.addWidget(paragraph(said))
        self.setAccessibleDescription(said)
        self._answer = "cancel"
        self.discard = self.add_button("Do not save")
        self.cancel = self.add_button("Cancel", role="reject")
        self.save = self.add_button("Save", "primary")
        self.discard.clicked.connect(self._on_discard_clicked)
        self.save.clicked.connect(self._on_save_clicked)
        self.finished.connect(self._on_finished)
        self.save.setFocus()
        self.setMinimumWidth(px(420))

    @Slot()
    def _on_discard_clicked(self) -> None:
        self._answer = "discard"
        self.accept()

    @Slot()
    def _on_save_clicked(self) -> None:
        self._answer = "save"
        self.accept()

    @Slot()
    def _on_finished(self) -> None:
        self.decided.emit(self._answer)
