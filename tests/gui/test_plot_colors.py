"""Groups in colours, and how much of a plot is shown."""

import numpy as np
import pytest

from gui.theme import GROUP_ROLES, LIGHT
from tests.gui import plot_samples as samples
from tests.gui.plot_samples import KINDS, LEVELS, empty_place, linked, point_at

EACH = pytest.mark.parametrize("kind", KINDS)


@EACH
def test_that_few_groups_can_be_told_apart_by_color_and_name(make, kind):
    plot = make(kind, linked(kind))
    plot.set_color_by_group(True)
    fills = [fill.rgb() for fill in plot.points.fills[: len(LEVELS)]]
    assert fills == [LIGHT.color(role).rgb() for role in GROUP_ROLES[: len(LEVELS)]]
    assert plot.points.codes.tolist() == samples.POSITIONS.tolist()
    named = [(entry.text, entry.role) for entry in plot.legend.entries if entry.role]
    assert named == list(zip(LEVELS, GROUP_ROLES, strict=False))
    assert not plot.legend.isHidden()
    plot.set_color_by_group(False)
    assert plot.points.codes is None
    assert not any(entry.role for entry in plot.legend.entries)


def test_that_lines_take_the_color_of_their_group(make):
    plot = make("fitted_lines")
    plot.set_color_by_group(True)
    colors = [pen.color().rgb() for pen in plot.lines["partial"].pens]
    assert colors == [LIGHT.color(role).rgb() for role in GROUP_ROLES[: len(LEVELS)]]


def test_that_of_many_groups_only_the_pointed_at_one_is_colored(make):
    levels = tuple(f"L{i:02d}" for i in range(12))
    data = samples.fitted_lines(np.full(48, 99.0), levels)
    plot = make("fitted_lines", data)
    plot.set_color_by_group(True)
    assert plot.points.codes is None
    assert len(plot.marks.group_points.get_data()[0]) == 0
    line = data.partial[4]
    at = plot.canvas.place_of(float(line.x.mean()), float(line.y.mean()))
    point_at(plot, plot.canvas.mapFromScene(at))
    assert np.array_equal(plot.pointed_lines.get_data()[1], line.y)
    assert len(plot.marks.group_points.get_data()[0]) == 4
    point_at(plot, empty_place(plot))
    assert len(plot.pointed_lines.get_data()[0]) == 0
    assert len(plot.marks.group_points.get_data()[0]) == 0


@EACH
def test_that_colors_and_selection_reach_a_copy(make, kind, qtbot):
    plot = make(kind, linked(kind))
    plot.set_color_by_group(True)
    plot.set_highlight(levels=[("lake", "L01")])
    copy = plot.replica(LIGHT, has_words=True)
    qtbot.addWidget(copy)
    assert copy.is_colored
    assert len(copy.chosen_points.get_data()[0]) == 4


@EACH
def test_that_a_page_can_say_the_title_itself(make, kind):
    plot = make(kind)
    plot.set_title_visible(False)
    assert plot.title_block.isHidden()
    assert plot.accessibleName() == samples.WORDS[0]
    plot.set_title_visible(True)
    assert plot.title_block.text() == samples.WORDS[0]


def test_that_a_tile_has_small_points_and_no_legend(make):
    plot = make("fitted_lines", size=(900, 600))
    plot.set_compact(True)
    assert plot.points.size == LIGHT.sizes.row_dot_tile
    assert plot.legend.isHidden()
    plot.set_compact(False)
    assert plot.points.size == LIGHT.sizes.row_dot
    assert not plot.legend.isHidden()
