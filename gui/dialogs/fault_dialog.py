"""A fault of the program: what it means for the user's work, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from engine.reporting.version import SOFTWARE, VERSION
from gui.controls import Button, IconLabel
from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph
from gui.look import look
from gui.style import mono

if TYPE_CHECKING:
    from collections.abc import Callable

_NOW = (
    "Tarn met a fault of its own",
    "Your data and model are kept. Save them to be safe, then go on. If it happens "
    "again, copy the details and send them to Tarn’s makers.",
)
_BEFORE = (
    "Tarn ended suddenly the last time",
    "What had been saved is safe; later changes are lost. If it happens again, copy "
    "the details and send them to Tarn’s makers.",
)


class FaultDialog(SnugDialog):
    """Says that the fault is the program's, and offers to save.

    Parameters
    ----------
    parent : QWidget
        The window.
    details : str
        Technical text, shown only when asked for.
    is_last_run : bool
        Whether the run before was ended by the fault; then nothing is left to save.

    Signals
    -------
    save_asked
        The user wants to save; the dialog has closed.
    """

    save_asked = Signal()

    def __init__(
        self, parent: QWidget | None, details: str, *, is_last_run: bool = False
    ) -> None:
        title, sentence = _BEFORE if is_last_run else _NOW
        super().__init__(parent, title)
        self.setMinimumWidth(px(480))
        self.setAccessibleDescription(sentence)
        row = QHBoxLayout()
        row.setSpacing(px(12))
        icon = IconLabel("bad", "bad", size=24)
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        self.sentence = paragraph(sentence)
        row.addWidget(self.sentence, 1)
        self.body.addLayout(row)
        self._fold = Button("Technical details", icon="right", variant="quiet")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._on_folded)
        line = QHBoxLayout()
        line.addWidget(self._fold)
        line.addStretch(1)
        self.body.addLayout(line)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("Technical details")
        self.details.setMinimumHeight(px(180))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFont(mono(look().theme.sizes.tick))
        self.details.hide()
        self.body.addWidget(self.details, 1)
        self._add_buttons(can_save=not is_last_run)

    def _add_buttons(self, *, can_save: bool) -> None:
        self.copy = self.add_button("Copy details")
        self.copy.clicked.connect(self._on_copy_clicked)
        self.go_on = self.add_button(
            "Go on", "secondary" if can_save else "primary", "accept"
        )
        if can_save:
            self.save = self.add_button("Save my work", "primary")
            self.save.clicked.connect(self._on_save_clicked)

    def add_details(self, details: str) -> None:
        """Add another fault that came while the dialog was open."""
        self.details.appendPlainText(f"\n{details}")

    @Slot(bool)
    def _on_folded(self, is_open: bool) -> None:
        self._fold.set_icon("down" if is_open else "right")
        self.details.setVisible(is_open)
        self.fit_height()

    @Slot()
    def _on_copy_clicked(self) -> None:
        text = f"{SOFTWARE} {VERSION}\n{self.details.toPlainText()}\n"
        QGuiApplication.clipboard().setText(text)
        self.copy.setText("Copied")

    @Slot()
    def _on_save_clicked(self) -> None:
        self.accept()
        self.save_asked.emit()


def open_fault(
    window: QWidget, details: str, on_save: Callable[[], object] | None = None
) -> FaultDialog:
    """Show a fault over a window, in the dialog that is open already if there is one.

    Parameters
    ----------
    window : QWidget
        Its owner.
    details : str
        What `gui.crash.CrashLog.fault` said.
    on_save : callable, optional
        Called once when the user wants to save, however many faults there were.

    Returns
    -------
    FaultDialog
    """
    for dialog in window.findChildren(FaultDialog):
        if dialog.isVisible():
            dialog.add_details(details)
            return dialog
    made = FaultDialog(window, details)
    if on_save is not None:
        made.save_asked.connect(on_save)
    made.open()
    return made
