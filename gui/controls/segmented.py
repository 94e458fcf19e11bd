"""A choice of one among a few, as raised segments on a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import (
    CENTER,
    draw_box,
    draw_text,
    follow_look,
    font,
    literal,
    painting,
    px,
    text_width,
)
from gui.fonts import MEDIUM, SEMIBOLD
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QPaintEvent


class Segmented(QWidget):
    """Segments of which one is chosen; arrow keys go from one to the next.

    Parameters
    ----------
    labels : sequence of str
        One per segment.
    accessible_name : str
        What is chosen here.

    Signals
    -------
    chosen : int
        The user chose this segment; not emitted by `set_current`.
    """

    chosen = Signal(int)

    def __init__(
        self,
        labels: Sequence[str],
        accessible_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 2, 2, 2)
        self._row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._segments: list[_Segment] = []
        for number, text in enumerate(labels):
            segment = _Segment(text, self)
            segment.setAccessibleDescription(accessible_name)
            self._row.addWidget(segment)
            self._group.addButton(segment, number)
            self._segments.append(segment)
        if self._segments:
            self._segments[0].setChecked(True)
        self._known = self.current
        self._group.idClicked.connect(self._on_clicked)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Maximum)
        policy.setVerticalPolicy(policy.Policy.Fixed)
        self.setSizePolicy(policy)
        follow_look(self)

    @property
    def current(self) -> int:
        """Number of the chosen segment; -1 if there are none."""
        return self._group.checkedId()

    def set_current(self, number: int) -> None:
        """Choose a segment without telling anybody.

        Raises
        ------
        IndexError
            If there is no such segment.
        """
        self._segments[number].setChecked(True)
        self._known = self.current
        for segment in self._segments:  # the Tab key stops at the chosen one
            is_chosen = segment.isChecked()
            policy = Qt.FocusPolicy
            segment.setFocusPolicy(
                policy.StrongFocus if is_chosen else policy.ClickFocus
            )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the track."""
        with painting(self) as painter:
            track = look().theme.color("mute")
            draw_box(painter, QRectF(self.rect()), px(7), track)

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        if number != self._known:
            self._known = number
            self.chosen.emit(number)


class _Segment(QRadioButton):
    """One segment: a radio button to the keyboard and to a screen reader."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(literal(text), parent)
        self._words = text
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Preferred)
        self.setSizePolicy(policy)
        follow_look(self)

    def sizeHint(self) -> QSize:
        """Room for the words at their boldest, so that nothing moves."""
        width = text_width(self._words, font("caption", SEMIBOLD))
        return QSize(width + 2 * px(12), px(24))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters and dots."""
        return QSize(min(self.sizeHint().width(), px(48)), px(24))

    def hitButton(self, pos: QPoint) -> bool:
        """The whole segment can be pressed."""
        return self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring if the keyboard brought the focus."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 5)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the raised box of the chosen one, and the words."""
        theme = look().theme
        is_chosen = self.isChecked()
        box = QRectF(self.rect())
        with painting(self) as painter:
            if is_chosen:
                fill = theme.color("line" if theme.is_dark else "surface")
                edge = theme.color("ctrl" if theme.is_dark else "line2")
                draw_box(painter, box, px(5), fill, edge)
            role = "ink3"
            if self.isEnabled():
                is_strong = is_chosen or self.underMouse()
                role = "ink" if is_strong else "ink2"
            used = font("caption", SEMIBOLD if is_chosen else MEDIUM)
            inner = box.adjusted(px(6), 0, -px(6), 0)
            draw_text(painter, inner, self._words, used, theme.color(role), CENTER)
