"""A bottom axis of group names: in full, shortened, upright, or some of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from engine.data.wording import counted
from engine.written_numbers import count
from gui.fonts import BOLD, MEDIUM, sans
from gui.plots.axes import TICK_LENGTH, TokenAxis
from gui.plots.ticks import Tick, common_prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.arrays import IntArray
    from gui.theme import Theme

_GAP = 8.0  # pixels between two names side by side
_GAP_SHORT = 4.0  # the same for numbers and initials
_SHORT = 3  # characters
_UPRIGHT_SLOT = 1.15  # line heights that an upright name needs
_UPRIGHT_LEAST = 34.0  # pixels of height without which upright names are useless
_MEASURED = 50  # of the names with most letters: to measure all can take long
_LONGEST = 84.0  # pixels a name may take when only some are shown


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How names are put on an axis.

    Attributes
    ----------
    texts : dict
        What is written, by the index of the level; others go without a name.
    is_upright : bool
        Whether names run from bottom to top.
    note : str
        What the axis title adds, in words; empty if nothing.
    """

    texts: dict[int, str]
    is_upright: bool = False
    note: str = ""


def arrange(
    names: Sequence[str],
    slot: float,
    upright_room: float,
    line_height: float,
    width: Callable[[str], float],
    elide: Callable[[str, float], str],
    first_choice: Sequence[int] = (),
) -> Arrangement:
    """Find the clearest way to write `names` under slots of `slot` pixels.

    Parameters
    ----------
    names : sequence of str
        The levels in the order of the axis.
    slot : float
        Pixels from one level to the next.
    upright_room : float
        Pixels of height that upright names may take.
    line_height : float
        Height of a line of text.
    width, elide : callable
        Width of a text in pixels; a text shortened to a width.
    first_choice : sequence of int
        Levels that are named before others when not all can be.
    """
    prefix, short, longest = _shortened(tuple(names))
    dropped = f"{elide(prefix, 2 * _LONGEST)}…" if prefix else ""
    # the first name without room ends the search: there may be thousands
    if all(width(name) + _GAP <= slot for name in names):
        return Arrangement(dict(enumerate(names)))
    gap = _GAP_SHORT if max(map(len, short), default=0) <= _SHORT else _GAP
    if all(width(name) + gap <= slot for name in short):
        return Arrangement(dict(enumerate(short)), note=dropped)
    if slot >= _UPRIGHT_SLOT * line_height and upright_room >= _UPRIGHT_LEAST:
        texts = {i: elide(name, upright_room) for i, name in enumerate(short)}
        return Arrangement(texts, is_upright=True, note=dropped)
    widest = min(_LONGEST, max(map(width, longest)))
    step = max(1, math.ceil((widest + _GAP) / max(slot, 1e-9)))
    wanted = [*first_choice, *range(0, len(names), step)]
    texts = _some(short, slot, width, elide, wanted)
    groups = counted(len(names), "group")
    return Arrangement(texts, note=f"{dropped}, {groups}" if dropped else groups)


@lru_cache(8)
def _shortened(names: tuple[str, ...]) -> tuple[str, tuple[str, ...], list[str]]:
    """What all names begin with, the rest of each, and those with most letters."""
    prefix = common_prefix(names)
    short = tuple(name[len(prefix) :] for name in names)
    return prefix, short, nlargest(_MEASURED, short, key=len)


def _some(
    names: Sequence[str],
    slot: float,
    width: Callable[[str], float],
    elide: Callable[[str, float], str],
    wanted: Sequence[int],
) -> dict[int, str]:
    """Those of the wanted names that do not touch; the first ones come first."""
    texts: dict[int, str] = {}
    taken: list[tuple[float, float]] = []
    for index in dict.fromkeys(wanted):
        text = elide(names[index], _LONGEST)
        half = width(text) / 2 + _GAP / 2
        low, high = index * slot - half, index * slot + half
        if all(high <= start or low >= end for start, end in taken):
            taken.append((low, high))
            texts[index] = text
    return texts


class LevelAxis(TokenAxis):
    """Names of groups at 0, 1, 2, ..., with the number of rows below if given."""

    def __init__(self, theme: Theme, *, vector: bool) -> None:
        self.names: tuple[str, ...] = ()
        self.counts: IntArray | None = None
        self.highlight: frozenset[str] = frozenset()
        self.upright_room = 0.0
        self._memo: tuple[object, Arrangement] | None = None
        super().__init__("bottom", theme, vector=vector)

    def set_levels(self, names: tuple[str, ...], counts: IntArray | None) -> None:
        """Name the groups in the order of the axis and say how many rows each has."""
        self.names, self.counts = names, counts
        self.update()

    def set_highlight(self, levels: frozenset[str]) -> None:
        """Set these names in the colour of the selection."""
        self.highlight = levels
        self.update()

    def arrangement(self) -> Arrangement:
        """Return how the names are written at the present width and range."""
        low, high = self.range
        slot = self.length / (high - low)
        key = (self.names, slot, self.upright_room, self.highlight, self.theme.sizes)
        if self._memo is None or self._memo[0] != key:
            self._memo = (key, self._arrange(slot))
        return self._memo[1]

    def _arrange(self, slot: float) -> Arrangement:
        """Measure names in bold, so that none grows when it is chosen."""
        metrics = QFontMetricsF(sans(self.theme.sizes.tick, BOLD))
        return arrange(
            self.names,
            slot,
            self.upright_room,
            metrics.height(),
            metrics.horizontalAdvance,
            lambda text, room: metrics.elidedText(
                text, Qt.TextElideMode.ElideMiddle, room
            ),
            [i for i, name in enumerate(self.names) if name in self.highlight],
        )

    def level_at(self, point: QPointF) -> str | None:
        """Return the level whose name, or place for one, a point of the axis is at."""
        low, high = self.range
        title = QFontMetricsF(self.title_font).height()
        names = QRectF(0, 0, self.length, self.height() - title)
        if not names.contains(point):
            return None
        index = round(low + point.x() / max(1.0, self.length) * (high - low))
        return self.names[index] if 0 <= index < len(self.names) else None

    def ticks(self) -> tuple[Tick, ...]:
        """Ticks where a name is written."""
        low, high = self.range
        texts = self.arrangement().texts.items()
        return tuple(Tick(i, text) for i, text in texts if low <= i <= high)

    def shown_title(self) -> str:
        """Return the name of the grouping and what was left out of the level names."""
        note = self.arrangement().note
        return f"{self.title} ({note})" if note else self.title

    def needed_thickness(self) -> float:
        """Height for names, numbers of rows, and title."""
        least = super().needed_thickness()
        if not self.names or self.length <= 0:
            return least
        arrangement = self.arrangement()
        line = self.metrics.height()
        if arrangement.is_upright:
            metrics = QFontMetricsF(sans(self.theme.sizes.tick, BOLD))
            widths = map(metrics.horizontalAdvance, arrangement.texts.values())
            return least - line + max(widths) + 4
        return least + (line if self._shows_counts(arrangement) else 0)

    def _shows_counts(self, arrangement: Arrangement) -> bool:
        """Whether there is a second line with the numbers of rows."""
        if self.counts is None or arrangement.is_upright:
            return False
        if len(arrangement.texts) < len(self.names):
            return False
        low, high = self.range
        widest = self.metrics.horizontalAdvance(count(max(self.counts)))
        return bool(widest + _GAP <= self.length / (high - low))

    def paint_labels(self, painter: QPainter) -> None:
        """Draw names, and numbers of rows below them."""
        arrangement = self.arrangement()
        for tick in self.ticks():
            is_chosen = self.names[int(tick.value)] in self.highlight
            weight = BOLD if is_chosen else MEDIUM
            painter.setFont(sans(self.theme.sizes.tick, weight))
            painter.setPen(self.theme.color("hiText" if is_chosen else "ptick"))
            if arrangement.is_upright:
                self._paint_upright(painter, tick)
            else:
                self._paint_line(painter, self.place(tick.value), 0, tick.text)
        if self._shows_counts(arrangement):
            self._paint_counts(painter)

    def _paint_counts(self, painter: QPainter) -> None:
        """Draw the number of rows of each group, in the tone of a caption."""
        painter.setFont(self.tick_font)
        painter.setPen(self.theme.color("ink3"))
        counts = self.counts if self.counts is not None else ()
        for tick in self.ticks():
            rows = count(counts[int(tick.value)])
            self._paint_line(painter, self.place(tick.value), 1, rows)
        painter.setFont(sans(self.theme.sizes.tick, MEDIUM, italic=True))
        self._paint_line(painter, -12, 1, "n")

    def _paint_line(self, painter: QPainter, at: float, line: int, text: str) -> None:
        """Draw a text centred below a place, on the first or second line."""
        height = self.metrics.height()
        box = QRectF(at - 200, TICK_LENGTH + 1 + line * height, 400, height)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(box, flags | Qt.TextFlag.TextDontClip, text)

    def _paint_upright(self, painter: QPainter, tick: Tick) -> None:
        """Draw a name that ends below its tick, read from the right."""
        metrics = QFontMetricsF(painter.font())
        drop = TICK_LENGTH + 4 + metrics.horizontalAdvance(tick.text)
        painter.save()
        painter.translate(self.place(tick.value), drop)
        painter.rotate(-90)
        painter.drawText(QPointF(0, metrics.capHeight() / 2), tick.text)
        painter.restore()
