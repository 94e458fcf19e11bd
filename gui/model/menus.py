"""Menus of the sentence: choices with their detail, and why one is not possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QActionEvent, QFontMetrics
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget, QWidgetAction

from engine.written_numbers import count
from gui.controls.breaking import shortened
from gui.controls.painting import font, literal, plain_tip, px

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QShowEvent

    from engine.model.choice import Choice

MANY = 20
"""Choices beyond which there is a line to find one."""
_LONGEST = 60

_WIDEST = 420


class ChoiceMenu(QMenu):
    """A menu of choices; where there are many, a line on top finds one.

    Parameters
    ----------
    parent : QWidget
        Owner; the menu is destroyed when it closes.
    choices : iterable of Choice
    choose : callable
        Given the value of the choice.

    Attributes
    ----------
    line : QLineEdit or None
        Where one types to find a choice; None where there are few.
    """

    def __init__(
        self,
        parent: QWidget,
        choices: Iterable[Choice],
        choose: Callable[[Any], None],
    ) -> None:
        super().__init__(parent)
        self._choose = choose
        self._names: dict[QAction, str] = {}
        self.line: QLineEdit | None = None
        self._is_filtering = False
        self.setToolTipsVisible(True)
        choices = tuple(choices)
        if len(choices) > MANY:
            self._add_line(len(choices))
        for choice in choices:
            self._add(choice)
        self.triggered.connect(self._on_triggered)
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, choice: Choice) -> None:
        name = shortened(choice.text, _LONGEST)
        action = self.addAction(literal(menu_words(name, choice)))
        action.setData(choice.value)
        action.setEnabled(choice.is_possible)
        tip = choice.why_not or choice.detail
        if name != choice.text:
            tip = f"{choice.text}. {tip}".rstrip()
        action.setToolTip(plain_tip(tip))
        action.setCheckable(choice.is_chosen)
        action.setChecked(choice.is_chosen)
        self._names[action] = choice.text.casefold()

    def _add_line(self, n_choices: int) -> None:
        line = QLineEdit()
        line.setPlaceholderText(f"Find one of {count(n_choices)}")
        line.setAccessibleName("Find a choice")
        line.textChanged.connect(self._on_text_changed)
        line.returnPressed.connect(self._on_return_pressed)
        holder = QWidgetAction(self)
        holder.setDefaultWidget(line)
        self.addAction(holder)
        self.addSeparator()
        self.line = line

    def showEvent(self, event: QShowEvent) -> None:
        """Let what is typed go into the line."""
        super().showEvent(event)
        if self.line is not None:
            self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        """Show the choices that have this in their names."""
        wanted = text.strip().casefold()
        self._is_filtering = True
        for action, name in self._names.items():
            action.setVisible(wanted in name)
        self._is_filtering = False
        last = next(reversed(self._names), None)
        if last is not None:
            self.actionEvent(QActionEvent(QEvent.Type.ActionChanged, last))

    def actionEvent(self, event: QActionEvent) -> None:
        """Lay the menu out anew; once for all choices that come or go together.

        A menu on the screen does that for each of them, which takes seconds with a
        thousand.
        """
        if not self._is_filtering:
            super().actionEvent(event)

    @Slot()
    def _on_return_pressed(self) -> None:
        """Choose the marked one, or else the first that is shown."""
        marked = self.activeAction()
        if marked in self._names:
            return  # the menu chooses it
        shown = [one for one in self._names if one.isVisible() and one.isEnabled()]
        if shown and self.line is not None and self.line.text().strip():
            self.close()
            shown[0].trigger()

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if not isinstance(action, QWidgetAction):
            self._choose(action.data())


def menu_words(text: str, choice: Choice) -> str:
    """Write a line of a menu: what is chosen, and at its side what is known of it.

    Parameters
    ----------
    text : str
        What is chosen, as this menu says it.
    choice : Choice

    Returns
    -------
    str
        Long remarks are cut, or the menu would leave the screen; the tooltip has all.
    """
    known = choice.why_not or choice.detail
    if not known:
        return text
    metrics = QFontMetrics(font())
    side = metrics.elidedText(known, Qt.TextElideMode.ElideRight, px(_WIDEST))
    return f"{text}\t{side}"
