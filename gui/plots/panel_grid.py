"""Where small panels of one size stand on a page; arithmetic only."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

GAP = 12.0  # pixels between panels
SMALLEST = (168.0, 124.0)  # below this the page is scrolled
_MOST_COLUMNS = 40
BEST_ASPECT = 1.35  # width over height


@dataclass(frozen=True, slots=True)
class Room:
    """What the panels share, in pixels: the page, and strips that they leave free.

    Attributes
    ----------
    width, height : float
        The page.
    left, bottom : float
        Strips for the axes.
    title : float
        Height of a panel's own heading.
    """

    width: float
    height: float
    left: float
    bottom: float
    title: float


@dataclass(frozen=True, slots=True)
class PanelGrid:
    """Panels in rows, all of one size.

    Attributes
    ----------
    n : int
        Panels.
    columns : int
        Panels in a row.
    panel_width, panel_height : float
        Size of a panel with its heading.
    room : Room
    """

    n: int
    columns: int
    panel_width: float
    panel_height: float
    room: Room

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return math.ceil(self.n / self.columns)

    @property
    def content_height(self) -> float:
        """Height of all rows."""
        return self.n_rows * (self.panel_height + GAP) - GAP

    def panel(self, index: int) -> QRectF:
        """Return a panel with its heading, in pixels of the whole content."""
        row, column = divmod(index, self.columns)
        x = self.room.left + column * (self.panel_width + GAP)
        y = row * (self.panel_height + GAP)
        return QRectF(x, y, self.panel_width, self.panel_height)

    def plot(self, index: int) -> QRectF:
        """Return the part of a panel that is drawn in."""
        return self.panel(index).adjusted(0, self.room.title, 0, 0)

    def index_at(self, point: QPointF) -> int | None:
        """Return the panel at a point of the content."""
        column = math.floor((point.x() - self.room.left) / (self.panel_width + GAP))
        row = math.floor(point.y() / (self.panel_height + GAP))
        index = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= index < self.n):
            return None
        return index if self.panel(index).contains(point) else None

    def between(self, top: float, bottom: float) -> range:
        """Return the panels of the rows that are between two heights."""
        step = self.panel_height + GAP
        first = max(0, math.floor(top / step)) * self.columns
        last = (math.floor(bottom / step) + 1) * self.columns
        return range(min(first, self.n), min(max(last, 0), self.n))


def arranged(n: int, room: Room, scale: float = 1.0, *, is_whole: bool) -> PanelGrid:
    """Put panels side by side: as large as the page allows, or else to be scrolled.

    Parameters
    ----------
    n : int
        Panels, at least one.
    room : Room
    scale : float
        Of the user's text size; the smallest panel grows with it.
    is_whole : bool
        Never scroll: for print.
    """
    wide, tall = (scale * size for size in SMALLEST)
    best = max(
        (_filling(n, columns, room) for columns in range(1, min(n, _MOST_COLUMNS) + 1)),
        key=_worth,
    )
    if is_whole or (best.panel_width >= wide and best.panel_height >= tall):
        return best
    width = room.width - room.left
    columns = min(n, max(1, int((width + GAP) // (wide + GAP))))
    panel_width = max(1.0, (width + GAP) / columns - GAP)
    return PanelGrid(n, columns, panel_width, max(tall, panel_width / 1.6), room)


def _filling(n: int, columns: int, room: Room) -> PanelGrid:
    """Panels that fill the page."""
    rows = math.ceil(n / columns)
    width = (room.width - room.left + GAP) / columns - GAP
    height = (room.height - room.bottom + GAP) / rows - GAP
    return PanelGrid(n, columns, max(1.0, width), max(1.0, height), room)


def _worth(grid: PanelGrid) -> float:
    """How good panels are: the larger side that limits them decides."""
    return min(grid.panel_width / BEST_ASPECT, grid.panel_height - grid.room.title)
