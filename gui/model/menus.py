"""Menus of the sentence: choices with their detail, and why one is not possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QMenu, QWidget

from gui.controls.painting import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.model.choices import Choice


def choice_menu(
    parent: QWidget,
    choices: Iterable[Choice],
    choose: Callable[[Any], None],
) -> QMenu:
    """Make a menu of choices.

    Parameters
    ----------
    parent : QWidget
        Owner; the menu is destroyed when it closes.
    choices : iterable of Choice
    choose : callable
        Given the value of the choice.

    Returns
    -------
    QMenu
    """
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    for choice in choices:
        words = f"{choice.text}\t{choice.detail}" if choice.detail else choice.text
        if not choice.is_possible:
            words = f"{choice.text}\t{choice.why_not}"
        action = menu.addAction(literal(words))
        action.setData(choice.value)
        action.setEnabled(choice.is_possible)
        action.setToolTip(choice.why_not or choice.detail)
        action.setCheckable(choice.is_chosen)
        action.setChecked(choice.is_chosen)
    menu.triggered.connect(lambda action: choose(action.data()))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
