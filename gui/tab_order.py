"""The way of the Tab key: as the eye goes, also through what was put in later."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QStackedWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLayout


class TabOrder:
    """Keeps the order of a window, which Qt makes of the order of creation.

    Parameters
    ----------
    window : QWidget
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._order: list[QWidget] = []

    def renew(self) -> None:
        """Bring the order up to date; called when the Tab key is pressed."""
        order = list(in_reading_order(self._window))
        if order != self._order:
            self._order = order
            for before, after in pairwise(order):
                QWidget.setTabOrder(before, after)


def in_reading_order(widget: QWidget) -> Iterator[QWidget]:
    """Give those that the keyboard can be on, as their layouts set them.

    Parameters
    ----------
    widget : QWidget
        A window or a part of one.

    Yields
    ------
    QWidget
        Also hidden ones, which the key passes over.
    """
    if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
        yield widget  # of buttons that exclude each other only one has the Tab key now
    for part in _parts(widget):
        if not part.isWindow():
            yield from in_reading_order(part)


def _parts(widget: QWidget) -> list[QWidget]:
    """Children in the order in which they are seen."""
    if isinstance(widget, QScrollArea):
        return [] if (inner := widget.widget()) is None else [inner]
    found: list[QWidget] = []
    if isinstance(widget, QSplitter | QStackedWidget):
        pages = (widget.widget(number) for number in range(widget.count()))
        found = [page for page in pages if page is not None]
    elif (layout := widget.layout()) is not None:
        found = list(_laid_out(layout))
    children = widget.findChildren(
        QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
    )
    known = set(found)
    return found + [child for child in children if child not in known]


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)
