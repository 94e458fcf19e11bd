"""The tabs above the pages: words, sometimes a verdict, and a line under the chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QPointF,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from gui.controls.painting import (
    LEFT,
    draw_box,
    draw_icon,
    draw_text,
    follow_look,
    font,
    literal,
    painting,
    plain_tip,
    px,
    text_width,
)
from gui.fonts import MEDIUM, SEMIBOLD
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent

_HEIGHT = 44
_PAD = 12  # beside the words
_PAD_LEAST = 6
_ICON = 15
_GAP = 7
_LINE = 3
_NARROWEST = 60  # of words that are cut
_BY_KEYS = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
}


@dataclass(slots=True)
class _Tab:
    """What one tab shows."""

    key: str
    text: str
    icon: str = ""
    role: str = ""


class TabBar(QTabBar):
    """Tabs with keys; arrow keys go from one to the next.

    Where there is too little room words are shortened, and where even that does not
    help the bar scrolls: it never widens the window.

    Signals
    -------
    chosen : str
        The user chose the tab with this key; not emitted by `set_current`.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs: list[_Tab] = []
        self._is_ringed = False
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName("Pages")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.currentChanged.connect(self._on_current_changed)
        follow_look(self)
        look().changed.connect(self._on_look_changed)

    @property
    def current(self) -> str:
        """Key of the chosen tab, ``""`` if there are none."""
        number = self.currentIndex()
        return self._tabs[number].key if number >= 0 else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all tabs from left to right."""
        return tuple(tab.key for tab in self._tabs)

    def add_tab(self, key: str, text: str) -> None:
        """Add a tab at the right end; the first one becomes the chosen one."""
        with QSignalBlocker(self):
            self._tabs.append(_Tab(key, text))
            number = self.addTab(literal(text))
            self.setAccessibleTabName(number, text)
            self._relayout()

    def set_icon(self, key: str, name: str, role: str, description: str) -> None:
        """Show a verdict beside a tab's words.

        Parameters
        ----------
        key : str
            Which tab.
        name, role : str
            Icon and its colour role; an empty name takes the icon away.
        description : str
            The verdict in words, for the tooltip and screen readers.
        """
        number = self.keys.index(key)
        tab = self._tabs[number]
        tab.icon, tab.role = name, role
        self.setTabToolTip(number, plain_tip(description))
        spoken = f"{tab.text}, {description}" if description else tab.text
        self.setAccessibleTabName(number, spoken)
        self._relayout()

    def set_current(self, key: str) -> None:
        """Choose a tab without telling anybody.

        Raises
        ------
        ValueError
            If there is no such tab.
        """
        with QSignalBlocker(self):
            self.setCurrentIndex(self.keys.index(key))

    def tabSizeHint(self, index: int) -> QSize:
        """Room for the words at their boldest, so that nothing moves."""
        tab = self._tabs[index] if index < len(self._tabs) else _Tab("", "")
        width = text_width(tab.text, font("body", SEMIBOLD)) + 2 * px(_PAD)
        if tab.icon:
            width += px(_ICON + _GAP)
        return QSize(width, px(_HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Room for the icon and a short word; a longer one is cut."""
        tab = self._tabs[index] if index < len(self._tabs) else _Tab("", "")
        words = min(text_width(tab.text, font("body", SEMIBOLD)), px(_NARROWEST))
        icon = px(_ICON + _GAP) if tab.icon else 0
        return QSize(words + icon + 2 * px(_PAD_LEAST), px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Small: the window decides."""
        return QSize(px(160), px(_HEIGHT))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember whether the keyboard brought the focus."""
        self._is_ringed = event.reason() in _BY_KEYS
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a tab; the pointer needs no ring."""
        self._is_ringed = False
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another tab, and show where the keyboard is."""
        self._is_ringed = True
        super().keyPressEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw every tab."""
        under = self.tabAt(self.mapFromGlobal(self.cursor().pos()))
        with painting(self) as painter:
            for number, tab in enumerate(self._tabs):
                is_hovered = number == under and self.underMouse()
                self._draw(painter, self.tabRect(number), tab, is_hovered=is_hovered)

    def _draw(
        self, painter: QPainter, rect: QRect, tab: _Tab, *, is_hovered: bool
    ) -> None:
        theme = look().theme
        is_chosen = tab.key == self.current
        used = font("body", SEMIBOLD if is_chosen else MEDIUM)
        icon_room = px(_ICON + _GAP) if tab.icon else 0
        pad = self._pad(rect.width(), tab)
        room = QRectF(rect).adjusted(pad, 0, -pad - icon_room, 0)
        color = theme.color("ink" if is_chosen or is_hovered else "ink2")
        draw_text(painter, room, tab.text, used, color, LEFT)
        if tab.icon:
            shown = min(room.width(), text_width(tab.text, used))
            middle = room.left() + shown + px(_GAP) + px(_ICON) / 2
            place = QPointF(middle, rect.center().y() + 0.5)
            draw_icon(painter, tab.icon, tab.role, place, px(_ICON))
        if is_chosen:
            line = QRectF(rect).adjusted(pad, 0, -pad, 0)
            line.setTop(line.bottom() - px(_LINE))
            draw_box(painter, line, 1.5, theme.color("accent"))
            if self.hasFocus() and self._is_ringed:
                ring = QRectF(rect).adjusted(px(3), px(6), -px(3), -px(7))
                draw_box(painter, ring, px(6), None, theme.color("accent"), px(2))

    def _pad(self, width: int, tab: _Tab) -> int:
        """Pixels beside the words: less where there is too little room for them."""
        words = text_width(tab.text, font("body", SEMIBOLD))
        icon = px(_ICON + _GAP) if tab.icon else 0
        return min(px(_PAD), max(px(_PAD_LEAST), (width - words - icon) // 2))

    @Slot(int)
    def _on_current_changed(self, _number: int) -> None:
        self.chosen.emit(self.current)

    @Slot()
    def _on_look_changed(self) -> None:
        self._relayout()

    def _relayout(self) -> None:
        """Have Qt ask for the tabs' sizes again; this is the call that does it."""
        self.setIconSize(QSize(px(_ICON), px(_ICON)))
        self.updateGeometry()
        self.update()
