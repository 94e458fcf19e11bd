"""Every text that a widget shows: painted, in cells and tips, and read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListView, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ROWS = 40
_SAID = (
    "toolTip",
    "accessibleName",
    "accessibleDescription",
    "text",
    "toPlainText",
    "placeholderText",
    "windowTitle",
)
_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def words_seen(widget: QWidget) -> set[str]:
    """Gather what a widget and all that can be seen in it say."""
    found = set(painted(widget))
    for part in (widget, *widget.findChildren(QWidget)):
        if part.isVisible():
            found |= set(_said(part))
            if isinstance(part, QAbstractItemView):
                found |= set(_cells(part))
    return found


def painted(widget: QWidget) -> list[str]:
    """What is drawn as letters; equations are outlines, so they are not among it."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture = QSvgGenerator()
    picture.setOutputDevice(buffer)
    picture.setSize(widget.size())
    painter = QPainter(picture)
    widget.render(painter, QPoint())
    painter.end()
    root = ET.fromstring(buffer.data().data())
    texts = root.iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in texts]


def _said(part: QWidget) -> Iterator[str]:
    for name in _SAID:
        said = getattr(part, name, None)
        if callable(said):
            words = said()
            if isinstance(words, str):
                yield words


def _cells(view: QAbstractItemView) -> Iterator[str]:
    cells = view.model()
    if cells is None:
        return
    n_columns = 1 if isinstance(view, QListView) else cells.columnCount()
    for column in range(n_columns):
        for role in _ROLES:
            heading = cells.headerData(column, Qt.Orientation.Horizontal, role)
            found = [heading]
            if not isinstance(view, QHeaderView):
                rows = range(min(cells.rowCount(), MOST_ROWS))
                found += [cells.data(cells.index(row, column), role) for row in rows]
            yield from (str(words) for words in found if words is not None)
