"""The strip at the bottom: counts by severity, the first findings, or all of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QWidget

from engine.findings.finding import Change, Dismiss, Finding, Show
from gui.controls import Button, CountChip, ElidedLabel, IconButton, Panel, label
from gui.controls.painting import px
from gui.findings.finding_card import LOOKS, FindingCard, main_action

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.session import Session

AT_ONCE = 3
"""Findings side by side in the open strip."""
_BAR, _ALL = 44, 320
_OPEN_LEAST, _OPEN_MOST = 120, 210


class FindingsStrip(Panel):
    """Reads the session's findings; what a finding suggests is done at a click.

    Signals
    -------
    show_asked : Show
        Go to a page or a plot.
    explain_asked : str, dict, str
    """

    show_asked = Signal(object)
    explain_asked = Signal(str, object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("Findings")
        self._session = session
        self._is_open = True
        self._is_chosen = False
        self._shows_all = False
        self._room = px(_ALL)
        self.cards: list[FindingCard] = []
        self._chips: dict[object, CountChip] = {}
        self._first = ElidedLabel("", role="body")
        self._first_button = Button("", variant="tint", small=True)
        self._first_button.clicked.connect(self._on_first_clicked)
        self.all_button = Button("Show all", variant="link", small=True)
        self.all_button.clicked.connect(self._on_all_clicked)
        self.fold_button = IconButton("down", "Hide the findings")
        self.fold_button.clicked.connect(self._on_fold_clicked)
        self._area = QScrollArea()
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        session.findings_changed.connect(self._on_findings_changed)
        session.fit_changed.connect(self._on_state_changed)
        self._on_findings_changed()

    def _lay_out(self) -> None:
        head = QWidget()
        head.setFixedHeight(px(_BAR) - 2)
        row = QHBoxLayout(head)
        row.setContentsMargins(px(16), 0, px(8), 0)
        row.setSpacing(px(8))
        row.addWidget(label("Findings", "panel"))
        for severity, (_, kind, word) in LOOKS.items():
            chip = CountChip(f"0 {word}", kind)
            chip.clicked.connect(self._on_all_clicked)
            self._chips[severity] = chip
            row.addWidget(chip)
        row.addSpacing(px(8))
        row.addWidget(self._first, 1)
        row.addWidget(self._first_button)
        row.addWidget(self.all_button)
        row.addWidget(self.fold_button)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("surface", True)
        self._box = QHBoxLayout(inner)
        self._box.setContentsMargins(0, 0, 0, px(4))
        self._box.setSpacing(0)
        self._box.addStretch(0)
        self._area.setWidget(inner)
        self.body.addWidget(head)
        self.body.addWidget(self._area, 1)

    @property
    def is_open(self) -> bool:
        """Whether findings are shown, not only counted."""
        return self._is_open

    def suggest_open(self, is_open: bool) -> None:
        """Show findings where there is room for them, unless the user has chosen."""
        if not self._is_chosen:
            self._show_open(is_open)

    def set_open(self, is_open: bool) -> None:
        """Show findings, or only their counts and the first sentence, from now on."""
        self._is_chosen = True
        self._show_open(is_open)

    def set_room(self, pixels: int) -> None:
        """Say how high it may be, so that what is above keeps the room it needs."""
        if pixels != self._room:
            self._room = pixels
            self._set_height()

    def _show_open(self, is_open: bool) -> None:
        self._is_open = is_open
        if not is_open:
            self._shows_all = False
        self._arrange()

    @Slot()
    def _on_findings_changed(self) -> None:
        findings = self._session.findings
        counts = Counter(finding.severity for finding in findings)
        for severity, (_, kind, word) in LOOKS.items():
            count = counts.get(severity, 0)
            plural = "" if count == 1 or word == "fine" else "s"
            self._chips[severity].set_content(f"{count} {word}{plural}", kind)
            self._chips[severity].setVisible(count > 0)
        self._arrange()

    @Slot()
    def _on_state_changed(self) -> None:
        """Findings of an older model are dimmed like its numbers."""
        has_fit = self._session.fit is not None
        self._area.setEnabled(not has_fit or self._session.is_fit_current)

    def _arrange(self) -> None:
        findings = self._session.findings
        shown = findings if self._shows_all else findings[:AT_ONCE]
        has_findings = bool(findings)
        is_open = self._is_open and has_findings
        self._area.setVisible(is_open)
        first = findings[0] if findings else None
        self._first.setText(
            "" if is_open else first.sentence if first else "Nothing to report yet."
        )
        action = None if first is None else main_action(first)
        self._first_button.set_words(action.label if action else "")
        self._first_button.setVisible(not is_open and action is not None)
        self.all_button.setVisible(len(findings) > AT_ONCE)
        words = "Show fewer" if self._shows_all else f"Show all {len(findings)}"
        self.all_button.setText(words)
        tip = "Hide the findings" if is_open else "Show the findings"
        self.fold_button.set_icon("down" if is_open else "up", tip)
        self._fill(shown if is_open else ())
        self._set_height()

    def _set_height(self) -> None:
        """Be as high as the cards need, within limits; then they scroll."""
        if not (self._is_open and self.cards):
            self.setFixedHeight(px(_BAR))
        else:
            needed, most = px(_ALL), px(_ALL)
            if not self._shows_all:
                width = (self.width() - px(2)) // len(self.cards)
                needed = max(card.heightForWidth(width) for card in self.cards)
                needed, most = needed + px(_BAR + 8), px(_OPEN_MOST)
            self.setFixedHeight(max(px(_OPEN_LEAST), min(needed, most, self._room)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards of another width have another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._set_height()

    def _fill(self, findings: tuple[Finding, ...]) -> None:
        """Show these: a finding keeps its card, a new one takes one that is free."""
        own = {card.finding.key: card for card in self.cards}
        kept = {finding.key for finding in findings} & own.keys()
        free = [card for card in self.cards if card.finding.key not in kept]
        cards = []
        for finding in findings:
            card = own[finding.key] if finding.key in kept else None
            card = card or (free.pop() if free else self._new_card(finding))
            card.set_finding(finding)
            cards.append(card)
        for card in free:
            self._box.removeWidget(card)
            card.hide()
            card.deleteLater()
        if cards != self.cards:
            for place, card in enumerate(cards):
                self._box.removeWidget(card)
                self._box.insertWidget(place, card)
                card.show()  # at once: its height decides on that of the strip
        self.cards = cards
        self._set_direction()

    def _new_card(self, finding: Finding) -> FindingCard:
        card = FindingCard(finding)
        card.action_chosen.connect(self._on_action_chosen)
        card.why_asked.connect(self._on_why_asked)
        return card

    def _set_direction(self) -> None:
        """Put all below each other, the first few side by side."""
        way = QBoxLayout.Direction
        self._box.setDirection(way.TopToBottom if self._shows_all else way.LeftToRight)
        for card in self.cards:
            self._box.setStretchFactor(card, 0 if self._shows_all else 1)
        self._box.setStretch(len(self.cards), 1 if self._shows_all else 0)

    @Slot()
    def _on_all_clicked(self) -> None:
        self._is_open = self._is_chosen = True
        self._shows_all = not self._shows_all
        self._arrange()

    @Slot()
    def _on_fold_clicked(self) -> None:
        self.set_open(not self._is_open)

    @Slot()
    def _on_first_clicked(self) -> None:
        findings = self._session.findings
        action = main_action(findings[0]) if findings else None
        if action is not None:
            self._on_action_chosen(findings[0], action)

    @Slot(object, object)
    def _on_action_chosen(self, finding: Finding, action: object) -> None:
        session = self._session
        if isinstance(action, Change):
            if action.steps:
                spec = action.spec or session.spec
                session.add_steps(action.steps, action.label, spec=spec)
            elif action.spec is not None:
                session.set_spec(action.spec, action.label)
        elif isinstance(action, Dismiss):
            session.dismiss(finding.key)
        elif isinstance(action, Show):
            self.show_asked.emit(action)

    @Slot(object)
    def _on_why_asked(self, finding: Finding) -> None:
        self.explain_asked.emit(finding.topic, {}, "")
