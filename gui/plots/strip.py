"""Points per group with the overall mean, group means and partially pooled means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.plotdata import StripData
from gui.plots.by_level import LevelPlot
from gui.plots.items import Rule, Shifts, make_pen
from gui.plots.legend import LegendEntry
from gui.plots.numbers import card_number
from gui.plots.points import Points
from gui.plots.ranges import Range, wider
from gui.plots.rows import Rows

if TYPE_CHECKING:
    from engine.arrays import FloatArray


class Means:
    """Hollow and filled means with the shift between them, in one colour."""

    def __init__(self, plot: StripPlot, z: float) -> None:
        self.shifts = plot.add_item(Shifts(z))
        self.group = plot.add_item(Points(z + 1, vector=plot.is_vector))
        self.pooled = plot.add_item(Points(z + 2, vector=plot.is_vector))

    def set_data(self, at: FloatArray, group: FloatArray, pooled: FloatArray) -> None:
        """Show the means that are known."""
        has_group, has_pooled = np.isfinite(group), np.isfinite(pooled)
        both = has_group & has_pooled
        self.shifts.set_data(at[both], group[both], pooled[both])
        self.group.set_data(at[has_group], group[has_group])
        self.pooled.set_data(at[has_pooled], pooled[has_pooled])

    def restyle(self, plot: StripPlot, role: str, share: float) -> None:
        """Take colours and `share` of the sizes from the plot's theme."""
        color, sizes = plot.theme.color, plot.theme.sizes
        self.shifts.set_pen(make_pen(color(role), 1.4))
        edge = make_pen(color(role), 1.6)
        self.group.set_look(share * sizes.mean_hollow, color("surface"), edge)
        edge = make_pen(color("surface"), 1)
        self.pooled.set_look(share * sizes.mean_filled, color(role), edge)


class StripPlot(LevelPlot[StripData]):
    """The picture of a model without covariates."""

    HAS_LEGEND_AT_FIRST = True
    SPREAD = (0.24, 20.0)
    SHIFT = (-0.12, 12.0)
    _BOTH_FROM = 7.0  # pixels of a slot, below which only pooled means are drawn
    _ASIDE = (0.26, 24.0)  # of the means from the middle of the slot

    def _build(self) -> None:
        self.overall = self.add_item(Rule(20, 0.0))
        self.means = Means(self, 30)
        self.chosen_means = Means(self, 55)

    def _take(self, data: StripData) -> Rows:
        self.overall.set_height(data.grand_mean)
        self._name_levels(data.group_name, data.levels, data.counts)
        self.canvas.left_axis.set_title(data.y_name)
        groups = self._groups_of(
            data.row_levels, data.group_name, data.levels, data.positions
        )
        return Rows.finite(data.positions, data.y, data.labels, groups)

    def _restyle(self) -> None:
        self.overall.set_pen(make_pen(self.theme.color("pooled"), 1.8, (5, 4)))
        self._restyle_means()

    def _restyle_means(self) -> None:
        """Draw means smaller where a group has little room."""
        share = 0.75 if self._slot() < self.NARROW else 1.0
        if self._slot() < self.CROWDED:
            share = 0.5
        for item in (self.means.group, self.means.shifts):
            item.setVisible(self._slot() >= self._BOTH_FROM)
        self.means.restyle(self, "gline", share)
        self.chosen_means.restyle(self, "hi", share)

    def _limits(self) -> tuple[Range, Range]:
        data = self._data
        if data is None:
            return (0.0, 0.0), (0.0, 0.0)
        overall = np.array([data.grand_mean])
        means = (data.group_means, data.pooled_means, overall)
        return (0.0, 0.0), wider(self.rows.y_span, *means)

    def _settle(self) -> None:
        if self._data is None:
            return
        self._restyle_means()
        group, pooled = self._data.group_means, self._data.pooled_means
        at = np.arange(len(group)) + self._share(self._ASIDE)
        self.means.set_data(at, group, pooled)
        chosen = np.array(self._chosen_places(), dtype=int)
        self.chosen_means.set_data(at[chosen], group[chosen], pooled[chosen])

    def _entries(self) -> list[LegendEntry]:
        data = self._data
        if data is None:
            return []
        entries = [LegendEntry("row", "row")]
        if np.isfinite(data.group_means).any() and self.means.group.isVisible():
            entries.append(LegendEntry("hollow", "group mean"))
        if np.isfinite(data.pooled_means).any():
            entries.append(LegendEntry("filled", "partially pooled"))
        if np.isfinite(data.grand_mean):
            entries.append(LegendEntry("complete", "overall mean"))
        return entries

    def _describe(self, index: int) -> list[tuple[str, str]]:
        values = super()._describe(index)
        if self._data is None:
            return values
        place = int(self.rows.x[index])
        means = (
            ("group mean", self._data.group_means[place]),
            ("partially pooled", self._data.pooled_means[place]),
            ("overall mean", self._data.grand_mean),
        )
        known = [(name, float(mean)) for name, mean in means if np.isfinite(mean)]
        return values + [(name, card_number(mean)) for name, mean in known]
