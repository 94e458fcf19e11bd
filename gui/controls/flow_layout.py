"""A layout that sets its items like words: in lines that wrap."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Items from left to right, in as many lines as the width makes necessary.

    An item that is wider than a whole line is narrowed to it.

    Parameters
    ----------
    spacing_x, spacing_y : int
        Pixels between items and between lines.
    """

    def __init__(
        self, spacing_x: int = 8, spacing_y: int = 8, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}
        self._spacing_x = spacing_x
        self._spacing_y = spacing_y
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Put an item at the end."""
        self._items.append(item)

    def insert_widget(self, number: int, widget: QWidget) -> None:
        """Put a widget before the item with this number."""
        self.addWidget(widget)
        self._items.insert(number, self._items.pop())
        self.invalidate()

    def clear(self) -> None:
        """Take all items out and delete their widgets."""
        while self._items:
            widget = self._items.pop().widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.invalidate()

    def count(self) -> int:
        """Number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Item with this number, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out and return it, or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Nothing here wants more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def invalidate(self) -> None:
        """Forget what was measured: an item has changed."""
        self._heights.clear()
        super().invalidate()

    def heightForWidth(self, width: int) -> int:
        """Height of all lines, with the margins; Qt asks for it again and again."""
        if width not in self._heights:
            line = QRect(0, 0, width, 0)
            self._heights[width] = self._arrange(line, is_real=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        """Put every item into its place."""
        super().setGeometry(rect)
        self._arrange(rect, is_real=True)

    def sizeHint(self) -> QSize:
        """Everything in one line."""
        sizes = [item.sizeHint() for item in self._shown()]
        gaps = self._spacing_x * max(0, len(sizes) - 1)
        width = sum(size.width() for size in sizes) + gaps
        height = max((size.height() for size in sizes), default=0)
        return self._with_margins(QSize(width, height))

    def minimumSize(self) -> QSize:
        """Width of the widest item that cannot be narrower."""
        found = QSize(0, 0)
        for item in self._shown():
            found = found.expandedTo(item.minimumSize())
        return self._with_margins(found)

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(
            margins.left() + margins.right(), margins.top() + margins.bottom()
        )

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, rect: QRect, *, is_real: bool) -> int:
        """Set the lines; return the height that they take with the margins."""
        margins = self.contentsMargins()
        inner = rect.marginsRemoved(margins)
        y = inner.top()
        lines = self._lines(inner.width())
        for line in lines:
            tall = max(size.height() for _, size in line)
            x = inner.left()
            for item, size in line:
                if is_real:
                    top = y + (tall - size.height()) // 2
                    item.setGeometry(QRect(QPoint(x, top), size))
                x += size.width() + self._spacing_x
            y += tall + self._spacing_y
        if lines:
            y -= self._spacing_y
        return y - rect.top() + margins.bottom()

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """Items with their sizes, line by line."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        used = 0
        for item in self._shown():
            size = item.sizeHint().expandedTo(item.minimumSize())
            if size.width() > width:
                narrow = max(width, item.minimumSize().width())
                tall = size.height()
                if item.hasHeightForWidth():
                    tall = item.heightForWidth(narrow)
                size = QSize(narrow, tall)
            needed = used + self._spacing_x + size.width()
            if lines and needed <= width:
                lines[-1].append((item, size))
                used = needed
            else:
                lines.append([(item, size)])
                used = size.width()
        return lines
