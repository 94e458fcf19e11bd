"""Find a command by a few of its letters, instead of looking through the menus."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.actions import ACTIONS
from gui.controls import Popover, label
from gui.controls.painting import RIGHT, draw_box, draw_text, font, px, text_width
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Sequence

WHY = {
    "table": "needs a table",
    "fit": "needs a fitted model",
    "mixed": "needs partially pooled groups",
    "model": "needs a model",
    "selection": "needs a selection",
    "excluded": "no row is excluded",
    "undo": "nothing to take back",
    "redo": "nothing to do again",
    "busy": "nothing is running",
}
"""Why an action cannot be done now, by what it needs."""
MOST_SHOWN = 9
_WORDS = {facts.key: facts.words for facts in ACTIONS}
_ROW, _WIDTH = 32, 520
_ACTION = Qt.ItemDataRole.UserRole + 1
_SIDE = Qt.ItemDataRole.UserRole + 2
_IS_ON = Qt.ItemDataRole.UserRole + 3
_MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -MOST_SHOWN,
    Qt.Key.Key_PageDown: MOST_SHOWN,
}


def plain_text(action: QAction) -> str:
    """Words of an action, without the mark of its key and the dots at the end."""
    words = re.sub(r"&(.)", r"\1", action.text())
    return words.rstrip("…. ")


def closeness(
    query: str, text: str, tip: str = "", shortcut: str = "", words: str = ""
) -> int:
    """How well a command answers what was typed.

    Parameters
    ----------
    query : str
        Words or parts of words, in any order.
    text, tip, shortcut : str
        What the command says of itself.
    words : str
        What else people call it.

    Returns
    -------
    int
        The larger the better; 0 if some word of the query is nowhere.
    """
    wanted = query.casefold().split()
    text, tip, keys, words = (said.casefold() for said in (text, tip, shortcut, words))
    points = [_points(word, text, tip, keys, words) for word in wanted]
    return sum(points) + 1 if all(points) else 0


def _points(word: str, text: str, tip: str, keys: str, words: str) -> int:
    """Points of one word of the query."""
    if text.startswith(word):
        return 60
    if word in words.split():
        return 55
    for said, first, inside in ((text, 50, 30), (words, 25, 0), (tip, 20, 10)):
        if any(own.startswith(word) for own in re.findall(r"\w+", said)):
            return first
        if inside and word in said:
            return inside
    if word in keys:
        return 15
    return 5 if _is_of_beginnings(word, text.split()) else 0


def _is_of_beginnings(word: str, names: Sequence[str]) -> bool:
    """Whether a word is made of the beginnings of names, in their order.

    "ebr" and "esreml" are made of "Estimate by REML".
    """
    if not word:
        return True
    for number, name in enumerate(names):
        for n in range(min(len(word), len(name)), 0, -1):
            is_beginning = name.startswith(word[:n])
            if is_beginning and _is_of_beginnings(word[n:], names[number + 1 :]):
                return True
    return False


class CommandSearch(Popover):
    """A line to type in, and the commands that answer it.

    Enter does the marked one, the arrow keys move the mark, Esc closes. What cannot
    be done now is shown too, with the reason.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Find a command")
        self._actions: list[QAction] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText("What do you want to do?")
        self.line.setAccessibleName("Find a command")
        self.line.setClearButtonEnabled(False)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._on_text_changed)
        self._items = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._items)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setAccessibleName("Commands")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the line keeps the keys
        self.list.setMouseTracking(True)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(self._on_clicked)
        self._nothing = label("", "caption")
        self._nothing.setContentsMargins(px(8), px(8), px(8), px(8))
        for part in (self.line, self.list, self._nothing):
            self.body.addWidget(part)
        self.setFixedWidth(px(_WIDTH))

    def open_with(self, actions: Sequence[QAction], near: QWidget) -> None:
        """Open below a widget with these commands.

        Parameters
        ----------
        actions : sequence of QAction
            In the order in which they are shown while nothing is typed.
        near : QWidget
            Where it opens.
        """
        self._actions = list(actions)
        self.line.clear()
        self._fill()
        self.show_below(near)
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> tuple[QAction, ...]:
        """Commands in the list, the best first."""
        rows = range(self._items.rowCount())
        return tuple(self._items.item(row).data(_ACTION) for row in rows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the arrow keys and Enter to the list while the line has the focus."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self.line and is_key and self._takes(event):
            return True
        return super().eventFilter(watched, event)

    def _takes(self, event: QEvent) -> bool:
        assert isinstance(event, QKeyEvent)
        key = Qt.Key(event.key())
        if key in _MOVES:
            self._move(_MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do(self.list.currentIndex())
        else:
            return False
        return True

    def _move(self, by: int) -> None:
        """Move the mark; single steps go round the ends."""
        count = self._items.rowCount()
        if not count:
            return
        row = self.list.currentIndex().row() + by
        row = row % count if abs(by) == 1 else max(0, min(row, count - 1))
        self.list.setCurrentIndex(self._items.index(row, 0))

    def _do(self, index: QModelIndex) -> None:
        action = index.data(_ACTION) if index.isValid() else None
        if isinstance(action, QAction) and action.isEnabled():
            self.close()
            action.trigger()

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self._do(index)

    @Slot()
    def _on_text_changed(self) -> None:
        self._fill()

    def _fill(self) -> None:
        """Put what answers the query into the list."""
        query = self.line.text()
        points = {
            action: closeness(
                query,
                plain_text(action),
                action.toolTip(),
                keys_of(action),
                _WORDS.get(str(action.data()), ""),
            )
            for action in self._actions
        }
        found = [action for action in self._actions if points[action]]
        if query.strip():
            found.sort(key=lambda action: (-points[action], not action.isEnabled()))
        self._items.clear()
        for action in found:
            self._items.appendRow(_item(action))
        self._nothing.setText(f"No command answers “{query.strip()}”.")
        self._nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(min(max(len(found), 1), MOST_SHOWN) * px(_ROW))
        self._move_to_first()
        if self.isVisible():
            self.adjustSize()

    def _move_to_first(self) -> None:
        rows = range(self._items.rowCount())
        is_on = (row for row in rows if self._items.item(row).data(_IS_ON))
        self.list.setCurrentIndex(self._items.index(next(is_on, 0), 0))
        self.list.scrollToTop()


def keys_of(action: QAction) -> str:
    """Shortcut of an action, as the system writes it."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def why_not(action: QAction) -> str:
    """Why an action cannot be done now; ``""`` if it can."""
    if action.isEnabled():
        return ""
    needs = {facts.key: facts.needs for facts in ACTIONS}
    return WHY.get(needs.get(str(action.data()), ""), "not possible now")


def _item(action: QAction) -> QStandardItem:
    """A row of the list: what it says to the eye and to a screen reader."""
    text, keys, why = plain_text(action), keys_of(action), why_not(action)
    made = QStandardItem(text)
    made.setData(action, _ACTION)
    made.setData(why or keys, _SIDE)
    made.setData(not why, _IS_ON)
    made.setIcon(action.icon())
    said = ", ".join(part for part in (text, keys, why) if part)
    made.setData(said, Qt.ItemDataRole.AccessibleTextRole)
    made.setData(action.toolTip(), Qt.ItemDataRole.AccessibleDescriptionRole)
    return made


class _Row(QStyledItemDelegate):
    """Paints icon and words, and at the right the shortcut or why not."""

    def sizeHint(
        self,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """All rows are equally high."""
        return QSize(px(160), px(_ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one command."""
        theme, used = look().theme, font()
        is_marked = bool(option.state & QStyle.StateFlag.State_Selected)
        is_on = bool(index.data(_IS_ON))
        row = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_marked:
            fill = theme.color("accentT" if is_on else "mute")
            draw_box(painter, row.adjusted(0, 1, 0, -1), px(6), fill)
        place = QRect(0, 0, px(16), px(16))
        place.moveCenter(row.center().toPoint())
        place.moveLeft(round(row.left()) + px(8))
        mode = option.icon.Mode.Normal if is_on else option.icon.Mode.Disabled
        index.data(Qt.ItemDataRole.DecorationRole).paint(
            painter, place, Qt.AlignmentFlag.AlignCenter, mode
        )
        side, small = str(index.data(_SIDE)), font("caption")
        inner = row.adjusted(px(34), 0, -px(10), 0)
        draw_text(painter, inner, side, small, theme.color("ink3"), RIGHT)
        room = text_width(side, small) + px(16) if side else 0
        inner.setRight(inner.right() - room)
        role = ("accentH" if is_marked else "ink") if is_on else "ink3"
        words = str(index.data())
        draw_text(painter, inner, words, used, theme.color(role))
        inner.setLeft(
            inner.left() + QFontMetricsF(used).horizontalAdvance(words) + px(10)
        )
        tip = str(index.data(Qt.ItemDataRole.AccessibleDescriptionRole))
        if inner.width() > px(80):
            draw_text(painter, inner, tip, small, theme.color("ink3"))
        painter.restore()
