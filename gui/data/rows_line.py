"""The line below the rows: how many are used, and what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.data.wording import counted
from engine.written_numbers import count
from gui.controls import ElidedLabel, IconButton
from gui.controls.painting import (
    draw_icon,
    draw_text,
    font,
    painting,
    px,
    text_width,
)
from gui.controls.word_button import WordButton
from gui.data.rows_not_used import NotUsedCard, count_not_used
from gui.fonts import SEMIBOLD
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from gui.session import Session

_HEIGHT = 32


class RowsLine(QWidget):
    """Footer of the data panel.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Signals
    -------
    explain_asked : str, dict, str
        Topic, what exactly, and what is shown.
    """

    explain_asked = Signal(str, object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.counts = _Counts(self)
        self.selected = ElidedLabel(role="chosen")
        self.clear = IconButton("x", "Clear the selection")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), 0, px(8), 0)
        row.setSpacing(px(4))
        row.addWidget(self.counts)
        row.addStretch(1)
        row.addWidget(self.selected)
        row.addWidget(self.clear)
        self.setFixedHeight(px(_HEIGHT))
        self.counts.clicked.connect(self._on_counts_clicked)
        self.clear.clicked.connect(self._on_clear_clicked)
        session.prepared_changed.connect(self._on_rows_changed)
        session.fit_changed.connect(self._on_rows_changed)
        session.selection_changed.connect(self._on_selection_changed)
        look().changed.connect(self._on_look_changed)
        self._on_look_changed()
        self._on_rows_changed()
        self._on_selection_changed()

    @Slot()
    def _on_rows_changed(self) -> None:
        self.counts.set_counts(*count_not_used(self._session))

    @Slot()
    def _on_selection_changed(self) -> None:
        words = self._session.selection.words
        self.selected.setText(words)
        self.selected.setVisible(bool(words))
        self.clear.setVisible(bool(words))

    @Slot()
    def _on_counts_clicked(self) -> None:
        card = NotUsedCard(self._session, self)
        card.explain_asked.connect(self.explain_asked)
        card.show_below(self.counts)

    @Slot()
    def _on_clear_clicked(self) -> None:
        self._session.select_rows(())

    @Slot()
    def _on_look_changed(self) -> None:
        self.setFixedHeight(px(_HEIGHT))


class _Counts(WordButton):
    """How many rows are used and how many not, after a mark; opens the reasons."""

    def __init__(self, parent: QWidget) -> None:
        self._used, self._out = 0, 0
        super().__init__("which and why", parent)

    def set_counts(self, used: int, out: int) -> None:
        """Say other numbers."""
        if self.text() and (used, out) == (self._used, self._out):
            return
        self._used, self._out = used, out
        used_words = f"{counted(used, 'row')} used"
        self.set_words(f"{used_words} · {count(out)} not used")

    def sizeHint(self) -> QSize:
        """Room for mark and words."""
        words = text_width(self.text(), font("caption"))
        bold = text_width(count(self._used), font("caption", SEMIBOLD))
        return QSize(words + bold // 4 + px(28), px(24))

    def minimumSizeHint(self) -> QSize:
        """Room for the number of used rows."""
        used = self.text().partition(" ·")[0]
        return QSize(text_width(used, font("caption", SEMIBOLD)) + px(28), px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the mark, the number in bold and the words."""
        theme = look().theme
        is_pointed = self.underMouse() or self.isDown()
        with painting(self) as painter:
            middle = self.rect().toRectF().center()
            middle.setX(px(4) + px(14) / 2)
            mark = ("minus", "ink2") if self._out else ("check", "ok")
            draw_icon(painter, *mark, middle, px(14))
            number, _, rest = self.text().partition(" ")
            bold, plain = font("caption", SEMIBOLD), font("caption")
            plain.setUnderline(is_pointed)
            line = self.rect().toRectF().adjusted(px(24), 0, 0, 0)
            draw_text(painter, line, number, bold, theme.color("ink"))
            line.setLeft(line.left() + text_width(number, bold) + px(3))
            draw_text(painter, line, rest, plain, theme.color("ink2"))
