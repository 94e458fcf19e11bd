"""The line below the rows: how many are used, and what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from gui.controls import ElidedLabel, IconButton
from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import (
    draw_icon,
    draw_text,
    follow_look,
    font,
    painting,
    px,
    text_width,
)
from gui.data.kind_words import counted
from gui.data.rows_not_used import NotUsedCard, count_not_used
from gui.fonts import SEMIBOLD
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QPaintEvent

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
        self.selected = ElidedLabel(role="caption")
        self.selected.setFont(font("caption", SEMIBOLD))
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
        color = look().theme.colors.hiText
        self.selected.setStyleSheet(f"color: {color}; font-weight: 600;")
        self.setFixedHeight(px(_HEIGHT))


class _Counts(QAbstractButton):
    """How many rows are used and how many not, after a mark; opens the reasons."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._used, self._out = 0, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip("Rows not used and why")
        follow_look(self)

    def set_counts(self, used: int, out: int) -> None:
        """Say other numbers."""
        if self.text() and (used, out) == (self._used, self._out):
            return
        self._used, self._out = used, out
        used_words = f"{counted(used, 'row')} used"
        self.setText(f"{used_words} · {out:,} not used")
        self.setAccessibleName(f"{self.text()}: which and why")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for mark and words."""
        words = text_width(self.text(), font("caption"))
        bold = text_width(f"{self._used:,}", font("caption", SEMIBOLD))
        return QSize(words + bold // 4 + px(28), px(24))

    def minimumSizeHint(self) -> QSize:
        """Room for the number of used rows."""
        used = self.text().partition(" ·")[0]
        return QSize(text_width(used, font("caption", SEMIBOLD)) + px(28), px(24))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show it no longer."""
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 5)

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
