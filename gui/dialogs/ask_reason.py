"""Why rows are not used: a line for the reason, and ready ones to choose from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

from gui.controls import Button, FlowLayout, label
from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

READY = (
    "measurement error",
    "typing error",
    "damaged sample",
    "instrument failed",
    "wrong species or site",
    "measured twice",
)
"""Reasons that field notes give most often."""
_LONGEST = 200
_WIDTH = 440


class AskReasonDialog(SnugDialog):
    """Asks why rows are left out; the answer may be empty.

    Parameters
    ----------
    parent : QWidget
        The window.
    title : str
        What is going to happen, such as "Exclude 18 rows".
    rows : str
        Which rows these are.
    answer : str
        What the button does.
    reason : str
        The reason until now.
    earlier : iterable of str
        Reasons that were given to other rows; they complete what is typed.

    Signals
    -------
    given : str
        The reason, on one line, perhaps empty; the dialog has closed.
    """

    given = Signal(str)

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        rows: str,
        answer: str,
        *,
        reason: str = "",
        earlier: Iterable[str] = (),
    ) -> None:
        super().__init__(parent, title)
        self.rows = paragraph(rows, "caption")
        self.line = QLineEdit(reason)
        self.line.setMaxLength(max(_LONGEST, len(reason)))
        self.line.setPlaceholderText("Why? It stands in the tables and in Methods")
        self.line.setAccessibleName("Reason")
        self.line.setAccessibleDescription(rows)
        self.line.setCompleter(self._completer((*READY, *earlier)))
        self.body.addWidget(self.rows)
        self.body.addWidget(self.line)
        self.body.addWidget(label("Or choose one:", "caption"))
        self.body.addLayout(self._make_ready())
        self.add_button("Cancel", role="reject")
        self.answer = self.add_button(answer, "primary")
        self.answer.clicked.connect(self._on_answer_clicked)
        self.setFixedWidth(px(_WIDTH))  # a flow would rather have one line
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _completer(self, reasons: Iterable[str]) -> QCompleter:
        known = list(dict.fromkeys(reason for reason in reasons if reason))
        made = QCompleter(known, self)
        made.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = QListView()
        popup.setObjectName("completions")  # for its edge
        made.setPopup(popup)  # which owns it from now on
        made.setFilterMode(Qt.MatchFlag.MatchContains)
        return made

    def _make_ready(self) -> FlowLayout:
        flow = FlowLayout(px(8), px(8))
        self.ready: list[Button] = []
        for words in READY:
            button = Button(words, small=True)
            button.setAccessibleName(f"Reason: {words}")
            button.clicked.connect(partial(self._take, words))
            self.ready.append(button)
            flow.addWidget(button)
        return flow

    def _take(self, words: str, _on: bool = False) -> None:
        """Put a ready reason into the line, where more can be added."""
        self.line.setText(words)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_answer_clicked(self) -> None:
        reason = " ".join(self.line.text().split())
        self.accept()
        self.given.emit(reason)
