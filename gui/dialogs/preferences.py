"""What the user prefers: colours, digits, decimal mark. Every choice acts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.controls import Segmented, label
from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph
from gui.look import SCHEMES, look
from gui.settings import DECIMAL_MARKS, DIGITS

if TYPE_CHECKING:
    from gui.settings import Settings

_SCHEME_WORDS = {"system": "As the system", "light": "Light", "dark": "Dark"}
_MARK_WORDS = {".": "Point, 1.38", ",": "Comma, 1,38"}


class PreferencesDialog(SnugDialog):
    """Three choices, each shown in effect at once and remembered.

    Parameters
    ----------
    parent : QWidget
        The window.
    settings : Settings
        What is remembered.

    Signals
    -------
    changed
        Something was chosen and is in the settings.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None, settings: Settings) -> None:
        super().__init__(parent, "Preferences")
        self._settings = settings
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(4))
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.scheme = self._add(
            "Colours",
            [_SCHEME_WORDS[scheme] for scheme in SCHEMES],
            SCHEMES.index(settings.scheme),
            "Pictures that leave Tarn are always light.",
        )
        self.digits = self._add(
            "Digits",
            ["Automatic" if digits == "auto" else digits for digits in DIGITS],
            DIGITS.index(settings.digits),
            "Significant digits of results. Automatic ends each estimate where the "
            "second digit of its standard error stands.",
        )
        self.mark = self._add(
            "Decimal mark",
            [_MARK_WORDS[mark] for mark in DECIMAL_MARKS],
            DECIMAL_MARKS.index(settings.decimal_mark),
            "In every number of the window, and in what you copy: choose what your "
            "spreadsheet uses. Names and formulas stay as they are.",
        )
        self.scheme.chosen.connect(self._on_scheme_chosen)
        self.digits.chosen.connect(self._on_digits_chosen)
        self.mark.chosen.connect(self._on_mark_chosen)
        self.add_button("Close", "primary", "accept")
        self.setMinimumWidth(px(460))

    def _add(
        self, name: str, words: list[str], current: int, meaning: str
    ) -> Segmented:
        """Add a line: its name, the choices, and what they mean below."""
        made = Segmented(words, name)
        made.setAccessibleDescription(meaning)
        made.set_current(current)
        row = self._grid.rowCount()
        if row > 1:
            self._grid.setRowMinimumHeight(row, px(12))
            row += 1
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(label(name, "panel"), row, 0, side)
        self._grid.addWidget(made, row, 1, side)
        said = paragraph(meaning, "caption")
        self._grid.addWidget(said, row + 1, 1)
        return made

    @Slot(int)
    def _on_scheme_chosen(self, number: int) -> None:
        self._settings.scheme = SCHEMES[number]
        look().set_scheme(SCHEMES[number])
        self.changed.emit()

    @Slot(int)
    def _on_digits_chosen(self, number: int) -> None:
        self._settings.digits = DIGITS[number]
        self.changed.emit()

    @Slot(int)
    def _on_mark_chosen(self, number: int) -> None:
        self._settings.decimal_mark = DECIMAL_MARKS[number]
        self.changed.emit()
