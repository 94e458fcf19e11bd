"""What both pictures of predictions draw: band or bars, what is set, own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.plots.items import EMPTY, Polylines, make_pen
from gui.plots.legend import LegendEntry
from gui.plots.points import Points

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray, IntArray
    from engine.diagnostics.predicted import PredictedData
    from gui.plots.flowing import FlowingPlot

_MOST_OWN = 5_000  # rows of a chosen group that are marked
_GAP = np.array([np.nan])


def bars(x: FloatArray, lower: FloatArray, upper: FloatArray) -> list[FloatArray]:
    """Return points of upright lines, with a NaN behind each."""
    gap = np.full(len(x), np.nan)
    across = np.column_stack((x, x, gap)).ravel()
    return [across, np.column_stack((lower, upper, gap)).ravel()]


class Chosen:
    """The answer at what is set: an upright interval with a dot."""

    def __init__(self, plot: FlowingPlot) -> None:
        self.bar = plot.add_item(Polylines(40))
        self.dot = plot.add_item(Points(41, vector=plot.is_vector))

    def set_data(self, data: PredictedData) -> None:
        """Show the answer; nothing where there is none, or it is not on the axis."""
        estimate, lower, upper = data.chosen_places
        ends = np.array([lower, upper, estimate, data.chosen])
        if not np.isfinite(ends).all():
            self.bar.set_data(EMPTY, EMPTY)
            self.dot.set_data(EMPTY, EMPTY)
            return
        self.bar.set_data(ends[[3, 3]], ends[:2])
        self.dot.set_data(ends[3:], ends[2:3])

    def restyle(self, plot: FlowingPlot) -> None:
        """Take colours and sizes from the plot's theme."""
        color = plot.theme.color
        self.bar.set_pen(make_pen(color("accentH"), 2.4))
        edge = make_pen(color("surface"), 1.4)
        self.dot.set_look(plot.theme.sizes.mean_filled + 2, color("accentH"), edge)


class OwnRows:
    """Rows of the groups that are chosen, over the faint others."""

    def __init__(self, plot: FlowingPlot) -> None:
        self.points = plot.add_item(Points(12, vector=plot.is_vector))

    def set_data(
        self,
        plot: FlowingPlot,
        data: PredictedData,
        places: Callable[[IntArray], tuple[FloatArray, FloatArray]],
    ) -> None:
        """Mark them; of very many, an even choice."""
        if data.is_own is None:
            self.points.set_data(EMPTY, EMPTY)
            return
        own = np.flatnonzero(plot.rows.of(data.is_own.astype(float)))
        self.points.set_data(*places(own[:: 1 + len(own) // _MOST_OWN]))

    def restyle(self, plot: FlowingPlot) -> None:
        """Take colours from the plot's theme; let the other rows be faint."""
        theme, points = plot.theme, plot.points
        plot.points.set_look(points.size, theme.color("point", 0.7 * _alpha(points)))
        self.points.set_look(points.size + 1, theme.color("gline"))


def _alpha(points: Points) -> float:
    return points.fill.alphaF()


def predicted_entries(data: PredictedData | None) -> list[LegendEntry]:
    """Explain line, band, what is set and which rows are marked."""
    if data is None:
        return []
    entries = [LegendEntry("row", "row")]
    if data.is_own is not None and data.is_own.any():
        entries.append(LegendEntry("row", "row of what is chosen", "gline"))
    if data.band is not None:
        entries.append(LegendEntry("partial", "predicted"))
        entries.append(LegendEntry("band", "its interval"))
    return entries
