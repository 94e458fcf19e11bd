"""Data and the three ways of pooling over one covariate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from engine.diagnostics.plotdata import FittedLinesData, Line
from gui.plots.base import BasePlot
from gui.plots.geometry import straightened
from gui.plots.items import EMPTY, Polylines, make_pen
from gui.plots.labels import EndLabel, EndLabels
from gui.plots.legend import LegendEntry
from gui.plots.ranges import EDGE, Range, opened, padded, wider
from gui.plots.rows import Rows
from gui.theme import GROUP_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPen

    from engine.arrays import FloatArray

NAMED_AT_MOST = 25  # groups; above, only the selected ones are named
MANY_LINES, VERY_MANY_LINES = 40, 120
_LINE_REACH = 5.0  # pixels
_GAP = np.array([np.nan])
LINE_WORDS = {
    "partial": "partial pooling",
    "none": "no pooling",
    "complete": "complete pooling",
}


def joined(lines: Iterable[Line]) -> tuple[FloatArray, FloatArray]:
    """Return all points of all lines with a NaN between one line and the next.

    Of a straight line the ends suffice.
    """
    x, y = [], []
    for line in lines:
        own_x, own_y = straightened(line.x, line.y)
        x += [_GAP, own_x]
        y += [_GAP, own_y]
    return (np.concatenate(x[1:]), np.concatenate(y[1:])) if x else (EMPTY, EMPTY)


def line_words(kind: str, data: FittedLinesData | None) -> str:
    """Name the lines of a kind, and which kind of no pooling they are."""
    more = data.none_words if data is not None and kind == "none" else ""
    return f"{LINE_WORDS[kind]}: {more}" if more else LINE_WORDS[kind]


class FittedLinesPlot(BasePlot[FittedLinesData]):
    """Rows, and lines that can be switched off one kind at a time."""

    HAS_LEGEND_AT_FIRST = True

    def _build(self) -> None:
        self.shown = frozenset(LINE_WORDS)
        self.lines = {
            kind: self.add_item(Polylines(z))
            for kind, z in (("none", 20), ("partial", 21), ("complete", 30))
        }
        self.chosen_lines = {
            kind: self.add_item(Polylines(z))
            for kind, z in (("none", 39), ("partial", 40))
        }
        self.pointed_lines = self.add_item(Polylines(46))
        self.names = self.add_item(EndLabels(self.theme, 55, vector=self.is_vector))

    def set_lines_visible(self, kinds: Iterable[str]) -> None:
        """Show these of "partial", "none" and "complete"; the others are hidden."""
        self.shown = frozenset(kinds)
        self._forget_pointer()
        self._take_lines()
        self._restyle()
        self._show_legend()
        self._flow()

    def _take(self, data: FittedLinesData) -> Rows:
        self._take_lines()
        self.canvas.bottom_axis.set_title(data.x_name)
        self.canvas.left_axis.set_title(data.y_name)
        return Rows.finite(data.x, data.y, data.labels, data.row_levels)

    def _of_kind(self, kind: str) -> tuple[Line, ...]:
        """Return the lines of a kind that are shown."""
        if self._data is None or kind not in self.shown:
            return ()
        lines: tuple[Line, ...] = getattr(self._data, kind)
        return lines

    def _take_lines(self) -> None:
        for kind, item in self.lines.items():
            item.set_data(*joined(self._of_kind(kind)))

    def _restyle(self) -> None:
        color = self.theme.color
        n_lines = max(len(self._of_kind(kind)) for kind in ("partial", "none"))
        is_crowd = n_lines > VERY_MANY_LINES
        share, width = (0.6, 1.2) if n_lines > MANY_LINES else (0.88, 1.8)
        for kind, role, wide in (("none", "gthin", 1.0), ("partial", "gline", width)):
            item = self.lines[kind]
            if self.is_colored and not is_crowd:
                item.set_pens(self._pens_by_group(kind, wide))
            elif is_crowd:
                item.set_pen(
                    make_pen(color(role, 0.4), 0.6), is_hair=not self.is_vector
                )
            else:
                item.set_pen(make_pen(self.theme.mixed(role, share), wide))
        self.pointed_lines.set_pen(make_pen(color("group1"), 2.4))
        self.lines["complete"].set_pen(make_pen(color("pooled"), 1.8, (5, 4)))
        self.chosen_lines["partial"].set_pen(make_pen(color("hi"), 3))
        self.chosen_lines["none"].set_pen(make_pen(color("hi"), 1.5))
        self.names.apply_theme(self.theme)

    def _pens_by_group(self, kind: str, width: float) -> list[QPen]:
        """Return a pen for each line of a kind, in the colour of its group."""
        groups = self.row_groups
        names = () if groups is None else groups.levels
        roles = dict(zip(names, GROUP_ROLES, strict=False))
        share = 1.0 if kind == "partial" else 0.65
        return [
            make_pen(
                self.theme.mixed(roles.get(line.level or "", "gline"), share), width
            )
            for line in self._of_kind(kind)
        ]

    def _limits(self) -> tuple[Range, Range]:
        lines = [item.get_data() for item in self.lines.values()]
        x = wider(self.rows.x_span, *(line[0] for line in lines))
        return x, wider(self.rows.y_span, *(line[1] for line in lines))

    def _point_out_level(self, level: str | None) -> None:
        super()._point_out_level(level)
        is_wanted = self._is_color_wanted and not self.is_colored
        lines = self._of_kind("partial") or self._of_kind("none")
        own = [line for line in lines if is_wanted and level and line.level == level]
        self.pointed_lines.set_data(*joined(own))

    def _settle(self) -> None:
        for kind, item in self.chosen_lines.items():
            chosen = self._chosen(self._of_kind(kind))
            item.set_data(*joined(chosen))
        self.names.set_highlight(self._chosen_levels)

    def _chosen(self, lines: Sequence[Line]) -> list[Line]:
        return [line for line in lines if line.level in self._chosen_levels]

    def _end_labels(self) -> list[EndLabel]:
        """Names at the ends of the partially pooled lines, or of the unpooled ones."""
        lines = self._of_kind("partial") or self._of_kind("none")
        if len(lines) > NAMED_AT_MOST:
            lines = tuple(self._chosen(lines))
        return [
            EndLabel(line.level, float(line.x[-1]), float(line.y[-1]))
            for line in lines
            if line.level and len(line.x) and np.isfinite(line.y[-1])
        ]

    def _view_range(self, width: float, height: float) -> tuple[Range, Range]:
        """Limits with room for the names at the right."""
        x, y = self._limits()
        self.names.set_data(self._end_labels())
        left, high = opened(x)[0], padded(x, width)[1]
        inner = max(1.0, width - EDGE)
        for label in self.names.labels:
            room = max(0.25 * inner, inner - self.names.width(label) - 2)
            high = max(high, left + (label.x - left) * inner / room)
        return (left - EDGE * (high - left) / inner, high), padded(y, height)

    def _level_at(self, at: QPointF) -> str | None:
        """Group whose name, or else whose line, is at a place of the scene."""
        name = self.names.name_at(at)
        if name is not None or not self.canvas.view.sceneBoundingRect().contains(at):
            return name
        x, y = self.canvas.data_at(at)
        low, high = self.canvas.view.viewRange()[1]
        per_pixel = (high - low) / max(1.0, self.canvas.view_size()[1])
        best, reach = None, _LINE_REACH * per_pixel
        for line in (*self._of_kind("partial"), *self._of_kind("none")):
            if len(line.x) == 0 or not line.x[0] <= x <= line.x[-1]:
                continue
            away = abs(float(np.interp(x, line.x, line.y)) - y)
            if away < reach and line.level:
                best, reach = line.level, away
        return best

    def _pass_on(self, copy: Self) -> None:
        copy.shown = self.shown

    def _entries(self) -> list[LegendEntry]:
        return [
            LegendEntry(kind, line_words(kind, self._data))
            for kind in LINE_WORDS
            if self._of_kind(kind)
        ]
