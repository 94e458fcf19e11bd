"""Cells of the page's rows that can be pressed: a name, an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controls.painting import (
    draw_text,
    font,
    number_font,
    painting,
    plain_tip,
    px,
    text_width,
)
from gui.controls.pressable import Pressable
from gui.fonts import MEDIUM, REGULAR, SEMIBOLD
from gui.look import look
from gui.pages.uncertainty.density_strip import HIGH, draw_bar

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPaintEvent

_DIM = 0.3
_LINE = 18
SWATCH = 18


class RowCell(Pressable):
    """Words that are explained when they are pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_stale = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_stale(self, is_stale: bool) -> None:
        """Dim what is old."""
        self._is_stale = is_stale
        self.update()

    def _ink(self, role: str) -> str:
        is_hot = self.is_hot and not self._is_stale
        return "accentH" if is_hot else role


class NameCell(RowCell):
    """What a parameter is, and its estimate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = ("", "", "")

    @property
    def number(self) -> str:
        """The estimate as it is shown."""
        return self._lines[2]

    def set_words(self, title: str, about: str, number: str) -> None:
        """Say something else."""
        self._lines = (title, about, number)
        self.setAccessibleName(f"{title}, {about}: {number}. Explain")
        self.setToolTip(plain_tip(f"{title}, {about}"))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the row."""
        return QSize(px(150), px(HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw name, what it is, and number: as many lines as they need."""
        theme = look().theme
        title, about, number = self._lines
        parts = (
            (title, font("body", SEMIBOLD), "ink"),
            (about, font("caption"), "ink3"),
            (number, number_font("heading", SEMIBOLD), "ink"),
        )
        lines = [
            (words, own, role)
            for text, own, role in parts
            for words in in_two(text, own, self.width())
        ]
        with painting(self) as painter:
            painter.setOpacity(_DIM if self._is_stale else 1.0)
            top = max(0.0, (self.height() - len(lines) * px(_LINE)) / 2)
            for words, own, role in lines:
                place = QRectF(0, top, self.width(), px(_LINE))
                draw_text(painter, place, words, own, theme.color(self._ink(role)))
                top += px(_LINE)


def in_two(text: str, used: QFont, room: float) -> list[str]:
    """Words in one line, or broken into two where they do not fit."""
    if text_width(text, used) <= room:
        return [text]
    words, first = text.split(" "), ""
    while words and text_width(f"{first} {words[0]}".strip(), used) <= room:
        first = f"{first} {words.pop(0)}".strip()
    rest = " ".join(words)
    return [part for part in (first, rest) if part]


class IntervalCell(RowCell):
    """An interval of one kind in words, with a note below.

    Parameters
    ----------
    kind : {"wald", "profile", "bootstrap"}
    title : str
        What the kind is called.
    """

    def __init__(self, kind: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind, self.title = kind, title
        self._words = self._note = ""
        self._is_narrow = False

    @property
    def words(self) -> str:
        """The interval as it is shown; empty where there is none."""
        return self._words

    @property
    def note(self) -> str:
        """What stands below."""
        return self._note

    def set_words(self, words: str, note: str) -> None:
        """Say something else; nothing to say is nothing to press.

        Parameters
        ----------
        words : str
            The interval.
        note : str
            In one line, or two.
        """
        self._words, self._note = words, note
        self.setEnabled(bool(words or note))
        parts = (words, " ".join(note.splitlines()))
        said = ", ".join(part for part in parts if part) or "none yet"
        self.setAccessibleName(f"{self.title} interval: {said}. Explain")
        self.setToolTip(plain_tip(parts[1]) if self._is_narrow else "")
        self.update()

    def set_narrow(self, is_narrow: bool) -> None:
        """Be one line with a swatch, for cells that lie below each other."""
        self._is_narrow = is_narrow
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Up to three lines, or one with its swatch."""
        if self._is_narrow:
            return QSize(px(150), px(_LINE + 4))
        return QSize(px(118), px(3 * _LINE + 4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the interval and the note."""
        theme = look().theme
        is_strong = self.kind == "bootstrap"
        used = number_font("body", SEMIBOLD if is_strong else MEDIUM)
        small = font("caption", REGULAR)
        with painting(self) as painter:
            painter.setOpacity(_DIM if self._is_stale else 1.0)
            left = px(SWATCH + 6) if self._is_narrow else 0
            if self._is_narrow:
                draw_bar(painter, self.kind, 0, px(SWATCH), self.height() / 2)
            room = self.width() - left
            words_lines = in_two(self._words, used, room) if self._words else []
            lines = [(part, used, "ink") for part in words_lines]
            lines += [(part, small, "ink3") for part in self._note.splitlines()]
            if self._is_narrow:
                lines = lines[:1]
                if self._words:
                    lines = [(self._words, used, "ink")]
            high = px(_LINE)
            top = (self.height() - high * len(lines)) / 2
            for words, own, role in lines:
                place = QRectF(left, top, self.width() - left, high)
                draw_text(painter, place, words, own, theme.color(self._ink(role)))
                top += high
