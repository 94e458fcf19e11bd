"""A covariate that is a category, or a column of a grouping: a list of levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.controls import ElidedLabel, MenuButton, shortened
from gui.controls.painting import literal, plain_tip, px
from gui.pages.predict.level_popover import LevelPopover

if TYPE_CHECKING:
    from collections.abc import Sequence

_LETTERS = 20


class ChoiceControl(QWidget):
    """Name and button; its list is made when it opens, and is searched when long.

    Parameters
    ----------
    name : str
        The column.
    new_words : str
        What a level that was not observed is called; ``""`` if there is no such.

    Signals
    -------
    changed : str, str
        The column, and the level that the user has chosen; ``""`` for a new one.
    """

    changed = Signal(str, str)

    def __init__(
        self, name: str, new_words: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._new_words = name, new_words
        self._levels: tuple[str, ...] = ()
        self._level = ""
        self.name = ElidedLabel(name)
        self.button = MenuButton("", variant="secondary")
        self.button.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(self.name)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def level(self) -> str:
        """What is chosen; ``""`` for a new one."""
        return self._level

    def show_levels(self, levels: Sequence[str], level: str) -> None:
        """Offer levels, of which one is chosen."""
        self._levels = tuple(levels)
        self._show_level(level)
        if self._levels:
            self.button.set_available()
        else:
            self.button.set_unavailable(
                f"Nothing is known of a {self._name} there: choose first what it is in."
            )

    def _show_level(self, level: str) -> None:
        self._level = level
        words = level or self._new_words
        short = shortened(words, _LETTERS)
        self.button.setText(literal(short))
        self.button.setAccessibleName(f"{self._name}: {words}")
        self.button.set_tip(plain_tip(words) if words != short else "")

    @property
    def _offered(self) -> tuple[str, ...]:
        """Levels in the order of the list; the new one first."""
        return ("", *self._levels) if self._new_words else self._levels

    @Slot()
    def _on_clicked(self) -> None:
        offered = self._offered
        words = [level or self._new_words for level in offered]
        current = offered.index(self._level) if self._level in offered else -1
        popover = LevelPopover(self, self._name, words, current)
        popover.chosen.connect(self._on_place_chosen)
        popover.show_below(self.button)

    @Slot(int)
    def _on_place_chosen(self, place: int) -> None:
        self._choose(self._offered[place])

    def _choose(self, level: str) -> None:
        if level != self._level:
            self._show_level(level)
            self.changed.emit(self._name, level)
