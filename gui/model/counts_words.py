"""The counts of rows, groups and parameters: broken between them where it is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QSizePolicy

from gui.controls import WordButton
from gui.controls.painting import draw_text, font, painting, px, text_width
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

BETWEEN = " · "
_LINE, _LEAST = 20, 120
_FEWEST_LETTERS = 12


class CountsWords(WordButton):
    """Counts in one line or more; none is cut, but a name too long for any line.

    Parameters are those of `WordButton`.
    """

    def __init__(self, does: str, parent: QWidget | None = None) -> None:
        self._short = ""
        super().__init__(does, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_counts(self, counts: Sequence[str], short: Sequence[str]) -> None:
        """Say the counts; where they would need several lines, in fewer words."""
        self._short = BETWEEN.join(short)
        self.set_words(BETWEEN.join(counts))

    def lines(self, width: int) -> list[str]:
        """Break the counts into lines that fit into some pixels."""
        is_short = text_width(self.text(), font("caption")) > width
        found: list[str] = []
        words = self._short if is_short else self.text()
        for part in filter(None, words.split(BETWEEN)):
            together = f"{found[-1]}{BETWEEN}{part}" if found else part
            if found and text_width(together, font("caption")) <= width:
                found[-1] = together
            else:
                found.append(part)
        return [_in_whole_words(line, width) for line in found]

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of its lines."""
        return px(_LINE) * max(1, len(self.lines(width - px(2))))

    def sizeHint(self) -> QSize:
        """All in one line."""
        return QSize(text_width(self.text(), font("caption")) + px(4), px(_LINE))

    def minimumSizeHint(self) -> QSize:
        """Room for one count."""
        return QSize(min(self.sizeHint().width(), px(_LEAST)), px(_LINE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines, as a link under the pointer."""
        is_hot = self.isEnabled() and self.underMouse()
        drawn = font("caption")
        drawn.setUnderline(is_hot)
        color = look().theme.color("accentH" if is_hot else "ink2")
        with painting(self) as painter:
            for number, line in enumerate(self.lines(self.width() - px(2))):
                box = QRectF(0, number * px(_LINE), self.width(), px(_LINE))
                draw_text(painter, box, line, drawn, color)


def _in_whole_words(text: str, width: int) -> str:
    """Leave words of a long name out at its end, not letters, where that is enough."""
    shown = text
    while text_width(shown, font("caption")) > width:
        place = max(shown.rstrip("…").rfind(mark) for mark in " _.-")
        if place < _FEWEST_LETTERS:
            return text  # one long word: cut when it is drawn
        shown = f"{shown[:place]}…"
    return shown
