"""One finding: icon, sentence with its number, what it means, what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.findings.finding import Change, Severity, Show
from gui.controls import Button, FlowLayout, IconLabel, label
from gui.controls.painting import px

if TYPE_CHECKING:
    from engine.findings.finding import Dismiss, Finding

LOOKS = {
    Severity.RED: ("bad", "bad", "problem"),
    Severity.AMBER: ("warn", "warn", "caution"),
    Severity.NOTE: ("info", "mute", "note"),
    Severity.GREEN: ("check", "ok", "fine"),
}
"""Icon, kind of chip and word of each severity."""
_LEAST_WIDE, _LEAST_HIGH = 200, 48
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


def _looks_of(finding: Finding) -> list[tuple[str, str]]:
    """Label and variant of the button of each action."""
    main = main_action(finding)
    return [
        (action.label, "tint" if action is main else "secondary")
        for action in finding.actions
    ]


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
        self.buttons: list[Button] = []
        self._disc = IconLabel("", "ink2", 16)
        self._sentence = label("", "panel", wrap=True)
        self._meaning = label("", "caption", wrap=True)
        self.why = Button("Why?", variant="link", small=True)
        self.why.clicked.connect(self._on_why_clicked)
        self._lay_out()
        self._say(finding)

    def _lay_out(self) -> None:
        box = QWidget()
        self._flow = FlowLayout(px(8), px(4), box)
        self._flow.setContentsMargins(0, px(4), 0, 0)
        self._flow.addWidget(self.why)
        words = QVBoxLayout()
        words.setSpacing(px(2))
        for part in (self._sentence, self._meaning):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(part)
        words.addWidget(box)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(6), px(12), px(6))
        row.setSpacing(px(10))
        row.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def minimumSizeHint(self) -> QSize:
        """Hardly any: what it needs goes by its width, and Qt asks for that as well."""
        return QSize(px(_LEAST_WIDE), px(_LEAST_HIGH))

    def set_finding(self, finding: Finding) -> None:
        """Show another finding; what is the same in both stays as it is."""
        if finding != self.finding:
            self._say(finding)

    def _say(self, finding: Finding) -> None:
        icon, kind, word = LOOKS[finding.severity]
        self._disc.set_icon(icon, _ROLES[kind], disc=_DISCS[kind])
        self._disc.setAccessibleName(word)
        self._disc.setToolTip(word)
        self._sentence.setText(finding.sentence)
        self._meaning.setText(finding.meaning)
        self._meaning.setVisible(bool(finding.meaning))
        self.why.setAccessibleName(f"Why? {finding.sentence}")
        self.setAccessibleName(f"{word}: {finding.sentence}")
        self.setAccessibleDescription(finding.meaning)
        old, self.finding = self.finding, finding
        if not self.buttons or _looks_of(old) != _looks_of(finding):
            self._offer(finding)

    def _offer(self, finding: Finding) -> None:
        """Make a button of each action, before the question why."""
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for action_label, variant in _looks_of(finding):
            button = Button("", variant=variant, small=True)
            button.set_words(action_label)
            button.clicked.connect(self._on_button_clicked)
            self._flow.insert_widget(len(self.buttons), button)
            button.show()  # at once: the layout measures only what is shown
            self.buttons.append(button)

    @Slot()
    def _on_button_clicked(self) -> None:
        sender = self.sender()
        for button, action in zip(self.buttons, self.finding.actions, strict=True):
            if button is sender:
                self.action_chosen.emit(self.finding, action)

    @Slot()
    def _on_why_clicked(self) -> None:
        self.why_asked.emit(self.finding)
