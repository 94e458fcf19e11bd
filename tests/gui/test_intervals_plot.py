"""The picture of means and differences: what is drawn where, in which colour."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PySide6.QtGui import QImage

from engine.diagnostics.compared_intervals import IntervalsData
from engine.diagnostics.plotdata import RowGroups
from engine.diagnostics.prediction_scale import Scale
from gui.plots.export import export_png, export_svg
from gui.plots.intervals_by_level import IntervalsByLevelPlot
from gui.theme import DARK, LIGHT

LEVELS = ("low", "mid", "high")


def data(n_series=1, *, n_rows=12, zero=np.nan, lost=()):
    estimate = np.arange(3.0) + np.arange(n_series)[:, None]
    for place in lost:
        estimate[place] = np.nan
    x = np.arange(n_rows) % 3
    return IntervalsData(
        x=x,
        y=np.linspace(-1.0, 4.0, n_rows),
        labels=pd.RangeIndex(n_rows),
        row_levels=RowGroups("lake", ("A", "B"), np.arange(n_rows) % 2),
        row_series=None if n_series == 1 else np.arange(n_rows) % n_series,
        levels=LEVELS,
        series=tuple(map(str, range(n_series))) if n_series > 1 else ("",),
        estimate=estimate,
        lower=estimate - 0.5,
        upper=estimate + 0.5,
        zero=zero,
        scale=Scale("", "as fitted", "mass"),
        x_name="food",
        y_name="mass",
        series_name="year",
        group_name="lake",
        title="mass by food",
    )


@pytest.fixture
def plot(qtbot):
    made = IntervalsByLevelPlot(theme=LIGHT)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(plot):
    return [entry.text for entry in plot.legend.entries]


def test_that_an_interval_stands_at_each_level(plot):
    plot.set_data(data())
    x, y = plot.dots.get_data()
    assert x.tolist() == [0, 1, 2]
    assert y.tolist() == [0, 1, 2]
    _, ends = plot.bars.get_data()
    assert ends[:2].tolist() == [-0.5, 0.5]
    assert texts(plot) == ["row", "estimate with its interval"]


def test_that_series_stand_beside_each_other_in_their_colours(plot):
    plot.set_data(data(3))
    x = plot.dots.get_data()[0].reshape(3, 3)
    assert (np.diff(x, axis=0) > 0.1).all()
    assert np.abs(x - np.arange(3)).max() < 0.5  # each within its slot
    assert len({fill.name() for fill in plot.dots.fills}) == 3
    assert texts(plot) == ["row", "year 0", "year 1", "year 2"]


def test_that_rows_stand_behind_the_interval_of_their_series(plot):
    made = data(3)
    plot.set_data(made)
    x, _ = plot.places_of(slice(None))
    own = plot.dots.get_data()[0].reshape(3, 3)[made.row_series, made.x]
    assert np.abs(x - own).max() < 0.1


def test_that_means_are_joined_and_differences_are_not(plot):
    plot.set_data(data(2))
    assert len(plot.joins.get_data()[0]) > 0
    plot.set_data(data(2, n_rows=0, zero=0.0))
    assert len(plot.joins.get_data()[0]) == 0
    assert plot.zero.isVisible()
    assert plot.zero.height == 0


def test_that_no_difference_is_always_in_the_picture(plot):
    made = data(n_rows=0, zero=-7.0)
    plot.set_data(made)
    low, high = plot.canvas.view.viewRange()[1]
    assert low < -7 < high
    assert plot.has_marks
    assert texts(plot) == ["estimate with its interval"]


def test_that_what_has_no_estimate_has_no_mark(plot):
    plot.set_data(data(2, lost=[(0, 1)]))
    assert len(plot.dots.get_data()[0]) == 5
    assert np.isfinite(plot.bars.get_data()[1]).sum() == 10
    plot.set_data(data(lost=[(0, slice(None))], n_rows=0))
    assert not plot.has_marks


def test_that_more_series_than_colours_are_still_drawn(plot):
    plot.set_data(data(20, n_rows=40))
    assert len(plot.dots.get_data()[0]) == 60
    assert len(plot.legend.entries) == 21


def test_that_whole_rows_do_not_round_the_axis_of_differences(plot):
    made = data(n_rows=0, zero=0.0)
    plot.set_data(made)
    steps = np.diff([tick.value for tick in plot.canvas.left_axis.ticks()])
    assert steps.min() < 1


@pytest.mark.parametrize("n_rows", [0, 12])
def test_that_it_leaves_the_window_as_it_is(plot, tmp_path, n_rows):
    plot.set_data(data(3, n_rows=n_rows))
    plot.apply_theme(DARK)
    export_svg(plot, tmp_path / "means.svg", 120, 80)
    text = (tmp_path / "means.svg").read_text("utf-8")
    assert "food" in text
    assert "year 2" in text
    assert "<image" not in text
    export_png(plot, tmp_path / "means.png", 120, 80, 100)
    assert not QImage(str(tmp_path / "means.png")).isNull()
