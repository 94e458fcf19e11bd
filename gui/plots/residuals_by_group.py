"""Residuals side by side for the levels of one grouping."""

from __future__ import annotations

import numpy as np

from engine.diagnostics.plotdata import ResidualsByGroupData
from gui.plots.boxes import NO_BOXES, Boxes
from gui.plots.by_level import LevelPlot
from gui.plots.items import Rule, make_pen
from gui.plots.ranges import Range, wider
from gui.plots.rows import Rows

_BOX_SHARE = 0.62  # of a slot
_BOX_AT_MOST = 34.0  # pixels


class ResidualsByGroupPlot(LevelPlot[ResidualsByGroupData]):
    """Boxes where a group has rows enough, and its rows as points."""

    def _build(self) -> None:
        self.zero = self.add_item(Rule(2, 0.0))
        self.boxes = self.add_item(Boxes(5))
        self.chosen_boxes = self.add_item(Boxes(56))

    def _take(self, data: ResidualsByGroupData) -> Rows:
        has_box = np.flatnonzero(np.isfinite(data.boxes).all(axis=1))
        self.boxes.set_data(has_box, data.boxes[has_box])
        self._name_levels(data.group_name, data.levels)
        self.canvas.left_axis.set_title("studentised residual", "residual")
        groups = self._groups_of(
            data.row_levels, data.group_name, data.levels, data.positions
        )
        return Rows.finite(data.positions, data.residuals, data.labels, groups)

    def _restyle(self) -> None:
        color = self.theme.color
        self.zero.set_pen(make_pen(color("paxis"), 1))
        is_crowded = self._slot() < self.CROWDED
        edge = make_pen(
            color("gthin" if is_crowded else "gline"), 1 if is_crowded else 1.2
        )
        fill = color("gline" if is_crowded else "accentL", 0.35)
        if self.marks.is_dense:
            fill, edge = color("surface", 0.15), make_pen(color("ink"), 1)
        self.boxes.set_look(fill, edge, color("ink"))
        edge = make_pen(color("hi"), 2)
        self.chosen_boxes.set_look(color("hi", 0.12), edge, color("ink"))

    def _limits(self) -> tuple[Range, Range]:
        _, boxes = self.boxes.get_data()
        return (0.0, 0.0), wider(self.rows.y_span, boxes, np.zeros(1))

    def _settle(self) -> None:
        self._restyle()
        slot = self._slot()
        for item in (self.boxes, self.chosen_boxes):
            item.set_width(max(1.0, min(_BOX_AT_MOST, _BOX_SHARE * slot)))
        places, boxes = self.boxes.get_data()
        is_chosen = np.isin(places, self._chosen_places())
        chosen = boxes[is_chosen] if is_chosen.any() else NO_BOXES
        self.chosen_boxes.set_data(places[is_chosen], chosen)
