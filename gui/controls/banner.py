"""A message at the place that it is about: what happened, what it means, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.controls.buttons import Button
from gui.controls.flow_layout import FlowLayout
from gui.controls.icon_label import IconLabel
from gui.controls.labels import label
from gui.controls.painting import draw_box, follow_look, literal, painting, px
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent


@dataclass(frozen=True, slots=True)
class BannerKind:
    """Icon, its role, and the tint behind."""

    icon: str
    role: str
    tint: str


KINDS = {
    "bad": BannerKind("bad", "bad", "badT"),
    "warn": BannerKind("warn", "warnI", "warnT"),
    "info": BannerKind("info", "accentH", "sunken"),
    "ok": BannerKind("check", "ok", "okT"),
}


class Banner(QFrame):
    """An inline message; hidden while there is nothing to say.

    Signals
    -------
    action_chosen : int
        Number of the button that was pressed.
    """

    action_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = KINDS["info"]
        self._buttons: list[Button] = []
        self._icon = IconLabel("", size=18)
        self._sentence = label("", "panel", wrap=True)
        self._meaning = label("", "caption", wrap=True)
        self._action_box = QWidget(self)
        self._actions = FlowLayout(px(8), px(4), self._action_box)
        self._actions.setContentsMargins(0, px(4), 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), px(10), px(12), px(10))
        row.setSpacing(px(8))
        column = QVBoxLayout()
        column.setSpacing(px(4))
        column.addWidget(self._sentence)
        column.addWidget(self._meaning)
        column.addWidget(self._action_box)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        for part in (self._sentence, self._meaning):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()
        follow_look(self)

    @property
    def sentence(self) -> str:
        """What is said, ``""`` if nothing."""
        return self._sentence.text()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """What can be done, from left to right."""
        return tuple(self._buttons)

    def say(
        self,
        kind: str,
        sentence: str,
        meaning: str = "",
        actions: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Say something in place of what was said before.

        Parameters
        ----------
        kind : {"bad", "warn", "info", "ok"}
            How grave it is.
        sentence, meaning : str
            What happened, and what that means; plain text.
        actions : sequence of (str, str)
            Words and variant of each button.

        Raises
        ------
        KeyError
            If there is no such kind.
        """
        self._kind = KINDS[kind]
        self._icon.set_icon(self._kind.icon, self._kind.role)
        self._sentence.setText(sentence)
        self._meaning.setText(meaning)
        self._meaning.setVisible(bool(meaning))
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(meaning)
        self._set_actions(actions)
        self.setVisible(True)
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Say nothing and take no room."""
        self._sentence.setText("")
        self._meaning.setText("")
        self._set_actions(())
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the tint."""
        theme = look().theme
        with painting(self) as painter:
            edge = theme.color("line") if self._kind.tint == "sunken" else None
            fill = theme.color(self._kind.tint)
            radius = theme.sizes.radius_button
            draw_box(painter, QRectF(self.rect()), radius, fill, edge)

    def _set_actions(self, actions: Sequence[tuple[str, str]]) -> None:
        self._actions.clear()
        self._buttons = []
        for text, variant in actions:
            button = Button(literal(text), variant=variant, small=True)
            button.clicked.connect(self._on_button_clicked)
            self._actions.addWidget(button)
            self._buttons.append(button)
        self._action_box.setVisible(bool(actions))

    @Slot()
    def _on_button_clicked(self) -> None:
        button = self.sender()
        if button in self._buttons:
            self.action_chosen.emit(self._buttons.index(button))
