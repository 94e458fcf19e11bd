"""What one kind of plot does that the others do not."""

import time
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gui.plots.level_axis import LevelAxis
from gui.theme import LIGHT
from tests.gui import plot_samples as samples
from tests.gui.plot_samples import place, point_at

NASTY = (
    "<b>\"quoted\" & 'other'</b>",
    "Łódź Ærøskøbing 東京 λ₀²",
    "a_very_long_name_without_any_space_" * 4,
)


def test_that_nasty_level_names_are_shown_as_they_are(make):
    groups = make(
        "residuals_by_group", samples.residuals_by_group(levels=NASTY), (360, 240)
    )
    assert groups.canvas.bottom_axis.names == NASTY
    lines = make("fitted_lines", samples.fitted_lines(levels=NASTY))
    assert [label.name for label in lines.names.labels] == list(NASTY)
    point_at(lines, place(lines, 5))
    assert lines.card.heading == f"Row 106 · {NASTY[1]}"


def test_that_long_words_wrap_rather_than_widen(make):
    plot = make("strip", size=(300, 240))
    plot.say("word" * 60, "number" * 60, "")
    plot.grab()
    assert plot.minimumSizeHint().width() <= 300
    assert plot.title_block.heightForWidth(300) > plot.title_block.heightForWidth(3000)


@pytest.mark.parametrize("n", [50_000])
def test_that_fifty_thousand_rows_are_drawn_in_reasonable_time(make, n):
    data = samples.residuals_fitted(samples.values(1, n), samples.values(2, n))
    plot = make("residuals_fitted")
    start = time.perf_counter()
    plot.set_data(data)
    plot.grab()
    assert time.perf_counter() - start < 3
    assert len(plot.points.get_data()[0]) == n


def test_that_pointing_among_fifty_thousand_rows_is_quick(make):
    n = 50_000
    data = samples.residuals_fitted(samples.values(1, n), samples.values(2, n))
    plot = make("residuals_fitted", data)
    start = time.perf_counter()
    point_at(plot, place(plot, 77))
    assert time.perf_counter() - start < 0.5
    assert not plot.card.isHidden()


def test_that_the_qq_plot_draws_band_and_names_what_is_outside(make):
    data = samples.qq()
    ordered = data.theoretical.copy()
    ordered[-1] += 5
    data = samples.qq(ordered)
    plot = make("qq", data)
    x, lower, upper = plot.band.get_data()
    assert np.array_equal(x, data.theoretical)
    assert np.array_equal(lower, data.lower)
    assert np.array_equal(upper, data.upper)
    assert [label.name for label in plot.names.labels] == ["Row 112"]


def test_that_the_qq_plot_of_groups_selects_by_level(make):
    plot = make("qq", samples.qq(labels=[f"L{i:02d}" for i in range(1, 13)]))
    plot.set_highlight(levels=["L03"])
    assert plot.names.highlight == {"L03"}
    assert len(plot.chosen_points.get_data()[0]) == 1


def test_that_the_smooth_line_leaves_out_what_is_unknown(make):
    plot = make("residuals_fitted")
    data = plot.data
    x, y = plot.smooth.get_data()
    assert np.array_equal(x, data.smooth_x)
    assert np.array_equal(y, data.smooth_y)
    assert plot.zero.height == 0


def test_that_groups_with_few_rows_have_points_but_no_box(make):
    plot = make("residuals_by_group")
    places, boxes = plot.boxes.get_data()
    assert places.tolist() == [0, 1]
    assert np.array_equal(boxes, plot.data.boxes[:2])
    x, _ = plot.points.get_data()
    assert np.array_equal(np.round(x), samples.POSITIONS)


def test_that_jittered_points_stay_when_drawn_again(make):
    first = make("residuals_by_group").points.get_data()[0]
    second = make("residuals_by_group").points.get_data()[0]
    assert np.array_equal(first, second)


@pytest.mark.parametrize("kind", ["residuals_by_group", "strip"])
def test_that_a_selected_group_is_brought_out_with_its_name(make, kind):
    plot = make(kind)
    plot.set_highlight(levels=["L02"])
    assert isinstance(plot.canvas.bottom_axis, LevelAxis)
    assert plot.canvas.bottom_axis.highlight == {"L02"}
    assert len(plot.chosen_points.get_data()[0]) == 4


def test_that_the_box_of_a_selected_group_is_brought_out(make):
    plot = make("residuals_by_group")
    plot.set_highlight(levels=["L02", "L03"])
    assert plot.chosen_boxes.get_data()[0].tolist() == [1]


@pytest.mark.parametrize("n", [1, 2, 60, 61, 400])
@pytest.mark.parametrize("size", [(300, 200), (900, 500)])
def test_that_any_number_of_groups_fits(make, n, size):
    positions = np.repeat(np.arange(n), 2)
    levels = tuple(f"Station {i:03d}" for i in range(n))
    data = samples.residuals_by_group(levels=levels, positions=positions)
    axis = make("residuals_by_group", data, size).canvas.bottom_axis
    ticks = axis.ticks()
    assert ticks
    places = sorted(axis.place(tick.value) for tick in ticks)
    least = 12 if axis.arrangement().is_upright else 10
    assert all(b - a >= least for a, b in pairwise(places))


def test_that_fitted_lines_are_those_of_the_data(make):
    plot = make("fitted_lines")
    for kind, item in plot.lines.items():
        x, y = item.get_data()
        lines = getattr(plot.data, kind)
        assert np.array_equal(x[np.isfinite(x)], np.concatenate([w.x for w in lines]))
        assert np.array_equal(y[np.isfinite(y)], np.concatenate([w.y for w in lines]))
        assert np.isnan(x).sum() == len(lines) - 1


def test_that_lines_can_be_hidden_with_their_legend(make):
    plot = make("fitted_lines")
    assert [entry.kind for entry in plot.legend.entries] == [
        "partial",
        "none",
        "complete",
    ]
    plot.set_lines_visible(["none"])
    assert [entry.kind for entry in plot.legend.entries] == ["none"]
    assert len(plot.lines["partial"].get_data()[0]) == 0
    assert len(plot.lines["none"].get_data()[0]) > 0
    copy = plot.replica(LIGHT, has_words=True)
    assert copy.shown == {"none"}
    copy.deleteLater()


def test_that_a_selected_group_gets_thick_lines(make):
    plot = make("fitted_lines")
    plot.set_highlight(levels=["L02"])
    line = plot.data.partial[1]
    x, y = plot.chosen_lines["partial"].get_data()
    assert np.array_equal(x, line.x)
    assert np.array_equal(y, line.y)
    assert plot.names.highlight == {"L02"}


def test_that_clicking_a_line_or_its_name_tells_the_group(make, qtbot):
    plot = make("fitted_lines", samples.fitted_lines(np.full(12, 99.0)))
    line = plot.data.partial[1]
    middle = plot.canvas.place_of(float(line.x.mean()), float(line.y.mean()))
    named = next(placed for placed in plot.names._placed if placed.name == "L03")
    for at, level in ((middle, "L02"), (named.box.center(), "L03")):
        with qtbot.waitSignal(plot.level_clicked) as told:
            qtbot.mouseClick(
                plot.canvas.viewport(),
                Qt.MouseButton.LeftButton,
                pos=plot.canvas.mapFromScene(at),
            )
        assert told.args == [level]


def test_that_pointing_at_a_line_names_its_group(make):
    plot = make("fitted_lines", samples.fitted_lines(np.full(12, 99.0)))
    line = plot.data.partial[2]
    at = plot.canvas.place_of(float(line.x.mean()), float(line.y.mean()))
    point_at(plot, plot.canvas.mapFromScene(at))
    assert (plot.card.heading, plot.card.values) == ("L03", ())


def test_that_names_at_line_ends_are_inside_the_view_and_apart(make):
    levels = [f"Lake number {i:02d}" for i in range(12)]
    plot = make("fitted_lines", samples.fitted_lines(levels=levels))
    view = plot.canvas.view.sceneBoundingRect()
    boxes = [placed.box for placed in plot.names._placed]
    assert len(boxes) == 12
    for index, box in enumerate(boxes):
        assert view.contains(box)
        small = box.adjusted(0, 1, 0, -1)
        assert not any(small.intersects(other) for other in boxes[index + 1 :])


def test_that_above_25_groups_only_selected_ones_are_named(make):
    levels = [f"L{i:02d}" for i in range(30)]
    plot = make("fitted_lines", samples.fitted_lines(levels=levels))
    assert plot.names.labels == ()
    plot.set_highlight(levels=["L07"])
    assert [label.name for label in plot.names.labels] == ["L07"]


def test_that_the_strip_shows_all_means(make):
    plot = make("strip")
    data = plot.data
    assert plot.overall.height == data.grand_mean
    x, y = plot.means.group.get_data()
    assert np.array_equal(np.round(x), [0, 1, 2])
    assert np.array_equal(y, data.group_means)
    assert np.array_equal(plot.means.pooled.get_data()[1], data.pooled_means)
    _, start, end = plot.means.shifts.get_data()
    assert np.array_equal(start, data.group_means)
    assert np.array_equal(end, data.pooled_means)
    assert plot.canvas.bottom_axis.counts.tolist() == [4, 4, 4]


def test_that_a_strip_without_partial_pooling_says_nothing_of_it(make):
    plot = make("strip", samples.strip(pooled=np.full(3, np.nan)))
    assert len(plot.means.pooled.get_data()[0]) == 0
    assert len(plot.means.shifts.get_data()[0]) == 0
    assert "filled" not in [entry.kind for entry in plot.legend.entries]
