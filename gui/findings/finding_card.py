"""One finding: icon, sentence with its number, what it means, what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.findings.finding import Change, Severity, Show
from gui.controls import Button, FlowLayout, IconLabel, label
from gui.controls.painting import literal, px

if TYPE_CHECKING:
    from engine.findings.finding import Dismiss, Finding

LOOKS = {
    Severity.RED: ("bad", "bad", "problem"),
    Severity.AMBER: ("warn", "warn", "caution"),
    Severity.NOTE: ("info", "mute", "note"),
    Severity.GREEN: ("check", "ok", "fine"),
}
"""Icon, kind of chip and word of each severity."""
_ROLES = {"bad": "bad", "warn": "warnI", "mute": "ink2", "ok": "ok"}
_DISCS = {"bad": "badT", "warn": "warnT", "mute": "mute", "ok": "okT"}


def main_action(finding: Finding) -> Change | Show | None:
    """Return what is suggested to be done; to leave all as it is does not count.

    Parameters
    ----------
    finding : Finding

    Returns
    -------
    Change, Show or None
        The first of its actions that is one of them.
    """
    actions: tuple[Change | Show | Dismiss, ...] = finding.actions
    return next((one for one in actions if isinstance(one, (Change, Show))), None)


class FindingCard(QWidget):
    """Shows a finding.

    Signals
    -------
    action_chosen : Finding, Change | Show | Dismiss
    why_asked : Finding
    """

    action_chosen = Signal(object, object)
    why_asked = Signal(object)

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        icon, kind, word = LOOKS[finding.severity]
        disc = IconLabel(icon, _ROLES[kind], 16, disc=_DISCS[kind], description=word)
        sentence = label(finding.sentence, "panel", wrap=True)
        meaning = label(finding.meaning, "caption", wrap=True)
        self.buttons: list[Button] = []
        box = QWidget()
        flow = FlowLayout(px(8), px(4), box)
        flow.setContentsMargins(0, px(4), 0, 0)
        main = main_action(finding)
        for action in finding.actions:
            variant = "tint" if action is main else "secondary"
            button = Button(literal(action.label), variant=variant, small=True)
            button.clicked.connect(self._on_button_clicked)
            self.buttons.append(button)
            flow.addWidget(button)
        self.why = Button("Why?", variant="link", small=True)
        self.why.setAccessibleName(f"Why? {finding.sentence}")
        self.why.clicked.connect(self._on_why_clicked)
        flow.addWidget(self.why)
        words = QVBoxLayout()
        words.setSpacing(px(2))
        for part in (sentence, meaning):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(part)
        meaning.setVisible(bool(finding.meaning))
        words.addWidget(box)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(6), px(12), px(6))
        row.setSpacing(px(10))
        row.addWidget(disc, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setAccessibleName(f"{word}: {finding.sentence}")
        self.setAccessibleDescription(finding.meaning)

    @Slot()
    def _on_button_clicked(self) -> None:
        sender = self.sender()
        for button, action in zip(self.buttons, self.finding.actions, strict=True):
            if button is sender:
                self.action_chosen.emit(self.finding, action)

    @Slot()
    def _on_why_clicked(self) -> None:
        self.why_asked.emit(self.finding)
