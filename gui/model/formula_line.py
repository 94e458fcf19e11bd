"""The formula line: the model as lme4 writes it, problems underlined at their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from gui.controls.painting import plain_tip, px
from gui.look import look
from gui.style import mono, set_look_property

if TYPE_CHECKING:
    from engine.errors import FormulaError

PAUSE_MS = 500
"""Rest after the last key, from which a half-typed formula is looked at."""
MOST_LINES = 4
"""Lines while it is edited; a longer formula scrolls."""
_DOTS = " … "


class FormulaLine(QPlainTextEdit):
    """One formula, broken where it is long. Enter takes it, Esc puts it back.

    Where there is little room it shows its first lines, dots at their end, and all of
    it on hover; with the keyboard it has the room it needs.

    Signals
    -------
    formula_given : str
        The user wants this model.
    paused : str
        The user has typed this and rests.
    given_up : ()
        The user has gone back to the last formula.
    """

    formula_given = Signal(str)
    paused = Signal(str)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self._most_lines = MOST_LINES
        self.setProperty("formula", True)
        self.setAccessibleName("Formula")
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setPlaceholderText("response ~ covariate + (1 | group)")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(4)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._on_timeout)
        self.textChanged.connect(self._on_text_changed)
        look().changed.connect(self._on_look_changed)
        self._on_look_changed()

    @property
    def text(self) -> str:
        """What is in the line, on one line."""
        return " ".join(self.toPlainText().split())

    @property
    def is_edited(self) -> bool:
        """Whether the user has typed something that was not taken yet."""
        return self.text != self._shown

    def show_formula(self, formula: str) -> None:
        """Show the model that is asked; what was typed is given up."""
        self._shown = formula
        if self.toPlainText() != formula:
            self.setPlainText(formula)
        self._timer.stop()
        self.show_problem(None)

    def show_typed(self, text: str) -> None:
        """Show a formula that could not be taken, as if it had just been typed."""
        self.setPlainText(text)
        self._timer.stop()

    def show_problem(self, error: FormulaError | None) -> None:
        """Underline the place of a problem, or nothing."""
        if error is None:
            self.setExtraSelections([])
            set_look_property(self, "wrong", False)
            return
        text = self.toPlainText()
        start = min(error.start, max(0, len(text) - 1))
        end = max(start + 1, min(error.end, len(text)))
        form = QTextCharFormat()
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        form.setUnderlineColor(look().theme.color("bad"))
        form.setForeground(look().theme.color("bad"))
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        selection = QTextEdit.ExtraSelection()
        selection.cursor, selection.format = cursor, form
        self.setExtraSelections([selection])
        set_look_property(self, "wrong", True)

    @property
    def n_lines(self) -> int:
        """Lines that the formula has at this width."""
        return max(1, round(self.document().size().height()))

    @property
    def is_cut(self) -> bool:
        """Whether lines of it are not shown."""
        return self.n_lines > self._lines_shown()

    def set_most_lines(self, n_lines: int) -> None:
        """Show so many lines at most while it is not edited."""
        if n_lines != self._most_lines:
            self._most_lines = n_lines
            self._show_beginning()

    def height_of(self, n_lines: int) -> int:
        """Pixels of the formula in so many lines at most."""
        most = MOST_LINES if self.hasFocus() else min(n_lines, MOST_LINES)
        return min(self.n_lines, most) * self.fontMetrics().lineSpacing() + 14

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(px(200), self.height_of(self._most_lines))

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(px(60), self.fontMetrics().lineSpacing() + 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the formula, and dots where it goes on unseen."""
        super().paintEvent(event)
        if self.hasFocus() or not self.is_cut:
            return
        theme, metrics = look().theme, self.fontMetrics()
        room, high = self.viewport().rect().toRectF(), metrics.lineSpacing()
        end = 4 + self._lines_shown() * high
        box = QRectF(0, 0, metrics.horizontalAdvance(_DOTS), high)
        box.moveBottomRight(QPointF(room.right(), end))
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        for covered in (box, room.adjusted(0, end, 0, 0)):  # the next line would peep
            painter.fillRect(covered, theme.color("sunken"))
        painter.setPen(theme.color("ink2"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), _DOTS)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines at another width."""
        super().resizeEvent(event)
        self._show_beginning()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give the formula the room it needs."""
        super().focusInEvent(event)
        self.updateGeometry()

    def _lines_shown(self) -> int:
        return min(self.n_lines, MOST_LINES if self.hasFocus() else self._most_lines)

    def _show_beginning(self) -> None:
        """Begin with the first line, and say the whole on hover if it is cut."""
        self.setToolTip(plain_tip(self.text) if self.is_cut else "")
        if not self.hasFocus():
            self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the formula, Esc goes back to the last one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._give()
        elif event.key() == Qt.Key.Key_Escape:
            self.show_formula(self._shown)
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the line takes what was typed."""
        super().focusOutEvent(event)
        self._show_beginning()
        if event.reason() != Qt.FocusReason.PopupFocusReason and self.is_edited:
            self._give()

    def _give(self) -> None:
        self._timer.stop()
        if self.text:
            self.formula_given.emit(self.text)
        else:
            self.show_formula(self._shown)

    @Slot()
    def _on_text_changed(self) -> None:
        self._show_beginning()
        if self.is_edited:
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        if self.is_edited:
            self.paused.emit(self.text)

    @Slot()
    def _on_look_changed(self) -> None:
        self.setFont(mono(look().theme.sizes.caption))
